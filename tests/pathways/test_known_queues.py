"""Queues whose answer is known exactly: M/M/c (Erlang C) and M/G/1 (Pollaczek-Khinchine)."""

import math

import numpy as np
import pytest
from programs import queue, replicate

from analysis.pathways import draws


def half_width(values):
    return 3.3 * values.std(ddof=1) / math.sqrt(len(values))  # 99.9 %


@pytest.mark.parametrize(
    ("servers", "load", "erlang_c"), [(2, 1.6, 0.711111), (3, 2.4, 0.647191), (10, 8.0, 0.409180), (50, 45.0, 0.363864)]
)
def test_waits_of_many_servers_follow_erlang_c(servers, load, erlang_c):
    days = 40_000 / load
    state, waits = replicate(queue(servers, load, (draws.EXPONENTIAL, 1.0)), 30, 500.0, 500.0 + days)
    assert abs(waits.mean() - erlang_c / (servers - load)) < half_width(waits)
    assert state.resources[0].waited / state.resources[0].requests == pytest.approx(erlang_c, abs=0.06)
    assert state.resources[0].busy / state.resources[0].open == pytest.approx(load / servers, abs=0.02)


@pytest.mark.parametrize(
    ("service", "exact"),
    [
        ((draws.CONSTANT, 1.0), 2.0),
        ((draws.EXPONENTIAL, 1.0), 4.0),
        ((draws.LOGNORMAL, -0.5 * math.log(1 + 1.1635**2), math.sqrt(math.log(1 + 1.1635**2))), 4.7075),
    ],
)
def test_waits_of_one_server_follow_the_spread_of_service(service, exact):
    _, waits = replicate(queue(1, 0.8, service), 60, 1000.0, 41_000.0)
    assert abs(waits.mean() - exact) < half_width(waits)


def test_an_unstable_queue_grows():
    state, _ = replicate(queue(1, 1.2, (draws.EXPONENTIAL, 1.0)), 1, 0.0, 4000.0)
    tally = state.resources[0]
    assert tally.queue_end > 1.5 * tally.queue_half > 300
    assert np.isclose(tally.busy / tally.open, 1.0, atol=0.01)
