"""A clinical centre's full cost parted into inpatient, outpatient and shown unallocated."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.costing.scheme import CostingScheme
from analysis.fen import split_rows

SETTINGS = ("inpatient", "outpatient", "unallocated")


def setting_weights(
    workload: pd.DataFrame, codes: NDArray, items: list[str], scheme: CostingScheme
) -> NDArray[np.float64]:
    """(centres, items, 2) inpatient and outpatient workload of every centre, by the measure of each cost item.

    Parameters
    ----------
    workload : cost_centre, setting and the revenue measures of the month; what is empty or negative counts as none.
    """
    weights = np.zeros((len(codes), len(items), 2))
    centre = pd.Index(codes).get_indexer(workload["cost_centre"])
    setting = pd.Index(SETTINGS[:2]).get_indexer(workload["setting"])
    known = (centre >= 0) & (setting >= 0)
    for place, item in enumerate(items):
        measure = workload[scheme.setting_split.get(item, scheme.setting_split_default)]
        weights[centre[known], place, setting[known]] = measure.astype(float).fillna(0.0).clip(lower=0.0)[known]
    return weights


def split_settings(amounts: NDArray[np.int64], settings: NDArray, weights: NDArray) -> NDArray[np.int64]:
    """Part what clinical centres hold by setting.

    Centres of one setting keep all of it there. Centres of both are parted by workload, each amount on its own, to the
    fen; without any workload the amount stays visibly unallocated.

    Parameters
    ----------
    amounts : (origins, centres, items) fen.
    settings : (centres,) inpatient, outpatient or both.
    weights : (centres, items, 2) of `setting_weights`.

    Returns
    -------
    (3, origins, centres, items) fen by `SETTINGS`; the three sum to `amounts`.
    """
    parts = np.zeros((3, *amounts.shape), np.int64)
    for place, setting in enumerate(SETTINGS[:2]):
        parts[place][:, settings == setting] = amounts[:, settings == setting]
    origin, centre, item = np.nonzero(amounts * (settings == "both")[None, :, None])
    chosen, total = weights[centre, item], amounts[origin, centre, item]
    idle = chosen.sum(axis=1) == 0
    parts[2][origin[idle], centre[idle], item[idle]] = total[idle]
    worked = ~idle
    split = split_rows(total[worked], chosen[worked])
    for place in (0, 1):
        parts[place][origin[worked], centre[worked], item[worked]] = split[:, place]
    return parts
