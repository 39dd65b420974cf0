"""What the stories do to charge lines: rows they add, lines they repeat, replace or leave out (stories/*_lines.csv)."""

import numpy as np
import pandas as pd

from analysis.demo import practices
from analysis.demo.facts import fulfil
from analysis.demo.line_numbers import Lines, again_number, again_order
from analysis.demo.patients import Stays
from analysis.demo.staff import Physicians
from analysis.demo.world import World

#: Effects that put another line beside one that is there.
_BESIDE = ("again", "twice", "corrected")


def added(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame) -> np.ndarray:
    """Whether a row of stories/*_lines.csv adds to a stay, stay x row."""
    rows = world.parameters.story_lines
    found = np.zeros((len(stays), len(rows)), bool)
    for k, row in enumerate(rows):
        if row.effect == "add" and row.story in world.stories:
            found[:, k] = _acts(world, physicians, stays, known, k)
    return found


def unordered(world: World, told: np.ndarray) -> np.ndarray:
    """Which lines, by the row that made them (-1 = care as usual), are charged without an order."""
    return np.isin(told, [k for k, row in enumerate(world.parameters.story_lines) if not row.ordered])


def charged_only(world: World, told: np.ndarray) -> np.ndarray:
    """Which lines, by the row that made them, are a second charge for what was ordered and done once."""
    return np.isin(told, _of_effects(world, "twice", "corrected"))


def given_back(world: World, told: np.ndarray) -> np.ndarray:
    """Which lines, by the row that made them, are found to be wrong and reversed at once."""
    return np.isin(told, _of_effects(world, "corrected"))


def other_side(world: World, told: np.ndarray) -> np.ndarray:
    """Which lines, by the row that made them, are of the other side of the body."""
    return np.isin(told, [k for k, row in enumerate(world.parameters.story_lines) if row.other_side])


def changed(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, lines: Lines) -> Lines:
    """The lines after replacing and leaving out, and with repetitions; look-alikes spare what stories have added."""
    lines = dict(lines)
    repeated = []
    for k, row in enumerate(world.parameters.story_lines):
        if row.effect == "add" or row.story not in world.stories:
            continue
        hit = np.flatnonzero(lines["item"] == world.item_position[row.item])
        if world.parameters.stories.practices[row.story].always:
            hit = hit[lines["told"][hit] < 0]
        if row.effect in _BESIDE:
            repeated.append(_beside(world, physicians, stays, known, k, {n: v[hit] for n, v in lines.items()}))
            continue
        hit = hit[_acts(world, physicians, stays, known, k)[lines["stay"][hit]]]
        if row.effect == "instead":
            lines |= {"item": lines["item"].copy(), "told": lines["told"].copy()}
            lines["item"][hit], lines["told"][hit] = world.item_position[row.to], k
        else:
            lines = {name: np.delete(values, hit) for name, values in lines.items()}
    return {name: np.concatenate([values, *(part[name] for part in repeated)]) for name, values in lines.items()}


def _of_effects(world: World, *effects: str) -> list[int]:
    return [k for k, row in enumerate(world.parameters.story_lines) if row.effect in effects]


def _eligible(world: World, stays: Stays, known: pd.DataFrame, k: int) -> np.ndarray:
    row = world.parameters.story_lines[k]
    found = np.isin(known["drg"], world.named(row.drgs)) & fulfil(known, row.condition)
    return found & practices.in_months(world, row, world.month_of(stays.admitted))


def _acts(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, k: int) -> np.ndarray:
    """Which stays the k-th row acts on."""
    row, month = world.parameters.story_lines[k], world.month_of(stays.admitted)
    acting = practices.acts_on(world, physicians, row, known, month, stays.physician, stays.number, str(k))
    return _eligible(world, stays, known, k) & acting


def _beside(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, k: int, lines: Lines) -> Lines:
    """Repetitions, a little later, of share p of the lines: done again, or only charged again."""
    row, stay = world.parameters.story_lines[k], lines["stay"]
    month, physician = world.month_of(stays.admitted)[stay], stays.physician[stay]
    acting = practices.acts_on(world, physicians, row, known, month, physician, lines["number"], str(k))
    hit = _eligible(world, stays, known, k)[stay] & acting
    found = {name: values[hit] for name, values in lines.items()}
    nth = 1 + sum(r.effect in _BESIDE for r in world.parameters.story_lines[:k])
    found["number"], found["told"] = again_number(found["number"], nth), np.full(hit.sum(), k, np.int16)
    found["flex"] = np.zeros(hit.sum(), bool)
    if row.effect == "again":
        found["order"] = again_order(found["order"], nth) if row.ordered else np.full(hit.sum(), -1)
        found["item"] = np.full(hit.sum(), world.item_position[row.to or row.item])
        found["quantity"] = (found["quantity"] * row.q).astype(np.int64)
        latest = stays.discharged[found["stay"]] - 60
        earliest = stays.admitted[found["stay"]] + 600
        found["at"] = np.clip(found["at"] + 60 * row.after, np.minimum(earliest, latest), latest)
    return found
