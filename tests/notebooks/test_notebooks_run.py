"""Every notebook runs on a small hospital and on a bare alliance; what it answers is what it asked."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from closed_factory import Small
from report_fixtures import DEPARTMENT, OVERVIEW, START_HERE, parameters

from analysis.errors import InputError
from analysis.reporting.font import page_font
from analysis.reporting.html import findings_of, head_of, make_page
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.runner import execute, run_notebook


@pytest.fixture(scope="module", autouse=True)
def warm_kernel() -> Iterator[None]:
    yield
    stop_kernel()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("notebook", [OVERVIEW, DEPARTMENT], ids=lambda path: path.stem)
def test_questions_are_the_headings_above_them(small: Small, notebook: Path, language: str):
    more = {"department": "D02"} if notebook == DEPARTMENT else {}
    executed = execute(notebook, parameters(small, language=language, **more))
    headings = [
        cell.source.removeprefix("## ")
        for cell in executed.cells
        if cell.source.startswith("## ") and f"lang-{language}" in cell.metadata.tags
    ]
    assert [finding["question"] for finding in findings_of(executed)] == headings


def test_overview_of_a_bare_hospital(bare: Small):
    """No ledger, no charges, no fund, one year: everything is said, nothing fails."""
    executed = execute(OVERVIEW, parameters(bare, language="en", hospital="101"))
    told = {finding["question"]: finding for finding in findings_of(executed)}
    assert len(told) == 20
    assert told["Does the fund quota hold?"]["table"] is None
    assert told["Which DRGs lose most, which earn most?"]["table"] is not None
    assert head_of(executed)["period"] == "2020" and "peers" in head_of(executed)["note"]


@pytest.mark.parametrize("name", ["explore/audit_anomalies.ipynb", "committee/in_stay_watch.ipynb"])
def test_anomalies_and_the_watch_run_where_there_is_much_and_where_there_is_little(
    small: Small, bare: Small, name: str
):
    notebook = OVERVIEW.parents[1] / name
    much = findings_of(execute(notebook, parameters(small)))
    little = findings_of(execute(notebook, parameters(bare, language="en", hospital="101")))
    assert len(much) == len(little) == (7 if "anomalies" in name else 2)
    assert all(finding["text"] for finding in (*much, *little))


def test_start_here_runs_from_top_to_bottom(small: Small):
    for language in ("zh", "en"):
        executed = execute(START_HERE, parameters(small, language=language))
        assert [finding["table"] is not None for finding in findings_of(executed)] == [True]
        assert not [o for cell in executed.cells for o in cell.get("outputs", []) if o.output_type == "stream"]


def test_a_second_run_makes_the_same_page(small: Small):
    one, two = (make_page(execute(DEPARTMENT, parameters(small, department="D01")), "zh", page_font) for _ in range(2))
    assert one == two


def test_nothing_is_left_from_the_notebook_before(small: Small, tmp_path: Path):
    """The kernel is kept, its names are not."""
    execute(OVERVIEW, parameters(small))
    nosy = tmp_path / "nosy.ipynb"
    nosy.write_text(
        OVERVIEW.read_text("utf8").replace("open_report(data, period, outputs, language, hospital)", "report"), "utf8"
    )
    with pytest.raises(InputError, match="NameError: name 'report' is not defined"):
        execute(nosy, parameters(small))


def test_an_unknown_parameter_is_an_error(small: Small):
    with pytest.raises(InputError) as caught:
        execute(OVERVIEW, parameters(small, perod="2023-06"))
    assert "unknown parameter: perod" in str(caught.value)
    assert "data, period, outputs, language, hospital" in str(caught.value)


def test_a_failing_cell_is_named_with_its_reason(small: Small):
    with pytest.raises(InputError) as caught:
        execute(OVERVIEW, parameters(small) | {"period": "2031-01"})
    told = str(caught.value)
    assert "cell 3 of the notebook failed: not closed: 2031-01" in told
    assert "overview.ipynb" in told and "open_report" not in told and "Traceback" not in told


def test_a_cell_that_fails_by_itself_is_shown(tmp_path: Path):
    cells = [
        nbformat.v4.new_code_cell("one = 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("one / 0"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "by_zero.ipynb")
    with pytest.raises(InputError) as caught:
        execute(tmp_path / "by_zero.ipynb", {})
    assert "ZeroDivisionError" in caught.value.what and caught.value.rows == ("one / 0",)
    assert "workbench lab" in caught.value.mend


def test_a_notebook_that_is_not_there(tmp_path: Path):
    with pytest.raises(InputError, match="notebook not found"):
        execute(tmp_path / "nowhere.ipynb", {})
    (tmp_path / "no.ipynb").write_text("{", "utf8")
    with pytest.raises(InputError, match="not a notebook"):
        execute(tmp_path / "no.ipynb", {})


def test_one_notebook_run_by_itself_becomes_a_page(small: Small, tmp_path: Path):
    page = run_notebook(START_HERE, parameters(small), "zh", tmp_path)
    text = page.read_text("utf8")
    assert page == tmp_path / "notebooks" / "start_here_zh.html"
    assert "这个月哪些病组亏损" in text and "Which DRGs lost money" not in text
