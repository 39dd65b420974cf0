"""In which order to look at the month's stays: an isolation forest puts those unlike their DRG first.

The order says where a look is worth its time, and nothing else: no stay becomes a finding by it, no amount hangs on it,
and it is never closed into a table.
"""

import pandas as pd
from sklearn.ensemble import IsolationForest

from analysis.engine import Engine, sql_text

#: Cases of a DRG below which "unlike its DRG" says nothing.
LEAST_OF_DRG = 10
_SEED = 20230601
_SHAPE = ["charge_ratio", "drug_ratio", "consumable_ratio", "exam_ratio", "service_ratio", "days_ratio"]


def review_list(engine: Engine, hospital: str, period: str) -> pd.DataFrame:
    """Stays of a period in the order of review.

    Parameters
    ----------
    engine : holds cases and findings with a column period.

    Returns
    -------
    stay_id, department, drg_code, charge, charge_expected (the DRG's mean), findings, at_risk, `unlike` (score, higher
    = more unlike; an order, no probability), and `mostly`: the part (not the total) that lies furthest from the DRG.
    """
    rows = engine.frame(
        sql_text("analysis.audit", "review_features"), hospital=hospital, period=period, least=LEAST_OF_DRG
    )
    if rows.empty:
        return rows.assign(unlike=[], mostly=[])
    features = rows[_SHAPE]
    forest = IsolationForest(n_estimators=200, random_state=_SEED).fit(features.to_numpy())
    spread = features.std(ddof=0).where(lambda s: s > 0, 1.0)
    parts = (features / spread).drop(columns="charge_ratio")
    mostly = parts.abs().idxmax(axis=1).str.removesuffix("_ratio")
    rows = rows.assign(unlike=-forest.score_samples(features.to_numpy()), mostly=mostly)
    return rows.sort_values(["unlike", "stay_id"], ascending=[False, True], kind="stable").reset_index(drop=True)
