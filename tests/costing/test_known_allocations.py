"""Textbook allocations, recomputed independently, to the last printed digit (FACTS known answers 1 to 5)."""

import numpy as np
import pytest
from allocation_books import full_cost, month_of, scheme_of
from numpy.testing import assert_allclose

from analysis.costing.reciprocal import reciprocal
from analysis.errors import InputError

K = 1000.0


def by(names, *quantities):
    return dict(zip(names.split(), quantities, strict=True))


def test_1_seven_departments_step_down():
    """Daycare -> HR -> IT -> Accounting by employees, employees, computers, the receivers' own cost."""
    names = "daycare hr it accounting cutting assembly packing"
    services = names.split()[:4]
    classes = {c: "administration" if c in services else "clinical" for c in names.split()}
    scheme = scheme_of(
        {
            "number": 1,
            "from_centres": services,
            "to_classes": ["administration", "clinical"],
            "driver": "employees",
            "drivers": {"it": "computers", "accounting": "direct_cost"},
        }
    )
    drivers = {
        ("employees", "*"): by(names, 5, 4, 9, 8, 20, 50, 5),
        ("computers", "*"): by(names, 2, 5, 10, 10, 6, 4, 8),
    }
    cost = by(names, 50 * K, 300 * K, 200 * K, 250 * K, 500 * K, 700 * K, 400 * K)
    found = full_cost(month_of(scheme, cost, drivers, classes))
    assert {c: round(amount, 4) for c, amount in found.items()} == {
        "cutting": 740_059.6856,
        "assembly": 1_082_970.2057,
        "packing": 576_970.1087,
    }


CENTRES = "maintenance dietary administration laboratory radiology nursing"
CLASSES = {c: "administration" if i < 3 else "clinical" for i, c in enumerate(CENTRES.split())}
COST = by(CENTRES, 150 * K, 400 * K, 600 * K, 600 * K, 800 * K, 2000 * K)
DRIVERS = {
    ("area", "*"): by(CENTRES, 0, 10 * K, 20 * K, 30 * K, 40 * K, 100 * K),
    ("meals", "*"): by(CENTRES, 2500, 0, 2500, 2500, 2500, 30 * K),
    ("staff", "*"): by(CENTRES, 10, 15, 10, 20, 30, 50),
}
SCHEME = scheme_of(
    {
        "number": 1,
        "from_centres": CENTRES.split()[:3],
        "to_classes": ["administration", "clinical"],
        "driver": "staff",
        "drivers": {"maintenance": "area", "dietary": "meals"},
    }
)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("step_down", (778_100.00, 1_049_816.67, 2_722_083.33)),
        ("direct", (775_042.02, 1_043_865.55, 2_731_092.44)),
        ("reciprocal", (770_202.73, 1_034_164.22, 2_745_633.05)),
    ],
)
def test_2_hospital_by_three_methods(method, expected):
    found = full_cost(month_of(SCHEME, COST, DRIVERS, CLASSES), method)
    assert tuple(round(amount, 2) for amount in found.values()) == expected


def test_2_gross_cost_of_the_reciprocal_method():
    used = [DRIVERS[driver, "*"] for driver in ("area", "meals", "staff")]
    shares = np.array([list(q.values()) for q in used], float)
    shares[np.arange(3), np.arange(3)] = 0  # what a centre uses of its own is left out
    shares /= shares.sum(axis=1, keepdims=True)
    found = reciprocal(np.array([150, 400, 600]) * K, shares)
    assert_allclose(found.gross, [232_946.58, 490_118.58, 653_927.07], atol=5e-3)


def test_3_two_services_reciprocal():
    """Administration 500k by staff H 5, IP 40, OP 20; housekeeping 200k by area A 5k, IP 20k, OP 10k."""
    names = "A H IP OP"
    scheme = scheme_of(
        {"number": 1, "from_centres": ["A"], "to_classes": ["clinical"], "driver": "staff"},
        {"number": 2, "from_centres": ["H"], "to_classes": ["clinical"], "driver": "area"},
        allocation="reciprocal",
    )
    classes = by(names, "administration", "auxiliary", "clinical", "clinical")
    drivers = {("staff", "*"): by(names, 0, 5, 40, 20), ("area", "*"): by(names, 5, 0, 20, 10)}
    found = full_cost(month_of(scheme, by(names, 500 * K, 200 * K, 0, 0), drivers, classes), "reciprocal")
    assert {c: round(amount, 2) for c, amount in found.items()} == {"IP": 466_666.67, "OP": 233_333.33}
    gross = reciprocal(np.array([500 * K, 200 * K]), np.array([[0, 5, 40, 20], [5, 0, 20, 10]]) / [[65], [35]]).gross
    assert_allclose(gross, [534_444.44, 241_111.11], atol=5e-3)


def test_4_reciprocal_with_own_use():
    """S1..S3 of 600, 1,100, 600 use 25, 20 and 35 % of themselves; the production centres have 2,100 and 1,500."""
    shares = [[0.25, 0.35, 0.10, 0.15, 0.15], [0.15, 0.20, 0.10, 0.25, 0.30], [0.15, 0.25, 0.35, 0.15, 0.10]]
    found = reciprocal(np.array([600.0, 1100.0, 600.0]), np.array(shares))
    assert_allclose(found.gross, [1629.893, 2578.885, 1570.581], atol=5e-4)
    assert_allclose(found.received + np.array([2100, 1500]), [3224.792, 2675.208], atol=5e-4)


def test_5_shares_of_eighty_percent_are_refused():
    with pytest.raises(InputError, match="do not sum to 100 %") as error:
        reciprocal(np.array([100.0]), np.array([[0.0, 0.5, 0.3]]))
    assert error.value.rows == ("service centre 1: 80.00%",)


@pytest.mark.parametrize("way_out", [0.0, 1e-17])
def test_service_centres_that_only_serve_one_another_are_refused(way_out):
    shares = np.array([[0.0, 1.0, way_out], [1.0, 0.0, 0.0]])
    with pytest.raises(InputError, match="give only to one another"):
        reciprocal(np.array([100.0, 50.0]), shares)


@pytest.mark.parametrize("method", ["direct", "step_down", "reciprocal"])
def test_5_a_driver_of_zero_is_refused(method):
    drivers = DRIVERS | {("meals", "*"): by(CENTRES, 0, 0, 0, 0, 0, 0)}
    with pytest.raises(
        InputError, match="cost of dietary cannot be allocated: driver meals is missing or sums to zero"
    ):
        full_cost(month_of(SCHEME, COST, drivers, CLASSES), method)
