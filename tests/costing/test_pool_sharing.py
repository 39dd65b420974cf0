"""Top-down cost of patients, worked by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.costing.pool_sharing import Basis, Owed, share_out


def numbers(rows, columns, *orders):
    """Columns of rows as arrays; the k-th column coded by its place in the k-th order."""
    rows = sorted(rows)
    coded = [
        [order.index(row[k]) if order else row[k] for row in rows] for k, order in zip(columns, orders, strict=True)
    ]
    return [np.array(column, np.int64) for column in coded]


def costs_of(pools, days, own):
    """Top-down by hand: pools (centre, item, fen), days (stay, centre, days), own (stay, centre, item, fen)."""
    stays = sorted({row[0] for row in days + own})
    centres = sorted({row[0] for row in pools} | {row[1] for row in days + own})
    items = sorted({row[1] for row in pools} | {row[2] for row in own})
    amounts = np.zeros((len(centres), len(items)), np.int64)
    for centre, item, fen in pools:
        amounts[centres.index(centre), items.index(item)] = fen
    basis = Basis(*numbers(days, (0, 1), stays, centres), np.array([row[2] for row in sorted(days)], float))
    owed = Owed(*numbers(own, (0, 1, 2, 3), stays, centres, items, ()))
    found = share_out(amounts, [owed], [basis], [(0,)] * len(items))
    costs = {}
    for s, c, i, fen in zip(found.stay, found.centre, found.item, found.fen, strict=True):
        key = (stays[s], centres[c], items[i])
        costs[key] = costs.get(key, 0) + int(fen)
    lost = {(centres[c], items[i]): int(found.lost[c, i]) for c, i in zip(*np.nonzero(found.lost), strict=True)}
    return {key: fen for key, fen in costs.items() if fen}, lost


def test_own_drugs_leave_the_pool_first():
    """Drugs 100.00: own 60 + 10, the rest 30.00 by 1 : 2 days -> 60+10 and 10+20; personnel 90.00 by days -> 30, 60."""
    pools = [("W", "drugs", 10000), ("W", "personnel", 9000)]
    own = [("a", "W", "drugs", 6000), ("b", "W", "drugs", 1000)]
    found, lost = costs_of(pools, [("a", "W", 1), ("b", "W", 2)], own)
    assert found == {
        ("a", "W", "drugs"): 7000,
        ("b", "W", "drugs"): 3000,
        ("a", "W", "personnel"): 3000,
        ("b", "W", "personnel"): 6000,
    }
    assert lost == {}


def test_own_items_above_the_ledger_share_what_was_spent():
    """Own 60.00 + 20.00 against a ledger of 40.00: 30.00 and 10.00, nobody pays more than the books."""
    own = [("a", "W", "drugs", 6000), ("b", "W", "drugs", 2000)]
    found, _ = costs_of([("W", "drugs", 4000)], [("a", "W", 1), ("b", "W", 2)], own)
    assert found == {("a", "W", "drugs"): 3000, ("b", "W", "drugs"): 1000}


def test_ward_without_patients_stays_visible():
    found, lost = costs_of([("W", "personnel", 500)], [("a", "V", 3)], [])
    assert found == {} and lost == {("W", "personnel"): 500}


def test_refund_leaves_money_to_the_others():
    """Ledger 10.00, own -2.00 (a refund): 12.00 remain for one patient day each, 6.00; the refunded ends at 4.00."""
    found, _ = costs_of([("W", "materials", 1000)], [("a", "W", 1), ("b", "W", 1)], [("a", "W", "materials", -200)])
    assert found == {("a", "W", "materials"): 400, ("b", "W", "materials"): 600}


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
    found, lost = costs_of(
        [(*pool, amount) for pool, amount in pools.items()],
        [(*place, number) for place, number in days.items()],
        [(*place, amount) for place, amount in own.items()],
    )
    for pool, amount in pools.items():
        assert sum(fen for (_, *place), fen in found.items() if tuple(place) == pool) + lost.get(pool, 0) == amount


@st.composite
def months(draw):
    """Pools of three centres and two items, two claims, two bases, and for each item the bases to try."""
    sizes = st.integers(0, 8)
    number = {"stay": st.integers(0, 4), "centre": st.integers(0, 2), "item": st.integers(0, 1)}

    def rows(size, **columns):
        found = [np.array(draw(st.lists(kind, min_size=size, max_size=size)), np.int64) for kind in columns.values()]
        return dict(zip(columns, found, strict=True))

    pools = np.array(draw(st.lists(fen, min_size=6, max_size=6)), np.int64).reshape(3, 2)
    owed = [Owed(**rows(draw(sizes), **number, fen=fen)) for _ in range(2)]
    place = {name: number[name] for name in ("stay", "centre")}
    bases = [Basis(**rows(draw(sizes), **place, weight=st.integers(0, 9))) for _ in range(2)]
    order = [draw(st.sampled_from([(), (0,), (1,), (0, 1), (1, 0)])) for _ in range(2)]
    return pools, owed, bases, order


@given(months())
def test_every_way_of_sharing_conserves_every_pool(month):
    """Whatever is owed first and whatever the rest goes by: shares + lost = the pools, and pools are not touched."""
    pools, owed, bases, order = month
    before = pools.copy()
    found = share_out(pools, owed, bases, order)
    reached = np.zeros_like(pools)
    np.add.at(reached, (found.centre, found.item), found.fen)
    assert (reached + found.lost == before).all() and (pools == before).all()
    assert not (reached != 0)[found.lost != 0].any(), "a pool is lost whole or not at all"
