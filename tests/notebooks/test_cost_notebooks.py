"""The notebooks of cost and of overspending: every section answers its question, with all accounts and without any."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from closed_factory import Small
from report_fixtures import ROOT, parameters

from analysis.errors import InputError
from analysis.reporting.html import findings_of
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute

_NAMES = ("cost_allocation", "cost_methods", "drg_cost_sheet", "overspending_drg", "reconciliation")
NOTEBOOKS = [ROOT / "notebooks/explore" / f"{name}.ipynb" for name in _NAMES]
#: Sections that a hospital of three months cannot answer with a table.
_NO_TABLE = {"overspending_drg": 6}
names = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module", autouse=True)
def warm_kernel() -> Iterator[None]:
    yield
    stop_kernel()


def headings(executed: nbformat.NotebookNode, language: str) -> list[str]:
    cells = [cell for cell in executed.cells if f"lang-{language}" in cell.metadata.get("tags", [])]
    return [cell.source.removeprefix("## ") for cell in cells if cell.source.startswith("## ")]


@names
def test_questions_are_the_headings_above_them(costed: Small, notebook: Path):
    executed = execute(notebook, parameters(costed, language="zh"))
    findings = findings_of(executed)
    assert [finding["question"] for finding in findings] == headings(executed, "zh")
    assert sum(finding["table"] is not None for finding in findings) >= len(findings) - _NO_TABLE.get(notebook.stem, 3)


@names
def test_without_accounts_a_page_says_so(bare: Small, notebook: Path):
    executed = execute(notebook, parameters(bare, language="en", hospital="101"))
    findings = findings_of(executed)
    assert [finding["question"] for finding in findings] == headings(executed, "en")
    assert any("Not computed: the data lack ledger" in finding["text"] for finding in findings)


def test_the_cost_sheet_of_a_drg_that_is_not_there(costed: Small):
    with pytest.raises(InputError, match="no cases of DRG 'ZZ99'"):
        execute(ROOT / "notebooks/explore/drg_cost_sheet.ipynb", parameters(costed, drg_code="ZZ99"))
