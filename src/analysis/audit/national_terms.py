"""parameters/national_rules/terms.yaml: what the words of the national workbooks mean."""

from datetime import date
from pathlib import Path
from typing import Literal

from analysis.audit.rules import Condition, Template, Text
from analysis.settings import Settings, read_settings


class Allowed(Settings):
    """What a word allows, and its English name."""

    en: str
    when: Condition


class Beyond(Settings):
    """What a text says beyond its column."""

    kinds: list[str]
    word: str
    reason: str
    doubt: bool = False


class Kind(Settings):
    """What a kind of row becomes; title and basis take {name}, {main}, {word}, {allowed}, {text}, {limit}, {unit} and
    {period} of the row.
    """

    template: Template
    result: Literal["violation", "suspicious"]
    stages: list[Literal["before", "during", "after"]]
    title: Text
    basis: Text
    said: Text


class Terms(Settings):
    """How workbooks become rules; `columns` heading -> field, `recognised` word -> kind."""

    source: str
    effective_from: date
    status: Literal["draft", "shadow", "active"]
    region: str
    columns: dict[str, str]
    recognised: dict[str, str]
    windows: dict[str, str]
    units: dict[str, str]
    long_course: int
    allowed: dict[str, Allowed]
    beyond: list[Beyond]
    kinds: dict[str, Kind]


def read_terms(parameters: Path) -> Terms:
    """The terms in a parameters folder."""
    return read_settings(parameters / "national_rules" / "terms.yaml", Terms)
