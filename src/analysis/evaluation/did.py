"""Difference in differences as a regression: the 2 x 2 and the two-way model, with cluster-robust intervals.

The interval that a regression prints rests on many treated clusters. With three it is far too narrow (MacKinnon and
Webb 2017, Journal of Applied Econometrics 32(2), 233-254): `few_treated.py` is what a report should quote then.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """An effect with its 95 % interval; NaN = not to be had."""

    effect: float
    low: float
    high: float
    error: float = float("nan")
    p: float = float("nan")

    @property
    def clear(self) -> bool:
        """The interval leaves zero out."""
        return self.low > 0 or self.high < 0


def pre_post(series: pd.Series, before: Collection[str], after: Collection[str]) -> Estimate:
    """Mean of the months after less mean of those before (Welch): what a reader without any comparison would say."""
    late, early = (series[series.index.isin(set(side))].dropna().to_numpy(float) for side in (after, before))
    found = stats.ttest_ind(late, early, equal_var=False)
    interval = found.confidence_interval(0.95)
    effect = float(late.mean() - early.mean())
    return Estimate(effect, float(interval.low), float(interval.high), p=float(found.pvalue))


def two_by_two(
    rows: pd.DataFrame, outcome: str = "value", weight: str | None = "weight", cluster: str | None = "unit"
) -> Estimate:
    """Interaction of treated and after in outcome ~ treated + after + treated x after.

    Parameters
    ----------
    rows : one row an observation, with flags `treated` and `after`.
    weight : column of weights (WLS); None = all alike.
    cluster : column whose values are drawn together (CR1, t with clusters - 1); None = classical errors.
    """
    treated, after = rows["treated"].to_numpy(float), rows["after"].to_numpy(float)
    x = np.column_stack([treated * after, treated, after, np.ones(len(rows))])
    return _first_coefficient(rows[outcome], x, rows, weight, cluster)


def two_way(
    rows: pd.DataFrame, treatment: str = "treatment", outcome: str = "value", weight: str | None = "weight"
) -> Estimate:
    """Two-way fixed effects: outcome ~ treatment + unit + period, errors clustered by unit.

    With staggered starts this is an average of all 2 x 2 comparisons, forbidden ones among them (`bacon_weights`).
    """
    fixed = pd.get_dummies(rows[["unit", "period"]].astype(str), drop_first=True, dtype=float)
    x = np.column_stack([rows[treatment].to_numpy(float), np.ones(len(rows)), fixed.to_numpy()])
    return _first_coefficient(rows[outcome], x, rows, weight, "unit")


def flagged(
    panel: pd.DataFrame, treated: Collection[str], before: Collection[str], after: Collection[str]
) -> pd.DataFrame:
    """Rows of the two windows with the flags of the 2 x 2."""
    rows = panel[panel["period"].isin({*before, *after})]
    return rows.assign(treated=rows["unit"].isin(set(treated)), after=rows["period"].isin(set(after)))


def _first_coefficient(
    y: pd.Series, x: np.ndarray, rows: pd.DataFrame, weight: str | None, cluster: str | None
) -> Estimate:
    model = sm.WLS(y.to_numpy(float), x, weights=rows[weight].to_numpy(float) if weight else 1.0)
    if cluster:
        groups = pd.factorize(rows[cluster])[0]
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    else:
        fit = model.fit()
    low, high = fit.conf_int()[0]
    return Estimate(float(fit.params[0]), float(low), float(high), float(fit.bse[0]), float(fit.pvalues[0]))
