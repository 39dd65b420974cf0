"""Long stays that are left and entered again the next day for the same group: two stays of what was one."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.demo.practices import of_stays
from analysis.demo.world import DAY, World

if TYPE_CHECKING:
    from analysis.demo.patients import Stays

#: Stays of so many days are worth it, longer ones are noticed; slot of a person's numbers that the second one takes.
_LONG, _NOTICED, _SLOT = 8, 40, 14


def split(world: World, stays: "Stays") -> "Stays":
    """The stays with the second halves of those that a story splits; only a person's first admission is.

    The second one is planned, begins a day after the first one ends, and ends when the whole would have ended.
    """
    names = of_stays(world)
    touched = np.zeros(len(stays), bool)
    for row in world.parameters.story_stays:
        if row.split:
            touched |= stays.touched[:, names.index(row.story)]
    calm = (stays.icu_days == 0) & (stays.days >= _LONG) & (stays.days < _NOTICED) & (stays.meeting < 0)
    rows = np.flatnonzero(touched & calm & (stays.number % 16 == 0))
    if not len(rows):
        return stays
    second = _second(stays.take(rows))
    days, died = stays.days.copy(), stays.died.copy()
    base, discharged = stays.base_days.copy(), stays.discharged.copy()
    half = stays.days[rows] // 2
    days[rows], base[rows], died[rows] = half, half, False
    hour = stays.discharged[rows] % DAY
    discharged[rows] = (stays.admitted[rows] // DAY + half) * DAY + hour
    first = replace(stays, days=days, base_days=base, died=died, discharged=discharged)
    return type(stays)(*(np.concatenate([getattr(first, f.name), getattr(second, f.name)]) for f in fields(first)))


def _second(stays: "Stays") -> "Stays":
    half, count = stays.days // 2, len(stays)
    admitted = (stays.admitted // DAY + half + 1) * DAY + 10 * 3600
    return replace(
        stays, number=stays.person * 16 + _SLOT, admitted=admitted, base_days=stays.base_days - half - 1,
        days=stays.days - half - 1, emergency=np.zeros(count, bool), planned=np.ones(count, bool),
        complication=np.zeros(count, bool), operation_day=np.zeros(count, np.int64), infection=np.zeros(count),
        readmitted=np.zeros(count), touched=np.zeros_like(stays.touched), operation_at=admitted,
    )  # fmt: skip
