"""Audit of a period: findings of what was discharged in it, and of what was charged in it after a discharge.

A stay is judged as a whole, in the month of its discharge: then its record is complete, and no window, count or course
is cut by the end of a month. Charge lines are read back to the first admission among these stays, and further where a
retest interval asks for it, never forward; so months together find what one run over all of them finds.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from analysis.audit.compile import NEEDS, RUNNING, Plan, compile_rules
from analysis.audit.judging import Span, find_encounters, findings_of
from analysis.audit.rules import Rule
from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.hospital import Hospital
from analysis.periods import Period


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
    findings_of(engine, span, plan, attach_encounters(engine, hospital, span, plan))


def attach_encounters(engine: Engine, hospital: Hospital, span: Span, plan: Plan) -> datetime:
    """Leave audit_encounters, with the line tables visible as far back as their rules look.

    Returns
    -------
    From when on lines of the encounters are read: the month of the first admission among them.
    """
    attach_lines(engine, hospital, span.start - timedelta(days=1), span.end)
    find_encounters(engine, span)
    first = engine.value("select min(admitted_at) from audit_encounters")
    first = min(span.start, first or span.start)
    attach_lines(engine, hospital, first - timedelta(hours=plan.retest_hours), span.end)
    return datetime(first.year, first.month, 1)


def attach_lines(engine: Engine, hospital: Hospital, start: datetime, end: datetime) -> None:
    """Make the line tables visible from one moment to another."""
    for name, table in contract_tables().items():
        if table.partitioned:
            months = [Period(f.stem) for f in hospital.files(name)]
            wanted = [p for p in months if p.start < end and p.end > start]
            engine.attach(table, hospital.files(name, wanted))
