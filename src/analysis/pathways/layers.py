"""A pathway file and the edits laid over it one after another: what was measured, what it costs, a scenario, a draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.pathways.edits import edited
from analysis.pathways.library import checked, read_raw
from analysis.pathways.model import Pathway


@dataclass(frozen=True)
class Layered:
    """What a file says (`raw`) and the edits over it, in order."""

    file: Path
    raw: Mapping[str, Any]
    layers: tuple[Mapping[str, Any], ...] = ()

    def over(self, *more: Mapping[str, Any]) -> "Layered":
        """With more edits on top; they change what is below them."""
        return Layered(self.file, self.raw, (*self.layers, *more))

    @property
    def edited(self) -> dict[str, Any]:
        """The pathway as a file would say it."""
        return edited(self.raw, self.layers, self.file)

    @property
    def pathway(self) -> Pathway:
        """The pathway with all edits made.

        Raises
        ------
        InputError
            An address that is not there, or a pathway that could not be followed any more.
        """
        return checked(self.edited, self.file)


def layered(file: Path, *layers: Mapping[str, Any]) -> Layered:
    """A pathway file with edits over it."""
    return Layered(file, read_raw(file), layers)
