"""What a rule pays: amounts of departments from their books, within floor and cap.

A book is one row a unit and month: sums over its cases (SUMS), what was denied, and the bonus. Formulas are those of
incentive_settings.Rule; everything a rule sees is a sum, so that cases can be drawn again or changed before it.
"""

from typing import get_args

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.evaluation.incentive_settings import Composite, Harm, Incentives, Rule

HARMS: tuple[Harm, ...] = get_args(Harm)
_PARTS = [f"{side}_{harm}" for harm in HARMS for side in ("observed", "expected")]
#: Columns of cases that a book sums.
SUMS = ["cases", "payment", "payment_margin", "costed_payment", "cost", "claimed", *_PARTS]


def prepared(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases as rules see them.

    Parameters
    ----------
    cases : stay_id, department, period, drg_code, severity, drg_status, payment, charge_total, margin_payment,
        cost_total, cost_complete, claimed, length_of_stay, complication, readmitted, cured, improved.

    Returns
    -------
    stay_id, unit, month, length_of_stay, and SUMS a case: cost and costed_payment only of cases with complete cost;
    observed_ and expected_ of each harm, expected = mean of the group (DRG x severity) over all units, both nought
    where the outcome is not known.

    Raises
    ------
    InputError
        A case is provisional: nobody is paid from a margin that clearing will change.
    """
    provisional = cases["drg_status"].eq("provisional")
    if provisional.any():
        raise InputError(
            f"{int(provisional.sum())} of {len(cases)} cases are provisional: rules pay from settled margins only",
            rows=sorted(cases.loc[provisional, "period"].unique())[:5],
            mend="take a year whose clearing is done",
        )
    made = cases[["stay_id", "length_of_stay"]].assign(unit=cases["department"], month=cases["period"], cases=1.0)
    made["payment"] = cases["payment"].astype(float).fillna(0.0)
    made["payment_margin"] = cases["margin_payment"].astype(float).fillna(0.0)
    costed = cases["cost_complete"].astype(bool) & cases["cost_total"].notna() & cases["payment"].notna()
    made["cost"] = cases["cost_total"].astype(float).where(costed, 0.0)
    made["costed_payment"] = made["payment"].where(costed, 0.0)
    made["claimed"] = cases["claimed"].astype(float).fillna(0.0)
    for harm, seen in zip(HARMS, _harms(cases), strict=True):
        group = seen.groupby([cases["drg_code"].fillna(""), cases["severity"].fillna("")])
        made[f"observed_{harm}"] = seen.fillna(0.0)
        made[f"expected_{harm}"] = group.transform("mean").where(seen.notna(), 0.0)
    return made.sort_values(["unit", "month", "stay_id"], ignore_index=True)


def _harms(cases: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Complication, readmission, and neither cured nor improved: 1, 0, or empty where not known."""
    recovered = cases["cured"].astype("boolean") | cases["improved"].astype("boolean")
    flags = (cases["complication"], cases["readmitted"], ~recovered)
    return tuple(flag.astype("boolean").astype("Float64").astype(float) for flag in flags)  # type: ignore[return-value]


def books(cases: pd.DataFrame, denied: pd.DataFrame, bonuses: pd.DataFrame) -> pd.DataFrame:
    """One row a unit and month that has a bonus: SUMS, denied, bonus.

    Parameters
    ----------
    cases : of `prepared`. denied, bonuses : unit, month, and denied or bonus.
    """
    keys = ["unit", "month"]
    sums = cases.groupby(keys, as_index=False)[SUMS].sum()
    made = bonuses.groupby(keys, as_index=False)["bonus"].sum().merge(sums, on=keys, how="left")
    made = made.merge(denied.groupby(keys, as_index=False)["denied"].sum(), on=keys, how="left")
    return made.fillna(0.0).sort_values(keys, ignore_index=True)


def pay(rule: Rule, books: pd.DataFrame, settings: Incentives) -> pd.DataFrame:
    """What a rule pays (+) or takes (-) in the year.

    Returns
    -------
    One row a unit: unit, bonus, raw (before floor and cap), amount, lead (part of it that goes to the lead).
    """
    amounts = {"margin": _margin, "denial": _denial, "composite": _composite}
    if rule.kind not in amounts:
        raise InputError(f"a rule of kind {rule.kind} is not paid from books", mend="take gain_sharing")
    numbers = [name for name in books if name not in ("unit", "month")]
    periods = books if rule.per == "month" else books.groupby("unit", as_index=False)[numbers].sum()
    raw = amounts[rule.kind](rule, periods, settings)
    made = pd.DataFrame({"unit": periods["unit"], "bonus": periods["bonus"], "raw": raw})
    made = made.groupby("unit", as_index=False)[["bonus", "raw"]].sum()
    floor = settings.floor if rule.floor is None else rule.floor
    cap = settings.cap if rule.cap is None else rule.cap
    made["amount"] = made["raw"].clip(floor * made["bonus"], cap * made["bonus"])
    return made.assign(lead=rule.lead * made["amount"].clip(lower=0))


def _margin(rule: Rule, books: pd.DataFrame, settings: Incentives) -> pd.Series:
    income = books["payment"] if rule.basis == "payment_margin" else books["costed_payment"]
    margin = books["payment_margin"] if rule.basis == "payment_margin" else income - books["cost"]
    surplus = margin.where((margin > 0) & (margin >= rule.least * income), 0.0)
    return rule.returned * surplus - rule.deducted * (-margin).clip(lower=0)


def _denial(rule: Rule, books: pd.DataFrame, settings: Incentives) -> pd.Series:
    above = books["denied"] > rule.limit * books["claimed"]
    return -rule.of_bonus * books["bonus"].where(above & (books["claimed"] > 0), 0.0)


def _composite(rule: Rule, books: pd.DataFrame, settings: Incentives) -> pd.Series:
    return rule.of_bonus * books["bonus"] * (composite_scores(books, settings.composite)["score"] - 50) / 50


def composite_scores(books: pd.DataFrame, settings: Composite) -> pd.DataFrame:
    """Points of each row of a year's books.

    Outcome: (observed + prior) / (expected + prior) in its band; cost: full cost / income in its band, half of the
    points where no case has both.

    Returns
    -------
    quality (0 to 100), cost (0 to 100), score = share x quality + (1 - share) x cost, on the books' index.
    """
    quality = pd.Series(0.0, index=books.index)
    for harm, weight in settings.weights.items():
        above, below = books[f"observed_{harm}"] + settings.prior, books[f"expected_{harm}"] + settings.prior
        ratio = (above / below.where(below > 0)).fillna(1.0)
        quality += 100 * weight * _points(ratio, settings.outcome_band)
    spent = books["cost"] / books["costed_payment"].where(books["costed_payment"] > 0)
    cost = 100 * _points(spent, settings.cost_band).fillna(0.5)
    score = settings.quality * quality + (1 - settings.quality) * cost
    return pd.DataFrame({"quality": quality, "cost": cost, "score": score})


def _points(values: pd.Series, band: tuple[float, float]) -> pd.Series:
    """1 at the first value of the band or better, 0 at the second or worse."""
    return pd.Series(np.clip((band[1] - values) / (band[1] - band[0]), 0, 1), index=values.index)
