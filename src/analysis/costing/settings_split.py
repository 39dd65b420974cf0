"""A clinical centre's full cost parted into inpatient, outpatient and shown unallocated."""

import numpy as np
import pandas as pd

from analysis.costing.fen import split_to_fen
from analysis.costing.scheme import CostingScheme

SETTINGS = ("inpatient", "outpatient")


def split_settings(received: pd.DataFrame, workload: pd.DataFrame, scheme: CostingScheme) -> pd.DataFrame:
    """Part what clinical centres hold by setting.

    Centres of one setting keep all of it there. Centres of both settings are parted by the workload measure that the
    scheme names for the cost item; without any workload the amount stays visibly unallocated.

    Parameters
    ----------
    received : cost_centre, setting (inpatient, outpatient, both), origin, from_centre, cost_item, fen.
    workload : cost_centre, setting and the revenue measures of the month.

    Returns
    -------
    cost_centre, setting (inpatient, outpatient, unallocated), origin, from_centre, cost_item, fen.
    """
    both = received["setting"].eq("both").to_numpy()
    fixed = received[~both]
    mixed = received[both].drop(columns="setting").reset_index(drop=True)
    rows = mixed.loc[mixed.index.repeat(2)].reset_index(names="group")
    rows["setting"] = np.tile(SETTINGS, len(mixed))
    rows["weight"] = _weights(rows, workload, scheme)
    idle = rows.groupby("group")["weight"].transform("sum").eq(0)
    rows.loc[idle & rows["setting"].eq("inpatient"), "weight"] = 1.0
    rows.loc[idle, "setting"] = "unallocated"
    fen = split_to_fen(mixed["fen"].to_numpy(np.int64), rows["weight"].to_numpy(float), rows["group"].to_numpy(np.intp))
    columns = ["cost_centre", "setting", "origin", "from_centre", "cost_item", "fen"]
    parted = rows.assign(fen=fen)[columns]
    return pd.concat([fixed[columns], parted[parted["fen"] != 0]], ignore_index=True)


def _weights(rows: pd.DataFrame, workload: pd.DataFrame, scheme: CostingScheme) -> np.ndarray:
    measures = sorted({*scheme.setting_split.values(), scheme.setting_split_default})
    long = workload.melt(["cost_centre", "setting"], measures, var_name="measure", value_name="weight")
    wanted = [scheme.setting_split.get(item, scheme.setting_split_default) for item in rows["cost_item"]]
    joined = rows.assign(measure=pd.Series(wanted, rows.index, dtype="str")).merge(
        long, on=["cost_centre", "setting", "measure"], how="left"
    )
    return joined["weight"].astype(float).fillna(0.0).clip(lower=0.0).to_numpy()
