"""An urgent-care centre, one day of 19 hours (Nelson 2013, exercise 13, p. 170), in minutes.

Figures and their 95 % half-widths over 1,000 replications are those of the public model's own runs. Its arrivals come
a little late: the rate is that of the hour of the arrival before (and the nineteenth hour is the first again), so they
are made in the same way here and handed to the kernel as a cohort. It counts busy time past the horizon.
"""

import math

import numpy as np
import pytest
from programs import program, table

from analysis.pathways import draws
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.program import BRANCH, COHORT, DELAY, DISCHARGE, END, RELEASE, SEIZE
from analysis.pathways.state import make_state

HOURLY = np.array([2.3667, 2.8, 8.8333, 10.4333, 14.8, 26.2667, 31.4, 18.0667, 16.4667, 12.0333, 11.6, 28.8667, 18.0333,
                   11.5, 5.3, 4.0667, 2.2, 2.1])  # fmt: skip
DAY = 19 * 60.0
TRIAGE, REGISTRATION, EXAMINATION, TRAUMA, TRAUMA_CUBICLE, CUBICLE = range(6)
REPLICATIONS = 1000


def lognormal(mean, variance):
    log_variance = math.log(1 + variance / mean**2)
    return (draws.LOGNORMAL, math.log(mean) - log_variance / 2, math.sqrt(log_variance))


def centre(examination=3, cubicles=1):
    times = [(draws.EXPONENTIAL, 3.0), lognormal(5.0, 2.0), (draws.NORMAL, 16.0, math.sqrt(3.0), 0.5),
             (draws.EXPONENTIAL, 90.0), lognormal(30.0, 4.0), lognormal(13.3, 2.0)]  # fmt: skip

    def use(resource):
        return [(SEIZE, resource), (DELAY, resource), (RELEASE, resource)]

    rows = [*use(TRIAGE), (BRANCH, 0, 2)]
    trauma = len(rows)
    rows += [*use(TRAUMA), *use(TRAUMA_CUBICLE), (DISCHARGE,), (END,)]
    other = len(rows)
    rows += [*use(REGISTRATION), *use(EXAMINATION), (BRANCH, 2, 2)]
    treated = len(rows)
    rows += [*use(CUBICLE), (DISCHARGE,), (END,)]
    branches = [(0.12, trauma), (1.0, other), (0.6, treated), (1.0, treated + 3)]
    return program(rows, times, [1, 1, examination, 2, 1, cubicles], branches=branches, cycle=DAY)


def arrivals(replication):
    """Moments of a day's arrivals by thinning, the rate looked up at the arrival before."""
    rng = np.random.default_rng([1970, replication])
    moments, now, dearest = [], 0.0, HOURLY.max()
    while True:
        rate = HOURLY[int(now // 60) % len(HOURLY)]
        now += rng.exponential(60 / dearest, rng.geometric(rate / dearest)).sum()
        if now >= DAY:
            return table([(moment, 0) for moment in moments], COHORT)
        moments.append(now)


def mean_of(of, figure):
    values = []
    for replication in range(REPLICATIONS):
        day = of._replace(cohort=arrivals(replication))
        state = make_state(day, 512, 1)
        assert run(day, state, key_of(13, replication), 0.0, DAY)
        values.append(figure(state))
    values = np.array(values)
    return values.mean(axis=0), 1.96 * values.std(axis=0, ddof=1) / math.sqrt(REPLICATIONS)


def test_base_case():
    def figures(state):
        waits = state.resources.days_waited / np.maximum(state.resources.requests, 1)
        use = state.resources.busy / state.resources.open
        return [state.classes[0].arrivals, state.classes[0].stays, *waits[[0, 1, 2, 5]], use[EXAMINATION], use[CUBICLE]]

    found, half = mean_of(centre(), figures)
    known = np.array([227.25, 163.65, 31.16, 103.72, 25.36, 133.15])
    theirs = np.array([0.99, 0.54, 1.12, 1.46, 0.55, 1.60])
    assert (np.abs(found[:6] - known) < 1.7 * np.hypot(half[:6], theirs)).all()
    assert found[6:] == pytest.approx([0.851, 0.869], abs=0.008)


@pytest.mark.parametrize(("changed", "known"), [({"examination": 4}, 166.90), ({"cubicles": 2}, 196.16)])
def test_throughput_with_one_more(changed, known):
    found, half = mean_of(centre(**changed), lambda state: state.classes[0].stays)
    assert abs(found - known) < 1.7 * math.hypot(half, 0.6)
