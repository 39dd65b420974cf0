"""How long something takes: a distribution by its mean and spread, in days, and its form for the kernel."""

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy import special, stats

from analysis.pathways import draws
from analysis.settings import Settings

#: Normal scores at which tables of quantiles stand.
_SCORES = np.linspace(-draws.REACH, draws.REACH, draws.POINTS)


class _MeanSd(Settings):
    mean: float = Field(gt=0)
    sd: float = Field(gt=0)


class _Mean(Settings):
    mean: float = Field(gt=0)


class _ShapeMean(Settings):
    shape: float = Field(gt=0)
    mean: float = Field(gt=0)


class _Range(Settings):
    least: float = Field(ge=0)
    most: float = Field(ge=0)


class _Peak(_Range):
    mode: float = Field(ge=0)


class Time(Settings):
    """Days, by exactly one of the distributions.

    lognormal, gamma : mean and sd of the days themselves · weibull : shape and mean · exponential : mean ·
    triangular : least, mode, most · uniform : least, most · constant : days · empirical : days as observed.
    """

    constant: float | None = Field(None, ge=0)
    exponential: _Mean | None = None
    lognormal: _MeanSd | None = None
    gamma: _MeanSd | None = None
    weibull: _ShapeMean | None = None
    uniform: _Range | None = None
    triangular: _Peak | None = None
    empirical: tuple[float, ...] | None = Field(None, min_length=2)

    @model_validator(mode="after")
    def _one(self) -> "Time":
        if len(self.model_fields_set) != 1:
            raise ValueError(f"one distribution, of {', '.join(type(self).model_fields)}")
        if self.empirical and min(self.empirical) < 0:
            raise ValueError("time cannot be negative")
        wide = self.uniform or self.triangular
        if wide and not wide.least <= getattr(wide, "mode", wide.least) <= wide.most:
            raise ValueError("least, mode and most must rise")
        return self


def mean_of(time: Time) -> float:
    """Mean days."""
    if time.constant is not None:
        return time.constant
    if time.empirical:
        return float(np.mean(time.empirical))
    if time.triangular:
        return (time.triangular.least + time.triangular.mode + time.triangular.most) / 3
    if time.uniform:
        return (time.uniform.least + time.uniform.most) / 2
    return next(of.mean for of in (time.lognormal, time.gamma, time.weibull, time.exponential) if of)


def capped(time: Time, most: float, points: int = 200) -> Time:
    """The same days, none longer than `most`: quantiles at the middles of `points` equal parts, as observed ones."""
    tables: list[NDArray[np.float64]] = []
    kind = encoded(time, tables)
    stacked = np.array(tables) if tables else np.zeros((1, draws.POINTS))
    days = (draws.quantile(*kind, stacked, (point + 0.5) / points) for point in range(points))
    return Time(empirical=tuple(min(float(day), most) for day in days))


def encoded(time: Time, tables: list[NDArray[np.float64]]) -> tuple[int, float, float, float]:
    """Kind and parameters of `draws.quantile`; a table that is needed is appended to `tables` (rows of POINTS)."""
    if time.constant is not None:
        return draws.CONSTANT, time.constant, 0.0, 0.0
    if time.exponential:
        return draws.EXPONENTIAL, time.exponential.mean, 0.0, 0.0
    if time.lognormal:
        spread = math.log1p((time.lognormal.sd / time.lognormal.mean) ** 2)
        return draws.LOGNORMAL, math.log(time.lognormal.mean) - spread / 2, math.sqrt(spread), 0.0
    if time.weibull:
        return draws.WEIBULL, time.weibull.shape, time.weibull.mean / special.gamma(1 + 1 / time.weibull.shape), 0.0
    if time.uniform:
        return draws.UNIFORM, time.uniform.least, time.uniform.most, 0.0
    if time.triangular:
        return draws.TRIANGULAR, time.triangular.least, time.triangular.mode, time.triangular.most
    tables.append(_table(time))
    return draws.TABLE, float(len(tables) - 1), 1.0, 0.0


def _table(time: Time) -> NDArray[np.float64]:
    """Quantiles at the scores: of a gamma distribution, or of what was observed (linear between order statistics)."""
    if not time.gamma:
        return np.quantile(np.asarray(time.empirical), stats.norm.cdf(_SCORES))
    shape = (time.gamma.mean / time.gamma.sd) ** 2
    low, high = stats.norm.cdf(_SCORES), stats.norm.sf(_SCORES)
    quantiles = np.where(_SCORES < 0, special.gammaincinv(shape, low), special.gammainccinv(shape, high))
    return quantiles * time.gamma.mean / shape
