"""How long something took, fitted: maximum likelihood over three families, the best by AIC, else as observed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from analysis.pathways.times import Time

Floats = NDArray[np.float64]

#: Fewer observations than this are taken as they are.
LEAST = 20
#: A family is refused, and the observations are taken as they are, where Kolmogorov-Smirnov says so.
_REFUSED = 0.001
#: So short that it is one moment (days).
_INSTANT = 1e-6


@dataclass(frozen=True)
class Fitted:
    """A distribution and how sure it is.

    time : for the course of a pathway · family : its name · cases : observations · aic : by family ·
    errors : standard errors of mean and of sd or shape, from the curvature of the likelihood (NaN as observed).
    """

    time: Time
    family: str
    cases: int
    aic: dict[str, float]
    errors: tuple[float, float]


def fit_time(days: ArrayLike) -> Fitted:
    """Fit durations in days.

    Gamma, lognormal and Weibull by maximum likelihood; the smallest AIC is taken (all have two parameters, so the
    largest likelihood). As observed instead: fewer than LEAST durations, durations of nought, or a family that its own
    observations refuse. One and the same duration throughout is a constant.

    Raises
    ------
    ValueError
        A duration is negative or missing, or there is none.
    """
    values = np.sort(np.asarray(days, float))
    if not len(values) or not np.isfinite(values).all() or values[0] < 0:
        raise ValueError("durations must be known and not negative")
    if values[-1] - values[0] < _INSTANT:
        return Fitted(Time(constant=float(values[0])), "constant", len(values), {}, (0.0, 0.0))
    if len(values) < LEAST or values[0] < _INSTANT:
        return _observed(values, {})
    frozen = {family: fit(values) for family, fit in _FAMILIES.items()}
    aic = {family: 4.0 - 2.0 * float(of.logpdf(values).sum()) for family, of in frozen.items()}
    family = min(aic, key=lambda name: (aic[name], name))
    if stats.kstest(values, frozen[family].cdf).pvalue < _REFUSED:
        return _observed(values, aic)
    return Fitted(_time(family, frozen[family]), family, len(values), aic, _errors(family, frozen[family], values))


def _observed(values: Floats, aic: dict[str, float]) -> Fitted:
    """At most 200 quantiles of what was observed, the least and the most among them."""
    kept = values if len(values) <= 200 else np.quantile(values, np.linspace(0, 1, 200))
    return Fitted(Time(empirical=tuple(float(v) for v in kept)), "empirical", len(values), aic, (np.nan, np.nan))


def _gamma(values: Floats) -> stats.rv_continuous:
    """log a - digamma(a) = log(mean) - mean(log)."""
    gap = np.log(values.mean()) - np.log(values).mean()
    shape = optimize.brentq(lambda a: np.log(a) - special.digamma(a) - gap, 1e-4, 1e8)
    return stats.gamma(shape, scale=values.mean() / shape)


def _lognormal(values: Floats) -> stats.rv_continuous:
    logs = np.log(values)
    return stats.lognorm(logs.std(), scale=np.exp(logs.mean()))


def _weibull(values: Floats) -> stats.rv_continuous:
    """sum(x^k log x) / sum(x^k) - 1/k = mean(log x)."""
    logs = np.log(values) - np.log(values).mean()

    def slope(k: float) -> float:
        powers = np.exp(k * logs - (k * logs).max())
        return float((powers * logs).sum() / powers.sum() - 1 / k)

    shape = optimize.brentq(slope, 1e-3, 1e4)
    scale = np.exp(np.log(values).mean()) * np.exp(shape * logs).mean() ** (1 / shape)
    return stats.weibull_min(shape, scale=scale)


_FAMILIES = {"gamma": _gamma, "lognormal": _lognormal, "weibull": _weibull}


def _time(family: str, of: stats.rv_continuous) -> Time:
    if family == "weibull":
        return Time.model_validate({"weibull": {"shape": float(of.args[0]), "mean": float(of.mean())}})
    return Time.model_validate({family: {"mean": float(of.mean()), "sd": float(of.std())}})


def _errors(family: str, of: stats.rv_continuous, values: Floats) -> tuple[float, float]:
    """Standard errors of mean and sd (Weibull: mean and shape), by the numerical curvature of the log-likelihood."""
    if family == "weibull":
        at = np.array([of.mean(), of.args[0]])

        def likelihood(mean: float, shape: float) -> float:
            return float(stats.weibull_min.logpdf(values, shape, scale=mean / special.gamma(1 + 1 / shape)).sum())
    else:
        at = np.array([of.mean(), of.std()])

        def likelihood(mean: float, sd: float) -> float:
            if family == "gamma":
                return float(stats.gamma.logpdf(values, (mean / sd) ** 2, scale=sd**2 / mean).sum())
            spread = np.log1p((sd / mean) ** 2)
            return float(stats.lognorm.logpdf(values, np.sqrt(spread), scale=mean * np.exp(-spread / 2)).sum())

    step = 1e-4 * at
    curvature = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            terms = [a * b * likelihood(*(at + a * step * (np.arange(2) == i) + b * step * (np.arange(2) == j)))
                     for a in (1, -1) for b in (1, -1)]  # fmt: skip
            curvature[i, j] = -sum(terms) / (4 * step[i] * step[j])
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))
    return float(errors[0]), float(errors[1])
