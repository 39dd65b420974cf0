"""Audit of a period: findings of what was discharged in it, and of what was charged in it after a discharge.

A stay is judged as a whole, in the month of its discharge: then its record is complete, and no window, count or course
is cut by the end of a month. Charge lines are read back to the first admission among these stays, and further where a
retest interval asks for it, never forward; so months together find what one run over all of them finds.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from analysis.audit.compile import NEEDS, RUNNING, Plan, compile_rules
from analysis.audit.judging import Span, find_encounters, judge
from analysis.audit.rules import Rule
from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.hospital import Hospital
from analysis.periods import Period

_FINDINGS = """select f.finding_id, f.rule_id, f.rule_version, f.stage, f.result, f.nature, f.outcome, f.hospital_id,
    f.stay_id, f.visit_id, f.patient_id, f.department, f.physician_id, f.service_date, t.amount as amount_at_risk,
    x.explanation_zh, x.explanation_en
    from audit_findings f
    join audit_told t on t.finding_id = f.finding_id
    join audit_explained x on x.finding_id = f.finding_id"""
_LINES = "select finding_id, line_id, amount from audit_finding_lines"


def audit_period(engine: Engine, hospital: Hospital, period: Period, rules: Iterable[Rule]) -> None:
    """Leave tables findings and finding_lines of a period in the engine.

    The line tables that the engine sees are narrowed to the period again afterwards.

    Parameters
    ----------
    engine : sees the hospital's tables.
    rules : of `read_rules`; those that are active or shadow run.
    """
    audit_span(engine, hospital, Span(period.start, period.end), rules)
    hospital.attach_partitions(engine, [period])


def audit_span(
    engine: Engine,
    hospital: Hospital,
    span: Span,
    rules: Iterable[Rule],
    statuses: Collection[str] = RUNNING,
) -> None:
    """The same over any span of time; the line tables stay as far back as they were read."""
    absent = [table for table in NEEDS.values() if table not in hospital.tables]
    plan = compile_rules(engine, rules, statuses, absent)
    attach_encounters(engine, hospital, span, plan)
    findings_of(engine, span, plan)


def attach_encounters(engine: Engine, hospital: Hospital, span: Span, plan: Plan) -> None:
    """Leave audit_encounters, with the line tables visible as far back as their rules look."""
    attach_lines(engine, hospital, span.start - timedelta(days=1), span.end)
    find_encounters(engine, span)
    attach_lines(engine, hospital, _reach(engine, span, plan), span.end)


def findings_of(engine: Engine, span: Span, plan: Plan) -> None:
    """Leave findings and finding_lines, where the rules and audit_encounters are there and the lines are visible."""
    judge(engine, span, plan)
    put_findings(engine)


def put_findings(engine: Engine) -> None:
    """Leave findings and finding_lines as a closed period holds them, of what was judged."""
    engine.create("findings", _FINDINGS)
    engine.create("finding_lines", _LINES)


def _reach(engine: Engine, span: Span, plan: Plan) -> datetime:
    """How far back lines are read: the first admission of those judged, and the longest retest interval before it."""
    first = engine.value("select min(admitted_at) from audit_encounters")
    return min(span.start, first or span.start) - timedelta(hours=plan.retest_hours)


def attach_lines(engine: Engine, hospital: Hospital, start: datetime, end: datetime) -> None:
    """Make the line tables visible from one moment to another."""
    for name, table in contract_tables().items():
        if table.partitioned:
            months = [Period(f.stem) for f in hospital.files(name)]
            wanted = [p for p in months if p.start < end and p.end > start]
            engine.attach(table, hospital.files(name, wanted))
