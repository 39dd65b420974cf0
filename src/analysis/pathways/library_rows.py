"""The pathways as rows that SQL joins: who belongs on them, what is asked for, and who is excused from it."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from analysis.engine import Engine
from analysis.pathways.model import Entry, Pathway, Step

_TEXT, _NUMBER, _WHOLE, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()
_TABLES = {
    "pathway_rows": {
        "pathway": _TEXT, "standard_days": _NUMBER, "criteria": _WHOLE, "by_records": _FLAG, "age_least": _NUMBER,
        "age_most": _NUMBER,
    },
    "pathway_entry": {"pathway": _TEXT, "kind": _TEXT, "code": _TEXT},
    "pathway_steps": {
        "step_no": _WHOLE, "pathway": _TEXT, "step": _TEXT, "place": _WHOLE, "activity": _TEXT, "need": _TEXT,
        "day_from": _WHOLE, "day_to": _WHOLE, "after_no": _WHOLE, "within_hours": _NUMBER, "least": _WHOLE,
        "most": _WHOLE, "cause": _TEXT, "resource": _TEXT, "may_excuse": _FLAG, "by_diagnosis": _FLAG,
        "measurement": _TEXT, "below": _NUMBER, "above": _NUMBER, "rise": _NUMBER, "shorter_than": _NUMBER,
        "expected_text": _TEXT,
    },
    "step_items": {"step_no": _WHOLE, "pathway": _TEXT, "item_code": _TEXT, "per": _NUMBER},
    "step_diagnoses": {"step_no": _WHOLE, "code": _TEXT},
}  # fmt: skip
_CODES = ("drg", "diagnosis", "any_diagnosis", "procedure", "severity")
#: What of a step is said in `expected`.
_SAID = ("need", "day", "after", "within_hours", "least", "most")


def put_library(engine: Engine, library: Mapping[str, Pathway]) -> None:
    """Leave tables pathway_rows, pathway_entry, pathway_steps, step_items, step_diagnoses.

    Steps are numbered through all pathways; `after_no` is the number of the step that must come before (empty for
    admission). `criteria`: kinds of entry criteria that must all hold.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    first = 0
    for name, pathway in library.items():
        _add_entry(rows, name, pathway)
        numbers = {step: first + place for place, step in enumerate(pathway.steps)}
        for place, (code, step) in enumerate(pathway.steps.items()):
            _add_step(rows, {"step_no": numbers[code], "pathway": name, "step": code, "place": place}, step, numbers)
        first += len(numbers)
    for name, columns in _TABLES.items():
        engine.put(name, pa.Table.from_pylist(rows[name], pa.schema(list(columns.items()))))


def judged_text(library: Mapping[str, Pathway]) -> str:
    """What of the pathways adherence is made from, as JSON: a course or a price may change, and judges nobody anew."""
    read = {"version", "entry", "standard", "steps"}
    return json.dumps({name: one.model_dump(mode="json", include=read) for name, one in library.items()})


def expected_text(step: Step) -> str:
    """What a step asks for, as JSON: need, day, after, within_hours, least, most, as far as the pathway says them."""
    said = step.model_dump(mode="json", include=set(_SAID), exclude_none=True)
    return json.dumps({name: said[name] for name in _SAID if name in said}, ensure_ascii=False)


def _add_entry(rows: dict[str, list[dict[str, Any]]], name: str, pathway: Pathway) -> None:
    entry: Entry = pathway.entry
    for kind in (*_CODES, "unless_diagnosis", "records"):
        codes = dict.fromkeys(getattr(entry, kind))
        rows["pathway_entry"] += [{"pathway": name, "kind": kind, "code": code} for code in codes]
    aged = entry.age.least is not None or entry.age.most is not None
    rows["pathway_rows"].append(
        {
            "pathway": name,
            "standard_days": pathway.standard.days,
            "criteria": sum(bool(getattr(entry, kind)) for kind in _CODES) + aged,
            "by_records": bool(entry.records),
            "age_least": entry.age.least,
            "age_most": entry.age.most,
        }
    )


def _add_step(
    rows: dict[str, list[dict[str, Any]]], row: dict[str, Any], step: Step, numbers: Mapping[str, int]
) -> None:
    excuse, measured = step.unless, step.unless.measurement
    day_from, day_to = step.day or (None, None)
    rows["pathway_steps"].append(
        {name: getattr(step, name) for name in ("activity", "need", "within_hours", "least", "most", "cause")}
        | row
        | {
            "day_from": day_from,
            "day_to": day_to,
            "after_no": numbers.get(step.after or ""),
            "resource": step.resource,
            "may_excuse": bool(excuse.diagnosis or measured or excuse.stay_shorter_than is not None),
            "by_diagnosis": bool(excuse.diagnosis),
            "measurement": measured.name if measured else None,
            "below": measured.below if measured else None,
            "above": measured.above if measured else None,
            "rise": measured.rise if measured else None,
            "shorter_than": excuse.stay_shorter_than,
            "expected_text": expected_text(step),
        }
    )
    number, pathway = row["step_no"], row["pathway"]
    rows["step_diagnoses"] += [{"step_no": number, "code": code} for code in dict.fromkeys(excuse.diagnosis)]
    rows["step_items"] += [
        {"step_no": number, "pathway": pathway, "item_code": item, "per": per if per > 0 else 1.0}
        for item, per in step.items.items()
    ]
