"""The notebook on redesigning a pathway: every section answers its question, priced or not, and a study is kept."""

from collections.abc import Iterator

import pytest
from closed_factory import Small
from report_fixtures import ROOT, parameters
from test_cost_notebooks import headings

from analysis.errors import InputError
from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute
from analysis.studies.study_tables import read_studies

REDESIGN = ROOT / "notebooks/explore/pathway_redesign.ipynb"


@pytest.fixture(scope="module", autouse=True)
def warm_kernel() -> Iterator[None]:
    yield
    stop_kernel()


def test_priced_by_closed_months_and_kept_as_a_study(costed: Small):
    executed = execute(REDESIGN, parameters(costed, language="zh", pathway="cataract", replications="20"))
    findings = findings_of(executed)
    assert [finding["question"] for finding in findings] == headings(executed, "zh")
    assert sum(finding["table"] is not None for finding in findings) >= 9
    told = {finding["question"]: finding for finding in findings}
    assert "白内障日间手术" in told["每个方案会改变什么？"]["text"] and "元" in told["每个方案会改变什么？"]["text"]
    rows = read_studies(costed.outputs / "demo", "scenario_outcomes")
    rows = rows[rows["study"] == "E3_cataract"].set_index("outcome")
    assert rows.loc["stay", "ci_high"] < 0 and rows.loc["cost_of_patient", "ci_high"] < 0
    assert set(rows["scenario"]) == {"cataract_day_surgery"}


def test_without_data_days_are_told_and_no_money(bare: Small):
    more = {"hospital": "101", "pathway": "lumbar_disc", "replications": "20"}
    executed = execute(REDESIGN, parameters(bare, language="en", **more))
    findings = findings_of(executed)
    assert [finding["question"] for finding in findings] == headings(executed, "en")
    told = {finding["question"]: finding for finding in findings}
    changed = told["What would each plan change?"]
    assert "days of a patient" in changed["text"] and "CNY" not in changed["text"]
    assert not [row for row in changed["table"]["rows"] if "Cost" in str(row)]
    assert any("Not priced" in caveat for caveat in changed["caveats"])
    assert told["Which numbers are the hospital's own?"]["table"] is None


def test_a_plan_that_is_not_there(costed: Small):
    with pytest.raises(InputError, match="no scenario abi of the pathway cataract"):
        execute(REDESIGN, parameters(costed, pathway="cataract", scenario="abi"))
    with pytest.raises(InputError, match="no course to simulate"):
        execute(REDESIGN, parameters(costed, pathway="pneumonia"))
