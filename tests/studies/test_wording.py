"""Every sentence of the reports stands in both languages, ends as a sentence, and says the same figures."""

import re
from functools import partial

import pytest
from report_fixtures import opened

from analysis.presentation.finding import Finding
from analysis.studies import (
    budgets,
    caps,
    closure,
    cost_and_quality,
    cost_structure,
    denials,
    department_indicators,
    departments,
    drgs,
    fund,
    grouping,
    indicators,
    margin_bridge,
    overspending_committee,
    price_volume,
    quality_guard,
    standard_costs,
)
from analysis.studies.report import Report

OVERVIEW = (
    indicators.committee_indicators,
    fund.fund_flow,
    fund.fund_balance,
    departments.cost_per_weight,
    departments.department_margins,
    drgs.worst_and_best_drgs,
    overspending_committee.five_worst,
    margin_bridge.margin_bridge,
    cost_structure.cost_structure,
    budgets.cost_against_budget,
    price_volume.drugs_and_consumables,
    standard_costs.cost_payment_variance,
    partial(caps.cap_decomposition, drg_code="FM19"),
    denials.denials_by_department,
    grouping.grouping_and_outliers,
    quality_guard.quality_guard,
    cost_and_quality.cost_and_quality,
    closure.reconciliation,
    closure.left_out,
    closure.methods,
)
DEPARTMENT = (
    department_indicators.department_indicators,
    department_indicators.department_trend,
    drgs.department_drgs,
    cost_structure.cost_structure,
    denials.department_denials,
)
CHINESE = re.compile(r"[一-鿿]")


def findings(report: Report) -> list[Finding]:
    return [make(report) for make in OVERVIEW] + [make(report, "D02") for make in DEPARTMENT]


@pytest.fixture(scope="module", params=["small", "bare"])
def both(request: pytest.FixtureRequest) -> tuple[list[Finding], list[Finding]]:
    data = request.getfixturevalue(request.param)
    hospital = "101" if request.param == "bare" else ""
    zh, en = (opened(data, language, hospital) for language in ("zh", "en"))
    if request.param == "bare":
        return [make(zh) for make in OVERVIEW], [make(en) for make in OVERVIEW]
    return findings(zh), findings(en)


def test_chinese_sentences(both: tuple[list[Finding], list[Finding]]):
    for finding in both[0]:
        assert CHINESE.search(finding.text) and finding.text.endswith("。"), finding.text
        assert finding.question.endswith("？")


def test_english_sentences_hold_no_chinese(both: tuple[list[Finding], list[Finding]]):
    for finding in both[1]:
        told = " ".join([finding.question, finding.text, *finding.caveats])
        assert not CHINESE.search(told), told
        assert finding.text.endswith(".") and finding.question.endswith("?")
        heads = finding.table.columns if finding.table else ()
        assert not [head.heading for head in heads if CHINESE.search(head.heading)]


def test_both_languages_rest_on_the_same_rows(both: tuple[list[Finding], list[Finding]]):
    for zh, en in zip(*both, strict=True):
        assert (zh.table is None) == (en.table is None)
        assert zh.alarm == en.alarm
        if zh.table is not None and en.table is not None:
            assert [c.name for c in zh.table.columns] == [c.name for c in en.table.columns]
            numbers = [c.name for c in zh.table.columns if c.kind not in {"text", "text_right", "trend", "mark"}]
            one, two = (table.rows[numbers].astype(str).to_numpy().tolist() for table in (zh.table, en.table))
            assert one == two, zh.question


def test_shares_agree_in_both_languages(both: tuple[list[Finding], list[Finding]]):
    for zh, en in zip(*both, strict=True):
        assert re.findall(r"[\d.,]+%", zh.text) == re.findall(r"[\d.,]+%", en.text)


def test_no_patient_and_no_physician(both: tuple[list[Finding], list[Finding]]):
    for finding in [*both[0], *both[1]]:
        names = {column.name for column in finding.table.columns} if finding.table else set()
        assert not names & {"patient_id", "stay_id", "physician_id", "team"}
        assert not re.search(r"P\d{5}|DOC1|\d{4}-\d\d-\d{5}", finding.to_html())


def test_verdict_names_what_misses_its_target(small):
    finding = indicators.committee_indicators(opened(small))
    assert finding.table is not None
    missed = finding.table.rows.index[finding.table.rows["state"] == "missed"].tolist()
    assert missed == ["charge_per_case", "mean_stay", "consumable_share"]
    assert "3 项未达标：次均费用、平均住院日、耗占比" in finding.text
    assert "拒付率（按拒付月）按今年累计判定达标" in "".join(finding.caveats)
    assert finding.alarm
