"""Sudden shifts (A9): drug share, consumable share and charge per case of departments and the hospital, this month.

Each month is compared with what the baseline charged for the same DRGs, so that a month of heavy cases is no shift. The
limits are frozen at the half-year on the 12 to 20 months before it; only the new month is tested.
"""

import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.audit.control_limits import LEAST_MONTHS, MOST_MONTHS, judge
from analysis.engine import Engine, sql_text
from analysis.periods import Period

_SQL = "analysis.audit"
#: Cases a department needs in a month, and other cases a DRG needs in the baseline.
LEAST_CASES, LEAST_OF_DRG = 30, 5
_NAMED, _RECENT = 3, 6
COLUMNS = ["kind", "hospital_id", "scope", "subject", "observed", "expected", "limit", "q_value", "evidence"]


class Measure(NamedTuple):
    """`value`: column of shift_months whose mean over the cases is watched; `items`: the kind of item in it."""

    kind: str
    value: str
    items: str

    @property
    def is_money(self) -> bool:
        return self.value == "charge"


MEASURES = (
    Measure("drug_share_shift", "drug", "drug"),
    Measure("consumable_share_shift", "consumable", "consumable"),
    Measure("charge_per_case_shift", "charge", ""),
)


def baseline_of(period: Period, first: Period) -> list[Period]:
    """Months on which the limits of a period are frozen: up to 20 before its half-year; none where fewer than 12.

    Parameters
    ----------
    first : where the closed months begin.
    """
    if period.is_year:
        return []
    months = [Period(f"{period.year}-{'01' if period.start.month <= 6 else '07'}").previous]
    while len(months) < MOST_MONTHS and months[-1].previous >= first:
        months.append(months[-1].previous)
    return sorted(months) if len(months) >= LEAST_MONTHS and months[-1] >= first else []


def series_of(engine: Engine, baseline: list[Period], period: Period) -> pd.DataFrame:
    """Every series with its months: one row measure x subject x period. Leaves table shift_stays.

    Returns
    -------
    Columns kind, hospital_id, scope, subject, period, cases, observed (mean of the cases), expected (mean of the same
    DRGs in the baseline) and value = observed - expected of shares, ln(observed / expected) of money; NaN with fewer
    than 30 cases.
    """
    months = {"first": baseline[0].name, "last": baseline[-1].name, "period": period.name}
    engine.make(_SQL, "shift_stays", **months)
    rows = engine.frame(sql_text(_SQL, "shift_months"), least=LEAST_OF_DRG, **months)
    parts = []
    for measure in MEASURES:
        observed, expected = rows[measure.value] / rows["cases"], rows[f"{measure.value}_expected"] / rows["cases"]
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(observed / expected) if measure.is_money else observed - expected
        known = rows["cases"].ge(LEAST_CASES) & np.isfinite(value)
        part = rows[["hospital_id", "scope", "subject", "period", "cases"]]
        parts.append(part.assign(kind=measure.kind, observed=observed, expected=expected, value=value.where(known)))
    return pd.concat(parts, ignore_index=True)


def shift_alerts(engine: Engine, baseline: list[Period], period: Period) -> pd.DataFrame:
    """Rows of the closed table `alerts` for the shifts of a period.

    Parameters
    ----------
    engine : holds case_history (cases of the baseline and the period, with a column period), past_items and
        case_items (items of their stays, before the period and in it; the last seven months are enough) and items.
    baseline : of `baseline_of`; empty = nothing is tested.
    """
    judged = judged_series(engine, baseline, period)
    found = judged[judged["alarm"].astype(bool)]
    if found.empty:
        return pd.DataFrame(columns=COLUMNS)
    months = {"since": since(baseline).name, "last": baseline[-1].name, "period": period.name}
    engine.make(_SQL, "shift_lines", **months)
    texts = [json.dumps(_evidence(engine, row, months), ensure_ascii=False) for row in found.itertuples()]
    return found.assign(expected=found["centre"], q_value=found["q"], evidence=texts)[COLUMNS]


def since(baseline: list[Period]) -> Period:
    """First month of the baseline that a shift is decomposed against: its last six."""
    return baseline[-min(_RECENT, len(baseline))]


def judged_series(engine: Engine, baseline: list[Period], period: Period) -> pd.DataFrame:
    """The new month of every series: centre and the limit on its side in the measure's own unit, p, q, alarm."""
    if not baseline:
        return pd.DataFrame(columns=["kind", "hospital_id", "scope", "subject", "alarm"])
    every = series_of(engine, baseline, period)
    key = ["kind", "hospital_id", "scope", "subject"]
    wide = every.pivot(index=key, columns="period", values="value")
    wide = wide.reindex(columns=[month.name for month in (*baseline, period)])
    judged = judge(wide.iloc[:, :-1].to_numpy(float), wide.iloc[:, -1].to_numpy(float))
    rows = wide.index.to_frame(index=False).assign(
        new=wide.iloc[:, -1].to_numpy(), mean=judged.mean, low=judged.low, high=judged.high
    )
    rows = rows.assign(p=judged.p, q=judged.q, alarm=judged.alarm)
    now = every[every["period"] == period.name].set_index(key)[["cases", "observed", "expected"]]
    rows = rows.join(now, on=key)
    rows["centre"] = _in_unit(rows, "mean")
    rows["low_limit"], rows["high_limit"] = _in_unit(rows, "low"), _in_unit(rows, "high")
    rows["limit"] = rows["high_limit"].where(rows["new"] >= rows["mean"], rows["low_limit"])
    return rows


def _in_unit(rows: pd.DataFrame, name: str) -> pd.Series:
    """A value of the adjusted series as a share, or as money a case, at the month's own mix."""
    money = rows["kind"].isin([measure.kind for measure in MEASURES if measure.is_money])
    return (rows["expected"] * np.exp(rows[name].where(money, 0))).where(money, rows["expected"] + rows[name])


def _evidence(engine: Engine, row: Any, months: dict[str, str]) -> dict[str, Any]:
    """What moved: money a stay by mix, price and volume, and the items and physicians that moved it most."""
    measure = next(one for one in MEASURES if one.kind == row.kind)
    subject = {"hospital": row.hospital_id, "scope": row.scope, "subject": row.subject}
    values = {"kind": measure.items, **months, **subject}
    items = engine.frame(sql_text(_SQL, "shift_items"), **values)
    sums = engine.frame(sql_text(_SQL, "shift_cases"), **values).iloc[0]
    found = {"cases": int(row.cases)} | decomposed(items, float(sums["now"]), float(sums["before"]))
    if measure.is_money:
        return found
    share, before = items["amount"].sum() / sums["charge"], items["amount_before"].sum() / sums["charge_before"]
    return {"share": round(float(share), 4), "share_before": round(float(before), 4)} | found


def decomposed(items: pd.DataFrame, now: float, before: float) -> dict[str, Any]:
    """The change of money a case by mix, price and volume: the three add up to it.

    With q, a quantity and amount of an item in the month's cases, q0, a0 the same in as many baseline cases of the same
    DRGs, p = a / q and p0 = a0 / q0: price = q (p - p0), volume = (q - q0) p0 (of a new item, or one no longer used,
    the whole difference), mix = a0 a case - what the baseline's own cases were charged a case.

    Parameters
    ----------
    items : item_code, physician_id, quantity, amount, quantity_expected, amount_expected, amount_before.
    now, before : cases of the month and of the baseline.
    """
    by_item = items.drop(columns="physician_id").groupby("item_code").sum()
    both = (by_item["quantity"] > 0) & (by_item["quantity_expected"] > 0)
    p0 = by_item["amount_expected"] / by_item["quantity_expected"].where(both)
    change = (by_item["amount"] - by_item["amount_expected"]) / now
    price = ((by_item["amount"] - by_item["quantity"] * p0) / now).fillna(0.0)
    past = items["amount_before"].sum() / before
    mix = items["amount_expected"].sum() / now - past
    moved = change.sum()
    named = items[items["physician_id"] != "?"].groupby("physician_id")[["amount", "amount_expected"]].sum()
    return {
        "per_case": round(items["amount"].sum() / now, 2),
        "per_case_before": round(past, 2),
        "mix": round(mix, 2),
        "price": round(price.sum(), 2),
        "volume": round(moved - price.sum(), 2),
        "items": _largest(change, moved),
        "physicians": _largest((named["amount"] - named["amount_expected"]) / now, moved),
    }


def _largest(changes: pd.Series, moved: float) -> list[list[Any]]:
    """The codes that moved the sum most in its own direction, with their money a case."""
    along = changes[np.sign(changes) == np.sign(moved)]
    order = along.abs().sort_values(ascending=False, kind="stable").head(_NAMED)
    return [[code, round(float(along[code]), 2)] for code in order.index]
