"""Cases of a DRG with what their cost consists of, read from closed months: what every view of causes starts from.

A case's cost is the sum of its elements: goods at purchase price, services at activity unit cost, days in a ward at
what its beds carry, and `rest`: unused capacity and what no element tells.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.closed_period import ClosedPeriods
from analysis.engine import sql_text
from analysis.periods import Period

_SQL = "analysis.rootcause"
#: Cost items of a ward that its beds carry, where the scheme does not say.
_BED_ITEMS = ("materials", "drugs", "depreciation", "amortisation", "risk_fund", "other")
#: Rules on coding are named by the scenarios on coding.
CODING_RULES = ("D",)
REST = "rest"
Query = Callable[..., pd.DataFrame]


@dataclass(frozen=True)
class Sample:
    """Cases of one DRG on one side of a comparison.

    Parameters
    ----------
    cases : one row a case (RangeIndex): stay_id, period, patient_id, hospital_id, department, team, physician_id
        ("?" where unknown), severity, age, age_band, sex, admission_type, payer, weekend (of admission), variant
        (principal procedure, else diagnosis), payment and cost in currency, length_of_stay in days, complication and
        infection (0, 1, NaN), died, coding_flag, stratum.
    elements : case (row of `cases`), element, group, category, quantity, cost, origin (imported, domestic or ""); a
        case's elements sum to its cost.
    waits : case, reason, days waited.
    """

    cases: pd.DataFrame
    elements: pd.DataFrame
    waits: pd.DataFrame

    def only(self, chosen: NDArray[np.bool_]) -> "Sample":
        """The sample of the chosen cases, (cases,) True where one stays; rows are numbered anew."""
        place = np.cumsum(chosen) - 1
        parts = []
        for rows in (self.elements, self.waits):
            case = rows["case"].to_numpy()
            kept = rows[chosen[case]].reset_index(drop=True)
            parts.append(kept.assign(case=place[case[chosen[case]]]))
        return Sample(self.cases[chosen].reset_index(drop=True), *parts)


@dataclass(frozen=True)
class Reading:
    """Where samples are read: `sql` queries closed months by table name, from `reach` back to the first admission.

    `scheme` is the costing scheme of closed.json; empty where the source brings its own cost.
    """

    sql: Query
    scheme: Mapping[str, Any]


def read_samples(
    periods: ClosedPeriods,
    drgs: Collection[str],
    *,
    hospital: str,
    method: str = "bottom_up",
    coding_rules: Collection[str] = CODING_RULES,
) -> dict[str, Sample]:
    """Samples of DRGs over a window of closed months, all DRGs in one pass.

    Months before the window are read back to the first admission of its cases: cost belongs to the month of service.

    Parameters
    ----------
    periods : the window; cases of its months that have complete cost and a payment.
    drgs : codes; those without such a case are left out of the result.
    method : of the case costs; where the months hold none by it, the cases' own cost stands.
    coding_rules : beginnings of rule ids whose findings are of coding.

    Raises
    ------
    InputError
        A month before the window that a case was in house is not closed there.
    """
    first, last = periods.periods[0].name, periods.periods[-1].name
    values = {"first": first, "last": last, "hospital": hospital, "drgs": sorted(drgs)}
    admitted = periods.sql(sql_text(_SQL, "sample_reach"), **values)["first"].iloc[0] if drgs else None
    if admitted is None or pd.isna(admitted):
        return {}
    reach = min(Period(admitted[: len(first)]), periods.periods[0])
    wide = periods if reach == periods.periods[0] else periods.span(reach, periods.period)
    return samples_of(Reading(wide.sql, periods.card["scheme"]), values | {"coding_rules": list(coding_rules)}, method)


def samples_of(reading: Reading, values: Mapping[str, Any], method: str) -> dict[str, Sample]:
    """Samples of what `reading` sees.

    Parameters
    ----------
    values : first, last (names of months), hospital, drgs and coding_rules: parameters of the SQL.
    """
    by_method = bool(
        reading.sql("select count(*) > 0 as known from case_costs where method = $method", method=method)["known"][0]
    )
    beds = list(reading.scheme.get("bed_items", _BED_ITEMS))
    known = dict(values) | {"method": method, "by_method": by_method, "bed_items": beds}
    known["with_days"] = by_method and method == "bottom_up"
    cases = reading.sql(sql_text(_SQL, "sample_cases"), **known)
    elements = reading.sql(sql_text(_SQL, "sample_elements"), **known).rename(columns={"grouping": "group"})
    waits = reading.sql(sql_text(_SQL, "sample_waits"), **known)
    return _by_drg(cases, elements, waits)


def _by_drg(cases: pd.DataFrame, elements: pd.DataFrame, waits: pd.DataFrame) -> dict[str, Sample]:
    number = pd.Series(np.arange(len(cases)), index=cases["stay_id"])
    elements, waits = (rows.assign(case=number.loc[rows["stay_id"]].to_numpy()) for rows in (elements, waits))
    elements = pd.concat([elements, _rest(cases, elements)], ignore_index=True)
    elements = elements.sort_values(["case", "category", "element"], kind="stable")
    elements = elements[["case", "element", "group", "category", "quantity", "cost", "origin"]]
    waits = waits.sort_values(["case", "reason"], kind="stable")[["case", "reason", "days"]]
    samples = {}
    drg = cases.pop("drg_code").to_numpy()
    edges = np.flatnonzero(np.r_[True, drg[1:] != drg[:-1]]) if len(drg) else np.zeros(0, int)
    cases = cases.assign(stratum="")
    for start, end in zip(edges, [*edges[1:], len(drg)], strict=True):
        samples[str(drg[start])] = Sample(
            cases.iloc[start:end].reset_index(drop=True), _slice(elements, start, end), _slice(waits, start, end)
        )
    return samples


def _rest(cases: pd.DataFrame, elements: pd.DataFrame) -> pd.DataFrame:
    """What no element of a case tells, so that its elements sum to its cost."""
    told = np.bincount(elements["case"], elements["cost"], minlength=len(cases))
    left = (cases["cost"].to_numpy() - told).round(8)
    return pd.DataFrame(
        {
            "case": np.arange(len(cases)),
            "element": REST,
            "group": REST,
            "category": REST,
            "quantity": 1.0,
            "cost": left,
            "origin": "",
        }
    )


def _slice(rows: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Rows of the cases from `start` to before `end`, numbered from nought; `rows` are in order of the case."""
    low, high = np.searchsorted(rows["case"].to_numpy(), [start, end])
    part = rows.iloc[low:high].reset_index(drop=True)
    return part.assign(case=part["case"] - start)


#: What makes a stratum, from what is kept longest to what is given up first.
_FACTORS = ("severity", "age_band", "variant")


def with_strata(actual: Sample, baseline: Sample | None, least: int = 5) -> tuple[Sample, Sample | None]:
    """Both samples with `stratum` filled: severity x age band x variant, merged until each holds `least` cases a side.

    A stratum that is too small on a side gives up its variant, then its age band, then its severity: it joins the small
    ones that share what is left, and "*" stands for what was given up. What is still too small at the end joins the
    smallest stratum that is large enough. Without a baseline sample only the actual side counts.

    Parameters
    ----------
    least : cases of a stratum on each side.
    """
    sides = [actual.cases] + ([baseline.cases] if baseline else [])
    facts = pd.concat([side[list(_FACTORS)].astype(str) for side in sides], ignore_index=True)
    side = np.repeat(np.arange(len(sides)), [len(part) for part in sides])
    labels = _merged(facts, side, len(sides), least)
    done = replace(actual, cases=actual.cases.assign(stratum=labels[: len(actual.cases)]))
    if baseline is None:
        return done, None
    return done, replace(baseline, cases=baseline.cases.assign(stratum=labels[len(actual.cases) :]))


def _merged(facts: pd.DataFrame, side: NDArray[np.intp], sides: int, least: int) -> NDArray[np.object_]:
    """(cases,) stratum of every case."""
    labels = np.full(len(facts), "", object)
    left = np.ones(len(facts), bool)
    for kept in range(len(_FACTORS), -1, -1):
        parts = [facts[name].to_numpy(object) for name in _FACTORS[:kept]] + [np.full(len(facts), "*", object)] * (
            3 - kept
        )
        names = parts[0] + "|" + parts[1] + "|" + parts[2]
        _take_large(labels, left, names, side, sides, least)
    if left.any():
        _join_smallest(labels, left)
    return labels


def _take_large(
    labels: NDArray[np.object_],
    left: NDArray[np.bool_],
    names: NDArray[np.object_],
    side: NDArray[np.intp],
    sides: int,
    least: int,
) -> None:
    """Settle the strata among what is left that are large enough on every side."""
    codes, words = pd.factorize(names[left], sort=True)
    counts = np.bincount(codes * sides + side[left], minlength=len(words) * sides).reshape(-1, sides)
    large = (counts >= least).all(axis=1)[codes]
    place = np.flatnonzero(left)[large]
    labels[place], left[place] = names[place], False


def _join_smallest(labels: NDArray[np.object_], left: NDArray[np.bool_]) -> None:
    """What is too small even together joins the smallest stratum there is; all is one where there is none."""
    settled = labels[~left]
    if len(settled):
        words, counts = np.unique(settled.astype(str), return_counts=True)
        labels[left] = words[np.lexsort((words, counts))[0]]
    else:
        labels[left] = "*|*|*"
