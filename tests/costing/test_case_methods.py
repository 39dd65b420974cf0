"""Cost of two patients by three methods, every figure worked on paper (see two_patients)."""

import pytest
from two_patients import LEDGER, LINES, RECIPES, costed, costs, two_patients

from analysis.engine import Engine

#: What does not depend on the service method: beds by days 1 : 2, nursing by minutes 30 : 90, own drugs first.
WARD = {
    ("W", "personnel"): (225, 675),
    ("W", "depreciation"): (100, 200),
    ("W", "drugs"): (60 + 10, 10 + 20),
    ("W", "materials"): (20, 40),
}


@pytest.fixture(scope="module")
def engine():
    with Engine() as session:
        yield session


def test_top_down_knows_the_days_alone(engine):
    """Laboratory and ward together by days 1 : 2: personnel 1,100.00, materials 110.00."""
    found = costs(costed(engine, two_patients()), "top_down")
    assert found == {
        ("W", "personnel"): (366.67, 733.33),
        ("W", "depreciation"): (100, 200),
        ("W", "drugs"): (70, 30),
        ("W", "materials"): (36.67, 73.33),
    }


def test_bottom_up_by_minutes(engine):
    """Laboratory: 30 + 30 minutes, so 100.00 each; material of the tests and the scan 6.00 + 12.00 first, the other
    32.00 by minutes, 16.00 each."""
    found = costs(costed(engine, two_patients()), "bottom_up")
    assert found == WARD | {("L", "personnel"): (100, 100), ("L", "materials"): (22, 28)}


def test_bottom_up_by_coefficients(engine):
    """3 + 7 coefficients: 60.00 and 140.00; material 6.00 + 9.60 and 12.00 + 22.40."""
    found = costs(costed(engine, two_patients(), service_method="equivalence"), "bottom_up")
    assert found == WARD | {("L", "personnel"): (60, 140), ("L", "materials"): (15.60, 34.40)}


def test_bottom_up_by_charges(engine):
    """90.00 + 180.00 charged, 1 : 2: 66.67 and 133.33; material 6.00 + 10.67 and 12.00 + 21.33; nursing 20 : 60."""
    found = costs(costed(engine, two_patients(), service_method="ratio"), "bottom_up")
    assert found == WARD | {("L", "personnel"): (66.67, 133.33), ("L", "materials"): (16.67, 33.33)}


def test_cost_to_income(engine):
    """Laboratory 1 : 2 by charges, the ward 1 : 3 by its nursing, own drugs first: 60 + 7.50 and 10 + 22.50."""
    found = costs(costed(engine, two_patients()), "cost_to_income")
    assert found == {
        ("L", "personnel"): (66.67, 133.33),
        ("L", "materials"): (16.67, 33.33),
        ("W", "personnel"): (225, 675),
        ("W", "depreciation"): (75, 225),
        ("W", "drugs"): (67.50, 32.50),
        ("W", "materials"): (15, 45),
    }


def test_twice_the_minutes_move_the_right_amount(engine):
    """a has six tests instead of three: 60 : 30 minutes, so 133.33 and 66.67; 33.33 moved from b to a."""
    more = [("a", "test", 6, 180, "LAB") if line[:2] == ("a", "test") else line for line in LINES]
    found = costs(costed(engine, two_patients(lines=more)), "bottom_up")
    assert found["L", "personnel"] == (133.33, 66.67) and found["W", "personnel"] == (225, 675)


def test_a_centre_without_recipes_goes_by_charges(engine):
    found = costs(costed(engine, two_patients(recipes=RECIPES[2:])), "bottom_up")
    assert found["L", "personnel"] == (66.67, 133.33) and found["W", "personnel"] == (225, 675)


def test_a_service_without_a_recipe_counts_at_the_minutes_per_yuan_of_the_others(engine):
    """60 minutes for 270.00 charged; a's new test of 135.00 counts 30: 60 : 30 minutes."""
    found = costs(costed(engine, two_patients(lines=[*LINES, ("a", "new", 1, 135, "LAB")])), "bottom_up")
    assert found["L", "personnel"] == (133.33, 66.67)


def test_a_ward_without_services_goes_by_days(engine):
    lines = [line for line in LINES if line[1] != "nursing"]
    found = costed(engine, two_patients(lines=lines))
    assert costs(found, "bottom_up")["W", "personnel"] == (300, 600)
    assert costs(found, "cost_to_income")["W", "depreciation"] == (100, 200)


def test_a_laboratory_that_nobody_used_stays_visible(engine):
    found = costed(engine, two_patients(lines=[line for line in LINES if line[4] != "LAB"]))
    for method in ("bottom_up", "cost_to_income"):
        assert ("L", "personnel") not in costs(found, method)
    rows = found.frame("select * from unallocated order by method, cost_item")
    assert rows["cost_centre"].eq("L").all() and rows["reason"].eq("no_services").all()
    assert rows["method"].tolist() == ["bottom_up"] * 2 + ["cost_to_income"] * 2
    assert rows["amount"].astype(float).tolist() == [50, 200, 50, 200]


def test_material_above_the_ledger_shares_what_was_spent(engine):
    """Recipes say 18.00 of material, the ledger 9.00: 3.00 and 6.00."""
    ledger = [("L", "materials", 9) if row[:2] == ("L", "materials") else row for row in LEDGER]
    assert costs(costed(engine, two_patients(ledger=ledger)), "bottom_up")["L", "materials"] == (3, 6)


def test_a_refund_of_an_earlier_month_takes_nothing_back(engine):
    """b's tests net to -1: they count nothing, the scan's 20 minutes stay. 30 : 20 minutes: 120.00 and 80.00."""
    found = costs(costed(engine, two_patients(lines=[*LINES, ("b", "test", -2, -60, "LAB")])), "bottom_up")
    assert found["L", "personnel"] == (120, 80)


def test_what_nobody_knows_as_performing_was_performed_by_the_ordering_ward(engine):
    """The laboratory's department is unknown: tests and scan count for the ward, by charges 110 : 240."""
    lines = [(*line[:4], "elsewhere") if line[4] == "LAB" else line for line in LINES]
    found = costs(costed(engine, two_patients(lines=lines)), "cost_to_income")
    assert found["W", "personnel"] == (282.86, 617.14) and ("L", "personnel") not in found


def test_order_of_rows_changes_nothing(engine):
    rows = two_patients()
    once = costed(engine, rows).arrow("select * from case_costs order by all")
    turned = {name: table[::-1] for name, table in rows.items()}
    assert costed(engine, turned).arrow("select * from case_costs order by all").equals(once)


def test_negative_booking_is_conserved(engine):
    """A correction of -90.00 on the laboratory's depreciation reaches the patients as such, by every method."""
    found = costed(engine, two_patients(ledger=[*LEDGER, ("L", "depreciation", -90)]))
    assert costs(found, "bottom_up")["L", "depreciation"] == (-45, -45)
    assert costs(found, "cost_to_income")["L", "depreciation"] == (-30, -60)
    assert costs(found, "top_down")["W", "depreciation"] == (70, 140)
