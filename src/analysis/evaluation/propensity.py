"""Chance of being treated, given what was known before: logistic regression, and gradient boosting as the other model.

Boosting follows thresholds and interactions that the regression does not know (older than 65 AND diabetic). A case is
judged by trees that never saw it nor any other case of its cluster: otherwise the trees know who was treated by heart,
and weights explode.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from analysis.evaluation.weighted_models import fit, predict

Floats = NDArray[np.float64]
#: Chances are held this far from 0 and 1 in odds.
_EDGE = 1e-3
_FOLDS, _TREES, _RATE, _DEPTH = 5, 100, 0.05, 2


def logistic(design: pd.DataFrame, treated: Floats, weights: Floats | None = None, ridge: float = 0.0) -> Floats:
    """(D, n) chance of being treated in every draw; one row where no weights are given.

    Parameters
    ----------
    design : (n, p) of `design_matrix`. treated : (n,) 0 or 1. weights : (D, n). ridge : as `weighted_models.fit`.
    """
    x = design.to_numpy(float)
    weights = np.ones((1, len(x))) if weights is None else weights
    return predict(x, fit(x, treated, weights, "logit", ridge), "logit")


def boosted(design: pd.DataFrame, treated: Floats, clusters: ArrayLike, seed: int) -> Floats:
    """(n,) chance of being treated by trees of the other folds; NaN where a side has fewer cases than folds.

    Trees of two splits, a hundred of them, learning rate 0.05, half of the cases each.
    """
    groups = pd.factorize(np.asarray(clusters, object))[0]
    found = np.full(len(treated), np.nan)
    sides = [len(np.unique(groups[treated == side])) for side in (0, 1)]
    if min(sides) < _FOLDS:
        return found
    x = design.to_numpy(float)
    parts = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed).split(x, treated, groups)
    for learn, judge in parts:
        trees = GradientBoostingClassifier(
            n_estimators=_TREES, learning_rate=_RATE, max_depth=_DEPTH, subsample=0.5, random_state=seed
        )
        if len(np.unique(treated[learn])) == 2:
            found[judge] = trees.fit(x[learn], treated[learn]).predict_proba(x[judge])[:, 1]
    return found


def odds(chance: Floats) -> Floats:
    """chance / (1 - chance), held between 0.001 and 999."""
    held = np.clip(chance, _EDGE, 1 - _EDGE)
    return held / (1 - held)


def in_support(chance: Floats, treated: Floats, estimand: str) -> NDArray[np.bool_]:
    """Cases for whom there is somebody alike on the other side: within the other side's smallest and largest chance.

    ATT asks only about treated cases, so only they are left out; ATE about all. Whoever is left out changes for whom
    the estimate holds, so their number belongs beside it.
    """
    inside = np.ones(len(chance), bool)
    for side in (1, 0) if estimand == "ATE" else (1,):
        other = chance[treated != side]
        own = treated == side
        inside[own] = (chance[own] >= other.min()) & (chance[own] <= other.max())
    return inside


def effective_size(weights: ArrayLike) -> float:
    """Kish's effective sample size (sum w)^2 / sum w^2: as many cases of equal weight tell as much."""
    w = np.asarray(weights, float)
    return float(w.sum() ** 2 / (w**2).sum()) if (w > 0).any() else 0.0


def discrimination(chance: Floats, treated: Floats) -> float:
    """Area under the curve: 0.5 = sides cannot be told apart, 1 = they have nothing in common."""
    known = np.isfinite(chance)
    return float(roc_auc_score(treated[known], chance[known])) if known.any() else float("nan")


def overlap(chances: dict[str, Floats], treated: Floats, estimand: str, kept: Sequence[bool] | Floats) -> pd.DataFrame:
    """How much the sides have in common, one row a model.

    Returns
    -------
    model, auc, low, high (common support), treated_outside, control_outside (of those asked about), treated, control
    (kept in the estimate by the first model), effective_treated, effective_control (of the weights, kept cases).
    """
    rows = []
    for model, chance in chances.items():
        if not np.isfinite(chance).all():
            continue
        outside = ~in_support(chance, treated, "ATE")
        weights = balancing_weights(chance, treated, estimand) * np.asarray(kept, float)
        ends = [chance[treated == side] for side in (0, 1)]
        inside = {side: np.asarray(kept, bool) & (treated == side) for side in (0, 1)}
        rows.append({
            "model": model, "auc": discrimination(chance, treated),
            "low": max(one.min() for one in ends), "high": min(one.max() for one in ends),
            "treated_outside": int((outside & (treated == 1)).sum()),
            "control_outside": int((outside & (treated == 0)).sum()),
            "treated": int(inside[1].sum()), "control": int(inside[0].sum()),
            "effective_treated": effective_size(weights[inside[1]]),
            "effective_control": effective_size(weights[inside[0]]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def balancing_weights(chance: Floats, treated: Floats, estimand: str) -> Floats:
    """Weights that make the sides alike: ATT 1 and the odds; ATE 1 / chance of the side that it was (any shape)."""
    if estimand == "ATT":
        return np.where(treated == 1, 1.0, odds(chance))
    held = np.clip(chance, _EDGE, 1 - _EDGE)
    return np.where(treated == 1, 1 / held, 1 / (1 - held))
