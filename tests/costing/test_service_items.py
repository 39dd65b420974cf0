"""Service items and capacity of the month of two patients, worked on paper (see two_patients)."""

import pytest
from two_patients import LINES, RECIPES, costed, two_patients

from analysis.engine import Engine


@pytest.fixture(scope="module")
def engine():
    with Engine() as session:
        yield session


def services(engine, **changes):
    costed(engine, two_patients(**changes))
    rows = engine.frame("select * from services order by all").set_index(["cost_centre", "item_code", "method"])
    return rows.astype({name: float for name in rows.columns if name not in ("hospital_id",)})


def capacities(engine, **changes):
    costed(engine, two_patients(**changes))
    return engine.frame("select * from centre_capacity").set_index("cost_centre")


def test_time_driven_unit_costs(engine):
    """200.00 for 100 practical minutes: 2.00 a minute. Test 10 x 2 + 2 = 22.00, scan 20 x 2 + 10 = 50.00."""
    rows = services(engine)
    test, scan = rows.loc["L", "test", "activity"], rows.loc["L", "scan", "activity"]
    assert (test["unit_cost"], scan["unit_cost"]) == (22, 50)
    assert test[["volume", "minutes", "material", "unit_price", "cost", "revenue", "margin"]].tolist() == [
        4, 40, 2, 30, 88, 120, 32,
    ]  # fmt: skip


def test_material_is_never_more_than_the_books_hold(engine):
    """Recipes say 4 x 8 + 68 = 100.00, the laboratory booked 50.00: half of it, so a test costs 20 + 4, a scan 40 + 34.

    With a third of the revenue from outpatients without lines, who take as much a yuan, a third of that again.
    """
    thrifty = [("test", "L", 10, 1, 8), ("scan", "L", 20, 6, 68)]
    rows = services(engine, recipes=thrifty).xs("activity", level="method").loc["L"]
    assert rows["unit_cost"].to_dict() == {"test": 24, "scan": 74} and rows["material"].tolist() == [34, 4]
    rows = services(engine, recipes=thrifty, ordered=405).xs("activity", level="method").loc["L"]
    assert rows["material"].to_dict() == pytest.approx({"test": 8 / 3, "scan": 68 / 3})


def test_idle_minutes_stand_apart(engine):
    """60 of 100 minutes worked: 40 idle, 80.00."""
    row = capacities(engine).loc["L"]
    names = ["cost", "practical_minutes", "used_minutes", "estimated_minutes", "rate", "unused_minutes", "unused_cost"]
    assert row[names].astype(float).tolist() == [200, 100, 60, 0, 2, 40, 80]


def test_revenue_without_lines_is_estimated_in_minutes(engine):
    """405.00 ordered, 270.00 by lines: 135.00 of outpatients at 60 / 270 minutes a yuan are 30 minutes; 10 are idle."""
    row = capacities(engine, ordered=405).loc["L"]
    assert row[["estimated_minutes", "unused_minutes", "unused_cost"]].astype(float).tolist() == [30, 10, 20]


def test_equivalence_shares_out_the_pool_with_materials(engine):
    """250.00 over 10 coefficients: 25.00 a test, 150.00 a scan; of 15 (outpatients estimated): 16.67 and 100.00."""
    rows = services(engine).xs("equivalence", level="method")["unit_cost"]
    assert rows["L"].to_dict() == {"test": 25, "scan": 150}
    rows = services(engine, ordered=405).xs("equivalence", level="method")["unit_cost"]
    assert rows["L"].to_dict() == pytest.approx({"test": 250 / 15, "scan": 100})


def test_ratio_shares_out_the_pool_by_charges(engine):
    """250.00 over 270.00 charged: 27.78 a test, 138.89 a scan; together the pool."""
    rows = services(engine).xs("ratio", level="method").loc["L"]
    assert rows["unit_cost"].to_dict() == pytest.approx({"test": 250 / 9, "scan": 1250 / 9})
    assert rows["cost"].sum() == pytest.approx(250)


def test_a_ward_bears_what_its_beds_do_not(engine):
    """Nursing carries the personnel, 900.00 over four: 225.00; drugs are no service."""
    rows = services(engine)
    assert rows.loc["W", "nursing", "ratio"]["unit_cost"] == 225
    assert set(rows.index.get_level_values("item_code")) == {"test", "scan", "nursing"}


def test_direct_unit_cost_leaves_out_what_others_gave(engine):
    """Only the laboratory's own 200.00 here: the same 22.00; without practical minutes neither is known."""
    row = services(engine).loc["L", "test", "activity"]
    assert row["direct_unit_cost"] == 22
    row = services(engine, minutes=0).loc["L", "test", "activity"]
    assert row[["direct_unit_cost", "unit_cost", "cost"]].isna().all() and row["minutes"] == 40


def test_a_service_without_recipe_has_a_price_and_no_minutes(engine):
    rows = services(engine, lines=[*LINES, ("a", "new", 1, 135, "LAB")])
    row = rows.loc["L", "new", "activity"]
    assert row[["minutes", "unit_cost", "cost"]].isna().all() and row["unit_price"] == 135
    assert rows.loc["L", "new", "ratio"]["unit_cost"] == pytest.approx(135 * 250 / 405)


def test_activities_of_a_service_add_up(engine):
    """Taking (4 minutes) and reading (6 minutes) are the test's ten."""
    rows = two_patients(recipes=RECIPES[1:])
    for activity, minutes, material in (("take", 4.0, 2), ("read", 6.0, None)):
        rows["service_recipes"].append(
            {"item_code": "test", "cost_centre": "L", "activity": activity, "minutes": minutes, "material": material}
        )
    costed(engine, rows)
    unit = engine.value("select unit_cost from services where item_code = 'test' and method = 'activity'")
    assert float(unit) == 22


def test_lines_of_outpatients_are_volume_too(engine):
    """A visit's two tests: 6 tests, 80 of 100 minutes; no patient in a bed pays for them."""
    rows = services(engine, lines=[*LINES, (None, "test", 2, 60, "LAB")], ordered=330)
    assert rows.loc["L", "test", "activity"]["volume"] == 6
    assert engine.value("select used_minutes from centre_capacity where cost_centre = 'L'") == 80
    assert engine.value("select count(distinct stay_id) from case_costs") == 2


def test_idle_time_is_unknown_where_outpatients_leave_no_lines(engine):
    """The ward, 120 of 200 minutes by lines: 80 idle for inpatients alone, unknown when outpatients come as well."""
    rows = two_patients()
    rows["resources"].append(rows["resources"][0] | {"cost_centre": "W", "practical_minutes": 200.0})
    idle = "select unused_minutes from centre_capacity where cost_centre = 'W'"
    assert costed(engine, rows).value(idle) == 80
    rows["cost_centres"][0]["setting"] = "both"
    rows["workload"] = [
        {"hospital_id": "H", "month": "2023-05", "cost_centre": "W", "setting": setting, "revenue": 100}
        for setting in ("inpatient", "outpatient")
    ]
    assert costed(engine, rows).frame(idle)["unused_minutes"].isna().all()
