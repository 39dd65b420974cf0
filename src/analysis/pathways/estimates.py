"""One measured number of a pathway: its value, how sure it is, and how it is drawn anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.pathways.edits import Edit
from analysis.pathways.fitting import Fitted, distribution, fit_time, parts
from analysis.pathways.times import mean_of

#: Values of a distribution as observed that are kept.
_KEPT = 200


@dataclass(frozen=True)
class Row:
    """A line of the report: one number with its 95 % interval; sd: of what was observed."""

    address: str
    family: str
    value: float
    sd: float
    cases: int
    ci_low: float
    ci_high: float
    why: str = ""


@dataclass(frozen=True)
class Estimate:
    """An edit of the pathway (edits.py), its lines in the report, and how a value that might be true is drawn."""

    address: str
    edit: Edit
    rows: tuple[Row, ...]
    draw: Callable[[np.random.Generator], Edit]


def time_estimate(address: str, days: Sequence[float], why: str = "") -> Estimate:
    """A duration fitted to what was observed.

    Drawn from the asymptotic normal distribution of the logarithms of its two numbers; one taken as observed by
    bootstrap.
    """
    values = np.asarray(days, float)
    fitted = fit_time(values)
    mean, error = mean_of(fitted.time), fitted.errors[0]
    if not np.isfinite(error):
        error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan
    row = _row(f"{address}.mean", fitted.family, mean, float(values.std()), len(values), error, why)
    return Estimate(address, fitted.time.model_dump(exclude_none=True), (row,), lambda rng: _drawn(fitted, values, rng))


def _drawn(fitted: Fitted, values: NDArray[np.float64], rng: np.random.Generator) -> Edit:
    if fitted.family == "empirical":
        again = np.sort(rng.choice(values, len(values)))
        kept = again if len(again) <= _KEPT else np.quantile(again, np.linspace(0, 1, _KEPT))
        return {"empirical": tuple(float(v) for v in kept)}
    if fitted.family == "constant":
        return fitted.time.model_dump(exclude_none=True)
    logs = rng.multivariate_normal(np.log(parts(fitted.time)), fitted.covariance)
    return distribution(fitted.family, *(float(v) for v in np.exp(logs)))


def mean_estimate(address: str, mean: float, sd: float, cases: int, error: float, why: str) -> Estimate:
    """A gamma time known by its mean (with a standard error) and sd only; the mean is drawn, the variation kept."""

    def edit(of: float) -> Edit:
        return distribution("gamma", of, of * sd / mean) if of > 0 else {"constant": 0.0}

    low, high = max(mean - 1.959964 * error, 0.0), mean + 1.959964 * error
    row = Row(f"{address}.mean", "gamma", mean, sd, cases, low, high, why)
    return Estimate(address, edit(mean), (row,), lambda rng: edit(_gamma(mean, error, rng)))


def chance_estimate(address: str, hits: int, cases: int, why: str = "") -> Estimate:
    """A chance: beta distribution behind Jeffreys' prior (1/2, 1/2); the value is the share observed."""
    known = stats.beta(hits + 0.5, cases - hits + 0.5)
    row = _posterior_row(address, "beta", hits / cases, known, cases, why)
    return Estimate(address, hits / cases, (row,), lambda rng: float(rng.beta(hits + 0.5, cases - hits + 0.5)))


def ways_estimate(choice: str, counts: dict[str, int], prior: float = 0.5) -> Estimate:
    """Chances of the ways of a choice: Dirichlet distribution behind a prior of a half a way; value its mean."""
    alpha = np.array([counts[way] + prior for way in counts])
    shares = alpha / alpha.sum()
    rows = []
    for way, own, share in zip(counts, alpha, shares, strict=True):
        known = stats.beta(own, alpha.sum() - own)
        rows.append(_posterior_row(f"{choice}.{way}.chance", "dirichlet", float(share), known, sum(counts.values())))

    def edit(of: ArrayLike) -> Edit:
        return {way: float(p) for way, p in zip(counts, np.asarray(of), strict=True)}

    return Estimate(f"{choice}.chances", edit(shares), tuple(rows), lambda rng: edit(rng.dirichlet(alpha)))


def quantity_estimate(
    address: str, codes: dict[str, tuple[float, float]], cases: int, sd: dict[str, float]
) -> Estimate:
    """Mean quantities of an act's items: code -> (mean, standard error), each drawn from a gamma distribution."""
    rows = [_row(f"{address}.{code}", "gamma", mean, sd[code], cases, error, "")
            for code, (mean, error) in codes.items()]  # fmt: skip

    def draw(rng: np.random.Generator) -> Edit:
        return {code: _gamma(mean, error, rng) for code, (mean, error) in codes.items()}

    return Estimate(address, {code: mean for code, (mean, _) in codes.items()}, tuple(rows), draw)


def rate_estimate(address: str, count: int, days: float) -> Estimate:
    """Events a day: gamma distribution of the rate of a Poisson number (Jeffreys' prior)."""
    known = stats.gamma(count + 0.5, scale=1 / days)
    row = _posterior_row(address, "gamma", count / days, known, count)
    return Estimate(address, count / days, (row,), lambda rng: float(rng.gamma(count + 0.5, 1 / days)))


def shares_estimate(address: str, counts: NDArray[np.float64], prior: NDArray[np.float64]) -> Estimate:
    """How a total spreads: Dirichlet mean, relative to 1 a part; `prior` are the counts before any was seen."""
    alpha = counts + prior
    parts_ = len(alpha)

    def edit(of: NDArray[np.float64]) -> Edit:
        return [float(v) for v in of / of.sum() * parts_]

    most = float(alpha.max() / alpha.sum() * parts_)
    why = "largest of the parts, 1 = as many as on average"
    row = Row(address, "dirichlet", most, np.nan, int(counts.sum()), np.nan, np.nan, why)
    return Estimate(address, edit(alpha), (row,), lambda rng: edit(rng.dirichlet(alpha)))


def _gamma(mean: float, error: float, rng: np.random.Generator) -> float:
    if not error > 0 or mean <= 0:
        return max(mean, 0.0)
    return float(rng.gamma((mean / error) ** 2, error**2 / mean))


def _posterior_row(address: str, family: str, value: float, known: Any, cases: int, why: str = "") -> Row:
    """Sd and interval of the distribution `known` (of scipy) of what may be true."""
    low, high = float(known.ppf(0.025)), float(known.ppf(0.975))
    return Row(address, family, value, float(known.std()), cases, low, high, why)


def _row(address: str, family: str, mean: float, sd: float, cases: int, error: float, why: str) -> Row:
    """Interval by the normal distribution of the logarithm, so that it stays positive."""
    half = 1.959964 * error / mean if mean > 0 else np.nan
    return Row(address, family, mean, sd, cases, mean * float(np.exp(-half)), mean * float(np.exp(half)), why)
