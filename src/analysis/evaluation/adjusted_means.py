"""Mean outcome with and without the technique, adjusted four ways; every way in all draws at once.

Every function gives (D, 2): the mean of those asked about (ATT: treated cases; ATE: all) with and without the
technique. Their difference is the effect, their ratio the relative effect. T = treated, e = propensity, m1, m0 =
outcome predicted with and without.

    naive      means of the sides as they are
    ipw        means weighted by `balancing_weights`, each divided by its sum of weights (Hajek)
    g_formula  one model of outcome on T and confounders, predicted for those asked about with and without (Robins 1986)
    aipw       ATT: mean of T (y - m0) less mean of (1 - T) e / (1 - e) (y - m0), each divided by its sum of weights;
               ATE: mean of m1 - m0 + T (y - m1) / e - (1 - T) (y - m0) / (1 - e) over all cases (Robins, Rotnitzky
               and Zhao 1994; for the ATT Moodie, Saarela and Stephens 2018, Statistics in Medicine 37, 2451-2471).
               Right where the model of treatment or the model of the outcome is right.

Cost and days have a gamma model with logarithmic link (poisson where a stay has no night), events a logistic one,
points and measurements least squares. Cost is modelled on its own scale, so nothing has to be retransformed.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.evaluation.propensity import balancing_weights
from analysis.evaluation.variables import Variable
from analysis.evaluation.weighted_models import Family, fit, predict

Floats = NDArray[np.float64]


def family_of(outcome: Variable, values: Floats) -> Family:
    """Family of the model of an outcome with these known values."""
    if outcome.kind == "flag":
        return "logit"
    if outcome.kind == "money" or outcome.unit == "days":
        if (values > 0).all():
            return "gamma"
        return "poisson" if (values >= 0).all() else "identity"
    return "identity"


def naive(y: Floats, treated: Floats, weights: Floats) -> Floats:
    return _pair(*(mean_of_draws(y, weights * (treated == side)) for side in (1, 0)))


def ipw(y: Floats, treated: Floats, weights: Floats, chance: Floats, estimand: str) -> Floats:
    weights = weights * balancing_weights(chance, treated, estimand)
    return _pair(*(mean_of_draws(y, weights * (treated == side)) for side in (1, 0)))


def g_formula(
    y: Floats, treated: Floats, x: Floats, weights: Floats, family: Family, estimand: str, ridge: float = 0.0
) -> Floats:
    """`ridge`: as `weighted_models.fit`, on the confounders; the technique itself is not held back."""
    found = fit(np.column_stack([treated, x]), y, weights, family, np.r_[0.0, np.full(x.shape[1], ridge)])
    asked = weights * (treated == 1) if estimand == "ATT" else weights
    sides = [predict(np.column_stack([np.full(len(x), value), x]), found, family) for value in (1.0, 0.0)]
    return _pair(*(mean_of_draws(side, asked) for side in sides))


def aipw(
    y: Floats, treated: Floats, x: Floats, weights: Floats, chance: Floats, family: Family, estimand: str,
    ridge: float = 0.0,
) -> Floats:  # fmt: skip
    """`chance`: (n,), (1, n) or (D, n); the outcome's model is fitted on each side apart."""
    balanced = weights * balancing_weights(chance, treated, estimand)
    means = []
    for side in (1, 0):
        if side == 1 and estimand == "ATT":
            means.append(mean_of_draws(y, weights * (treated == 1)))
            continue
        told = predict(x, fit(x, y, weights * (treated == side), family, ridge), family)
        left = balanced * (treated == side)
        if estimand == "ATT":
            means.append(mean_of_draws(told, weights * (treated == 1)) + mean_of_draws(y - told, left))
        else:
            means.append(mean_of_draws(told, weights) + (left * (y - told)).sum(axis=1) / weights.sum(axis=1))
    return _pair(*means)


def mean_of_draws(values: Floats, weights: Floats) -> Floats:
    """(D,) mean of each draw by its (D, n) weights; NaN where a draw has no weight. values : (n,) or (D, n)."""
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (weights * values).sum(axis=1) / total


def _pair(with_it: Floats, without: Floats) -> Floats:
    return np.column_stack([with_it, without])
