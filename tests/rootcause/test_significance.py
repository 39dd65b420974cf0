"""Benjamini-Hochberg among the rows of a question and of a DRG, and the floor."""

import numpy as np
import pandas as pd
import pytest

from analysis.rootcause.significance import benjamini_hochberg, q_values


def rows(**columns) -> pd.DataFrame:
    count = len(columns["p_value"])
    given = {"hospital_id": "H1", "drg_code": "FM19", "baseline": "peers", "view": "item", "category": "drug"}
    return pd.DataFrame({**{name: [value] * count for name, value in given.items()}, "effect": "price",
                         "amount_total": [10_000.0] * count, **columns})  # fmt: skip


def test_the_published_example():
    # Benjamini and Hochberg 1995, section 3.3: 15 p-values, four rejected at 5 %
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                  0.6528, 0.7590, 1.0])  # fmt: skip
    q = benjamini_hochberg(p)
    assert (q < 0.05).sum() == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4) and q[0] == pytest.approx(0.0015)


def test_unknown_p_values_do_not_count():
    q = benjamini_hochberg(np.array([0.01, np.nan, 0.04]))
    assert q == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert benjamini_hochberg(np.array([])).shape == (0,)


def test_a_question_is_asked_of_all_drgs():
    found = q_values(rows(drg_code=["A", "B", "C", "D"], p_value=[0.004, 0.03, 0.5, 0.9]), floor=1.0)
    assert found["q_value"].tolist() == pytest.approx([0.016, 0.06, 2 / 3, 0.9])
    assert found["called"].tolist() == [True, False, False, False]


def test_many_causes_of_one_drg_are_many_questions_and_one_family():
    found = q_values(rows(effect=["a", "b", "c", "d"], p_value=[0.02, 0.6, 0.7, 0.9]), floor=1.0)
    assert found["q_value"].tolist() == pytest.approx([0.08, 0.9, 0.9, 0.9])
    assert not found["called"].any()


def test_views_and_baselines_are_questions_of_their_own():
    apart = rows(drg_code=["A", "B"], view=["item", "driver"], p_value=[0.04, 0.04])
    assert q_values(apart, floor=1.0)["q_value"].tolist() == pytest.approx([0.04, 0.04])
    together = rows(drg_code=["A", "B"], p_value=[0.04, 0.9])
    assert q_values(together, floor=1.0)["q_value"].tolist() == pytest.approx([0.08, 0.9])


def test_small_money_is_not_called_and_no_interval_is_no_cause():
    found = q_values(
        rows(drg_code=["A", "B", "C"], p_value=[1e-6, 1e-6, np.nan], amount_total=[-900.0, 80.0, 5e6]), 500.0
    )
    assert found["material"].tolist() == [True, False, True]
    assert found["called"].tolist() == [True, False, False]
    assert np.isnan(found["q_value"].iloc[2])


def test_order_of_rows_changes_nothing():
    rng = np.random.default_rng(3)
    every = rows(drg_code=list("ABCDEFGH") * 4, effect=sorted("wxyz" * 8), p_value=rng.uniform(0, 0.1, 32))
    shuffled = every.sample(frac=1, random_state=1)
    assert q_values(shuffled, 1.0)["q_value"].sort_index().tolist() == q_values(every, 1.0)["q_value"].tolist()


def test_hospitals_without_any_cause_rarely_get_one():
    rng = np.random.default_rng(11)
    alarms = sum(q_values(rows(effect=[f"e{i}" for i in range(40)], p_value=rng.uniform(size=40)), 1.0)["called"].any()
                 for _ in range(400))  # fmt: skip
    assert alarms / 400 < 0.09
