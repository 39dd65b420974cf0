"""Days of a stay on which nothing is done: a bed kept warm, or a pause that medicine asks for."""

import numpy as np

from analysis.demo.patients import Stays
from analysis.demo.practices import of_stays
from analysis.demo.world import World

#: What is charged for a day in bed whatever is done.
_STANDING = ("bed", "nursing", "consultation")


def without_care(
    world: World, stays: Stays, stay: np.ndarray, day: np.ndarray, item: np.ndarray, leaving: np.ndarray
) -> np.ndarray:
    """Which lines fall on the idle days before the last one and so are not there; `leaving`: lines of the discharge."""
    names, idle = of_stays(world), np.zeros(len(stays), np.int64)
    for row in world.parameters.story_stays:
        if row.idle:
            idle = np.maximum(idle, row.idle * stays.touched[:, names.index(row.story)])
    standing = np.array([one.kind in _STANDING for one in world.items])[item]
    return (day >= (stays.base_days - idle)[stay]) & (idle[stay] > 0) & ~standing & ~leaving
