"""Before: what the rules say of an order that is about to be given to a patient in house."""

from datetime import datetime, timedelta

import pandas as pd

from analysis.audit.compile import Plan
from analysis.audit.judging import Span, conclude, find_hits, find_standing
from analysis.audit.moment import Moment
from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.errors import InputError

#: The order as a line of its stay.
NEW = "new order"
_TICK = timedelta(microseconds=1)
_STAY = "select * replace (cast($until as timestamp) as until) from moment_encounters where stay_id = $stay_id"
_LINES = """select c.line_id, e.encounter_no, c.order_id, c.ordered_at, c.charged_at, c.item_code, c.quantity, c.amount,
        c.hospital_id, c.ordering_department, c.physician_id, c.body_side, c.refund_of, false as twin
    from moment_charges c join audit_encounters e on e.stay_id = c.stay_id
    where (c.refund_of is not null or c.item_code in (select item_code from audit_rule_codes))
      and coalesce(c.charged_at >= e.admitted_at - interval 7 day, true)
    union all
    select $line_id, encounter_no, $line_id, cast($at as timestamp), cast($at as timestamp), $item_code,
        cast($quantity as decimal(18, 4)), cast(round(cast($price as decimal(18, 6)) * $quantity, 2) as decimal(18, 2)),
        hospital_id, department, coalesce($physician_id, physician_id), null, null, false
    from audit_encounters"""
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
    if stay_id not in moment.patients:
        raise InputError(f"stay {stay_id} is not in house at {at}", mend="name a stay that is there at the moment")
    if item_code not in moment.prices:
        raise InputError(f"unknown item {item_code}", mend="name an item of the hospital's items")
    if item_code not in moment.asked:
        return _nothing()
    templates, kinds = moment.asked[item_code]
    plan = Plan(templates - {"stay_pattern"}, frozenset(), False, frozenset(), kinds, moment.plan.retest_hours)
    values = {"stay_id": stay_id, "item_code": item_code, "quantity": quantity, "physician_id": physician_id, "at": at}
    values |= {"line_id": NEW, "price": moment.prices[item_code]}
    engine.create("audit_encounters", _STAY, until=at + _TICK, **values)
    engine.create("audit_charges", _LINES, **values)
    return engine.frame(_FOUND, **values) if _judged(engine, at, plan) else _nothing()


def _judged(engine: Engine, at: datetime, plan: Plan) -> bool:
    """Leave the findings; False where the order is no candidate of any template, and no condition need be asked."""
    span = Span(at, at + _TICK, in_house=True)
    find_standing(engine, span, plan)
    find_hits(engine, span, plan)
    if not engine.value("select count(*) from audit_hits where line_id = $line_id", line_id=NEW):
        return False
    conclude(engine, span, plan)
    return True


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[name for name in period_tables()["findings"].columns if name != "stage"])
