"""What a rule would have found in months past: tried before it is put in force, without closing anything."""

from collections.abc import Sequence

import pandas as pd

from analysis.audit.judging import Span
from analysis.audit.monthly import audit_span
from analysis.audit.rules import Rule
from analysis.engine import Engine
from analysis.hospital import Hospital
from analysis.periods import Period

_STATUSES = ("draft", "shadow", "active", "suspended")
_MONTHS = """select strftime(f.month, '%Y-%m') as month, f.rule_id, f.rule_version,
    count(*) filter (where f.outcome = 'hit') as hits, count(*) filter (where f.outcome <> 'hit') as lacking,
    count(distinct f.encounter_no) filter (where f.outcome = 'hit') as stays,
    coalesce(sum(cast(f.amount as double)), 0) as amount_at_risk
    from audit_findings f
    group by all order by all"""


def backtest(hospital: Hospital, rules: Sequence[Rule], periods: Sequence[Period]) -> pd.DataFrame:
    """Findings and money of rules a month, whatever their status.

    Money counts once among the rules that are given: give a rule alone to know its own, or with those in force to know
    what it would add.

    Parameters
    ----------
    periods : months in order, without a gap.

    Returns
    -------
    month (of discharge), rule_id, rule_version, hits, lacking, stays, amount_at_risk; no row where nothing was found.
    """
    with Engine() as engine:
        hospital.attach(engine)
        audit_span(engine, hospital, Span(periods[0].start, periods[-1].end), rules, _STATUSES)
        return engine.frame(_MONTHS)
