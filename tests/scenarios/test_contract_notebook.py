"""The notebook on the value contract answers every question on the demonstration hospital, and keeps its study."""

from pathlib import Path

import pytest
from report_fixtures import ROOT

from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute
from analysis.studies.study_tables import read_studies

NOTEBOOK = ROOT / "notebooks/research/value_contract.ipynb"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_is_answered(closed_demo: Path, language: str):
    data = closed_demo.parents[1] / "data" / closed_demo.name
    given = {"data": str(data), "outputs": str(closed_demo.parent), "period": "2023-03", "language": language}
    executed = execute(NOTEBOOK, given)
    stop_kernel()
    headings = [
        cell.source.removeprefix("## ")
        for cell in executed.cells
        if cell.source.startswith("## ") and f"lang-{language}" in cell.metadata.get("tags", [])
    ]
    found = findings_of(executed)
    assert [finding["question"] for finding in found] == headings
    assert all(finding["table"] is not None for finding in found)
    kept = read_studies(closed_demo, "scenario_outcomes")
    forms = set(kept.loc[kept["study"] == "F4_diabetic_foot", "scenario"])
    assert forms == {"bundle", "bundle_outcome", "bundle_tested"}
