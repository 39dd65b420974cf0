"""The item view: a loss parted over payment, mix and use rate, quantity, substitution and price of groups of items."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.layout import Layout, common_layout
from analysis.rootcause.levels import Stack, levels_of, runs, stack
from analysis.rootcause.reference import Reference, make_reference, reference_levels, rest_group
from analysis.rootcause.samples import Sample
from analysis.rootcause.split import Floats, Levels, fill, mix_effect, product_effects
from analysis.rootcause.sums import ClusterSums, cluster_sums
from analysis.rootcause.typical_levels import ClusterRatios, cluster_ratios

EFFECTS = ("use_rate", "quantity", "substitution", "price")


@dataclass(frozen=True)
class ItemEffects:
    """Effects in CNY over the n cases that are explained; leading axis draws.

    Attributes
    ----------
    layout : its groups and their categories.
    cases : n, as observed, in every draw: effects are per case of the draw times n.
    payment : (D,) n (reference cost - payment); cost : (D,) n (actual - reference cost); mix : (D,).
    use_rate, quantity, substitution, price : (D, G).
    supplied : (G,) the reference of the group was supplied, not estimated.

    payment + cost is the loss; mix + all effects of all groups is the cost.
    """

    layout: Layout
    cases: int
    payment: Floats
    cost: Floats
    mix: Floats
    use_rate: Floats
    quantity: Floats
    substitution: Floats
    price: Floats
    supplied: NDArray[np.bool_]


def item_effects(actual: ClusterSums, reference: Reference, weights: Floats | None = None) -> ItemEffects:
    """Part the loss of the cases; in every draw all levels are taken anew.

    Parameters
    ----------
    actual : sums of the cases that are explained.
    reference : what they are compared with, by the same layout (`make_reference`).
    weights : (D, K) how often each cluster is drawn, on both sides; None = the cases as they are, D = 1.

    Notes
    -----
    Memory does not grow with D beyond the result: draws are computed in runs.
    """
    prepared = prepare(actual, reference)
    weights = np.ones((1, len(actual.layout.clusters))) if weights is None else weights
    with _processors().limit(limits=1, user_api="blas"):
        parts = [_run(prepared, weights[cut]) for cut in runs(len(weights), actual)]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    cases = float(actual.cases.sum())
    return ItemEffects(actual.layout, round(cases), supplied=prepared.reference.supplied,
                       **{name: values * cases for name, values in joined.items()})  # fmt: skip


@cache
def _processors() -> ThreadpoolController:
    """Threads of matrix products: one is fastest here, for the products of a run are small."""
    return ThreadpoolController()


@dataclass(frozen=True)
class Prepared:
    """Both sides ready to be drawn: `stacked` of the reference's cases, `ratios` where a typical cluster is meant."""

    actual: Stack
    reference: Reference
    stacked: Stack | None
    ratios: ClusterRatios | None


def prepare(actual: ClusterSums, reference: Reference) -> Prepared:
    """Sides of `item_effects`."""
    stacked = None if reference.sums is None else stack(reference.sums)
    return Prepared(
        stack(actual), reference, stacked, cluster_ratios(stacked) if stacked and reference.robust else None
    )


def levels_of_sides(prepared: Prepared, weights: Floats) -> tuple[Levels, Levels, Floats]:
    """Levels of both sides in every draw without NaN, and payment per case by stratum (D, S)."""
    layout = prepared.actual.sums.layout
    one, paid = levels_of(prepared.actual, weights)
    two = reference_levels(prepared.reference, prepared.stacked, prepared.ratios, one, weights, layout)
    one, two = filled(one, two)
    if prepared.reference.kind == "standard":
        _rest_to_payment(two, paid, rest_group(layout))
    return one, two, paid


def _run(prepared: Prepared, weights: Floats) -> dict[str, Floats]:
    """Effects per case of some draws."""
    one, two, paid = levels_of_sides(prepared, weights)
    cost, cost0 = one.cost.sum(axis=-1), two.cost.sum(axis=-1)
    mean, mean0 = (one.share * cost).sum(axis=-1), (two.share * cost0).sum(axis=-1)
    between = (one.share + two.share) / 2
    groups = product_effects(one, two, prepared.actual.member_group)
    return {
        "payment": mean0 - (one.share * paid).sum(axis=-1),
        "cost": mean - mean0,
        "mix": mix_effect(one.share, cost, two.share, cost0),
        **{name: np.einsum("ds,dsg->dg", between, groups[name]) for name in EFFECTS},
    }


def filled(one: Levels, two: Levels) -> tuple[Levels, Levels]:
    """Both sides without NaN (`fill`); cost of the reference is the product of its levels, unless a side is odd."""
    for name in ("use_rate", "per_user", "unit", "part", "price"):
        fill(getattr(one, name), getattr(two, name))
    odd = one.odd | two.odd
    told = two.use_rate * two.per_user
    told *= two.unit
    fill(one.cost, two.cost)
    np.copyto(two.cost, told, where=~odd)
    empty = (one.share == 0)[..., None] & ~odd
    if empty.any():
        np.copyto(one.cost, one.use_rate * one.per_user * one.unit, where=empty)
    return replace(one, odd=odd), replace(two, odd=odd)


def _rest_to_payment(two: Levels, paid: Floats, rest: int) -> None:
    """Against the payment standard, what no item standard explains of it is the reference of `rest`."""
    two.odd[..., rest] = True
    two.cost[..., rest] = 0.0
    two.cost[..., rest] = paid - two.cost.sum(axis=-1)


def decompose(
    actual: Sample, baseline: Baseline, *, cluster: str = "physician_id", pooled_share: float = 0.002,
    keep: tuple[str, ...] = (),
) -> tuple[ClusterSums, Reference]:  # fmt: skip
    """Both sides of the item view, counted by a common layout: `item_effects(*decompose(...), weights)`."""
    layout = common_layout(actual, baseline, cluster, pooled_share, keep)
    return cluster_sums(actual, layout), make_reference(baseline, layout, actual)
