"""Explain one DRG of a closed period: `explain("outputs/demo/2023-06", "FM19")`."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

import pandas as pd

from analysis.closed_period import ClosedPeriods, closed_periods, open_period, open_periods
from analysis.errors import InputError
from analysis.rootcause.baselines import Baseline, Kind, one_baseline
from analysis.rootcause.explain_core import Explained, causes_of, explain_samples
from analysis.rootcause.item_levels import group_levels
from analysis.rootcause.reference import make_reference
from analysis.rootcause.samples import Sample, read_samples
from analysis.rootcause.settings import RootCause
from analysis.rootcause.sums import cluster_sums
from analysis.settings import parameters_folder, read_settings

_METHOD = "bottom_up"
#: What makes a row of a DRG's causes.
_KEY = ["baseline", "view", "level", "parent", "cause", "subject", "effect"]
_BASELINES = ("auto", *get_args(Kind))


@dataclass(frozen=True)
class Explanation:
    """One DRG explained.

    Parameters
    ----------
    drg, hospital : codes.
    window : the closed months whose cases are explained.
    method : of case costing.
    causes : rows of the closed table `causes` (amounts as float, in currency).
    detail : samples, baseline, effects of both views, draws; `notes` (what, why) says what could not be told.
    """

    drg: str
    hospital: str
    window: ClosedPeriods
    method: str
    causes: pd.DataFrame
    detail: Explained

    @property
    def sample(self) -> Sample:
        """The cases explained."""
        return self.detail.sample

    @property
    def baseline(self) -> Baseline:
        """What they are compared with."""
        return self.detail.baseline

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Use rate, quantity per user and unit cost of every group of items, here and in the reference (ending _0)."""
        layout = self.detail.items.layout
        actual = cluster_sums(self.sample, layout)
        return group_levels(actual, make_reference(self.baseline, layout, self.sample))

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """What could not be told, and why, in codes."""
        return self.detail.notes


def explain(
    period: str | Path,
    drg: str,
    *,
    baseline: str = "auto",
    hospital: str = "",
    parameters: str | Path | RootCause | None = None,
    draws: int | None = None,
) -> Explanation:
    """Why a DRG of a closed month overspends: causes in money that add up to its loss, with intervals.

    Parameters
    ----------
    period : folder of the closed month, such as outputs/demo/2023-06.
    baseline : auto, standard_cost, own_past, peers or standard.
    hospital : needed only where the folder holds several.
    parameters : root-cause settings or their file; default as the month was closed with.
    draws : of the bootstrap; default as in the settings.

    Returns
    -------
    Explanation; q-values are those of the closed table, over all DRGs of the month, where it has the same causes.

    Raises
    ------
    InputError
        Not closed; unknown baseline, or one that the DRG does not have; no case with complete cost and payment.
    """
    if baseline not in _BASELINES:
        raise InputError(f"unknown baseline {baseline!r}", mend=f"one of: {', '.join(_BASELINES)}")
    month = open_period(period)
    settings = _settings(month, parameters)
    hospital = hospital or _only_hospital(month)
    method = _method(month)
    window, sample = window_of(month, drg, hospital, method, settings)
    against = one_baseline(window, drg, sample, hospital=hospital, settings=settings, method=method, kind=baseline)
    found = explain_samples({drg: sample}, {drg: against}, settings, hospital=hospital,
                            months={drg: len(window.periods)}, draws=draws)  # fmt: skip
    return Explanation(drg, hospital, window, method, _as_closed(month, causes_of(found), drg, hospital), found[drg])


def window_of(
    month: ClosedPeriods, drg: str, hospital: str, method: str, settings: RootCause
) -> tuple[ClosedPeriods, Sample]:
    """The month where it has cases enough, else the last twelve (as many as are closed), with the DRG's cases.

    Raises
    ------
    InputError
        No case with complete cost and payment in either.
    """
    found = read_samples(month, [drg], hospital=hospital, method=method, coding_rules=settings.coding_rules)
    if drg in found and (len(found[drg].cases) >= settings.window.least_cases or month.period.is_year):
        return month, found[drg]
    first = month.period if month.period.is_year else month.period.shift(1 - settings.window.months)
    there = [p for p in closed_periods(month.folder) if first <= p <= month.period and p.is_year == first.is_year]
    window = open_periods(month.folder, there[0].name, month.period.name)
    found = read_samples(window, [drg], hospital=hospital, method=method, coding_rules=settings.coding_rules)
    if drg not in found:
        raise InputError(
            f"no case of {drg} with complete cost and a payment",
            where=f"{month.folder}, {there[0].name} to {month.period.name}",
            mend="name another DRG, or close the months with their ledger and payment standards",
        )
    return window, found[drg]


def _settings(month: ClosedPeriods, parameters: str | Path | RootCause | None) -> RootCause:
    """The settings given, else those that the month was closed with, else the open ones."""
    if isinstance(parameters, RootCause):
        return parameters
    if parameters is not None:
        return read_settings(Path(parameters), RootCause)
    name = month.card.get("settings", {}).get("rootcause", "")
    return read_settings(parameters_folder() / "rootcause" / f"{name}.yaml", RootCause) if name else RootCause()


def _only_hospital(month: ClosedPeriods) -> str:
    there = sorted(month.sql("select distinct hospital_id from cases")["hospital_id"])
    if len(there) == 1:
        return there[0]
    shown = ", ".join(there[:12]) + (" ..." if len(there) > 12 else "")
    raise InputError(f"{len(there)} hospitals in one folder", where=str(month.folder), mend=f"name one of: {shown}")


def _method(month: ClosedPeriods) -> str:
    """Bottom-up where the month holds it, else the method of the cases' own cost."""
    known = month.sql("select count(*) as rows from case_costs where method = $method", method=_METHOD)["rows"][0]
    return _METHOD if known else str(month.card.get("scheme", {}).get("case_method", ""))


def _as_closed(month: ClosedPeriods, rows: pd.DataFrame, drg: str, hospital: str) -> pd.DataFrame:
    """Decimals as floats, and the q-values of the closed table where it has the same causes."""
    money = ["amount_per_case", "amount_total", "preventable"]
    rows = rows.astype(dict.fromkeys(money, float))
    closed = month.sql(
        "select * from causes where hospital_id = $hospital and drg_code = $drg", hospital=hospital, drg=drg
    )
    both = rows[_KEY].merge(closed[[*_KEY, "q_value", "amount_total"]], on=_KEY, how="left")
    same = len(closed) == len(rows) and bool((both["amount_total"] - rows["amount_total"]).abs().max() < 0.005)
    return rows.assign(q_value=both["q_value"]) if same else rows
