"""The item view by hand, and what holds whatever the cases: sums to the fen, no order matters, nothing for nothing."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from cause_samples import CATALOGUE, Case, cases, past, sample, shuffled
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.cause_rows import cause_tree, node_amounts, tree_rows
from analysis.rootcause.item_view import EFFECTS, decompose, item_effects
from analysis.rootcause.samples import Sample

_FIVE = [
    Case({"contrast": (150, 750)}, 3000),
    Case({"contrast": (150, 750)}, 3000),
    *[Case({"contrast": (100, 500), "ct": (1, 300), "stent_i": (1, 10_000)}, 3000, "severe")] * 3,
]
_BEFORE = [
    *[Case({"contrast": (100, 500)}, 3000)] * 3,
    Case({"contrast": (100, 500), "ct": (1, 300), "stent_d": (1, 6000)}, 3000, "severe"),
    Case({"contrast": (100, 500), "stent_i": (1, 9000)}, 3000, "severe"),
]
_UNUSED = [Case({"ct": (1, 300)}, 100.0), Case({}, 100.0)]
_STRATUM = [Case({"ct": (2, 700)}, 100.0, "severe")]
_BACK = [Case({"ct": (1, 300)}), Case({"ct": (-1, -300), "stent_d": (0.0, 5.0), "saline": (2, -4)})]


def _rows(actual: Sample, baseline: Baseline, **more: object) -> pd.DataFrame:
    sums, reference = decompose(actual, baseline, pooled_share=0.0)
    effects = item_effects(sums, reference)
    tree = cause_tree(effects.layout, effects.supplied, **more)
    return tree_rows(node_amounts(effects, tree)[0], tree, effects.cases)


def _amounts(rows: pd.DataFrame) -> dict[tuple[str, str], float]:
    """(cause, effect) -> CNY, without nodes of nothing."""
    keyed = zip(rows["cause"], rows["effect"], rows["amount_total"], strict=True)
    return {(cause, effect): float(amount) for cause, effect, amount in keyed if amount}


def test_five_cases_by_hand():
    # shares 2/5 mild, 3/5 severe against 3/5, 2/5, so 1/2 each; cost 750 and 10,800 against 500 and 8,150
    rows = _rows(sample(_FIVE), past(_BEFORE))
    assert _amounts(rows) == {
        ("total", "total"): 18_900.0,  # 33,900 - 15,000
        ("payment", "payment"): 2_800.0,  # 5 x 3,560 - 15,000
        ("cost", "total"): 16_100.0,
        ("mix", "mix"): 8_850.0,  # 5 x (-0.2 x 625 + 0.2 x 9,475)
        ("drug", "total"): 625.0,
        ("contrast", "total"): 625.0,
        ("contrast", "quantity"): 625.0,  # mild: 50 ml x 5 x 1/2 x 5 cases
        ("exam", "total"): 375.0,
        ("ct", "total"): 375.0,
        ("ct", "use_rate"): 375.0,  # severe: (1 - 1/2) x 300 x 1/2 x 5 cases
        ("consumable", "total"): 6_250.0,
        ("stent", "total"): 6_250.0,
        ("stent", "substitution"): 4_375.0,  # 1/2 x 9,500 - 1/2 x 6,000 = 1,750
        ("stent", "price"): 1_875.0,  # 1,000 x 3/4
    }
    assert rows.loc[rows["cause"].eq("stent") & rows["level"].eq(3), "parent"].tolist() == ["consumable"]
    assert rows.loc[rows["level"].eq(2)].sort_values("rank")["cause"].tolist() == [
        "mix", "consumable", "drug", "exam", "rest"
    ]  # fmt: skip
    assert set(rows["basis"]) == {"estimated"}
    assert set(rows["cases"]) == {5}


def test_stents_by_hand():
    before = [Case({"stent_d": (units, units * 9000.0)}) for units in (1, 1, 1, 1, 2)]
    now = [Case({"stent_d": (units, units * 9400.0)}) for units in (1, 1, 2, 2)]
    amounts = _amounts(_rows(sample(now), past(before)))
    # 1.2 at 9,000 -> 1.5 at 9,400: 2,760 and 540 a case
    assert amounts["stent", "quantity"] == 4 * 2760
    assert amounts["stent", "price"] == 4 * 540


def test_a_bundle_is_one_cause_whatever_the_categories_of_its_groups():
    rows = _rows(sample(_FIVE), past(_BEFORE), bundles={"catheter": ["contrast", "stent"]})
    bundled = rows[rows["cause"].eq("catheter")]
    assert dict(zip(bundled["parent"], map(float, bundled["amount_total"]), strict=True)) == {"cost": 6875.0}
    assert rows.loc[rows["cause"].eq("contrast"), "level"].tolist() == [3, 4, 4, 4]
    _add_up(rows)


def test_a_code_of_two_categories_is_two_causes():
    actual, before = sample(_FIVE), sample(_BEFORE)
    for side in (actual, before):
        side.elements["group"] = side.elements["group"].replace("ct", "contrast")
    rows = _rows(actual, Baseline("own_past", before, None))
    assert not rows.duplicated(["level", "parent", "cause", "subject", "effect"]).any()
    assert _amounts(rows)["contrast (exam)", "use_rate"] == 375.0


@pytest.mark.parametrize(
    ("now", "before", "effect"),
    [
        (_UNUSED, [Case({}, 100.0)], ("ct", "use_rate")),  # unused before: 300 over two cases
        ([Case({}, 100.0)], _UNUSED, ("ct", "use_rate")),  # unused now
        (_STRATUM, [Case({}, 100.0)], ("mix", "mix")),  # a stratum that was empty
        (_BACK, [Case({})], ("stent", "quantity")),  # cost without quantity
        (_BACK, [Case({})], ("saline", "quantity")),  # quantity at a negative cost
    ],
)
def test_what_is_undefined_on_one_side(now, before, effect):
    rows = _rows(sample(now), past(before))
    _add_up(rows)
    leaf = rows["cause"].eq(effect[0]) & ~rows["effect"].isin([effect[1], "total"])
    assert _amounts(rows)[effect] != 0
    assert not _amounts(rows[leaf])


def _add_up(rows: pd.DataFrame) -> None:
    """Children sum to their parent exactly; a node's children follow it, before the next of its level or above."""
    path: list[int] = []
    amounts = rows["amount_total"].tolist()
    left: dict[int, Decimal] = {}
    for row, (level, parent) in enumerate(zip(rows["level"], rows["parent"], strict=True)):
        del path[level:]
        if path:
            assert rows["cause"][path[-1]] == parent
            left[path[-1]] = left.get(path[-1], amounts[path[-1]]) - amounts[row]
        path.append(row)
    assert not any(left.values()), left


@settings(max_examples=40, deadline=None)
@given(cases(refunds=True), cases(refunds=True))
@example(_UNUSED, _STRATUM)
@example(_BACK, _UNUSED)
@example(_BACK, _BACK)
@example([Case({})], [Case({})])
def test_every_level_adds_up_to_the_fen(now, before):
    rows = _rows(sample(now), past(before))
    loss = sum(Decimal(str(case.cost)) - Decimal(str(case.payment)) for case in now)
    assert rows["amount_total"][0] == loss
    _add_up(rows)


@settings(max_examples=20, deadline=None)
@given(cases(refunds=True), cases(refunds=True), st.integers(0, 99))
def test_no_order_of_rows_changes_a_fen(now, before, seed):
    one = _rows(sample(now), past(before))
    two = _rows(shuffled(sample(now), seed), Baseline("own_past", shuffled(sample(before), seed + 1), None))
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=20, deadline=None)
@given(cases(), cases(), st.permutations(sorted({group for group, _ in CATALOGUE.values()})))
def test_no_name_changes_money(now, before, order):
    names = dict(zip(sorted({group for group, _ in CATALOGUE.values()}), order, strict=True)) | {"rest": "rest"}

    def renamed(given: Sample) -> Sample:
        people = {"a": "c", "b": "a", "c": "b", "?": "?"}
        cases = given.cases.assign(stratum=given.cases["stratum"].map({"mild": "z", "severe": "k"}),
                                   physician_id=given.cases["physician_id"].map(people))  # fmt: skip
        return Sample(cases, given.elements.assign(group=given.elements["group"].map(names)), given.waits)

    one = _rows(sample(now), past(before))
    two = _rows(renamed(sample(now)), Baseline("own_past", renamed(sample(before)), None))
    one["cause"] = [names.get(cause, cause) for cause in one["cause"]]
    amounts = [
        rows.groupby(["level", "cause", "effect"])["amount_total"].first().astype(float).sort_index()
        for rows in (one, two)
    ]
    assert (amounts[0] - amounts[1]).abs().max() <= 0.0100001  # only who gets the last fen


@settings(max_examples=20, deadline=None)
@given(cases(refunds=True))
def test_nothing_for_what_does_not_differ(both):
    rows = _rows(sample(both), past(both))
    assert set(_amounts(rows)) <= {("total", "total"), ("payment", "payment")}


@settings(max_examples=20, deadline=None)
@given(cases(), cases(), st.sampled_from([(1, 2, 1), (3, 1, 1)]))
def test_equal_prices_have_no_price_effect(now, before, price):
    for case in (*now, *before):
        case.items = {item: (units, units * (1 + price[len(item) % 3])) for item, (units, _) in case.items.items()}
    rows = _rows(sample(now), past(before))
    assert not rows.loc[rows["effect"].eq("price"), "amount_total"].astype(float).any()


def _point(now: list[Case], before: list[Case]) -> np.ndarray:
    sums, reference = decompose(sample(now), past(before), pooled_share=0.0)
    effects = item_effects(sums, reference)
    return node_amounts(effects, cause_tree(effects.layout))[0] / effects.cases


@settings(max_examples=20, deadline=None)
@given(cases(refunds=True), cases(refunds=True))
def test_the_other_way_round_is_the_opposite(now, before):
    for case in (*now, *before):
        case.payment = 0.0
    one, two = _point(now, before), _point(before, now)
    cost = slice(2, None)
    assert one[cost] == pytest.approx(-two[cost], abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(cases(refunds=True), cases(refunds=True))
def test_dearer_money_scales_and_repeated_cases_change_nothing(now, before):
    def dearer(given: list[Case]) -> list[Case]:
        money = {"payment": 8, "rest": 8}
        return [
            Case({item: (units, cost * 8) for item, (units, cost) in case.items.items()}, stratum=case.stratum,
                 physician=case.physician, **{name: getattr(case, name) * by for name, by in money.items()})
            for case in given
        ]  # fmt: skip

    assert _point(dearer(now), dearer(before)) == pytest.approx(8 * _point(now, before), abs=1e-6)
    assert _point(now * 3, before * 2) == pytest.approx(_point(now, before), abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(cases(refunds=True, least=2), cases(refunds=True, least=2), st.integers(0, 2**32 - 1))
def test_a_draw_is_the_view_of_the_drawn_cases(now, before, seed):
    for side in (now, before):
        for case in side:
            case.physician = case.physician.replace("?", "c")
    sums, reference = decompose(sample(now), past(before), pooled_share=0.0)
    weights = np.random.default_rng(seed).integers(0, 3, (4, len(sums.layout.clusters))).astype(float)
    effects = item_effects(sums, reference, weights)
    nodes = node_amounts(effects, cause_tree(effects.layout))
    assert nodes[:, 0] == pytest.approx(effects.payment + effects.cost)
    leaves = effects.mix + sum(getattr(effects, name).sum(axis=1) for name in EFFECTS)
    assert leaves == pytest.approx(effects.cost, abs=1e-6)
    for row, weight in zip(nodes, weights, strict=True):
        times = dict(zip(sums.layout.clusters, weight.astype(int), strict=True))
        drawn = [[case for case in side for _ in range(times[f"H/{case.physician}"])] for side in (now, before)]
        drawn = [one or side for one, side in zip(drawn, (now, before), strict=True)]
        assert row[:4] / len(now) == pytest.approx(_point(*drawn)[:4], abs=1e-6)
        if _items(drawn) == _items((now, before)):
            assert row / len(now) == pytest.approx(_point(*drawn), abs=1e-6)


def _items(sides) -> set[str]:
    return {item for side in sides for case in side for item in case.items}


def test_draws_in_runs_are_the_draws_at_once():
    sums, reference = decompose(sample(_FIVE * 20), past(_BEFORE * 20), cluster="patient_id")
    weights = np.random.default_rng(1).integers(0, 3, (5000, len(sums.layout.clusters))).astype(float)
    whole = item_effects(sums, reference, weights)
    some = item_effects(sums, reference, weights[4990:])
    assert whole.price[4990:] == pytest.approx(some.price)
    assert len(whole.cost) == 5000
