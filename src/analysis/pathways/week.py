"""The week that arrivals and opening hours repeat: days from Monday midnight."""

import numpy as np

from analysis.pathways.model import Arrivals, Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Days of a week.
WEEK = 7.0


def expected_arrivals(arrivals: Arrivals | None) -> np.ndarray:
    """Expected arrivals from the beginning of the week up to each hour's end."""
    if arrivals is None:
        return np.zeros(169)
    days, hours = np.array(arrivals.by_weekday), np.array(arrivals.by_hour)
    shape = np.outer(days / days.sum(), hours / hours.sum()).ravel()
    return np.concatenate([[0.0], np.cumsum(shape)]) * arrivals.a_day * WEEK


def hours_of_week(hours: Hours) -> list[tuple[float, float]]:
    """Opening and closing moments of the week in days, in order; what touches is one."""
    spans: list[tuple[float, float]] = []
    for days, (opens, closes) in hours.items():
        first, *last = days.split("-")
        for day in range(WEEKDAYS.index(first), WEEKDAYS.index((last or [first])[0]) + 1):
            spans.append((day + opens / 24, day + closes / 24))
    joined: list[tuple[float, float]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined
