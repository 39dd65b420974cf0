"""During: every stay in house with what its charges have used of the payment standard, and what the rules say of it."""

import pandas as pd

from analysis.audit.compile import make
from analysis.audit.moment import Moment, judge_in_house

#: Part of the standard from which on the department's head is told (BRIEF.md A8).
PART = 0.9


def watchlist(moment: Moment, standards: pd.DataFrame, part: float = PART) -> pd.DataFrame:
    """Stays in house at a moment, those nearest to (or furthest above) their standard first.

    Parameters
    ----------
    standards : hospital_id, drg_code, severity, standard, as the table `standards` of a closed period says them; the
        group is the one the stay is expected to be grouped to. Means of peers are left out.

    Returns
    -------
    stay_id, hospital_id, department, head, physician_id, drg_code, admitted_at, days, used (charged to date),
    standard, share, alert (share >= part), findings, lacking, amount_at_risk, rules.
    """
    judge_in_house(moment)
    moment.engine.put("audit_standards", _usable(standards))
    make(moment.engine, "watched", at=moment.at, part=part)
    order = "select * from audit_watched order by share desc nulls last, hospital_id, stay_id"
    return moment.engine.frame(order)


def _usable(standards: pd.DataFrame) -> pd.DataFrame:
    if "basis" in standards:
        standards = standards[standards["basis"] != "peer_mean"]
    kept = standards[["hospital_id", "drg_code", "severity", "standard"]]
    return kept.astype({"hospital_id": "str", "drg_code": "str", "severity": "str", "standard": "float64"})
