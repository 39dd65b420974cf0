"""Cost accounting in both languages, with everything there and with nothing but discharges: always a sentence."""

import re

import pytest
from closed_factory import Small
from costed import FINDINGS, OF_A_DRG
from report_fixtures import opened

from analysis.presentation.finding import Finding
from analysis.studies import closure, cost_sheet
from analysis.studies.report import Report

CHINESE = re.compile(r"[一-鿿]")


def findings(report: Report) -> list[Finding]:
    drg = cost_sheet.chosen_drg(report)
    return [make(report) for make in (*FINDINGS, closure.left_out, closure.methods)] + [
        make(report, drg) for make in OF_A_DRG
    ]


@pytest.fixture(scope="module", params=["costed", "small", "bare"])
def both(request: pytest.FixtureRequest) -> tuple[str, list[Finding], list[Finding]]:
    data = request.getfixturevalue(request.param)
    hospital = "101" if request.param == "bare" else ""
    zh, en = (findings(opened(data, language, hospital)) for language in ("zh", "en"))
    return request.param, zh, en


def test_every_sentence_is_one_in_its_language(both: tuple[str, list[Finding], list[Finding]]):
    _, zh, en = both
    for finding in zh:
        assert CHINESE.search(finding.text) and finding.text.endswith("。"), finding.text
        assert finding.question.endswith("？")
    for finding in en:
        told = " ".join([finding.question, finding.text, *finding.caveats])
        assert not CHINESE.search(told), told
        assert finding.text.endswith(".") and finding.question.endswith("?")
        heads = finding.table.columns if finding.table else ()
        assert not [head.heading for head in heads if CHINESE.search(head.heading)]


def test_both_languages_rest_on_the_same_rows(both: tuple[str, list[Finding], list[Finding]]):
    _, zh, en = both
    for one, two in zip(zh, en, strict=True):
        assert (one.table is None) == (two.table is None) and one.alarm == two.alarm
        assert re.findall(r"[\d.,]+%", one.text) == re.findall(r"[\d.,]+%", two.text), one.question
        if one.table is not None and two.table is not None:
            assert [c.name for c in one.table.columns] == [c.name for c in two.table.columns]
            numbers = [c.name for c in one.table.columns if c.kind not in {"text", "text_right", "trend", "mark"}]
            assert one.table.rows[numbers].astype(str).equals(two.table.rows[numbers].astype(str)), one.question


def test_pages_and_workbooks_can_be_made(both: tuple[str, list[Finding], list[Finding]]):
    for finding in [*both[1], *both[2]]:
        html = finding.to_html()
        assert not re.search(r"[> ]nan[<% ]", html) and not re.search(r"\bP\d{8}\b|\bS\d{8}\b", html)
        payload = finding.to_payload()["table"]
        if payload:
            assert payload["columns"] and all(len(row) == len(payload["columns"]) for row in payload["rows"])


def test_without_accounts_every_section_says_what_is_missing(bare: Small):
    """No ledger, recipes or resources."""
    made = {finding.question: finding for finding in findings(opened(bare, "en", "101"))}
    told = made["What is each department's direct cost?"]
    assert told.table is None and told.text == "Not computed: the data lack ledger."
    assert made["How much capacity stands idle, and what does it cost?"].table is None


def test_with_everything_there_every_question_has_an_answer(costed: Small):
    """But for what three months cannot tell."""
    empty = {finding.question for finding in findings(opened(costed, "en")) if finding.table is None}
    assert empty <= {"What is left out, and why?", "How far do physicians differ in cost per case?",
                     "Which cost items exceed the standard cost?"}  # fmt: skip
