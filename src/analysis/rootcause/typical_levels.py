"""Levels of the typical cluster (physician) of a side: shrunken and trimmed, so that chance alone moves nothing."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.split import Floats, Levels
from analysis.rootcause.sums import ClusterSums
from analysis.rootcause.typical import shrunken, trimmed_mean

_RUN_BYTES = 16 * 2**20


def typical_levels(sums: ClusterSums, levels: Levels, weights: Floats) -> Levels:
    """Use rates, quantities per user and members' parts times the trimmed mean of the clusters' ratios.

    For each group: ratio r_k = what cluster k used / what it would have used at the level of each stratum; its variance
    by chance is phi / expected, phi the variance between cases within strata. Ratios are shrunken by what chance
    explains and averaged over the middle half of the expected. Prices stay: physicians of one hospital buy alike.

    Parameters
    ----------
    sums : of the side, levels : of it in every draw, weights : (D, K).
    """
    use_rate, per_user, part = (np.array(x) for x in (levels.use_rate, levels.per_user, levels.part))
    members = sums.layout.members
    quantity_noise = _quantity_noise(sums)
    step = max(1, _RUN_BYTES // (8 * 8 * weights.shape[1] * len(sums.groups)))
    for start in range(0, len(weights), step):
        cut = slice(start, start + step)
        w = weights[cut]
        use_rate[cut] = np.minimum(use_rate[cut] * _typical(sums.cases[..., None], sums.users, use_rate[cut], w), 1.0)
        per_user[cut] *= _typical(sums.users, sums.quantity, per_user[cut], w, quantity_noise)
        if len(members):
            whole = sums.quantity[..., sums.element_group[members]]
            users = sums.users[..., sums.element_group[members]]
            part[cut] *= _typical(whole, sums.element_quantity[..., members], part[cut], w, None, users)
    part = _to_one(part, sums.element_group[members])
    unit = np.array(levels.unit)
    if len(members):
        groups, starts = np.unique(sums.element_group[members], return_index=True)
        worth = np.where(part > 0, part * levels.price, 0.0 * part)
        unit[..., groups] = np.add.reduceat(worth, starts, axis=-1)
    return replace(levels, use_rate=use_rate, per_user=per_user, part=part, unit=unit)


def _typical(
    base: Floats,
    used: Floats,
    level: Floats,
    weights: Floats,
    noise: Floats | None = None,
    counts: Floats | None = None,
) -> Floats:
    """(D, 1, X) trimmed mean over clusters of used / (base x level), both (K, S, X), level (D, S, X)."""
    level = np.nan_to_num(level)
    expected = np.einsum("ksx,dsx->dxk", np.broadcast_to(base, used.shape), level, optimize=True)
    ratio = np.divide(used.sum(axis=1).T, expected, out=np.ones_like(expected), where=expected > 0)
    there = np.where(expected > 0, weights[:, None, :], 0.0)
    if noise is None:
        # a share of cases (or of units, as if each user took one member): binomial
        trials = np.broadcast_to(base if counts is None else counts, used.shape)
        chance = np.einsum("ksx,dsx->dxk", trials, level * (1 - np.minimum(level, 1.0)), optimize=True)
        mean = np.einsum("ksx,dsx->dxk", trials, level, optimize=True)
        errors2 = np.divide(chance, mean**2, out=np.full_like(mean, np.inf), where=mean > 0)
    else:
        errors2 = np.divide(noise[:, None], expected, out=np.full_like(expected, np.inf), where=expected > 0)
    errors2 = np.clip(errors2, 1e-12, 1e12)
    drawn, _ = shrunken(ratio, errors2, there)
    weight = expected * there
    total = weight.sum(-1)
    mean = np.divide((weight * drawn).sum(-1), total, out=np.ones_like(total), where=total > 0)
    typical = np.where(total > 0, trimmed_mean(drawn, weight), 1.0)
    return np.divide(typical, mean, out=np.ones_like(mean), where=mean > 0)[:, None, :]


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


def _to_one(part: Floats, member_group: NDArray[np.intp]) -> Floats:
    """Parts of a group sum to one again."""
    if not len(member_group):
        return part
    groups, starts = np.unique(member_group, return_index=True)
    total = np.add.reduceat(part, starts, axis=-1)[..., np.searchsorted(groups, member_group)]
    return np.divide(part, total, out=np.array(part), where=total > 0)
