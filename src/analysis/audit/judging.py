"""The rule rows judged on the lines that the engine holds: candidates by template, conditions, findings, texts.

One path for a closed month, for a moment (`in_house`) and for months already past: what differs is which lines and
facts the engine holds, and who is judged.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analysis.audit.compile import Plan, make
from analysis.audit.sliding import excess_of_spans
from analysis.engine import Engine
from analysis.vocabulary import LANGUAGES, label

#: Template -> the SQL file that finds its candidates.
HITS = {
    "attribute": "lines",
    "indication": "lines",
    "list": "lines",
    "pair": "pair",
    "frequency": "frequency",
    "count": "count",
    "course": "course",
    "duplicate": "duplicate",
    "secondary_operation": "secondary",
    "retest": "retest",
    "approval": "approval",
    "execution": "execution",
    "uncoded": "uncoded",
    "stay_pattern": "stay_pattern",
}
#: Kind of condition -> the SQL file that answers it.
ANSWERS = {
    **dict.fromkeys(("age", "age_days", "measured"), "numbers"),
    **dict.fromkeys(("sex", "planned", "payer", "setting", "level", "department", "admission_type", "drg"), "words"),
    **dict.fromkeys(("diagnoses", "principal"), "diagnosed"),
    "any": "any",
    "procedures": "operated",
    "items": "charged",
    "items_within": "near",
}
#: Columns of tables that stay empty where no rule asks for them.
_EMPTY = {
    "twins": "stay_id varchar, item_code varchar, charged_at timestamp",
    "idle_days": "stay_id varchar, day date",
    "stay_lines": "line_id varchar, hospital_id varchar, encounter_id varchar, stay_id varchar, ordered_at timestamp, "
    "charged_at timestamp, item_code varchar, amount decimal(18; 2), ordering_department varchar, "
    "physician_id varchar, day date",
    "measured": "encounter_id varchar, name varchar, first double, last double, known bigint, first_at timestamp, "
    "last_at timestamp",
    "answers": "cond_no bigint, encounter_id varchar, line_key varchar, answer integer, facts_at timestamp",
    "hits": "rule_no bigint, encounter_id varchar, part varchar, role varchar, line_id varchar, risk decimal(18; 2), "
    "other_item varchar, count double, answer integer, facts_at timestamp, known_at timestamp",
}


@dataclass(frozen=True)
class Span:
    """Who is judged: what was discharged from `start` on and before `end`; with `in_house` who is there at `end`."""

    start: datetime
    end: datetime
    in_house: bool = False

    def values(self) -> dict[str, Any]:
        return {"start_at": self.start, "end_at": self.end, "in_house": self.in_house}


def find_encounters(engine: Engine, span: Span) -> None:
    """Leave audit_encounters: the stays and visits that are judged."""
    make(engine, "encounters", **span.values())


def judge(engine: Engine, span: Span, plan: Plan) -> None:
    """Leave audit_findings, audit_finding_lines, audit_told and audit_explained of the encounters.

    The engine holds the rules (`compile_rules`), audit_encounters, and charges and orders as far back as they reach.
    """
    values = span.values()
    find_lines(engine, plan, values)
    find_hits(engine, plan, values)
    conclude(engine, plan, values)


def conclude(engine: Engine, plan: Plan, values: dict[str, Any]) -> None:
    """What becomes of the candidates: conditions, findings, lines and texts."""
    find_answers(engine, plan, values)
    for name in ("verdicts", "kept", "details", "findings", "finding_lines", "told"):
        make(engine, name, **values)
    make(engine, "explained", **_words())


def find_lines(engine: Engine, plan: Plan, values: dict[str, Any]) -> None:
    """Leave audit_net (lines that still stand, of items that rules name) and audit_judged (them by rule)."""
    _make_or_empty(engine, "twins", "duplicate" in plan.all_items, values)
    for name in ("lines", "net", "judged"):
        make(engine, name, unordered="execution" in plan.all_items, **values)


def find_hits(engine: Engine, plan: Plan, values: dict[str, Any]) -> None:
    """Leave audit_hits: candidates of every template, before any condition is asked."""
    _put_empty(engine, "hits")
    _put_empty(engine, "stay_lines")
    wanted = list(dict.fromkeys(name for template, name in HITS.items() if template in plan.templates))
    for name in wanted:
        _prepare(engine, name, plan, values)
        make(engine, f"hits_{name}", **values)
    every = ["select * from audit_hits", *(f"select * from audit_hits_{name}" for name in wanted)]
    engine.create("audit_hits", " union all ".join(every))


def _prepare(engine: Engine, name: str, plan: Plan, values: dict[str, Any]) -> None:
    """Leave what a template's SQL reads besides lines."""
    if name == "stay_pattern":
        _make_or_empty(engine, "idle_days", "empty_bed" in plan.patterns, values)
        make(engine, "pattern_stays", **values)
        make(engine, "stay_lines", **values)
    if name == "frequency":
        make(engine, "frequency_spans", **values)
        engine.put("audit_sliding", excess_of_spans(engine.frame("select * from audit_frequency_spans")))
    if name == "execution":
        make(engine, "ordered", **values)
    if name == "retest":
        make(engine, "retests", **values)


def find_answers(engine: Engine, plan: Plan, values: dict[str, Any]) -> None:
    """Leave audit_answers: every condition that is asked, once for each stay or visit it is asked of."""
    _make_or_empty(engine, "measured", bool(plan.kinds & {"measured", "any"}), values)
    make(engine, "asked")
    make(engine, "asked_conditions")
    _put_empty(engine, "answers")
    wanted = list(dict.fromkeys(name for kind, name in ANSWERS.items() if kind in plan.kinds))
    for name in wanted:
        make(engine, f"answers_{name}", **values)
    every = ["select * from audit_answers", *(f"select * from audit_answers_{name}" for name in wanted)]
    engine.create("audit_answers", " union all ".join(every))


def _make_or_empty(engine: Engine, name: str, needed: bool, values: dict[str, Any]) -> None:
    if needed:
        make(engine, name, **values)
    else:
        _put_empty(engine, name)


def _words() -> dict[str, str]:
    """Words of the explanations that are not the rule's own."""
    sexes = {"female": "F", "male": "M"}
    named = {f"{name}_{lang}": label("sex", code, lang) for name, code in sexes.items() for lang in LANGUAGES}
    return named | {"lacking_zh": "判定依据缺失，暂不判定：", "lacking_en": "Evidence is lacking, not judged: "}


def _put_empty(engine: Engine, name: str) -> None:
    columns = (column.split(" ", 1) for column in _EMPTY[name].split(", "))
    nothing = ", ".join(f'cast(null as {kind.replace(";", ",")}) as "{column}"' for column, kind in columns)
    engine.create(f"audit_{name}", f"select {nothing} where false")
