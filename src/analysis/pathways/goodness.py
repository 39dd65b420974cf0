"""Does a simulated pathway look like the real one: earth mover's distance, against what chance alone would give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


@dataclass(frozen=True)
class Likeness:
    """Earth mover's distance of two sets of durations in days, and its noise floor.

    distance : between observed and simulated · floor : median distance of random halves of the observed, scaled to
    their whole number · ratio : distance / floor; a calibrated model should stay below 1.5.
    """

    distance: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.distance / self.floor if self.floor > 0 else np.inf


def likeness(observed: ArrayLike, simulated: ArrayLike, *, halves: int = 200, seed: int = 1) -> Likeness:
    """Compare durations that were observed with simulated ones.

    The floor is what two samples of the same size of one population differ by: halves of n/2 differ sqrt(2) times as
    much as samples of n, so their median distance is divided by sqrt(2).
    """
    real, made = np.asarray(observed, float), np.asarray(simulated, float)
    rng = np.random.default_rng(seed)
    apart = []
    for _ in range(halves):
        shuffled = rng.permutation(real)
        apart.append(stats.wasserstein_distance(shuffled[: len(real) // 2], shuffled[len(real) // 2 :]))
    return Likeness(float(stats.wasserstein_distance(real, made)), float(np.median(apart) / np.sqrt(2)))
