"""Many replications of a program, on as many cores as are asked for; what comes out does not depend on how many."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from analysis.errors import InputError
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.program import Program
from analysis.pathways.state import CLASS_TALLY, RESOURCE_TALLY, State, make_state, records

#: Patients in the house at a time: so many slots at first, and at most.
_SLOTS, _MOST_SLOTS = 1024, 1 << 20


@dataclass(frozen=True)
class Replications:
    """Tallies of n replications; patients who came during the warm-up are not in them.

    classes : (n, C) records of state.CLASS_TALLY · resources : (n, R) records of RESOURCE_TALLY.
    categories : (n, K) money by category of cost · days : length of what was counted, horizon - warm-up.
    follow : days of follow-up behind them · first : number of the first of them.
    """

    classes: np.recarray
    resources: np.recarray
    categories: np.ndarray
    days: float
    follow: float = 0.0
    first: int = 0

    def joined(self, more: "Replications") -> "Replications":
        """These and more of the same program behind them."""
        parts = [
            np.concatenate([getattr(self, of), getattr(more, of)]) for of in ("classes", "resources", "categories")
        ]
        return Replications(
            parts[0].view(np.recarray), parts[1].view(np.recarray), parts[2], self.days, self.follow, self.first
        )


def replicate(
    program: Program, replications: int, *, seed: int, warm: float, horizon: float, categories: int = 1,
    first: int = 0, threads: int = 1, follow: float = 0.0,
) -> Replications:  # fmt: skip
    """Run replications first to first + replications - 1; each is the same whatever else is run.

    Parameters
    ----------
    warm, horizon : days from the empty house; patients who come between them are counted.
    follow : days beyond the horizon in which those still in the house, or to come back, are followed up.

    Raises
    ------
    InputError
        More patients in the house than can be held: arrivals exceed what the resources can serve.
    """
    of = Replications(
        records(replications * len(program.classes), CLASS_TALLY).reshape(replications, -1),
        records(replications * len(program.resources), RESOURCE_TALLY).reshape(replications, -1),
        np.zeros((replications, categories)),
        horizon - warm,
        follow,
        first,
    )

    def work(at: range) -> None:
        state = make_state(program, _SLOTS, categories)
        for place in at:
            state = _run_one(program, state, key_of(seed, first + place), warm, horizon, follow)
            of.classes[place], of.resources[place] = state.classes, state.resources
            of.categories[place] = state.categories

    parts = [range(part, replications, threads) for part in range(threads)]
    if threads == 1:
        work(parts[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, parts))
    return of


def _run_one(program: Program, state: State, key: np.uint64, warm: float, horizon: float, follow: float) -> State:
    """The state after one replication: a larger one where the slots were too few."""
    while not run(program, state, key, warm, horizon + follow, horizon):
        slots = 4 * len(state.slots)
        if slots > _MOST_SLOTS:
            raise InputError(
                f"more than {len(state.slots):,} patients would be in the house at once",
                where="simulation",
                mend="arrivals exceed what the resources can serve: give more units or hours, or fewer arrivals",
            )
        state = make_state(program, slots, len(state.categories))
    return state
