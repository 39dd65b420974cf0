"""Charges at constant prices: what a price change that nobody here made would otherwise be read as."""

from collections.abc import Collection

import pandas as pd


def price_gaps(lines: pd.DataFrame, at: Collection[str]) -> pd.Series:
    """What each line would come to at the prices of the periods `at`, less what it came to.

    Parameters
    ----------
    lines : `period`, `item`, `quantity`, `amount`; one row as fine as it is needed (stay x item).
    at : periods whose mean price of each item (amount / quantity over all lines) is taken for all periods.

    Returns
    -------
    quantity x price - amount, aligned with `lines`; 0 for items without any quantity in `at`.
    """
    then = lines[lines["period"].isin(set(at))].groupby("item")[["amount", "quantity"]].sum()
    price = (then["amount"] / then["quantity"]).where(then["quantity"] > 0)
    return (lines["quantity"] * lines["item"].map(price) - lines["amount"]).fillna(0.0).rename("gap")
