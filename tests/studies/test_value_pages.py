"""The page on quality, cost and incentives: what it says with a settled year, and what it refuses without."""

from pathlib import Path

import closed_factory
import pandas as pd
import pytest
from closed_factory import DEPARTMENTS, HOSPITAL, Small, write_small_hospital
from report_fixtures import ROOT, opened, parameters

from analysis.errors import InputError
from analysis.periods import parse_range
from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute
from analysis.studies.incentive_gaming import invites_gaming, keep_gaming
from analysis.studies.incentive_scores import composite
from analysis.studies.incentive_year import incentive_year
from analysis.studies.incentives import keep_incentives, would_have_paid
from analysis.studies.study_tables import read_studies
from analysis.studies.value_contract import expose
from analysis.studies.value_quadrants import heaviest, keep_quadrants, placed

PAGE = ROOT / "notebooks/committee/value.ipynb"


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Fifteen months whose first year is settled, closed as the demonstration hospital is, with bonuses."""
    root, cases, card = tmp_path_factory.mktemp("settled"), closed_factory._cases, closed_factory.card_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            closed_factory, "_cases", lambda random, period, n: _settled(cases(random, period, n), period.year)
        )
        patch.setattr(closed_factory, "card_of", lambda *given: _by_demo(card(*given)))
        made = write_small_hospital(root, "2022-01", "2023-03")
    made.data.mkdir(parents=True)
    months = [period.name for period in parse_range("2022-01..2022-12")]
    rows = [
        {"hospital_id": HOSPITAL, "month": m, "department": d, "amount": 20000.0} for m in months for d in DEPARTMENTS
    ]
    pd.DataFrame(rows).to_parquet(made.data / "bonuses.parquet")
    return made


def _settled(cases: pd.DataFrame, year: int) -> pd.DataFrame:
    cases = cases.assign(drg_status="final" if year == 2022 else "provisional")
    return cases.assign(cured=cases.index % 3 > 0, improved=cases.index % 3 == 0)


def _by_demo(card: dict) -> dict:
    return card | {"hospital": card["hospital"] | {"closing": "demo"}}


def test_only_the_settled_year_is_paid(settled: Small):
    report = opened(settled, "en")
    year = incentive_year(report)
    assert year.year == 2022 and year.left_out == 0
    assert set(year.cases["month"].str[:4]) == {"2022"}
    with pytest.raises(InputError) as refused:
        incentive_year(report, 2023)
    assert "9 months are not among those closed" in str(refused.value)


def test_a_year_before_clearing_is_refused(tmp_path: Path):
    made = write_small_hospital(tmp_path, "2022-01", "2022-12")
    with pytest.raises(InputError, match="no settled year") as refused:
        incentive_year(opened(made), name="demo")
    assert "2022: 100% of the cases are provisional, margins may change with clearing" in str(refused.value)


def test_the_page_of_a_hospital_without_rules_says_so(small: Small):
    for told in (would_have_paid(opened(small, "en")), invites_gaming(opened(small, "en"))):
        assert told.table is None and told.text.startswith("Not computed, rules are tried on a settled year only")
    assert composite(opened(small, "zh")).text.startswith("未测算")


def test_sums_of_departments_are_the_hospital_s(settled: Small):
    table = would_have_paid(opened(settled, "en")).table
    rows = table.rows.set_index("unit")
    departments = rows.iloc[:-3]
    assert len(departments) == len(DEPARTMENTS)
    for name in ("bonus", "cap_and_surplus", "composite"):
        assert departments[name].astype(float).sum() == pytest.approx(float(rows[name]["Hospital"]))
    chance = rows.iloc[-1][["cap_and_surplus", "composite"]].astype(float)
    assert ((chance >= 0) & (chance <= 1)).all()


def test_what_counts_as_margin_is_told_with_the_hospital_s_sum(settled: Small):
    """The two bases by hand: payment less charges, and payment less full cost, of the settled year."""
    report = opened(settled, "en")
    cases = report.sql("value_cases", first="2022-01", last="2022-12")
    cases = cases[cases["department"].notna()]
    costed = cases[cases["cost_complete"].astype(bool) & cases["cost_total"].notna() & cases["payment"].notna()]
    sums = cases["margin_payment"].sum(), (costed["payment"] - costed["cost_total"]).sum()
    note = next(note for note in would_have_paid(report).caveats if "Payment less charges" in note)
    for value in sums:
        assert report.style.money(float(value), signed=True) in note


def test_nobody_is_named_and_every_rule_has_its_column(settled: Small):
    report = opened(settled, "en")
    told = would_have_paid(report)
    assert "DOC1" not in told.to_html() and "DOC1" not in composite(report).to_html()
    assert {column.name for column in told.table.columns} == {"unit", "bonus", *incentive_year(report).rules}


def test_gaming_is_red_where_it_is_rewarded(settled: Small):
    told = invites_gaming(opened(settled, "en"))
    rows, red = told.table.rows, told.table.alarm
    assert told.alarm == bool(red)
    for place, name in red:
        assert rows[name].iloc[place] > 100
    assert len(rows) == 6


def test_quadrants_by_hand_of_the_frame(settled: Small):
    """Cost is full cost to the payment standard: 0.6 of its deviation where the stay has no region to stand against."""
    report = opened(settled, "en")
    rows = placed(report).set_index("group")
    cases = report.sql("value_cases", **report.twelve.bounds)
    own = cases[(cases["drg_code"] == rows.index[0]) & cases["cost_total"].notna() & cases["standard"].notna()]
    assert rows.iloc[0]["part_cost"] == pytest.approx(own["cost_total"].sum() / own["standard"].sum() - 1)
    assert list(rows["weight"]) == sorted(rows["weight"], reverse=True)
    shown = heaviest(report).table
    assert "part_cost" in [column.name for column in shown.columns], "the index does not pass for cost to the standard"
    assert heaviest(report).figure.startswith("<svg")


def test_without_earlier_months_quality_is_not_told(small: Small, bare: Small):
    report = opened(bare, "en", hospital="101")
    assert placed(report)["quality"].isna().all()
    assert "too few earlier cases" in heaviest(report).text
    assert heaviest(opened(small, "zh")).table is not None


def test_studies_are_kept_beside_the_months(settled: Small):
    report = opened(settled, "en")
    for keep in (keep_incentives, keep_gaming, keep_quadrants):
        assert keep(report).is_dir()
    effects, outcomes = (read_studies(report.folder, name) for name in ("effects", "scenario_outcomes"))
    assert set(effects["study"]) == {"F2_incentives_2022", "F1_quadrants_2023_03"}
    assert set(effects.loc[effects["study"].str.startswith("F2"), "outcome"]) == {"incentive", "incentive_share"}
    assert (outcomes["changed"] - outcomes["baseline"]).tolist() == pytest.approx(outcomes["difference"].tolist())


def test_a_contract_without_episodes_is_refused(small: Small):
    with pytest.raises(InputError, match="0 episodes of KS19"):
        expose(opened(small))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_are_the_headings_above_them(settled: Small, language: str):
    executed = execute(PAGE, parameters(settled, language=language))
    headings = [
        cell.source.removeprefix("## ")
        for cell in executed.cells
        if cell.source.startswith("## ") and f"lang-{language}" in cell.metadata.get("tags", [])
    ]
    found = findings_of(executed)
    assert [finding["question"] for finding in found] == headings
    assert all(finding["table"] is not None for finding in found)


def test_an_alliance_of_one_year_is_told_what_is_missing(bare: Small):
    """No bonuses, no months, no year before: cost beside the peers' mean is all there is."""
    found = findings_of(execute(PAGE, parameters(bare, language="en", hospital="101")))
    assert [finding["table"] is not None for finding in found] == [True, False, False, False, True]


@pytest.fixture(scope="module", autouse=True)
def no_kernel_left():
    yield
    stop_kernel()
