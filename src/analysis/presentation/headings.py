"""Headings of report columns that are no column of a closed table: read once from headings.yaml."""

from functools import cache
from importlib.resources import files

import yaml

from analysis.vocabulary import LANGUAGES, Language


@cache
def _headings() -> dict[str, tuple[str, str]]:
    return yaml.safe_load(files("analysis.presentation").joinpath("headings.yaml").read_text("utf8"))


def heading(name: str, language: Language) -> str:
    """Heading of a report column."""
    return _headings()[name][LANGUAGES.index(language)]
