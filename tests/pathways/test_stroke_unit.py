"""Beds of a stroke service: Monks and others 2016 (BMC Health Services Research 16:530), infinite beds, occupancy.

With N beds the probability of delay is P(N patients) / P(at most N) of the service with infinite beds, which is
Erlang B of the offered load: exact. Figures of the paper are rounded to two digits.
"""

import math

import numpy as np
import pytest
from programs import program

from analysis.pathways import draws
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.program import BRANCH, DELAY, DISCHARGE, END, RELEASE, SEIZE
from analysis.pathways.state import BEGAN, ENDED, make_state

ACUTE, REHABILITATION = 0, 1
#: Of the acute unit's patients: days between two, (to rehabilitation, to supported discharge, elsewhere), days there.
ACUTE_UNIT = {
    "stroke": (1.2, (0.24, 0.13, 0.63), ((7.4, 8.61), (4.6, 4.8), (7.0, 8.7))),
    "tia": (9.3, (0.01, 0.01, 0.98), ((1.8, 2.3),) * 3),
    "neuro": (3.6, (0.11, 0.05, 0.84), ((4.0, 5.0),) * 3),
    "other": (3.2, (0.05, 0.10, 0.85), ((3.8, 5.2),) * 3),
}
#: Of rehabilitation: days between two who come directly (None: nobody), days there by supported discharge or not.
REHABILITATION_UNIT = {
    "stroke": (21.8, 0.40, (30.3, 23.1), (28.4, 27.2)),
    "tia": (None, 0.0, (18.7, 23.5), (18.7, 23.5)),
    "neuro": (31.7, 0.09, (27.6, 28.4), (27.6, 28.4)),
    "other": (28.6, 0.13, (16.1, 14.1), (16.1, 14.1)),
}
EXACT = {
    ACUTE: {9: 0.1806, 10: 0.1283, 11: 0.0867, 12: 0.0556, 13: 0.0337, 14: 0.0192},
    REHABILITATION: {10: 0.2015, 12: 0.1091, 13: 0.0754, 14: 0.0497, 15: 0.0312, 16: 0.0186},
}
PAPER = {ACUTE: {9: 0.19, 10: 0.14, 11: 0.09, 12: 0.06}, REHABILITATION: {10: 0.20, 12: 0.11, 13: 0.08, 14: 0.05}}
WARM, YEARS = 3 * 365.0, 5 * 365.0


def lognormal(mean, sd):
    log_variance = math.log(1 + (sd / mean) ** 2)
    return (draws.LOGNORMAL, math.log(mean) - log_variance / 2, math.sqrt(log_variance))


def stroke_service():
    rows, stays, branches, entries, a_day = [], [], [], [], []
    for name, (_, supported, with_it, without) in REHABILITATION_UNIT.items():
        acute = ACUTE_UNIT[name]
        at, branch = len(rows), len(branches)
        rows += [(SEIZE, ACUTE), (BRANCH, branch, 3)]
        branches += [(c, at + 2 + 3 * i) for i, c in enumerate((acute[1][0], acute[1][0] + acute[1][1], 1.0))]
        for days in acute[2]:
            rows += [(DELAY, len(stays)), (RELEASE, ACUTE), (DISCHARGE,)]
            stays.append(lognormal(*days))
        # who goes to rehabilitation runs on behind the third way; the others end there
        rows[at + 4] = (BRANCH, len(branches), 1)
        branches.append((1.0, at + 11))
        rows[at + 7] = rows[at + 10] = (END,)
        direct = len(rows)
        rows += [(SEIZE, REHABILITATION), (BRANCH, len(branches), 2), (DELAY, len(stays)), (RELEASE, REHABILITATION),
                 (END,), (DELAY, len(stays) + 1), (RELEASE, REHABILITATION), (END,)]  # fmt: skip
        branches += [(supported, direct + 2), (1.0, direct + 5)]
        stays += [lognormal(*with_it), lognormal(*without)]
        entries += [at, direct]
        a_day += [1 / acute[0], 1 / REHABILITATION_UNIT[name][0] if REHABILITATION_UNIT[name][0] else 0.0]
    return program(rows, stays, [10_000, 10_000], branches=branches, entries=entries, a_day=a_day)


def occupancy(state, resource):
    """Share of the time after the warm-up with 0, 1, 2 ... beds in use."""
    log = state.log[: state.house[0].logged]
    of = log[(log.of == resource) & ((log.what == BEGAN) | (log.what == ENDED))]
    in_use = np.cumsum(np.where(of.what == BEGAN, 1, -1))
    moments = np.clip(np.append(of.time, WARM + YEARS), WARM, WARM + YEARS)
    return np.bincount(in_use, np.diff(moments), 80) / YEARS


@pytest.fixture(scope="module")
def delays():
    """Probability of delay by replication, resource and beds."""
    service = stroke_service()
    state = make_state(service, 400, 1, log=40_000)
    found = []
    for replication in range(150):
        assert run(service, state, key_of(2016, replication), WARM, WARM + YEARS)
        assert state.house[0].logged < len(state.log)
        shares = [occupancy(state, resource) for resource in (ACUTE, REHABILITATION)]
        found.append([{n: shares[r][n] / shares[r][: n + 1].sum() for n in EXACT[r]} for r in EXACT])
    return found


@pytest.mark.parametrize(("resource", "beds"), [(r, n) for r in EXACT for n in EXACT[r]])
def test_probability_of_delay(delays, resource, beds):
    values = np.array([each[resource][beds] for each in delays])
    half = 2.8 * values.std(ddof=1) / math.sqrt(len(values))  # 99.5 %: twelve are tested
    assert abs(values.mean() - EXACT[resource][beds]) < half
    if beds in PAPER[resource]:
        assert values.mean() == pytest.approx(PAPER[resource][beds], abs=0.015)
