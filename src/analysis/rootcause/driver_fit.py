"""What a day and a condition go with: least squares within side and stratum, solved for all draws at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.driver_sums import CONDITIONS, COST, DAYS, FIRST_WAIT, Side
from analysis.rootcause.samples import Sample

Floats = NDArray[np.float64]
#: Smallest eigenvalue of a matrix of correlations that counts as full rank.
_RANK = 1e-6
#: A variance below this part of the mean square is rounding.
_STILL = 1e-9


@dataclass(frozen=True)
class Fit:
    """Coefficients of C conditions, leading axis draws.

    day : (D,) cost of one more day at equal conditions; 0 where the stay does not vary.
    beside : (D, C) cost of a condition at equal days.
    more_days : (D, C) days without waiting that go with a condition.
    total : (D, C) cost of a condition, its days included: beside + day x more_days.
    """

    day: Floats
    beside: Floats
    more_days: Floats

    @property
    def total(self) -> Floats:
        return self.beside + self.day[:, None] * self.more_days


def usable(samples: Sequence[Sample], least: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Columns of CONDITIONS whose effect can be told, and (driver, why) of those that cannot.

    why: `unknown` on a side, `few` cases with it or without it on both sides together, `collinear` with others.
    """
    used: list[str] = []
    notes = []
    flags: list[Floats] = []
    strata = np.concatenate([sample.cases["stratum"].to_numpy(str) + f"|{i}" for i, sample in enumerate(samples)])
    for column, driver in CONDITIONS.items():
        parts = [sample.cases[column].to_numpy(float, na_value=np.nan) for sample in samples]
        values = np.concatenate(parts)
        if any(np.isnan(part).all() for part in parts):
            notes.append((driver, "unknown"))
        elif min((values == 0).sum(), (values == 1).sum()) < least:
            notes.append((driver, "few"))
        elif not _independent([*flags, values], strata):
            notes.append((driver, "collinear"))
        else:
            used.append(column)
            flags.append(values)
    return used, notes


def _independent(flags: list[Floats], strata: NDArray[np.str_]) -> bool:
    """Whether the flags differ within strata and from one another."""
    values = np.column_stack(flags)
    full = ~np.isnan(values).any(axis=1)
    values, place = values[full], np.unique(strata[full], return_inverse=True)[1]
    count = np.bincount(place)
    for column in values.T:
        column -= (np.bincount(place, column) / count)[place]
    return bool(full.any()) and bool(_full_rank((values.T @ values)[None], np.ones(values.shape[1]))[0])


def within(side: Side, weights: Floats) -> Floats:
    """(D, V, V) cross-products of a side's values around the means of their stratum, of cases with all values known."""
    draws, (k, s, v) = len(weights), side.sums.shape
    count = weights @ side.full
    sums = (weights @ side.sums.reshape(k, s * v)).reshape(draws, s, v)
    scaled = sums / np.sqrt(np.where(count > 0, count, 1.0))[..., None]
    products = (weights @ side.products.reshape(k, v * v)).reshape(draws, v, v)
    return products - np.swapaxes(scaled, 1, 2) @ scaled


def fitted(sides: Sequence[Side], drawn: Sequence[Floats], conditions: int) -> Fit:
    """Least squares of cost on days and conditions, and of days without waiting on conditions.

    Both pool the sides, with a mean of its own for every stratum of every side: what differs between the sides has no
    part in them. What a draw cannot tell is of the smallest norm (pseudo-inverse), 0 where nothing varies.

    Parameters
    ----------
    drawn : (D, K) weights of each side.
    conditions : C, the last values.
    """
    products = sum(within(side, weights) for side, weights in zip(sides, drawn, strict=True))
    v = products.shape[-1]
    flags = np.arange(v - conditions, v)
    unwaited = np.zeros(v)
    unwaited[DAYS], unwaited[FIRST_WAIT : v - conditions] = 1.0, -1.0
    squares = [np.diagonal(side.products, axis1=1, axis2=2) for side in sides]
    scale = sum(weights @ square for weights, square in zip(drawn, squares, strict=True))
    places = np.append(DAYS, flags)
    coefficients = _solved(products[:, places[:, None], places], products[:, places, COST], scale[:, places])
    more = _solved(products[:, flags[:, None], flags], (products @ unwaited)[:, flags], scale[:, flags])
    return Fit(coefficients[:, 0], coefficients[:, 1:], more)


def _solved(matrix: Floats, right: Floats, scale: Floats) -> Floats:
    """(D, p) solutions; what does not vary gets 0, and where the rank is short the smallest norm is taken."""
    if not right.shape[1]:
        return right
    matrix, right, size = _scaled(matrix, right, scale)
    short = np.linalg.eigvalsh(matrix)[:, 0] < _RANK
    found = np.empty_like(right)
    found[~short] = np.linalg.solve(matrix[~short], right[~short][..., None])[..., 0]
    if short.any():
        found[short] = (np.linalg.pinv(matrix[short], rcond=_RANK, hermitian=True) @ right[short][..., None])[..., 0]
    return found / size


def _scaled(matrix: Floats, right: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """Matrix as correlations, right side to match, and the size by which a solution is divided."""
    variance = np.diagonal(matrix, axis1=1, axis2=2)
    moves = variance > _STILL * np.maximum(scale, 1e-300)
    size = np.sqrt(np.where(moves, variance, 1.0))
    matrix = np.where(moves[:, :, None] & moves[:, None, :], matrix, 0.0) / size[:, :, None] / size[:, None, :]
    p = matrix.shape[1]
    matrix[:, np.arange(p), np.arange(p)] = 1.0
    return matrix, np.where(moves, right, 0.0) / size, size


def _full_rank(matrix: Floats, scale: Floats) -> NDArray[np.bool_]:
    variance = np.diagonal(matrix, axis1=1, axis2=2)
    size = np.sqrt(np.where(variance > _STILL * scale, variance, np.inf))
    still = np.isinf(size).any(axis=1)
    return ~still & (np.linalg.eigvalsh(matrix / size[:, :, None] / size[:, None, :])[:, 0] > _RANK)
