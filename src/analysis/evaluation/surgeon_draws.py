"""Draws of the bootstrap by surgeon, and intervals from them.

Patients of one surgeon share his hands and habits, and a technique comes with its surgeons: whole surgeons are drawn,
apart those who use the technique and those who never do, so that no draw is without either. Of K surgeons of a kind
K - 1 are drawn and weigh K / (K - 1) (Rao and Wu 1988, Journal of the American Statistical Association 83, 231-241):
the variance of a mean over few clusters is then the unbiased one.

    interval = estimate -+ t se, se = standard deviation of the draws

t has Satterthwaite's degrees of freedom: (v_0 + v_1)^2 / sum of v_k^2 / (K_k - 1) over the two kinds of K_0 and K_1
surgeons; v_k = sum of squared influences of the clusters of kind k on the estimate (slopes of the draws on their
weights, Efron 1990). With the effective numbers K*_k = (sum n)^2 / sum n^2 of their cases in place of K_k the interval
covers 97.2 % of made-up data sets where it should cover 95 % (docs/benchmarks.md).

Patients are drawn instead where a study adjusts for the surgeon (surgeons are compared with themselves, and the
interval is for these surgeons), and where a kind has fewer than two surgeons of effective size: then nothing tells a
technique from the hands that use it, and the note says `patients`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
#: Surgeons (of effective size) of each kind without which patients are drawn.
LEAST_SURGEONS = 2
#: Draws a cluster needs for its influence to be told; with more clusters the degrees of freedom matter no longer.
_DRAWS_A_CLUSTER = 10


@dataclass(frozen=True)
class Draws:
    """How often each cluster is taken.

    taken : (D, K) weights of the clusters. cluster : (n,) of each case. users : (K,) True where a cluster has treated
    cases. effective : K* of the kinds False and True. by : whether surgeons or patients are drawn.
    """

    taken: Floats
    cluster: NDArray[np.intp]
    users: NDArray[np.bool_]
    effective: tuple[float, float]
    by: Literal["surgeon", "patient"]

    @property
    def weights(self) -> Floats:
        """(D, n) weights of the cases."""
        return self.taken[:, self.cluster]


def draw_clusters(surgeons: ArrayLike | None, patients: ArrayLike, treated: ArrayLike, draws: int, seed: int) -> Draws:
    """Draws of a cohort's clusters.

    Parameters
    ----------
    surgeons, patients : (n,) codes; without surgeons, patients are drawn. treated : (n,) 0 or 1. draws : D.
    """
    flags = np.asarray(treated, float)
    by: Literal["surgeon", "patient"] = "surgeon"
    if surgeons is None or min((kinds := _kinds(surgeons, flags))[2]) < LEAST_SURGEONS:
        by, kinds = "patient", _kinds(patients, flags)
    code, users, effective = kinds
    rng = np.random.default_rng(seed)
    taken = np.ones((draws, len(users)))
    for kind in (False, True):
        members = np.flatnonzero(users == kind)
        if (size := len(members)) > 1:
            count = rng.multinomial(size - 1, np.full(size, 1 / size), size=draws)
            taken[:, members] = count * size / (size - 1)
    return Draws(taken, code, users, effective, by)


def _kinds(codes: ArrayLike, treated: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_], tuple[float, float]]:
    """Cluster of each case, who has treated cases, and K* of each kind (infinite where there is no such cluster)."""
    code, _ = pd.factorize(np.asarray(codes, object))
    users = np.bincount(code, treated) > 0
    sizes = np.bincount(code).astype(float)
    kinds = [sizes[users == kind] for kind in (False, True)]
    none, some = (float(one.sum() ** 2 / (one**2).sum()) if len(one) else np.inf for one in kinds)
    return code, users, (none, some)


def interval(
    estimate: float, values: Floats, draws: Draws, level: float = 0.95, unseen: float = 0.0
) -> tuple[float, float]:
    """Interval of an estimate from its (D,) values in the draws; NaN where a tenth of the draws has none.

    `unseen`: variance that no draw shows (`unseen_variance`).
    """
    known = np.isfinite(values)
    if not np.isfinite(estimate) or known.mean() < 0.9:
        return float("nan"), float("nan")
    reach = stats.t.ppf((1 + level) / 2, degrees(values, draws)) * np.sqrt(values[known].var(ddof=1) + unseen)
    return float(estimate - reach), float(estimate + reach)


def degrees(values: Floats, draws: Draws) -> float:
    """Satterthwaite's degrees of freedom of an estimate with these (D,) values in the draws."""
    known = np.isfinite(values)
    clusters = draws.taken.shape[1]
    free = np.array([max((draws.users == kind).sum() - 1, 1.0) for kind in (False, True)])
    if clusters * _DRAWS_A_CLUSTER > known.sum():
        return float(free.min())
    moved = values[known] - values[known].mean()
    influence = np.linalg.lstsq(draws.taken[known] - 1, moved, rcond=None)[0] ** 2
    parts = np.array([influence[draws.users == kind].sum() for kind in (False, True)])
    return float(parts.sum() ** 2 / max((parts**2 / free).sum(), 1e-300)) if parts.sum() else float(free.min())


def unseen_variance(events: Floats, sizes: Floats) -> float:
    """Variance of sides without any event (or without any exception), which draws of them never show.

    p (1 - p) / n with one event and one exception more, p = 1 / (n + 2) (Agresti and Caffo 2000, The American
    Statistician 54(4), 280-288); 0 for sides that have both.

    Parameters
    ----------
    events : share of events on each side. sizes : effective cases of each side.
    """
    alike = (events <= 0) | (events >= 1)
    p = 1 / (sizes + 2)
    return float((p * (1 - p) / (sizes + 2))[alike].sum())
