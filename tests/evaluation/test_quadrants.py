"""Quality beside cost: both axes by hand, no place by chance, a planted change found."""

import numpy as np
import pandas as pd
import pytest

from analysis.evaluation.quadrants import UNCLEAR, QuadrantSettings, quadrants


def cases(n: int, group: str = "G", complication: float = 0.1, cost: float = 1000.0, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "group": group, "severity": np.where(np.arange(n) % 2, "1", "3"), "cured": 1.0, "recovered": 1.0,
        "complication": (random.random(n) < complication).astype(float), "readmission": 0.0,
        "cost": cost * random.lognormal(-0.045, 0.3, n), "standard": 1000.0, "consumable": 200.0, "charge": 1000.0,
        "stay": 8.0, "benchmark_days": 8.0,
    })  # fmt: skip


def one(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    return quadrants(now, before, QuadrantSettings(), draws=300).iloc[0]


def test_both_axes_by_hand():
    """Before: 10 of 100 complicated, share of consumables 0.20. Now: 5 of 100, share 0.25, cost 900 for 1,000, 6 days
    for 8. Quality 0.35 x 5 points; cost 0.6 x -10 % + 0.2 x +25 % + 0.2 x -25 %."""
    before = cases(100).assign(complication=(np.arange(100) < 10).astype(float))
    now = cases(100).assign(complication=(np.arange(100) < 5).astype(float), cost=900.0, consumable=250.0, stay=6.0)
    made = one(now, before)
    assert made["quality"] == pytest.approx(0.35 * 5) and made["cost"] == pytest.approx(-0.06)
    assert made["part_consumable"] == pytest.approx(0.25) and made["part_stay"] == pytest.approx(-0.25)


def test_severe_cases_are_expected_to_fare_worse():
    """Severe cases had 20 % before and have 20 % now, mild ones 5 % and 5 %; that there are more severe ones now is no
    loss of quality."""

    def mixed(severe: int, mild: int) -> pd.DataFrame:
        frame = cases(severe + mild)
        frame["severity"] = ["1"] * severe + ["5"] * mild
        bad = [*(np.arange(severe) < severe * 0.2), *(np.arange(mild) < mild * 0.05)]
        return frame.assign(complication=np.array(bad, dtype=float))

    assert one(mixed(80, 20), mixed(20, 80))["quality"] == pytest.approx(0)


def test_an_outcome_that_is_not_known_leaves_its_weight_to_the_others():
    before, now = cases(100, seed=1), cases(100, seed=2)
    now["complication"] = 0.0
    before["complication"] = (np.arange(100) < 20).astype(float)
    gone = [frame.assign(readmission=np.nan) for frame in (now, before)]
    assert one(*gone)["quality"] == pytest.approx(one(now, before)["quality"] / 0.65)


def test_nothing_known_is_no_place():
    unknown = ["cured", "recovered", "complication", "readmission", "cost", "consumable", "stay"]
    empty = dict.fromkeys(unknown, np.nan)
    made = one(cases(50).assign(**empty), cases(50).assign(**empty))
    assert made["place"] == UNCLEAR and np.isnan(made["quality"]) and np.isnan(made["cost"])


def test_groups_that_differ_by_chance_are_not_forced_into_a_quadrant():
    """Two hundred groups in which nothing changed and cost is the standard: hardly any gets a place."""
    now = pd.concat([cases(60, f"G{i}", seed=i) for i in range(200)])
    before = pd.concat([cases(60, f"G{i}", seed=1000 + i) for i in range(200)])
    made = quadrants(now, before, QuadrantSettings(), draws=200)
    assert (made["place"] != UNCLEAR).mean() <= 0.02
    covered = ((made["quality_low"] <= 0) & (made["quality_high"] >= 0)).mean()
    assert 0.90 <= covered <= 0.99


@pytest.mark.parametrize(
    ("complication", "cost", "place"),
    [
        (0.02, 800, "better_cheaper"),
        (0.02, 1200, "better_dearer"),
        (0.4, 800, "worse_cheaper"),
        (0.4, 1200, "worse_dearer"),
    ],
)
def test_a_planted_change_is_placed(complication: float, cost: float, place: str):
    made = one(cases(600, complication=complication, cost=cost, seed=4), cases(600, complication=0.15, seed=5))
    assert made["place"] == place
    assert made["quality_low"] < made["quality"] < made["quality_high"]


def test_weights_must_add_up():
    with pytest.raises(ValueError, match="add up to 1"):
        QuadrantSettings(quality={"cured": 0.5})
