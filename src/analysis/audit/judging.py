"""The rule rows judged on the lines that the engine holds: candidates by template, conditions, findings, texts.

One path for a closed month, for a moment (`in_house`) and for months already past: what differs is which lines and
facts the engine holds, and who is judged.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from analysis.audit.compile import make
from analysis.audit.sliding import excess_of_spans
from analysis.audit.wording import explained
from analysis.engine import Engine

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
_TEXT, _TIME, _MONEY = pa.string(), pa.timestamp("us"), pa.decimal128(18, 2)
#: Tables of templates that no rule uses.
_EMPTY = {
    "twins": {"stay_id": _TEXT, "item_code": _TEXT, "charged_at": _TIME},
    "idle_days": {"stay_id": _TEXT, "day": pa.date32()},
    "stay_lines": {
        "line_id": _TEXT, "hospital_id": _TEXT, "encounter_id": _TEXT, "stay_id": _TEXT, "ordered_at": _TIME,
        "charged_at": _TIME, "item_code": _TEXT, "amount": _MONEY, "ordering_department": _TEXT,
        "physician_id": _TEXT, "day": pa.date32(),
    },
    "hits": {
        "rule_no": pa.int64(), "encounter_id": _TEXT, "part": _TEXT, "role": _TEXT, "line_id": _TEXT, "risk": _MONEY,
        "other_item": _TEXT, "count": pa.float64(), "truth": pa.int32(), "facts_at": _TIME, "known_at": _TIME,
    },
}  # fmt: skip


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


def judge(engine: Engine, span: Span) -> None:
    """Leave audit_findings, audit_finding_lines and audit_explained of the encounters.

    The engine holds the rules (`compile_rules`), audit_encounters, and charges and orders as far back as they reach.
    """
    values = span.values()
    find_lines(engine, values)
    _put_empty(engine, "hits")
    _put_empty(engine, "stay_lines")
    wanted = _wanted(engine)
    for name in wanted:
        _find_hits(engine, name, values)
    every = ["select * from audit_hits", *(f"select * from audit_hits_{name}" for name in wanted)]
    engine.create("audit_hits", " union all ".join(every))
    for name in ("measured", "asked", "truths", "verdicts", "kept", "findings", "finding_lines", "told"):
        make(engine, name, **values)
    engine.put("audit_explained", explained(engine.frame("select * from audit_told")))


def find_lines(engine: Engine, values: dict[str, Any]) -> None:
    """Leave audit_net (lines that still stand, of items that rules name) and audit_judged (them by rule)."""
    unordered = _all_items(engine, "execution")
    if _all_items(engine, "duplicate"):
        make(engine, "twins", **values)
    else:
        _put_empty(engine, "twins")
    for name in ("lines", "net", "judged"):
        make(engine, name, unordered=unordered, **values)


def _wanted(engine: Engine) -> list[str]:
    """SQL files of the templates that some rule uses."""
    used = set(engine.frame("select distinct template from audit_rule_rows")["template"])
    return list(dict.fromkeys(name for template, name in HITS.items() if template in used))


def _find_hits(engine: Engine, name: str, values: dict[str, Any]) -> None:
    if name == "stay_pattern":
        if engine.value("select count(*) from audit_rule_rows where pattern = 'empty_bed'"):
            make(engine, "idle_days", **values)
        else:
            _put_empty(engine, "idle_days")
        make(engine, "pattern_stays", **values)
        make(engine, "stay_lines", **values)
    if name == "frequency":
        make(engine, "frequency_spans", **values)
        engine.put("audit_sliding", excess_of_spans(engine.frame("select * from audit_frequency_spans")))
    if name == "execution":
        make(engine, "ordered", **values)
    if name == "retest":
        make(engine, "retests", **values)
    make(engine, f"hits_{name}", **values)


def _all_items(engine: Engine, template: str) -> bool:
    found = "select count(*) from audit_rule_rows where template = $template and all_items"
    return bool(engine.value(found, template=template))


def _put_empty(engine: Engine, name: str) -> None:
    engine.put(f"audit_{name}", pa.schema(list(_EMPTY[name].items())).empty_table())
