"""STROBE and CHEERS filled from a run: an item is ticked only where the run made what it asks for.

Files: checklists/*.yaml (items retold, with the evidence each needs). Evidence: `case_study_evidence`.
"""

from functools import cache
from importlib.resources import files
from typing import Literal

import pandas as pd
from pydantic import Field

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.settings import Settings, safe_yaml
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_evidence import produced
from analysis.studies.wide import head

Name = Literal["strobe", "cheers"]


class Item(Settings):
    """One item: its number, what it asks for, and the evidence it needs (none: only the author can answer it)."""

    item: str
    zh: str
    en: str
    evidence: list[str]


class Checklist(Settings):
    """A reporting guideline: name, source, items in order."""

    name: str
    source: str
    items: list[Item] = Field(min_length=1)


@cache
def checklist(name: Name) -> Checklist:
    """A checklist by its file's name."""
    text = files("analysis.studies").joinpath("checklists").joinpath(f"{name}.yaml").read_text("utf8")
    return Checklist.model_validate(safe_yaml(text))


def filled(case: CaseStudy, name: Name) -> pd.DataFrame:
    """One row an item: item, asks, place (sections where it is answered; empty = not given)."""
    places = produced(case)
    rows = [
        {"item": one.item, "asks": case.say(one.zh, one.en), "place": _place(one, places)}
        for one in checklist(name).items
    ]
    return pd.DataFrame(rows)


def _place(one: Item, places: dict[str, str]) -> str:
    """Sections that answer an item, each once; empty where part of what it needs was not made."""
    if not one.evidence or not set(one.evidence) <= set(places):
        return ""
    return "; ".join(dict.fromkeys(places[name] for name in one.evidence))


def strobe(case: CaseStudy) -> Finding:
    """What a cohort study should report, and where this one does."""
    return _finding(case, "strobe")


def cheers(case: CaseStudy) -> Finding:
    """What an economic evaluation should report, and where this one does."""
    return _finding(case, "cheers")


def _finding(case: CaseStudy, name: Name) -> Finding:
    report, made, rows = case.report, checklist(name), filled(case, name)
    answered = rows["place"] != ""
    rows["place"] = [place or case.say("未提供", "not given") for place in rows["place"]]
    missing = rows.index[~answered]
    heads = (
        head(report, "item", "条目", "Item"),
        head(report, "asks", "要求", "Asks for"),
        head(report, "place", "见", "Where"),
    )
    table = Table(rows, heads, made.name, report.style, alarm=frozenset((at, "place") for at in missing))
    counts = int(answered.sum()), len(rows)
    text = case.say(
        f"{counts[1]} 条中 {counts[0]} 条由本次运行给出，{counts[1] - counts[0]} 条未提供，须由作者补充。",
        f"{counts[0]} of {counts[1]} items are given by this run; {counts[1] - counts[0]} are not: they remain the "
        "author's.",
    )
    note = case.say(f"来源：{made.source}。条目为转述。", f"Source: {made.source}. Items are retold.")
    question = case.say(f"{made.name} 清单", f"{made.name} checklist")
    return Finding(question, table, text, (note,))
