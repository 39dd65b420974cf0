"""Cost near the payment standard (A8): DRGs of the month and stays in house that have used up 90 % of it."""

import json

import pandas as pd

from analysis.audit.shifts import COLUMNS
from analysis.engine import Engine, sql_text

_SQL = "analysis.audit"
KIND = "cost_near_standard"
#: Part of the standard from which on somebody is told, and cases a DRG needs in the month.
PART, LEAST_CASES = 0.9, 5


def near_standard_alerts(engine: Engine) -> pd.DataFrame:
    """Rows of the closed table `alerts`: observed = used a case (or to date), expected = standard, limit = 90 % of it.

    Parameters
    ----------
    engine : holds cases, standards, work_in_progress of the period, and stays and departments.

    Returns
    -------
    Evidence names the measure (cost, or charge where no cost is closed and for stays in house), the department told and
    its head, and the share used.
    """
    drgs = engine.frame(sql_text(_SQL, "near_standard_drgs"), part=PART, least=LEAST_CASES)
    stays = engine.frame(sql_text(_SQL, "near_standard_stays"), part=PART)
    drgs = drgs.assign(scope="drg", subject=drgs["drg_code"])
    stays = stays.assign(scope="stay", subject=stays["stay_id"], measure="charge")
    rows = pd.concat([drgs, stays], ignore_index=True) if len(drgs) or len(stays) else drgs
    rows = rows.assign(
        kind=KIND, observed=rows["used"], expected=rows["standard"], limit=rows["standard"] * PART, q_value=None
    )
    return rows.assign(evidence=[_evidence(row) for row in rows.to_dict("records")])[COLUMNS]


def _evidence(row: dict[str, object]) -> str:
    """What was measured and who is told; what is not known is left out."""
    told = {name: row.get(name) for name in ("measure", "drg_code", "department", "head", "cases")}
    known = {name: value for name, value in told.items() if not pd.isna(value)}
    if "cases" in known:
        known["cases"] = int(known["cases"])
    share = round(float(row["used"]) / float(row["standard"]), 4)  # type: ignore[arg-type]
    return json.dumps({**known, "share": share}, ensure_ascii=False)
