"""Regressions of cost and stay on what is known at admission: logarithmic link, cluster-robust errors.

Cost is skewed and its spread grows with its mean: a gamma model of the mean itself, so that nothing has to be
retransformed. The modified Park test (Manning and Mullahy 2001, Journal of Health Economics 20, 461-494) shows
whether the spread is that of the family. Where a model of the logarithm is wanted all the same, `smearing`
retransforms by group.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
#: Known when a patient comes; neither length of stay nor complications, which are what care does.
ADMISSION = ("age", "sex", "severity", "admission_type", "variant")
#: Levels with fewer cases are told together.
_LEAST_OF_LEVEL = 10
#: Steps of iterated least squares at most, and the change of a logarithm at which they end.
_STEPS, _SETTLED = 50, 1e-9
_FAMILIES = {0: "gaussian", 1: "poisson", 2: "gamma", 3: "inverse_gaussian"}


@dataclass(frozen=True)
class Park:
    """Modified Park test: variance = exp(c) mean^power.

    power with its 95 % interval; `family` whose power is nearest (0 gaussian, 1 poisson, 2 gamma, 3 inverse_gaussian);
    `gamma_fits`: 2 is in the interval.
    """

    power: float
    low: float
    high: float
    family: str
    gamma_fits: bool


def admission_design(cases: pd.DataFrame, covariates: Sequence[str] = ADMISSION) -> pd.DataFrame:
    """Columns of a regression on what is known at admission, of full rank, without a constant.

    Age in decades around its mean and its square; of every other covariate a column for each level but the largest.
    Levels of fewer than ten cases are told together; what adds no rank is left out.
    """
    columns: dict[str, Floats] = {}
    for name in covariates:
        if name == "age":
            age = cases["age"].to_numpy(float, na_value=np.nan)
            decades = np.nan_to_num((age - np.nanmean(age)) / 10) if not np.isnan(age).all() else np.zeros(len(age))
            columns |= {"age": decades, "age_squared": decades**2}
        else:
            columns |= _levels(cases[name].astype(str), name)
    return _full_rank(pd.DataFrame(columns, index=cases.index))


def _levels(values: "pd.Series[str]", name: str) -> dict[str, Floats]:
    counts = values.value_counts()
    values = values.where(values.map(counts) >= _LEAST_OF_LEVEL, "(few)")
    counts = values.value_counts()
    order = sorted(counts.index, key=lambda level: (-counts[level], level))
    return {f"{name}={level}": (values == level).to_numpy(float) for level in order[1:]}


def _full_rank(design: pd.DataFrame) -> pd.DataFrame:
    """Columns in their order, without those that the constant and the columns before them already tell."""
    kept: list[str] = []
    basis = np.full((len(design), 1), 1 / np.sqrt(max(len(design), 1)))
    for name in design:
        column = design[name].to_numpy(float)
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-7 * max(np.linalg.norm(column), 1e-300):
            kept.append(name)
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
    return design[kept]


def fit_mean(outcome: ArrayLike, design: pd.DataFrame, clusters: ArrayLike | None = None, family: str = "gamma"):
    """Generalised linear model of the mean with a logarithmic link.

    Parameters
    ----------
    outcome : (n,) positive; from 0 on for poisson.
    design : (n, p) without a constant, which is added as `const`.
    clusters : (n,) codes; errors are robust to dependence within them (with the small-sample factor); None = robust to
        unequal variance only.
    family : gamma, poisson or gaussian.

    Returns
    -------
    statsmodels results.

    Raises
    ------
    ValueError
        An outcome that the family does not allow.
    """
    outcome = np.asarray(outcome, float)
    if (outcome < 0).any() or (family == "gamma" and (outcome == 0).any()):
        raise ValueError(f"{family}: outcomes must be {'positive' if family == 'gamma' else 'from 0 on'}")
    link = sm.families.links.Log()
    families = {"gamma": sm.families.Gamma, "poisson": sm.families.Poisson, "gaussian": sm.families.Gaussian}
    model = sm.GLM(outcome, with_constant(design), family=families[family](link=link))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)
        if clusters is None:
            return model.fit(cov_type="HC1")
        return model.fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(np.asarray(clusters))[0]})


def with_constant(design: pd.DataFrame) -> pd.DataFrame:
    """The design with `const` in front."""
    return pd.concat([pd.Series(1.0, index=design.index, name="const"), design], axis=1)


def modified_park(outcome: ArrayLike, mean: ArrayLike, clusters: ArrayLike | None = None) -> Park:
    """How the variance grows with the mean: squared residuals regressed on log mean, gamma with logarithmic link."""
    mean = np.asarray(mean, float)
    squares = np.maximum((np.asarray(outcome, float) - mean) ** 2, 1e-12 * mean**2)
    design = pd.DataFrame({"log_mean": np.log(mean) - np.log(mean).mean()})
    found = fit_mean(squares, design, clusters)
    power, error = float(found.params["log_mean"]), float(found.bse["log_mean"])
    free = max((len(np.unique(np.asarray(clusters))) if clusters is not None else len(mean)) - 1, 1)
    reach = float(stats.t.ppf(0.975, free)) * error
    nearest = _FAMILIES[int(np.clip(np.rint(power), 0, 3))]
    return Park(power, power - reach, power + reach, nearest, power - reach <= 2 <= power + reach)


def smearing(residuals: ArrayLike, groups: ArrayLike | None = None) -> Floats:
    """Factor that brings exp(predicted logarithm) back to the mean: mean of exp(residual), by group.

    One factor for all (Duan 1983) is wrong wherever the spread of the logarithm differs between groups; then each needs
    its own (Manning 1998).

    Parameters
    ----------
    residuals : (n,) of a regression of the logarithm.
    groups : (n,) None = one factor for all.

    Returns
    -------
    (n,) factor of each case.
    """
    raised = np.exp(np.asarray(residuals, float))
    place = np.zeros(len(raised), int) if groups is None else pd.factorize(np.asarray(groups))[0]
    return (np.bincount(place, raised) / np.bincount(place))[place]


def fixed_effects(outcome: Floats, design: pd.DataFrame, units: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Gamma model with logarithmic link and a constant for every unit: coefficients from within units only.

    Covariates that go with the units (senior physicians have the severe cases) take nothing of the units' effects. With
    this family and link every step is least squares with equal weights, so the constants are taken out by centring.

    Parameters
    ----------
    outcome : (n,) positive.
    design : (n, p).
    units : (n,) 0 to J - 1.

    Returns
    -------
    (n,) x b, and (n,) constant of the case's unit.
    """
    x = design.to_numpy(float)
    count = np.bincount(units)

    def mean(values: Floats) -> Floats:
        return (np.bincount(units, values) / count)[units]

    centred = x - np.column_stack([mean(column) for column in x.T]) if x.shape[1] else x
    projected = np.linalg.pinv(centred)
    constant, told = np.log(mean(outcome)), np.zeros(len(outcome))
    for _ in range(_STEPS):
        fitted = np.exp(told + constant)
        working = told + constant + (outcome - fitted) / fitted
        before, told = told, x @ (projected @ working) if x.shape[1] else told
        constant = mean(working - told)
        if np.abs(told - before).max() < _SETTLED:
            break
    return told, np.log(np.maximum(mean(outcome / np.exp(told)), 1e-300))
