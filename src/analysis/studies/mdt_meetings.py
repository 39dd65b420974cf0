"""MDT meetings opened for a report: the register of all closed months, and what the meetings did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.evaluation.mdt_effect import LEAST, MeetingEffect, meeting_effect
from analysis.hospital import open_hospital
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.mdt_register import mdt_register
from analysis.pathways.model import Pathway
from analysis.studies.adherence_book import follow
from analysis.studies.report import Report, Span
from analysis.studies.study_tables import write_study

#: What meetings are called among the activities of pathways.
ACTIVITY = "mdt_consultation"
STUDY = "E4_mdt"
OUTCOMES = ("complication", "readmission")
CONFOUNDERS = ("age", "sex", "emergency", "systems")
_TABLES = ("stays", "diagnoses", "procedures", "mdt", "payment_standards", "outcomes", "pathway_records")
#: All groups in which meetings are held, taken together.
ALL = "all"


@dataclass(frozen=True, eq=False)
class Meetings:
    """A report's MDT meetings.

    register : stays of all closed months (`mdt_register`) · on : pathway and stay_id of
    the pathways that ask for a meeting · library : these pathways · draws : of the bootstrap.
    """

    report: Report
    register: pd.DataFrame
    on: pd.DataFrame
    library: Mapping[str, Pathway]
    draws: int = 200

    @property
    def span(self) -> Span:
        """All closed months: effects need many stays."""
        span = self.report.span(self.report.periods[0], self.report.period)
        assert span is not None
        return span

    @property
    def lately(self) -> pd.DataFrame:
        """The register of the last twelve months, of the groups in which meetings are held."""
        rows = self.register[self.register["discharged_at"] >= self.report.twelve.periods[0].start]
        return rows[rows["drg_code"].isin(self.groups)]

    @property
    def groups(self) -> list[str]:
        """DRGs with a meeting."""
        return sorted(set(self.register.loc[self.register["met_on"].notna(), "drg_code"].dropna()))

    def populations(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Stays whose meetings are judged: all groups with meetings together, then every pathway that asks for one."""
        yield ALL, self.register[self.register["drg_code"].isin(self.groups)]
        for pathway, stays in self.on.groupby("pathway", sort=True):
            yield str(pathway), self.register[self.register["stay_id"].isin(stays["stay_id"])]

    @cached_property
    def effects(self) -> dict[str, MeetingEffect]:
        """By population, where both sides have enough stays."""
        found = {}
        for name, rows in self.populations():
            met = rows["met_on"] < rows["days"]
            if min(met.sum(), (~met).sum()) >= LEAST:
                more = ("drg_code",) if name == ALL else ()
                found[name] = meeting_effect(
                    rows.rename(columns={"patient_id": "patient"}), CONFOUNDERS + more, OUTCOMES, label=f"ATT_{name}",
                    draws=self.draws, check=name != ALL,
                )  # fmt: skip
        return found

    def name(self, population: str) -> str:
        if population == ALL:
            return self.report.say("有会诊的各病组", "All groups with meetings")
        return str(getattr(self.library[population], self.report.language)).removesuffix("路径")


def meetings_of(report: Report, draws: int = 200) -> Meetings:
    """Read the register of MDT meetings of a report's hospital; empty where its data folder is not there."""
    library = {
        name: way
        for name, way in follow(report).library.items()
        if any(s.activity == ACTIVITY for s in way.steps.values())
    }
    if report.period.is_year or not (report.data / "source.yaml").is_file():
        nothing = pd.DataFrame(columns=["stay_id", "drg_code", "met_on", "discharged_at", "days"])
        return Meetings(report, nothing, pd.DataFrame(columns=["stay_id", "pathway"]), library, draws)
    hospital, start, end = open_hospital(report.data), report.periods[0].start, report.period.end
    with Engine() as engine:
        for name in _TABLES:
            engine.load(contract_tables()[name], hospital.files(name))
        own = "select * from stays where hospital_id = $hospital order by stay_id"
        engine.put("stays", engine.arrow(own, hospital=report.hospital))
        register = mdt_register(engine, start, end)
        find_pathway_stays(engine, start, end, library)
        on = engine.frame("select distinct pathway, stay_id from pathway_stays order by all")
    return Meetings(report, register, on, library, draws)


def keep_meetings(meetings: Meetings) -> Path | None:
    """Keep the effects as study E4_mdt beside the closed months; None where there are too few meetings to judge."""
    if not meetings.effects:
        return None
    rows = pd.concat([effect.effects for effect in meetings.effects.values()], ignore_index=True)
    span = meetings.span.bounds
    made_from = {"periods": [span["first"], span["last"]], "run_id": meetings.report.card["run_id"],
                 "draws": meetings.draws, "confounders": list(CONFOUNDERS)}  # fmt: skip
    return write_study(meetings.report.folder, STUDY, {"effects": rows}, made_from)
