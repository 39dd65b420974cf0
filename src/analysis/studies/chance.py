"""Is the difference of two rates, or of two ratios of sums, more than chance? Told before anybody is called worse."""

import math

from analysis.presentation.disclosure import LIMIT
from analysis.presentation.numbers import is_empty

#: Two-sided 5 % of the normal distribution.
_LIMIT_Z = 1.96


def beyond_chance(events: float, cases: float, events_before: float, cases_before: float) -> int:
    """1 where the rate rose beyond chance, -1 where it fell, else 0.

    Two proportions with pooled variance: z = (x / n - y / m) / sqrt(p (1 - p) (1 / n + 1 / m)), |z| > 1.96; 0 where
    a side is unknown or has fewer than ten cases.
    """
    values = (events, cases, events_before, cases_before)
    if any(is_empty(value) for value in values) or min(cases, cases_before) < LIMIT:
        return 0
    pooled = (events + events_before) / (cases + cases_before)
    error = math.sqrt(max(pooled * (1 - pooled), 0) * (1 / cases + 1 / cases_before))
    z = (events / cases - events_before / cases_before) / error if error > 0 else 0.0
    return int(z > _LIMIT_Z) - int(z < -_LIMIT_Z)


def ratio_beyond_chance(ratio: float, error: float, ratio_before: float, error_before: float) -> int:
    """1 where a ratio of sums (cost per weight unit) rose beyond chance, -1 where it fell, else 0.

    z = ln(r / s) / sqrt(e^2 + f^2), |z| > 1.96; 0 where a side is unknown or not positive.

    Parameters
    ----------
    error, error_before : standard errors of the logarithms (`log_error`).
    """
    values = (ratio, error, ratio_before, error_before)
    if any(is_empty(value) for value in values) or min(ratio, ratio_before) <= 0:
        return 0
    both = math.hypot(error, error_before)
    difference = math.log(ratio / ratio_before)
    if not both:
        return int(difference > 0) - int(difference < 0)
    return int(difference / both > _LIMIT_Z) - int(difference / both < -_LIMIT_Z)


def log_error(cases: float, cost: float, weight: float, costs_2: float, cost_weights: float, weights_2: float) -> float:
    """Standard error of ln(sum of cost / sum of weight) over cases, by the delta method.

    With r = sum(c) / sum(w): var(ln r) = n / (n - 1) x sum((c - r w)^2) / sum(c)^2.

    Parameters
    ----------
    cost, weight, costs_2, cost_weights, weights_2 : sums over the cases of c, w, c^2, c w and w^2.

    Returns
    -------
    NaN with fewer than two cases or without cost.
    """
    if any(is_empty(value) for value in (cost, weight)) or cases < 2 or cost <= 0 or weight <= 0:
        return math.nan
    ratio = cost / weight
    squares = costs_2 - 2 * ratio * cost_weights + ratio**2 * weights_2
    return math.sqrt(max(squares, 0.0) * cases / (cases - 1)) / cost
