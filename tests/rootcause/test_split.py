"""Closed forms against hand-worked numbers and against the value over all permitted orders."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.rootcause.split import Levels, fill, mix_effect, product_effects, two_factor

_NUMBERS = st.floats(0, 1000, allow_nan=False)
#: Winter's structure: factors that stay together, whichever order they come in.
_TREE = ("mix", (("use_rate", "quantity"), ("substitution", "price")))


def test_stents_by_hand():
    # 1.2 at 9,000 -> 1.5 at 9,400: 0.3 x 9,200 = 2,760 and 400 x 1.35 = 540
    quantity, price = two_factor(np.array(1.5), np.array(9400.0), np.array(1.2), np.array(9000.0))
    assert (round(float(quantity), 6), round(float(price), 6)) == (2760.0, 540.0)
    assert round(1.5 * 9400 - 1.2 * 9000, 6) == 3300.0


@settings(max_examples=50, deadline=None)
@given(*[_NUMBERS] * 4)
def test_two_factors_add_up_swap_and_ignore_what_does_not_differ(x1, y1, x0, y0):
    x, y = two_factor(*np.array([x1, y1, x0, y0]))
    assert x + y == pytest.approx(x1 * y1 - x0 * y0, abs=1e-6)
    assert two_factor(*np.array([y1, x1, y0, x0])) == (y, x)
    assert two_factor(*np.array([x0, y0, x1, y1])) == (-x, -y)
    assert two_factor(*np.array([x1, y1, x1, y0]))[0] == 0.0


def test_mix_by_hand():
    # half mild at 100, half severe at 300 -> a quarter mild at 120, three quarters severe at 300
    shares, costs, shares0, costs0 = (np.array(x) for x in ([0.25, 0.75], [120.0, 300.0], [0.5, 0.5], [100.0, 300.0]))
    # -0.25 x 110 + 0.25 x 300; 7.5 of 255 - 200 is left within the strata
    assert mix_effect(shares, costs, shares0, costs0) == 47.5


def test_what_is_undefined_on_one_side_takes_the_other_and_on_both_nothing():
    actual, reference = np.array([1.0, np.nan, 3.0, np.nan]), np.array([5.0, 6.0, np.nan, np.nan])
    fill(actual, reference)
    assert actual.tolist() == [1.0, 6.0, 3.0, 0.0]
    assert reference.tolist() == [5.0, 6.0, 3.0, 0.0]


def _orders(tree) -> list[tuple[str, ...]]:
    """Orders in which the factors of every union come next to each other."""
    if isinstance(tree, str):
        return [(tree,)]
    orders = []
    for children in permutations(tree):
        for parts in product(*(_orders(child) for child in children)):
            orders.append(tuple(name for part in parts for name in part))
    return orders


def _worth(levels: dict[str, np.ndarray]) -> float:
    """Cost per case of one group: sum over strata of share x use rate x quantity x sum of part x price."""
    unit = (levels["substitution"] * levels["price"]).sum(axis=-1)
    return float((levels["mix"] * levels["use_rate"] * levels["quantity"] * unit).sum())


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_equals_winters_value_over_all_permitted_orders(seed):
    draw = np.random.default_rng(seed)
    one, two = _random_side(draw), _random_side(draw)
    orders = _orders(_TREE)
    assert len(orders) == 2**4
    value = dict.fromkeys(one, 0.0)
    for order in orders:
        levels, before = dict(two), _worth(two)
        for name in order:
            levels[name] = one[name]
            value[name] += (_worth(levels) - before) / len(orders)
            before = _worth(levels)
    sides = [_levels(side) for side in (one, two)]
    effects = product_effects(*sides, np.zeros(3, np.intp))
    between = (one["mix"] + two["mix"]) / 2
    mine = {name: float((effect[0, :, 0] * between).sum()) for name, effect in effects.items()}
    mine["mix"] = float(mix_effect(one["mix"], sides[0].cost[0, :, 0], two["mix"], sides[1].cost[0, :, 0]))
    assert mine == pytest.approx(value, abs=1e-9)


def _random_side(draw: np.random.Generator) -> dict[str, np.ndarray]:
    """Two strata, one group of three members."""
    return {
        "mix": draw.dirichlet([1, 1]),
        "use_rate": draw.random(2),
        "quantity": draw.random(2) * 5,
        "substitution": draw.dirichlet([1, 1, 1], 2),
        "price": draw.random((2, 3)) * 100,
    }


def _levels(side: dict[str, np.ndarray]) -> Levels:
    unit = (side["substitution"] * side["price"]).sum(axis=-1)
    cost = side["use_rate"] * side["quantity"] * unit
    column = {"cost": cost, "use_rate": side["use_rate"], "per_user": side["quantity"], "unit": unit}
    return Levels(share=side["mix"][None], part=side["substitution"][None], price=side["price"][None],
                  odd=np.zeros((1, 2, 1), bool), **{name: x[None, :, None] for name, x in column.items()})  # fmt: skip


def test_an_odd_side_is_all_quantity():
    levels = {name: np.ones((1, 1, 1)) for name in ("use_rate", "per_user", "unit")}
    members = {"part": np.ones((1, 1, 0)), "price": np.ones((1, 1, 0))}
    odd, none = np.ones((1, 1, 1), bool), np.zeros((1, 1, 1), bool)
    one = Levels(share=np.ones((1, 1)), cost=np.full((1, 1, 1), -5.0), odd=odd, **levels, **members)
    two = Levels(share=np.ones((1, 1)), cost=np.full((1, 1, 1), 7.0), odd=none, **levels, **members)
    effects = product_effects(one, two, np.zeros(0, np.intp))
    assert {name: float(effect.item()) for name, effect in effects.items()} == {
        "use_rate": 0.0, "quantity": -12.0, "substitution": 0.0, "price": 0.0
    }  # fmt: skip
