"""Before: what the rules say of an order that is about to be given to a patient in house."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd

from analysis.audit.compile import Plan
from analysis.audit.judging import Span, conclude, find_hits, find_lines
from analysis.audit.moment import Moment
from analysis.audit.monthly import put_findings
from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.errors import InputError

#: The order as a line of its stay.
NEW = "new order"
_TICK = timedelta(microseconds=1)
_PRICE = """select coalesce((select list_price from item_prices where item_code = $item_code and list_price is not null
    and valid_from <= cast($at as date) order by valid_from desc limit 1), any_value(list_price), 0)
    from items where item_code = $item_code"""
_LINE = """select * from moment_charges
    where stay_id in (select stay_id from stays where stay_id = $stay_id or patient_id = $patient_id)
    union all by name
    select $line_id as line_id, hospital_id, patient_id, stay_id, $line_id as order_id,
        cast($at as timestamp) as ordered_at, cast($at as timestamp) as charged_at, $item_code as item_code,
        cast($quantity as decimal(18, 4)) as quantity,
        cast($price as decimal(18, 6)) as unit_price, cast(round($price * $quantity, 2) as decimal(18, 2)) as amount,
        department as ordering_department, coalesce($physician_id, physician_id) as physician_id
    from stays where stay_id = $stay_id"""
_STAY = "select * replace (cast($until as timestamp) as until) from moment_encounters where stay_id = $stay_id"
_RULES = """select distinct r.template, case when c.which = 'any' then 'any' else c.kind end as kind, v.name as evidence
    from audit_rule_rows r
    left join audit_rule_conditions x on x.rule_no = r.rule_no
    left join audit_conditions c on c.cond_no = x.cond_no
    left join audit_rule_evidence v on v.rule_no = r.rule_no
    where r.rule_no in (select rule_no from audit_rule_items where item_code = $item_code
        union select rule_no from audit_rule_pairs where item_code = $item_code or other_item = $item_code)"""
_FOUND = """select f.* exclude (stage) from findings f
    where f.finding_id in (select finding_id from finding_lines where line_id = $line_id)
    order by f.result desc, f.rule_id, f.finding_id"""


def check_order(
    moment: Moment, stay_id: str, item_code: str, quantity: float = 1.0, physician_id: str | None = None
) -> pd.DataFrame:
    """Findings that the order would make if it were carried out at the moment.

    Patterns of stays (split, overlapping, empty) are not asked: they are no matter of one order.

    Returns
    -------
    Rows of `findings` (without stage) in which the new line is judged or evidence: rule, result, outcome, amount at
    risk, explanations. Empty where no rule speaks.

    Raises
    ------
    InputError
        The stay is not in house, or the item is unknown.
    """
    engine, at = moment.engine, moment.at
    there = engine.frame("select patient_id from moment_encounters where stay_id = $stay_id", stay_id=stay_id)
    if there.empty:
        raise InputError(f"stay {stay_id} is not in house at {at}", mend="name a stay that is there at the moment")
    if not engine.value("select count(*) from items where item_code = $item_code", item_code=item_code):
        raise InputError(f"unknown item {item_code}", mend="name an item of the hospital's items")
    values = {"stay_id": stay_id, "item_code": item_code, "quantity": quantity, "physician_id": physician_id, "at": at}
    values |= {"line_id": NEW, "patient_id": there["patient_id"].iloc[0]}
    plan = _plan(moment, item_code)
    if not plan.templates:
        return _nothing()
    engine.create("charges", _LINE, price=engine.value(_PRICE, **values), **values)
    engine.create("audit_encounters", _STAY, until=at + _TICK, **values)
    return engine.frame(_FOUND, **values) if _judged(engine, at, plan) else _nothing()


def _judged(engine: Engine, at: datetime, plan: Plan) -> bool:
    """Leave the findings; False where the order is no candidate of any template, and no condition need be asked."""
    span = Span(at, at + _TICK, in_house=True)
    find_lines(engine, plan, span.values())
    find_hits(engine, plan, span.values())
    if not engine.value("select count(*) from audit_hits where line_id = $line_id", line_id=NEW):
        return False
    conclude(engine, plan, span.values())
    put_findings(engine)
    return True


def _plan(moment: Moment, item_code: str) -> Plan:
    """What rules that name the item make necessary."""
    named = moment.engine.frame(_RULES, item_code=item_code)
    kinds = set(named["kind"].dropna()) | ({"measured"} if named["evidence"].notna().any() else set())
    return replace(moment.plan, templates=frozenset(named["template"]), kinds=frozenset(kinds), all_items=frozenset())


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[name for name in period_tables()["findings"].columns if name != "stage"])
