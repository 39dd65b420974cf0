"""Scenario files: a pathway, and what is changed in it, number by number; nothing else can stand there."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import Field

from analysis.errors import InputError
from analysis.pathways.library import read_pathway
from analysis.pathways.model import Code, Pathway
from analysis.settings import read_settings
from analysis.vocabulary import Named


class Scenario(Named):
    """One scenario file.

    `edits`: address -> a value that takes the old one's place (a number, a switch, a whole distribution, quantities,
    chances, hours), or "x 0.5", "+ 1", "- 1".
    """

    pathway: Code
    basis: Named
    edits: dict[str, bool | float | str | dict[str, Any] | list[float]] = Field(min_length=1)


def read_scenarios(folder: Path, pathways: Path, items: Collection[str] | None = None) -> dict[str, Scenario]:
    """All scenarios of a folder by the name of their file, each tried on its pathway.

    Parameters
    ----------
    folder : parameters/pathways/scenarios. pathways : the folder of the pathway files.

    Raises
    ------
    InputError
        A wrong key, an unknown pathway or address, or a pathway that could not be followed once it is changed.
    """
    found: dict[str, Scenario] = {}
    for file in sorted(folder.glob("*.yaml")):
        scenario = read_settings(file, Scenario)
        try:
            redesigned(scenario, pathways, items)
        except InputError as error:
            raise InputError(error.what, where=str(file), rows=error.rows, mend=error.mend) from error
        found[file.stem] = scenario
    if not found:
        raise InputError("no scenario there", where=str(folder), mend="put a scenario file NAME.yaml there")
    return found


def redesigned(scenario: Scenario, pathways: Path, items: Collection[str] | None = None) -> Pathway:
    """The pathway of a scenario with its edits made; InputError as `read_pathway`."""
    return read_pathway(pathways / f"{scenario.pathway}.yaml", items, scenario.edits)
