"""What one service costs: time-driven activity-based costing, equivalence coefficients, ratio coefficient.

Sources: time-driven costing as Kaplan and Anderson teach it; the service-item methods of the national cost-accounting
norm (2021).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Capacity:
    """Time-driven cost of centres: rate a minute, minutes and cost of what was used and of what stood idle."""

    rate: Numbers
    used_cost: Numbers
    unused_minutes: Numbers
    unused_cost: Numbers


def capacity(cost: ArrayLike, practical_minutes: ArrayLike, used_minutes: ArrayLike) -> Capacity:
    """Rate of practical capacity, and the cost of idle time apart.

    rate = cost / practical minutes; unused = practical - used (negative: more was worked than can be).

    Parameters
    ----------
    cost, practical_minutes, used_minutes : (centres,); NaN where not known. Practical minutes of zero have no rate.
    """
    cost, practical, used = (np.asarray(values, float) for values in (cost, practical_minutes, used_minutes))
    rate = _ratio(cost, practical)
    return Capacity(rate, used * rate, practical - used, (practical - used) * rate)


def activity_unit_cost(minutes: ArrayLike, rate: ArrayLike, material: ArrayLike) -> Numbers:
    """Cost of one service = minutes x rate + direct material; NaN where no minutes or no rate are known."""
    return np.asarray(minutes, float) * np.asarray(rate, float) + np.nan_to_num(np.asarray(material, float))


def shared_unit_cost(pool: ArrayLike, weight: ArrayLike, total_weight: ArrayLike) -> Numbers:
    """Cost of one service = pool / sum(weight x volume) x weight.

    Parameters
    ----------
    pool : (services,) cost of the service's centre without drugs and separately charged materials.
    weight : (services,) of one service: its coefficient (equivalence) or its price (ratio).
    total_weight : (services,) of everything its centre did; zero or less gives NaN.
    """
    return _ratio(np.asarray(pool, float), np.asarray(total_weight, float)) * np.asarray(weight, float)


def cost_to_charge(cost: ArrayLike, revenue: ArrayLike) -> Numbers:
    """Cost of one yuan charged = cost / revenue; NaN without revenue."""
    return _ratio(np.asarray(cost, float), np.asarray(revenue, float))


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    shape = np.broadcast_shapes(above.shape, below.shape)
    return np.divide(above, below, out=np.full(shape, np.nan), where=below > 0)
