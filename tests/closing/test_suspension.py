"""A rule that departments disagree with rests in later months; no answer ever changes a closed month."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
from closed_factory import card_of, shaped

from analysis.audit.rules import Rule
from analysis.closed_period import write_period
from analysis.closing.suspension import suspended_in
from analysis.engine import Engine
from analysis.periods import Period

TEXT = {"zh": "一", "en": "one"}
RULE = Rule(
    id="A3.panel", title=TEXT, template="duplicate", result="violation", effective_from=date(2022, 1, 1), basis=TEXT,
    said=TEXT, target_precision=0.7,
)  # fmt: skip
MAY, JUNE, JULY = Period("2023-05"), Period("2023-06"), Period("2023-07")


def _closed(folder: Path) -> Path:
    """May with thirty findings of the rule."""
    row = {
        "rule_id": "A3.panel", "rule_version": "1", "stage": "after", "result": "violation", "outcome": "hit",
        "hospital_id": "H", "service_date": date(2023, 5, 2), "explanation_zh": "一", "explanation_en": "one",
    }  # fmt: skip
    findings = pd.DataFrame([row | {"finding_id": f"f{i}"} for i in range(30)])
    for month in (MAY, JUNE):
        tables = shaped({"findings": findings} if month == MAY else {})
        write_period(folder, month, tables, card_of(month, "hand", "CNY", "zh"))
    return folder


def _engine(status: str) -> Engine:
    """All thirty answered on 20 June."""
    engine = Engine()
    rows = [("finding", f"f{i}", status, "Li", datetime(2023, 6, 20), None) for i in range(30)]
    engine.put("reviews", pd.DataFrame(rows, columns=["kind", "finding_id", "status", "by", "at", "note"]))
    return engine


def test_answers_before_a_month_suspend_the_rule_in_it_and_not_before(tmp_path: Path):
    folder, engine = _closed(tmp_path), _engine("explained")
    assert suspended_in(engine, folder, MAY, JUNE, (RULE,), None) == {}, "answered during June"
    found = suspended_in(engine, folder, MAY, JULY, (RULE,), None)
    assert list(found) == ["A3.panel 1"] and "agreed 0 of 30" in found["A3.panel 1"]
    assert suspended_in(_engine("accepted"), folder, MAY, JULY, (RULE,), None) == {}


def test_a_month_closed_before_keeps_what_it_was_closed_with(tmp_path: Path):
    folder, engine = _closed(tmp_path), _engine("explained")
    assert suspended_in(engine, folder, MAY, JULY, (RULE,), {"run_id": "x"}) == {}
    kept = {"suspended": {"A3.panel 1": "agreed 1 of 20"}}
    assert suspended_in(_engine("accepted"), folder, MAY, JULY, (RULE,), kept) == kept["suspended"]


def test_the_first_month_has_nothing_to_ask(tmp_path: Path):
    assert suspended_in(_engine("explained"), tmp_path, JULY, JULY, (RULE,), None) == {}
