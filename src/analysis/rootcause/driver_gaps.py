"""How the actual cases differ from the reference in days, waiting and conditions, per case within strata."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.driver_fit import within
from analysis.rootcause.driver_sums import Side
from analysis.rootcause.split import fill
from analysis.rootcause.typical import above_typical

Floats = NDArray[np.float64]


def gaps_of_samples(actual: Side, weights: Floats, reference: Side, weights0: Floats) -> Floats:
    """(D, V) differences between two samples: sum over strata of (w + w0) / 2 (v - v0).

    A stratum that one side has not, and a value that it does not know there, is there as on the other side.

    Parameters
    ----------
    weights, weights0 : (D, K) of the two sides.
    """
    share, means = _profile(actual, weights)
    share0, means0 = _profile(reference, weights0)
    fill(means, means0)
    return np.einsum("ds,dsv->dv", (share + share0) / 2, means - means0)


def gaps_of_targets(actual: Side, weights: Floats, targets: Floats) -> Floats:
    """(D, V) differences from supplied figures (V,), all strata alike; NaN where there is none."""
    share, means = _profile(actual, weights)
    return np.einsum("ds,dsv->dv", share, np.nan_to_num(means)) - targets


def gaps_of_typical(actual: Side, weights: Floats, known: NDArray[np.bool_]) -> Floats:
    """(D, V) differences from the typical physician of the sample itself; 0 where they differ by chance only."""
    unit = np.eye(actual.sums.shape[-1])
    return np.column_stack([above(actual, weights, row[None], known).sum(axis=1) for row in unit])


def targets_of(reasons: Sequence[str], conditions: Sequence[str], days: float) -> Floats:
    """(V,) what a pathway or the payment standard says: days, no waiting, no coding error; NaN for all else."""
    rates = [0.0 if name == "coding" else np.nan for name in conditions]
    return np.array([np.nan, days, *np.zeros(len(reasons)), *rates])


def above(side: Side, weights: Floats, coefficients: Floats, known: NDArray[np.bool_]) -> Floats:
    """(D, K) what each physician has of a combination of values above the typical one, per case of the side.

    Values are taken around their stratum and shrunken; the sum over physicians is mean less typical physician.

    Parameters
    ----------
    coefficients : (D, V) or (1, V).
    known : (K,) clusters that are a physician.
    """
    count, deviation, error2 = unit_deviations(side, weights, coefficients, known)
    here = count > 0
    found = np.zeros_like(deviation)
    found[:, here] = above_typical(deviation[:, here], error2[:, here], count[here], weights[:, here])
    of_units, of_all = weights @ count, (weights @ side.full).sum(axis=1)
    return found * np.divide(of_units, of_all, out=np.zeros_like(of_all), where=of_all > 0)[:, None]


def unit_deviations(
    side: Side, weights: Floats, coefficients: Floats, known: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Cases (K,) of each unit, its mean deviation from the strata and the squared error of that, (D, K) each.

    The error comes from the variance within strata less what lies between units. A unit that is not known has no cases.

    Parameters
    ----------
    weights : (D, K), or (1, K) for strata and errors as observed.
    coefficients : (D, V) or (1, V).
    """
    k, s, v = side.sums.shape
    sizes = weights @ side.full
    sums = (weights @ side.sums.reshape(k, s * v)).reshape(len(weights), s, v)
    level = (sums @ coefficients[..., None])[..., 0] / np.where(sizes > 0, sizes, 1.0)
    count = np.where(known, side.full.sum(axis=1), 0.0)
    some = np.where(count > 0, count, 1.0)
    deviation = (coefficients @ side.sums.sum(axis=1).T - level @ side.full.T) / some
    spread = ((coefficients[:, None] @ within(side, weights))[:, 0] * coefficients).sum(axis=1)
    between = (weights * count * deviation**2).sum(axis=1)
    free = np.maximum(sizes.sum(axis=1) - weights @ (count > 0), 1.0)
    variance = np.maximum(spread - between, np.maximum(1e-9 * spread, 1e-12)) / free
    return count, deviation, variance[:, None] / some


def _profile(side: Side, weights: Floats) -> tuple[Floats, Floats]:
    """Share of each stratum (D, S) and mean of each value in it (D, S, V); NaN where there is none."""
    k, s, v = side.totals.shape
    cases = weights @ side.cases
    known, totals = ((weights @ x.reshape(k, s * v)).reshape(-1, s, v) for x in (side.known, side.totals))
    means = np.divide(totals, known, out=np.full_like(totals, np.nan), where=known > 0)
    return cases / cases.sum(axis=1, keepdims=True), means
