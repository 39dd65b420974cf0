"""What is typical among units of unequal size: shrinkage to the mean and a trimmed mean, for many draws at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Reach of the bisquare in standard deviations, and steps from the shortest half.
_REACH, _STEPS = 3.0, 8
#: Share of the weight that a trimmed mean cuts off at each end: what is left is the middle half.
_TRIM = 0.25


def trimmed_mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean of the middle half: a quarter of the weight cut off at each end, a unit on the cut in part.

    Parameters
    ----------
    values, weights : (..., units), weights from 0; 0 in all = 0.

    Returns
    -------
    (...,)
    """
    order = np.argsort(values, axis=-1, kind="stable")
    values, weights = np.take_along_axis(values, order, -1), np.take_along_axis(weights, order, -1)
    total = weights.sum(-1, keepdims=True)
    upto = np.cumsum(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0), axis=-1)
    inside = np.clip(upto, _TRIM, 1 - _TRIM)
    inside = np.diff(inside, axis=-1, prepend=_TRIM)
    return (values * inside).sum(-1) / (1 - 2 * _TRIM)


def between_variance(values: Floats, errors2: Floats, times: Floats) -> tuple[Floats, Floats]:
    """tau2 beyond chance (DerSimonian and Laird) and the precision-weighted mean.

    w = times / errors2; Q = sum w (y - m)^2; tau2 = max(0, (Q - (sum times - 1)) / (sum w - sum w / errors2 / sum w)).

    Parameters
    ----------
    values, errors2 : (..., units) estimate and its squared standard error, positive.
    times : (..., units) how often a unit is there (draws of a bootstrap; 1 = as observed).

    Returns
    -------
    tau2, mean : (...,); tau2 is 0 with fewer than two units.
    """
    precision = times / errors2
    total = precision.sum(-1)
    safe = np.where(total > 0, total, 1.0)
    mean = (precision * values).sum(-1) / safe
    chance = np.maximum(times.sum(-1) - 1, 0)
    scale = total - (precision / errors2).sum(-1) / safe
    excess = (precision * (values - mean[..., None]) ** 2).sum(-1) - chance
    usable = (scale > 1e-12 * safe) & (chance > 0)
    return np.where(usable, np.maximum(excess, 0) / np.where(usable, scale, 1.0), 0.0), mean


def shrunken(values: Floats, errors2: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Estimates drawn to their mean by what chance explains.

    reliability = tau2 / (tau2 + errors2); shrunken = mean + reliability (value - mean), with the random-effects mean.

    Returns
    -------
    shrunken, reliability : (..., units)
    """
    tau2, mean = between_variance(values, errors2, times)
    precision = times / (errors2 + tau2[..., None])
    total = precision.sum(-1)
    mean = np.where(total > 0, (precision * values).sum(-1) / np.where(total > 0, total, 1.0), mean)
    reliability = tau2[..., None] / (tau2[..., None] + errors2)
    return mean[..., None] + reliability * (values - mean[..., None]), reliability


def typical_weights(values: Floats, errors2: Floats, cases: Floats) -> tuple[Floats, Floats]:
    """How much each unit has to say about what most units do, and the spread of those among themselves.

    Tukey's bisquare cases x (1 - (d / (3 s_j))^2)^2, 0 beyond, d the distance from their own mean, from the shortest
    half on; s_j = max(s, the unit's own error), s = 0.7413 x length of the shortest half of the cases. A few units that
    do otherwise, all on one side, are not heard; where values spread evenly it is nearly the mean. (A trimmed mean
    follows a quarter of units on one side by almost half of the others' spread.)

    Parameters
    ----------
    values : (..., units); errors2, cases : (units,) squared standard error and weight.

    Returns
    -------
    weights (..., units), at most the cases, and the length of the shortest half as a standard deviation s (...,).
    """
    order = np.argsort(values, axis=-1, kind="stable")
    first, last, length = _shortest_half(np.take_along_axis(values, order, -1), cases[order])
    spread = 0.7413 * length
    scale = 1 / (_REACH * np.maximum(np.maximum(spread[..., None], np.sqrt(errors2)), 1e-300))
    weights, place = np.empty_like(values), np.arange(values.shape[-1])
    inside = (place >= first[..., None]) & (place <= last[..., None])
    np.put_along_axis(weights, order, inside * cases[order], -1)
    for _ in range(_STEPS):
        centre = np.einsum("...u,...u->...", weights, values) / weights.sum(-1)
        apart = (values - centre[..., None]) * scale
        weights = cases * np.square(np.maximum(1 - np.square(apart), 0))
    return weights, spread


def _shortest_half(values: Floats, cases: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Shortest run of sorted values (..., units) that holds half of the cases: first and last place, and its length.

    All rows are searched at once: row r holds its shares of the cases between 2 r and 2 r + 1.
    """
    shape = values.shape
    upto = np.cumsum(cases, axis=-1).reshape(-1, shape[-1])
    upto = upto / upto[:, -1:]
    row = np.arange(len(upto))[:, None]
    half = upto - np.diff(upto, axis=1, prepend=0.0) + 0.5 - 1e-9
    end = np.searchsorted((upto + 2 * row).ravel(), (half + 2 * row).ravel()).reshape(upto.shape) - row * shape[-1]
    values = values.reshape(upto.shape)
    ends = np.take_along_axis(values, np.minimum(end, shape[-1] - 1), 1)
    length = np.where(half <= 1, ends - values, np.inf)
    first = length.argmin(axis=1)[:, None]
    found = (first, np.take_along_axis(end, first, 1), np.take_along_axis(length, first, 1))
    return tuple(part[:, 0].reshape(shape[:-1]) for part in found)


def above_typical(values: Floats, errors2: Floats, cases: Floats, times: Floats) -> Floats:
    """What each unit's cases have above the typical unit (trimmed mean of the shrunken values), per case of all units.

    Nothing where units differ by chance only.

    Parameters
    ----------
    values, errors2, times : as in `shrunken`.
    cases : (..., units) cases of one appearance of the unit.

    Returns
    -------
    (..., units) share of the cases x (shrunken value - typical); the sum is mean less typical.
    """
    drawn, _ = shrunken(values, errors2, times)
    weights = np.broadcast_to(cases * times, drawn.shape)
    total = weights.sum(-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0) * (drawn - trimmed_mean(drawn, weights)[..., None])
