"""Page six of the committee's report: what it shows of the worst DRGs, and what it never shows."""

from collections.abc import Callable

import pandas as pd
import pytest
from causes_example import example_causes
from closed_factory import HOSPITAL, Small
from report_fixtures import opened

from analysis.presentation.disclosure import HIDDEN
from analysis.studies import drgs, overspending_committee
from analysis.studies.overspending_committee import five_worst
from analysis.studies.report import Report


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let other causes be closed."""
    asked = Report.sql

    def close(*parts: pd.DataFrame) -> None:
        rows = pd.concat(parts, ignore_index=True)
        monkeypatch.setattr(Report, "sql", lambda r, name, **v: rows if name == "causes_of" else asked(r, name, **v))

    return close


@pytest.fixture
def all_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every DRG loses by two methods."""
    margins = drgs.drg_margins
    monkeypatch.setattr(overspending_committee, "drg_margins", lambda report: margins(report).assign(verdict="loss"))


def test_a_drg_with_its_first_three_causes_and_the_driver_that_stands_out(small: Small):
    finding = five_worst(opened(small, "en"))
    rows = finding.table.rows
    assert [text.strip("　") for text in rows["what"]] == [
        "FM19 Coronary stent (12 months)",
        "contrast_and_devices (quantity)",
        "01D01 (days)",
        "Paid less than standard cost",
        "Driver: waiting for rehabilitation",
    ]
    assert rows["amount_total"].tolist() == [100_000, 50_000, 25_000, 20_000, 30_000]
    assert rows["preventable"].astype(object).where(rows["preventable"].notna(), None).tolist() == [
        64_000, 38_000, 25_000, None, 30_000
    ]  # fmt: skip
    assert rows["interval"].tolist()[:2] == ["7.0\u00a0~\u00a013.0", "3.9\u00a0~\u00a06.1"]
    assert rows["owned"].tolist()[1] == "Cardiology", "the department that treats it"
    assert finding.alarm and "FM19 contrast_and_devices (quantity) CNY 50,000" in finding.text
    assert "CNY 64,000, mostly with Cardiology" in finding.text


@pytest.mark.usefixtures("all_lose")
def test_the_five_that_lose_most_by_two_methods(small: Small, closed: Callable[..., None]):
    order = ("BR23", "BR25", "FM19", "GD25", "IF15", "IC29")
    closed(*[example_causes(HOSPITAL, drg, times=size) for size, drg in enumerate(order, 1)])
    table = five_worst(opened(small, "en")).table
    codes = [row.what.split(" ")[0] for row in table.rows.itertuples() if row.kind == "drg"]
    assert codes == ["IC29", "IF15", "GD25", "FM19", "BR25"]


@pytest.mark.usefixtures("all_lose")
def test_few_cases_and_a_surplus_are_not_shown(small: Small, closed: Callable[..., None]):
    closed(example_causes(HOSPITAL, "FM19", cases=9), example_causes(HOSPITAL, "IC29", times=-1.0))
    finding = five_worst(opened(small, "en"))
    assert finding.table is None and finding.text == "No DRG loses by two costing methods."


def test_a_drg_on_which_the_methods_differ_is_not_shown(small: Small, closed: Callable[..., None]):
    closed(example_causes(HOSPITAL, "BR23"))
    assert five_worst(opened(small, "en")).table is None


def test_a_sum_that_would_give_a_small_group_away_is_hidden(small: Small, monkeypatch: pytest.MonkeyPatch):
    margins = drgs.drg_margins
    monkeypatch.setattr(overspending_committee, "drg_margins", lambda report: margins(report).assign(part=True))
    finding = five_worst(opened(small, "en"))
    first = finding.table.rows.iloc[0]
    assert first["what"].endswith("†") and (first["amount_total"], first["amount_per_case"]) == (HIDDEN, HIDDEN)
    assert (finding.table.rows["amount_per_case"] == HIDDEN).all(), "total / per case would tell the cases"
    assert first["interval"] == "" and "100,000" not in finding.to_html() and "10.0" not in finding.to_html()
    assert any("†" in note for note in finding.caveats)


def test_no_physician_stands_there_whatever_the_reliability(small: Small, closed: Callable[..., None]):
    rows = example_causes(HOSPITAL, "FM19")
    named = rows[rows["cause"] == "physician"].assign(level=3, parent="physician", subject="DOC1", reliability=0.95)
    closed(rows, named.assign(amount_total=90_000.0))
    finding = five_worst(opened(small, "zh"))
    assert "DOC1" not in finding.to_html() and "DOC1" not in str(finding.to_payload())


def test_without_costs_the_page_says_so(bare: Small):
    assert five_worst(opened(bare, "en", "101")).text == "Not computed: the data lack ledger."
