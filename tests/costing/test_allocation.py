"""Step-down allocation: textbook answers to the last printed digit, and money that cannot get lost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.costing.allocation import Giving, allocation_rows, plan, step_down
from analysis.costing.fen import split_to_fen
from analysis.costing.scheme import CostingScheme
from analysis.errors import InputError


def full(direct, givings):
    """Full cost of each centre, unrounded."""
    direct = np.asarray(direct, float).reshape(-1, 1)
    flows = step_down(direct, givings, exact_fen=False)
    held = direct.copy()
    for giving, flow in zip(givings, flows, strict=True):
        held += flow
        held[giving.centre] = 0
    return held.ravel()


def test_seven_departments():
    """Daycare -> HR -> IT -> Accounting by employees, employees, computers, direct cost (FACTS known answer 1)."""
    direct = np.array([50, 300, 200, 250, 500, 700, 400]) * 1000.0
    employees = np.array([5, 4, 9, 8, 20, 50, 5.0])
    computers = np.array([2, 5, 10, 10, 6, 4, 8.0])
    later = [np.arange(7) > giver for giver in range(4)]
    drivers = [employees, employees, computers, direct]
    givings = [Giving(1, g, "", drivers[g] * later[g]) for g in range(4)]
    assert_allclose(full(direct, givings)[4:], [740_059.6856, 1_082_970.2057, 576_970.1087], atol=5e-5)


def test_hospital_step_down():
    """Maintenance -> Dietary -> Administration by area, meals, staff (FACTS known answer 2, step-down)."""
    #             M    D    A    L    R    N
    direct = np.array([150, 400, 600, 600, 800, 2000]) * 1000.0
    area = np.array([0, 10, 20, 30, 40, 100.0])
    meals = np.array([0, 0, 2.5, 2.5, 2.5, 30.0])
    staff = np.array([0, 0, 0, 20, 30, 50.0])
    givings = [Giving(1, 0, "area", area), Giving(1, 1, "meals", meals), Giving(1, 2, "staff", staff)]
    assert_allclose(full(direct, givings)[3:], [778_100.00, 1_049_816.67, 2_722_083.33], atol=5e-3)


SCHEME = CostingScheme.model_validate(
    {
        "name": "test",
        "source": "test",
        "steps": [
            {"number": 1, "from_class": "administration", "to_classes": ["technology", "clinical"], "driver": "staff"},
            {"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "orders"},
        ],
    }
)
CENTRES = pd.DataFrame(
    {"cost_centre": ["0101", "0102", "0201", "0401"], "class": ["clinical", "clinical", "technology", "administration"]}
)


def drivers(**quantities):
    rows = [
        {"driver": name, "from_centre": "*", "cost_centre": centre, "quantity": quantity}
        for name, per_centre in quantities.items()
        for centre, quantity in per_centre.items()
    ]
    return pd.DataFrame(rows, columns=["driver", "from_centre", "cost_centre", "quantity"])


def test_three_centres_by_hand():
    """Administration 100.00 to staff 1:1:2 -> 25, 25, 50; technology 200 + 50 to orders 1:3 -> 62.50 and 187.50."""
    direct = np.array([[0], [0], [20000], [10000]])
    quantities = drivers(staff={"0101": 1, "0102": 1, "0201": 2}, orders={"0101": 1, "0102": 3})
    givings = plan(SCHEME, CENTRES, quantities, direct, "test")
    rows = allocation_rows(CENTRES, ["other"], direct, givings, step_down(direct, givings))
    received = rows[rows["to_centre"].isin(["0101", "0102"])].groupby("to_centre")["fen"].sum()
    assert received.to_dict() == {"0101": 2500 + 6250, "0102": 2500 + 18750}
    assert rows[rows["step"] == 1]["fen"].tolist() == [2500, 2500, 5000]


@pytest.mark.parametrize("orders", [{}, {"0101": 0, "0102": 0}, {"0401": 5}])
def test_driver_without_receivers_is_an_error(orders):
    direct = np.array([[0], [0], [20000], [0]])
    with pytest.raises(InputError, match="cost of 0201 cannot be allocated: driver orders is missing or sums to zero"):
        plan(SCHEME, CENTRES, drivers(orders=orders), direct, "hospital H, 2023-06")


def test_the_fallback_driver_serves_a_month_without_orders_and_is_named():
    """Nobody ordered: 200.00 of technology goes by staff 1 : 3 -> 50.00 and 150.00, and the rows say so."""
    steps = [step.model_copy(update={"fallback": "staff"}) for step in SCHEME.steps]
    direct = np.array([[0], [0], [20000], [0]])
    quantities = drivers(staff={"0101": 1, "0102": 3}, orders={"0101": 0})
    givings = plan(SCHEME.model_copy(update={"steps": steps}), CENTRES, quantities, direct, "test")
    rows = allocation_rows(CENTRES, ["other"], direct, givings, step_down(direct, givings))
    given = rows[rows["step"] == 3]
    assert given["fen"].tolist() == [5000, 15000] and set(given["driver"]) == {"staff"}


def test_negative_driver_is_an_error():
    direct = np.array([[0], [0], [20000], [0]])
    with pytest.raises(InputError, match="negative driver quantity"):
        plan(SCHEME, CENTRES, drivers(orders={"0101": -1, "0102": 3}), direct, "test")


def test_idle_centre_needs_no_driver():
    direct = np.array([[500], [0], [0], [0]])
    assert plan(SCHEME, CENTRES, drivers(), direct, "test") == []


amounts = st.integers(-(10**11), 10**11)
weights = st.floats(0, 1e6).map(lambda w: 0.0 if w < 1e-6 else w)


@given(st.lists(st.tuples(amounts, st.lists(weights, min_size=1, max_size=9).filter(any)), min_size=1, max_size=6))
def test_split_conserves_every_total(cases):
    totals = np.array([total for total, _ in cases])
    groups = np.repeat(np.arange(len(cases)), [len(w) for _, w in cases])
    flat = np.concatenate([np.array(w) for _, w in cases])
    parts = split_to_fen(totals, flat, groups)
    assert np.array_equal(np.bincount(groups, parts, minlength=len(totals)), totals)
    shares = flat / np.bincount(groups, flat)[groups]
    assert (np.abs(parts - totals[groups] * shares) < 1.01).all(), "a part is off by more than the rounding"


@pytest.mark.parametrize(
    ("rows", "total"), [(2_000, 10_001), (1_200, 414_001), (1_500, 7), (5_000, -33_333), (3_000, 0)]
)
def test_split_over_many_equal_rows(rows, total):
    """A day ward with thousands of one-day stays: parts differ by one fen at most and add up."""
    parts = split_to_fen(np.array([total]), np.ones(rows), np.zeros(rows, int))
    assert parts.sum() == total and parts.max() - parts.min() <= 1


def test_split_gives_nothing_to_a_row_without_weight():
    parts = split_to_fen(np.array([1_000_001]), np.array([0.0, 0.1, 0.2, 0.0, 0.7]), np.zeros(5, int))
    assert parts[[0, 3]].tolist() == [0, 0] and parts.sum() == 1_000_001


def test_split_by_hand():
    """1.00 over three equal rows: 34, 33, 33 fen (the odd fen to the first)."""
    assert split_to_fen(np.array([100]), np.ones(3), np.zeros(3, int)).tolist() == [34, 33, 33]


@settings(max_examples=60)
@given(st.data())
def test_every_ledger_is_conserved_per_item(data):
    """Whatever the ledger, centres and drivers: what clinical centres hold is what the ledger spent, item by item."""
    counts = [data.draw(st.integers(1, 4)) for _ in range(3)]
    classes = np.repeat(["clinical", "technology", "administration"], counts)
    centres = pd.DataFrame({"cost_centre": [f"{i:04d}" for i in range(len(classes))], "class": classes})
    direct = np.array([[data.draw(amounts) for _ in range(3)] for _ in classes])
    quantity = st.integers(1, 500)
    by_centre = {name: {c: data.draw(quantity) for c in centres["cost_centre"]} for name in ("staff", "orders")}
    givings = plan(SCHEME, centres, drivers(**by_centre), direct, "test")
    flows = step_down(direct, givings)
    rows = allocation_rows(centres, list("abc"), direct, givings, flows)
    clinical = rows[rows["to_centre"].map(centres.set_index("cost_centre")["class"]) == "clinical"]
    found = clinical.groupby("cost_item")["fen"].sum().reindex(list("abc"), fill_value=0)
    assert found.tolist() == direct.sum(axis=0).tolist()
