"""The same ward on the same draws: the kernel and SimPy agree on every patient to the last bit."""

import numpy as np
from programs import program
from simpy_ward import Ward

from analysis.pathways import draws
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.program import BRANCH, CONSUME, DELAY, DISCHARGE, END, GOTO, RELEASE, SEIZE
from analysis.pathways.state import make_state

BED, THEATRE, INTENSIVE = range(3)
DISTRIBUTIONS = [
    (draws.LOGNORMAL, -0.5, 0.8),
    (draws.WEIBULL, 1.4, 0.2),
    (draws.EXPONENTIAL, 2.0),
    (draws.LOGNORMAL, 1.0, 0.6),
]
RATE = 310.0
#: The theatre is held until a bed in intensive care is free (a swap), the ward's bed throughout.
ROWS = [
    (SEIZE, BED, 1),
    (DELAY, 0),
    (SEIZE, THEATRE, 0),
    (DELAY, 1),
    (BRANCH, 0, 2),
    (SEIZE, INTENSIVE, 0),
    (RELEASE, THEATRE),
    (DELAY, 2),
    (RELEASE, INTENSIVE),
    (GOTO, 11),
    (RELEASE, THEATRE),
    (DELAY, 3),
    (RELEASE, BED),
    (CONSUME, 0, 0, 5.0),
    (DISCHARGE,),
    (END,),
]
STEPS = {"prepare": 1, "operate": 3, "branch": 4, "care": 7, "recover": 11}


def both(patients: int, seed: int):
    arrivals = np.cumsum(np.random.default_rng(seed).exponential(0.25, patients))
    units = {"bed": 20, "theatre": 1, "intensive": 2}
    ward = program(
        ROWS, DISTRIBUTIONS, list(units.values()), branches=[(0.3, 5), (1.0, 10)],
        cohort=[(at, 0) for at in arrivals], rate=RATE,
    )  # fmt: skip
    state = make_state(ward, patients, 1)
    assert run(ward, state, key_of(seed, 0), 0.0, np.inf)
    theirs = Ward(units, DISTRIBUTIONS, (seed, 0), RATE).run(list(arrivals), STEPS)
    return state.patients, theirs


def test_every_patient_leaves_at_the_same_moment_waits_and_costs_the_same():
    ours, theirs = both(3000, 4)
    assert len(theirs) == 3000
    left, waited, cost = np.array([theirs[n] for n in range(3000)]).T
    assert waited.sum() > 1000
    assert np.array_equal(ours.left, left)
    assert np.array_equal(ours.waited, waited)
    assert np.array_equal(ours.cost, cost)
