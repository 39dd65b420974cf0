"""The effect where few units are treated: randomisation inference over units, made alike by their size first.

With three of thirty departments treated, cluster-robust errors know three residuals and are far too small. What other
departments did in the same months tells how large a difference comes by chance (Conley and Taber 2011, Review of
Economics and Statistics 93(1), 113-125); small departments vary more, so residuals are divided by the deviation that
their size gives (Ferman and Pinto 2019, same journal 101(3), 452-467) before they change places. Every way in which
the residuals of other departments could stand at the treated ones is counted (drawn, where there are too many); the
95 % interval holds the effects that this does not refute at 5 %.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from math import perm

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import InputError

Floats = np.ndarray
LEAST_OTHERS = 8
#: Above this many arrangements they are drawn.
MOST = 40_000


@dataclass(frozen=True)
class FewTreated:
    """Effect on the treated (mean of their differences by weight, less the others') and its 95 % intervals.

    `low`, `high`, `p`: randomisation over units. `t_low`, `t_high`: t with N - 2 degrees of freedom from the same
    standardised differences (Donald and Lang 2007, same journal 89(2), 221-233). `arrangements`: how many were counted.
    """

    effect: float
    low: float
    high: float
    p: float
    t_low: float
    t_high: float
    units: int
    arrangements: int


def few_treated(differences: pd.DataFrame, *, seed: int = 0, level: float = 0.95) -> FewTreated:
    """Effect on the treated units.

    Parameters
    ----------
    differences : one row a unit: `treated`, `difference`, `weight` (treated units count by it), `noise` (part of
        the variance that is chance, see `differences.py`).
    seed : of the draws, where not all arrangements are counted.

    Raises
    ------
    InputError
        No treated unit, or too few others.
    """
    rows = differences.sort_values("treated", ascending=False, kind="stable")
    treated = int(rows["treated"].sum())
    if not treated or len(rows) - treated < LEAST_OTHERS:
        raise InputError(f"{treated} treated units and {len(rows) - treated} others: no comparison",
                         mend=f"at least one and {LEAST_OTHERS} others")  # fmt: skip
    y, scale = rows["difference"].to_numpy(float), np.sqrt(_variances(rows))
    design = _Design(treated, rows["weight"].to_numpy(float)[:treated], scale)
    orders = _arrangements(len(rows), treated, seed)
    effect = float(design.contrast @ y)
    at_zero, by_effect = design.moved(y, orders), design.moved(design.shift, orders)
    low, high = _not_refuted(effect, design, at_zero, by_effect, 1 - level)
    return FewTreated(effect, low, high, _p(effect, at_zero), *_by_t(y, design, level), len(rows), len(orders))


class _Design:
    """What is fixed for all arrangements: the contrast, and residuals under an effect as a straight line in it."""

    def __init__(self, treated: int, weight: Floats, scale: Floats) -> None:
        others = 1 / scale[treated:] ** 2
        self.treated, self.scale = treated, scale
        self.contrast = np.concatenate([weight / weight.sum(), -others / others.sum()])
        self.shift = (np.arange(len(scale)) < treated).astype(float)

    def residuals(self, values: Floats) -> Floats:
        """Values less their mean (by precision), made alike by size."""
        precise = 1 / self.scale**2
        return (values - values @ precise / precise.sum()) / self.scale

    def moved(self, values: Floats, orders: Floats) -> Floats:
        """The contrast in every arrangement: residuals change places, each place keeps its size."""
        return self.residuals(values)[orders] @ (self.contrast * self.scale)


def _variances(rows: pd.DataFrame) -> Floats:
    """a + noise of each unit: chance of whose case came is measured, what else moves a unit (a) is learned.

    a is the mean of its restricted likelihood over the untreated units, flat in its square root: where they hardly
    tell, a does not fall to 0, which would make intervals of large units too narrow.
    """
    others = rows[~rows["treated"].astype(bool)]
    y, noise = others["difference"].to_numpy(float), others["noise"].to_numpy(float)
    more = np.linspace(0, 1.5, 61) ** 2 * max(float(np.var(y)), 1e-12)
    precise = 1 / np.maximum(more[:, None] + noise, 1e-12)
    mean = (precise @ y) / precise.sum(axis=1)
    apart = (precise * (y - mean[:, None]) ** 2).sum(axis=1)
    likelihood = -0.5 * (np.log(precise.sum(axis=1)) - np.log(precise).sum(axis=1) + apart)
    share = np.exp(likelihood - likelihood.max())
    return np.maximum(more @ share / share.sum() + rows["noise"].to_numpy(float), 1e-12)


def _arrangements(units: int, treated: int, seed: int) -> Floats:
    """(P, units) whose residual stands where: first as they are, then every choice for the treated places."""
    if perm(units, treated) <= MOST:
        chosen = np.array(list(permutations(range(units), treated)))
    else:
        random = np.random.default_rng(seed)
        drawn = np.argsort(random.random((MOST // 2, units)), axis=1)[:, :treated]
        chosen = np.vstack([np.arange(treated), drawn])
    orders = np.tile(np.arange(units), (len(chosen), 1))
    rows = np.arange(len(chosen))
    for place in range(treated):
        wanted = chosen[:, place]
        sits = np.argmax(orders == wanted[:, None], axis=1)
        orders[rows, sits] = orders[:, place]
        orders[:, place] = wanted
    return orders


def _p(effect: float, contrasts: Floats) -> float:
    return float(np.mean(np.abs(contrasts) >= abs(effect) * (1 - 1e-9)))


def _not_refuted(
    effect: float, design: _Design, at_zero: Floats, by_effect: Floats, alpha: float
) -> tuple[float, float]:
    """Ends of the set of effects whose p is above alpha, found outwards from the estimate by bisection."""
    spread = float(np.std(at_zero - effect * by_effect)) or 1e-12

    def kept(candidate: float) -> bool:
        return _p(effect - candidate, at_zero - candidate * by_effect) > alpha

    return _edge(effect, -spread, kept), _edge(effect, spread, kept)


def _edge(start: float, step: float, kept: Callable[[float], bool]) -> float:
    inside, reach = start, step
    for _ in range(12):
        if not kept(start + reach):
            break
        inside, reach = start + reach, reach * 2
    else:
        return float("inf") if step > 0 else float("-inf")
    outside = start + reach
    for _ in range(22):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return inside


def _by_t(y: Floats, design: _Design, level: float) -> tuple[float, float]:
    others = design.residuals(y - design.shift * float(design.contrast @ y))
    scaled = design.contrast * design.scale
    variance = float(others @ others) / (len(y) - 2) * float(scaled @ scaled)
    reach = float(stats.t.ppf(0.5 + level / 2, len(y) - 2)) * variance**0.5
    effect = float(design.contrast @ y)
    return effect - reach, effect + reach
