"""What physicians' practice adds to the cost: the mean of a side's physicians less the typical one, at equal cases.

The physicians are a fact and are not drawn, or two spendthrifts would be there or not by the luck of the draw. What is
uncertain is what each of them shows and who is typical; both are found again in every draw of the clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from analysis.rootcause.driver_fit import Fit
from analysis.rootcause.driver_gaps import unit_deviations
from analysis.rootcause.driver_sums import COST, DAYS, Side
from analysis.rootcause.typical import shrunken, typical_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Practice:
    """A side's U physicians, as observed.

    place : (U,) cluster of the layout. share : (U,) of the side's cases. value, chance2 : (U,) cost of a case beyond
    its stratum, days and conditions, and its squared error. weight : (U,) of `typical_weights`, of the cases' total.
    habit2 : variance of typical physicians beyond chance.
    """

    place: NDArray[np.intp]
    share: Floats
    value: Floats
    chance2: Floats
    weight: Floats
    habit2: float

    @property
    def above(self) -> float:
        """Mean less typical, per case of the side."""
        return float(self.share @ self.value - self.share.sum() * (self.weight @ self.value) / self.weight.sum())

    def parts(self, clusters: int) -> tuple[Floats, Floats]:
        """(K,) what each physician adds, shrunken (the parts do not sum to `above`), and its squared error."""
        drawn, reliability = shrunken(self.value, self.chance2, np.ones(len(self.value)))
        found, error2 = np.zeros((2, clusters))
        found[self.place] = self.share * (drawn - self.weight @ self.value / self.weight.sum())
        error2[self.place] = self.share**2 * reliability * self.chance2
        return found, error2


def practice_of(side: Side, fit: Fit, known: NDArray[np.bool_]) -> Practice:
    """Practice of a side.

    Parameters
    ----------
    fit : of the cases as observed (one draw).
    known : (K,) clusters that are a physician.
    """
    everybody = np.ones((1, len(known)))
    count, value, error2 = unit_deviations(side, everybody, unexplained(fit, side.sums.shape[-1]), known)
    place = np.flatnonzero(count > 0)
    cases, value, error2 = count[place], value[0, place], error2[0, place]
    weight, spread = typical_weights(value, error2, cases)
    habit2 = max(0.0, float(spread) ** 2 - float(np.median(error2)))
    return Practice(place, cases / side.full.sum(), value, error2, weight / cases.sum(), habit2)


def unexplained(fit: Fit, values: int) -> Floats:
    """(D, V) coefficients of cost less what days and conditions explain."""
    draws, c = fit.beside.shape
    coefficients = np.zeros((draws, values))
    coefficients[:, COST], coefficients[:, DAYS] = 1.0, -fit.day
    coefficients[:, values - c :] = -fit.beside
    return coefficients


def practice_draws(sides: Sequence[Practice], scores: Floats) -> Floats:
    """(D,) mean less typical physician of the actual side, less the same of the reference where it has physicians.

    In each draw a typical physician shows his side's typical value, one who is not his own, both with chance and habit:

        value* = typical + (1 - r)(value - typical) + chance z + habit z'

    r = weight / share of the cases, 1 for the typical; and the typical physician is found anew. z and z' are scores of
    three clusters in a row, so that chance differs on the two sides and habit does not.

    Parameters
    ----------
    scores : (D, K) of `normal_scores`; where all are 0 the cases are as they are.
    """
    drawn = np.zeros(len(scores))
    for number, (sign, side) in enumerate(zip((1, -1), sides, strict=False)):
        drawn += sign * (side.above + _moved(side, scores, number))
    return drawn


def physician_draws(sides: Sequence[Practice], scores: Floats) -> Floats:
    """(D, K) what each cluster's physician adds, shrunken, less the same on the reference side; with its chance."""
    parts = [side.parts(scores.shape[1]) for side in sides]
    found = parts[0][0] - parts[1][0] if len(parts) == 2 else parts[0][0]
    return found + scores * np.sqrt(sum(error2 for _, error2 in parts))


def normal_scores(weights: Floats) -> Floats:
    """(D, K) standard normal scores of multinomial counts, counts alike in a fixed random order; 0 where all are 1."""
    k = weights.shape[1]
    jitter = np.random.default_rng(k).random(weights.shape)
    counts = weights.astype(np.intp)
    upto = stats.binom.cdf(np.arange(-1, counts.max() + 1), k, 1 / k)
    below, above = upto[counts], upto[counts + 1]
    score = special.ndtri(np.clip(below + jitter * (above - below), 1e-12, 1 - 1e-12))
    return np.where((weights == 1).all(axis=1, keepdims=True), 0.0, score)


def _moved(side: Practice, scores: Floats, number: int) -> Floats:
    """(D,) what chance and habit add to a side's mean less typical."""
    typical = side.weight @ side.value / side.weight.sum()
    relative = np.clip(side.weight / side.share * side.share.sum(), 0, 1)
    base = typical + (1 - relative) * (side.value - typical)
    k = scores.shape[1]
    chance = scores[:, (side.place + 1 + number) % k] * np.sqrt(side.chance2)
    values = np.vstack([base, base + chance + scores[:, side.place] * np.sqrt(side.habit2)])
    weights, _ = typical_weights(values, side.chance2, side.share)
    above = values @ side.share - side.share.sum() * (weights * values).sum(axis=1) / weights.sum(axis=1)
    return np.where((scores == 0).all(axis=1), 0.0, above[1:] - above[0])
