"""Pages of alerts: what moved is said in both languages, charts are drawn, and hints stay hints."""

import json

import pandas as pd
import pytest
from closed_factory import Small, write_small_hospital
from report_fixtures import opened

from analysis.studies import alerts, in_stay, peers
from analysis.studies.report import Report

EVIDENCE = {
    "cases": 60, "per_case": 8900.0, "per_case_before": 6300.0, "mix": 120.0, "price": -20.0, "volume": 2500.0,
    "items": [["D125", 2400.0]], "physicians": [["DOC1", 1900.0]],
}  # fmt: skip
ROWS = pd.DataFrame([
    ("drug_share_shift", "department", "D01", 0.45, 0.35, 0.41, 0.004, json.dumps(EVIDENCE)),
    ("charge_per_case_shift", "hospital", "H1", 23000.0, 21000.0, 22000.0, 0.02, json.dumps(EVIDENCE)),
], columns=["kind", "scope", "subject", "observed", "expected", "limit", "q_value", "evidence"])  # fmt: skip
NEAR = pd.DataFrame([
    ("cost_near_standard", "drg", "FM19", 35000.0, 31000.0, 27900.0, None,
     json.dumps({"measure": "cost", "department": "D01", "head": "Li", "cases": 12, "share": 1.129})),
    ("cost_near_standard", "stay", "s1", 9500.0, 10000.0, 9000.0, None,
     json.dumps({"measure": "charge", "share": 0.95})),
], columns=ROWS.columns)  # fmt: skip


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Nineteen months: the limits of June are frozen on the thirteen before January."""
    return write_small_hospital(tmp_path_factory.mktemp("long"), first="2021-12")


def _alerted(monkeypatch: pytest.MonkeyPatch, rows: pd.DataFrame) -> None:
    """The closed period holds these alerts."""
    ask = Report.sql
    monkeypatch.setattr(
        Report, "sql", lambda report, name, **given: rows if name == "alerts_of" else ask(report, name, **given)
    )


@pytest.mark.parametrize(
    ("language", "names"), [("zh", ["心内科药占比", "全院次均费用"]), ("en", ["Cardiology (drug share)"])]
)
def test_a_shift_says_what_moved_it(long: Small, monkeypatch: pytest.MonkeyPatch, language: str, names: list[str]):
    _alerted(monkeypatch, ROWS)
    page = alerts.shift_table(opened(long, language))
    html = page.to_html()
    assert page.table is not None and all(name in page.text for name in names)
    assert "45.0%" in html and "23,000" in html and "D125" in html and "DOC1" in html
    assert ("用量" if language == "zh" else "volume") in html


def test_nothing_shifted_and_no_limits_yet(long: Small, small: Small):
    assert "无超出控制限" in alerts.shift_table(opened(long)).text
    assert "不足 12 个月" in alerts.shift_table(opened(small)).text
    assert "Fewer than twelve months" in peers.peer_funnel(opened(small, "en")).text


def test_the_chart_of_the_series_that_stands_out(long: Small):
    page = alerts.shift_chart(opened(long, "en"))
    assert page.figure.startswith("<svg") and "2021-12" not in page.text and "limits" in page.text


def test_the_funnel_names_codes_beyond_the_limit_only(long: Small):
    page = peers.peer_funnel(opened(long, "en"), scope="department")
    assert page.figure.startswith("<svg") and "of 4 beyond the 99.8 % limit" in page.text
    assert "no verdict" in page.caveats[0]


def test_the_order_of_review_says_that_it_is_no_more_than_that(long: Small):
    page = peers.to_review(opened(long, "en"))
    assert page.table is not None and len(page.table.rows) == 15
    assert "no finding" in page.caveats[0]


def test_near_the_standard_names_the_head(long: Small, monkeypatch: pytest.MonkeyPatch):
    _alerted(monkeypatch, NEAR)
    page = alerts.near_standard(opened(long))
    assert page.table is not None and page.table.rows["head"].tolist() == ["Li"]
    assert page.text.startswith("1 个病组") and "在院 1 例" in page.text


def test_without_the_data_folder_there_is_no_watchlist(small: Small):
    assert in_stay.watch_table(opened(small, "en")).table is None
