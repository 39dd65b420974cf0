"""What every part of the generator shares: parameters, months, stories, a random stream for each purpose."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from analysis.demo.parameters import DemoParameters, Drg, Item
from analysis.errors import InputError
from analysis.periods import Period, parse_range

DAY = 86400
#: Months simulated before the first one, so that the wards are full and readmissions have begun when the data begin.
RUN_IN = 6


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """The random stream of one purpose: adding another purpose later disturbs none that is there."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, key, *numbers])))


def uniform(seed: int, name: str, numbers: np.ndarray) -> np.ndarray:
    """A uniform number in [0, 1) for each numbered thing, whatever else there is (counter-based: splitmix64).

    What stories can take away draws this way: the things that stay keep their numbers.
    """
    key = int.from_bytes(hashlib.sha256(f"{seed}.{name}".encode()).digest()[:8], "big")
    word = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((word ^ (word >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@dataclass(frozen=True, eq=False)
class World:
    """One hospital to be generated; compared by identity, so that what follows from it can be kept.

    Months carry numbers: 0 is the first month of the data, -1 the one before.
    """

    parameters: DemoParameters
    seed: int
    stories: frozenset[str]
    stays_per_year: int
    months: tuple[Period, ...]

    def rng(self, name: str, *numbers: int) -> np.random.Generator:
        return stream(self.seed, name, *(number + RUN_IN for number in numbers))

    def uniform(self, name: str, numbers: np.ndarray) -> np.ndarray:
        return uniform(self.seed, name, numbers)

    def normal(self, name: str, numbers: np.ndarray) -> np.ndarray:
        """A standard normal number for each numbered thing."""
        return ndtri(self.uniform(name, numbers) + 2.0**-54)

    def lacking(self, name: str, numbers: np.ndarray) -> np.ndarray:
        """Which values of a field that may be empty are missing."""
        return self.uniform(f"missing.{name}", numbers) < self.parameters.settings.missing

    @property
    def hospital_id(self) -> str:
        return self.parameters.settings.hospital.id

    @property
    def scale(self) -> float:
        """Size against the 8,000 discharges a year the parameters are written for."""
        return self.stays_per_year / 8000

    @cached_property
    def all_months(self) -> tuple[Period, ...]:
        """Months of the run-in and of the data."""
        return tuple(self.months[0].shift(k - RUN_IN) for k in range(RUN_IN)) + self.months

    @cached_property
    def day_month(self) -> np.ndarray:
        """Month number of each day from `first_day` on."""
        lengths = [(p.end - p.start).days for p in self.all_months]
        return np.repeat(np.arange(-RUN_IN, len(self.months)), lengths)

    @cached_property
    def first_day(self) -> int:
        """First simulated day, counted from 1970-01-01."""
        return day_number(self.all_months[0])

    @cached_property
    def data_day(self) -> int:
        """First day of the data."""
        return day_number(self.months[0])

    @cached_property
    def end_day(self) -> int:
        """Day after the last day of the data."""
        return day_number(self.months[-1].next)

    def month_of(self, seconds: np.ndarray) -> np.ndarray:
        """Month number of times in seconds since 1970-01-01."""
        return self.day_month[np.clip(seconds // DAY - self.first_day, 0, len(self.day_month) - 1)]

    @cached_property
    def drg_codes(self) -> list[str]:
        return list(self.parameters.drgs)

    @cached_property
    def drgs(self) -> list[Drg]:
        return list(self.parameters.drgs.values())

    @cached_property
    def departments(self) -> list[str]:
        """Codes of the clinical departments, then of the technology departments."""
        clinical = [d.code for d in self.parameters.departments]
        return clinical + [c.department for c in self.parameters.centres if c.department]

    @cached_property
    def clinical(self) -> int:
        """Number of clinical departments: they come first in `departments`."""
        return len(self.parameters.departments)

    def named(self, drgs: str) -> list[str]:
        """DRG codes of a list such as FM19|FM29; * = all."""
        return self.drg_codes if drgs == "*" else drgs.split("|")

    def department(self, code: str) -> int:
        return self.departments.index(code)

    @cached_property
    def intensive_care(self) -> int:
        return next(i for i, d in enumerate(self.parameters.departments) if d.centres == "ward")

    @cached_property
    def item_position(self) -> dict[str, int]:
        return {item.code: k for k, item in enumerate(self.parameters.items)}

    @property
    def items(self) -> list[Item]:
        return self.parameters.items

    def of_drgs(self, name: str) -> np.ndarray:
        """One number of every DRG entry."""
        return np.array([getattr(drg, name) for drg in self.drgs], dtype=float)


def day_number(period: Period) -> int:
    return int(np.datetime64(period.start, "D").astype(int))


def build_world(
    parameters: DemoParameters, seed: int, without: Collection[str], stays_per_year: int, first: str, last: str
) -> World:
    """Check what was asked for.

    Raises
    ------
    InputError
        Unknown story, a range that does not run forward or is no range of months, no stays, years without parameters.
    """
    known = parameters.stories.names
    unknown = sorted(set(without) - set(known))
    if unknown:
        raise InputError(f"unknown story: {', '.join(unknown)}", where="without", mend=f"known: {', '.join(known)}")
    if stays_per_year < 50:
        raise InputError("too small a hospital", where=f"stays_per_year: {stays_per_year}", mend="ask for 50 or more")
    months = tuple(parse_range(f"{first}..{last}"))
    rates = parameters.settings.rates
    if months[0].is_year or not {p.year for p in months} <= set(rates):
        years = sorted(rates)
        raise InputError(
            "no parameters for these months", where=f"{first}..{last}", mend=f"months of {years[0]} to {years[-1]}"
        )
    return World(parameters, seed, frozenset(parameters.stories.all) - set(without), stays_per_year, months)
