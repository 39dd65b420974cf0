"""Programs for tests of the kernel, from short lists."""

from collections.abc import Sequence

import numpy as np

from analysis.pathways import draws
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.program import (
    BRANCHING,
    CALENDAR,
    CLASS,
    COHORT,
    DISCHARGE,
    DISTRIBUTION,
    END,
    HOURS,
    RESOURCE,
    ROW,
    SHIFT,
    Program,
)  # fmt: skip
from analysis.pathways.state import State, make_state, records

WEEK = 7.0


def table(rows: Sequence[Sequence[float]], kind: np.dtype) -> np.recarray:
    """Records from tuples; what a tuple leaves out at its end is 0."""
    filled = records(len(rows), kind)
    for at, row in enumerate(rows):
        filled[at] = tuple(row) + (0,) * (len(kind) - len(row))
    return filled


def program(
    rows: Sequence[Sequence[float]],
    distributions: Sequence[Sequence[float]],
    units: Sequence[int | Sequence[tuple[float, int]]] = (),
    *,
    a_day: float | Sequence[float] = 0.0,
    expected: np.ndarray | None = None,
    entries: Sequence[int] = (0,),
    cycle: float = WEEK,
    branches: Sequence[tuple[float, int]] = (),
    hours: Sequence[tuple[float, float]] = (),
    cohort: Sequence[tuple[float, int]] = (),
    rate: float = 0.0,
    payment: float = 0.0,
) -> Program:
    """Classes of patients who begin at `entries`; a row is (code, a, b, x), its draws have its place as their address.

    units : of each resource a number, or (moment in the week, units) from moment 0 on.
    a_day : patients a day of each class; expected : by bins of the cycle instead; cohort : (moment, class) instead.
    """
    turns = [u if isinstance(u, (list, tuple)) else [(0.0, u)] for u in units]
    firsts = np.cumsum([0, *map(len, turns)])
    padded = [(*row, *(0,) * (4 - len(row))) for row in rows]
    coded = [(code, a, b, at, x) for at, (code, a, b, x) in enumerate(padded)]
    return Program(
        rows=table(coded, ROW),
        distributions=table(distributions, DISTRIBUTION),
        tables=np.zeros((1, draws.POINTS)),
        branches=table(branches, BRANCHING),
        resources=table([(first, len(turn), rate) for first, turn in zip(firsts, turns, strict=False)], RESOURCE),
        shifts=table([shift for turn in turns for shift in turn], SHIFT),
        calendars=table([(0, len(hours))], CALENDAR),
        hours=table(hours, HOURS),
        classes=table([(entry, payment) for entry in entries], CLASS),
        expected=np.array([[0.0, each * cycle] for each in np.atleast_1d(a_day)]) if expected is None else expected,
        cohort=table(cohort, COHORT),
        cycle=cycle,
    )


def queue(servers: int, a_day: float, service: Sequence[float]) -> Program:
    """One station: wait, be served, go."""
    return program([(0, 0), (2, 0), (1, 0), (DISCHARGE,), (END,)], [service], [servers], a_day=a_day)


def replicate(of: Program, replications: int, warm: float, horizon: float, seed: int = 1) -> tuple[State, np.ndarray]:
    """Mean days waited at the first resource in each replication, and the state after the last."""
    state = make_state(of, 4096, 1)
    waits = []
    for replication in range(replications):
        assert run(of, state, key_of(seed, replication), warm, horizon)
        waits.append(state.resources[0].days_waited / state.resources[0].requests)
    return state, np.array(waits)
