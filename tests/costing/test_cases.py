"""Top-down cost of patients, worked by hand."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.costing.cases import top_down


def frame(columns, rows):
    return pd.DataFrame(rows, columns=columns.split())


def costs_of(pools, days, own):
    costs, lost = top_down(
        frame("hospital_id cost_centre cost_item fen", pools),
        frame("stay_id hospital_id cost_centre days", days),
        frame("stay_id hospital_id cost_centre cost_item fen", own),
    )
    return costs.set_index(["stay_id", "cost_item"])["fen"].to_dict(), lost


def test_own_drugs_leave_the_pool_first():
    """Drugs 100.00: own 60 + 10, the rest 30.00 by 1 : 2 days -> 60+10 and 10+20; personnel 90.00 by days -> 30, 60."""
    pools = [("H", "W", "drugs", 10000), ("H", "W", "personnel", 9000)]
    days = [("a", "H", "W", 1), ("b", "H", "W", 2)]
    own = [("a", "H", "W", "drugs", 6000), ("b", "H", "W", "drugs", 1000)]
    found, lost = costs_of(pools, days, own)
    expected = {("a", "drugs"): 7000, ("b", "drugs"): 3000, ("a", "personnel"): 3000, ("b", "personnel"): 6000}
    assert found == expected and lost.empty


def test_own_items_above_the_ledger_share_what_was_spent():
    """Own 60.00 + 20.00 against a ledger of 40.00: 30.00 and 10.00, nobody pays more than the books."""
    days = [("a", "H", "W", 1), ("b", "H", "W", 2)]
    own = [("a", "H", "W", "drugs", 6000), ("b", "H", "W", "drugs", 2000)]
    found, _ = costs_of([("H", "W", "drugs", 4000)], days, own)
    assert found == {("a", "drugs"): 3000, ("b", "drugs"): 1000}


def test_ward_without_patients_stays_visible():
    found, lost = costs_of([("H", "W", "personnel", 500)], [("a", "H", "V", 3)], [])
    assert found == {}
    assert lost[["cost_centre", "cost_item", "fen"]].values.tolist() == [["W", "personnel", 500]]


def test_refund_leaves_money_to_the_others():
    """Ledger 10.00, own -2.00 (a refund): 12.00 remain for one patient day each, 6.00; the refunded ends at 4.00."""
    days = [("a", "H", "W", 1), ("b", "H", "W", 1)]
    found, _ = costs_of([("H", "W", "materials", 1000)], days, [("a", "H", "W", "materials", -200)])
    assert found == {("a", "materials"): 400, ("b", "materials"): 600}


def test_same_ward_code_in_two_hospitals_is_not_mixed():
    pools = [("H", "W", "other", 100), ("K", "W", "other", 900)]
    found, _ = costs_of(pools, [("a", "H", "W", 5), ("b", "K", "W", 5)], [])
    assert found == {("a", "other"): 100, ("b", "other"): 900}


fen = st.integers(-(10**9), 10**9)
stay = st.sampled_from([f"s{i}" for i in range(6)])
ward = st.sampled_from("UVW")
item = st.sampled_from(["drugs", "materials"])


@given(
    st.dictionaries(st.tuples(ward, item), fen, min_size=1),
    st.dictionaries(st.tuples(stay, ward), st.integers(0, 40)),
    st.dictionaries(st.tuples(stay, ward, item), fen),
)
def test_every_pool_reaches_patients_or_is_shown(pools, days, own):
    """Costs of stays + unallocated = cost of the wards, for each ward and item, to the fen."""
    costs, lost = top_down(
        frame("hospital_id cost_centre cost_item fen", [("H", w, i, f) for (w, i), f in pools.items()]),
        frame("stay_id hospital_id cost_centre days", [(s, "H", w, d) for (s, w), d in days.items()]),
        frame("stay_id hospital_id cost_centre cost_item fen", [(s, "H", w, i, f) for (s, w, i), f in own.items()]),
    )
    found = (
        pd.concat([costs, lost])[["cost_centre", "cost_item", "fen"]].groupby(["cost_centre", "cost_item"])["fen"].sum()
    )
    for pool, amount in pools.items():
        assert found.get(pool, 0) == amount
