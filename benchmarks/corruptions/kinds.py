"""A kind of corruption: what it hits, how, and how a round may end."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

#: source: the exported files · spec: how they are imported · folder: data/small, sealed by the import · unsealed: the
#: same tables in a folder of one's own · parameters: what it is closed with · closed: the closed month.
Area = Literal["source", "spec", "folder", "unsealed", "parameters", "closed"]
#: clean: the totals of the uncorrupted hospital · quarantined: rows set aside, and all of them found there ·
#: carried: a value or a parameter is another one, and it is carried through exactly · mended: closed anew, byte for
#: byte as before · error: told what, where and how to mend it, exit code 1, the last good state untouched.
Outcome = Literal["clean", "quarantined", "carried", "mended", "error"]
ANY: tuple[Outcome, ...] = ("clean", "quarantined", "carried", "mended", "error")


@dataclass(frozen=True)
class Kind:
    """`apply(place, random)` corrupts the hospital in PLACE and says what it did; `ends` are the outcomes allowed."""

    name: str
    area: Area
    apply: Callable[[Path, Random], str]
    ends: tuple[Outcome, ...] = ANY


class Kinds:
    """Kinds in the order in which they were written down."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.all: list[Kind] = []

    def __call__(
        self, name: str, *ends: Outcome
    ) -> Callable[[Callable[[Path, Random], str]], Callable[[Path, Random], str]]:
        """Decorator: add a kind under a name."""

        def add(apply: Callable[[Path, Random], str]) -> Callable[[Path, Random], str]:
            self.all.append(Kind(name, self.area, apply, ends or ANY))
            return apply

        return add
