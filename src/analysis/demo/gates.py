"""Values that decide what is done, and the stories that do it nevertheless (stories/*_gates.csv)."""

import numpy as np
import pandas as pd

from analysis.demo import practices
from analysis.demo.facts import fulfil
from analysis.demo.listed import StoryGate
from analysis.demo.patients import Stays
from analysis.demo.staff import Physicians
from analysis.demo.world import World


def closed(world: World, known: pd.DataFrame, gate: StoryGate) -> np.ndarray:
    """Which stays the value keeps from it."""
    return np.isin(known["drg"], world.named(gate.drgs)) & fulfil(known, gate.condition)


def opened(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, gate: StoryGate) -> np.ndarray:
    """Which of those a story does it to nevertheless."""
    month = world.month_of(stays.admitted)
    acting = practices.acts(world, physicians, gate.story, month, stays.physician, stays.number, gate.p)
    return closed(world, known, gate) & acting


def decided(
    world: World, names: list[str], physicians: Physicians, stays: Stays, known: pd.DataFrame, drawn: np.ndarray
) -> np.ndarray:
    """The uniform numbers of decisions, stay x name: behind a gate 1, never taken, or 0 where a story opens it."""
    found = drawn.copy()
    for gate in world.parameters.story_gates:
        k, group = names.index(gate.decision), np.isin(known["drg"], world.named(gate.drgs))
        found[:, k] = np.where(group, drawn[:, k] * gate.among, drawn[:, k])
        found[closed(world, known, gate), k] = 1.0
        found[opened(world, physicians, stays, known, gate), k] = 0.0
    return found
