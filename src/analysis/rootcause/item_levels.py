"""What stands behind the item view's money: use rates, quantities and prices of both sides, by group and by member."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.item_view import levels_of_sides, prepare
from analysis.rootcause.reference import Reference
from analysis.rootcause.split import Floats, Levels, two_factor
from analysis.rootcause.sums import ClusterSums


def group_levels(actual: ClusterSums, reference: Reference) -> pd.DataFrame:
    """Levels of every group on both sides, strata weighted alike (by the mean of both sides' shares).

    Returns
    -------
    category, group, pooled, and for the actual side and the reference (ending _0): use_rate, quantity (per user),
    volume (per case), unit_cost. A pool's quantity is money. Groups in the order of the layout.
    """
    one, two, between, layout = *_observed(actual, reference), actual.layout
    rows = pd.DataFrame({"category": layout.group_category, "group": layout.groups, "pooled": layout.pooled})
    for side, end in ((one, ""), (two, "_0")):
        use = between * side.use_rate[0]
        volume = use * side.per_user[0]
        use, volume, cost = (x.sum(axis=0) for x in (use, volume, volume * side.unit[0]))
        levels = {"use_rate": use, "quantity": _ratio(volume, use), "volume": volume, "unit_cost": _ratio(cost, volume)}
        rows = rows.assign(**{name + end: values for name, values in levels.items()})
    return rows


def member_effects(actual: ClusterSums, reference: Reference) -> pd.DataFrame:
    """Substitution and price of groups of several members, by member.

    Returns
    -------
    category, group, element, share and price of both sides (reference: _0), strata weighted as in `group_levels` by
    what they take of the group; substitution and price_effect in CNY over all cases: they sum to those of the group.
    """
    one, two, between, layout = *_observed(actual, reference), actual.layout
    members, g = layout.members, layout.element_group[layout.members]
    volume = (one.use_rate * one.per_user + two.use_rate * two.per_user)[..., g] / 2
    weight = np.where((one.odd | two.odd)[0][..., g], 0.0, between * volume[0])
    moved, dearer = two_factor(one.part, one.price, two.part, two.price)
    cases = actual.cases.sum()
    rows = pd.DataFrame({
        "category": [layout.group_category[place] for place in g], "group": [layout.groups[place] for place in g],
        "element": [layout.elements[j] for j in members],
    })  # fmt: skip
    for side, end in ((one, ""), (two, "_0")):
        share = _ratio((weight * side.part[0]).sum(axis=0), weight.sum(axis=0))
        price = _ratio((weight * side.part[0] * side.price[0]).sum(axis=0), (weight * side.part[0]).sum(axis=0))
        rows = rows.assign(**{f"share{end}": share, f"price{end}": price})
    substitution, price = ((weight * part[0]).sum(axis=0) * cases for part in (moved, dearer))
    return rows.assign(substitution=substitution, price_effect=price)


def _observed(actual: ClusterSums, reference: Reference) -> tuple[Levels, Levels, Floats]:
    """Levels of both sides of the cases as they are, and (S, 1) the mean of both sides' shares of strata."""
    one, two, _ = levels_of_sides(prepare(actual, reference), np.ones((1, len(actual.layout.clusters))))
    return one, two, (one.share + two.share)[0, :, None] / 2


def _ratio(above: NDArray, below: NDArray) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below != 0)
