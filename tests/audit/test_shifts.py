"""Shift alerts: the planted jump in its first month, nothing where only the mix moved, and the jump taken apart."""

import json

import pandas as pd
import pytest
from audit_history import add_drug, drawn_cases, engine_of, months

from analysis.audit.shifts import baseline_of, decomposed, shift_alerts
from analysis.periods import Period

MONTH = Period("2022-09")
HISTORY = months("2021-01", "2022-09")


def _house(number: int = 120) -> pd.DataFrame:
    """Three departments of two groups each."""
    parts = [
        drawn_cases(5, HISTORY, department, drg, number // 2, charge)
        for department, drgs in {"10": (("GB19", 26000), ("GD29", 9000)), "11": (("GB19", 25000), ("RE19", 7000)),
                                 "12": (("GD29", 9500), ("RE19", 7500))}.items()
        for drg, charge in drgs
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_limits_are_frozen_at_the_half_year_on_twelve_to_twenty_months():
    first = Period("2021-01")
    assert [p.name for p in baseline_of(Period("2022-09"), first)] == [p.name for p in months("2021-01", "2022-06")]
    assert baseline_of(Period("2022-12"), first) == baseline_of(Period("2022-07"), first)
    assert (
        len(baseline_of(Period("2023-06"), first)) == 20 and baseline_of(Period("2023-06"), first)[-1].name == "2022-12"
    )
    assert baseline_of(Period("2021-12"), first) == [] == baseline_of(Period("2022"), Period("2020"))
    assert len(baseline_of(Period("2022-01"), first)) == 12


def test_the_planted_jump_is_found_in_its_first_month_with_its_drug_and_its_physicians():
    """A new drug worth 0.49 of all else, two physicians of three: 35 % of drugs become 46 % a stay."""
    cases = add_drug(_house(), MONTH.name, "10", {"P100", "P101"}, 0.49)
    alerts = shift_alerts(engine_of(cases), baseline_of(MONTH, HISTORY[0]), MONTH)
    found = alerts.set_index(["kind", "subject"])
    assert ("drug_share_shift", "10") in found.index
    assert not {"11", "12"} & set(alerts["subject"])
    row = found.loc[("drug_share_shift", "10")]
    assert row["expected"] == pytest.approx(0.35, abs=0.01) and row["observed"] == pytest.approx(0.50, abs=0.02)
    assert row["expected"] < row["limit"] < row["observed"] and row["q_value"] < 0.001
    told = json.loads(row["evidence"])
    assert told["items"][0][0] == "NEW" and {code for code, _ in told["physicians"][:2]} == {"P100", "P101"}
    moved = told["per_case"] - told["per_case_before"]
    assert told["mix"] + told["price"] + told["volume"] == pytest.approx(moved, abs=0.03)
    assert told["volume"] == pytest.approx(told["items"][0][1], rel=0.2), "a new drug is volume, not price"


def test_without_the_drug_nothing_is_said():
    assert shift_alerts(engine_of(_house()), baseline_of(MONTH, HISTORY[0]), MONTH).empty


def test_a_month_of_dear_groups_is_no_shift():
    """Of the month's cheap cases two in three are missing: the mean charge jumps, its group's do not."""
    cases = _house()
    cheap = cases["period"].eq(MONTH.name) & cases["drg_code"].eq("GD29") & cases["department"].eq("10")
    heavy = cases.drop(cases.index[cheap][::3].union(cases.index[cheap][1::3]))
    now = heavy[(heavy["period"] == MONTH.name) & (heavy["department"] == "10")]["charge_total"].mean()
    assert now > 1.2 * cases[cases["department"] == "10"]["charge_total"].mean()
    assert shift_alerts(engine_of(heavy), baseline_of(MONTH, HISTORY[0]), MONTH).empty


def test_a_small_department_is_not_tested():
    cases = add_drug(_house(number=20), MONTH.name, "10", {"P100", "P101"}, 0.49)
    alerts = shift_alerts(engine_of(cases), baseline_of(MONTH, HISTORY[0]), MONTH)
    assert "10" not in set(alerts["subject"])


def test_a_jump_taken_apart_by_hand():
    """Ten cases now, twenty before (200 a case then: 4,000).

    OLD: 100 pieces for 1,500 now; as many such cases before: 80 for 800, so p0 = 10, p = 15: price 100 x 5 / 10 = 50,
    volume (100 - 80) x 10 / 10 = 20. NEW: 900 of physician Y: volume 90. Mix: 800 / 10 - 4,000 / 20 = -120.
    """
    items = pd.DataFrame([
        ("OLD", "X", 100.0, 1500.0, 80.0, 800.0, 4000.0),
        ("NEW", "Y", 9.0, 900.0, 0.0, 0.0, 0.0),
    ], columns=["item_code", "physician_id", "quantity", "amount", "quantity_expected", "amount_expected",
                "amount_before"])  # fmt: skip
    assert decomposed(items, 10, 20) == {
        "per_case": 240.0, "per_case_before": 200.0, "mix": -120.0, "price": 50.0, "volume": 110.0,
        "items": [["NEW", 90.0], ["OLD", 70.0]], "physicians": [["Y", 90.0], ["X", 70.0]],
    }  # fmt: skip
