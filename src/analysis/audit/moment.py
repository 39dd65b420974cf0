"""The hospital as it was known at a moment: who is in house, and what was charged, ordered, measured and recorded.

Every rule that closing runs is judged on it by the same SQL; only the data are others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis.audit.compile import NEEDS, SQL, Plan, compile_rules
from analysis.audit.judging import Span, find_encounters
from analysis.audit.monthly import attach_lines, findings_of
from analysis.audit.rules import Rule
from analysis.contract import contract_tables
from analysis.engine import Engine, sql_text
from analysis.hospital import Hospital

#: Cut at the moment, in this order; and taken as they are.
CUT = ("stays", "diagnoses", "procedures", "measurements", "approvals", "charges", "orders")
_WHOLE = ("hospitals", "departments", "items", "item_prices", "item_codes", "item_components")


@dataclass(frozen=True)
class Moment:
    """`engine` holds the tables of CUT as they were, the hospital's masters, and the rules as rows.

    moment_charges and moment_encounters are its lines and stays in house, which an order asked about is added to.
    """

    engine: Engine
    at: datetime
    plan: Plan

    @property
    def span(self) -> Span:
        return Span(self.at, self.at, in_house=True)

    def close(self) -> None:
        self.engine.close()


def open_moment(hospital: Hospital, at: datetime, rules: Sequence[Rule], reach_days: int = 400) -> Moment:
    """Read what was known before a moment.

    Parameters
    ----------
    rules : of `read_rules`; those that are active or shadow run.
    reach_days : how far back charge lines are read; stays that began earlier lack their first lines.
    """
    moment = Engine()
    with Engine() as engine:
        for name in (*CUT, *_WHOLE):
            table = contract_tables()[name]
            if not table.partitioned:
                engine.load(table, hospital.files(name))
        attach_lines(engine, hospital, at - timedelta(days=reach_days), at)
        for name in CUT:
            engine.create(f"moment_{name}", sql_text(SQL, f"moment_{name}"), end_at=at)
            moment.put(name, engine.arrow(f"select * from moment_{name}"))
        moment.put("moment_charges", engine.arrow("select * from moment_charges"))
        for name in _WHOLE:
            moment.put(name, engine.arrow(f'select * from "{name}"'))
    moment.put("visits", contract_tables()["visits"].arrow_schema().empty_table())
    absent = [table for table in NEEDS.values() if table not in hospital.tables]
    found = Moment(moment, at, compile_rules(moment, rules, absent=absent))
    find_encounters(moment, found.span)
    moment.create("moment_encounters", "select * from audit_encounters")
    return found


def judge_in_house(moment: Moment) -> None:
    """Leave findings and finding_lines of all stays in house in the moment's engine."""
    for name, kept in (("charges", "moment_charges"), ("audit_encounters", "moment_encounters")):
        moment.engine.create(name, f"select * from {kept}")
    findings_of(moment.engine, moment.span, moment.plan)
