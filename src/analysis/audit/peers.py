"""Peer outliers: physicians and departments against what their own DRGs are charged (or found) on the average.

Twelve months up to the period. What is ordinary variation among peers (tau2, and the shrinkage prior) is frozen on the
twelve months before the half-year, so that a unit that drifts does not widen its own limits. Only what lies above is
told; it asks for a look and accuses nobody.
"""

import json

import numpy as np
import pandas as pd
from scipy import stats

from analysis.audit.control_limits import q_values
from analysis.audit.shifts import COLUMNS
from analysis.engine import Engine, sql_text
from analysis.funnel import LIMIT, eb05, funnel_z, gamma_prior, spread_among, upper_limit
from analysis.periods import Period

_SQL = "analysis.audit"
#: Cases a unit needs in twelve months, cases a DRG needs to have an average, findings a unit needs.
LEAST_CASES, LEAST_OF_DRG, LEAST_FINDINGS = 20, 10, 3
#: Greatest q-value, and least lower bound of the shrunken ratio of findings.
FALSE_ALARMS, LEAST_RATIO = 0.05, 2.0
_PARTS = ("drug", "consumable", "exam", "service", "other")


def peer_units(engine: Engine, first: Period, last: Period) -> pd.DataFrame:
    """Units with at least 20 cases: y = ln(observed / expected) and its standard error s.

    s = sqrt(sum of the DRGs' variances) / expected: a sum of n charges; for counts it would be 1 / sqrt(E).
    """
    rows = engine.frame(sql_text(_SQL, "peer_units"), first=first.name, last=last.name, least=LEAST_OF_DRG)
    rows = rows[rows["cases"].ge(LEAST_CASES) & rows["expected"].gt(0) & rows["error_2"].gt(0)].reset_index(drop=True)
    return rows.assign(y=np.log(rows["observed"] / rows["expected"]), s=np.sqrt(rows["error_2"]) / rows["expected"])


def judged_units(engine: Engine, baseline: list[Period], period: Period) -> pd.DataFrame:
    """Units of the twelve months up to the period with tau2 (frozen, by scope), z', q (one-sided) and alarm."""
    now = peer_units(engine, period.shift(-11), period)
    frozen = peer_units(engine, baseline[-12], baseline[-1])
    tau2 = {
        key: spread_among(part["y"].to_numpy(), part["s"].to_numpy())
        for key, part in frozen.groupby(["hospital_id", "scope"])
    }
    keys = list(zip(now["hospital_id"], now["scope"], strict=True))
    now["tau2"] = [tau2.get(key, 0.0) for key in keys]
    now["z"] = funnel_z(now["y"].to_numpy(), now["s"].to_numpy(), now["tau2"].to_numpy())
    now["q"] = q_values(stats.norm.sf(now["z"].to_numpy()))
    return now.assign(alarm=now["z"].gt(LIMIT) & now["q"].le(FALSE_ALARMS))


def peer_alerts(engine: Engine, baseline: list[Period], period: Period) -> pd.DataFrame:
    """Rows of the closed table `alerts`: kinds peer_outlier_charge and peer_outlier_findings.

    Parameters
    ----------
    engine : holds case_history and finding_history (cases and findings with a column period, twelve months and the
        baseline).
    baseline : of `shifts.baseline_of`; empty = nothing is tested.
    """
    if not baseline:
        return pd.DataFrame(columns=COLUMNS)
    parts = [_charge_alerts(judged_units(engine, baseline, period)), _finding_alerts(engine, baseline, period)]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _charge_alerts(units: pd.DataFrame) -> pd.DataFrame:
    """A case's charge observed and expected, the 99.8 % limit, and which categories make the difference."""
    units = units[units["alarm"]]
    expected = units["expected"] / units["cases"]
    rows = units.assign(
        kind="peer_outlier_charge",
        observed=units["observed"] / units["cases"],
        expected=expected,
        limit=expected * upper_limit(units["s"].to_numpy(), units["tau2"].to_numpy()),
        q_value=units["q"],
        evidence=[_charge_evidence(row) for row in units.to_dict("records")],
    )
    return rows[COLUMNS]


def _charge_evidence(row: dict[str, float]) -> str:
    """Cases, and the money a case above the average by category."""
    above = {name: round(row[name] / row["cases"], 2) for name in _PARTS}
    return json.dumps({"cases": int(row["cases"]), "ratio": round(float(np.exp(row["y"])), 3), "above": above})


def _finding_alerts(engine: Engine, baseline: list[Period], period: Period) -> pd.DataFrame:
    """Units with more than twice the stays with a finding that their DRGs have, surely (shrunken towards peers)."""
    rows = _finding_units(engine, period.shift(-11), period)
    frozen = _finding_units(engine, baseline[-12], baseline[-1])
    rows["eb05"] = 0.0
    for key, part in rows.groupby(["hospital_id", "scope"]):
        before = frozen[(frozen["hospital_id"] == key[0]) & (frozen["scope"] == key[1])]
        peers = before if before["observed"].sum() >= 2 * LEAST_FINDINGS else part
        prior = gamma_prior(peers["observed"].to_numpy(float), peers["expected"].to_numpy(float))
        rows.loc[part.index, "eb05"] = eb05(part["observed"].to_numpy(float), part["expected"].to_numpy(float), prior)
    rows = rows[rows["eb05"].gt(LEAST_RATIO) & rows["observed"].ge(LEAST_FINDINGS)]
    evidence = [
        json.dumps(
            {"cases": int(row.cases), "ratio": round(row.observed / row.expected, 3), "eb05": round(row.eb05, 3)}
        )
        for row in rows.itertuples()
    ]
    return rows.assign(
        kind="peer_outlier_findings", limit=LEAST_RATIO * rows["expected"], q_value=np.nan, evidence=evidence
    )[COLUMNS]


def _finding_units(engine: Engine, first: Period, last: Period) -> pd.DataFrame:
    rows = engine.frame(sql_text(_SQL, "peer_findings"), first=first.name, last=last.name, least=LEAST_OF_DRG)
    return rows[rows["cases"] >= LEAST_CASES].reset_index(drop=True)
