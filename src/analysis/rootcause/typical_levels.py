"""Levels of the typical cluster (physician) of a side: shrunken and trimmed, so that chance alone moves nothing."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.levels import Stack
from analysis.rootcause.split import Floats, Levels
from analysis.rootcause.sums import ClusterSums
from analysis.rootcause.typical import trimmed_mean

#: Cells of one array of a run, and the least variance of a ratio by chance.
_CELLS, _LEAST = 2**17, 1e-9


@dataclass(frozen=True)
class Ratios:
    """(X, K) what each cluster used / what it would have used at the observed level of each stratum.

    ratio; expected: the denominator, 0 where the cluster could not use any; errors2: variance of the ratio by chance.
    """

    ratio: Floats
    expected: Floats
    errors2: Floats


@dataclass(frozen=True)
class ClusterRatios:
    """Ratios of use rates and quantities per user of the groups, and of the shares of members."""

    use_rate: Ratios
    per_user: Ratios
    part: Ratios


def cluster_ratios(stacked: Stack) -> ClusterRatios:
    """Ratios of every cluster, chance taken from the cases as observed.

    Chance: binomial for use rates; for shares too, as if each user took one member; of quantities the variance within
    clusters and strata.
    """
    sums, g = stacked.sums, stacked.member_group
    members = sums.layout.members
    quantity = _ratios(sums.users, sums.quantity)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(quantity.expected > 0, _quantity_noise(sums)[:, None] / quantity.expected, np.inf)
    cases = np.broadcast_to(sums.cases[..., None], sums.users.shape)
    parts = sums.quantity[..., g], sums.element_quantity[..., members]
    return ClusterRatios(
        replace(_ratios(cases, sums.users), errors2=_binomial(cases, cases, sums.users)),
        replace(quantity, errors2=np.clip(spread, _LEAST, 1e12)),
        replace(_ratios(*parts), errors2=_binomial(sums.users[..., g], *parts)),
    )


def _ratios(base: Floats, used: Floats) -> Ratios:
    """Ratios of used, (K, S, X), to base times the mean of used / base in each stratum; no errors yet."""
    level = _ratio(used.sum(axis=0), base.sum(axis=0))
    expected = (base * level).sum(axis=1).T
    ratio = np.divide(used.sum(axis=1).T, expected, out=np.ones_like(expected), where=expected > 0)
    return Ratios(ratio, np.maximum(expected, 0.0), np.empty(0))


def _binomial(trials: Floats, base: Floats, used: Floats) -> Floats:
    """(X, K) variance of a ratio of shares: sum of trials x share (1 - share) / (sum of trials x share)^2."""
    share = np.clip(_ratio(used.sum(axis=0), base.sum(axis=0)), 0.0, 1.0)
    chance, mean = (trials * share * (1 - share)).sum(axis=1).T, (trials * share).sum(axis=1).T
    return np.clip(np.divide(chance, mean**2, out=np.full_like(mean, np.inf), where=mean > 0), _LEAST, 1e12)


def typical_levels(stacked: Stack, ratios: ClusterRatios, levels: Levels, weights: Floats) -> Levels:
    """Use rates, quantities per user and members' shares times the trimmed mean of the clusters' ratios / their mean.

    Ratios are shrunken to their mean by what chance explains and averaged over the middle half of the expected. Prices
    stay: physicians of one hospital buy alike.

    Parameters
    ----------
    stacked, ratios : of the side; levels : of it in every draw; weights : (D, K).
    """
    weights = np.where((weights @ stacked.own > 0)[:, None], weights, 1.0)
    use_rate = np.minimum(levels.use_rate * _factor(ratios.use_rate, weights), 1.0)
    per_user = levels.per_user * _factor(ratios.per_user, weights)
    if not len(stacked.member_group):
        return replace(levels, use_rate=use_rate, per_user=per_user)
    groups, starts, place = np.unique(stacked.member_group, return_index=True, return_inverse=True)
    part = levels.part * _factor(ratios.part, weights)
    whole = np.add.reduceat(part, starts, axis=-1)[..., place]
    part = np.divide(part, whole, out=np.array(part), where=whole > 0)
    unit = np.array(levels.unit)
    unit[..., groups] = np.add.reduceat(np.where(part > 0, part * levels.price, 0.0 * part), starts, axis=-1)
    return replace(levels, use_rate=use_rate, per_user=per_user, part=part, unit=unit)


def _factor(ratios: Ratios, weights: Floats) -> Floats:
    """(D, 1, X) trimmed mean of the shrunken ratios / their mean; 1 where they differ by chance alone."""
    tau2 = _between(ratios, weights)
    factor = np.ones_like(tau2)
    draw, x = np.nonzero(tau2 > 0)
    step = max(1, _CELLS // weights.shape[1])
    for start in range(0, len(draw), step):
        d, j = draw[start : start + step], x[start : start + step]
        factor[d, j] = _trimmed(ratios, j, weights[d], tau2[d, j, None])
    return factor[:, None, :]


def _trimmed(ratios: Ratios, j: NDArray[np.intp], times: Floats, tau2: Floats) -> Floats:
    """(pairs,) of some pairs of draw and column j; times (pairs, K)."""
    ratio, weight = ratios.ratio[j], ratios.expected[j] * times
    precision = np.where(weight > 0, times, 0.0) / (ratios.errors2[j] + tau2)
    mean = (precision * ratio).sum(-1, keepdims=True) / precision.sum(-1, keepdims=True)
    drawn = mean + tau2 / (tau2 + ratios.errors2[j]) * (ratio - mean)
    level = (weight * drawn).sum(-1) / weight.sum(-1)
    return np.divide(trimmed_mean(drawn, weight), level, out=np.ones_like(level), where=level > 0)


def _between(ratios: Ratios, weights: Floats) -> Floats:
    """(D, X) tau2 beyond chance (DerSimonian and Laird, as `typical.between_variance`), by matrix products."""
    there = ratios.expected > 0
    precision = np.where(there, 1 / ratios.errors2, 0.0)
    off = ratios.ratio - _ratio((precision * ratios.ratio).sum(axis=1), precision.sum(axis=1))[:, None]
    total, first, second, squares, count = (
        weights @ part.T for part in (precision, precision * off, precision * off**2, precision**2, there.astype(float))
    )
    safe = np.where(total > 0, total, 1.0)
    excess = second - first**2 / safe - np.maximum(count - 1, 0)
    scale = total - squares / safe
    usable = (scale > 1e-12 * safe) & (count > 1)
    return np.where(usable, np.maximum(excess, 0) / np.where(usable, scale, 1.0), 0.0)


def _quantity_noise(sums: ClusterSums) -> Floats:
    """(G,) phi of the quantity per user: variance within clusters and strata / mean quantity per user.

    Where no cluster has two users in a stratum, the variance within strata.
    """
    mean = _ratio(sums.quantity.sum(axis=(0, 1)), sums.users.sum(axis=(0, 1)))
    within = _variance(sums.users, sums.quantity, sums.quantity_squares)
    parts = (part.sum(axis=0, keepdims=True) for part in (sums.users, sums.quantity, sums.quantity_squares))
    return _ratio(np.where(np.isnan(within), np.nan_to_num(_variance(*parts)), within), mean)


def _variance(users: Floats, quantity: Floats, squares: Floats) -> Floats:
    """(G,) variance of the users' quantities within cells (K, S), NaN where no cell has two users."""
    left = np.maximum(squares - quantity * _ratio(quantity, users), 0.0).sum(axis=(0, 1))
    free = np.maximum(users - 1, 0).sum(axis=(0, 1))
    return np.divide(left, free, out=np.full_like(left, np.nan), where=free > 0)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
