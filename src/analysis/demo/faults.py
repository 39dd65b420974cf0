"""Charge lines an insurer may name: what stories planted, and tests that were repeated."""

import numpy as np
import pandas as pd

from analysis.demo import gates
from analysis.demo.care import Tariff
from analysis.demo.line_numbers import Lines
from analysis.demo.patients import Stays
from analysis.demo.recipes import EXAM
from analysis.demo.staff import Physicians
from analysis.demo.world import DAY, World

#: stay (row), number of the line, amount in fen, case: position in `denied_stories`, -1 = a test repeated.
Faults = dict[str, np.ndarray]
#: A test of the same kind within so long is one repeated.
_SOON = 3 * DAY


def denied_stories(world: World) -> list[str]:
    """Stories the insurer looks for."""
    return [name for name, practice in world.parameters.stories.practices.items() if practice.denied]


def faults_of(
    world: World, tariff: Tariff, physicians: Physicians, stays: Stays, known: pd.DataFrame, lines: Lines, first: int
) -> Faults:
    """What could be denied of the charge lines of some stays, the first of which is row `first` of all.

    Only of stays that the insurer would look into: their number has been drawn (`looked_into`).
    """
    plain = np.flatnonzero((lines["refund_of"] < 0) & (lines["amount"] > 0))
    parts = [_part(stays, lines, plain, _case(world, physicians, stays, known, lines)[plain], first)]
    repeats = _repeated(world, tariff, stays, lines, plain)
    parts.append(_part(stays, lines, repeats, np.full(len(repeats), -1), first))
    found = joined(parts)
    keep = looked_into(world, stays.number[found["stay"] - first], found["case"])
    return {name: values[keep] for name, values in found.items()}


def looked_into(world: World, number: np.ndarray, case: np.ndarray) -> np.ndarray:
    """Which stays, by number, the insurer looks into for what; case -2 and below: nothing."""
    found = np.zeros(len(number), bool)
    rate = world.parameters.settings.denials.usual["over_testing"].rate
    found[case == -1] = world.uniform("denials.over_testing", number[case == -1]) < rate
    for k, name in enumerate(denied_stories(world)):
        rows = np.flatnonzero(case == k)
        rate = world.parameters.stories.practices[name].denied.rate
        found[rows] = world.uniform(f"denials.{name}", number[rows]) < rate
    return found


def joined(parts: list[Faults]) -> Faults:
    names = ("stay", "number", "amount", "case")
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def _part(stays: Stays, lines: Lines, rows: np.ndarray, case: np.ndarray, first: int) -> Faults:
    found = {"stay": lines["stay"][rows] + first, "number": lines["number"][rows], "amount": lines["amount"][rows]}
    return found | {"case": case.astype(np.int64)}


def _case(world: World, physicians: Physicians, stays: Stays, known: pd.DataFrame, lines: Lines) -> np.ndarray:
    """The story of each line, as a case; -2 = none."""
    names = denied_stories(world)
    rows = [names.index(row.story) if row.story in names else -2 for row in world.parameters.story_lines]
    found = np.array([*rows, -2])[lines["told"]]
    for gate in world.parameters.story_gates:
        behind = gates.opened(world, physicians, stays, known, gate)[lines["stay"]]
        if gate.story in names:
            found[behind & (lines["item"] == world.item_position[gate.item])] = names.index(gate.story)
    return found


def _repeated(world: World, tariff: Tariff, stays: Stays, lines: Lines, plain: np.ndarray) -> np.ndarray:
    """Tests of usual care that follow soon on the same test of the stay."""
    rows = plain[(tariff.kinds[lines["item"][plain]] == EXAM) & (lines["told"][plain] < 0)]
    asked = looked_into(world, stays.number, np.full(len(stays), -1))
    rows = rows[asked[lines["stay"][rows]]]
    rows = rows[np.lexsort((lines["number"][rows], lines["at"][rows], lines["item"][rows], lines["stay"][rows]))]
    same = (np.diff(lines["stay"][rows]) == 0) & (np.diff(lines["item"][rows]) == 0)
    return rows[1:][same & (np.diff(lines["at"][rows]) <= _SOON)]
