"""Causes of the DRGs that overspend, as closing a month writes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.closed_period import ClosedPeriods
from analysis.engine import sql_text
from analysis.periods import Period
from analysis.rootcause.baselines import Baseline, Months, find_baselines, with_standards, year_before
from analysis.rootcause.explain_core import Explained, causes_of, explain_samples
from analysis.rootcause.samples import Reading, Sample, read_samples, samples_of
from analysis.rootcause.settings import RootCause

_SQL = "analysis.rootcause"
_METHOD = "bottom_up"


def causes_of_month(month: ClosedPeriods, closed: Collection[Period], settings: RootCause) -> pd.DataFrame:
    """Rows of the closed table `causes` of a month.

    As many as the settings' `closing_drgs` are explained, those that lose most, each by both costing methods (bottom-up
    and top-down) more than the floor: over the last twelve months where so many are closed, over the month alone where
    it holds cases enough of every DRG that loses. q-values are judged over these DRGs of a hospital. Beside its own
    past or other physicians a DRG does not see what it has always done: it is explained against the payment standard
    too, where all waiting counts.

    Parameters
    ----------
    month : one period, written or not.
    closed : periods that are closed before it.
    """
    reader = _reader(month, closed, settings)
    verdicts = reader.wide.sql(sql_text(_SQL, "verdicts"), first=reader.first.name, last=month.period.name)
    parts = []
    for hospital, rows in verdicts.groupby("hospital_id"):
        explained = _explained(reader, str(hospital), *_overspending(rows, settings), settings)
        seen = {drg: one for drg, one in explained.items() if one.baseline.kind in ("own_past", "peers")}
        parts += [causes_of(explained), causes_of(_against_standard(seen, str(hospital), settings))]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else causes_of({})


def _against_standard(explained: Mapping[str, Explained], hospital: str, settings: RootCause) -> dict[str, Explained]:
    """The same cases against the payment standard."""
    samples = {drg: one.sample for drg, one in explained.items()}
    baselines = {drg: with_standards(Baseline("standard", None, None), drg, settings) for drg in samples}
    months = {drg: int(one.rows["months"].iloc[0]) for drg, one in explained.items()}
    return explain_samples(samples, baselines, settings, hospital=hospital, months=months)


@dataclass(frozen=True)
class _Reader:
    """`wide`: the window from `first` on, and the months before it in which its cases were in house."""

    wide: ClosedPeriods
    first: Period
    closed: frozenset[Period]
    coding_rules: list[str]

    @property
    def last(self) -> Period:
        return self.wide.period

    @property
    def months(self) -> int:
        return 1 if self.last.is_year else _months(self.first, self.last)

    def samples(self, drgs: Collection[str], first: str, last: str, hospital: str) -> Mapping[str, Sample]:
        """As `read_samples`; what lies in the window is read from what is open already."""
        if Period(first) < self.first or not drgs:
            window = self.wide.span(Period(first), Period(last))
            return read_samples(window, drgs, hospital=hospital, method=_METHOD, coding_rules=self.coding_rules)
        values = {"first": first, "last": last, "hospital": hospital, "drgs": sorted(drgs)}
        reading = Reading(self.wide.sql, self.wide.card["scheme"])
        return samples_of(reading, values | {"coding_rules": self.coding_rules}, _METHOD)


def _reader(month: ClosedPeriods, closed: Collection[Period], settings: RootCause) -> _Reader:
    last = month.period
    known = {p for p in closed if p < last and p.is_year == last.is_year}
    first = last if last.is_year else last.shift(1 - settings.window.months)
    first = first if first in known else last
    window = month.span(first, last)
    admitted = window.sql("select strftime(min(admitted_at), '%Y-%m') as first from cases where cost_complete")["first"]
    reach = first if pd.isna(admitted[0]) else min(first, Period(admitted[0][: len(first.name)]))
    reach = max(reach, min(known | {last}))
    wide = window if reach == first else month.span(reach, last)
    return _Reader(wide, first, frozenset(known | {last}), settings.coding_rules)


def _overspending(verdicts: pd.DataFrame, settings: RootCause) -> tuple[list[str], bool]:
    """DRGs that overspend most, and whether the month alone is looked at."""
    whole = _losing(verdicts, ("cases", "loss", "second_loss"), settings)
    alone = bool((whole["late_cases"] >= settings.window.least_cases).all())
    lost = _losing(verdicts, ("late_cases", "late_loss", "late_second_loss"), settings) if alone else whole
    return sorted(lost["drg_code"].head(settings.closing_drgs)), alone


def _losing(verdicts: pd.DataFrame, columns: tuple[str, str, str], settings: RootCause) -> pd.DataFrame:
    """DRGs with cases enough that lose more than the floor by both methods, the largest loss first."""
    cases, loss, second = (verdicts[name] for name in columns)
    found = verdicts[(cases >= settings.window.least_cases) & (loss > settings.floor) & (second > settings.floor)]
    return found.sort_values([columns[1], "drg_code"], ascending=[False, True])


def _explained(
    reader: _Reader, hospital: str, drgs: list[str], alone: bool, settings: RootCause
) -> dict[str, Explained]:
    """DRGs explained over the month `alone`, else over the whole window."""
    first, last = reader.last if alone else reader.first, reader.last
    samples = reader.samples(drgs, first.name, last.name, hospital) if drgs else {}
    if not samples:
        return {}
    window = Months(reader.wide.sql, reader.samples, (first.name, last.name), year_before(first, last, reader.closed))
    baselines = find_baselines(window, samples, hospital=hospital, settings=settings)
    months = dict.fromkeys(samples, 1 if alone else reader.months)
    return explain_samples(samples, baselines, settings, hospital=hospital, months=months)


def _months(first: Period, last: Period) -> int:
    count = 1
    while first < last:
        first, count = first.next, count + 1
    return count
