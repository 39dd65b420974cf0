"""Sections on MDT meetings: what they say of a register made up, and of a hospital without one; the notebook runs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from closed_factory import Small

from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute
from analysis.settings import parameters_folder
from analysis.studies import mdt_findings
from analysis.studies.committee import open_report
from analysis.studies.mdt_meetings import STUDY, Meetings, keep_meetings, meetings_of
from analysis.studies.study_tables import read_studies

NOTEBOOK = parameters_folder().parent / "notebooks" / "explore" / "mdt.ipynb"


def register(stays: int = 600) -> pd.DataFrame:
    """Stays of one group, half of whom should meet; meetings are planned on any day and halve nothing."""
    random = np.random.default_rng(3)
    days = np.maximum(1, np.round(random.gamma(4, 2.5, stays)))
    planned = np.where(random.random(stays) < 0.5, 1 + np.floor(random.exponential(6, stays)), np.inf)
    wanted = random.random(stays) < 0.5
    return pd.DataFrame({
        "stay_id": [f"S{i}" for i in range(stays)], "patient_id": [f"P{i}" for i in range(stays)], "drg_code": "IC29",
        "department": np.where(np.arange(stays) < 5, "D01", "D02"), "age": random.integers(40, 90, stays), "sex": "F",
        "emergency": 0, "systems": np.where(wanted, 2, 1), "discharged_at": pd.Timestamp("2023-06-15"), "days": days,
        "met_on": np.where(planned < days, planned, np.nan), "by_systems": wanted, "by_expected": False,
        "wanted": wanted, "complication": (random.random(stays) < 0.2).astype(float), "readmission": 0.0,
    })  # fmt: skip


def meetings(small: Small, language: str) -> Meetings:
    report = open_report(str(small.data), small.period, str(small.outputs), language)
    return Meetings(report, register(), pd.DataFrame(columns=["pathway", "stay_id"]), {}, draws=40)


def test_who_had_one_tells_rates_of_departments_large_enough(small: Small):
    finding = mdt_findings.who_had_one(meetings(small, "en"))
    rows = finding.table.rows
    assert rows["department"].tolist() == ["D02"] and rows["name"].tolist() == ["Orthopaedics"]
    made = register()[lambda r: (r["department"] == "D02") & r["wanted"]]
    assert rows["rate"].iloc[0] == pytest.approx(made["met_on"].notna().mean())
    assert "expected stay 30% over the standard: fewer than 10" in finding.text and "<svg" in finding.figure


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_they_did_sets_the_misleading_figure_beside(small: Small, language: str):
    """Nothing was planted: days by day no effect is claimed, though stays with a meeting are days longer."""
    finding = mdt_findings.what_it_did(meetings(small, language))
    days = finding.table.rows.set_index(["outcome", "method"])["estimate"]["stay"]
    assert days["naive"] > 2 > abs(days["sequential"])
    assert ("不能认定有作用" if language == "zh" else "no effect can be claimed") in finding.text
    assert f"{days['naive']:+.1f}" in finding.text and "<svg" in finding.figure and finding.to_html()


def test_differences_of_rates_are_points_and_a_handful_of_events_is_said(small: Small):
    """No readmission among those who met: no interval of it is to be relied on; complications are many."""
    finding = mdt_findings.what_it_did(meetings(small, "en"))
    made = register()[lambda r: r["met_on"].notna()]
    rates = finding.table.rows.set_index(["outcome", "method"])["estimate"]["complication"]
    assert f"{rates['naive'] * 100:+.1f} pts".replace("-", "−") in finding.to_html()
    assert f"Readmission in 30 days 0 / {len(made)}." in finding.caveats[-1]
    assert "Complication" not in finding.caveats[-1] and f"({len(made)} with a meeting)" in finding.text
    told = finding.table.rows.set_index("outcome")["ci_low"].isna()
    assert told["readmission"].all() and not told["complication"].any() and not told["stay"].any()


def test_the_study_is_kept_with_its_months(small: Small, tmp_path: Path):
    made = meetings(small, "zh")
    folder = keep_meetings(replace(made, report=replace(made.report, folder=tmp_path)))
    rows = read_studies(folder.parents[1], "effects")
    mine = rows[rows["study"] == STUDY]
    assert set(mine["outcome"]) == {"stay", "complication", "readmission"} and set(mine["estimand"]) == {"ATT_all"}


def test_the_notebook_says_that_there_is_nothing_where_there_is_nothing(small: Small):
    report = open_report(str(small.data), small.period, str(small.outputs), "en")
    assert meetings_of(report).register.empty and keep_meetings(meetings_of(report)) is None
    given = {"data": str(small.data), "period": small.period, "outputs": str(small.outputs), "language": "en"}
    told = findings_of(execute(NOTEBOOK, given))
    stop_kernel()
    assert [one["question"] for one in told[:2]] == [
        "Who had an MDT meeting, and who should have had one?", "What did the meetings do?",
    ]  # fmt: skip
    assert all(one["table"] is None for one in told[:2])
