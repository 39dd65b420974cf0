"""Cluster sums: all that the item view needs of the cases of one side, small enough to be drawn thousands of times."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError
from analysis.rootcause.layout import REST, Layout, cluster_codes, common_layout

if TYPE_CHECKING:
    from analysis.rootcause.samples import Sample

__all__ = ["ClusterSums", "Layout", "cluster_codes", "cluster_sums", "common_layout"]

Floats = NDArray[np.float64]
#: Elements may differ from the cost of their case by this much (rounding); it goes to `rest`.
_ROUNDING = 0.0051
_USED = 1e-9


@dataclass(frozen=True)
class ClusterSums:
    """Sums over the cases of one side; K clusters, S strata, G groups, J elements of `layout`.

    cases, payment, cost : (K, S), CNY.
    users : (K, S, G) cases whose net quantity of the group is above zero.
    quantity : (K, S, G); money for pooled groups.
    quantity_squares : (K, S, G) sum over cases of the squared quantity.
    element_quantity, element_cost : (K, S, J).
    """

    layout: Layout
    cases: Floats
    payment: Floats
    cost: Floats
    users: Floats
    quantity: Floats
    quantity_squares: Floats
    element_quantity: Floats
    element_cost: Floats

    @property
    def clusters(self) -> list[str]:
        return self.layout.clusters

    @property
    def strata(self) -> list[str]:
        return self.layout.strata

    @property
    def groups(self) -> list[str]:
        return self.layout.groups

    @property
    def group_category(self) -> list[str]:
        return self.layout.group_category

    @property
    def elements(self) -> list[str]:
        return self.layout.elements

    @property
    def element_group(self) -> NDArray[np.intp]:
        return self.layout.element_group


def cluster_sums(sample: "Sample", layout: Layout) -> ClusterSums:
    """Sum a sample over clusters, strata, groups and elements.

    Values are added in the order of their size, so that no order of rows changes a bit of the result.

    Parameters
    ----------
    sample : cases with `stratum`; elements with finite quantity and cost.
    layout : made from this sample by `common_layout`.

    Raises
    ------
    InputError
        A case's elements do not sum to its cost, or a number is missing.
    """
    cases, elements = sample.cases, _with_rounding(sample)
    k = pd.Index(layout.clusters).get_indexer(cluster_codes(cases, layout.cluster))
    place = k * len(layout.strata) + pd.Index(layout.strata).get_indexer(cases["stratum"])
    places = len(layout.clusters) * len(layout.strata)
    shape = (len(layout.clusters), len(layout.strata))
    per_element = _per_element(elements, layout, place, places)
    per_group = _per_group(elements, layout, place, places)
    money = {name: _added(cases[name].to_numpy(float), place, places).reshape(shape) for name in ("payment", "cost")}
    counted = np.bincount(place, minlength=places).astype(float).reshape(shape)
    sums = {name: values.reshape(*shape, -1) for name, values in (per_element | per_group).items()}
    return ClusterSums(layout, counted, **money, **sums)


def _with_rounding(sample: "Sample") -> pd.DataFrame:
    """Elements with a row more for each case: what its elements leave of its cost to rounding, as `rest`."""
    cases, elements = sample.cases, sample.elements
    numbers = [cases["payment"], cases["cost"], elements["quantity"], elements["cost"]]
    if not all(np.isfinite(column.to_numpy(float)).all() for column in numbers):
        raise InputError("a payment, cost or quantity is missing", where="cases of the DRG",
                         mend="take cases with complete cost and payment only")  # fmt: skip
    spent = _added(elements["cost"].to_numpy(float), elements["case"].to_numpy(), len(cases))
    left = cases["cost"].to_numpy(float) - spent
    wrong = np.abs(left) > _ROUNDING
    if wrong.any():
        rows = [f"{row.stay_id}: cost {row.cost:.2f}, elements {row.cost - gap:.2f}"
                for row, gap in zip(cases[wrong].head(5).itertuples(), left[wrong], strict=False)]  # fmt: skip
        raise InputError("elements do not sum to the cost of their case", where="cases of the DRG", rows=rows,
                         mend="what no element tells belongs to the category rest")  # fmt: skip
    rounding = pd.DataFrame({"case": np.arange(len(cases)), "cost": left, "quantity": 0.0})
    for column in ("element", "group", "category"):
        rounding[column] = REST
    return pd.concat([elements, rounding], ignore_index=True)


def _per_element(elements: pd.DataFrame, layout: Layout, place: NDArray, places: int) -> dict[str, Floats]:
    """element_quantity and element_cost, (places, J); of a pool both are money."""
    j = _elements_of(elements, layout)
    pooled = layout.pooled[layout.element_group[j]]
    cost = elements["cost"].to_numpy(float)
    quantity = np.where(pooled, cost, elements["quantity"].to_numpy(float))
    cells = place[elements["case"].to_numpy()] * len(layout.elements) + j
    sums = {"element_quantity": quantity, "element_cost": cost}
    return {name: _added(values, cells, places * len(layout.elements)) for name, values in sums.items()}


def _per_group(elements: pd.DataFrame, layout: Layout, place: NDArray, places: int) -> dict[str, Floats]:
    """users, quantity and quantity_squares, (places, G), of the cases' net quantities."""
    g = layout.element_group[_elements_of(elements, layout)]
    values = np.where(layout.pooled[g], elements["cost"].to_numpy(float), elements["quantity"].to_numpy(float))
    cells, inverse = np.unique(elements["case"].to_numpy() * len(layout.groups) + g, return_inverse=True)
    net = _added(values, inverse, len(cells))
    case, group = np.divmod(cells, len(layout.groups))
    target, size = place[case] * len(layout.groups) + group, places * len(layout.groups)
    users = np.bincount(target, net > _USED, size)
    return {"users": users, "quantity": _added(net, target, size), "quantity_squares": _added(net**2, target, size)}


def _elements_of(elements: pd.DataFrame, layout: Layout) -> NDArray[np.intp]:
    key = pd.MultiIndex.from_frame(elements[["category", "group", "element"]])
    found = layout.places.index.get_indexer(key)
    if (found < 0).any():
        raise KeyError(f"not in the layout: {key[found < 0][0]}")
    return layout.places.to_numpy()[found]


def _added(values: Floats, cells: NDArray, size: int) -> Floats:
    """(size,) sums by cell, each added from its smallest value on."""
    order = np.lexsort((values, cells))
    return np.bincount(cells[order], values[order], size)
