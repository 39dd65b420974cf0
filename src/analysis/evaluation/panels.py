"""Panels of units and periods at equal case mix: what was observed against what the same cases came to before.

Two scales. `relative` (a charge, a cost, days per case): value = observed / expected, an index around 1, weighted by
what was expected: the weighted mean of an index is observed / expected of all, so an effect in index points times what
was expected is money. `difference` (a share, a rate): value = (observed - expected) / base, weighted by the base.
Expected = base of each stratum x the stratum's rate of all units in the reference periods (indirect standardisation).
"""

from collections.abc import Collection
from typing import Literal

import pandas as pd

from analysis.errors import InputError

Scale = Literal["relative", "difference"]
#: A stratum has a rate of its own from this many cases of the reference on; below, its group's rate stands in.
LEAST_CASES = 10
KEY = ["unit", "period"]


def adjusted_panel(
    cells: pd.DataFrame, scale: Scale, reference: Collection[str], least_cases: int = LEAST_CASES
) -> pd.DataFrame:
    """Units x periods at equal case mix.

    Parameters
    ----------
    cells : one row unit x period x stratum: `unit`, `period`, `group` (a DRG), `stratum` (DRG and severity), `cases`,
        `amount` (what is counted: charges, days, deaths), `base` (per what: cases, charges); and over the cases of the
        cell the sums `amount2` (amount squared), `product` (amount x base), `base2` (base squared).
    scale : see above.
    reference : periods whose rates are expected.
    least_cases : of the reference, below which a stratum takes its group's rate; a group with fewer is left out.

    Returns
    -------
    `unit`, `period`, `value`, `weight`, `cases` (those that could be compared), `spread`, in order; `weight` of the
    relative scale is what was expected, in units of `amount`; `spread` is the sum of squares of amount - expected over
    the cases: how much chance there is in whose case came.

    Raises
    ------
    InputError
        No cell in the reference periods.
    """
    rates = _rates(cells, reference, least_cases)
    if rates.empty:
        raise InputError("no cases in the months that set what is expected", mend="name months that are closed")
    rows = cells.join(rates, on=["group", "stratum"]).dropna(subset=["rate"])
    spread = rows["amount2"] - 2 * rows["rate"] * rows["product"] + rows["rate"] ** 2 * rows["base2"]
    rows = rows.assign(expected=rows["base"] * rows["rate"], spread=spread)
    sums = rows.groupby(KEY, as_index=False, sort=True)[["cases", "amount", "base", "expected", "spread"]].sum()
    weight = sums["expected"] if scale == "relative" else sums["base"]
    value = sums["amount"] / weight if scale == "relative" else (sums["amount"] - sums["expected"]) / weight
    made = sums[KEY].assign(value=value, weight=weight, cases=sums["cases"], spread=sums["spread"])
    return made[made["weight"] > 0].reset_index(drop=True)


def raw_panel(cells: pd.DataFrame) -> pd.DataFrame:
    """The same units and periods without adjustment: amount / base, weighted by the base."""
    sums = cells.groupby(KEY, as_index=False, sort=True)[["cases", "amount", "base"]].sum()
    made = sums[KEY].assign(value=sums["amount"] / sums["base"], weight=sums["base"], cases=sums["cases"])
    return made[made["weight"] > 0].reset_index(drop=True)


def _rates(cells: pd.DataFrame, reference: Collection[str], least: int) -> pd.DataFrame:
    """Rate of every stratum that occurs, by group and stratum."""
    then = cells[cells["period"].isin(set(reference))]
    fine = then.groupby(["group", "stratum"])[["cases", "amount", "base"]].sum()
    coarse = then.groupby("group")[["cases", "amount", "base"]].sum()
    known = cells[["group", "stratum"]].drop_duplicates().set_index(["group", "stratum"]).join(fine)
    own = (known["amount"] / known["base"]).where((known["cases"] >= least) & (known["base"] > 0))
    wide = (coarse["amount"] / coarse["base"]).where((coarse["cases"] >= least) & (coarse["base"] > 0))
    rate = own.fillna(pd.Series(known.index.get_level_values("group").map(wide), index=known.index, dtype=float))
    return rate.dropna().to_frame("rate")


def with_cohorts(panel: pd.DataFrame, first_treated: dict[str, str]) -> pd.DataFrame:
    """The panel with column `first_treated`: the period in which each unit begins, None = never."""
    return panel.assign(first_treated=panel["unit"].map(first_treated).astype(object).where(lambda c: c.notna(), None))


def complete_units(panel: pd.DataFrame, periods: Collection[str]) -> list[str]:
    """Units with a value in every one of the periods."""
    there = panel[panel["period"].isin(set(periods))].groupby("unit")["period"].nunique()
    return sorted(there.index[there == len(set(periods))])


def pooled(panel: pd.DataFrame, units: Collection[str]) -> pd.Series:
    """One value a period over several units, weighted."""
    rows = panel[panel["unit"].isin(set(units))]
    sums = (rows["value"] * rows["weight"]).groupby(rows["period"]).sum()
    return (sums / rows.groupby("period")["weight"].sum()).rename("value")
