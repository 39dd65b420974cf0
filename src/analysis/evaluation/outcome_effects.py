"""All methods on one outcome of one sample of cases."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from analysis.evaluation import adjusted_means
from analysis.evaluation.matching import Matches, match, paired_effect, replaced_effect
from analysis.evaluation.propensity import balancing_weights, effective_size, logistic
from analysis.evaluation.study_files import Study
from analysis.evaluation.surgeon_draws import Draws, draw_clusters, interval, unseen_variance
from analysis.evaluation.variables import variable
from analysis.evaluation.weighted_models import design_matrix

Floats = NDArray[np.float64]
PRIMARY = "aipw"
#: Penalty of slopes that few events cannot tell (of standardised columns).
RIDGE = 1.0
_NAN = float("nan")
#: Many small products: threads would wait for one another longer than they compute.
_THREADS = ThreadpoolController()


@dataclass(frozen=True)
class Sample:
    """Cases that are compared, and what the estimates of every outcome share.

    rows : cohort's rows. treated : (n,). x : (n, p) confounders. boosted : (n,) chance by trees, or NaN.
    pairs, nearest : matched without and with replacement. note : what holds for every estimate.
    """

    rows: pd.DataFrame
    treated: Floats
    x: Floats
    boosted: Floats
    draws: Draws
    pairs: Matches
    nearest: Matches
    estimand: str
    note: str

    def outcome(self, name: str) -> Floats:
        """(n,) values; NaN = not known."""
        return self.rows[name].to_numpy(float, na_value=np.nan)


@dataclass(frozen=True)
class Found:
    """One method on one outcome: difference with interval, both means, note; (D, 2) draws of the means or None."""

    method: str
    estimate: float
    low: float
    high: float
    means: tuple[float, float]
    note: str
    drawn: Floats | None = None


def sample_of(rows: pd.DataFrame, study: Study, trees: Floats, left: int, seed: int, draws: int) -> Sample:
    """Sample of the kept cases; `left`: how many had nobody alike and are not among them."""
    treated = rows["treated"].to_numpy(float)
    design = design_matrix(rows, study.confounders)
    surgeons = None if "surgeon" in study.confounders else rows["surgeon"]
    taken = draw_clusters(surgeons, rows["patient"], treated, draws, seed)
    chance = logistic(design, treated, ridge=RIDGE)[0]
    pairs, nearest = (match(chance, treated, study.caliper, replace=again) for again in (False, True))
    drawn = study.cluster if taken.by == "surgeon" else "patient"
    note = f"{drawn}s:{len(taken.users)}" + (f";outside_support:{left}" if left else "")
    return Sample(rows, treated, design.to_numpy(float), trees, taken, pairs, nearest, study.estimand, note)


@_THREADS.wrap(limits=1, user_api="blas")
def outcome_effects(sample: Sample, name: str) -> list[Found]:
    """All methods; cases whose outcome is not known take no part. Weights: the sample itself, then its draws."""
    values = sample.outcome(name)
    known = np.isfinite(values)
    y, t, x = values[known], sample.treated[known], sample.x[known]
    note = sample.note + (f";unknown:{int((~known).sum())}" if not known.all() else "")
    if min((t == 1).sum(), (t == 0).sum()) < 2:
        return [Found(PRIMARY, _NAN, _NAN, _NAN, (_NAN, _NAN), f"{note};outcome_unknown")]
    weights = np.vstack([np.ones(known.sum()), sample.draws.weights[:, known]])
    chance = logistic(pd.DataFrame(x), t, weights, RIDGE)
    chances = {PRIMARY: chance, "aipw_boosted": sample.boosted[known]}
    means = _adjusted(name, y, t, x, weights, chances, sample.estimand)
    unseen = 0.0
    if variable(name).kind == "flag":
        even = balancing_weights(chance[0], t, sample.estimand)
        unseen = _unseen(y, t, even)
    note += ";no_event_on_a_side" if unseen else ""
    drawn = [_drawn(method, both, sample.draws, note, unseen) for method, both in means.items()]
    return [*drawn, *_matched(sample, values, note)]


def _adjusted(
    name: str, y: Floats, t: Floats, x: Floats, weights: Floats, chances: dict[str, Floats], estimand: str
) -> dict[str, Floats]:
    """(1 + D, 2) means with and without by every method that refits in the draws."""
    family = adjusted_means.family_of(variable(name), y)
    regression = "gamma_glm" if family == "gamma" and variable(name).kind == "money" else "g_formula"
    means = {
        "naive": adjusted_means.naive(y, t, weights),
        "ipw": adjusted_means.ipw(y, t, weights, chances[PRIMARY], estimand),
        regression: adjusted_means.g_formula(y, t, x, weights, family, estimand, RIDGE),
    }
    for method, chance in chances.items():
        if np.isfinite(chance).all():
            means[method] = adjusted_means.aipw(y, t, x, weights, chance, family, estimand, RIDGE)
    return means


def _unseen(y: Floats, t: Floats, weights: Floats) -> float:
    shares = np.array([y[t == side].mean() for side in (1, 0)])
    return unseen_variance(shares, np.array([effective_size(weights[t == side]) for side in (1, 0)]))


def _drawn(method: str, both: Floats, draws: Draws, note: str, unseen: float) -> Found:
    gap = both[:, 0] - both[:, 1]
    low, high = interval(gap[0], gap[1:], draws, unseen=unseen)
    return Found(method, float(gap[0]), low, high, (float(both[0, 0]), float(both[0, 1])), note, both[1:])


def _matched(sample: Sample, y: Floats, note: str) -> list[Found]:
    found = []
    for method, pairs in (("matching", sample.pairs), ("matching_replaced", sample.nearest)):
        both = np.isfinite(y[pairs.treated]) & np.isfinite(y[pairs.control])
        sides = [y[side[both]] for side in (pairs.treated, pairs.control)]
        means = tuple(float(side.mean()) if both.any() else _NAN for side in sides)
        flags = both.any() and np.isin(np.concatenate(sides), (0, 1)).all()
        unseen = unseen_variance(np.array(means), np.full(2, float(both.sum()))) if flags else 0.0
        if method == "matching":
            gap = paired_effect(y, pairs, sample.rows["surgeon"], unseen)
        else:
            gap = replaced_effect(y, sample.treated, pairs, unseen)
        found.append(Found(method, *gap, (means[0], means[1]), f"{note};pairs:{int(both.sum())}"))
    return found


def primary(methods: list[Found]) -> Found:
    return next(one for one in methods if one.method == PRIMARY)
