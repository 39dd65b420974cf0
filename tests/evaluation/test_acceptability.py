"""Acceptability curve and frontier, worked by hand and against their definition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.evaluation.worth import acceptability, net_benefit

_NUMBER = st.floats(-1e4, 1e4).map(lambda value: round(value, 3))


def test_curve_and_frontier_by_hand():
    """Three draws: 100 for 1, 100 for 1, 1,000 for 1 (mean 400). At 200 for an effect two of three pay, yet on average
    the new one costs 400 - 200 more than it is worth: the frontier keeps the old one."""
    made = acceptability(pd.DataFrame({"cost": [100, 100, 1000], "effect": [1, 1, 1]}), [0, 200, 500, 2000])
    assert made["probability"].tolist() == pytest.approx([0, 2 / 3, 2 / 3, 1])
    assert made["chosen"].tolist() == ["old", "old", "new", "new"]
    assert made["probability_chosen"].tolist() == pytest.approx([1, 1 / 3, 2 / 3, 1])


@settings(deadline=None)
@given(st.lists(st.tuples(_NUMBER, _NUMBER), min_size=2, max_size=20), st.floats(0, 1e3))
def test_it_is_the_part_of_the_pairs_that_pay(rows: list[tuple[float, float]], threshold: float):
    pairs = pd.DataFrame(rows, columns=["cost", "effect"])
    made = acceptability(pairs, [threshold]).iloc[0]
    assert made["probability"] == pytest.approx(np.mean(threshold * pairs["effect"] - pairs["cost"] > 0))
    benefit = net_benefit(pairs, [threshold]).loc[0, "benefit"]
    if abs(benefit) > 1e-6:
        assert made["chosen"] == ("new" if benefit > 0 else "old")


def test_pairs_without_effect_are_refused():
    with pytest.raises(InputError, match="no column effect"):
        acceptability(pd.DataFrame({"cost": [1.0, 2.0]}), [0])
    with pytest.raises(InputError, match="all of them numbers"):
        acceptability(pd.DataFrame({"cost": [1.0, float("nan")], "effect": [1.0, 1.0]}), [0])
