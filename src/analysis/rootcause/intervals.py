"""Intervals and p-values from the draws of the cluster bootstrap: small numbers of unequal clusters, skewed cost.

    interval = estimate - u s, estimate + v s
    s = standard deviation of the draws x sqrt(K / (K - 1))
    u = max(t, upper 2.5 % of T_b), v = max(t, - lower 2.5 % of T_b), t = t quantile with K - 1 degrees of freedom
    T_b = (draw - estimate) / its own standard error

This is the bootstrap-t (Efron 1981; Hall 1988), which follows the skewness that cost has, never narrower than
Student's. A draw's standard error is s times sqrt(sum_k w_bk (d_k - d_b)^2 / sum_k d_k^2), the influences d_k of the
clusters from the regression of the draws on their weights (Efron 1990, Journal of the American Statistical Association
85, 79-89), so nothing is fitted within a draw. It is held at half of s or above: a draw of few different clusters tells
little about itself. p-values have t's tail with K* - 1 degrees of freedom, K* the effective clusters: far out, where no
draw is, unequal clusters count as few (with K - 1, 5.4 % of 184 hospitals without a cause had an alarm, not 1.6 %).

Without weights, or with more clusters than a twentieth of the draws, the interval is the expanded percentile interval
(Hesterberg 2015, The American Statistician 69, 371-386): quantiles at Phi(-+ sqrt(K* / (K* - 1)) t), t with K* - 1.

Why not the expanded percentile throughout. At 10 to 25 physicians of unequal volume with log-normal spending (sigma 0.8
to 1) against a fixed standard it covers 87 % to 95 % where this covers 89 % to 96 %. Against other cases, in 213 plants
(seeds below 600), it covers 94.8 % with K and 98.1 % with K*, this 96.7 %, with K* 97.7 %: chance between cases is most
of the noise, and unequal volumes hardly make that worse. BCa by the cluster jackknife covers no better than the
percentiles (86 % to 96 %).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

#: A draw's standard error is at least this part of the estimate's.
_LEAST_ERROR = 0.5
#: Draws needed for each cluster to know its influence.
_DRAWS_A_CLUSTER = 20
#: An estimate nearer to zero is what floats leave of zero.
_NOTHING = 1e-6


class Judged(NamedTuple):
    """Bounds and p-value of each estimate, in its shape; NaN where there is no interval."""

    low: Floats
    high: Floats
    p: Floats


def judged(
    estimate: ArrayLike, draws: Floats, clusters: float, level: float = 0.95, weights: Floats | None = None
) -> Judged:
    """Interval and p-value at once.

    The p-value is two-sided, of a true value of zero, and below 1 - level where the interval leaves zero out: the
    distance of the estimate from zero in units of the interval's arm on that side, times the t quantile, is judged by t
    with K* - 1 degrees of freedom, so that p-values far below 1 / draws exist (a false discovery rate over many DRGs
    needs them).

    Parameters
    ----------
    estimate : (...) any shape, the estimates from all clusters.
    draws : (D, ...) the same in every draw, everything refitted.
    clusters : effective number of clusters K*, of `resampling.effective_clusters`.
    weights : (D, K) of `resampling.cluster_weights`, with which the draws were made.

    Returns
    -------
    low, high in the unit of the estimate, p; p is 1 where the estimate is zero. NaN with fewer than two effective
    clusters, and for an estimate that some draw leaves undefined.
    """
    shape = np.shape(estimate)
    centre, by_estimate = _flat(estimate, draws)
    if not clusters >= 2:
        return Judged(*(np.full(shape, np.nan) for _ in range(3)))
    t = float(stats.t.ppf((1 + level) / 2, clusters - 1))
    if weights is None or weights.shape[1] * _DRAWS_A_CLUSTER > len(weights):
        low, high = _quantiles(by_estimate, stats.norm.cdf(-np.sqrt(clusters / (clusters - 1)) * t))
    else:
        low, high = _bootstrap_t(centre, by_estimate, weights, level)
    undefined = ~np.isfinite(by_estimate).all(axis=1)
    low[undefined] = high[undefined] = np.nan
    p = 2 * stats.t.sf(_distance(centre, low, high) * t, clusters - 1)
    return Judged(low.reshape(shape), high.reshape(shape), p.reshape(shape))


def _flat(estimate: ArrayLike, draws: ArrayLike) -> tuple[Floats, Floats]:
    """(F,) estimates and (F, D) a copy of their draws, each estimate's next to one another."""
    draws = np.asarray(draws, np.float64)
    return np.asarray(estimate, np.float64).ravel(), np.array(draws.reshape(len(draws), -1).T, order="C")


def _distance(centre: Floats, low: Floats, high: Floats) -> Floats:
    """How many of the interval's arms the estimate is from zero; infinite where it never moves."""
    arm = np.where(centre > 0, centre - low, high - centre)
    arm = np.where(arm <= 0, (high - low) / 2, arm)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(centre) < _NOTHING, 0 * arm, np.abs(centre) / arm)


def _quantiles(draws: Floats, tail: float) -> tuple[Floats, Floats]:
    """Quantiles at tail and 1 - tail of each row, linear between draws; rows are put into another order."""
    last = draws.shape[1] - 1
    places = np.array([tail, 1 - tail]) * last
    below = np.minimum(np.floor(places).astype(int), max(last - 1, 0))
    draws.partition(sorted({*below, *np.minimum(below + 1, last)}), axis=1)
    under, over = draws[:, below], draws[:, np.minimum(below + 1, last)]
    found = under + (over - under) * (places - below)
    return found[:, 0], found[:, 1]


def _bootstrap_t(centre: Floats, draws: Floats, weights: Floats, level: float) -> tuple[Floats, Floats]:
    k, tail = weights.shape[1], (1 - level) / 2
    t = stats.t.ppf(1 - tail, k - 1)
    moved = draws - centre[:, None]
    error = draws.std(axis=1, ddof=1) * np.sqrt(k / max(k - 1, 1))
    influence = _influence(moved, weights)
    own = (influence**2) @ weights.T
    own -= (influence @ weights.T) ** 2 / k
    own /= np.maximum((influence**2).sum(axis=1), np.finfo(float).tiny)[:, None]
    np.sqrt(np.maximum(own, _LEAST_ERROR**2, out=own), out=own)
    moved /= np.maximum(own * error[:, None], np.finfo(float).tiny)
    low, high = _quantiles(moved, tail)
    return centre - np.maximum(high, t) * error, centre + np.maximum(-low, t) * error


def _influence(moved: Floats, weights: Floats) -> Floats:
    """(F, K) influence of each cluster on each estimate: the slopes of the draws on their weights, summing to zero."""
    k = weights.shape[1]
    apart = weights - 1
    gram = apart.T @ apart + len(weights) / k  # the weights sum to k in every draw: the constant direction is free
    return k * np.linalg.solve(gram, apart.T @ moved.T).T
