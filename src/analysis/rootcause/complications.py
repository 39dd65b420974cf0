"""What a complication goes with, in days and in cost, at equal admission. An association, no proof of cause.

How much longer and dearer is a case with a complication than the same case without one: by the g-formula (Robins 1986)
the mean of the outcome is modelled on complication and what is known at admission, and predicted with and without for
every case that had one; weighting by the odds (IPW) is the check by another model. A percentage point of complications
among the same patients is a hundredth of that. `between_physicians.py` has the other reading, that of BRIEF C4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from analysis.rootcause.cost_models import ADMISSION, admission_design, fit_mean, with_constant
from analysis.rootcause.layout import cluster_codes
from analysis.rootcause.resampling import LEAST_CLUSTERS
from analysis.rootcause.samples import Sample

Floats = NDArray[np.float64]
#: Cases with and without a complication that are needed.
LEAST_EVENTS = 10
#: Probabilities of a complication are held below this in weights.
_MOST_PROBABLE = 0.95


@dataclass(frozen=True)
class Association:
    """What goes with a complication, or with a percentage point of complications.

    outcome : cost or length_of_stay. method : g_formula, ipw, between_physicians, between_naive.
    per_complication : of one complication, in the unit of the outcome; NaN between physicians.
    per_point : of one percentage point of complications, per case of the group; low, high: its 95 % interval.
    relative : per_point as a part of the mean outcome.
    mean : of the outcome. cases, events, clusters : with the complication known.
    note : empty, or why a figure is missing: few_events, few_clusters, no_spread (physicians' rates differ by no more
        than chance), unbounded (they differ too little to bound the slope).
    reliability : part of the spread of physicians' counted rates that is not chance.
    """

    outcome: str
    method: str
    per_complication: float
    per_point: float
    low: float
    high: float
    mean: float
    cases: int
    events: int
    clusters: int
    note: str = ""
    reliability: float = float("nan")

    @property
    def relative(self) -> float:
        return self.per_point / self.mean


def complication_effect(
    sample: Sample,
    outcome: str = "cost",
    *,
    condition: str = "complication",
    covariates: Sequence[str] = ADMISSION,
) -> list[Association]:
    """Effect of a complication at equal age, sex, severity, kind of admission and variant: g-formula, then IPW.

    Both ask what complications brought those who had them: that is what fewer of them would spare. g-formula: their
    mean of exp(x b + c) - exp(x b), gamma model with logarithmic link (poisson where a stay has no day), errors by the
    delta method from the cluster-robust covariance. IPW: their mean less that of the others, weighted by the odds
    (logistic) so that they resemble them, error from the clusters' sums of the influence. t with clusters - 1.

    Parameters
    ----------
    outcome : cost or length_of_stay.
    condition : complication or infection; cases where it is unknown, or the outcome below 0, take no part.
    covariates : what is known at admission.

    Returns
    -------
    Two associations; without interval below ten physicians, without figures below ten cases with or without.
    """
    cases = sample.cases[sample.cases[condition].notna() & (sample.cases[outcome] >= 0)].reset_index(drop=True)
    y, flag = cases[outcome].to_numpy(float), cases[condition].to_numpy(float)
    clusters = pd.factorize(cluster_codes(cases, "physician_id"))[0] if len(cases) else np.zeros(0, int)
    facts = facts_of(outcome, y, flag, clusters)
    if min(flag.sum(), (1 - flag).sum()) < LEAST_EVENTS:
        return [missing(method, facts, "few_events") for method in ("g_formula", "ipw")]
    design = admission_design(cases, covariates)
    found = {"g_formula": _g_formula(y, flag, design, clusters), "ipw": _ipw(y, flag, design, clusters)}
    return [_association(method, *values, facts) for method, values in found.items()]


def facts_of(outcome: str, y: Floats, flag: Floats, clusters: NDArray[np.intp]) -> dict[str, float | int | str]:
    mean = float(y.mean()) if len(y) else float("nan")
    return {
        "outcome": outcome,
        "mean": mean,
        "cases": len(y),
        "events": int(flag.sum()),
        "clusters": len(set(clusters)),
    }


def missing(method: str, facts: dict, note: str) -> Association:
    """An association without figures, and why."""
    nan = float("nan")
    return Association(method=method, per_complication=nan, per_point=nan, low=nan, high=nan, note=note, **facts)


def _association(method: str, effect: float, error: float, facts: dict) -> Association:
    few = facts["clusters"] < LEAST_CLUSTERS
    reach = float("nan") if few else float(stats.t.ppf(0.975, facts["clusters"] - 1)) * error
    low, high = (effect - reach) / 100, (effect + reach) / 100
    note = "few_clusters" if few else ""
    return Association(method=method, per_complication=effect, per_point=effect / 100, low=low, high=high, note=note,
                       **facts)  # fmt: skip


def _g_formula(y: Floats, flag: Floats, design: pd.DataFrame, clusters: NDArray[np.intp]) -> tuple[float, float]:
    columns = design.assign(flag=flag)
    result = fit_mean(y, columns, clusters, "gamma" if (y > 0).all() else "poisson")
    had = design[flag == 1]
    with_it, without = (with_constant(had.assign(flag=value)).to_numpy(float) for value in (1.0, 0.0))
    means = [np.exp(rows @ result.params.to_numpy()) for rows in (with_it, without)]
    gradient = (means[0] @ with_it - means[1] @ without) / len(had)
    error = np.sqrt(max(gradient @ np.asarray(result.cov_params()) @ gradient, 0.0))
    return float((means[0] - means[1]).mean()), float(error)


def _ipw(y: Floats, flag: Floats, design: pd.DataFrame, clusters: NDArray[np.intp]) -> tuple[float, float]:
    """Difference of the weighted means; the probabilities count as known, which makes the error rather too large."""
    chance = _probability(flag, design)
    weights = np.where(flag == 1, 1.0, chance / (1 - chance))
    influence, means = np.zeros(len(y)), []
    for value, sign in ((1.0, 1), (0.0, -1)):
        w = weights * (flag == value) / (weights * (flag == value)).sum()
        means.append(w @ y)
        influence += sign * w * (y - means[-1])
    sums = np.bincount(clusters, influence)
    return float(means[0] - means[1]), float(np.sqrt((sums**2).sum() * len(sums) / max(len(sums) - 1, 1)))


def _probability(flag: Floats, design: pd.DataFrame) -> Floats:
    """(n,) probability of the condition at admission: logistic, held back a little because events are few."""
    if not design.shape[1]:
        return np.full(len(flag), flag.mean())
    scaled = StandardScaler().fit_transform(design.to_numpy(float))
    found = LogisticRegression(C=1.0, max_iter=1000).fit(scaled, flag).predict_proba(scaled)[:, 1]
    return np.minimum(found, _MOST_PROBABLE)
