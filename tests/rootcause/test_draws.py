"""Draws of a large DRG: memory does not grow with them, and they give what each gives by itself."""

import tracemalloc

import numpy as np
import pytest

from analysis.rootcause.item_view import EFFECTS, item_effects
from analysis.rootcause.layout import Layout
from analysis.rootcause.reference import Reference
from analysis.rootcause.resampling import cluster_weights
from analysis.rootcause.sums import ClusterSums

_CLUSTERS, _STRATA, _GROUPS, _PAIRED = 60, 8, 80, 30


def _large(seed: int) -> ClusterSums:
    """60 clusters, 8 strata, 80 groups, 30 of them of two members."""
    draw = np.random.default_rng(seed)
    group = np.sort(np.concatenate([np.arange(_GROUPS), np.arange(_PAIRED)]))
    names = [f"g{g:02d}" for g in range(_GROUPS)]
    layout = Layout("physician_id", [f"k{k:02d}" for k in range(_CLUSTERS)], [f"s{s}" for s in range(_STRATA)], names,
                    ["drug"] * (_GROUPS - 1) + ["rest"], [f"e{j}" for j in range(len(group))], group,
                    np.zeros(_GROUPS, bool), {})  # fmt: skip
    cases = draw.integers(1, 20, (_CLUSTERS, _STRATA)).astype(float)
    users = draw.binomial(cases[..., None].astype(int), 0.5, (*cases.shape, _GROUPS)).astype(float)
    elements = users[..., group] * draw.uniform(0.5, 2, (*cases.shape, len(group)))
    starts = np.searchsorted(group, np.arange(_GROUPS))
    quantity = np.add.reduceat(elements, starts, axis=2)
    cost = elements * draw.uniform(90, 110, elements.shape)
    squares = np.divide(quantity**2, users, out=np.zeros_like(users), where=users > 0) * 1.1
    return ClusterSums(layout, cases, cases * 9000, cost.sum(axis=2), users, quantity, squares, elements, cost)


def _references() -> list[Reference]:
    nothing = np.full(_GROUPS, np.nan)
    other = _large(2)
    return [Reference("peers", other, None, robust, nothing, nothing, nothing) for robust in (False, True)]


@pytest.mark.parametrize("reference", _references(), ids=["cases", "typical"])
def test_draws_add_up_and_memory_is_bounded(reference):
    actual, weights = _large(1), cluster_weights(_CLUSTERS, 150, 7)
    tracemalloc.start()
    try:
        effects = item_effects(actual, reference, weights)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
    assert peak < 100, peak
    leaves = effects.mix + sum(getattr(effects, name).sum(axis=1) for name in EFFECTS)
    assert leaves == pytest.approx(effects.cost, rel=1e-9, abs=1e-4)
    drawn = weights @ actual.payment.sum(axis=1), weights @ actual.cost.sum(axis=1), weights @ actual.cases.sum(axis=1)
    assert effects.payment + effects.cost == pytest.approx(effects.cases * (drawn[1] - drawn[0]) / drawn[2])
    last = item_effects(actual, reference, weights[-1:])
    for name in EFFECTS:
        assert getattr(effects, name)[-1] == pytest.approx(getattr(last, name)[0], abs=1e-6)
