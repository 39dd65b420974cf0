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

    A DRG is explained where it loses by both costing methods (bottom-up and top-down) more than the floor of the
    settings, over cases enough: those of the month, else of the last twelve where so many are closed; and where it is
    among the settings' `closing_drgs` that lose most a month. q-values are judged over these DRGs of a hospital. Beside
    its own past or other physicians a DRG does not see what it has always done: it is explained against the payment
    standard too, where all waiting counts.

    Parameters
    ----------
    month : one period, written or not.
    closed : periods that are closed before it.
    """
    reader = _reader(month, closed, settings)
    verdicts = reader.wide.sql(sql_text(_SQL, "verdicts"), first=reader.first.name, last=month.period.name)
    parts = []
    for hospital, rows in verdicts.groupby("hospital_id"):
        drgs = _overspending(rows, reader.months, settings)
        explained = _explained(reader, str(hospital), drgs, settings)
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


def _overspending(verdicts: pd.DataFrame, months: int, settings: RootCause) -> dict[str, bool]:
    """DRGs that overspend most a month, with whether the month alone has cases enough."""
    found, lost = {}, {}
    for row in verdicts.itertuples():
        alone = row.late_cases >= settings.window.least_cases
        losses = (row.late_loss, row.late_second_loss) if alone else (row.loss, row.second_loss)
        if min(losses) > settings.floor and (alone or row.cases >= settings.window.least_cases):
            drg = str(row.drg_code)
            found[drg], lost[drg] = alone, losses[0] / (1 if alone else months)
    most = sorted(found, key=lambda drg: (-lost[drg], drg))[: settings.closing_drgs]
    return {drg: found[drg] for drg in sorted(most)}


def _explained(reader: _Reader, hospital: str, drgs: Mapping[str, bool], settings: RootCause) -> dict[str, Explained]:
    """Every DRG explained, over the month where it has cases enough (True), else over the whole window."""
    last = reader.last.name
    samples, baselines, months = {}, {}, {}
    every = reader.samples(list(drgs), reader.first.name, last, hospital) if drgs else {}
    for alone, first in ((False, reader.first), (True, reader.last)):
        chosen = {drg: sample for drg, sample in every.items() if drgs[drg] == alone}
        if alone:
            chosen = {drg: sample.only((sample.cases["period"] == last).to_numpy()) for drg, sample in chosen.items()}
        if not chosen:
            continue
        window = Months(
            reader.wide.sql, reader.samples, (first.name, last), year_before(first, reader.last, reader.closed)
        )
        baselines |= find_baselines(window, chosen, hospital=hospital, settings=settings)
        samples |= chosen
        months |= dict.fromkeys(chosen, 1 if alone else reader.months)
    return explain_samples(samples, baselines, settings, hospital=hospital, months=months)


def _months(first: Period, last: Period) -> int:
    count = 1
    while first < last:
        first, count = first.next, count + 1
    return count
