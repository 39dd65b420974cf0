"""Control limits of a monthly series, frozen before the month they judge, and what many series at once may claim.

A month is an alarm where it lies beyond the frozen XmR limits *and* its q-value over all series tested is at most 3 %.
The limits alone would be wrong for many series: each has about one chance in a hundred to be crossed by nothing. The
q-value rests on the prediction interval of a normal series (Student's t), so that with nothing but chance in all series
the risk of any alarm at all is at most 5 %, whatever their number and however short the baseline. Its standard
deviation is the larger of two estimates, which keeps the promise where monthly figures are a little skewed.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

#: Natural process limits of individual values: 3 / 1.128, the mean moving range of normal values being 1.128 sigma.
XMR = 2.66
#: Mean moving range of a normal series in standard deviations.
_MOVING = 1.128
#: A series that varies by no more than this never moved: rounding.
_STILL = 1e-9
#: Months a baseline has.
LEAST_MONTHS, MOST_MONTHS = 12, 20
#: Greatest q-value of an alarm. 3 %, so that the risk stays below 5 % on months of thirty skewed cases too (measured).
FALSE_ALARMS = 0.03


@dataclass(frozen=True)
class Judged:
    """The new month of n series: `mean`, `low`, `high` of the frozen limits, `p`, `q` and `alarm`, each (n,)."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    q: np.ndarray
    alarm: np.ndarray


def judge(baseline: np.ndarray, new: np.ndarray) -> Judged:
    """Judge one new month of many series against limits frozen on their baselines.

    limits = mean +- 2.66 x mean moving range; t = (new - mean) / (s sqrt(1 + 1 / m)) with m - 1 degrees of freedom and
    s the larger of the standard deviation and mean moving range / 1.128, two-sided p, q by Benjamini-Hochberg over the
    series that can be tested.

    Parameters
    ----------
    baseline : (series, months) in order of time, NaN where a month has too few cases.
    new : (series,), NaN likewise.

    Returns
    -------
    p and q are NaN (and there is no alarm) for a series with fewer than 12 baseline months or one that never moved.
    """
    known = ~np.isnan(baseline)
    months = known.sum(axis=1)
    packed = _packed(baseline, known)
    some, two = np.maximum(months, 1), np.maximum(months - 1, 1)
    mean = np.nansum(packed, axis=1) / some
    spread = np.sqrt(np.nansum((packed - mean[:, None]) ** 2, axis=1) / two)
    moving = np.nansum(np.abs(np.diff(packed, axis=1)), axis=1) / two
    usable = (months >= LEAST_MONTHS) & (spread > _STILL) & ~np.isnan(new)
    sigma = np.where(usable, np.maximum(spread, moving / _MOVING), np.nan)
    t = (new - mean) / (sigma * np.sqrt(1 + 1 / some))
    p = 2 * stats.t.sf(np.abs(t), two)
    q = q_values(p)
    low, high = mean - XMR * moving, mean + XMR * moving
    with np.errstate(invalid="ignore"):
        alarm = (q <= FALSE_ALARMS) & ((new < low) | (new > high))
    return Judged(mean, low, high, p, q, alarm)


def q_values(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg: q_(i) = min over j >= i of p_(j) n / j; NaN stays NaN and does not count."""
    q = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    raised = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum.accumulate(raised[::-1])[::-1].clip(max=1)
    return q


def _packed(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Known months moved together to the left, so that moving ranges span gaps; NaN behind them."""
    order = np.argsort(~known, axis=1, kind="stable")
    return np.take_along_axis(np.where(known, values, np.nan), order, axis=1)
