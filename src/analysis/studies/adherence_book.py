"""Stays on pathways over twelve months: what every page about adherence is made from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.pathways.adherence import adhere_span
from analysis.pathways.library import read_library
from analysis.pathways.model import Pathway
from analysis.pathways.variance import PART, wilson
from analysis.presentation.finding import Finding
from analysis.settings import parameters_folder
from analysis.studies.absent import absent
from analysis.studies.report import Report, Span

#: Reasons of `left_out` that explain why nothing is judged.
WITHOUT = ("steps of pathways known by their charges", "waits, and steps of pathways known by their times")
_TOLD = ["pathway", "department", "waiting_step", "resource", "waiting_days", "cause_class", "basis", "form"]


#: A pathway is looked at unasked from so many stays on.
_MANY = 30


@dataclass(frozen=True, eq=False)
class Followed:
    """The pathways of a report: closed rows of the last twelve months, and the files the months were judged by.

    chosen : the pathway that sections on one pathway look at: as asked for, else the one least kept (of many stays).
    """

    report: Report
    library: Mapping[str, Pathway]
    asked: str

    @property
    def span(self) -> Span:
        return self.report.twelve

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Judged steps: period, pathway, stay_id, step, status, waiting_days, cause_class, department, days."""
        return self.rows_of(self.span)

    def rows_of(self, span: Span) -> pd.DataFrame:
        """Judged steps of a span, of pathways that are still in the library."""
        rows = self.report.sql("adherence_rows", **span.bounds)
        return rows[rows["pathway"].isin(list(self.library))].reset_index(drop=True)

    @cached_property
    def stays(self) -> pd.DataFrame:
        """One row a stay on a pathway: pathway, stay_id, department, days, standard, kept (every step as asked for)."""
        rows = self.rows.assign(kept=self.rows["status"].eq("done"))
        keys = ["pathway", "stay_id"]
        told = {"department": "first", "days": "first", "kept": "all"}
        stays = rows.groupby(keys, sort=True).agg(told).reset_index()
        return stays.assign(standard=[self.library[name].standard.days for name in stays["pathway"]])

    @cached_property
    def over(self) -> pd.DataFrame:
        """Stays told of as far over the standard, with what the alert says of each; columns of what none says empty."""
        rows = self.report.sql("over_standard", **self.span.bounds)
        told = pd.DataFrame([json.loads(text) for text in rows["evidence"]], index=rows.index)
        made = rows.drop(columns="evidence").join(told.reindex(columns=_TOLD).astype(object))
        return made[made["pathway"].isin(list(self.library))].reset_index(drop=True)

    @cached_property
    def live(self) -> Engine | None:
        """The same stays judged anew from the data folder: who was excused, in which order; None without a folder."""
        return judged_anew(self.report, self.library, self.span)

    @property
    def chosen(self) -> str:
        if self.asked:
            return self.asked
        by = self.stays.groupby("pathway")["kept"].agg(["size", "mean"]).sort_index()
        return str(by.loc[by["size"] >= min(_MANY, by["size"].max()), "mean"].idxmin())

    def name(self, pathway: str) -> str:
        """Name of a pathway in the report's language, without its last word."""
        named = str(getattr(self.library[pathway], self.report.language))
        return named.removesuffix("路径")

    def step(self, pathway: str, step: str) -> str:
        """Name of a step; its code where the file has it no more."""
        steps = self.library[pathway].steps
        return str(getattr(steps[step], self.report.language)) if step in steps else step

    def both(self, pathways: Iterable[str], steps: Iterable[str]) -> list[str]:
        """`step · pathway` of each in turn."""
        return [f"{self.step(p, s)} · {self.name(p)}" for p, s in zip(pathways, steps, strict=True)]

    def nothing(self, question: str) -> Finding | None:
        """What is said where no stay was judged."""
        return absent(self.report, question, *WITHOUT) if self.rows.empty else None

    def none_over(self, question: str) -> Finding | None:
        """What is said where no stay was judged, or none is far over its standard."""
        if (nothing := self.nothing(question)) or len(self.over):
            return nothing
        zh, en = f"没有超标准 {PART:.0%} 以上的住院。", f"No stay is {100 * PART:.0f} % over its standard."
        return Finding(question, None, self.report.say(zh, en))


def follow(report: Report, pathway: str = "") -> Followed:
    """The pathways that a report's period was closed with.

    Parameters
    ----------
    pathway : that single sections look at; empty = `Followed.chosen`.

    Raises
    ------
    InputError
        No such pathway.
    """
    library = _read(str(report.card.get("settings", {}).get("pathways", "")))
    if pathway and pathway not in library:
        raise InputError(f"no pathway {pathway!r}", mend=f"pathways there: {', '.join(library) or 'none'}")
    return Followed(report, library, pathway)


@lru_cache(maxsize=2)
def _read(folder: str) -> Mapping[str, Pathway]:
    return read_library(parameters_folder() / folder) if folder else {}


def judged_anew(report: Report, library: Mapping[str, Pathway], span: Span) -> Engine | None:
    """Engine with the tables of `adhere_span` over a span of months; None where the data folder is not there."""
    if not library or report.period.is_year or not (report.data / "source.yaml").is_file():
        return None
    hospital, engine = open_hospital(report.data), Engine()
    hospital.attach(engine)
    own = "select * from stays where hospital_id = $hospital order by stay_id"
    engine.put("stays", engine.arrow(own, hospital=report.hospital))
    adhere_span(engine, hospital, list(span.periods), library)
    return engine


def step_rates(followed: Followed, rows: pd.DataFrame) -> pd.DataFrame:
    """How often required steps were left out.

    Returns
    -------
    pathway, step, stays (on the pathway), expected (who should have had it), omitted, rate with ci_low, ci_high
    (Wilson, 95 %), late; in the library's order. stays - expected: excused, or nobody can tell.
    """
    required = [(p, s) for p, way in followed.library.items() for s, one in way.steps.items() if one.need == "required"]
    keys = ["pathway", "step"]
    counts = rows.groupby(keys)["status"].agg(
        expected="count", omitted=lambda s: s.eq("omitted").sum(), late=lambda s: s.eq("late").sum()
    )
    there = [key for key in required if key in counts.index]
    made = counts.reindex(pd.MultiIndex.from_tuples(there, names=keys)).reset_index()
    stays = rows.groupby("pathway")["stay_id"].nunique()
    low, high = wilson(made["omitted"], made["expected"])
    return made.assign(
        stays=made["pathway"].map(stays), rate=made["omitted"] / made["expected"], ci_low=low, ci_high=high
    )
