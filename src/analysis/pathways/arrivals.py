"""When patients come: how many a day, on which weekdays, at which hours."""

from collections.abc import Sequence

import numpy as np

from analysis.pathways.estimates import Estimate, rate_estimate, shares_estimate

#: What is known of a week or a day before anything was seen: so many arrivals in all, spread evenly.
_EVEN_WEEK, _EVEN_DAY = 14.0, 24.0


def arrival_estimates(admitted: Sequence[float], days: float) -> list[Estimate]:
    """Arrivals a day with their spread over the week (Monday first) and the hours of a day.

    Parameters
    ----------
    admitted : days since a Monday. days : length of what was looked at.
    """
    moments = np.asarray(admitted, float)
    weekdays = np.bincount(np.floor(moments % 7).astype(int), minlength=7).astype(float)
    hours = np.bincount(np.floor(moments % 1 * 24).astype(int), minlength=24).astype(float)
    return [
        rate_estimate("arrivals.a_day", len(moments), days),
        shares_estimate("arrivals.by_weekday", weekdays, np.full(7, _EVEN_WEEK / 7)),
        shares_estimate("arrivals.by_hour", hours, np.full(24, _EVEN_DAY / 24)),
    ]
