"""The op-codes one by one, worked by hand."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from programs import program, queue, replicate

from analysis.pathways import draws
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.program import (
    BRANCH,
    CLOCK,
    CONSUME,
    DELAY,
    DISCHARGE,
    END,
    GOTO,
    IF_MARK,
    MARK,
    OPENING,
    RELEASE,
    RETURN,
    SEIZE,
    UNTIL,
)  # fmt: skip
from analysis.pathways.state import ASKED, BEGAN, ENDED, LEFT, make_state

ONE_DAY = (draws.CONSTANT, 1.0)


def simulated(of, log=0, slots=64, seed=1):
    state = make_state(of, slots, 2, log)
    assert run(of, state, key_of(seed, 0), 0.0, np.inf)
    return state


def test_one_bed_two_patients():
    of = program([(SEIZE, 0), (DELAY, 0), (RELEASE, 0), (DISCHARGE,), (END,)], [(draws.CONSTANT, 3.0)], [1],
                 cohort=[(0.0, 0), (1.0, 0)], rate=100.0, payment=350.0)  # fmt: skip
    state = simulated(of)
    assert state.patients.left.tolist() == [3.0, 6.0]
    assert state.patients.waited.tolist() == [0.0, 2.0]
    assert state.patients.cost.tolist() == [300.0, 300.0]
    tally = state.classes[0]
    assert (tally.stays, tally.days, tally.cost, tally.payment) == (2, 3.0 + 5.0, 600.0, 700.0)
    assert (state.resources[0].requests, state.resources[0].waited, state.resources[0].days_waited) == (2, 1, 2.0)


def test_a_bed_is_held_until_the_next_is_free():
    ward, theatre = 0, 1
    rows = [(SEIZE, ward), (DELAY, 0), (SEIZE, theatre), (RELEASE, ward), (DELAY, 1), (RELEASE, theatre), (DISCHARGE,),
            (END,)]  # fmt: skip
    of = program(rows, [ONE_DAY, (draws.CONSTANT, 5.0)], [1, 1], cohort=[(0.0, 0)] * 3)
    state = simulated(of, log=100)
    log = state.log[: state.house[0].logged]
    began = [(e.number, e.of, e.time) for e in log if e.what == BEGAN]
    assert began == [(0, ward, 0.0), (0, theatre, 1.0), (1, ward, 1.0), (1, theatre, 6.0), (2, ward, 6.0),
                     (2, theatre, 11.0)]  # fmt: skip
    assert [(e.number, e.time) for e in log if e.what == LEFT] == [(0, 6.0), (1, 11.0), (2, 16.0)]
    assert sum(log.what == ASKED) == sum(log.what == ENDED) == 6


def test_who_is_urgent_goes_first_then_who_came_first():
    rows = [(BRANCH, 0, 2), (SEIZE, 0, 1), (GOTO, 4), (SEIZE, 0, 0), (DELAY, 0), (RELEASE, 0), (DISCHARGE,), (END,)]
    of = program(rows, [ONE_DAY], [1], branches=[(0.5, 1), (1.0, 3)], cohort=[(0.001 * n, 0) for n in range(40)])
    state = simulated(of)
    urgent = np.array([draws.uniform(key_of(1, 0, 1, n + 1), 0, 0) >= 0.5 for n in range(40)])
    order = np.argsort(state.patients.left)
    first, later = order[:1], order[1:]
    assert first.tolist() == [0]
    waiting = [n for n in range(40) if n]
    assert later.tolist() == [n for n in waiting if urgent[n]] + [n for n in waiting if not urgent[n]]


def test_opening_hours_of_a_resource():
    """One unit from day 1.0 to 1.5 of each week: three patients of a day's quarter, asked for at day 0."""
    shifts = [(0.0, 0), (1.0, 1), (1.5, 0)]
    of = program([(SEIZE, 0), (DELAY, 0), (RELEASE, 0), (DISCHARGE,), (END,)], [(draws.CONSTANT, 0.3)], [shifts],
                 cohort=[(0.0, 0)] * 3)  # fmt: skip
    state = simulated(of)
    assert state.patients.left.tolist() == pytest.approx([1.3, 1.6, 8.3])  # who is being served at closing time stays


def test_waiting_for_office_hours_and_clocks():
    rows = [(CLOCK, 1), (OPENING, 0), (UNTIL, 1, 0), (UNTIL, 1, 1), (DISCHARGE,), (END,)]
    of = program(rows, [(draws.CONSTANT, 2.0), (draws.CONSTANT, 0.5)], hours=[(1.0, 1.2), (3.0, 3.2)],
                 cohort=[(0.5, 0), (1.1, 0), (1.3, 0), (6.5, 0)])  # fmt: skip
    assert simulated(of).patients.left.tolist() == pytest.approx([2.5, 3.1, 3.3, 8.5])


def test_marks_costs_and_coming_back():
    rows = [(CONSUME, 0, 0, 40.0), (MARK, 0), (IF_MARK, 0, 4), (CONSUME, 1, 0, 7.0), (DISCHARGE,), (RETURN, 0, 0),
            (END,), (END,), (DELAY, 1), (CONSUME, 1, 0, 9.0), (DISCHARGE,), (END,)]  # fmt: skip
    of = program(rows, [(draws.CONSTANT, 20.0), (draws.CONSTANT, 4.0)], branches=[(1.0, 8)], cohort=[(0.0, 0)])
    state = simulated(of)
    tally = state.classes[0]
    assert (tally.stays, tally.returns, tally.complications, tally.days) == (2, 1, 1, 4.0)
    assert state.categories.tolist() == [40.0, 9.0]
    assert (state.patients.cost[0], state.patients.left[0]) == (49.0, 24.0)


def test_shortening_one_step_leaves_every_other_draw():
    def stay(mean):
        rows = [(DELAY, 0), (DELAY, 1), (DISCHARGE,), (END,)]
        long = [(draws.LOGNORMAL, 1.0, 0.7), (draws.EXPONENTIAL, mean)]
        return simulated(program(rows, long, cohort=[(0.0, 0)] * 500), slots=500).patients.days

    slow, fast = stay(4.0), stay(2.0)
    recovery = np.array([draws.uniform(key_of(1, 0, 1, n + 1), 1, 0) for n in range(500)])
    assert np.allclose(slow - fast, -2.0 * np.log(1 - recovery))
    assert (slow > fast).all()


def test_too_few_slots_are_told():
    of = program([(DELAY, 0), (DISCHARGE,), (END,)], [ONE_DAY], cohort=[(0.0, 0)] * 10)
    assert not run(of, make_state(of, 9, 1), key_of(1), 0.0, np.inf)
    assert run(of, make_state(of, 10, 1), key_of(1), 0.0, np.inf)


def test_memory_is_the_same_however_many_replications():
    of = queue(2, 1.6, (draws.EXPONENTIAL, 1.0))
    state = make_state(of, 256, 1)
    before = sum(array.nbytes for array in state)
    for replication in range(5):
        assert run(of, state, key_of(3, replication), 10.0, 200.0)
    assert sum(array.nbytes for array in state) == before


def test_uncompiled_source_gives_the_same_bits():
    told = "from programs import queue, replicate; from analysis.pathways import draws, jit;" \
        "s, w = replicate(queue(2, 1.6, (draws.LOGNORMAL, -0.2, 0.6)), 2, 5.0, 80.0);" \
        "print(jit.COMPILED, [x.hex() for x in w], s.classes[0])"  # fmt: skip

    def output(disable):
        env = os.environ | {"NUMBA_DISABLE_JIT": disable}
        done = subprocess.run([sys.executable, "-W", "error", "-c", told], cwd=Path(__file__).parent, env=env,
                              capture_output=True, text=True, check=True)  # fmt: skip
        return done.stdout.split(" ", 1)

    compiled, plain = output("0"), output("1")
    assert (compiled[0], plain[0]) == ("True", "False")
    assert compiled[1] == plain[1]


def test_normal_scores_and_quantiles_agree_with_scipy():
    from scipy import stats

    u = np.r_[1e-12, 1e-5, np.linspace(0.001, 0.999, 400), 1 - 1e-9]
    assert np.allclose([draws.normal_score(x) for x in u], stats.norm.ppf(u), rtol=1e-13, atol=1e-15)
    none = np.zeros((1, draws.POINTS))
    for kind, frozen in [
        ((draws.EXPONENTIAL, 2.0, 0.0, 0.0), stats.expon(scale=2.0)),
        ((draws.LOGNORMAL, 0.3, 0.8, 0.0), stats.lognorm(0.8, scale=np.exp(0.3))),
        ((draws.WEIBULL, 1.7, 3.0, 0.0), stats.weibull_min(1.7, scale=3.0)),
        ((draws.UNIFORM, 1.0, 3.0, 0.0), stats.uniform(1.0, 2.0)),
        ((draws.TRIANGULAR, 1.0, 2.0, 5.0), stats.triang(0.25, loc=1.0, scale=4.0)),
    ]:
        assert np.allclose([draws.quantile(*kind, none, x) for x in u], frozen.ppf(u), rtol=1e-9)


def test_uniform_numbers_are_even_and_unrelated():
    from scipy import stats

    keys = [key_of(7, n) for n in range(4000)]
    first = np.array([draws.uniform(k, 3, 0) for k in keys])
    assert stats.kstest(first, "uniform").pvalue > 0.001
    for other in ([draws.uniform(k, 4, 0) for k in keys], [draws.uniform(k, 3, 1) for k in keys]):
        assert stats.kstest(other, "uniform").pvalue > 0.001
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.06
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.06


def test_a_replication_repeats_itself():
    of = queue(1, 0.7, (draws.EXPONENTIAL, 1.0))
    assert np.array_equal(replicate(of, 3, 10.0, 300.0)[1], replicate(of, 3, 10.0, 300.0)[1])


def test_what_is_compiled_is_kept_under_a_mark_of_every_file_it_comes_from():
    """A function kept by numba holds what it calls of other files: their change has to be seen too."""
    from numba import config

    from analysis.pathways import jit

    files = {path.stem for path in Path(jit.__file__).parent.glob("*.py") if "@compiled" in path.read_text("utf8")}
    assert files <= {part.stem for part in jit._parts}
    assert config.CACHE_DIR.endswith(jit._mark)
