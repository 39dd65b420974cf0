"""Whose patients have more complications, do they stay longer and cost more, all of them? Between physicians.

"A point of complications less goes with 1.5 days and 8 % of the cost less" (BRIEF C4) can only be read this way: for
a single complication it would take a stay of 150 days more. Physicians who avoid complications do other things
better, too: an association, larger than what fewer complications alone would bring (`complications.py`). Counted
rates vary by chance, which flattens the slope; it is corrected for that, and where physicians hardly differ it has no
bounds, and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.rootcause.complications import LEAST_EVENTS, Association, facts_of, missing
from analysis.rootcause.cost_models import ADMISSION, admission_design
from analysis.rootcause.layout import cluster_codes
from analysis.rootcause.resampling import LEAST_CLUSTERS
from analysis.rootcause.samples import Sample

Floats = NDArray[np.float64]


def between_physicians(
    sample: Sample,
    outcome: str = "length_of_stay",
    *,
    condition: str = "complication",
    covariates: Sequence[str] = ADMISSION,
) -> list[Association]:
    """Outcome per point of a physician's complication rate: corrected for chance in the rates, then as counted.

    Outcome and condition are taken at equal admission (coefficients from within physicians). With B between physicians
    and W within them (sums of squares and products, means), the true spread is T = (B / (J - 1) - W) / n0,
    n0 = (N - sum n_j^2 / N) / (J - 1); slope = T(outcome, rate) / T(rate, rate): errors in variables, which takes off
    what chance adds to the rates and, because the same patients are in both, to their product. As counted:
    B(outcome, rate) / B(rate, rate), flattened by chance. Interval by Fieller from the jackknife over physicians, t
    with J - 1; it has no bounds where the rates do not surely differ.

    Returns
    -------
    Methods between_physicians (with `reliability`: part of the counted rates' spread that is true) and between_naive
    (without interval). Unknown physicians take no part.
    """
    cases = sample.cases
    cases = cases[cases[condition].notna() & cases["physician_id"].ne("?")].reset_index(drop=True)
    y, flag = cases[outcome].to_numpy(float), cases[condition].to_numpy(float)
    codes = pd.factorize(cluster_codes(cases, "physician_id"))[0] if len(cases) else np.zeros(0, int)
    facts = facts_of(outcome, y, flag, codes)
    note = "few_events" if flag.sum() < LEAST_EVENTS else "few_clusters" if facts["clusters"] < LEAST_CLUSTERS else ""
    if note:
        return [missing(method, facts, note) for method in ("between_physicians", "between_naive")]
    values = _at_equal_admission(np.column_stack([y, flag]), admission_design(cases, covariates), codes)
    return _slopes(_sums_by_unit(values, codes), facts)


def _at_equal_admission(values: Floats, design: pd.DataFrame, codes: NDArray[np.intp]) -> Floats:
    """Values less what covariates explain within physicians."""
    x = design.to_numpy(float)
    count = np.bincount(codes)[:, None]

    def within(columns: Floats) -> Floats:
        means = np.column_stack([np.bincount(codes, column) for column in columns.T]) / count
        return columns - means[codes]

    if not x.shape[1]:
        return values
    return values - x @ np.linalg.lstsq(within(x), within(values), rcond=None)[0]


def _sums_by_unit(values: Floats, codes: NDArray[np.intp]) -> Floats:
    """(J, 5) count, sums and products of outcome and condition by physician."""
    y, r = values.T
    return np.column_stack([np.bincount(codes, part) for part in (np.ones(len(y)), y, r, y * r, r * r)])


def _spread(sums: Floats) -> tuple[Floats, Floats]:
    """True spread (..., 2) of outcome x rate and rate x rate, and as counted (B / (J - 1)); sums (..., J, 5).

    A physician with count 0 is not there.
    """
    n, y, r = sums[..., 0], sums[..., 1], sums[..., 2]
    total, units = n.sum(-1), (n > 0).sum(-1)
    safe = np.where(n > 0, n, 1.0)
    counted = [(a * r / safe).sum(-1) - a.sum(-1) * r.sum(-1) / total for a in (y, r)]
    left = [(sums[..., 3 + i] - a * r / safe).sum(-1) / (total - units) for i, a in enumerate((y, r))]
    n0 = (total - (n**2).sum(-1) / total) / (units - 1)
    between = np.stack(counted, axis=-1) / (units - 1)[..., None]
    return (between - np.stack(left, axis=-1)) / n0[..., None], between / n0[..., None]


def _slopes(sums: Floats, facts: dict) -> list[Association]:
    true, counted = (part[0] for part in _spread(sums[None]))
    nan, mean = float("nan"), facts["mean"]
    naive = missing("between_naive", facts, "no_spread")
    if counted[1] > 0:
        naive = replace(naive, per_point=counted[0] / counted[1] / 100, note="")
    if not true[1] > 0 or not mean:
        return [missing("between_physicians", facts, "no_spread"), naive]
    low, high = _fieller(true, _jackknife(sums), float(stats.t.ppf(0.975, len(sums) - 1)))
    slope = Association(
        method="between_physicians", per_complication=nan, per_point=true[0] / true[1] / 100, low=low / 100,
        high=high / 100, note="unbounded" if np.isnan(low) else "", reliability=true[1] / counted[1], **facts,
    )  # fmt: skip
    return [slope, naive]


def _jackknife(sums: Floats) -> Floats:
    """(2, 2) covariance of the true spreads, each physician left out in turn."""
    j = len(sums)
    without = np.broadcast_to(sums, (j, *sums.shape)).copy()
    without[np.arange(j), np.arange(j)] = 0.0
    found = _spread(without)[0]
    apart = found - found.mean(axis=0)
    return (j - 1) / j * apart.T @ apart


def _fieller(true: Floats, covariance: Floats, t: float) -> tuple[float, float]:
    """Bounds of true[0] / true[1]: where (a - s b)^2 <= t^2 var(a - s b); NaN where the set has no bounds."""
    (a, b), v = true, t**2 * covariance
    square, linear, constant = b**2 - v[1, 1], a * b - v[0, 1], a**2 - v[0, 0]
    if square <= 0:
        return float("nan"), float("nan")
    reach = np.sqrt(max(linear**2 - square * constant, 0.0))
    return (linear - reach) / square, (linear + reach) / square
