"""checks.yaml read and typed: the wording, group and severity of every kind of data-quality check."""

from functools import cache
from importlib.resources import files
from typing import Literal

from analysis.settings import Settings, safe_yaml
from analysis.vocabulary import LANGUAGES, Language

Group = Literal["completeness", "uniqueness", "validity", "consistency", "time"]
Severity = Literal["error", "warning", "note"]


class Wording(Settings):
    """Group, severity and texts of a kind of check; {table}, {column}, ... are filled in."""

    kind: tuple[str, str] = ("", "")
    group: Group
    severity: Severity
    zh: str
    en: str
    mend_zh: str
    mend_en: str


class PerPair(Wording):
    columns: dict[str, list[tuple[str, str]]]


class PerColumn(Wording):
    columns: dict[str, list[str]]


class PerRange(Wording):
    columns: dict[str, dict[str, tuple[float, float]]]


class PerTable(Wording):
    tables: list[str]


class Single(Wording):
    table: str
    column: str
    rows: str
    bad: str
    show: list[str]
    needs: list[str] = []


class Catalogue(Settings):
    """checks.yaml."""

    by_schema: dict[str, Wording]
    orphan_errors: list[str]
    time_order: PerPair
    negative: PerColumn
    outside_range: PerRange
    unknown_department: PerColumn
    month_gap: PerTable
    month_drop: PerTable
    single: dict[str, Single]


@cache
def catalogue() -> Catalogue:
    """The texts and lists of checks.yaml."""
    return Catalogue.model_validate(safe_yaml(files("analysis.sources").joinpath("checks.yaml").read_text("utf8")))


def kind_label(check_id: str, language: Language) -> str:
    """What the family of a check looks for, in one phrase; a single check is its own family."""
    book, kind = catalogue(), check_id.split(":")[0]
    if kind in book.single:
        return getattr(book.single[kind], language)
    wording = book.by_schema.get(kind) or getattr(book, kind)
    return wording.kind[LANGUAGES.index(language)]
