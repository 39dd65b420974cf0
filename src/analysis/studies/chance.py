"""Is the difference of two rates more than chance? Told before a small department is called worse."""

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
