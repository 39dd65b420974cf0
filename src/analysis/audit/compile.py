"""Rules as rows in the engine: what SQL joins to lines, stays and visits.

audit_rule_rows        one rule version that runs; place: whose a line's money is, where several rules hit it
audit_rule_given       one code a rule names (role judged or other), local or national
audit_rule_items       the local items these are, with validity; audit_rule_pairs, audit_rule_codes follow from them
audit_conditions       one condition on one attribute, whichever rules share it; audit_condition_codes its codes
audit_rule_conditions  which rule asks it, in which part (where, unless, indications) and alternative
audit_rule_procedures, audit_rule_evidence, audit_rule_subsumes; audit_rule_texts what its texts need
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from analysis.audit.rules import Bounds, Condition, Rule
from analysis.engine import Engine, sql_text

SQL = "analysis.audit"
#: What closing runs; a draft is only tried (`backtest`).
RUNNING = ("active", "shadow")
#: Templates that say nothing of a hospital without the table.
NEEDS = {"approval": "approvals", "execution": "orders", "uncoded": "procedures"}
_PARTS = ("where", "unless", "indications")
_WORDS = ("payer", "level", "department", "admission_type", "drg", "diagnoses", "principal", "procedures")
_SECONDS = {"hour": 3600.0, "six_hours": 21600.0}
_TEXT, _NUMBER, _FLAG = pa.string(), pa.float64(), pa.bool_()
_ROWS = {
    "rule_no": pa.int64(), "rule_id": _TEXT, "rule_version": _TEXT, "template": _TEXT, "pattern": _TEXT,
    "status": _TEXT, "result": _TEXT, "nature": _TEXT, "all_items": _FLAG, "panels": _FLAG,
    "limit_value": _NUMBER, "window_kind": _TEXT, "window_seconds": _NUMBER, "by_line": _FLAG,
    "asks": _FLAG, "place": pa.int64(),
    "before": _FLAG, "during": _FLAG, "after": _FLAG,
    "effective_from": pa.date32(), "effective_to": pa.date32(), "said_zh": _TEXT, "said_en": _TEXT,
}  # fmt: skip
_TABLES = {
    "rule_rows": _ROWS,
    "rule_given": {"rule_no": pa.int64(), "role": _TEXT, "code": _TEXT, "national": _FLAG},
    "conditions": {
        "cond_no": pa.int64(), "kind": _TEXT, "name": _TEXT, "which": _TEXT, "hours": _NUMBER,
        "low": _NUMBER, "low_open": _FLAG, "high": _NUMBER, "high_open": _FLAG,
    },
    "condition_codes": {"cond_no": pa.int64(), "code": _TEXT},
    "rule_conditions": {
        "rule_no": pa.int64(), "part": _TEXT, "alt": pa.int64(), "cond_no": pa.int64(), "by_line": _FLAG,
    },
    "rule_procedures": {"rule_no": pa.int64(), "code": _TEXT},
    "rule_evidence": {"rule_no": pa.int64(), "name": _TEXT},
    "rule_subsumes": {"rule_no": pa.int64(), "subsumed": _TEXT},
}  # fmt: skip
_Rows = dict[str, list[dict[str, Any]]]
#: kind, name, which, hours, bounds, codes: two rules that ask the same share one condition.
_Asked = tuple[str, str, str, float | None, tuple[Any, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """What the rules that run make necessary, so that nothing else is done.

    templates : that some rule has; all_items : of them those that judge every item; every_line : duplicates of every
    item within a window; patterns : of stays and coding; kinds : of conditions that are asked; retest_hours : the
    longest interval.
    """

    templates: frozenset[str]
    all_items: frozenset[str]
    every_line: bool
    patterns: frozenset[str]
    kinds: frozenset[str]
    retest_hours: float


def compile_rules(
    engine: Engine, rules: Iterable[Rule], statuses: Collection[str] = RUNNING, absent: Collection[str] = ()
) -> Plan:
    """Put rules into the engine as rows (see the module).

    Parameters
    ----------
    rules : of `read_rules`, sets resolved.
    engine : holds items, item_codes, item_components.
    statuses : of the rules that run.
    absent : contract tables the hospital does not have; rules that say nothing without them are left out.

    Returns
    -------
    What the rules make necessary.
    """
    rows: _Rows = {name: [] for name in _TABLES}
    known: dict[_Asked, int] = {}
    running = (rule for rule in rules if rule.status in statuses and NEEDS.get(rule.template) not in absent)
    for rule_no, rule in enumerate(running):
        _add(rows, known, rule_no, rule)
    for place, row in enumerate(sorted(rows["rule_rows"], key=_first)):
        row["place"] = place
    for name, columns in _TABLES.items():
        engine.put(f"audit_{name}", pa.Table.from_pylist(rows[name], pa.schema(list(columns.items()))))
    for name in ("rule_items", "rule_pairs", "rule_codes", "rule_texts"):
        make(engine, name)
    return _plan(rows)


def _plan(rows: _Rows) -> Plan:
    rules = rows["rule_rows"]
    kinds = {"any" if row["which"] == "any" else row["kind"] for row in rows["conditions"]}
    return Plan(
        frozenset(rule["template"] for rule in rules),
        frozenset(rule["template"] for rule in rules if rule["all_items"]),
        any(r["template"] == "duplicate" and r["all_items"] and r["window_kind"] != "moment" for r in rules),
        frozenset(rule["pattern"] for rule in rules if rule["pattern"]),
        frozenset(kinds | ({"measured"} if rows["rule_evidence"] else set())),
        max((rule["limit_value"] for rule in rules if rule["template"] == "retest"), default=0.0),
    )


def make(engine: Engine, name: str, **values: Any) -> None:
    """Make table audit_NAME from sql/NAME.sql."""
    engine.create(f"audit_{name}", sql_text(SQL, name), **values)


def show(engine: Engine, name: str) -> None:
    """Show sql/NAME.sql as audit_NAME: read anew by whoever reads it."""
    engine.view(f"audit_{name}", sql_text(SQL, name), kept=True)


def _add(rows: _Rows, known: dict[_Asked, int], rule_no: int, rule: Rule) -> None:
    rows["rule_rows"].append(_row(rule_no, rule))
    for role, named in (("judged", rule.items), ("other", rule.others)):
        for code in dict.fromkeys(named):
            rows["rule_given"].append({"rule_no": rule_no, "role": role, "code": code, "national": rule.national})
    for part in _PARTS:
        for alt, condition in enumerate(getattr(rule, part)):
            for asked in _asked(condition):
                number = known.get(asked)
                if number is None:
                    number = known[asked] = len(known)
                    _add_condition(rows, number, asked)
                by_line = asked[0] == "items_within"
                rows["rule_conditions"].append(
                    {"rule_no": rule_no, "part": part, "alt": alt, "cond_no": number, "by_line": by_line}
                )
    rows["rule_procedures"] += [{"rule_no": rule_no, "code": code} for code in dict.fromkeys(rule.procedures)]
    rows["rule_evidence"] += [{"rule_no": rule_no, "name": name} for name in dict.fromkeys(rule.evidence)]
    rows["rule_subsumes"] += [{"rule_no": rule_no, "subsumed": other} for other in dict.fromkeys(rule.subsumes)]


def _row(rule_no: int, rule: Rule) -> dict[str, Any]:
    conditions = [c for part in _PARTS for c in getattr(rule, part)]
    kind, seconds = _window(rule)
    return {
        "rule_no": rule_no, "rule_id": rule.id, "rule_version": rule.version, "template": rule.template,
        "pattern": rule.pattern, "status": rule.status, "nature": rule.nature,
        "result": "suspicious" if rule.status == "shadow" else rule.result,
        "all_items": not rule.items, "panels": rule.panels, "limit_value": rule.limit, "window_kind": kind,
        "window_seconds": seconds, "by_line": any(c.items_within is not None for c in conditions),
        "asks": bool(conditions or rule.evidence),
        "effective_from": rule.effective_from, "effective_to": rule.effective_to,
        "said_zh": rule.said["zh"], "said_en": rule.said["en"],
    } | {stage: stage in rule.stages for stage in ("before", "during", "after")}  # fmt: skip


def _first(row: dict[str, Any]) -> tuple[Any, ...]:
    """Violations before what is suspicious, active rules before those in shadow, then by name."""
    return row["result"] != "violation", row["status"] != "active", row["rule_id"], row["rule_version"]


def _window(rule: Rule) -> tuple[str, float | None]:
    """Kind of window, and its seconds where it is a length of time."""
    if isinstance(rule.window, float):
        return "seconds", rule.window * 86400
    if rule.window in _SECONDS:
        return "seconds", _SECONDS[rule.window]
    if rule.window is None:
        return ("moment" if rule.template == "duplicate" else "visit"), None
    return rule.window, None


def _asked(condition: Condition) -> Iterator[_Asked]:
    """The attributes a condition asks, one by one."""
    for kind in ("age", "age_days"):
        if getattr(condition, kind):
            yield kind, "", "", None, _bounds(getattr(condition, kind)), ()
    if condition.measured:
        asked = condition.measured
        yield "measured", asked.name, asked.which, None, _bounds(asked.within), ()
    for kind in ("sex", "setting"):
        if getattr(condition, kind):
            yield kind, "", "", None, _bounds(None), (getattr(condition, kind),)
    if condition.planned is not None:
        yield "planned", "", "", None, _bounds(None), (str(condition.planned).lower(),)
    for codes in condition.every_of:
        yield "diagnoses", "", "", None, _bounds(None), tuple(dict.fromkeys(codes))
    for kind in _WORDS:
        if getattr(condition, kind):
            yield kind, "", "", None, _bounds(None), tuple(dict.fromkeys(getattr(condition, kind)))
    if condition.items:
        kind = "items" if condition.items_within is None else "items_within"
        yield kind, "", "", condition.items_within, _bounds(None), tuple(dict.fromkeys(condition.items))


def _bounds(within: Bounds | None) -> tuple[Any, ...]:
    if within is None:
        return None, False, None, False
    low = within.min if within.min is not None else within.above
    high = within.max if within.max is not None else within.below
    return low, within.min is None and low is not None, high, within.max is None and high is not None


def _add_condition(rows: _Rows, number: int, asked: _Asked) -> None:
    kind, name, which, hours, (low, low_open, high, high_open), codes = asked
    rows["conditions"].append(
        {"cond_no": number, "kind": kind, "name": name, "which": which, "hours": hours}
        | {"low": low, "low_open": low_open, "high": high, "high_open": high_open}
    )
    rows["condition_codes"] += [{"cond_no": number, "code": code} for code in codes]
