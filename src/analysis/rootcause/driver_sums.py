"""Sums and cross-products of cases by cluster, from which the driver view is computed again in every draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.layout import Layout, cluster_codes
from analysis.rootcause.samples import Sample

Floats = NDArray[np.float64]
#: What a case may have or not: column of the case -> name of the driver.
CONDITIONS = {"complication": "complication", "infection": "infection", "coding_flag": "coding"}
#: Places of cost and days among the values of a case; days waited by reason and conditions follow.
COST, DAYS, FIRST_WAIT = 0, 1, 2


@dataclass(frozen=True)
class Side:
    """One side's cases: K clusters, S strata, V values (cost, days, days waited by reason, conditions).

    cases, payment : (K, S) of all cases.
    known : (K, S, V) cases where the value is known.
    totals : (K, S, V) sums over the cases where the value is known.
    full : (K, S) cases where all values are known.
    sums : (K, S, V) over these cases.
    products : (K, V, V) of these cases.
    """

    cases: Floats
    payment: Floats
    known: Floats
    totals: Floats
    full: Floats
    sums: Floats
    products: Floats


def side_sums(sample: Sample, layout: Layout, reasons: Sequence[str], used: Sequence[str]) -> Side:
    """Sum a side's cases by cluster and stratum, in the order of their stays: no order of rows changes a bit.

    Parameters
    ----------
    layout : clusters and strata of both sides.
    reasons : of waiting.
    used : columns of CONDITIONS that take part.
    """
    order = np.argsort(sample.cases["stay_id"].to_numpy(str), kind="stable")
    cases = sample.cases.iloc[order]
    k = pd.Index(layout.clusters).get_indexer(cluster_codes(cases, layout.cluster))
    cell = k * len(layout.strata) + pd.Index(layout.strata).get_indexer(cases["stratum"])
    shape = (len(layout.clusters), len(layout.strata))
    columns = [cases[name].to_numpy(float, na_value=np.nan) for name in used]
    money = [cases[name].to_numpy(float) for name in ("cost", "length_of_stay")]
    values = np.column_stack([*money, wait_days(sample, reasons)[order], *columns])
    known = ~np.isnan(values)
    full = known.all(axis=1)
    some = values[full]
    one = np.ones((len(cases), 1))
    products = _added((some[:, :, None] * some[:, None, :]).reshape(len(some), -1), k[full], (shape[0], 1))
    return Side(
        cases=_added(one, cell, shape)[..., 0],
        payment=_added(cases["payment"].to_numpy(float)[:, None], cell, shape)[..., 0],
        known=_added(known.astype(float), cell, shape),
        totals=_added(np.nan_to_num(values), cell, shape),
        full=_added(one[full], cell[full], shape)[..., 0],
        sums=_added(some, cell[full], shape),
        products=products.reshape(shape[0], values.shape[1], values.shape[1]),
    )


def wait_days(sample: Sample, reasons: Sequence[str]) -> Floats:
    """(cases, reasons) days waited."""
    days = np.zeros((len(sample.cases), len(reasons)))
    column = pd.Index(reasons, dtype=object).get_indexer(sample.waits["reason"])
    here = column >= 0
    np.add.at(
        days, (sample.waits["case"].to_numpy(np.intp)[here], column[here]), sample.waits["days"].to_numpy(float)[here]
    )
    return days


def _added(what: Floats, cell: NDArray[np.intp], shape: tuple[int, int]) -> Floats:
    """(K, S, columns) sums of the columns of `what` by cell."""
    parts = [np.bincount(cell, column, shape[0] * shape[1]) for column in what.T]
    return np.stack(parts, axis=-1).reshape(*shape, -1)
