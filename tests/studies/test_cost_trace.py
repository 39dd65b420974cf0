"""Cost origins of a department as a reader sees them, on the hand hospital."""

from pathlib import Path

import pytest
from hand_hospital import hand_hospital, write_hospital
from hand_parameters import write_parameters

from analysis.closing import close
from analysis.periods import Period
from analysis.studies.committee import open_report
from analysis.studies.cost_trace import cost_origins


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write_parameters(folder)
    data = write_hospital(folder / "data" / "hand", hand_hospital())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        close(data, [Period("2023-05")], folder / "outputs")
    return folder


def finding(project, language="zh", department=""):
    return cost_origins(open_report("data/hand", "2023-05", str(project / "outputs"), language), department)


def test_by_hand(project):
    """Ward and clinic together: the whole ledger of 1,900; 1,600 of their own, laboratory 200, office 100."""
    found = finding(project)
    assert found.text == "内科全成本 1,900 元，其中 84.2% 直接记在本科室；来自其他 2 个科室的部分中，L最多（200 元）。"
    rows = found.table.rows.set_index("centre")
    assert rows["total"].to_dict() == {"W": 1200, "C": 400, "L": 200, "A": 100}
    assert rows.loc["W", ["personnel", "drugs"]].tolist() == [900, 300]
    assert rows["group"].tolist() == ["本科室", "本科室", "医疗技术类", "行政后勤类"]
    assert "人员经费" in found.figure and "行政后勤类" in found.figure


def test_in_english(project):
    found = finding(project, "en", "D")
    assert found.text.startswith(
        "Medicine cost CNY 1,900, 84.2% of it booked at the department itself; of what 2 other"
    )
    assert "Medical technology" in found.figure and not any("\u4e00" <= letter <= "\u9fff" for letter in found.figure)


def test_a_period_without_allocations_says_so(small):
    found = cost_origins(open_report(str(small.data), small.period, str(small.outputs)))
    assert found.table is None and found.text == "本期没有相应数据。"
