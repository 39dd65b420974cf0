"""The quality guard shows what of the pathways was done as planned, beside the indicators."""

import pytest
from closed_factory import Small
from report_fixtures import opened

from analysis.closed_period import open_period
from analysis.studies.quality_guard import quality_guard


def test_pathway_steps_stand_beside_the_indicators(costed: Small):
    """Done steps / judged steps of the period, counted by hand from the closed table."""
    report = opened(costed, "en")
    rows = quality_guard(report).table.rows.set_index("indicator")
    steps = open_period(report.folder / report.period.name).frame("adherence")
    assert rows.loc["Pathway steps done as planned", "now"] == pytest.approx(steps["status"].eq("done").mean())
    assert 0 < rows.loc["Pathway steps done as planned", "so_far"] < 1


def test_without_pathways_the_row_is_gone(small: Small):
    rows = quality_guard(opened(small, "zh")).table.rows
    assert not rows["indicator"].str.contains("路径").any() and len(rows) >= 4
