"""What the stories do to charge lines: rows they add, lines they repeat, replace or leave out (stories/*_lines.csv)."""

import numpy as np
import pandas as pd

from analysis.demo import practices
from analysis.demo.facts import fulfil
from analysis.demo.line_numbers import Lines, again_number
from analysis.demo.patients import Stays
from analysis.demo.staff import Physicians
from analysis.demo.world import World


def added(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame) -> np.ndarray:
    """Whether a row of stories/*_lines.csv adds to a stay, stay x row."""
    rows = world.parameters.story_lines
    found = np.zeros((len(stays), len(rows)), bool)
    for k, row in enumerate(rows):
        if row.effect == "add" and row.story in world.stories:
            found[:, k] = _acts(world, physicians, stays, known, k)
    return found


def unordered(world: World, story: np.ndarray) -> np.ndarray:
    """Which recipe rows are charged without an order."""
    return np.isin(story, [k for k, row in enumerate(world.parameters.story_lines) if not row.ordered])


def changed(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, lines: Lines) -> Lines:
    """The lines after replacing and leaving out, and with repetitions."""
    lines = dict(lines)
    repeated = []
    for k, row in enumerate(world.parameters.story_lines):
        if row.effect == "add" or row.story not in world.stories:
            continue
        hit = np.flatnonzero(lines["item"] == world.item_position[row.item])
        if row.effect == "again":
            repeated.append(_again(world, physicians, stays, known, k, {n: v[hit] for n, v in lines.items()}))
            continue
        hit = hit[_acts(world, physicians, stays, known, k)[lines["stay"][hit]]]
        if row.effect == "instead":
            lines["item"] = lines["item"].copy()
            lines["item"][hit] = world.item_position[row.to]
        else:
            lines = {name: np.delete(values, hit) for name, values in lines.items()}
    return {name: np.concatenate([values, *(part[name] for part in repeated)]) for name, values in lines.items()}


def _acts(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, k: int) -> np.ndarray:
    """Which stays the k-th row acts on."""
    row, month = world.parameters.story_lines[k], world.month_of(stays.admitted)
    eligible = np.isin(known["drg"], world.named(row.drgs)) & fulfil(known, row.condition)
    eligible &= practices.in_months(world, row, month)
    return eligible & practices.acts(world, physicians, row.story, month, stays.physician, stays.number, row.p, str(k))


def _again(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, k: int, lines: Lines) -> Lines:
    """Repetitions, five minutes later, of share p of the lines."""
    row, stay = world.parameters.story_lines[k], lines["stay"]
    eligible = np.isin(known["drg"], world.named(row.drgs)) & fulfil(known, row.condition)
    eligible &= practices.in_months(world, row, world.month_of(stays.admitted))
    month = world.month_of(stays.admitted)[stay]
    hit = eligible[stay] & practices.acts(
        world, physicians, row.story, month, stays.physician[stay], lines["number"], row.p, str(k)
    )
    found = {name: values[hit] for name, values in lines.items()}
    nth = 1 + sum(r.effect == "again" for r in world.parameters.story_lines[:k])
    found["number"] = again_number(found["number"], nth)
    found["item"] = np.full(len(found["item"]), world.item_position[row.to or row.item])
    found["at"] = np.minimum(found["at"] + 300, stays.discharged[found["stay"]] - 60)
    if not row.ordered:
        found["order"] = np.full(len(found["order"]), -1)
    return found
