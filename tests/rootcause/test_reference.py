"""Baselines that are supplied or robust: pathways, item standards, the payment standard, the typical physician."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cause_samples import CATALOGUE, Case, past, sample

from analysis.errors import InputError
from analysis.rootcause.baselines import Baseline
from analysis.rootcause.cause_rows import cause_tree, node_amounts, tree_rows
from analysis.rootcause.item_view import ItemEffects, decompose, item_effects

_FIVE = [
    Case({"contrast": (150, 750)}, 3000),
    Case({"contrast": (150, 750)}, 3000),
    *[Case({"contrast": (100, 500), "ct": (1, 300), "stent_i": (1, 10_000)}, 3000, "severe")] * 3,
]


def _effects(cases: list[Case], baseline: Baseline, **more: object) -> ItemEffects:
    return item_effects(*decompose(sample(cases), baseline, pooled_share=0.0), **more)


def _amounts(effects: ItemEffects) -> dict[tuple[str, str], float]:
    tree = cause_tree(effects.layout)
    rows = tree_rows(node_amounts(effects, tree)[0], tree, effects.cases)
    keyed = zip(rows["cause"], rows["effect"], rows["amount_total"], strict=True)
    return {(cause, effect): float(amount) for cause, effect, amount in keyed if amount and effect != "total"}


def _profile(*rows: tuple) -> pd.DataFrame:
    """(element, use_rate, quantity, share, price)"""
    columns = ["element", "use_rate", "quantity", "share", "price"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))
    return table.assign(group=[CATALOGUE[x][0] for x in table["element"]],
                        category=[CATALOGUE[x][1] for x in table["element"]])  # fmt: skip


def _standards(**more: float) -> pd.DataFrame:
    empty = {"group": "contrast", "use_rate": np.nan, "quantity": np.nan, "price": np.nan}
    return pd.DataFrame([empty | more])


_PATHWAY = _profile(
    ("contrast", 1, 100, 1, None), ("stent_d", 0.4, 1, 0.5, 6000), ("stent_i", 0.4, 1, 0.5, None)
)  # fmt: skip


def test_a_pathway_by_hand():
    effects = _effects(_FIVE, Baseline("standard_cost", None, _PATHWAY))
    assert _amounts(effects) == {
        ("payment", "payment"): 3_500.0,  # 5 x (500 + 0.4 x 8,000) - 15,000
        ("contrast", "quantity"): 500.0,  # 50 ml x 5 x two cases
        ("ct", "use_rate"): 900.0,  # not on the pathway
        ("stent", "use_rate"): 9_800.0,  # two x -0.4 x 8,000 + three x 0.6 x 9,000
        ("stent", "substitution"): 4_200.0,  # three x (1/2 x 10,000 - 1/2 x 6,000) x (1 + 0.4)/2
    }
    assert effects.supplied.all()


def test_the_hospitals_own_mean_price_in_a_pathway_is_no_price_effect_in_any_draw():
    dear = [
        replace(case, items=case.items | {"contrast": (100, price)})
        for case, price in zip(_FIVE, range(5), strict=True)
    ]
    own = _profile(("contrast", 1, 100, 1, 10 / 500))
    weights = np.random.default_rng(1).integers(0, 3, (50, 5)).astype(float)
    sums, reference = decompose(sample(dear), Baseline("standard_cost", None, own), cluster="patient_id")
    assert not item_effects(sums, reference, weights).price.any()
    told = Baseline("standard_cost", None, own.assign(price=0.01))
    assert item_effects(*decompose(sample(dear), told)).price.sum() == pytest.approx(5 * (10 / 500 - 0.01) * 100)


def test_small_items_of_a_pathway_are_pooled_with_those_of_the_cases():
    both = _profile(("contrast", 0.5, 1, 1, 10), ("saline", 0.5, 2, 1, 3), ("ct", 1, 1, 1, 100_000))
    cases = [Case({"contrast": (1, 20), "ct": (1, 100_000)})]
    effects = item_effects(*decompose(sample(cases), Baseline("standard_cost", None, both)))
    assert effects.layout.groups == ["other_drug", "ct", "rest"]
    # used by 1 - 1/2 x 1/2 of the cases at (5 + 3) / 0.75 a user; here by all at 20
    use_rate, user = 0.75, 8 / 0.75
    assert effects.use_rate[0, 0] == pytest.approx((1 - use_rate) * (20 + user) / 2)
    assert effects.quantity[0, 0] == pytest.approx((20 - user) * (1 + use_rate) / 2)


def test_an_item_nobody_can_price_is_refused():
    with pytest.raises(InputError, match="stent_d"):
        _effects(_FIVE, Baseline("standard_cost", None, _PATHWAY.assign(price=np.nan)))


def test_item_standards_stand_above_any_baseline():
    now, before = [Case({"contrast": (150, 750)}, 300)] * 5, [Case({"contrast": (120, 600)}, 300)] * 5
    baseline = past(before, standards=_standards(quantity=100, price=4))
    effects = _effects(now, baseline)
    assert _amounts(effects) == {
        ("payment", "payment"): 500.0,  # 100 at 4, less 300
        ("contrast", "quantity"): 1125.0,  # 50 x 4.5
        ("contrast", "price"): 625.0,  # 1 x 125
    }
    basis = dict(zip(effects.layout.groups, effects.supplied.tolist(), strict=True))
    assert basis == {"contrast": True, "rest": False}
    rows = cause_tree(effects.layout, effects.supplied).nodes
    assert dict(zip(rows["cause"], rows["basis"], strict=True))["total"] == "estimated"
    assert set(rows.loc[rows["cause"].isin(["contrast", "drug"]), "basis"]) == {"supplied"}


def test_a_standard_counts_where_the_past_never_used_it():
    now, before = [Case({"contrast": (150, 750)})] * 2, [Case({})] * 2
    amounts = _amounts(_effects(now, past(before, standards=_standards(quantity=100, use_rate=1))))
    assert amounts == {("payment", "payment"): 1000.0, ("contrast", "quantity"): 500.0}


def test_a_standard_price_scales_what_members_cost():
    cases = [Case({"stent_d": (1, 6000)}), Case({"stent_i": (1, 10_000)})]
    standards = pd.DataFrame({"group": ["stent"], "use_rate": [None], "quantity": [None], "price": [4000.0]})
    effects = _effects(cases, past(cases, standards=standards.astype({"use_rate": float, "quantity": float})))
    assert _amounts(effects) == {("payment", "payment"): 8000.0, ("stent", "price"): 8000.0}


def test_against_the_payment_standard_all_without_a_standard_is_rest():
    cases = [Case({"contrast": (150, 750)}, 600), Case({"contrast": (150, 750), "ct": (1, 300)}, 600)]
    amounts = _amounts(_effects(cases, Baseline("standard", None, None, standards=_standards(quantity=100))))
    # 1,800 - 1,200; contrast 50 x 5 x 2; the rest of the payment is 2 x 100 against 300
    assert amounts == {("contrast", "quantity"): 500.0, ("rest", "rest"): 100.0}
    assert _amounts(_effects(cases, Baseline("standard", None, None))) == {("rest", "rest"): 600.0}


def _peers(quantities: dict[str, float], draw: np.random.Generator) -> list[Case]:
    """Eight cases each, their quantities within a tenth of the physician's."""
    spread = [0.9, 0.95, 1.0, 1.0, 1.0, 1.0, 1.05, 1.1]
    return [
        Case({"contrast": (units * by, units * by * 5)}, physician=physician)
        for physician, units in quantities.items()
        for by in draw.permutation(spread)
    ]


def test_the_typical_physician_is_deaf_to_one_who_takes_double():
    takes = {f"d{place}": 100.0 + place % 3 for place in range(11)} | {"double": 200.0}
    cases = _peers(takes, np.random.default_rng(1))
    effects = _effects(cases, Baseline("peers", sample(cases), None, robust=True))
    above = 8 * (200 - 101) * 5  # what the one takes above the others' 101
    assert effects.quantity[0].sum() == pytest.approx(above, rel=0.05)
    assert abs(effects.use_rate.sum()) + abs(effects.price.sum()) + abs(effects.mix.sum()) < 1e-6
    assert effects.payment + effects.cost == pytest.approx(sum(case.cost for case in cases))


def test_physicians_who_differ_by_chance_are_all_typical():
    """A plain trimmed mean of their use rates would find a tenth of the cost too much."""
    found, cost = [], []
    for seed in range(30):
        draw = np.random.default_rng(seed)
        cases = [
            Case({"ct": (1, 300)} if draw.random() < 0.15 else {}, physician=f"d{k}")
            for k in range(16)
            for _ in range(6)
        ]
        effects = _effects(cases, Baseline("peers", sample(cases), None, robust=True))
        found.append(effects.use_rate.sum())
        cost.append(sum(case.cost for case in cases))
    assert abs(sum(found)) < 0.04 * sum(cost)


def test_patients_have_no_typical_one():
    cases = _peers({"a": 100.0, "b": 300.0}, np.random.default_rng(2))
    sums, reference = decompose(
        sample(cases), Baseline("peers", sample(cases), None, robust=True), cluster="patient_id"
    )
    assert item_effects(sums, reference).quantity.sum() == pytest.approx(0, abs=1e-6)


def test_the_typical_level_is_drawn_anew():
    takes = {f"d{place}": 100.0 for place in range(11)} | {"double": 200.0}
    cases = _peers(takes, np.random.default_rng(3))
    sums, reference = decompose(sample(cases), Baseline("peers", sample(cases), None, robust=True))
    one = sums.layout.clusters.index("H/double")
    weights = np.ones((3, 12))
    weights[:, one] = [0, 1, 2]
    quantity = item_effects(sums, reference, weights).quantity.sum(axis=1) / len(cases)
    # per case of the draw: nothing, 8 x 500 of 96, 16 x 500 of 104
    assert quantity == pytest.approx([0, 8 * 500 / 96, 16 * 500 / 104], rel=0.03, abs=0.5)
