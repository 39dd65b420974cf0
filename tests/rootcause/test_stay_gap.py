"""Gap between two sides split into mix, days and cost of a day: worked by hand, and adding up whatever the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rootcause.stay_gap import Sums, fen_rows, merged_strata, stay_gap


def sums(own: list, peers: list) -> Sums:
    return Sums(np.array([own], float), np.array([peers], float))


def test_two_strata_by_hand():
    """Mild: own 6 of 10 cases, 5 days at 200; peers 8 of 10, 4 days at 150. Severe: 4 cases, 10 at 300; 2, 9 at 250.

    c = 1000, 3000; c0 = 600, 2250. Gap = (600 + 1200) - (480 + 450) = 870.
    mix = (.6 - .8)(1000 + 600)/2 + (.4 - .2)(3000 + 2250)/2 = -160 + 525 = 365
    stay = .7 x 1 x 175 + .3 x 1 x 275 = 122.5 + 82.5 = 205
    cost of a day = .7 x 50 x 4.5 + .3 x 50 x 9.5 = 157.5 + 142.5 = 300
    """
    found = stay_gap(sums([[6, 30, 6000], [4, 40, 12000]], [[80, 320, 48000], [20, 180, 45000]]))
    assert found == pytest.approx(np.array([[365, 205, 300]]))


def test_a_stratum_that_one_side_has_not_is_all_mix():
    """Own: half mild as the peers, half severe, whom the peers have not: gap 2500 - 1000, all of it mix."""
    found = stay_gap(sums([[5, 25, 5000], [5, 50, 20000]], [[9, 45, 9000], [0, 0, 0]]))
    assert found == pytest.approx(np.array([[1500, 0, 0]]))
    assert stay_gap(sums([[9, 45, 9000], [0, 0, 0]], [[5, 25, 5000], [5, 50, 20000]])) == pytest.approx(
        np.array([[-1500, 0, 0]])
    )


def test_cases_without_days_differ_by_the_cost_of_a_day():
    assert stay_gap(sums([[10, 0, 5000]], [[10, 20, 3000]])) == pytest.approx(np.array([[0, 0, 200]]))


side = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 400), st.floats(0, 1e7)).map(
        lambda t: (t[0], t[1] * (t[0] > 0), t[2] * (t[0] > 0))
    ),
    min_size=4,
    max_size=4,
).filter(lambda rows: sum(r[0] for r in rows) > 0)


@given(own=side, peers=side)
def test_it_adds_up_whatever_the_sides(own: list, peers: list):
    both = sums(own, peers)
    a, b = both.own[0].sum(0), both.peers[0].sum(0)
    gap = a[2] / a[0] - b[2] / b[0]
    assert stay_gap(both).sum() == pytest.approx(gap, abs=1e-6 * (1 + abs(a[2]) + abs(b[2])))


@given(own=side, peers=side, order=st.permutations(range(4)))
def test_the_order_of_strata_and_sides_changes_nothing_but_the_sign(own: list, peers: list, order: list):
    found, scale = stay_gap(sums(own, peers)), 1e-9 * (1 + sum(r[2] for r in own + peers))
    turned = stay_gap(sums([own[i] for i in order], [peers[i] for i in order]))
    assert found == pytest.approx(turned, abs=scale)
    assert stay_gap(sums(peers, own)) == pytest.approx(-found, abs=scale)


def test_draws_stand_beside_one_another():
    one, two = sums([[6, 30, 6000]], [[8, 24, 4000]]), sums([[9, 30, 6600]], [[8, 30, 4400]])
    both = stay_gap(Sums(np.concatenate([one.own, two.own]), np.concatenate([one.peers, two.peers])))
    assert both == pytest.approx(np.concatenate([stay_gap(one), stay_gap(two)]))


@pytest.mark.parametrize(
    ("own", "groups", "strata"),
    [
        ([5, 5, 5, 5], [1, 1, 2, 2], [0, 1, 2, 3]),
        ([5, 2, 5, 5], [1, 1, 2, 2], [0, 0, 1, 2]),  # what is left of a group joins the stratum before it there
        ([2, 3, 5, 5], [1, 1, 2, 2], [0, 0, 1, 2]),  # neighbours join
        ([2, 2, 5, 5], [1, 1, 2, 2], [0, 0, 0, 1]),  # a group too small goes on into the next
        ([5, 5, 2, 2], [1, 1, 2, 2], [0, 1, 1, 1]),  # the last one back into the one before
        ([1, 1, 1, 1], [1, 1, 2, 2], [0, 0, 0, 0]),
    ],
)
def test_cells_are_merged_until_there_are_enough(own: list, groups: list, strata: list):
    many = np.full(4, 100)
    assert merged_strata(np.array(own), many, np.array(groups), 5).tolist() == strata
    assert merged_strata(many, np.array(own), np.array(groups), 5).tolist() == strata, "both sides have to have enough"


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=12), st.integers(1, 4))
def test_every_stratum_has_enough_where_all_together_have(cells: list, width: int):
    own, peers = np.array(cells).T
    strata = merged_strata(own, peers, np.arange(len(cells)) // width, 5)
    assert (np.diff(strata) >= 0).all() and (np.diff(strata) <= 1).all() and strata[0] == 0
    sizes = np.minimum(np.bincount(strata, own), np.bincount(strata, peers))
    assert (sizes >= 5).all() or strata.max() == 0


@given(st.lists(st.tuples(*[st.floats(-1e9, 1e9)] * 3), min_size=1, max_size=5))
def test_fen_add_up_and_stay_near(effects: list):
    wanted = np.array(effects)
    rows = fen_rows(wanted, wanted.sum(1))
    assert (rows["gap"] == rows["mix"] + rows["within"]).all()
    assert (rows["within"] == rows["stay"] + rows["day_cost"]).all()
    assert np.abs(rows[["mix", "stay", "day_cost"]].to_numpy() / 100 - wanted).max() <= 0.021
