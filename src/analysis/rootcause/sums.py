"""Cluster sums: all that the item view needs of the cases of one side, small enough to be drawn thousands of times."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError
from analysis.rootcause.layout import REST, Layout, cluster_codes, coded
from analysis.rootcause.samples import Sample

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


def cluster_sums(sample: Sample, layout: Layout) -> ClusterSums:
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
    cases, rows = sample.cases, _rows(sample, layout)
    shape = (len(layout.clusters), len(layout.strata))
    k = pd.Index(layout.clusters).get_indexer(cluster_codes(cases, layout.cluster))
    place = k * shape[1] + pd.Index(layout.strata).get_indexer(cases["stratum"])
    per_case = {"cases": np.ones(len(cases))} | {name: cases[name].to_numpy(float) for name in ("payment", "cost")}
    return ClusterSums(
        layout,
        **{name: _added(values, place, math.prod(shape)).reshape(shape) for name, values in per_case.items()},
        **_per_group(rows, layout.element_group[rows.j], place, (*shape, len(layout.groups))),
        **_per_element(rows, place, (*shape, len(layout.elements))),
    )


def _with_rounding(sample: Sample) -> Floats:
    """(cases,) what elements leave of the cost of their case to rounding."""
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
    return left


@dataclass(frozen=True)
class _Rows:
    """Elements as numbers: case, element j, quantity (money in pools), cost; a row more a case for rounding."""

    case: NDArray[np.intp]
    j: NDArray[np.intp]
    quantity: Floats
    cost: Floats


def _rows(sample: Sample, layout: Layout) -> _Rows:
    elements, left = sample.elements, _with_rounding(sample)
    triples, inverse = coded(elements)
    places = np.array([layout.places[triple] for triple in triples], dtype=np.intp)
    j = np.concatenate([places[inverse], np.full(len(left), layout.places[REST, REST, REST])])
    cost = np.concatenate([elements["cost"].to_numpy(float), left])
    quantity = np.concatenate([elements["quantity"].to_numpy(float), left])
    quantity = np.where(layout.pooled[layout.element_group[j]], cost, quantity)
    return _Rows(np.concatenate([elements["case"].to_numpy(), np.arange(len(left))]), j, quantity, cost)


def _per_element(rows: _Rows, place: NDArray, shape: tuple[int, int, int]) -> dict[str, Floats]:
    """element_quantity and element_cost, (K, S, J)."""
    cells = place[rows.case] * shape[2] + rows.j
    sums = {"element_quantity": rows.quantity, "element_cost": rows.cost}
    return {name: _added(values, cells, math.prod(shape)).reshape(shape) for name, values in sums.items()}


def _per_group(rows: _Rows, group: NDArray, place: NDArray, shape: tuple[int, int, int]) -> dict[str, Floats]:
    """users, quantity and quantity_squares, (K, S, G), of the cases' net quantities."""
    cells, inverse = np.unique(rows.case * shape[2] + group, return_inverse=True)
    net = _added(rows.quantity, inverse, len(cells))
    case, g = np.divmod(cells, shape[2])
    target = place[case] * shape[2] + g
    sums = {"users": (net > _USED).astype(float), "quantity": net, "quantity_squares": net**2}
    return {name: _added(values, target, math.prod(shape)).reshape(shape) for name, values in sums.items()}


def _added(values: Floats, cells: NDArray, size: int) -> Floats:
    """(size,) sums by cell, each added from its smallest value on."""
    order = np.lexsort((values, cells))
    return np.bincount(cells[order], values[order], size)
