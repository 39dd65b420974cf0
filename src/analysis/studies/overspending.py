"""One DRG explained for a report: what every section of the notebook on its overspending starts from."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.errors import InputError
from analysis.presentation.finding import Finding
from analysis.rootcause.explain import Explanation, explain
from analysis.studies.absent import COSTS, absent
from analysis.studies.cause_tree import in_view
from analysis.studies.cost_sheet import chosen_drg
from analysis.studies.report import Report, Span


@dataclass(frozen=True, eq=False)
class Inquiry:
    """One DRG explained for a report; `made` is empty where it cannot be."""

    report: Report
    drg: str
    asked: str
    made: Explanation | None

    @property
    def rows(self) -> pd.DataFrame:
        """The causes, as the closed table has them."""
        assert self.made is not None
        return self.made.causes

    @cached_property
    def items(self) -> pd.DataFrame:
        """The tree of the item view."""
        return in_view(self.rows, "item")

    @cached_property
    def drivers(self) -> pd.DataFrame:
        """The tree of the driver view; may be empty."""
        return in_view(self.rows, "driver")

    @property
    def baseline(self) -> str:
        return str(self.rows["baseline"].iloc[0])

    @property
    def cases(self) -> int:
        return int(self.rows["cases"].iloc[0])

    @property
    def loss(self) -> float:
        return float(self.items["amount_total"].iloc[0])

    @property
    def span(self) -> Span:
        """The months whose cases are explained."""
        months = int(self.rows["months"].iloc[0])
        span = self.report.span(self.report.period.shift(1 - months), self.report.period)
        assert span is not None
        return span

    @property
    def name(self) -> str:
        return self.report.titled("drg", [self.drg])[0]

    def absent(self, question: str) -> Finding:
        """What is said where the DRG could not be explained."""
        return absent(self.report, question, COSTS)


def inquire(report: Report, drg_code: str = "", baseline: str = "auto") -> Inquiry:
    """Explain one DRG of the report's period.

    Parameters
    ----------
    drg_code : empty = the one that loses most.
    baseline : auto, standard, standard_cost, peers or own_past.

    Raises
    ------
    InputError
        No such DRG in twelve months; a baseline that is none, or that the data do not give.
    """
    drg = chosen_drg(report, drg_code)
    try:
        made = explain(report.folder / report.period.name, drg, baseline=baseline, hospital=report.hospital)
    except InputError:
        if drg_code or baseline != "auto":
            raise
        return Inquiry(report, drg, baseline, None)
    if made.causes.empty:
        return Inquiry(report, drg, baseline, None)
    return Inquiry(report, drg, baseline, made)
