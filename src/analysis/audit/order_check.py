"""Before: what the rules say of an order that is about to be given to a patient in house."""

import pandas as pd

from analysis.audit.compile import Plan
from analysis.audit.judging import conclude, find_hits
from analysis.audit.moment import Moment
from analysis.contract import period_tables
from analysis.errors import InputError

#: The order as a line of its stay.
NEW = "new order"
_STAY = "select * replace (cast($until as timestamp) as until) from moment_encounters where stay_id = $stay_id"
#: What stands of the stay's lines, and the order as one of them.
_NET = """select * from moment_net where stay_id = $stay_id
    union all
    select $line_id, encounter_no, stay_id, $line_id, cast($at as timestamp), cast($at as timestamp), cast($at as date),
        $item_code, cast($quantity as decimal(18, 4)),
        cast(round(cast($price as decimal(18, 6)) * $quantity, 2) as decimal(18, 2)), hospital_id, department,
        coalesce($physician_id, physician_id), null, false, cast($at as timestamp), cast($until as timestamp), true
    from audit_encounters where $quantity > 0"""
#: The stay's lines with what was given back, which only retests ask for.
_TESTS = """with lines as (
        select line_id, encounter_no, item_code, charged_at, ordered_at, quantity, body_side, refund_of
        from moment_named
        union all
        select line_id, encounter_no, item_code, charged_at, ordered_at, quantity, body_side, null
        from audit_net where line_id = $line_id)
    select l.* from lines l join audit_encounters e on e.encounter_no = l.encounter_no"""
_FOUND = """select f.* exclude (stage) from findings f
    where f.finding_id in (select finding_id from audit_finding_lines where line_id = $line_id)
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
    values |= {"line_id": NEW, "price": moment.prices[item_code], "until": moment.order_span.end}
    engine.create("audit_encounters", _STAY, **values)
    engine.create("audit_net", _NET, **values)
    if "retest" in templates:
        engine.create("audit_charges", _TESTS, **values)
    find_hits(engine, moment.order_span, plan)
    if not engine.value("select count(*) from audit_hits where line_id = $line_id", **values):
        return _nothing()
    conclude(engine, moment.order_span, plan)
    return engine.frame(_FOUND, **values)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[name for name in period_tables()["findings"].columns if name != "stage"])
