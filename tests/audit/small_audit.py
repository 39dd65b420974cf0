"""A few lines, stays and rules, judged: what a test does not say stands here."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from hand_hospital import arrow_rows, write_hospital

from analysis.audit.compile import compile_rules
from analysis.audit.judging import Span, find_encounters
from analysis.audit.monthly import findings_of
from analysis.audit.rules import Rule
from analysis.contract import contract_tables
from analysis.engine import Engine

YEAR = Span(datetime(2023, 1, 1), datetime(2024, 1, 1))
ITEMS = ("panel", "part", "test", "drug", "film", "scan", "bed", "operation", "second")


def rule(template: str, name: str = "T.rule", **more: Any) -> Rule:
    given = {
        "id": name, "title": {"zh": "规则", "en": "rule"}, "template": template,
        "result": "violation", "effective_from": date(2020, 1, 1), "basis": {"zh": "依据", "en": "basis"},
        "stages": ["before", "during", "after"],
        "said": {"zh": "{day} {item} {other} {count} {limit} {value} {amount}", "en": "{item}, {other}: {amount}"},
    }  # fmt: skip
    return Rule.model_validate(given | more)


def at(text: str) -> datetime:
    """`5 08:30` is the 5th of May 2023, `6-01 08:30` the first of June."""
    day, _, hour = text.partition(" ")
    month, dash, number = day.partition("-")
    return datetime.fromisoformat(
        f"2023-{int(month if dash else 5):02d}-{int(number if dash else month):02d} {hour or '08:00'}"
    )


def line(number: int, item: str, when: str, **more: Any) -> dict[str, Any]:
    """A charge line of stay s1, ordered ten minutes before."""
    charged = at(when)
    given = {"line_id": f"l{number:02d}", "hospital_id": "H", "stay_id": "s1", "charged_at": charged, "item_code": item}
    given |= {"quantity": 1, "amount": 10, "order_id": f"o{number}", "ordered_at": charged - timedelta(minutes=10)}
    return given | {"ordering_department": "D", "physician_id": "dr"} | more


def stay(name: str = "s1", start: str = "1 08:00", end: str | None = "20 10:00", **more: Any) -> dict[str, Any]:
    given = {"stay_id": name, "patient_id": "p1", "hospital_id": "H", "department": "D", "admitted_at": at(start)}
    given |= {
        "discharged_at": at(end) if end else None,
        "admission_type": "elective",
        "age": 50,
        "sex": "F",
        "planned": True,
    }
    return given | {"drg_code": "AA11"} | more


def rows(lines: list[dict], stays: list[dict] | None = None, **tables: list[dict]) -> dict[str, list[dict]]:
    """Rows of every table the engine reads."""
    kinds = {"bed": "bed", "drug": "drug", "film": "consumable"}
    items = [
        {
            "item_code": code,
            "name": f"名{code}",
            "name_en": code,
            "kind": kinds.get(code, "laboratory"),
            "list_price": 10,
        }
        for code in ITEMS
    ]
    given = {"hospitals": [{"hospital_id": "H", "name": "医院", "level": "tertiary"}], "items": items}
    given |= {
        "stays": stays or [stay()],
        "charges": lines,
        "item_components": [{"panel_code": "panel", "item_code": "part"}],
    }
    return given | tables


def judged(rules: list[Rule], given: dict[str, list[dict]], span: Span = YEAR) -> Engine:
    """An engine with findings and finding_lines of the rows."""
    engine = Engine()
    for name, table in contract_tables().items():
        engine.put(name, arrow_rows(table, given.get(name, [])))
    plan = compile_rules(engine, rules)
    find_encounters(engine, span)
    findings_of(engine, span, plan)
    return engine


def found(rules: list[Rule], given: dict[str, list[dict]], span: Span = YEAR) -> pd.DataFrame:
    """rule, outcome, amount, lines (judged ones and evidence, in order) of every finding."""
    with judged(rules, given, span) as engine:
        return engine.frame("""
            select f.rule_id, f.outcome, f.stay_id, f.stage, f.result, cast(f.amount_at_risk as double) as amount,
              coalesce(string_agg(l.line_id, ' ' order by l.line_id), '') as lines, f.explanation_zh, f.finding_id
            from findings f left join finding_lines l on l.finding_id = f.finding_id
            group by all order by f.rule_id, lines, f.outcome""")


def told(rules: list[Rule], given: dict[str, list[dict]], span: Span = YEAR) -> list[tuple]:
    """(rule, outcome, amount, lines) of every finding."""
    rows = found(rules, given, span)[["rule_id", "outcome", "amount", "lines"]]
    return [(r, o, None if pd.isna(a) else a, li) for r, o, a, li in rows.itertuples(index=False)]


def folder(path: Path, given: dict[str, list[dict]]) -> Path:
    return write_hospital(path, {name: rows for name, rows in given.items() if rows})
