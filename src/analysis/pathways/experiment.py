"""Experiments with a pathway: simulated, compared by pairs, replicated until an interval is narrow, the best chosen.

All scenarios of one experiment run on the same random numbers, patient by patient and act by act, so that a difference
is what was changed and not who came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, Unpack

import numpy as np
import pandas as pd

from analysis.pathways.assembling import Assembled, Cost, assemble
from analysis.pathways.model import Pathway
from analysis.pathways.outcomes import Floats, compared, interval, outcomes, unstable
from analysis.pathways.replications import Replications, replicate
from analysis.pathways.selection import Selected, select_best

Costs = Mapping[str, Cost]
#: Days behind the last patient counted in which stays end and returns come; all of a patient is counted.
FOLLOW = 90.0


class How(TypedDict, total=False):
    """How an experiment is run.

    seed : of all random numbers · warm : days of warm-up · days : in which patients are counted · follow : days of
    follow-up behind them · threads : cores · unpaid_within : a return sooner than so many days is not paid again.
    """

    seed: int
    warm: float
    days: float
    follow: float
    threads: int
    unpaid_within: float


@dataclass(frozen=True)
class Simulated:
    """A program, its replications, and each outcome of each replication."""

    built: Assembled
    replications: Replications
    outcomes: dict[str, Floats]

    @property
    def unstable(self) -> list[str]:
        """Resources whose queue grows and grows."""
        return unstable(self.replications, self.built)


def simulate(
    pathways: Sequence[Pathway], costs: Costs, *, replications: int = 50, seed: int = 1, warm: float = 180.0,
    days: float = 730.0, follow: float = FOLLOW, threads: int = 2, unpaid_within: float = 0.0, first: int = 0,
) -> Simulated:  # fmt: skip
    """Replications `first` to first + replications - 1 of pathways that share their resources; see `How`."""
    built = assemble(pathways, costs, unpaid_within=unpaid_within)
    of = replicate(
        built.program, replications, seed=seed, warm=warm, horizon=warm + days, categories=len(built.categories),
        first=first, threads=threads, follow=follow,
    )  # fmt: skip
    return Simulated(built, of, outcomes(of, built))


def extended(one: Simulated, pathways: Sequence[Pathway], costs: Costs, more: int, **how: Unpack[How]) -> Simulated:
    """The same simulation with more replications behind those there are."""
    behind = one.replications.first + len(one.replications.classes)
    next_ones = simulate(pathways, costs, replications=more, first=behind, **how)
    of = one.replications.joined(next_ones.replications)
    return Simulated(one.built, of, outcomes(of, one.built))


def difference(base: Simulated, changed: Simulated) -> pd.DataFrame:
    """Paired differences of two simulations on the same random numbers.

    Returns
    -------
    outcome, baseline, changed, difference, ci_low, ci_high: the columns of `scenario_outcomes`, and why: empty, or the
    resources whose queue grows without end; the figures of that side, and the difference, are then NaN, for a mean of
    a queue that grows is a matter of how long one looks.
    """
    table = compared(base.outcomes, changed.outcomes)
    gone = {"baseline": base.unstable, "changed": changed.unstable}
    for side, resources in gone.items():
        if resources:
            table.loc[:, [side, "difference", "ci_low", "ci_high"]] = np.nan
    return table.assign(why="; ".join(f"{side}: {', '.join(found)}" for side, found in gone.items() if found))


def compare(
    base: Pathway, changed: Pathway, costs: Costs, *, replications: int = 50, **how: Unpack[How]
) -> pd.DataFrame:
    """What a change would do: `difference` of the same replications of both."""
    return difference(*(simulate([one], costs, replications=replications, **how) for one in (base, changed)))


@dataclass(frozen=True)
class Narrowed:
    """A comparison and how it ended.

    table : as `difference` · half : half-width of the paired 95 % interval of `outcome` · stopped : the interval is
    narrow enough, the budget is spent, or a queue grows.
    """

    table: pd.DataFrame
    outcome: str
    limit: float
    half: float
    replications: int
    stopped: Literal["narrow", "budget", "unstable"]


def until_narrow(
    base: Pathway, changed: Pathway, costs: Costs, *, outcome: str, limit: float, least: int = 30, batch: int = 10,
    most: int = 500, **how: Unpack[How],
) -> Narrowed:  # fmt: skip
    """Replicate until the half-width of the paired 95 % interval of an outcome is at most `limit`.

    Stopping at a look at the data makes intervals too short; the error vanishes as the limit becomes small (Y. S. Chow,
    H. Robbins, Annals of Mathematical Statistics 36 (1965) 457-462), and `least` replications before the first look
    keep it small: at 30 the interval covers in about 94 % where it says 95 (tests).
    """
    pair = [simulate([one], costs, replications=least, **how) for one in (base, changed)]
    while True:
        done = len(pair[0].replications.classes)
        half = interval(pair[1].outcomes[outcome] - pair[0].outcomes[outcome]).half
        stopped = _stopped(pair, half <= limit, done + batch > most)
        if stopped:
            return Narrowed(difference(*pair), outcome, limit, half, done, stopped)
        both = zip(pair, (base, changed), strict=True)
        pair = [extended(one, [pathway], costs, batch, **how) for one, pathway in both]


def _stopped(pair: Sequence[Simulated], narrow: bool, spent: bool) -> Literal["narrow", "budget", "unstable"] | None:
    if any(one.unstable for one in pair):
        return "unstable"
    if narrow:
        return "narrow"
    return "budget" if spent else None


def best_of(
    plans: Sequence[Pathway], costs: Costs, *, outcome: str, delta: float, smaller: bool = False,
    confidence: float = 0.95, first: int = 20, batch: int = 20, **how: Unpack[How],
) -> Selected:  # fmt: skip
    """The best of several plans by one outcome, at `confidence` where it leads by `delta` or more (`select_best`).

    Parameters
    ----------
    smaller : the smallest mean is the best, as of costs.
    """
    sign = -1.0 if smaller else 1.0

    def draw(system: int, start: int, end: int) -> Floats:
        one = simulate([plans[system]], costs, replications=end - start, first=start, **how)
        return sign * one.outcomes[outcome]

    return select_best(draw, len(plans), delta=delta, confidence=confidence, first=first, batch=batch)
