"""The margin bridge by hand, its exactness for any hospital, and what it does not give away."""

from pathlib import Path

import pandas as pd
import pytest
from closed_factory import card_of, shaped
from hypothesis import given
from hypothesis import strategies as st

from analysis.closed_period import write_period
from analysis.periods import Period
from analysis.presentation.disclosure import HIDDEN
from analysis.presentation.numbers import Style
from analysis.presentation.waterfall import waterfall
from analysis.studies.committee import open_report
from analysis.studies.margin_bridge import bridge_steps, margin_bridge

BEFORE = {"cases": 10, "weight": 10.0, "income": 1000.0, "cost": 900.0, "denied": 10.0}
NOW = {"cases": 12, "weight": 15.0, "income": 1650.0, "cost": 1200.0, "denied": 20.0}
#: 100 x 12/10 = 120; 100 x 15/10 = 150; 1,650 - 900 x 1.5 = 300; 1,650 - 1,200 = 450; denied 10 more.
BY_HAND = {"volume": 20.0, "case_mix": 30.0, "rate": 150.0, "unit_cost": 150.0, "denials": -10.0}


def test_by_hand():
    assert {step: fen / 100 for step, fen in bridge_steps(BEFORE, NOW).items()} == BY_HAND


money = st.integers(0, 10**12).map(lambda fen: fen / 100)
sides = st.fixed_dictionaries(
    {"cases": st.integers(1, 10**6), "weight": st.floats(0.01, 1e6), "income": money, "cost": money, "denied": money}
)


@given(sides, sides)
def test_the_steps_are_the_whole_difference_to_the_fen(before: dict, now: dict):
    def margin(side: dict) -> int:
        return sum(sign * round(side[name] * 100) for name, sign in (("income", 1), ("cost", -1), ("denied", -1)))

    steps = bridge_steps(before, now)
    assert sum(steps.values()) == margin(now) - margin(before)
    same = bridge_steps(before, before)
    assert set(same.values()) == {0}


@given(sides, st.integers(2, 9))
def test_more_of_the_same_is_volume_alone(side: dict, times: int):
    more = {name: value * times for name, value in side.items()}
    steps = bridge_steps(side | {"denied": 0.0}, more | {"denied": 0.0})
    assert all(abs(steps[name]) <= 1 for name in ("case_mix", "rate", "unit_cost")) and steps["denials"] == 0


def cases_of(month: str, side: dict, without: int = 0) -> pd.DataFrame:
    rows = pd.DataFrame({"stay_id": [f"{month}-{i}" for i in range(side["cases"] + without)]})
    n = side["cases"]
    rows = rows.assign(hospital_id="H", department="D", drg_code="A", outlier="normal", cost_complete=True, weight=None)
    rows.loc[: n - 1, "weight"] = side["weight"] / n
    rows["payment"] = [round(side["income"] / n, 2)] * n + [None] * without
    rows["cost_total"] = [round(side["cost"] / n, 2)] * n + [1.0] * without
    rows["margin_cost"] = rows["payment"] - rows["cost_total"]
    return rows.assign(discharged_at=pd.Timestamp(f"{month}-02"), length_of_stay=3)


def report_of(root: Path, without: int = 0):
    for month, side in (("2022-01", BEFORE), ("2023-01", NOW)):
        denied = pd.DataFrame([{"denial_id": month, "hospital_id": "H", "denied_on": pd.Timestamp(f"{month}-05").date(),
                                "amount": side["denied"], "reason": "coding"}])  # fmt: skip
        tables = shaped({"cases": cases_of(month, side, without), "denied": denied})
        write_period(root / "hand", Period(month), tables, card_of(Period(month), "hand", "CNY", "zh"))
    return open_report("data/hand", "2023-01", str(root), "en")


def test_the_page_shows_margins_factors_and_steps(tmp_path: Path):
    finding = margin_bridge(report_of(tmp_path))
    assert finding.table is not None
    rows = finding.table.rows
    assert rows["effect"].tolist() == [90.0, *BY_HAND.values(), 430.0]
    assert rows["effect"].iloc[:-1].sum() == rows["effect"].iloc[-1]
    assert rows[["before", "now"]].iloc[1:-1].to_numpy(float).tolist() == [
        [10, 12],
        [1.0, 1.25],
        [100, 110],
        [90, 80],
        [10, 20],
    ]
    assert "from CNY +90 to CNY +430 (CNY +340)" in finding.text and "+150" in finding.figure


@pytest.mark.parametrize(("without", "shown"), [(0, True), (3, False), (10, True)])
def test_few_cases_without_a_margin_do_not_follow_from_the_number_of_those_with_one(tmp_path, without, shown):
    finding = margin_bridge(report_of(tmp_path, without))
    assert finding.table is not None
    told = finding.table.rows[["before", "now"]].iloc[1:3].to_numpy().ravel().tolist()
    assert (HIDDEN not in told) is shown and (told.count(HIDDEN) == 0 or told.count(HIDDEN) == 4)


def test_a_waterfall_that_does_not_close_is_refused():
    with pytest.raises(ValueError, match="do not lead"):
        waterfall(["a", "b", "c"], [100.0, 10.0, 120.0], Style("en"), "money")
    assert "+10" in waterfall(["a", "b", "c"], [-100.0, 10.0, -90.0], Style("en"), "money")
