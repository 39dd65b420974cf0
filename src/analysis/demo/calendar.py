"""When people come: months, weekdays, winter; and at what hour."""

from datetime import date, timedelta

import numpy as np

from analysis.demo.world import DAY, World

_EPOCH = date(1970, 1, 1)


def day_weights(world: World, months: list[float], weekdays: list[float]) -> np.ndarray:
    """Arrivals of every simulated day against the yearly mean (1)."""
    days = world.first_day + np.arange(len(world.day_month))
    month = np.array([world.all_months[m].start.month for m in world.day_month - world.day_month[0]])
    weekday = (days + 3) % 7
    level = np.mean(months) * np.mean(weekdays)
    return np.array(months)[month - 1] * np.array(weekdays)[weekday] / level


def winter_wave(world: World, winter: float) -> np.ndarray:
    """Arrivals of every simulated day against those without a winter; 0.4: 40 % more in mid-January, less in July."""
    days = world.first_day + np.arange(len(world.day_month))
    of_year = np.array([(_EPOCH + timedelta(days=int(d))).timetuple().tm_yday for d in days])
    return 1 + winter * np.cos(2 * np.pi * (of_year - 15) / 365.25)


def draw_days(world: World, rng: np.random.Generator, weights: np.ndarray, per_day: float) -> np.ndarray:
    """Days of arrivals, sorted; `per_day` at weight 1. Each year's number is fixed, its days are drawn."""
    found = []
    year = np.array([world.all_months[m].year for m in world.day_month - world.day_month[0]])
    for one in np.unique(year):
        here = np.flatnonzero(year == one)
        cumulated = np.cumsum(weights[here])
        count = int(per_day * cumulated[-1] + rng.random())
        position = np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right")
        found.append(world.first_day + here[np.minimum(position, len(here) - 1)])
    return np.sort(np.concatenate(found))


def admission_seconds(normal: np.ndarray, emergency: np.ndarray) -> np.ndarray:
    """Second of the day of an admission: emergencies at any time, the rest in the morning."""
    planned = np.clip(10.2 + 1.6 * normal, 7.5, 17.5)
    at_any = np.clip(14.5 + 5.5 * normal, 0.1, 23.8)
    return (np.where(emergency, at_any, planned) * 3600).astype(np.int64)


def hours(rng: np.random.Generator, size: int, first: float, last: float) -> np.ndarray:
    """Seconds of the day, even between two hours."""
    return (rng.uniform(first, last, size) * 3600).astype(np.int64)


def midnight(seconds: np.ndarray) -> np.ndarray:
    return seconds // DAY * DAY
