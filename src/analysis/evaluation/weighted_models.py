"""Generalised linear models refitted in many draws at once: a draw is a row of case weights.

Newton's method on all draws together: every step is one product of the weights with the outer products of the design,
so a thousand refits cost about as much as ten fitted one after another.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: logit: 0 to 1; gamma, poisson: logarithmic link, variance as the squared mean or the mean; identity: least squares.
Family = Literal["logit", "gamma", "poisson", "identity"]
_STEPS, _SETTLED = 40, 1e-8
#: No slope moves further than this in a step.
_STRIDE = 4.0
#: Levels of fewer cases are told together.
_LEAST_OF_LEVEL = 5
#: Linear predictors are held within these bounds: a probability of 1e-9 is as good as none.
_BOUND = 20.0
#: Numbers held at once by one block of draws (draws x cases).
_BLOCK = 400_000


def design_matrix(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Columns of a regression: numbers standardised, levels but the largest as flags, what is not known told apart.

    A number that is not known is set to the mean, and a column says so (both are known before treatment, so nothing is
    lost but precision). Levels of fewer than five cases are told together. Columns that never vary or that
    repeat one before them are left out.

    Parameters
    ----------
    rows : a cohort's rows. names : confounders; text columns are taken as categories.

    Returns
    -------
    (n, p) mean 0 and standard deviation 1, without a constant; named by variable, `variable=level`, `variable=?`.
    """
    columns: dict[str, Floats] = {}
    for name in names:
        values = rows[name]
        if pd.api.types.is_numeric_dtype(values):
            number = values.to_numpy(float, na_value=np.nan)
            unknown = np.isnan(number)
            known = np.where(unknown, number[~unknown].mean() if not unknown.all() else 0.0, number)
            columns |= {name: known, f"{name}=?": unknown.astype(float)}
        else:
            text = values.astype(object).where(values.notna(), "?").astype(str)
            text = text.where(text.map(text.value_counts()) >= _LEAST_OF_LEVEL, "(few)")
            levels = sorted(text.unique(), key=lambda level: (-(text == level).sum(), level))
            columns |= {f"{name}={level}": (text == level).to_numpy(float) for level in levels[1:]}
    frame = pd.DataFrame(columns, index=rows.index)
    frame = frame.loc[:, frame.std(ddof=0) > 0]
    frame = frame.loc[:, ~frame.T.duplicated().to_numpy()] if frame.shape[1] else frame
    return (frame - frame.mean()) / frame.std(ddof=0)


def fit(x: Floats, y: Floats, weights: Floats, family: Family, ridge: float | Floats = 0.0) -> Floats:
    """Coefficients in every draw.

    Parameters
    ----------
    x : (n, p) without a constant. y : (n,). weights : (D, n), 0 or more.
    ridge : penalty ridge / 2 times the sum of squared slopes (or one for each slope), the constant left free: what few
        events cannot tell is held near zero instead of running away.

    Returns
    -------
    (D, 1 + p) the constant first.
    """
    with_one = np.column_stack([np.ones(len(x)), x])
    y = np.asarray(y, float)
    penalty = np.r_[0.0, np.broadcast_to(np.asarray(ridge, float), x.shape[1])]
    typical = weights.mean(axis=0, keepdims=True)
    start = np.zeros((1, with_one.shape[1]))
    start[0, 0] = _link(typical @ y / max(typical.sum(), 1e-300), family)[0]
    start = _newton(with_one, y, typical, family, penalty, start)
    size = max(1, _BLOCK // max(len(x), 1))
    blocks = [weights[first : first + size] for first in range(0, len(weights), size)]
    return np.vstack([_newton(with_one, y, block, family, penalty, start) for block in blocks])


def predict(x: Floats, coefficients: Floats, family: Family) -> Floats:
    """(D, n) means of the cases by each draw's coefficients."""
    return _mean(coefficients[:, :1] + coefficients[:, 1:] @ x.T, family)


def _newton(x: Floats, y: Floats, weights: Floats, family: Family, penalty: Floats, start: Floats) -> Floats:
    p = x.shape[1]
    outer = (x[:, :, None] * x[:, None, :]).reshape(len(x), p * p)
    found = np.repeat(start, len(weights), axis=0)
    for _ in range(_STEPS):
        mean = _mean(found @ x.T, family)
        residual, curvature = _score(y, mean, family)
        gradient = (weights * residual) @ x - penalty * found
        hessian = ((weights * curvature) @ outer).reshape(-1, p, p) + np.diag(penalty)
        hessian += np.eye(p) * (1e-9 * np.trace(hessian, axis1=1, axis2=2) / p + 1e-12)[:, None, None]
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        if family != "identity":
            step *= np.minimum(1.0, _STRIDE / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-12))
        found = found + step
        if np.abs(step).max() < _SETTLED * (1 + np.abs(found).max()):
            break
    return found


def _link(mean: Floats, family: Family) -> Floats:
    if family == "identity":
        return mean
    if family == "logit":
        held = np.clip(mean, 1e-6, 1 - 1e-6)
        return np.log(held / (1 - held))
    return np.log(np.maximum(mean, 1e-9))


def _mean(predictor: Floats, family: Family) -> Floats:
    if family == "identity":
        return predictor
    if family == "logit":
        return 1 / (1 + np.exp(-np.clip(predictor, -_BOUND, _BOUND)))
    return np.exp(np.clip(predictor, -_BOUND, _BOUND))


def _score(y: Floats, mean: Floats, family: Family) -> tuple[Floats, Floats]:
    """Residual and expected curvature a case, on the scale of the linear predictor."""
    if family == "identity":
        return y - mean, np.ones_like(mean)
    if family == "logit":
        return y - mean, mean * (1 - mean)
    if family == "poisson":
        return y - mean, mean
    return (y - mean) / mean, np.ones_like(mean)
