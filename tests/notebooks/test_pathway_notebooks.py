"""The notebooks on pathways: every section answers its question, with data and without any."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from closed_factory import Small
from report_fixtures import PATHWAYS, REVISION, ROOT, parameters
from test_cost_notebooks import headings

from analysis.errors import InputError
from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute

ADHERENCE = ROOT / "notebooks/explore/pathway_adherence.ipynb"
#: Sections of each that a hospital of three months answers with a table, at least.
TABLES = {ADHERENCE: 8, PATHWAYS: 5, REVISION: 1}
names = pytest.mark.parametrize("notebook", TABLES, ids=lambda path: path.stem)


@pytest.fixture(scope="module", autouse=True)
def warm_kernel() -> Iterator[None]:
    yield
    stop_kernel()


@names
def test_questions_are_the_headings_above_them(costed: Small, notebook: Path):
    executed = execute(notebook, parameters(costed, language="zh"))
    findings = findings_of(executed)
    assert [finding["question"] for finding in findings] == headings(executed, "zh")
    assert sum(finding["table"] is not None for finding in findings) >= TABLES[notebook]


@names
def test_without_pathways_a_page_says_so(bare: Small, notebook: Path):
    executed = execute(notebook, parameters(bare, language="en", hospital="101"))
    findings = findings_of(executed)
    assert [finding["question"] for finding in findings] == headings(executed, "en")
    assert findings[0]["table"] is None and "holds no such data" in findings[0]["text"]


def test_a_pathway_that_is_asked_for_is_the_one_drawn(costed: Small):
    executed = execute(ADHERENCE, parameters(costed, language="en", pathway="pneumonia"))
    told = {finding["question"]: finding["text"] for finding in findings_of(executed)}
    assert told["What does the pathway ask for?"].startswith("Pneumonia without complication: 6 days")


def test_a_pathway_that_is_not_there(costed: Small):
    with pytest.raises(InputError, match="no pathway 'measles'"):
        execute(ADHERENCE, parameters(costed, pathway="measles"))
