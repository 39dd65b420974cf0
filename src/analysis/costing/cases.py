"""Top-down cost of patients: own drugs and charged materials first, the rest of the ward's cost by patient days.

patient = own drugs + own charged materials + (cost of the unit - all of those) x patient's days / all days,
per cost item (national DRG cost-accounting guide, top-down method). Where patients' own items come to more than the
ledger spent on that item in that centre, they share what the ledger spent: cost never exceeds the books.
"""

import numpy as np
import pandas as pd

from analysis.costing.fen import split_to_fen


def top_down(pools: pd.DataFrame, days: pd.DataFrame, own: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spread the inpatient cost of the month over the stays.

    Parameters
    ----------
    pools : hospital_id, cost_centre, cost_item, fen: inpatient full cost, one row a centre and item.
    days : stay_id, hospital_id, cost_centre, days: patient days of the month.
    own : stay_id, hospital_id, cost_centre, cost_item, fen: purchase cost of own drugs and charged materials.

    Returns
    -------
    (stay costs, unallocated): stay_id, cost_centre, cost_item, fen; and the pools that met no patient with their fen.
    """
    pools = pools.reset_index(drop=True)
    key = ["hospital_id", "cost_centre", "cost_item"]
    numbered = pools[key].assign(pool=pools.index)
    stay, stay_ids = pd.factorize(pd.concat([days["stay_id"], own["stay_id"]]), sort=True)
    days = days.assign(stay=stay[: len(days)])[days["days"] > 0]
    by_days = days.merge(numbered, on=["hospital_id", "cost_centre"])[["stay", "pool", "days"]]
    own = own.assign(stay=stay[len(stay) - len(own) :]).merge(numbered, on=key)[["stay", "pool", "fen"]]
    total = pools["fen"].to_numpy(np.int64)
    size = len(pools)
    own_sum = np.bincount(own["pool"], own["fen"].astype(float), minlength=size).astype(np.int64)
    has_days = np.bincount(by_days["pool"], minlength=size) > 0
    only_own = (own_sum > 0) & ((own_sum >= total) | ~has_days)
    lost = ~has_days & ~only_own
    scaled = only_own[own["pool"].to_numpy()]
    kept = own[~scaled & ~lost[own["pool"].to_numpy()]]
    rest = np.where(only_own | lost, 0, total - own_sum)
    parts = [
        kept,
        _spread(own[scaled], np.where(only_own, total, 0), own.loc[scaled, "fen"]),
        _spread(by_days, rest, by_days["days"]),
    ]
    costs = pd.concat(parts, ignore_index=True).groupby(["stay", "pool"], as_index=False)["fen"].sum()
    costs = costs[costs["fen"] != 0]
    of = pools[["cost_centre", "cost_item"]].iloc[costs["pool"]].reset_index(drop=True)
    costs = of.assign(stay_id=stay_ids[costs["stay"]], fen=costs["fen"].to_numpy())
    return costs[["stay_id", "cost_centre", "cost_item", "fen"]], pools[lost & (total != 0)]


def _spread(rows: pd.DataFrame, totals: np.ndarray, weights: pd.Series) -> pd.DataFrame:
    rows = rows.assign(weight=weights.to_numpy(float)).sort_values(["pool", "stay"])
    present = np.unique(rows["pool"].to_numpy(np.intp))
    masked = np.zeros_like(totals)
    masked[present] = totals[present]
    fen = split_to_fen(masked, rows["weight"].to_numpy(), rows["pool"].to_numpy(np.intp))
    return rows.assign(fen=fen)[["stay", "pool", "fen"]]
