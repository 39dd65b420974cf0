"""Which causes are called: Benjamini-Hochberg twice, and a floor in money.

A cause is called where it is beyond chance among all DRGs asked the same question and among all causes of its own DRG,
and large enough to matter. The first keeps a list of one kind of cause over hundreds of DRGs clean; the second keeps a
single DRG, of which dozens of causes are asked at once, from always having one.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: What makes two rows answers to the same question, over DRGs; and what makes them causes of the same DRG.
QUESTION = ["hospital_id", "baseline", "view", "category", "effect"]
OF_ONE_DRG = ["hospital_id", "drg_code", "baseline"]
FALSE_DISCOVERIES = 0.05


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """q-values of one family: q_(i) = min over j >= i of p_(j) m / j (Benjamini and Hochberg 1995), NaN where p is NaN.

    m is the number of known p-values.
    """
    p = np.asarray(p, dtype=np.float64)
    q = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if known.size:
        order = known[np.argsort(p[known], kind="stable")]
        steps = p[order] * known.size / np.arange(1, known.size + 1)
        q[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return q


def q_values(rows: pd.DataFrame, floor: float) -> pd.DataFrame:
    """The rows with `q_value`, `material` and `called`.

    Parameters
    ----------
    rows : causes of any number of DRGs; columns p_value (NaN = no interval), amount_total (CNY), drg_code, view and
        effect; hospital_id, baseline and category as far as they tell questions apart. The row of the whole loss
        belongs here like any other.
    floor : CNY; a cause below it, in absolute terms, is not material.

    Returns
    -------
    The rows in their order. q_value: the larger of Benjamini-Hochberg's q among the rows of the same question and among
    the rows of the same DRG (both views together); NaN without a p-value. material: |amount_total| >= floor. called:
    material and q_value < 0.05.
    """
    found = rows.copy()
    q = np.maximum(_within(rows, QUESTION), _within(rows, OF_ONE_DRG))
    found["q_value"] = q
    found["material"] = np.abs(rows["amount_total"].to_numpy(np.float64)) >= floor
    found["called"] = found["material"] & (q < FALSE_DISCOVERIES)
    return found


def _within(rows: pd.DataFrame, columns: list[str]) -> NDArray[np.float64]:
    q = np.full(len(rows), np.nan)
    p = rows["p_value"].to_numpy(np.float64)
    present = [column for column in columns if column in rows]
    for places in rows.groupby(present, dropna=False, sort=False).indices.values() if len(rows) else []:
        q[places] = benjamini_hochberg(p[places])
    return q
