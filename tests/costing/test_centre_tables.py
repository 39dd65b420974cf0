"""The tables that an allocated month leaves in the engine, worked by hand on the hand hospital (May 2023)."""

import pytest
from hand_hospital import arrow_rows, hand_hospital
from hand_parameters import PARAMETERS

from analysis.contract import contract_tables
from analysis.costing.centre_allocation import allocate_centres
from analysis.costing.scheme import CostingScheme
from analysis.engine import open_engine
from analysis.errors import InputError
from analysis.periods import Period

MAY = Period("2023-05")
HAND = PARAMETERS["costing/hand.yaml"]


@pytest.fixture
def engine():
    """May alone, and the office served by the laboratory: a circle that only the reciprocal method sees."""
    rows = hand_hospital()
    lab = {
        "hospital_id": "H",
        "month": "2023-05",
        "driver": "orders",
        "from_centre": "*",
        "cost_centre": "A",
        "quantity": 1,
    }
    rows["drivers"].append(rows["drivers"][0] | lab | {"hospital_id": rows["drivers"][0]["hospital_id"]})
    with open_engine() as session:
        for name, table in contract_tables().items():
            session.put(name, arrow_rows(table, rows.get(name, [])))
        yield session


def scheme(**more):
    return CostingScheme.model_validate(HAND | more)


def full(engine, select, *keys):
    return engine.frame(select).set_index(list(keys))["amount"].astype(float).round(2).to_dict()


def test_alternative_costs_hold_the_other_methods_and_scopes(engine):
    """Office 100, laboratory 200 of personnel.

    Direct: office by staff W 2 : C 1, laboratory by orders W 3 : C 1 -> W 900 + 66.67 + 150, C 400 + 33.33 + 50.
    Reciprocal: a = 100 + l / 5, l = 200 + a / 4 -> a 147.37, l 236.84 -> W 900 + a / 2 + 0.6 l, C 400 + a / 4 + 0.2 l.
    Medical business cost leaves the office out: W 900 + 150, C 400 + 50.
    """
    allocate_centres(engine, MAY, scheme())
    select = """select allocation, cost_scope, cost_centre, sum(amount) as amount from alternative_costs
        where cost_item = 'personnel' group by all"""
    found = full(engine, select, "allocation", "cost_scope", "cost_centre")
    expected = {
        ("direct", "hospital_full", "W"): 1116.67, ("direct", "hospital_full", "C"): 483.33,
        ("reciprocal", "hospital_full", "W"): 1115.79, ("reciprocal", "hospital_full", "C"): 484.21,
        ("step_down", "medical_business", "W"): 1050.00, ("step_down", "medical_business", "C"): 450.00,
        ("step_down", "medical", "W"): 1118.75, ("step_down", "medical", "C"): 481.25,
        ("step_down", "medical_full", "W"): 1118.75, ("step_down", "medical_full", "C"): 481.25,
    }  # fmt: skip
    assert found == expected


@pytest.mark.parametrize("method", ["direct", "step_down", "reciprocal"])
def test_an_alternative_is_what_the_scheme_would_close(engine, method):
    select, key = (
        "select cost_centre, setting, cost_item, {} as amount from {} order by all",
        ("cost_centre", "setting"),
    )
    allocate_centres(engine, MAY, scheme(allocation="direct" if method != "direct" else "step_down"))
    beside = f"alternative_costs where allocation = '{method}' and cost_scope = 'hospital_full'"
    alternative = full(engine, select.format("amount", beside), *key, "cost_item")
    allocate_centres(engine, MAY, scheme(allocation=method))
    assert full(engine, select.format("full_cost", "centre_costs"), *key, "cost_item") == alternative


def test_what_the_scope_leaves_out_is_an_unallocated_line(engine):
    allocate_centres(engine, MAY, scheme(scope="medical_business"))
    rows = engine.frame("select level, method, cost_centre, cost_item, reason, amount from unallocated_centres")
    assert rows.values.tolist() == [["centre", "all", "A", "personnel", "out_of_scope", 100.0]]
    scopes = engine.frame(
        "select distinct cost_scope from alternative_costs where allocation = 'step_down' order by all"
    )
    assert scopes["cost_scope"].tolist() == ["hospital_full", "medical", "medical_full"]


@pytest.mark.parametrize("method", ["direct", "step_down", "reciprocal"])
def test_cost_that_no_step_takes_on_is_an_unallocated_line(engine, method):
    """Nobody hands the office on: its 100.00 stay there, and under the reciprocal method what the laboratory gives it.

    Laboratory 200 by orders W 3, C 1, A 1: 40.00 for the office.
    """
    allocate_centres(engine, MAY, scheme(steps=[HAND["steps"][1]], allocation=method))
    rows = engine.frame("select level, cost_centre, reason, amount from unallocated_centres").values.tolist()
    assert rows == [["centre", "A", "not_taken_on", 140.0 if method == "reciprocal" else 100.0]]
    assert engine.value("select sum(full_cost) from centre_costs") == (1760 if method == "reciprocal" else 1800)


def test_a_method_without_drivers_is_left_out_with_its_reason_and_stops_nothing(engine):
    """The laboratory serves only the office: nothing for the direct method to go by."""
    engine.create("drivers", "select * from drivers where not (driver = 'orders' and cost_centre <> 'A')")
    steps = [
        {"number": 1, "from_class": "technology", "to_classes": ["administration"], "driver": "orders"},
        {"number": 2, "from_class": "administration", "to_classes": ["clinical"], "driver": "staff"},
    ]
    allocate_centres(engine, MAY, scheme(steps=steps))
    left = engine.frame("select allocation, cost_scope, reason from alternatives_left_out order by all")
    assert left["allocation"].tolist() == ["direct", "step_down"]
    assert left["reason"][0] == "cost of L cannot be allocated: driver orders is missing or sums to zero"
    assert left["cost_scope"].tolist() == ["hospital_full", "medical_business"]
    assert engine.value("select sum(full_cost) from centre_costs") == 1900


def test_a_code_that_no_hospital_knows_is_an_error_naming_it(engine):
    steps = [
        HAND["steps"][0] | {"drivers": {"A9": "staff"}},
        {**HAND["steps"][1], "from_class": None, "from_centres": ["L", "L7"]},
    ]
    with pytest.raises(InputError, match="names 2 cost centre") as error:
        allocate_centres(engine, MAY, scheme(steps=steps))
    assert error.value.rows == ("steps.0.drivers: A9", "steps.1.from_centres: L7")
    assert error.value.where.startswith("parameters/costing/hand.yaml")


def test_a_code_of_another_hospital_of_the_alliance_is_fine(engine):
    """A9 exists in hospital K only; in H its rule has nobody to apply to."""
    master = engine.frame("select * from cost_centres where cost_centre = 'A'").assign(
        hospital_id="K", cost_centre="A9"
    )
    engine.put("more", master)
    engine.create("cost_centres", "select * from cost_centres union all by name select * from more")
    steps = [HAND["steps"][0] | {"drivers": {"A9": "nothing"}}, HAND["steps"][1]]
    allocate_centres(engine, MAY, scheme(steps=steps))
    assert engine.value("select sum(full_cost) from centre_costs") == 1900


def test_shares_in_the_tables_must_come_to_one(engine):
    with pytest.raises(InputError, match=r"shares of \* sum to 400 %") as error:
        allocate_centres(engine, MAY, scheme(share_drivers=["staff"]))
    assert "driver staff" in error.value.where and "2023-05" in error.value.where


def test_without_a_scheme_all_tables_are_empty(engine):
    allocate_centres(engine, MAY, None)
    for table in ("allocations", "centre_costs", "alternative_costs", "service_pools", "unallocated_centres"):
        assert engine.value(f'select count(*) from "{table}"') == 0


@pytest.mark.parametrize("allocation", ["direct", "step_down", "reciprocal"])
def test_pools_of_services_sum_to_the_clinical_full_cost(engine, allocation):
    """Also where the laboratory serves the office: what clinical centres bear of it is what its services cost."""
    allocate_centres(engine, MAY, scheme(allocation=allocation))
    borne = engine.frame("select cost_item, sum(full_cost) as amount from centre_costs group by all order by all")
    pools = engine.frame("select cost_item, sum(total) as amount from service_pools group by all order by all")
    assert borne["amount"].sum() > 0 and pools.equals(borne)
