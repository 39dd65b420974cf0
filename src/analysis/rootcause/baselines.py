"""What a DRG is compared with: its pathway, its own past, peer hospitals or physicians, the payment standard alone."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from analysis.closed_period import ClosedPeriods, closed_periods
from analysis.engine import sql_text
from analysis.errors import InputError
from analysis.periods import Period
from analysis.rootcause.samples import CODING_RULES, REST, Query, Sample, read_samples
from analysis.rootcause.settings import RootCause

Kind = Literal["standard_cost", "own_past", "peers", "standard"]
_SQL = "analysis.rootcause"
_PROFILE = ["group", "category", "element", "use_rate", "quantity", "share", "price"]
_STANDARDS = ["group", "use_rate", "quantity", "price"]


@dataclass(frozen=True)
class Baseline:
    """One side that a DRG is compared with.

    Parameters
    ----------
    kind : standard_cost, own_past, peers or standard.
    sample : cases it is estimated from; of peer physicians the actual sample itself.
    profile : supplied, alike in all strata; one row an element: group, category, element, use_rate (share of cases
        that use the group), quantity (of the group, a user), share (of the element in the group's quantity), price
        (cost of a unit).
    robust : the level is the trimmed mean over the clusters of `sample`.
    standards : item standards that stand above it: group, use_rate, quantity, price; empty where not supplied.
    """

    kind: Kind
    sample: Sample | None
    profile: pd.DataFrame | None
    robust: bool = False
    standards: pd.DataFrame | None = None


@dataclass(frozen=True)
class Months:
    """Closed months a baseline is taken from.

    Parameters
    ----------
    sql : queries the closed tables of the window, and of other months with them.
    samples : (drgs, first, last, hospital) to samples; first and last are the names of months.
    window : first and last month of the actual cases.
    past : the same window a year earlier; None where it is not closed.
    """

    sql: Query
    samples: Callable[[Collection[str], str, str, str], Mapping[str, Sample]]
    window: tuple[str, str]
    past: tuple[str, str] | None


def months_of(
    periods: ClosedPeriods, method: str = "bottom_up", coding_rules: Collection[str] = CODING_RULES
) -> Months:
    """The months of a window that is closed on disk."""

    def samples(drgs: Collection[str], first: str, last: str, hospital: str) -> Mapping[str, Sample]:
        window = periods.span(Period(first), Period(last))
        return read_samples(window, drgs, hospital=hospital, method=method, coding_rules=coding_rules)

    first, last = periods.periods[0], periods.periods[-1]
    closed = set(closed_periods(periods.folder))
    return Months(periods.sql, samples, (first.name, last.name), year_before(first, last, closed))


def year_before(first: Period, last: Period, closed: Collection[Period]) -> tuple[str, str] | None:
    """The window a year earlier, where all its months are closed."""
    step = -1 if first.is_year else -12
    start, end = first.shift(step), last.shift(step)
    month = start
    while month <= end:
        if month not in closed:
            return None
        month = month.next
    return start.name, end.name


def find_baselines(
    months: Months, actual: Mapping[str, Sample], *, hospital: str, settings: RootCause, kind: Kind | None = None
) -> dict[str, Baseline]:
    """Baseline of every DRG.

    Without a `kind`: standard_cost where a pathway is, else peers where another hospital of the folder has cases
    enough, else the hospital's own past where the year before has, else its physicians as peers of one another.

    Parameters
    ----------
    actual : samples of the window by DRG.
    kind : one baseline for all; DRGs that have none of it are left out of the result.
    """
    drgs = sorted(actual)
    first, last = months.window
    values = {"hospital": hospital, "drgs": drgs, "first": first, "last": last}
    found: dict[str, Baseline] = {}
    if kind in (None, "standard_cost"):
        for drg, rows in months.sql(sql_text(_SQL, "pathways"), **values).groupby("drg_code"):
            found[str(drg)] = Baseline("standard_cost", None, pathway_profile(rows, actual[str(drg)]))
    if kind in (None, "peers"):
        for drg, sample in _peer_hospitals(months, [d for d in drgs if d not in found], hospital, settings).items():
            found[drg] = Baseline("peers", sample, None)
    if kind in (None, "own_past") and months.past:
        rest = [d for d in drgs if d not in found]
        for drg, sample in months.samples(rest, *months.past, hospital).items():
            if len(sample.cases) >= settings.window.least_cases:
                found[drg] = Baseline("own_past", sample, None)
    for drg in drgs:
        if drg not in found and kind in (None, "peers"):
            found[drg] = Baseline("peers", actual[drg], None, robust=True)
        if kind == "standard":
            found[drg] = Baseline("standard", None, None)
    return {drg: with_standards(found[drg], drg, settings) for drg in drgs if drg in found}


def _peer_hospitals(months: Months, drgs: list[str], hospital: str, settings: RootCause) -> dict[str, Sample]:
    """Cases of the other hospitals of the folder, of the DRGs of which these have cases enough."""
    if not drgs:
        return {}
    values = {"hospital": hospital, "drgs": drgs, "first": months.window[0], "last": months.window[1]}
    values["least"] = settings.least_peer_cases
    peers = months.sql(sql_text(_SQL, "peer_cases"), **values)
    parts: dict[str, list[Sample]] = {}
    for other, rows in peers.groupby("hospital_id"):
        for drg, sample in months.samples(rows["drg_code"].tolist(), *months.window, str(other)).items():
            parts.setdefault(drg, []).append(sample)
    return {drg: together(samples) for drg, samples in parts.items()}


def together(samples: list[Sample]) -> Sample:
    """Several samples as one."""
    starts = np.cumsum([0, *(len(sample.cases) for sample in samples)])
    shifted = [
        [rows.assign(case=rows["case"] + start) for rows in (sample.elements, sample.waits)]
        for sample, start in zip(samples, starts, strict=False)
    ]
    cases = pd.concat([sample.cases for sample in samples], ignore_index=True)
    elements, waits = (pd.concat(rows, ignore_index=True) for rows in zip(*shifted, strict=True))
    return Sample(cases, elements, waits)


def with_standards(baseline: Baseline, drg: str, settings: RootCause) -> Baseline:
    """The baseline with the item standards that the settings supply for the DRG."""
    rows = [
        (row.group, *(np.nan if v is None else v for v in (row.use_rate, row.quantity, row.price)))
        for row in settings.standards
        if row.drg == drg
    ]
    if not rows:
        return baseline
    standards = pd.DataFrame(rows, columns=_STANDARDS).astype(dict.fromkeys(_STANDARDS[1:], float))
    return replace(baseline, standards=standards)


def pathway_profile(rows: pd.DataFrame, actual: Sample) -> pd.DataFrame:
    """Profile of a pathway: its quantities at what the hospital pays in the window, so that prices have no effect.

    A pathway says how much a case takes on average. Where that is less than one unit of a group, it is the share of
    cases that use one; else every case uses it. Days of no certain ward are spread over wards like those of the cases.
    Unused capacity is no part of a pathway: the group `rest` stands at price nought.

    Parameters
    ----------
    rows : of the pathway: category, element, group, content (base units of one unit), quantity, unit_cost.
    """
    goods = rows[rows["category"] != "stay"].copy()
    units = goods["quantity"].groupby(goods["group"]).transform("sum")
    goods["base"] = goods["quantity"] * goods["content"]
    volume = goods["base"].groupby(goods["group"]).transform("sum")
    goods["use_rate"] = np.minimum(units, 1.0)
    goods["share"] = goods["base"] / volume
    goods["quantity"] = volume / goods["use_rate"]
    goods["price"] = _prices(goods["element"], actual, goods["unit_cost"] / goods["content"])
    days = _days(rows[rows["category"] == "stay"], actual)
    rest = pd.DataFrame([(REST, REST, REST, 1.0, 1.0, 1.0, 0.0)], columns=_PROFILE)
    return pd.concat([goods[_PROFILE], days, rest], ignore_index=True).sort_values(
        ["category", "group", "element"], kind="stable", ignore_index=True
    )


def _prices(elements: pd.Series, actual: Sample, otherwise: pd.Series) -> np.ndarray:
    """Cost of a unit of each element among the cases; `otherwise` where they have none of it."""
    sums = actual.elements.groupby("element")[["cost", "quantity"]].sum()
    paid = sums["cost"] / sums["quantity"].where(sums["quantity"] > 0)
    return elements.map(paid).fillna(otherwise).to_numpy(float)


def _days(rows: pd.DataFrame, actual: Sample) -> pd.DataFrame:
    """Days of the pathway by ward: use rate of the wards as among the cases, days in proportion."""
    stay = actual.elements[actual.elements["category"] == "stay"]
    wards = stay.groupby("element").agg(cases=("case", "nunique"), days=("quantity", "sum"), cost=("cost", "sum"))
    parts = []
    for row in rows.itertuples():
        if row.element == "*" and len(wards):
            use = wards["cases"].to_numpy(float) / len(actual.cases)
            days = row.quantity * wards["days"].to_numpy() / wards["days"].sum() / use
            price = wards["cost"].to_numpy() / wards["days"].to_numpy()
            named = {"group": wards.index, "element": wards.index, "use_rate": use, "quantity": days, "price": price}
            parts.append(pd.DataFrame(named))
        else:
            price = _prices(pd.Series([row.element]), actual, pd.Series([row.unit_cost]))
            named = {"group": row.element, "element": row.element, "use_rate": 1.0, "quantity": row.quantity}
            parts.append(pd.DataFrame(named | {"price": price}))
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str" if name in _PROFILE[:3] else float) for name in _PROFILE})
    return pd.concat(parts, ignore_index=True).assign(category="stay", share=1.0)[_PROFILE]


def one_baseline(
    periods: ClosedPeriods,
    drg: str,
    actual: Sample,
    *,
    hospital: str,
    settings: RootCause,
    method: str,
    kind: str = "auto",
) -> Baseline:
    """Baseline of one DRG of a window closed on disk, its cases costed by the method of the actual ones.

    Raises
    ------
    InputError
        The DRG has none of this kind.
    """
    wanted = None if kind == "auto" else kind
    months = months_of(periods, method, settings.coding_rules)
    found = find_baselines(months, {drg: actual}, hospital=hospital, settings=settings, kind=wanted)
    if drg not in found:
        raise InputError(
            f"{drg} has no baseline {kind!r}",
            where=str(periods.folder),
            mend="standard_cost needs a pathway, own_past the year before; or take auto, peers or standard",
        )
    return found[drg]
