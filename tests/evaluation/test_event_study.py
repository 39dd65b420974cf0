"""Month by month: equal to the textbook's coefficients where everything weighs alike, and it sees what is planted."""

import numpy as np
import pandas as pd
import pytest

from analysis.evaluation.differences import differences, net_of_months
from analysis.evaluation.event_study import event_study, months_apart, trend_before

MONTHS = [f"{month:02d}" for month in range(1, 13)]
BEFORE, AFTER, PILOTS = MONTHS[:8], MONTHS[8:], ["U00", "U01"]


def panel(seed: int = 0, effect: float = 0.0, drift: float = 0.0, units: int = 14) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = [(f"U{u:02d}", month, place) for u in range(units) for place, month in enumerate(MONTHS)]
    frame = pd.DataFrame(rows, columns=["unit", "period", "place"])
    pilot = frame["unit"].isin(PILOTS)
    value = random.normal(0, 0.1, len(frame)) + 0.3 * np.sin(frame["place"]) + pilot * drift * frame["place"]
    value += effect * (pilot & frame["period"].isin(AFTER))
    return frame.assign(value=value, weight=1.0, cases=10, spread=10.0)


def test_months_common_movement_is_taken_off():
    net = net_of_months(panel(), PILOTS, BEFORE)
    others = net[~net["unit"].isin(PILOTS)].groupby("period")["net"].mean()
    assert others.std() < 0.1 * panel().groupby("period")["value"].mean().std()


def test_differences_equal_difference_of_means():
    rows = panel(effect=1.0)
    found = differences(rows, PILOTS, BEFORE, AFTER)
    means = rows.assign(late=rows["period"].isin(AFTER)).groupby(["unit", "late"])["value"].mean().unstack()
    apart = means[True] - means[False]
    by_hand = apart[PILOTS].mean() - apart.drop(PILOTS).mean()
    side = found.groupby("treated")["difference"].mean()
    assert side[True] - side[False] == pytest.approx(by_hand, abs=1e-9)
    assert found["noise"].iloc[0] == pytest.approx(40 / 4**2 + 80 / 8**2), "variance of a case 1, weight 1 a month"


def test_a_planted_effect_shows_in_its_months_only():
    found = event_study(panel(3, effect=1.0), PILOTS, BEFORE, MONTHS).set_index("period")
    assert (found.loc[AFTER, "low"] > 0).all() and found.loc[AFTER, "effect"].mean() == pytest.approx(1, abs=0.15)
    assert ((found.loc[BEFORE, "low"] < 0) & (found.loc[BEFORE, "high"] > 0)).sum() >= 7
    assert found["before"].tolist() == [True] * 8 + [False] * 4


def test_a_trend_before_the_start_is_found():
    assert trend_before(panel(5), PILOTS, BEFORE).p > 0.05
    drifting = trend_before(panel(5, drift=0.2), PILOTS, BEFORE)
    assert drifting.p < 0.05 and drifting.effect == pytest.approx(0.2, abs=0.05)


def test_months_apart():
    assert months_apart(BEFORE, AFTER, MONTHS) == 10.5 - 4.5


def test_a_unit_without_one_side_is_left_out():
    rows = panel()
    rows = rows[~((rows["unit"] == "U05") & rows["period"].isin(AFTER))]
    assert "U05" not in set(differences(rows, PILOTS, BEFORE, AFTER)["unit"])
