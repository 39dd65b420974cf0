"""E-value: how strong something unmeasured would have to be to explain an effect away.

On the scale of the risk ratio, with treatment and with outcome alike, beyond what was adjusted for (VanderWeele and
Ding 2017, Annals of Internal Medicine 167(4), 268-274):

    E = RR + sqrt(RR (RR - 1)) for RR >= 1, of 1 / RR below 1; of the interval: of the limit nearer to 1, and 1 where it
    holds 1. A difference of means is brought to that scale by d = difference / standard deviation:
    RR ~ exp(0.91 d), limits exp(0.91 d -+ 1.78 se_d).
"""

from typing import NamedTuple

import numpy as np

_SLOPE, _SLOPE_OF_LIMITS = 0.91, 1.78


class EValue(NamedTuple):
    """Risk ratio with its 95 % interval, and the E-values of the estimate and of the interval."""

    ratio: float
    low: float
    high: float
    e_value: float
    e_value_limit: float


def of_ratio(ratio: float, low: float, high: float) -> EValue:
    """E-value of a risk ratio; NaN where it is 0 or unknown."""
    if not (np.isfinite([ratio, low, high]).all() and ratio > 0):
        return EValue(ratio, low, high, float("nan"), float("nan"))
    limit = 1.0 if low <= 1 <= high else (low if ratio > 1 else high)
    return EValue(ratio, low, high, _e(ratio), _e(limit))


def of_difference(difference: float, low: float, high: float, spread: float) -> EValue:
    """E-value of a difference of means with its 95 % interval; `spread`: the outcome's standard deviation."""
    if not (np.isfinite([difference, low, high, spread]).all() and spread > 0):
        return EValue(*(float("nan"),) * 5)
    d, error = difference / spread, (high - low) / (2 * 1.96) / spread
    ends = np.exp(_SLOPE * d + np.array([-1, 0, 1]) * _SLOPE_OF_LIMITS * error)
    return of_ratio(float(ends[1]), float(ends[0]), float(ends[2]))


def _e(ratio: float) -> float:
    ratio = 1 / ratio if ratio < 1 else ratio
    return float(ratio + np.sqrt(ratio * (ratio - 1)))
