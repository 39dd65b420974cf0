"""Interrupted time series: one series against its own past, with level, trend and season; no other unit needed.

What else happened in the same months is in the estimate: it is a check beside difference in differences, not more.
Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46(1), 348-355.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from analysis.errors import InputError
from analysis.evaluation.did import Estimate

_LAGS = 3


@dataclass(frozen=True)
class Interrupted:
    """`effect`: mean over the periods after the start; `step` at the start; `slope` a period; `fitted`: period, value,
    fitted, without (what it would have been by its own past)."""

    effect: Estimate
    step: Estimate
    slope: Estimate
    fitted: pd.DataFrame


def interrupted(
    series: pd.Series, before: Sequence[str], after: Sequence[str], *, season: int = 12, harmonics: int = 1
) -> Interrupted:
    """Gaussian GLM of value ~ time + step + time since the start + harmonics of the season.

    Parameters
    ----------
    series : value by period, in order of time; periods neither in `before` nor in `after` keep their place in time and
        are left out of the fit (leak, donut).
    season : periods a season; harmonics 0 = none.

    Errors may hang together over time: Newey-West with 3 lags and the small-sample factor; in short series these are
    too small where errors do not, so the larger of them and of classical errors counts; t with n - k freedom.

    Raises
    ------
    InputError
        Fewer periods than three more than coefficients.
    """
    places = {period: index for index, period in enumerate(series.index)}
    used = [period for period in series.index if period in {*before, *after}]
    since = places[min(after)]
    time = np.array([places[period] for period in used], float)
    x = _design(time, since, season, harmonics)
    if len(used) < x.shape[1] + 3:
        raise InputError(f"{len(used)} months for {x.shape[1]} coefficients", mend="name more months before the change")
    y = series.loc[used].to_numpy(float)
    model = sm.GLM(y, x, family=sm.families.Gaussian())
    fit = model.fit()
    serial = model.fit(cov_type="HAC", cov_kwds={"maxlags": _LAGS, "use_correction": True}).cov_params()
    late = x[time >= since]
    mean = np.zeros(x.shape[1])
    mean[2:4] = late[:, 2:4].mean(axis=0)
    unit = np.eye(x.shape[1])
    without = x @ np.where(np.isin(np.arange(x.shape[1]), (2, 3)), 0.0, fit.params)
    fitted = pd.DataFrame({"period": used, "value": y, "fitted": fit.fittedvalues, "without": without})
    return Interrupted(*(_contrast(fit, serial, row) for row in (mean, unit[2], unit[3])), fitted)


def _design(time: np.ndarray, start: int, season: int, harmonics: int) -> np.ndarray:
    waves = [wave(2 * np.pi * k * time / season) for k in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    late = (time >= start).astype(float)
    return np.column_stack([np.ones(len(time)), time, late, late * (time - start), *waves])


def _contrast(fit: Any, serial: np.ndarray, row: np.ndarray) -> Estimate:
    effect = float(row @ fit.params)
    error = max(float(row @ fit.cov_params() @ row), float(row @ serial @ row)) ** 0.5
    freedom = float(fit.df_resid)
    reach = float(stats.t.ppf(0.975, freedom)) * error
    p = float(2 * stats.t.sf(abs(effect) / error, freedom)) if error else float("nan")
    return Estimate(effect, effect - reach, effect + reach, error, p)
