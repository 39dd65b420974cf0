"""When resources are open and how many units serve: by weekday, to scale, short where a story makes it so."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.world import DAY, RUN_IN, World
from analysis.periods import Period

#: Days after the data that the queues look ahead.
AHEAD = 200
#: Units, opening and closing hour of one weekday.
Hours = tuple[int, float, float]


@dataclass(frozen=True)
class Windows:
    """When each unit can begin something: seconds since 1970-01-01, unit x day; `opens` = `closes` where it cannot.

    `later`: the first day from this one on when the unit is open (the number of days if never again).
    """

    first_day: int
    opens: np.ndarray
    closes: np.ndarray
    later: np.ndarray

    def next(self, unit: int, at: int) -> int:
        """First time from `at` on at which the unit can begin; `NEVER` if there is none."""
        days = self.opens.shape[1]
        day = max(at // DAY - self.first_day, 0)
        while day < days:
            day = int(self.later[unit, day])
            if day < days and at < self.closes[unit, day]:
                return max(at, int(self.opens[unit, day]))
            day += 1
        return NEVER


NEVER = 1 << 60


def windows(world: World, resource: str) -> Windows:
    """Units of a resource on every simulated day; each unit of rehabilitation is a therapist with places one by one."""
    days = world.first_day + np.arange(len(world.day_month) + AHEAD)
    month = world.day_month[np.minimum(np.arange(len(days)), len(world.day_month) - 1)]
    weekday = (days + 3) % 7 + 1
    known = {
        (m, w): weekday_hours(world, resource, world.all_months[m + RUN_IN].name, w)
        for m, w in {(int(m), int(w)) for m, w in zip(month, weekday, strict=True)}
    }
    units, opens, closes = (
        np.array([known[int(m), int(w)][k] for m, w in zip(month, weekday, strict=True)]) for k in range(3)
    )
    if resource == "rehabilitation":
        return _places(world, days, units, opens, closes)
    unit = np.arange(max(int(units.max()), 1))[:, None]
    there = unit < units
    start = (days * DAY + np.rint(opens * 3600)).astype(np.int64)
    end = (days * DAY + np.rint(closes * 3600)).astype(np.int64)
    return _windows(world, np.where(there, start, 0), np.where(there, end, 0))


def weekday_hours(world: World, resource: str, month: str, weekday: int) -> Hours:
    """Units and hours of a resource on a weekday of a month, as they really serve."""
    units, opens, closes, weekend = world.parameters.records.resources[resource]
    for name, story in world.parameters.stories.shortages.items():
        for short in story.openings:
            if name in world.stories and short.resource == resource and short.from_month <= month <= short.until_month:
                wanted = (short.units if weekday < 6 else short.weekend) * world.scale
                wanted *= weekday in short.weekdays
                return _fraction(world, resource, wanted, short.opens, short.closes)
    wanted = (units if weekday < 6 else weekend) * world.scale
    return (max(1, round(wanted)) if wanted else 0), opens, closes


def capacities_table(world: World) -> pa.Table:
    """Capacity by weekday from the first simulated day, and again from each month on in which a story changes it."""
    months = [p.name for p in world.all_months]
    rows = []
    for resource in world.parameters.records.resources:
        hours = [[weekday_hours(world, resource, month, w) for w in range(1, 8)] for month in months]
        changed = [0] + [k for k, (one, other) in enumerate(pairwise(hours), start=1) if one != other]
        for k in changed:
            first = date(1970, 1, 1) + timedelta(days=world.first_day) if k == 0 else Period(months[k]).start
            rows += [
                {
                    "hospital_id": world.hospital_id, "resource": resource, "weekday": w, "valid_from": first,
                    "opens_hour": opens, "closes_hour": closes, "units": units,
                }
                for w, (units, opens, closes) in enumerate(hours[k], start=1)
            ]  # fmt: skip
    return col.rows_table("capacities", rows)


def _fraction(world: World, resource: str, wanted: float, opens: float, closes: float) -> Hours:
    """Whole units that open for as much shorter as makes the capacity wanted; rehabilitation at least one place."""
    if wanted <= 0:
        return 0, opens, closes
    units = ceil(wanted - 1e-9)
    hours = (closes - opens) * wanted / units
    if resource == "rehabilitation":
        session = world.parameters.records.queues.session / 60
        hours = max(1, round(hours / session)) * session
    return units, opens, round(opens + max(hours, 0.5), 4)


def _places(world: World, days: np.ndarray, units: np.ndarray, opens: np.ndarray, closes: np.ndarray) -> Windows:
    """Places one by one, therapist by therapist; each is open at the moment of its session."""
    session = world.parameters.records.queues.session * 60
    sessions = np.where(units > 0, np.rint((closes - opens) * 3600 / session), 0).astype(np.int64)
    a_day = max(int(sessions.max()), 1)
    place = np.arange(max(int(units.max()), 1) * a_day)[:, None]
    there = (place // a_day < units) & (place % a_day < sessions)
    start = days * DAY + np.rint(opens * 3600).astype(np.int64) + place % a_day * int(session)
    return _windows(world, np.where(there, start, 0), np.where(there, start + 1, 0))


def _windows(world: World, opens: np.ndarray, closes: np.ndarray) -> Windows:
    """With the first open day from each day on."""
    days = opens.shape[1]
    position = np.where(closes > opens, np.arange(days), days)
    later = np.minimum.accumulate(position[:, ::-1], axis=1)[:, ::-1]
    return Windows(world.first_day, opens, closes, later)
