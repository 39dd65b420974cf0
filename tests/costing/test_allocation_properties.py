"""Whatever the centres, drivers, order, basis, method and scope: money is conserved, and only what must matter does."""

from dataclasses import replace

import numpy as np
import pytest
from allocation_books import month_of, scheme_of
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.costing.allocation import held_after, step_down
from analysis.costing.bases import Quantities
from analysis.costing.hospital_allocation import allocate
from analysis.costing.plan import Books, plan
from analysis.costing.reciprocal import reciprocal_flows
from analysis.costing.scopes import SCOPES

ITEMS = ("personnel", "drugs", "depreciation")
METHODS = ("direct", "step_down", "reciprocal")
NORM = {
    "administration": ["auxiliary", "technology", "clinical"],
    "auxiliary": ["technology", "clinical"],
    "technology": ["clinical"],
}
BASES = [
    "q",
    {"mix": {"q": 0.6, "r": 0.4}},
    {"items": {"personnel": "r"}, "rest": {"mix": {"q": 0.25, "r": 0.75}}},
    {"fixed": "r", "variable": "q"},
]
fen = st.integers(-(10**9), 10**11)
basis = st.sampled_from(BASES)


@st.composite
def months(draw, back=True, cost=fen):
    """Centres of all classes, some computed in, each step on its own basis; the norm's order or another.

    `back`: False draws no quantity from a service centre to one that gave before it.
    """
    counts = {kind: draw(st.integers(1, 3)) for kind in ("clinical", *NORM)}
    classes = {f"{kind[:2]}{i}": kind for kind, n in counts.items() for i in range(n)}
    order = draw(st.permutations(list(NORM)))
    steps = [
        {
            "number": place + 1,
            "from_class": kind,
            "to_classes": ["clinical", *order[place + 1 :]],
            "driver": draw(basis),
            "drivers": {f"{kind[:2]}0": draw(basis)},
        }
        for place, kind in enumerate(order)
    ]
    if draw(st.booleans()):
        first = {"number": 0, "from_centres": ["ad0"], "to_classes": ["clinical", *NORM], "driver": draw(basis)}
        steps = [first, *steps]
    quantity = st.one_of(st.just(0), st.integers(1, 500))
    found = {}
    for giver, kind in classes.items():
        later = {
            c
            for c, k in classes.items()
            if k == "clinical" or (kind != "clinical" and order.index(k) > order.index(kind))
        }
        for driver in ("q", "r"):
            used = {c: draw(quantity) for c in classes if back or c in later}
            found[driver, giver] = used | {"cl0": draw(st.integers(1, 500))}
    booked = {c: {f: [draw(cost) for _ in ITEMS] for f in ("own", "government")} for c in classes}
    return month_of(scheme_of(*steps), booked, found, classes, ITEMS, fine=1)


@settings(max_examples=100, deadline=None)
@given(months(), st.sampled_from(METHODS), st.sampled_from(SCOPES))
def test_every_item_is_conserved_and_every_service_centre_balances(month, method, scope):
    done = allocate(month, method, scope)
    booked = sum(month.booked.values())
    assert (done.held + done.outside).sum(axis=0).tolist() == booked.sum(axis=0).tolist()
    assert (done.held[month.classes != "clinical"] == 0).all()
    for giving, flow in zip(done.givings, done.flows, strict=True):
        assert month.classes[giving.centre] != "clinical" and (flow[giving.centre] == 0).all()


@settings(max_examples=80, deadline=None)
@given(months(back=False))
def test_step_down_is_reciprocal_where_nobody_serves_a_centre_that_gave_before(month):
    one, other = (allocate(month, method, "hospital_full") for method in ("step_down", "reciprocal"))
    assert abs(one.held - other.held).max() <= 2 * len(one.givings), "more than the fen that were rounded"


def unrounded(month, method, factor=1.0):
    """(centres, items) full cost in floats, without computing-in."""
    direct = sum(month.booked.values()) * factor
    given_ = Quantities(month.codes, month.found, direct.sum(axis=1), month.where)
    everyone = np.ones(len(month.codes), bool)
    books = Books(month.scheme, month.classes, month.items, given_, ~everyone, everyone)
    givings = plan(books, direct, method)
    if method == "reciprocal":
        flows = reciprocal_flows(direct, givings, month.codes, exact_fen=False)
    else:
        flows = step_down(direct, givings, exact_fen=False)
    return held_after(direct, givings, flows)


positive = st.integers(1, 10**10)


@settings(max_examples=50, deadline=None)
@given(months(cost=positive), st.sampled_from(METHODS), st.floats(1e-3, 1e3))
def test_scaling_the_ledger_scales_the_result(month, method, factor):
    largest = sum(cost.sum() for cost in month.booked.values())
    assert_allclose(unrounded(month, method, factor), unrounded(month, method) * factor, rtol=1e-9, atol=1e-9 * largest)


@settings(max_examples=50, deadline=None)
@given(months(cost=positive), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_and_the_names_of_centres_change_nothing(month, method, random):
    """Shuffled and renamed: before rounding nothing changes, after it no more than the fen that were rounded."""
    order = list(range(len(month.codes)))
    random.shuffle(order)
    order = np.array(order)
    new = {code: f"n{i}{code}" for i, code in enumerate(month.codes[order])}
    steps = [
        step.model_copy(
            update={
                "from_centres": [new[c] for c in step.from_centres],
                "drivers": {new[c]: basis for c, basis in step.drivers.items()},
            }
        )
        for step in month.scheme.steps
    ]
    other = replace(
        month,
        scheme=month.scheme.model_copy(update={"steps": steps}),
        codes=np.array([new[c] for c in month.codes[order]], object),
        classes=month.classes[order],
        booked={funding: cost[order] for funding, cost in month.booked.items()},
        found={(driver, new[giver]): q[order] for (driver, giver), q in month.found.items()},
    )
    largest = sum(cost.sum() for cost in month.booked.values())
    if not any(step.number == 0 for step in month.scheme.steps):
        assert_allclose(unrounded(other, method), unrounded(month, method)[order], rtol=1e-9, atol=1e-9 * largest)
    done, again = allocate(month, method, "hospital_full"), allocate(other, method, "hospital_full")
    assert abs(again.held - done.held[order]).max() <= len(done.givings)


@pytest.mark.parametrize("method", METHODS)
def test_a_hundred_and_fifty_centres_that_all_serve_one_another(method):
    random = np.random.default_rng(1)
    classes = {
        f"{i:03d}": kind
        for i, kind in enumerate(
            ["clinical"] * 100 + ["technology"] * 20 + ["auxiliary"] * 15 + ["administration"] * 15
        )
    }
    steps = [
        {"number": i, "from_class": k, "to_classes": to, "driver": "q"} for i, (k, to) in enumerate(NORM.items(), 1)
    ]
    found = {("q", "*"): dict(zip(classes, random.integers(1, 99, 150).tolist(), strict=True))}
    booked = dict(zip(classes, random.integers(1, 10**9, (150, 3)).tolist(), strict=True))
    month = month_of(scheme_of(*steps), {c: {"own": a} for c, a in booked.items()}, found, classes, ITEMS, fine=1)
    done = allocate(month, method, "hospital_full")
    assert done.held[:100].sum(axis=0).tolist() == sum(month.booked.values()).sum(axis=0).tolist()
