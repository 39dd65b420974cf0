"""Allocation worked by hand in single steps, and the split of money that cannot get lost."""

import numpy as np
import pytest
from allocation_books import month_of, scheme_of
from hypothesis import given
from hypothesis import strategies as st

from analysis.costing.allocation import allocation_rows
from analysis.costing.hospital_allocation import allocate
from analysis.errors import InputError
from analysis.fen import split_rows, split_to_fen

ADMINISTRATION = {
    "number": 1,
    "from_class": "administration",
    "to_classes": ["technology", "clinical"],
    "driver": "staff",
}
TECHNOLOGY = {"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "orders"}
CLASSES = {"0101": "clinical", "0102": "clinical", "0201": "technology", "0401": "administration"}


def month(cost, steps=(ADMINISTRATION, TECHNOLOGY), **drivers):
    cost = dict.fromkeys(CLASSES, 0) | cost
    return month_of(scheme_of(*steps), cost, {(name, "*"): q for name, q in drivers.items()}, CLASSES, fine=100)


def rows_of(month, method="step_down"):
    done = allocate(month, method, "hospital_full")
    return allocation_rows(month.codes, month.items, done.direct, done.givings, done.flows)


def test_three_centres_by_hand():
    """Administration 100.00 to staff 1:1:2 -> 25, 25, 50; technology 200 + 50 to orders 1:3 -> 62.50 and 187.50."""
    books = month({"0201": 200, "0401": 100}, staff={"0101": 1, "0102": 1, "0201": 2}, orders={"0101": 1, "0102": 3})
    rows = rows_of(books)
    received = rows[rows["to_centre"].isin(["0101", "0102"])].groupby("to_centre")["fen"].sum()
    assert received.to_dict() == {"0101": 2500 + 6250, "0102": 2500 + 18750}
    assert rows[rows["step"] == 1]["fen"].tolist() == [2500, 2500, 5000]


@pytest.mark.parametrize("method", ["direct", "step_down", "reciprocal"])
@pytest.mark.parametrize("orders", [{}, {"0101": 0, "0102": 0}, {"0201": 5}])
def test_driver_without_receivers_is_an_error(orders, method):
    with pytest.raises(InputError, match="cost of 0201 cannot be allocated: driver orders is missing or sums to zero"):
        rows_of(month({"0201": 200}, orders=orders), method)


def test_the_fallback_driver_serves_a_month_without_orders_and_is_named():
    """Nobody ordered: 200.00 of technology goes by staff 1 : 3 -> 50.00 and 150.00, and the rows say so."""
    books = month(
        {"0201": 200}, (TECHNOLOGY | {"fallback": "staff"},), staff={"0101": 1, "0102": 3}, orders={"0101": 0}
    )
    given = rows_of(books).query("step == 3")
    assert given["fen"].tolist() == [5000, 15000] and set(given["driver"]) == {"staff"}


@pytest.mark.parametrize("method", ["direct", "step_down", "reciprocal"])
def test_negative_driver_is_an_error(method):
    with pytest.raises(InputError, match="negative driver quantity") as error:
        rows_of(month({"0201": 200}, orders={"0101": -1, "0102": 3}), method)
    assert error.value.rows == ("0101: -1",) and "driver orders, from_centre 0201" in error.value.where


def test_negative_booked_cost_is_no_driver():
    steps = (TECHNOLOGY | {"driver": "direct_cost"},)
    with pytest.raises(InputError, match="negative driver quantity") as error:
        rows_of(month({"0201": 200, "0101": -1, "0102": 5}, steps))
    assert error.value.where.startswith("table ledger, booked cost as the driver of 0201")


def test_idle_centre_needs_no_driver():
    assert rows_of(month({"0101": 5}))["driver"].tolist() == ["direct"]


def test_an_order_that_gives_back_is_an_error_and_says_to_whom():
    """Administration gave in step 1; technology would give back to it by staff in step 3."""
    back = TECHNOLOGY | {"to_classes": ["administration", "clinical"], "driver": "staff"}
    books = month({"0201": 200, "0401": 100}, (ADMINISTRATION, back), staff={"0101": 1, "0201": 2, "0401": 4})
    with pytest.raises(InputError, match="gives back to centres that have already given") as error:
        rows_of(books)
    assert error.value.rows == ("0201 -> 0401 by staff 4; 0401 has given in step 1",)
    assert "reciprocal" in error.value.mend
    assert rows_of(books, "reciprocal")["fen"].sum() > 0


def test_service_centres_serving_one_another_in_a_circle_are_an_error():
    """Technology serves only administration, administration only technology: no way out."""
    books = month({"0201": 200}, (ADMINISTRATION, TECHNOLOGY), staff={"0201": 1}, orders={"0401": 1})
    with pytest.raises(InputError, match="give only to one another") as error:
        rows_of(books, "reciprocal")
    assert error.value.rows == ("0401", "0201")


def test_a_clinical_centre_cannot_give():
    steps = ({"number": 2, "from_centres": ["0102"], "to_classes": ["clinical"], "driver": "staff"},)
    with pytest.raises(InputError, match="a clinical centre cannot give its cost on"):
        rows_of(month({"0102": 200}, steps, staff={"0101": 1}))


def test_corrections_are_conserved():
    """A ledger of -30.00 in technology goes out as -10.00 and -20.00 by orders 1 : 2."""
    given = rows_of(month({"0201": -30}, orders={"0101": 1, "0102": 2})).query("step == 3")
    assert given["fen"].tolist() == [-1000, -2000]


def test_reciprocal_flows_are_real_and_balance_to_the_fen():
    """0401 gives by staff to 0201 (2), 0101 (1), 0102 (1); 0201 by orders to 0401 (1), 0101 (1), 0102 (2).

    x = 100 + y / 4, y = 200 + x / 2, so x = 171.428.. and y = 285.714..: flows of 85.71 and 71.43 between them.
    """
    books = month(
        {"0201": 200, "0401": 100},
        staff={"0101": 1, "0102": 1, "0201": 2},
        orders={"0101": 1, "0102": 2, "0401": 1},
    )
    rows = rows_of(books, "reciprocal")
    flow = rows.set_index(["from_centre", "to_centre"])["fen"].to_dict()
    assert flow["0401", "0201"] in (8571, 8572) and flow["0201", "0401"] == 7143
    moved = rows[rows["step"] > 0]
    given, got = (moved.groupby(side)["fen"].sum() for side in ("from_centre", "to_centre"))
    assert given["0401"] == 10000 + got["0401"] and given["0201"] == 20000 + got["0201"]
    assert moved["fen"][moved["to_centre"].isin(["0101", "0102"])].sum() == 30000


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


@given(st.lists(st.tuples(amounts, st.lists(weights, min_size=5, max_size=5).filter(any)), min_size=1, max_size=6))
def test_a_matrix_is_split_to_the_same_fen(cases):
    totals, rows = np.array([total for total, _ in cases]), np.array([w for _, w in cases])
    one_by_one = split_to_fen(totals, rows.ravel(), np.repeat(np.arange(len(cases)), 5))
    assert split_rows(totals, rows).ravel().tolist() == one_by_one.tolist()
