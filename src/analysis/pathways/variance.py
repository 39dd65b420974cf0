"""Variance: steps left out; stays far over the standard, what they waited for, and whose variance it is."""

import json
from datetime import datetime
from typing import Any

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.engine import Engine, sql_text

_SQL = "analysis.pathways"
KIND = "stay_over_standard"
#: Part over the standard from which on a stay is told of.
PART = 0.2
#: The longest wait is named as what the stay waited for from so many days on, and so much of those over the standard.
LEAST_WAIT, LEAST_SHARE = 0.5, 0.25
#: Columns of the closed table alerts.
_ALERT = ["kind", "hospital_id", "scope", "subject", "observed", "expected", "limit", "q_value", "evidence"]


def omitted_steps(engine: Engine) -> pd.DataFrame:
    """How often required steps were left out or came late.

    Parameters
    ----------
    engine : after `adhere_period` or `adhere_span`.

    Returns
    -------
    One row a pathway x step x hospital x department, and one with an empty department for all of them: expected (stays
    that should have had it), omitted, rate = omitted / expected, ci_low, ci_high (Wilson, 95 %), late, late_rate (of
    those that were done), excused, unknown (stays of which it cannot be told whether they are).
    """
    found = engine.frame(sql_text(_SQL, "omitted_steps"))
    if found.empty:
        return found.assign(rate=[], ci_low=[], ci_high=[], late_rate=[])
    low, high = wilson(found["omitted"], found["expected"])
    done = found["expected"] - found["omitted"]
    return found.assign(
        rate=found["omitted"] / found["expected"].where(found["expected"] > 0),
        ci_low=low,
        ci_high=high,
        late_rate=found["late"] / done.where(done > 0),
    )


def wilson(count: pd.Series, of: pd.Series) -> tuple[pd.Series, pd.Series]:
    """95 % Wilson interval of count / of; empty where `of` is 0."""
    low, high = proportion_confint(count.to_numpy(float), of.where(of > 0, 1).to_numpy(float), method="wilson")
    return pd.Series(low, count.index).where(of > 0), pd.Series(high, count.index).where(of > 0)


def stays_over_standard(engine: Engine, end: datetime, part: float = PART) -> pd.DataFrame:
    """Stays more than `part` over their pathway's standard days, with the step they waited for longest.

    Parameters
    ----------
    engine : after `adhere_period`.
    end : of the period; reason forms are read up to it.

    Returns
    -------
    hospital_id, department, pathway, stay_id, days, standard_days, most_days, waiting_step, resource, waiting_days,
    cause_class with its basis (form, step, complication), and form: whether the reason was given within 24 hours of
    discharge (in_time, late, missing, due, not_recorded; empty where the hospital keeps no pathway records).
    """
    keeps = engine.value("select count(*) > 0 from pathway_records")
    given = {"part": part, "least_wait": LEAST_WAIT, "least_share": LEAST_SHARE}
    return engine.frame(sql_text(_SQL, "stays_over"), end_at=end, keeps_records=bool(keeps), **given)


def over_standard_alerts(engine: Engine, end: datetime) -> pd.DataFrame:
    """Rows of the closed table `alerts` of kind stay_over_standard: days, standard, limit, evidence as JSON."""
    over = stays_over_standard(engine, end)
    rows = over.assign(
        kind=KIND, scope="stay", subject=over["stay_id"], observed=over["days"].astype(float), q_value=None
    ).rename(columns={"standard_days": "expected", "most_days": "limit"})
    return rows.assign(evidence=[_evidence(row) for row in over.to_dict("records")])[_ALERT]


def _evidence(row: dict[Any, Any]) -> str:
    """Pathway and department, the step waited for, whose variance, the form; what is not known is left out."""
    told = ("pathway", "department", "waiting_step", "resource", "waiting_days", "cause_class", "basis", "form")
    known = {name: row[name] for name in told if not pd.isna(row[name])}
    if "waiting_days" in known:
        known["waiting_days"] = round(float(known["waiting_days"]), 2)
    return json.dumps(known, ensure_ascii=False)
