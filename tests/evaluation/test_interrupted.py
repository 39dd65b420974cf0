"""Interrupted time series: exact where the series is exact; months left out keep their place in time."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.evaluation.interrupted import interrupted
from analysis.periods import parse_range

MONTHS = [period.name for period in parse_range("2020-01..2022-12")]
BEFORE, AFTER = MONTHS[:26], MONTHS[30:]


def series(noise: float = 0.0, seed: int = 0) -> pd.Series:
    """100 + 0.5 a month + 4 cos(season); from month 30 on -10 and -1 a month since; the leak months are anything."""
    time = np.arange(36.0)
    value = 100 + 0.5 * time + 4 * np.cos(2 * np.pi * time / 12) + np.where(time >= 30, -10 - (time - 30), 0)
    value[26:30] = 999
    return pd.Series(value + np.random.default_rng(seed).normal(0, noise, 36), index=MONTHS)


def test_exact():
    found = interrupted(series(), BEFORE, AFTER)
    assert found.step.effect == pytest.approx(-10) and found.slope.effect == pytest.approx(-1)
    assert found.effect.effect == pytest.approx(-12.5)
    without = found.fitted.set_index("period")["without"]
    assert without["2022-12"] == pytest.approx(100 + 0.5 * 35 + 4 * np.cos(2 * np.pi * 35 / 12))


def test_errors_that_hang_together_widen_the_interval():
    """Over 60 series the interval of independent noise holds -12.5 mostly; the same noise summed up makes it wider."""
    found = [interrupted(series(0.5, seed), BEFORE, AFTER).effect for seed in range(60)]
    assert sum(one.low <= -12.5 <= one.high for one in found) >= 48
    walks = [interrupted(series(0.5, seed) + _walk(seed), BEFORE, AFTER).effect for seed in range(60)]
    assert sum(one.error for one in walks) > 1.3 * sum(one.error for one in found)


def _walk(seed: int) -> np.ndarray:
    return np.cumsum(np.random.default_rng(seed + 1000).normal(0, 0.5, len(MONTHS)))


def test_too_short():
    with pytest.raises(InputError, match="7 months for 6 coefficients"):
        interrupted(series(), MONTHS[:4], MONTHS[30:33])
