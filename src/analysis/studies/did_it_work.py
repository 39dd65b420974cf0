"""A change opened for a report: its cases, its windows, and its effect on any outcome, also under a threat."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from analysis.closed_period import closed_periods, open_periods, read_card
from analysis.engine import sql_text
from analysis.errors import InputError
from analysis.evaluation.change_settings import ChangeStudy, OutcomeName, Threat, read_change
from analysis.evaluation.effects_in_units import Effect, effect_of
from analysis.evaluation.panels import adjusted_panel
from analysis.periods import Period, parse_range
from analysis.presentation.wording import span_words
from analysis.settings import parameters_folder
from analysis.studies.did_it_work_outcomes import OUTCOMES, Outcome, at_constant_prices, cells_of
from analysis.studies.report import REPORT_MIME, SQL, Report

#: Fewer months before than this tell nothing about where the pilots stood.
_LEAST_BEFORE = 6


@dataclass(frozen=True)
class Windows:
    """Months by what they are to the change; `beyond`: no untreated department is left."""

    before: tuple[str, ...]
    leak: tuple[str, ...]
    after: tuple[str, ...]
    beyond: tuple[str, ...]

    @property
    def compared(self) -> tuple[str, ...]:
        return self.before + self.leak + self.after


@dataclass(frozen=True, eq=False)
class Change:
    """A change asked about: the report it is told in, its settings, the main outcome, its windows and cases."""

    report: Report
    study: ChangeStudy
    main: OutcomeName
    windows: Windows
    cases: pd.DataFrame

    def head(self) -> dict[str, Any]:
        """What stands at the top of the page: the change, and the months from the first before to the last after."""
        first, last = (Period(self.windows.compared[place]) for place in (0, -1))
        language = self.report.language
        return self.report.head() | {"period": span_words(first, last, language), "subject": self.study.label(language)}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        title = self.study.label(self.report.language)
        return {"text/plain": title, "text/html": f"<p>{html.escape(title)}</p>", REPORT_MIME: self.head()}

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES[self.main]

    @cached_property
    def constant(self) -> pd.DataFrame:
        """Cases at constant prices, where the study asks for them."""
        return at_constant_prices(self.cases) if self.study.constant_prices else self.cases

    @lru_cache(maxsize=16)  # noqa: B019 one report, few outcomes
    def panel(self, name: OutcomeName) -> pd.DataFrame:
        """Departments x months at equal case mix and constant prices."""
        outcome = OUTCOMES[name]
        return adjusted_panel(cells_of(self.constant, outcome), outcome.scale, self.windows.before)

    def known(self, name: OutcomeName) -> bool:
        """The closed months hold this outcome, before and after, for every pilot, and it occurs."""
        outcome = OUTCOMES[name]
        rows = self.cases.dropna(subset=[part for part in (outcome.amount, outcome.base) if part])
        sides = [rows[rows["period"].isin(side)] for side in (self.windows.before, self.windows.after)]
        there = all(set(self.study.treated) <= set(side["department"]) for side in sides)
        return there and bool((sides[0][outcome.amount] > 0).any())

    @lru_cache(maxsize=16)  # noqa: B019
    def effect(self, name: OutcomeName) -> Effect:
        """The pilots against the others, months after against before: randomisation over departments."""
        return effect_of(self.panel(name), OUTCOMES[name].scale, self.study.treated, self.windows.before,
                         self.windows.after)  # fmt: skip

    def under(self, threat: Threat) -> Effect:
        """The effect on the main outcome estimated as the threat asks."""
        before, after = (
            [month.name for month in parse_range(f"{span[0]}..{span[1]}")] if span else list(own)
            for span, own in ((threat.base, self.windows.before), (threat.late, self.windows.after))
        )  # fmt: skip
        cases = self.cases if threat.as_charged else self.constant
        gone = cases["drg_code"].isin(threat.drgs) | cases["department"].isin(threat.departments)
        cells = cells_of(cases[~(gone | cases["period"].isin(threat.months))], self.outcome)
        if threat.unadjusted:
            cells = cells.assign(group="*", stratum="*")
        panel = adjusted_panel(cells, self.outcome.scale, self.windows.before)
        after = [month for month in after if month not in threat.months]
        return effect_of(panel, self.outcome.scale, self.study.treated, before, after)

    def pilot(self, unit: str) -> Effect:
        """One pilot alone against the others."""
        rest = [other for other in self.study.treated if other != unit]
        panel = self.panel(self.main)
        panel = panel[~panel["unit"].isin(rest)]
        return effect_of(panel, self.outcome.scale, [unit], self.windows.before, self.windows.after)


def open_change(report: Report, change: str = "roll_out", first: str = "", outcome: str = "") -> Change:
    """A change of parameters/studies/changes over the closed months up to the report's.

    Parameters
    ----------
    first : month from which to read, empty = the first closed one. outcome : the main one, empty = the study's.

    Raises
    ------
    InputError
        No such change or outcome; the months before or after are not closed; a pilot without cases.
    """
    study = read_change(parameters_folder(), change)
    main = outcome or study.main
    if main not in OUTCOMES:
        raise InputError(f"unknown outcome {outcome!r}", mend=f"one of {', '.join(OUTCOMES)}")
    months = _months(report, first)
    windows = _windows(report, study, months)
    cases = _cases(report, study, windows, months)
    absent = sorted(set(study.treated) - set(cases["department"]))
    if absent:
        raise InputError(f"no cases of department {', '.join(absent)}", where=str(report.folder),
                         mend="name departments of this hospital under `treated`")  # fmt: skip
    return Change(report, study, main, windows, cases)  # type: ignore[arg-type]


def runs(change: Change) -> dict[str, Any]:
    """What the study was made from: settings and run id of every month."""
    cards = {month: (read_card(change.report.folder, Period(month)) or {}).get("run_id")
             for month in change.windows.compared}  # fmt: skip
    return {"change": change.study.model_dump(mode="json"), "outcome": change.main, "runs": cards}


def _months(report: Report, first: str) -> list[str]:
    there = [month.name for month in closed_periods(report.folder) if not month.is_year and month <= report.period]
    return [month for month in there if month >= first] if first else there


def _windows(report: Report, study: ChangeStudy, months: Sequence[str]) -> Windows:
    end = study.others_start or "9999-12"
    before = tuple(month for month in months if month <= study.last_before.name)
    leak = tuple(month for month in months if study.last_before.name < month < study.starts)
    after = tuple(month for month in months if study.starts <= month < end)
    if len(before) < _LEAST_BEFORE or not after:
        wanted = f"{_LEAST_BEFORE} months up to {study.last_before.name} and one from {study.starts} on"
        there = f"{len(before)} months closed before the change and {len(after)} after"
        raise InputError(there, where=str(report.folder), mend=f"close at least {wanted}")
    return Windows(before, leak, after, tuple(month for month in months if month >= end))


def _cases(report: Report, study: ChangeStudy, windows: Windows, months: Sequence[str]) -> pd.DataFrame:
    closed = open_periods(report.folder, months[0], months[-1])
    values = {
        "hospital": report.hospital, "end_at": Period(months[-1]).end, "after_first": windows.after[0],
        "after_last": windows.after[-1], "items": study.constant_prices.items if study.constant_prices else [""],
    }  # fmt: skip
    return closed.sql(sql_text(SQL, "change_cases"), **values)
