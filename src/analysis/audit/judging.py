"""The rule rows judged on the lines that the engine holds: candidates by template, conditions, findings, texts.

One path for a closed month, for a moment (`in_house`) and for months already past: what differs is which lines and
facts the engine holds, and who is judged.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analysis.audit.compile import SQL, Plan, make, show
from analysis.audit.sliding import excess_of_spans
from analysis.engine import Engine, sql_text
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
#: What a template's SQL reads besides lines.
_NEEDED = {"execution": ("unordered", "ordered"), "retest": ("other_tests", "retests")}
#: Columns of tables that stay empty where no rule asks for them.
_EMPTY = {
    "twins": "encounter_no bigint, item_code varchar, charged_at timestamp",
    "idle_days": "encounter_no bigint, day date",
    "idle_stays": "encounter_no bigint",
    "beside_stays": "rule_no bigint, encounter_no bigint, stay_id varchar, pattern varchar, answer integer, "
    "facts_at timestamp, count double",
    "measured": "encounter_no bigint, name varchar, first double, last double, known bigint, first_at timestamp, "
    "last_at timestamp",
    "answers": "cond_no bigint, encounter_no bigint, line_key varchar, answer integer, facts_at timestamp",
    "verdicts": "rule_no bigint, encounter_no bigint, line_key varchar, facts_at timestamp, answer integer",
    "hits": "rule_no bigint, encounter_no bigint, part varchar, role varchar, line_id varchar, risk decimal(18; 2), "
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


def findings_of(engine: Engine, span: Span, plan: Plan, lines_from: datetime = datetime.min) -> None:
    """Leave audit_findings, audit_finding_lines, findings and finding_lines of the encounters.

    The engine holds the rules (`compile_rules`), audit_encounters, and charges and orders as far back as they reach;
    the lines of the encounters are read from `lines_from` on.
    """
    find_lines(engine, span, plan, lines_from)
    find_hits(engine, span, plan)
    conclude(engine, span, plan)
    engine.create("finding_lines", "select finding_id, line_id, amount from audit_finding_lines")


def find_lines(engine: Engine, span: Span, plan: Plan, lines_from: datetime = datetime.min) -> None:
    """Leave audit_charges (lines of the encounters that rules may look at), audit_net and audit_judged.

    Lines are read twice: of all of them little, to see which are twins and which stays may be patterns; then of those
    that rules look at everything.
    """
    recent_from = max(lines_from, span.start - timedelta(days=31))
    values = span.values() | {"lines_from": lines_from, "recent_from": recent_from}
    twins, idle = "duplicate" in plan.all_items, "empty_bed" in plan.patterns
    if twins or idle:
        make(engine, "slim_lines", **values)
    _make_or_empty(engine, "twins", twins, values)
    _make_or_empty(engine, "idle_stays", idle, values)
    _make_or_empty(engine, "beside_stays", "stay_pattern" in plan.templates, values)
    make(engine, "charges", unordered="execution" in plan.all_items, every=plan.every_line, **values)
    find_standing(engine, span, plan)


def find_standing(engine: Engine, span: Span, plan: Plan) -> None:
    """Leave audit_net (lines of audit_charges that stand) and audit_judged (them by rule)."""
    values = span.values()
    if "stay_pattern" in plan.templates:
        _make_or_empty(engine, "idle_days", "empty_bed" in plan.patterns, values)
        make(engine, "pattern_stays")
    make(engine, "net", **values)
    show(engine, "judged")


def find_hits(engine: Engine, span: Span, plan: Plan) -> None:
    """Leave audit_hits: candidates of every template, before any condition is asked."""
    values = span.values()
    engine.view("audit_no_hits", _nothing("hits"), kept=True)
    wanted = list(dict.fromkeys(name for template, name in HITS.items() if template in plan.templates))
    for name in wanted:
        _prepare(engine, name, values)
        make(engine, f"hits_{name}", **values)
    every = ["select * from audit_no_hits", *(f"select * from audit_hits_{name}" for name in wanted)]
    engine.view("audit_hits", " union all ".join(every))


def _prepare(engine: Engine, name: str, values: dict[str, Any]) -> None:
    """Leave what a template's SQL reads besides lines."""
    if name == "frequency":
        make(engine, "frequency_spans", **values)
        engine.put("audit_sliding", excess_of_spans(engine.frame("select * from audit_frequency_spans")))
    for needed in _NEEDED.get(name, ()):
        make(engine, needed, **values)


def conclude(engine: Engine, span: Span, plan: Plan) -> None:
    """Leave audit_finding_lines and findings: what becomes of the candidates, with texts."""
    find_answers(engine, span, plan)
    for name in ("kept", "findings", "finding_lines"):
        make(engine, name)
    show(engine, "told")
    engine.create("findings", sql_text(SQL, "explained"), **_words())


def find_answers(engine: Engine, span: Span, plan: Plan) -> None:
    """Leave audit_verdicts: every condition is answered once for each stay or visit it is asked of."""
    values = span.values()
    _make_or_empty(engine, "measured", bool(plan.kinds & {"measured", "any"}), values)
    if not plan.kinds:
        engine.create("audit_verdicts", _nothing("verdicts"))
        return
    make(engine, "asked")
    make(engine, "asked_conditions")
    engine.view("audit_no_answers", _nothing("answers"), kept=True)
    wanted = list(dict.fromkeys(name for kind, name in ANSWERS.items() if kind in plan.kinds))
    for name in wanted:
        make(engine, f"answers_{name}", **values)
    every = ["select * from audit_no_answers", *(f"select * from audit_answers_{name}" for name in wanted)]
    engine.view("audit_answers", " union all ".join(every))
    make(engine, "verdicts")


def _make_or_empty(engine: Engine, name: str, needed: bool, values: dict[str, Any]) -> None:
    if needed:
        make(engine, name, **values)
    else:
        engine.create(f"audit_{name}", _nothing(name))


def _words() -> dict[str, str]:
    """Words of the explanations that are not the rule's own."""
    sexes = {"female": "F", "male": "M"}
    named = {f"{name}_{lang}": label("sex", code, lang) for name, code in sexes.items() for lang in LANGUAGES}
    return named | {"lacking_zh": "判定依据缺失，暂不判定：", "lacking_en": "Evidence is lacking, not judged: "}


def _nothing(name: str) -> str:
    """SELECT of no rows with the columns of a table that stays empty."""
    columns = (column.split(" ", 1) for column in _EMPTY[name].split(", "))
    typed = ", ".join(f'cast(null as {kind.replace(";", ",")}) as "{column}"' for column, kind in columns)
    return f"select {typed} where false"
