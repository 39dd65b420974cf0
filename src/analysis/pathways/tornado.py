"""Which number matters: each at its lower and its upper limit, all others as they are, sorted by what that moves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Unpack

import pandas as pd

from analysis.pathways.acts import Choose, Complicate, Readmit, name_of
from analysis.pathways.effects import effects, scaled
from analysis.pathways.experiment import Costs, How, simulate
from analysis.pathways.layers import Layered
from analysis.pathways.library import acts
from analysis.pathways.model import Pathway
from analysis.pathways.outcomes import interval

#: Limits of a number that has no interval of its own.
ASSUMED = 0.2
_OFF = (1 - ASSUMED, 1 + ASSUMED)
#: The least a time is multiplied by: no distribution has a mean of nought.
_LEAST = 1e-3


@dataclass(frozen=True)
class Limit:
    """One number at one of its limits: edits of the pathway, factors of the scenario's effects and of unit costs."""

    edits: Mapping[str, Any] = field(default_factory=dict)
    effect: Mapping[str, float] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranged:
    """A number with its two limits; `assumed`: 20 % either way, for want of an interval."""

    address: str
    low: Limit
    high: Limit
    assumed: bool


def ranges(base: Layered, scenario: Mapping[str, Any], costs: Costs, measured: pd.DataFrame) -> list[Ranged]:
    """Every number of a comparison with its limits.

    Times as a whole, chances, arrivals, what a day costs, the payment; unit costs by category, and quantities of items
    where they were measured; the scenario's own effects. Units of resources are decisions and stay.

    Parameters
    ----------
    measured : address, value, ci_low, ci_high (95 %) of the numbers that were calibrated; of a time, its mean.
    """
    known = measured.dropna(subset=["ci_low", "ci_high"])
    known = known[known["value"] > 0]
    intervals = {row.address: (row.value, row.ci_low, row.ci_high) for row in known.itertuples()}
    numbers = dict(_numbers(base.over(scenario).pathway)) | dict(_numbers(base.pathway))
    found = [_ranged(address, value, intervals) for address, value in numbers.items() if value is None or value > 0]
    quantities = [address for address in intervals if ".items." in address]
    found += [_ranged(address, intervals[address][0], intervals) for address in quantities]
    for at in effects(base, scenario):
        low, high = (Limit(effect={at: 1 + by}) for by in (-ASSUMED, ASSUMED))
        found.append(Ranged(f"scenario.{at}", low, high, assumed=True))
    for category in sorted({cost.category for cost in costs.values()}):
        low, high = (Limit(costs={category: 1 + by}) for by in (-ASSUMED, ASSUMED))
        found.append(Ranged(f"costs.{category}", low, high, assumed=True))
    return found


def tornado(
    base: Layered, scenario: Mapping[str, Any], costs: Costs, measured: pd.DataFrame, *, outcome: str,
    replications: int = 30, **how: Unpack[How],
) -> pd.DataFrame:  # fmt: skip
    """The difference a scenario makes, with each number at its limits.

    Returns
    -------
    address, at_low, at_high (the difference of `outcome` with the number at its lower and upper limit; NaN where a
    queue grows), swing = |at_high - at_low|, assumed; the largest swing first.
    """
    rows = []
    for one in ranges(base, scenario, costs, measured):
        low, high = (
            _difference(base, scenario, costs, limit, outcome, replications, how) for limit in (one.low, one.high)
        )
        rows.append((one.address, low, high, abs(high - low), one.assumed))
    table = pd.DataFrame(rows, columns=["address", "at_low", "at_high", "swing", "assumed"])
    return table.sort_values(["swing", "address"], ascending=[False, True], ignore_index=True)


def _difference(
    base: Layered, scenario: Mapping[str, Any], costs: Costs, limit: Limit, outcome: str, replications: int, how: How
) -> float:
    below = base.over(limit.edits)
    dear = {code: replace(one, amount=one.amount * limit.costs.get(one.category, 1.0)) for code, one in costs.items()}
    changed = below.over(scaled(below, scenario, limit.effect))
    pair = [simulate([one.pathway], dear, replications=replications, **how) for one in (below, changed)]
    if any(one.unstable for one in pair):
        return float("nan")
    return interval(pair[1].outcomes[outcome] - pair[0].outcomes[outcome]).mean


def _numbers(pathway: Pathway) -> Iterator[tuple[str, float | None]]:
    """Address and value; None for a time, which is stretched as a whole."""
    for act in acts(pathway.course):
        yield from ((f"{name_of(act)}.{part}", None) for part in ("time", "after") if getattr(act, part, None))
        if isinstance(act, Complicate | Readmit):
            yield f"{name_of(act)}.chance", act.chance
        if isinstance(act, Choose):  # of two ways one tells the other
            ways = act.of if len(act.of) > 2 else act.of[:1]
            yield from ((f"{name_of(act)}.{way.way}.chance", way.chance) for way in ways)
    yield from ((f"resources.{name}.cost_a_day", of.cost_a_day) for name, of in pathway.resources.items())
    yield "payment", pathway.payment
    if pathway.arrivals:
        yield "arrivals.a_day", pathway.arrivals.a_day


def _ranged(address: str, value: float | None, intervals: Mapping[str, tuple[float, float, float]]) -> Ranged:
    """A number at the limits of its interval, else 20 % off; a chance stays one."""
    at, low, high = intervals.get(f"{address}.mean" if value is None else address, (1.0, *_OFF))
    if value is None:
        factors = (max(to / at, _LEAST) for to in (low, high))
        return Ranged(address, *(Limit({address: f"x {by:.6f}"}) for by in factors), (low, high) == _OFF)
    if (low, high) == _OFF:
        low, high = value * low, value * high
    if address.endswith(".chance"):
        high = min(high, 1.0)
    assumed = address not in intervals
    return Ranged(address, Limit({address: low}), Limit({address: high}), assumed)
