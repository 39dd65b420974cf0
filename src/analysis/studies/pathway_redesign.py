"""A pathway and plans to change it, opened for a report: calibrated, priced, simulated on the same random numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.closed_period import open_periods
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import Hospital, open_hospital
from analysis.pathways.assembling import Cost, assemble, unpriced
from analysis.pathways.calibration import Calibration, calibrate
from analysis.pathways.experiment import FOLLOW, How, Narrowed, Simulated, difference, simulate, until_narrow
from analysis.pathways.layers import Layered, layered
from analysis.pathways.model import Pathway
from analysis.pathways.scenarios import Scenario
from analysis.pathways.warm_up import WarmUp, warm_up
from analysis.periods import Period
from analysis.presentation.tables import Column
from analysis.settings import parameters_folder, read_settings
from analysis.studies.pathway_prices import booked, priced
from analysis.studies.report import Report

#: The name under which today stands among the plans.
TODAY = ""
#: Days in which patients are counted.
_LEAST_DAYS, _MOST_DAYS = 730, 3650
#: Replications at most, where they go on until an interval is narrow.
_MOST = 500


@dataclass(frozen=True, eq=False)
class Redesign:
    """One pathway of the hospital with its plans.

    base : the pathway with the hospital's numbers · plans : by name · costs : of an item, none where months are not
    costed · calibration : None where the file's own numbers stand · caveats : (zh, en) of what could not be had ·
    least : replications · half_width : see `open_redesign`.
    """

    report: Report
    base: Layered
    plans: Mapping[str, Scenario]
    costs: Mapping[str, Cost]
    calibration: Calibration | None
    caveats: tuple[tuple[str, str], ...]
    span: tuple[Period, Period]
    least: int
    seed: int
    unpaid_within: float
    half_width: float

    @cached_property
    def pathway(self) -> Pathway:
        return self.base.pathway

    @cached_property
    def booked(self) -> float:
        """`pathway_prices.booked` of the months priced."""
        return booked(self.pathway, open_periods(self.report.folder, *(month.name for month in self.span)))

    @property
    def priced(self) -> bool:
        """Items have costs: what a plan does to money can be told."""
        return bool(self.costs)

    @cached_property
    def ample(self) -> frozenset[str]:
        """Resources that calibration found nobody to wait for: their number stands for enough, not for a capacity."""
        if self.calibration is None:
            return frozenset()
        tested = self.calibration.contention
        contended = set(tested.loc[tested["verdict"] == "contended", "resource"]) if len(tested) else set()
        return frozenset(self.pathway.resources) - contended

    def by_plan(self, heads: tuple[Column, ...]) -> tuple[Column, ...]:
        """Headings of a table by plan; without the plan where there is only one."""
        return heads if len(self.plans) > 1 else tuple(one for one in heads if one.name != "plan")

    def changed(self, plan: str) -> Layered:
        """The pathway under a plan; TODAY leaves it."""
        return self.base if plan == TODAY else self.base.over(self.plans[plan].edits)

    @cached_property
    def warm_up(self) -> WarmUp:
        """The longest warm-up of today and all plans."""
        found = [warm_up(assemble([self.changed(plan).pathway], self.costs), seed=self.seed)
                 for plan in (TODAY, *self.plans)]  # fmt: skip
        return max(found, key=lambda one: (one.days, not one.settled))

    @cached_property
    def how(self) -> How:
        """How every simulation of this page is run."""
        days = float(min(max(_LEAST_DAYS, self.warm_up.run_length), _MOST_DAYS))
        return How(seed=self.seed, warm=float(self.warm_up.days), days=days, follow=FOLLOW, threads=2,
                   unpaid_within=self.unpaid_within)  # fmt: skip

    @property
    def outcome(self) -> str:
        """By which plans are chosen and doubted: margin of a patient, days of one where items have no costs."""
        return "margin_of_patient" if self.priced else "days_of_patient"

    @cached_property
    def narrowed(self) -> dict[str, Narrowed]:
        """Plan -> how many replications its interval took; empty where no half-width is asked for."""
        if not self.half_width:
            return {}
        return {
            plan: until_narrow(self.pathway, self.changed(plan).pathway, self.costs, outcome=self.outcome,
                               limit=self.half_width, least=self.least, most=_MOST, **self.how)
            for plan in self.plans
        }  # fmt: skip

    @property
    def replications(self) -> int:
        """Replications of today and of every plan."""
        return max([self.least, *(one.replications for one in self.narrowed.values())])

    @cached_property
    def simulated(self) -> dict[str, Simulated]:
        """Today and every plan on the same random numbers."""
        return {
            plan: simulate([self.changed(plan).pathway], self.costs, replications=self.replications, **self.how)
            for plan in (TODAY, *self.plans)
        }

    @cached_property
    def differences(self) -> dict[str, pd.DataFrame]:
        """Plan -> `experiment.difference` from today."""
        return {plan: difference(self.simulated[TODAY], self.simulated[plan]) for plan in self.plans}

    def title(self, plan: str) -> str:
        """What a plan is called."""
        if plan == TODAY:
            return self.report.say("现状", "Today")
        return str(getattr(self.plans[plan], self.report.language))

    def told(self, *more: str) -> tuple[str, ...]:
        """What could not be had, and more, as caveats of a finding."""
        return (*more, *(self.report.say(*words) for words in self.caveats))


def open_redesign(
    report: Report, pathway: str, scenario: str = "", first: str = "", last: str = "", *, replications: int = 50,
    seed: int = 1, unpaid_within: float = 30.0, half_width: float = 0.0,
) -> Redesign:  # fmt: skip
    """Calibrate and price a pathway from closed months and lay its plans over it.

    Parameters
    ----------
    pathway, scenario : names of files of parameters/pathways and of scenarios/ there; scenario empty = all of it.
    first, last : months; empty = the last twelve of the report.
    unpaid_within : a return sooner than so many days is not paid again (0: always paid).
    half_width : replicate until the 95 % interval of the margin of a patient (of days, where items have no costs) is
        that narrow, `replications` at least; 0 = no more than these.

    Raises
    ------
    InputError
        No such pathway or scenario, a pathway without a course, or one for which there is no plan.
    """
    folder = parameters_folder() / (report.card.get("settings", {}).get("pathways") or "pathways")
    base = layered(folder / f"{pathway}.yaml")
    if not base.pathway.course:
        raise InputError("the pathway has no course to simulate", where=str(base.file), mend="describe its course")
    plans = _plans(folder, pathway, scenario)
    bounds = report.twelve.bounds
    span = Period(first or bounds["first"]), Period(last or bounds["last"])
    calibration, missing = _calibrated(report, folder, pathway, span)
    if calibration is not None:
        base = base.over(calibration.edits)
    prices, costs, lacking = _priced(report, base.pathway, span)
    return Redesign(
        report, base.over(prices), plans, costs, calibration, (*missing, *lacking), span, replications, seed,
        unpaid_within, half_width,
    )  # fmt: skip


def _plans(folder: Path, pathway: str, scenario: str) -> dict[str, Scenario]:
    every = {file.stem: read_settings(file, Scenario) for file in sorted((folder / "scenarios").glob("*.yaml"))}
    own = {name: one for name, one in every.items() if one.pathway == pathway}
    found = {name: one for name, one in own.items() if scenario in ("", name)}
    if not found:
        raise InputError(
            f"no scenario {scenario or 'at all'} of the pathway {pathway}",
            where=str(folder / "scenarios"),
            mend=f"scenarios of it: {', '.join(own) or 'none; write one'}",
        )
    return found


def _hospital(report: Report) -> Hospital | None:
    """The hospital's data folder, where it is there."""
    return open_hospital(report.data) if (report.data / "source.yaml").is_file() else None


def _calibrated(
    report: Report, folder: Path, pathway: str, span: tuple[Period, Period]
) -> tuple[Calibration | None, tuple[tuple[str, str], ...]]:
    """The calibration, or why there is none."""
    hospital = _hospital(report)
    if hospital is None:
        return None, (
            ("没有医院的原始数据，参数取自路径文件。", "Without the hospital's data the file's numbers stand."),
        )
    with Engine() as engine:
        hospital.attach(engine)
        try:
            return calibrate(engine, hospital, *span, pathway, folder), ()
        except InputError as error:
            return None, ((f"未能校准（{error.what}），参数取自路径文件。",
                           f"Not calibrated ({error.what}): the file's numbers stand."),)  # fmt: skip


def _priced(
    report: Report, pathway: Pathway, span: tuple[Period, Period]
) -> tuple[dict[str, Any], dict[str, Cost], tuple[tuple[str, str], ...]]:
    """Edits that price days and payment, what items cost, and what has no price."""
    try:
        periods = open_periods(report.folder, span[0].name, span[1].name)
        made, costs = priced(pathway, periods, _wards(report, pathway))
    except InputError as error:
        return {}, {}, ((f"未能定价（{error.what}）：金额不作报告。", f"Not priced ({error.what}): no money is told."),)
    days = {name: one.cost_a_day for name, one in made.resources.items() if one.cost_a_day}
    edits = {f"resources.{name}.cost_a_day": cost for name, cost in days.items()}
    named = {code for used in assemble([made]).used.values() for code in used}
    costs = {code: cost for code, cost in costs.items() if code in named}
    free = unpriced(made, costs)
    told = (
        f"{len(free)} 个项目没有成本，按零计：{'、'.join(free[:8])}。",
        f"{len(free)} items have no cost and count as nought: {', '.join(free[:8])}.",
    )
    return edits | {"payment": made.payment}, costs, (told,) if free else ()


def _wards(report: Report, pathway: Pathway) -> dict[str, list[str]]:
    """Cost centres of intensive beds, from the transfers, where the pathway has such beds of their own."""
    hospital = _hospital(report)
    if hospital is None or "intensive_bed" not in pathway.resources or "transfers" not in hospital.tables:
        return {}
    with Engine() as engine:
        hospital.attach(engine)
        rows = engine.frame("select distinct cost_centre from transfers where ward_type = 'icu' order by 1")
    return {"intensive_bed": rows["cost_centre"].tolist()} if len(rows) else {}
