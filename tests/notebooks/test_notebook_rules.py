"""How notebooks are written: parameters first, a question a heading in both languages, little code, no outputs."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from report_fixtures import DEPARTMENT, NOTEBOOKS, OVERVIEW, PATHWAYS, REVISION, START_HERE

from analysis.reporting.runner import known_parameters

#: SQL, a path, a file.
FORBIDDEN = r"\bselect\b.+\bfrom\b|Path\(|\.parquet|['\"][\w.]*/"
COMMITTEE = {OVERVIEW, DEPARTMENT, PATHWAYS, REVISION, OVERVIEW.with_name("value.ipynb")}
names = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def test_there_are_notebooks():
    assert {OVERVIEW, DEPARTMENT, START_HERE} <= set(NOTEBOOKS)


@names
def test_parameters_come_first_and_are_the_usual_ones(path: Path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert "parameters" in first.metadata.tags
    assert {"data", "period", "outputs", "language", "hospital"} <= set(known_parameters(path))


@names
def test_stored_without_outputs(path: Path):
    assert not [cell for cell in cells(path, "code") if cell.outputs or cell.execution_count]


@names
def test_little_code_and_no_definitions(path: Path):
    sources = [cell.source for cell in cells(path, "code")]
    assert max(len(source.splitlines()) for source in sources) <= 15
    assert sum(len(source.splitlines()) for source in sources) <= 100
    for source in sources:
        kinds = {type(node) for node in ast.walk(ast.parse(source))}
        assert not kinds & {ast.FunctionDef, ast.Lambda, ast.ClassDef}


@names
def test_no_sql_and_no_path_outside_the_parameters(path: Path):
    for cell in cells(path, "code")[1:]:
        assert not re.search(r"\bselect\b.+\bfrom\b|Path\(|\.parquet|['\"][\w.]*/", cell.source, re.IGNORECASE), (
            cell.source
        )


@names
def test_every_text_stands_in_both_languages(path: Path):
    tags = [cell.metadata.tags for cell in cells(path, "markdown")]
    assert all(tag in (["lang-zh"], ["lang-en"]) for tag in tags)
    assert tags == [["lang-zh"], ["lang-en"]] * (len(tags) // 2), "Chinese, then English, cell by cell"
    texts = [cell.source for cell in cells(path, "markdown")]
    for zh, en in zip(texts[::2], texts[1::2], strict=True):
        assert re.findall(r"^#+ ", zh, re.MULTILINE) == re.findall(r"^#+ ", en, re.MULTILINE)
        assert re.search(r"[一-鿿]", zh) and not re.search(r"[一-鿿]", en)


@pytest.mark.parametrize("path", sorted(COMMITTEE), ids=lambda path: path.stem)
def test_a_committee_notebook_answers_one_question_a_heading(path: Path):
    found = nbformat.read(path, as_version=4).cells
    headings = [i for i, cell in enumerate(found) if cell.cell_type == "markdown" and cell.source.startswith("## ")]
    assert sum(cell.source.startswith("# ") for cell in found if cell.cell_type == "markdown") == 2
    for i in headings[1::2]:
        assert found[i + 1].cell_type == "code" and len(found[i + 1].source.splitlines()) == 1
    assert len(headings) == 2 * sum(cell.cell_type == "code" for cell in found[3:]) - 2
