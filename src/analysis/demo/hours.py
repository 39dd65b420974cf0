"""A day has 24 hours: what several recipes ask for on one day of a stay is charged by the hour no longer than that."""

import numpy as np

from analysis.demo.line_numbers import Lines
from analysis.demo.world import DAY, World

_HOURS_OF_A_DAY = 24


def within_the_day(world: World, lines: Lines) -> Lines:
    """The lines with hourly items cut where a stay's day is full, lines of lower number first; empty ones are gone."""
    hourly = np.array([item.unit == "小时" for item in world.items])
    rows = np.flatnonzero(hourly[lines["item"]])
    day = lines["at"][rows] // DAY
    rows = rows[np.lexsort((lines["number"][rows], day, lines["item"][rows], lines["stay"][rows]))]
    keys = np.stack([lines["stay"][rows], lines["item"][rows], lines["at"][rows] // DAY])
    begins = np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))[: len(rows)]
    asked = lines["quantity"][rows]
    upto = np.cumsum(asked) - asked
    before = upto - np.repeat(upto[begins], np.diff(np.append(np.flatnonzero(begins), len(rows))))
    quantity = lines["quantity"].copy()
    quantity[rows] = np.clip(_HOURS_OF_A_DAY - before, 0, asked)
    kept = quantity > 0
    return {name: values[kept] for name, values in (lines | {"quantity": quantity}).items()}
