"""What a scheme can say about drivers, worked by hand: mixtures, by cost item, dual-rate, shares of one."""

import numpy as np
import pytest
from allocation_books import month_of, scheme_of
from pydantic import ValidationError

from analysis.costing.allocation import allocation_rows
from analysis.costing.bases import check_shares, parts_of
from analysis.costing.hospital_allocation import allocate
from analysis.costing.scheme import CostingScheme
from analysis.errors import InputError
from analysis.settings import read_settings

CLASSES = {"W1": "clinical", "W2": "clinical", "S": "auxiliary"}
DRIVERS = {
    ("beds", "*"): {"W1": 30, "W2": 10},
    ("transports", "*"): {"W1": 1, "W2": 3},
    ("staff", "*"): {"W1": 1, "W2": 1},
}


def flows(basis, items=("personnel", "drugs"), **more):
    """Cost of S, 100.00 an item, handed on by a basis: item -> {(driver, ward): currency}."""
    scheme = scheme_of({"number": 2, "from_class": "auxiliary", "to_classes": ["clinical"], "driver": basis, **more})
    month = month_of(scheme, {"W1": 0, "W2": 0, "S": 100}, DRIVERS, CLASSES, items, fine=100)
    done = allocate(month, "step_down", "hospital_full")
    rows = allocation_rows(month.codes, month.items, done.direct, done.givings, done.flows).query("step == 2")
    return {
        item: {(r.driver, r.to_centre): r.fen / 100 for r in part.itertuples()}
        for item, part in rows.groupby("cost_item")
    }


def test_a_mixture_weighs_each_driver_by_its_share():
    """60 % by beds 3 : 1 -> 45 and 15; 40 % by transports 1 : 3 -> 10 and 30; together 55 and 45."""
    driver = "0.6 beds + 0.4 transports"
    found = flows({"mix": {"beds": 0.6, "transports": 0.4}})
    assert found["drugs"] == found["personnel"] == {(driver, "W1"): 55.0, (driver, "W2"): 45.0}


def test_cost_items_may_go_by_drivers_of_their_own():
    found = flows({"items": {"personnel": "staff"}, "rest": "beds"})
    assert found["personnel"] == {("staff", "W1"): 50.0, ("staff", "W2"): 50.0}
    assert found["drugs"] == {("beds", "W1"): 75.0, ("beds", "W2"): 25.0}


def test_dual_rate_gives_fixed_items_by_capacity_and_the_others_by_use():
    """personnel is one of the scheme's fixed items, drugs is not."""
    found = flows({"fixed": "beds", "variable": "transports"})
    assert found["personnel"] == {("beds", "W1"): 75.0, ("beds", "W2"): 25.0}
    assert found["drugs"] == {("transports", "W1"): 25.0, ("transports", "W2"): 75.0}


def test_the_fallback_steps_in_for_a_mixture_with_an_empty_driver_and_only_there():
    found = flows({"items": {"personnel": {"mix": {"beds": 0.5, "nothing": 0.5}}}, "rest": "beds"}, fallback="staff")
    assert set(found["personnel"]) == {("staff", "W1"), ("staff", "W2")}
    assert set(found["drugs"]) == {("beds", "W1"), ("beds", "W2")}


def test_an_item_without_cost_needs_no_driver():
    assert parts_of("staff", ["personnel", "drugs"], [])[0].items.tolist() == [0, 1]
    scheme = scheme_of(
        {
            "number": 2,
            "from_class": "auxiliary",
            "to_classes": ["clinical"],
            "driver": {"items": {"drugs": "nothing"}, "rest": "beds"},
        }
    )
    month = month_of(
        scheme, {"W1": 0, "W2": 0, "S": {"own": [100, 0]}}, DRIVERS, CLASSES, ["personnel", "drugs"], fine=100
    )
    assert allocate(month, "step_down", "hospital_full").held[:2, 0].tolist() == [7500, 2500]


@pytest.mark.parametrize(
    ("basis", "message"),
    [
        ({"mix": {"beds": 0.6, "transports": 0.2}}, "the shares sum to 0.8, not to 1"),
        ({"mix": {"beds": 1.5, "transports": -0.5}}, "greater than 0"),
        ({"items": {"wages": "staff"}, "rest": "beds"}, "Input should be 'personnel'"),
        ({"items": {"personnel": "staff"}}, "Field required"),
        ({"fixed": "beds"}, "Field required"),
        ({"beds": 1}, "mix"),
    ],
)
def test_a_basis_that_says_nothing_sensible_is_refused(basis, message):
    with pytest.raises(ValidationError, match=message):
        scheme_of({"number": 2, "from_class": "auxiliary", "to_classes": ["clinical"], "driver": basis})


def test_givers_are_a_class_or_named_centres():
    with pytest.raises(ValidationError, match="name either from_class or from_centres"):
        scheme_of({"number": 2, "to_classes": ["clinical"], "driver": "beds"})


def test_the_message_of_a_wrong_basis_names_file_and_key(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_text(
        "{name: x, source: y, steps: [{number: 1, from_class: auxiliary, to_classes: [clinical], driver: staff,"
        " drivers: {'0301': {mix: {a: 0.5, b: 0.4}}}}]}"
    )
    with pytest.raises(InputError, match=r"steps\.0\.drivers\.0301.*the shares sum to 0.9"):
        read_settings(file, CostingScheme)


def test_shares_of_eighty_percent_are_refused_with_the_rows():
    """FACTS known answer 5: a fifth of the centre's cost would have nowhere to go."""
    codes = np.array(["W1", "W2", "S"], object)
    found = {("use", "S"): np.array([0.5, 0.3, 0.0]), ("use", "T"): np.array([0.3333, 0.3333, 0.3333])}
    with pytest.raises(InputError, match="shares of S sum to 80 %, not to 100 %") as error:
        check_shares(found, ["use"], codes, "hospital H, 2023-06")
    assert error.value.rows == ("W1: 0.5", "W2: 0.3")
    assert error.value.where == "table drivers, driver use, from_centre S (hospital H, 2023-06)"
    check_shares(found, ["other"], codes, "")
    check_shares({("use", "T"): found["use", "T"]}, ["use"], codes, "")
