"""The item view: a loss parted over payment, mix and use rate, quantity, substitution and price of groups of items."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.layout import Layout, common_layout
from analysis.rootcause.levels import levels_of, observed, runs
from analysis.rootcause.reference import Reference, make_reference, reference_levels, rest_group
from analysis.rootcause.split import Floats, Levels, fill, mix_effect, product_effects
from analysis.rootcause.sums import ClusterSums, cluster_sums

if TYPE_CHECKING:
    from analysis.rootcause.baselines import Baseline
    from analysis.rootcause.samples import Sample

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


def item_effects(
    actual: ClusterSums, reference: Reference | ClusterSums, weights: Floats | None = None
) -> ItemEffects:  # fmt: skip
    """Part the loss of the cases; in every draw all levels are taken anew.

    Parameters
    ----------
    actual : sums of the cases that are explained.
    reference : sums of the cases they are compared with, by the same layout, or what `make_reference` gives.
    weights : (D, K) how often each cluster is drawn, on both sides; None = the cases as they are, D = 1.

    Notes
    -----
    Memory does not grow with D beyond the result: draws are computed in runs.
    """
    if isinstance(reference, ClusterSums):
        nothing = np.full(len(actual.groups), np.nan)
        reference = Reference("own_past", reference, None, False, nothing, nothing, nothing)
    weights = observed(actual) if weights is None else weights
    parts = [_run(actual, reference, weights[cut]) for cut in runs(len(weights), actual)]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    cases = float(actual.cases.sum())
    return ItemEffects(actual.layout, round(cases), supplied=reference.supplied,
                       **{name: values * cases for name, values in joined.items()})  # fmt: skip


def _run(actual: ClusterSums, reference: Reference, weights: Floats) -> dict[str, Floats]:
    """Effects per case of some draws."""
    layout = actual.layout
    one, paid = levels_of(actual, weights)
    two, share0 = reference_levels(reference, one, weights, layout)
    one, two = filled(one, two)
    if reference.kind == "standard":
        _rest_to_payment(two, paid, rest_group(layout))
    cost, cost0 = one.cost.sum(axis=-1), two.cost.sum(axis=-1)
    mean, mean0 = (one.share * cost).sum(axis=-1), (share0 * cost0).sum(axis=-1)
    between = (one.share + share0) / 2
    groups = product_effects(one, two, layout.element_group[layout.members])
    return {
        "payment": mean0 - (one.share * np.nan_to_num(paid)).sum(axis=-1),
        "cost": mean - mean0,
        "mix": mix_effect(one.share, cost, share0, cost0),
        **{name: np.einsum("ds,dsg->dg", between, groups[name]) for name in EFFECTS},
    }


def filled(one: Levels, two: Levels) -> tuple[Levels, Levels]:
    """Both sides without NaN (`fill`), their cost the product of their levels, except where a side is odd."""
    names = ("cost", "use_rate", "per_user", "unit", "part", "price")
    pairs = {name: fill(getattr(one, name), getattr(two, name)) for name in names}
    odd = one.odd | two.odd
    sides = []
    for side, share in enumerate((one.share, two.share)):
        values = {name: pair[side] for name, pair in pairs.items()}
        product = values["use_rate"] * values["per_user"] * values["unit"]
        values["cost"] = np.where(odd, values["cost"], product)
        sides.append(Levels(share=share, odd=odd, **values))
    return sides[0], sides[1]


def _rest_to_payment(two: Levels, paid: Floats, rest: int) -> None:
    """Against the payment standard, what no item standard explains of it is the reference of `rest`."""
    two.odd[..., rest] = True
    two.cost[..., rest] = 0.0
    two.cost[..., rest] = np.nan_to_num(paid) - two.cost.sum(axis=-1)


def decompose(
    actual: "Sample", baseline: "Baseline", *, cluster: str = "physician_id", pooled_share: float = 0.002,
    keep: tuple[str, ...] = (),
) -> tuple[ClusterSums, Reference]:  # fmt: skip
    """Both sides of the item view, counted by a common layout: `item_effects(*decompose(...), weights)`."""
    layout = common_layout(actual, baseline, cluster, pooled_share, keep)
    return cluster_sums(actual, layout), make_reference(baseline, layout, actual)
