"""How long a simulated house takes to fill: the warm-up that is left out, and how long to look behind it.

MSER-5 on the load of the house, day by day (patients of the pathway, those who came back included, in the mean of
several runs from an empty house): the means z_j of five days each; the cut k minimises

    sum_(j > k) (z_j - mean_k)^2 / (n - k)^2,

the squared standard error of what is kept. K. P. White: An effective truncation heuristic for bias reduction in
simulation output. Simulation 69 (1997) 323-334; in batches of five: K. P. White, M. J. Cobb, S. C. Spratt, Proceedings
of the 2000 Winter Simulation Conference, 755-760. A cut at the middle, where the search ends: the series was too short.
"""

import math
from dataclasses import dataclass

import numpy as np

from analysis.pathways.assembling import Assembled
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.outcomes import Floats
from analysis.pathways.state import ARRIVED, LEFT, make_state

#: Days of a batch.
BATCH = 5
#: A run should be so many times as long as what is left out of it (S. Robinson, Simulation, Palgrave 2014, chapter 9).
TIMES = 10
_WEEK = 7


@dataclass(frozen=True)
class WarmUp:
    """Days to leave out, in whole weeks, and the least days to look behind them; `settled`: the series was long enough.

    load : patients in the house on each day, mean of the runs.
    """

    days: int
    settled: bool
    load: Floats

    @property
    def run_length(self) -> int:
        """The least days of a run."""
        return TIMES * self.days


def mser5(series: Floats) -> tuple[int, bool]:
    """Observations to leave out of a series, of its first half at most, and whether the cut lies within that."""
    whole = len(series) // BATCH
    batches = series[: whole * BATCH].reshape(whole, BATCH).mean(axis=1)
    errors = [float(batches[cut:].var() / (whole - cut)) for cut in range(whole // 2 + 1)]
    cut = int(np.argmin(errors))
    return cut * BATCH, cut < whole // 2


def warm_up(built: Assembled, *, seed: int = 1, days: int = 1460, runs: int = 200, least: int = 28) -> WarmUp:
    """Warm-up of a program by MSER-5, at least `least` days."""
    load = np.mean([_load(built, key_of(seed, number), days) for number in range(runs)], axis=0)
    cut, settled = mser5(load)
    return WarmUp(_WEEK * math.ceil(max(cut, least) / _WEEK), settled, load)


def _load(built: Assembled, key: np.uint64, days: int) -> Floats:
    """Patients in the house at the end of each day of one run."""
    room, slots = 1 << 14, 1024
    while True:
        state = make_state(built.program, slots, len(built.categories), room)
        if not run(built.program, state, key, 0.0, float(days)):
            slots *= 4
        elif state.house[0].logged > room:
            room = int(state.house[0].logged)
        else:
            break
    log = state.log[: state.house[0].logged]
    log = log[np.isin(log.of, np.flatnonzero(built.program.classes.outside == 0))]
    edges = np.arange(1, days + 1)
    came, left = (np.searchsorted(np.sort(log.time[log.what == of]), edges, "right") for of in (ARRIVED, LEFT))
    return (came - left).astype(float)
