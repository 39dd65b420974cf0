"""Pages about findings: money and states as the closed months and the answers say, small numbers and names hidden."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from closed_factory import Small
from hand_hospital import hand_hospital, write_hospital
from report_fixtures import opened

from analysis.presentation.disclosure import HIDDEN, SMALL
from analysis.studies.compliance import compliance, department_cases, findings_by_rule
from analysis.studies.finding_book import finding_book
from analysis.studies.report import Report


@pytest.fixture
def answered(small: Small, tmp_path: Path) -> Report:
    """The small hospital's report with a data folder in which half of the enzyme findings are answered."""
    report = opened(small)
    book = finding_book(report)
    enzyme = book.loc[book["rule_id"] == "A3.enzyme_panel", "finding_id"].tolist()
    rows = hand_hospital()
    status = ["accepted"] * 24 + ["explained"] * 12
    rows["reviews"] = [
        {"kind": "finding", "finding_id": one, "status": what, "by": "Li", "at": datetime(2023, 7, 1)}
        for one, what in zip(enzyme, status, strict=False)
    ]
    return replace(report, data=write_hospital(tmp_path / "hand", rows))


def test_money_by_state_adds_up_to_the_findings_of_twelve_months(answered: Report):
    book = finding_book(answered)
    by_hand = answered.engine.frame(
        """select count(*) as n, cast(sum(amount_at_risk) as double) as money from findings
        where outcome = 'hit' and period between '2022-07' and '2023-06'"""
    ).iloc[0]
    assert len(book) == by_hand["n"] and book["amount"].sum() == pytest.approx(by_hand["money"])
    assert book["state"].value_counts().loc[["confirmed", "explained"]].tolist() == [24, 12]
    assert set(book.loc[book["period"] == "2023-06", "age_days"]) == {0}
    assert set(book.loc[book["period"] == "2023-04", "age_days"]) == {61}, "May and June"
    page = compliance(answered)
    assert page.table is not None
    assert page.table.rows.loc["all", "total"] == pytest.approx(book["amount"].sum())
    assert page.alarm and "科室已确认" in page.text


def test_rules_in_shadow_accuse_nobody(answered: Report):
    shadow = replace(answered, card=answered.card | {"rules": {"A4.danhong 1": "shadow"}})
    assert "A4.danhong" in set(finding_book(answered)["rule_id"])
    assert "A4.danhong" not in set(finding_book(shadow)["rule_id"])


def test_each_rule_says_what_became_of_it_and_how_often_it_was_right(answered: Report):
    """24 of 36 agreed: 67 %, Wilson 50 to 80 %."""
    page = findings_by_rule(answered)
    assert page.table is not None
    row = page.table.rows.set_index("rule").loc["A3.enzyme_panel"]
    assert (row["confirmed"], row["explained"], row["precision"]) == (24, 12, "67% (50%–80%)")
    assert row["open_violation"] == row["finding_count"] - 36 and row["open_suspicious"] == 0


def test_repeat_tests_within_their_interval_stand_apart_in_one_line(answered: Report, monkeypatch: pytest.MonkeyPatch):
    retest = SimpleNamespace(id="A3.enzyme_panel", template="retest", title={"zh": "复查", "en": "again"})
    monkeypatch.setattr("analysis.studies.finding_book.rules_of", lambda report: SimpleNamespace(rules=[retest]))
    book = finding_book(answered)
    weak = book[book["rule_id"] == "A3.enzyme_panel"]
    assert book["weak"].sum() == len(weak) >= 36
    page, rules = compliance(answered), findings_by_rule(answered)
    assert page.table is not None and rules.table is not None
    assert page.table.rows.loc["all", "total"] == pytest.approx(book["amount"].sum() - weak["amount"].sum())
    assert f"最短间隔内重复检验 {len(weak)} 条" in page.text
    last = rules.table.rows.iloc[-1]
    assert (last["rule"], last["finding_count"]) == ("最短间隔内重复检验（弱证据，另计）", len(weak))
    assert last["at_risk"] == pytest.approx(weak["amount"].sum())
    assert "复查" not in set(rules.table.rows["rule"])
    cases = department_cases(answered, weak["department"].iloc[0])
    assert cases.table is not None
    first = cases.table.rows["finding_id"].isin(weak["finding_id"])
    assert first.is_monotonic_increasing, "weak evidence last"


def test_suspended_rules_are_said(answered: Report):
    card = answered.card | {"suspended": {"A6.duplicate 1": "agreed 1 of 20"}}
    assert "A6.duplicate 1" in findings_by_rule(replace(answered, card=card)).text


def test_states_under_ten_are_hidden_with_what_would_give_them_away(answered: Report, small: Small):
    book = finding_book(answered, "D01")
    counts = pd.crosstab(book["rule_id"], book["state"])
    page = findings_by_rule(replace(answered, department="D01"), "D01")
    assert page.table is not None
    rows = page.table.rows.set_index("rule")
    seen = 0
    for rule, row in counts[counts.sum(axis=1) >= 10].iterrows():
        for state, count in row.items():
            if 0 < count < 10:
                seen += 1
                assert rows.loc[str(rule), str(state)] == HIDDEN
    assert seen, "the example has small states"


def test_rules_under_ten_findings_stand_in_one_row(answered: Report):
    """Two rules of three and four findings: seven together, so the next is no use either: none is shown by itself."""
    report = replace(answered, department="D04")
    engine = report.engine
    page = findings_by_rule(report, "D04")
    few = engine.frame(
        """select rule_id, count(*) as n from findings where outcome = 'hit' and department = 'D04'
        and period between '2022-07' and '2023-06' group by rule_id having count(*) < 10"""
    )
    assert page.table is not None
    shown = set(page.table.rows["rule"])
    assert len(few) < 2 or not shown & set(few["rule_id"])
    small = page.table.rows[page.table.rows["finding_count"] == SMALL]
    assert (small["at_risk"] == HIDDEN).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_department_sees_numbers_of_its_cases_and_nobody_else(small: Small, language: str):
    report = opened(small, language, department="D02")
    page = department_cases(report, "D02")
    assert page.table is not None
    book = finding_book(report, "D02")
    assert set(page.table.rows["finding_id"]) <= set(book["finding_id"])
    html = page.to_html()
    stays = report.engine.frame("select stay_id, patient_id, physician_id from findings where department = 'D02'")
    assert not [name for name in [*stays["patient_id"], *stays["stay_id"], "DOC1"] if name in html]
    assert "<script>" not in html


def test_no_findings_no_figures(bare: Small):
    report = opened(bare, "en", "101")
    assert compliance(report).table is None and findings_by_rule(report).table is None
