"""The case report of a small hospital from end to end: sections, self-contained page, document with its figures."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
import yaml
from closed_factory import Small
from eras_hospital import FIRST
from markdown_it import MarkdownIt
from report_fixtures import ROOT, parameters

from analysis.closed_period import open_period
from analysis.errors import InputError
from analysis.reporting.font import page_font
from analysis.reporting.html import findings_of, head_of, make_page
from analysis.reporting.kernel import stop_kernel
from analysis.reporting.markdown import write_markdown
from analysis.reporting.packs import Pack
from analysis.reporting.runner import execute
from analysis.settings import read_settings

NOTEBOOK = ROOT / "notebooks/research/value_case_study.ipynb"
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def executed(eras: Small) -> Iterator[dict[str, nbformat.NotebookNode]]:
    yield {language: execute(NOTEBOOK, parameters(eras, language=language, first=FIRST)) for language in LANGUAGES}
    stop_kernel()


def headings(notebook: nbformat.NotebookNode, language: str) -> list[str]:
    cells = [cell for cell in notebook.cells if f"lang-{language}" in cell.metadata.get("tags", [])]
    return [cell.source.removeprefix("## ") for cell in cells if cell.source.startswith("## ")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_answers_its_heading(executed: dict[str, nbformat.NotebookNode], language: str):
    findings = findings_of(executed[language])
    assert [finding["question"] for finding in findings] == headings(executed[language], language)
    assert [finding["question"] for finding in findings if finding["table"] is None] == [
        headings(executed[language], language)[place] for place in (0, 1, 13)
    ], "abstract, methods and limits are words, everything else has its table"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_all_it_needs(executed: dict[str, nbformat.NotebookNode], language: str):
    page = make_page(executed[language], language, page_font, "Report")
    body = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    assert not re.search(r"<script|<link|<iframe|(?:src|href)=\"(?!#|data:)", body)
    assert not re.search(r"url\((?!data:|#)|@import", page)
    assert body.count("<svg") == 6 and not re.search(r">nan<|NaN|>None<", body)
    if language == "en":
        assert not re.search(r"[一-鿿]", body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_opens_with_all_its_figures(
    executed: dict[str, nbformat.NotebookNode], language: str, tmp_path: Path
):
    document, *figures = write_markdown(executed[language], language, tmp_path, "report", "Report")
    _, front, text = document.read_text("utf8").split("---\n", 2)
    head = yaml.safe_load(front)
    assert head["title"] == head_of(executed[language])["subject"] and head["run"]
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = [token.type for token in parsed]
    assert "html_block" not in kinds and kinds.count("table_open") >= 12
    inline = [child for token in parsed for child in token.children or ()]
    assert not [child for child in inline if child.type == "html_inline"]
    shown = [child.attrs["src"] for child in inline if child.type == "image"]
    assert shown == [path.name for path in figures] and all((tmp_path / name).is_file() for name in shown)
    level = [following.content for token, following in pairwise(parsed) if token.type == "heading_open"]
    assert level == headings(executed[language], language)


def test_no_surgeon_and_no_patient_is_named(executed: dict[str, nbformat.NotebookNode], eras: Small):
    cases = open_period(eras.outputs / "eras" / eras.period).frame("cases")
    body = make_page(executed["en"], "en", lambda page: "", "Report")
    for column in ("stay_id", "patient_id", "physician_id"):
        assert not [code for code in cases[column].dropna().unique() if re.search(rf"\b{code}\b", body)]


def test_the_pack_makes_documents_of_studies_that_are_there():
    pack = read_settings(ROOT / "parameters/packs/case_report.yaml", Pack)
    assert set(pack.formats) == {"pdf", "xlsx", "md"} and pack.folder
    for page in pack.pages:
        assert (ROOT / "parameters/studies" / f"{page.parameters['study']}.yaml").is_file()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"study": "no_such"}, "parameter file not found"),
        ({"first": "2019-01"}, "not closed: 2019-01"),
        ({"study": "cataract_day_surgery"}, "not closed|no case is left|are treated"),
    ],
)
def test_what_cannot_be_studied_is_told(eras: Small, more: dict[str, str], told: str):
    with pytest.raises(InputError, match=told):
        execute(NOTEBOOK, parameters(eras, language="en", **more))
