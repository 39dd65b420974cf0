"""Few treated units: what can be worked by hand, what must not change, and what it must refuse."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.evaluation.few_treated import few_treated


def units(treated: int, others: int, seed: int = 0, effect: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    flag = np.arange(treated + others) < treated
    return pd.DataFrame({
        "unit": [f"U{i}" for i in range(len(flag))], "treated": flag,
        "difference": random.normal(0, 1, len(flag)) + effect * flag, "weight": 1.0, "noise": 1.0,
    })  # fmt: skip


def test_one_treated_unit_is_ranked_among_all():
    """Twelve alike: the treated one farthest from the mean of the others has p = 1 / 12; in the middle, p is 1."""
    rows = units(1, 11).assign(difference=[9.0, *np.linspace(-1, 1, 11)])
    found = few_treated(rows)
    assert found.p == pytest.approx(1 / 12) and found.effect == pytest.approx(9) and found.arrangements == 12
    assert few_treated(rows.assign(difference=[0.0, *np.linspace(-1, 1, 11)])).p == 1


def test_three_of_thirty_are_enumerated():
    assert few_treated(units(3, 27)).arrangements == 30 * 29 * 28
    assert few_treated(units(8, 22)).arrangements == 20_001


def test_at_equal_noise_the_t_interval_is_that_of_two_means():
    rows = units(3, 20, seed=4, effect=1.0)
    fit = sm.OLS(rows["difference"], sm.add_constant(rows["treated"].astype(float))).fit()
    found = few_treated(rows)
    assert [found.t_low, found.t_high] == pytest.approx(fit.conf_int().loc["treated"].tolist(), rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(shift=st.floats(-5, 5), scale=st.floats(0.2, 20), seed=st.integers(0, 50))
def test_an_effect_moves_the_interval_with_it(shift: float, scale: float, seed: int):
    rows = units(2, 12, seed)
    plain = few_treated(rows)
    other = few_treated(rows.assign(difference=(rows["difference"] + shift * rows["treated"]) * scale))
    near = {"abs": 1e-4 * scale}
    assert other.effect == pytest.approx((plain.effect + shift) * scale, **near)
    assert [other.low, other.high] == pytest.approx([(plain.low + shift) * scale, (plain.high + shift) * scale], **near)


def test_small_units_vary_more_and_count_less():
    """One outlier among the others: where it is a tiny department, it moves the comparison less."""
    rows = units(3, 20, seed=2)
    rows.loc[22, "difference"] = 6.0
    loud = few_treated(rows.assign(noise=np.where(rows.index == 22, 40.0, 1.0)))
    assert abs(loud.effect - few_treated(rows.drop(index=22)).effect) < abs(
        few_treated(rows).effect - few_treated(rows.drop(index=22)).effect
    )


def test_too_few_others():
    with pytest.raises(InputError, match="3 treated units and 5 others"):
        few_treated(units(3, 5))
    with pytest.raises(InputError, match="0 treated"):
        few_treated(units(0, 12))
