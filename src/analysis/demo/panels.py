"""A laboratory does not measure twice what a panel of the same day contains, unless a story repeats lines."""

import numpy as np

from analysis.demo.line_numbers import Lines
from analysis.demo.world import DAY, World

#: A panel and what it contains of the same half day are one blood sample.
_TOGETHER = DAY // 2


def without_contained(world: World, lines: Lines) -> Lines:
    """The lines without those that a panel of the same day or half day in the same stay contains."""
    drop = np.zeros(len(lines["item"]), bool)
    position = world.item_position
    for panel in dict.fromkeys(p.panel for p in world.parameters.panels):
        contained = [position[p.item] for p in world.parameters.panels if p.panel == panel]
        at = np.flatnonzero((lines["item"] == position[panel]) & ~drop)
        parts = np.flatnonzero(np.isin(lines["item"], contained))
        parts = parts[np.isin(lines["stay"][parts], lines["stay"][at])]
        drop[parts] |= _near(lines, parts, at)
    return {name: values[~drop] for name, values in lines.items()}


def _near(lines: Lines, parts: np.ndarray, panels: np.ndarray) -> np.ndarray:
    """Which of the lines `parts` have one of `panels` of the same stay on their day or within half a day."""
    found = np.zeros(len(parts), bool)
    order = panels[np.lexsort((lines["at"][panels], lines["stay"][panels]))]
    key = lines["stay"][order] * (1 << 40) + lines["at"][order]
    own = lines["stay"][parts] * (1 << 40)
    day = lines["at"][parts] // DAY * DAY
    first = np.minimum(day, lines["at"][parts] - _TOGETHER)
    last = np.maximum(day + DAY - 1, lines["at"][parts] + _TOGETHER)
    found |= np.searchsorted(key, own + first) < np.searchsorted(key, own + last, side="right")
    return found
