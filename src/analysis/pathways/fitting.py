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
    covariance : of the logarithms of mean and of sd or shape, 2 x 2, by the curvature of the likelihood (NaN as
    observed).
    """

    time: Time
    family: str
    cases: int
    aic: dict[str, float]
    covariance: Floats

    @property
    def errors(self) -> tuple[float, float]:
        """Standard errors of mean and of sd or shape."""
        spread = np.sqrt(np.diag(self.covariance))
        if self.family in _FAMILIES:
            spread = spread * np.array(parts(self.time))
        return float(spread[0]), float(spread[1])


def parts(time: Time) -> tuple[float, float]:
    """Mean and sd of a gamma or lognormal distribution, mean and shape of a Weibull."""
    if time.weibull:
        return time.weibull.mean, time.weibull.shape
    of = time.gamma or time.lognormal
    return of.mean, of.sd


def distribution(family: str, mean: float, second: float) -> dict[str, dict[str, float]]:
    """The same as a pathway file says it."""
    return {family: {"mean": mean, "shape" if family == "weibull" else "sd": second}}


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
        return Fitted(Time(constant=float(values[0])), "constant", len(values), {}, np.zeros((2, 2)))
    if len(values) < LEAST or values[0] < _INSTANT:
        return _observed(values, {})
    frozen = {family: fit(values) for family, fit in _FAMILIES.items()}
    aic = {family: 4.0 - 2.0 * float(of.logpdf(values).sum()) for family, of in frozen.items()}
    family = min(aic, key=lambda name: (aic[name], name))
    if stats.kstest(values, frozen[family].cdf).pvalue < _REFUSED:
        return _observed(values, aic)
    return Fitted(_time(family, frozen[family]), family, len(values), aic, _covariance(family, frozen[family], values))


def _observed(values: Floats, aic: dict[str, float]) -> Fitted:
    """At most 200 quantiles of what was observed, the least and the most among them."""
    kept = values if len(values) <= 200 else np.quantile(values, np.linspace(0, 1, 200))
    return Fitted(Time(empirical=tuple(float(v) for v in kept)), "empirical", len(values), aic, np.full((2, 2), np.nan))


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
    second = of.args[0] if family == "weibull" else of.std()
    return Time.model_validate(distribution(family, float(of.mean()), float(second)))


def _covariance(family: str, of: stats.rv_continuous, values: Floats) -> Floats:
    """Of log mean and log sd (Weibull: log shape), by the numerical curvature of the log-likelihood."""

    def likelihood(logs: Floats) -> float:
        mean, second = np.exp(logs)
        if family == "weibull":
            frozen = stats.weibull_min(second, scale=mean / special.gamma(1 + 1 / second))
        elif family == "gamma":
            frozen = stats.gamma((mean / second) ** 2, scale=second**2 / mean)
        else:
            spread = np.log1p((second / mean) ** 2)
            frozen = stats.lognorm(np.sqrt(spread), scale=mean * np.exp(-spread / 2))
        return float(frozen.logpdf(values).sum())

    at = np.log([of.mean(), of.args[0] if family == "weibull" else of.std()])
    step, curvature = 1e-4 * np.eye(2), np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            terms = [a * b * likelihood(at + a * step[i] + b * step[j]) for a in (1, -1) for b in (1, -1)]
            curvature[i, j] = -sum(terms) / (4e-8)
    return np.linalg.inv(curvature)
