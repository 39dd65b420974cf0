"""Outcomes of a change: what of a case is counted, per what, on which scale, and how it is written."""

from typing import NamedTuple

import pandas as pd

from analysis.evaluation.change_settings import OutcomeName
from analysis.evaluation.panels import Scale
from analysis.presentation.numbers import Kind


class Outcome(NamedTuple):
    """`amount` of a case per `base` of a case ("" = per case); how it is named and written."""

    zh: str
    en: str
    amount: str
    base: str
    scale: Scale
    kind: Kind


OUTCOMES: dict[OutcomeName, Outcome] = {
    "charge": Outcome("次均费用", "Charge per discharge", "charge", "", "relative", "money"),
    "cost": Outcome("例均成本", "Cost per case", "cost", "", "relative", "money"),
    "drug_share": Outcome("药占比", "Drug share", "drug", "charge", "difference", "percent1"),
    "consumable_share": Outcome("耗占比", "Consumable share", "consumable", "charge", "difference", "percent1"),
    "stay": Outcome("平均住院日", "Mean length of stay", "stay", "", "relative", "number1"),
    "denial_rate": Outcome("拒付率", "Denial rate", "denied", "claimed", "difference", "percent2"),
    "readmission": Outcome("30 天再入院率", "30-day readmission", "readmission", "", "difference", "percent1"),
    "complication": Outcome("并发症发生率", "Complications", "complication", "", "difference", "percent1"),
}


def at_constant_prices(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases whose named items are valued at the prices of the months after, in charges and in costs."""
    return cases.assign(
        charge=cases["charge"] + cases["price_gap"], consumable=cases["consumable"] + cases["price_gap"],
        cost=cases["cost"] + cases["cost_gap"],
    )  # fmt: skip


def cells_of(cases: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    """Department x month x severity of a group, summed as `evaluation.panels` takes it; cases without a value: out."""
    base = cases[outcome.base] if outcome.base else pd.Series(1.0, cases.index)
    rows = pd.DataFrame({
        "unit": cases["department"], "period": cases["period"], "group": cases["drg_code"],
        "stratum": cases["drg_code"] + "|" + cases["severity"], "cases": 1, "amount": cases[outcome.amount],
        "base": base,
    }).dropna()  # fmt: skip
    rows = rows.assign(amount2=rows["amount"] ** 2, product=rows["amount"] * rows["base"], base2=rows["base"] ** 2)
    return rows.groupby(["unit", "period", "group", "stratum"], as_index=False).sum()
