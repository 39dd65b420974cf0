"""A period that is closed as one: a month (2023-06), or a year where the source knows only the year (2020)."""

import re
from dataclasses import dataclass
from datetime import datetime

from analysis.errors import InputError

PATTERN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, order=True)
class Period:
    """`start` is its first moment, `end` the first moment after it."""

    name: str

    def __post_init__(self) -> None:
        if not PATTERN.fullmatch(self.name):
            raise InputError(f"unknown period {self.name!r}", mend="write a month as 2023-06, or a year as 2020")

    @property
    def is_year(self) -> bool:
        return len(self.name) == 4

    @property
    def year(self) -> int:
        return int(self.name[:4])

    @property
    def start(self) -> datetime:
        return datetime(self.year, 1 if self.is_year else int(self.name[5:]), 1)

    @property
    def end(self) -> datetime:
        return self.next.start

    @property
    def next(self) -> "Period":
        return self.shift(1)

    @property
    def previous(self) -> "Period":
        return self.shift(-1)

    def shift(self, by: int) -> "Period":
        """The period `by` months (years) later."""
        if self.is_year:
            return Period(f"{self.year + by:04d}")
        months = self.year * 12 + int(self.name[5:]) - 1 + by
        return Period(f"{months // 12:04d}-{months % 12 + 1:02d}")


def parse_range(text: str) -> list[Period]:
    """`2023-06` or `2022-01..2023-12` as periods in order."""
    first, dots, last = text.partition("..")
    start, end = Period(first), Period(last if dots else first)
    if start.is_year != end.is_year or start > end:
        raise InputError(f"range {text!r} does not run forward", mend="write it as 2022-01..2023-12")
    periods = [start]
    while periods[-1] < end:
        periods.append(periods[-1].next)
    return periods


def is_period(name: str) -> bool:
    return bool(PATTERN.fullmatch(name))
