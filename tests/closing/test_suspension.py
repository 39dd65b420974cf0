"""A rule that departments disagree with rests in later months; no answer ever changes a closed month."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import yaml
from closed_factory import card_of, shaped

from analysis.audit.rules import Rule
from analysis.closed_period import open_periods, write_period
from analysis.closing import close
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


def test_where_every_rule_rests_nothing_of_the_month_before_stays(project: Path, monkeypatch: pytest.MonkeyPatch):
    """May's rule finds the drug of s2; suspended in June, June has no finding, not May's once more."""
    rule = {
        "id": "T.drug", "title": {"zh": "药", "en": "drug"}, "template": "list", "items": ["drug"],
        "result": "violation", "effective_from": date(2020, 1, 1), "basis": {"zh": "据", "en": "basis"},
        "said": {"zh": "{item}", "en": "{item}"},
    }  # fmt: skip
    (project / "parameters/rules").mkdir()
    text = yaml.safe_dump({"name": "one", "source": "by hand", "rules": [rule]}, allow_unicode=True)
    (project / "parameters/rules/one.yaml").write_text(text, "utf8")
    settings = project / "parameters/closing/hand.yaml"
    settings.write_text(yaml.safe_dump(yaml.safe_load(settings.read_text("utf8")) | {"rules": ["one"]}), "utf8")
    rests = {"T.drug 1": "too often wrong"}
    monkeypatch.setitem(close.__globals__, "suspended_in", lambda *asked: rests if asked[3].name == "2023-06" else {})
    close(Path("data/hand"), [], Path("outputs"))
    found = open_periods("outputs/hand", "2023-05", "2023-06").frame("findings")
    assert found[["period", "stay_id"]].to_numpy().tolist() == [["2023-05", "s2"]]
