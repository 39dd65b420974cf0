"""Rows of the centre tables from arrays of fen."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.costing.hospital_allocation import ORIGINS, Allocated, Month
from analysis.costing.scheme import Allocation, Scope
from analysis.costing.settings_split import SETTINGS

#: Tables of one period and their columns; `fen` becomes the money column `amount`.
COLUMNS = {
    "allocations": ["hospital_id", "step", "from_centre", "to_centre", "cost_item", "driver", "fen"],
    "setting_parts": ["hospital_id", "cost_centre", "setting", "origin", "from_centre", "cost_item", "fen"],
    "unallocated_centres": ["hospital_id", "level", "method", "cost_centre", "cost_item", "reason", "fen"],
    "alternative_costs": ["hospital_id", "allocation", "cost_scope", "cost_centre", "setting", "cost_item", "fen"],
    "alternatives_left_out": ["hospital_id", "allocation", "cost_scope", "reason"],
}


def empty(columns: list[str]) -> pd.DataFrame:
    """No rows, with the types that rows would have."""
    return pd.DataFrame({c: pd.Series(dtype="int64" if c in {"fen", "step"} else "str") for c in columns})


def matrix(ledger: pd.DataFrame, centres: NDArray, items: list[str]) -> NDArray[np.int64]:
    """(centres, items) fen of ledger rows cost_centre, cost_item, fen; one row a centre and item."""
    cost = np.zeros((len(centres), len(items)), np.int64)
    row = pd.Index(centres).get_indexer(ledger["cost_centre"])
    cost[row, pd.Index(items).get_indexer(ledger["cost_item"])] = ledger["fen"].to_numpy()
    return cost


def setting_parts(month: Month, parts: NDArray[np.int64]) -> pd.DataFrame:
    """cost_centre, setting, origin, from_centre, cost_item, fen of the array of `split_settings`.

    origin: direct or the class of the giver; from_centre: the technology centre, else the clinical centre itself.
    """
    setting, origin, centre, item = np.nonzero(parts)
    technology = np.flatnonzero(month.classes == "technology")
    names = np.array([*ORIGINS, *["technology"] * len(technology)], object)
    fixed = len(ORIGINS)
    giver = np.where(origin < fixed, centre, np.append(technology, 0)[np.maximum(origin - fixed, 0)])
    return pd.DataFrame(
        {
            "cost_centre": month.codes[centre],
            "setting": np.array(SETTINGS, object)[setting],
            "origin": names[origin],
            "from_centre": month.codes[giver],
            "cost_item": np.array(month.items, object)[item],
            "fen": parts[setting, origin, centre, item],
        }
    )


def alternative(month: Month, parts: NDArray[np.int64], allocation: Allocation, scope: Scope) -> pd.DataFrame:
    """allocation, cost_scope, cost_centre, setting, cost_item, fen: clinical full cost, whatever its origin."""
    full = parts.sum(axis=1)
    setting, centre, item = np.nonzero(full)
    return pd.DataFrame(
        {
            "allocation": allocation,
            "cost_scope": scope,
            "cost_centre": month.codes[centre],
            "setting": np.array(SETTINGS, object)[setting],
            "cost_item": np.array(month.items, object)[item],
            "fen": full[setting, centre, item],
        }
    )


def unallocated(month: Month, done: Allocated, parts: NDArray[np.int64], stray: pd.DataFrame) -> pd.DataFrame:
    """level, method, cost_centre, cost_item, reason, fen of what reached no clinical centre or no setting.

    Cost of centres that are not in the master; outside the scope; taken on by no step; and of clinical centres of both
    settings without workload (level setting: that is part of the clinical cost).
    """
    strange = stray.groupby(["cost_centre", "cost_item"], as_index=False)["fen"].sum()
    kept = done.held * (month.classes != "clinical")[:, None]
    found = [
        strange.assign(level="centre", reason="unknown_centre"),
        _cells(month, done.outside).assign(level="centre", reason="out_of_scope"),
        _cells(month, kept).assign(level="centre", reason="not_taken_on"),
        _cells(month, parts[2].sum(axis=0)).assign(level="setting", reason="no_workload"),
    ]
    some = [cells for cells in found if len(cells)] or [empty(COLUMNS["unallocated_centres"])]
    return pd.concat(some).assign(method="all")


def _cells(month: Month, cost: NDArray[np.int64]) -> pd.DataFrame:
    """cost_centre, cost_item, fen of the cells that are not zero."""
    centre, item = np.nonzero(cost)
    item_names = np.array(month.items, object)[item]
    return pd.DataFrame({"cost_centre": month.codes[centre], "cost_item": item_names, "fen": cost[centre, item]})
