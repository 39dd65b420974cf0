"""Frozen limits: a baseline worked by hand, and what many series at once may claim by chance alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.audit.control_limits import judge, q_values

#: Twelve months alternating 34 % and 36 %: mean 35 %, every moving range 2 points.
STEADY = np.array([[0.34, 0.36] * 6])


def test_limits_by_hand():
    """Mean 0.35; moving range 0.02: limits 0.35 -+ 0.0532; s = max(0.01044, 0.02 / 1.128 = 0.01773)."""
    judged = judge(STEADY, np.array([0.45]))
    assert judged.mean[0] == pytest.approx(0.35)
    assert (judged.low[0], judged.high[0]) == (pytest.approx(0.2968), pytest.approx(0.4032))
    t = 0.10 / (0.02 / 1.128 * np.sqrt(13 / 12))
    assert judged.p[0] == judged.q[0] == pytest.approx(2 * stats.t.sf(t, 11))
    assert judged.alarm[0]


def test_a_month_within_the_limits_is_no_alarm_and_a_gap_is_spanned():
    assert not judge(STEADY, np.array([0.39])).alarm[0]
    gap = np.insert(STEADY, 5, np.nan, axis=1)
    whole, spanned = judge(STEADY, np.array([0.45])), judge(gap, np.array([0.45]))
    assert whole.high[0] == spanned.high[0] and whole.p[0] == spanned.p[0]


@pytest.mark.parametrize(
    ("baseline", "new"),
    [(STEADY[:, :11], 0.9), (np.full((1, 12), 0.35), 0.9), (STEADY, np.nan)],
    ids=["eleven months", "never moved", "too few cases now"],
)
def test_what_cannot_be_tested_is_no_alarm(baseline: np.ndarray, new: float):
    judged = judge(baseline, np.array([new]))
    assert np.isnan(judged.p[0]) and not judged.alarm[0]


def test_q_values_by_hand():
    """Sorted 0.01, 0.02, 0.03, 0.5 x 4 / rank: 0.04, 0.04, 0.04, 0.5; the untested one does not count."""
    q = q_values(np.array([0.03, np.nan, 0.5, 0.01, 0.02]))
    assert q[[0, 2, 3, 4]] == pytest.approx([0.04, 0.5, 0.04, 0.04]) and np.isnan(q[1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_is_never_below_p_and_keeps_the_order(p: list[float]):
    values = np.array(p)
    q = q_values(values)
    order = np.argsort(values, kind="stable")
    assert (q >= values - 1e-12).all() and (np.diff(q[order]) >= -1e-12).all()


def _stationary(random: np.random.Generator, months: int, kind: str) -> np.ndarray:
    """600 series: normal, or of departments of thirty cases with skewed charges and drug shares."""
    if kind == "normal":
        return random.standard_normal((600, months + 1))
    expected = random.lognormal(9, 0.6, (600, months + 1, 30))
    charge = expected * random.lognormal(0, 0.5, expected.shape)
    money = np.log(charge[:300].sum(axis=2) / expected[:300].sum(axis=2))
    return np.concatenate([money, random.beta(2, 4, charge[300:].shape).mean(axis=2)])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("months", "kind"), [(12, "normal"), (18, "normal"), (20, "normal"), (18, "thirty skewed cases")]
)
def test_six_hundred_stationary_series_give_an_alarm_in_at_most_a_twentieth_of_runs(months: int, kind: str):
    """1,000 runs; refused where more alarms than 5 % would give with a probability of 1 %."""
    random = np.random.default_rng(2023)
    alarms = 0
    for _ in range(1000):
        values = _stationary(random, months, kind)
        alarms += judge(values[:, :-1], values[:, -1]).alarm.any()
    assert stats.binomtest(int(alarms), 1000, 0.05, alternative="greater").pvalue >= 0.01, alarms


def test_thirty_runs_of_six_hundred_series():
    """The fast lane's share of the promise: 30 runs with more than five alarms have a probability below 1 %."""
    random = np.random.default_rng(7)
    runs = [_stationary(random, 18, "normal") for _ in range(30)]
    assert sum(judge(values[:, :-1], values[:, -1]).alarm.any() for values in runs) <= 5
