"""The hospital as it was known at a moment: who is in house, and what was charged, ordered, measured and recorded.

Every rule that closing runs is judged on it by the same SQL; only the data are others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from analysis.audit.compile import NEEDS, SQL, Plan, compile_rules
from analysis.audit.judging import Span, find_encounters, find_lines, findings_of
from analysis.audit.monthly import attach_lines
from analysis.audit.rules import Rule
from analysis.contract import contract_tables
from analysis.engine import Engine, sql_text
from analysis.hospital import Hospital

#: Cut at the moment, in this order; and taken as they are.
CUT = ("stays", "diagnoses", "procedures", "measurements", "approvals", "charges", "orders")
_WHOLE = ("hospitals", "departments", "items", "item_prices", "item_codes", "item_components")
#: From the moment to an order that is given then.
TICK = timedelta(microseconds=1)
#: No template: lines of items that rules name are enough.
_NAMED = Plan(frozenset(), frozenset(), False, frozenset(), frozenset(), 0.0)
#: List price of an item at the moment.
_PRICES = """select i.item_code, coalesce(max_by(p.list_price, p.valid_from), max(i.list_price), 0) as price
    from items i
    left join item_prices p on p.item_code = i.item_code and p.list_price is not null
      and p.valid_from <= cast($at as date)
    group by i.item_code"""
_LATER = "select * replace (cast($until as timestamp) as until) from moment_encounters"
#: What the rules that name an item ask.
_RULES = """select distinct n.item_code, r.template, case when c.which = 'any' then 'any' else c.kind end as kind,
      v.name as evidence
    from (select item_code, rule_no from audit_rule_items
      union select item_code, rule_no from audit_rule_pairs union select other_item, rule_no from audit_rule_pairs) n
    join audit_rule_rows r on r.rule_no = n.rule_no
    left join audit_rule_conditions x on x.rule_no = r.rule_no
    left join audit_conditions c on c.cond_no = x.cond_no
    left join audit_rule_evidence v on v.rule_no = r.rule_no"""


@dataclass(frozen=True)
class Moment:
    """`engine` holds the tables of CUT as they were, the hospital's masters, and the rules as rows.

    moment_charges are its lines, moment_encounters its stays in house; moment_named and moment_net the lines of items
    that rules name, and what stands of them, as an order finds them. patients : of these stays; prices : of one unit of
    an item; asked : templates and kinds of conditions of the rules that name an item.
    """

    engine: Engine
    at: datetime
    plan: Plan
    patients: dict[str, str]
    prices: dict[str, Any]
    asked: dict[str, tuple[frozenset[str], frozenset[str]]]

    @property
    def span(self) -> Span:
        return Span(self.at, self.at, in_house=True)

    @property
    def order_span(self) -> Span:
        return Span(self.at, self.at + TICK, in_house=True)

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
            moment.put("moment_charges" if name == "charges" else name, engine.arrow(f"select * from moment_{name}"))
        for name in _WHOLE:
            moment.put(name, engine.arrow(f'select * from "{name}"'))
    moment.put("visits", contract_tables()["visits"].arrow_schema().empty_table())
    moment.view("charges", "select * from moment_charges")
    absent = [table for table in NEEDS.values() if table not in hospital.tables]
    plan = compile_rules(moment, rules, absent=absent)
    _find_stays(moment, at)
    there = moment.frame("select stay_id, patient_id from moment_encounters")
    prices = moment.frame(_PRICES, at=at)
    return Moment(moment, at, plan, _by(there), _by(prices), _asked(moment))


def _find_stays(moment: Engine, at: datetime) -> None:
    """Leave moment_encounters, moment_named and moment_net."""
    find_encounters(moment, Span(at, at, in_house=True))
    moment.create("moment_encounters", "select * from audit_encounters")
    later = Span(at, at + TICK, in_house=True)
    moment.create("audit_encounters", _LATER, until=later.end)
    find_lines(moment, later, _NAMED)
    moment.create("moment_named", "select * from audit_charges")
    moment.create("moment_net", "select * from audit_net")


def _by(rows: pd.DataFrame) -> dict[str, Any]:
    """Second column by the first."""
    return dict(rows.itertuples(index=False, name=None))


def _asked(engine: Engine) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    rows = engine.frame(_RULES)
    measured = rows["evidence"].notna().groupby(rows["item_code"]).any()
    return {
        item: (
            frozenset(some["template"]),
            frozenset(some["kind"].dropna()) | ({"measured"} if measured[item] else set()),
        )
        for item, some in rows.groupby("item_code")
    }


def judge_in_house(moment: Moment) -> None:
    """Leave findings and finding_lines of all stays in house in the moment's engine."""
    moment.engine.create("audit_encounters", "select * from moment_encounters")
    findings_of(moment.engine, moment.span, moment.plan)
