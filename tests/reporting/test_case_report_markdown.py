"""A page as a document for a word processor: it parses as CommonMark, its figures are files, and it holds no HTML."""

import base64
import json
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml
from closed_factory import Small
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_fixtures import ROOT

from analysis.errors import InputError
from analysis.presentation.bars import ranked_bars
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Style
from analysis.presentation.passages import Passage, Passages
from analysis.presentation.tables import Column, Table
from analysis.reporting.markdown import write_markdown
from analysis.reporting.packs import render_pack
from analysis.reporting.pdf import browser_page, find_browser
from analysis.reporting.pictures import draw_pictures

#: Texts that would be markup, HTML, a list or a new cell if they were taken as they are.
UNSAFE = ["a|b", "<script>x</script>", "*", "1. first", "- minus", "[x](http://y.example)", "$a$", "a\nb", "~~gone~~"]


def tokens(document: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body(document))


def body(document: Path) -> str:
    return document.read_text("utf8").split("---\n", 2)[2]


def front(document: Path) -> dict[str, str]:
    return yaml.safe_load(document.read_text("utf8").split("---\n", 2)[1])


def inlines(parsed: list[Token], kind: str) -> list[Token]:
    return [child for token in parsed for child in token.children or () if child.type == kind]


def cells(parsed: list[Token]) -> list[list[str]]:
    """Texts of the table rows, heads first."""
    rows: list[list[str]] = []
    for token, following in zip(parsed, [*parsed[1:], None], strict=True):
        if token.type == "tr_open":
            rows.append([])
        if token.type in {"th_open", "td_open"}:
            rows[-1].append("".join(child.content for child in following.children))
    return rows


def finding(figure: bool = True) -> Finding:
    rows = pd.DataFrame({"what": UNSAFE, "value": [1234.4, *range(1, len(UNSAFE))], "hid": "hid"})
    heads = (Column("what", "What | is"), Column("value", "Value (CNY)", "money"), Column("hid", "Hid", "text", False))
    table = Table(rows, heads, "Sheet", Style("en"), strong=frozenset({0}))
    svg = ranked_bars(["甲", "乙"], [1, 2], Style("zh"), "count") if figure else ""
    return Finding("Question?", table, "# Not a heading, <b>not bold</b>.", ("- not a list", "caveat"), svg)


def notebook(*shown: Finding | Passages) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    words = [("lang-zh", "# 题目"), ("lang-en", "# Title"), ("lang-zh", "## 一节"), ("lang-en", "## A section")]
    made.cells = [nbformat.v4.new_markdown_cell(text, metadata={"tags": [tag]}) for tag, text in words]
    outputs = [nbformat.v4.new_output("display_data", data=one._repr_mimebundle_()) for one in shown]
    made.cells.append(nbformat.v4.new_code_cell("secret()", outputs=outputs))
    return made


def test_texts_of_the_data_stay_texts(tmp_path: Path):
    document, figure = write_markdown(notebook(finding()), "en", tmp_path, "page", "Report")
    parsed = tokens(document)
    kinds = {token.type for token in parsed}
    assert not kinds & {"html_block", "ordered_list_open", "code_block", "fence"}
    assert not inlines(parsed, "html_inline") and not inlines(parsed, "link_open") and not inlines(parsed, "s_open")
    assert cells(parsed) == [
        ["What | is", "Value (CNY)"],
        *([text.replace("\n", " "), f"{value:,}"] for text, value in zip(UNSAFE, [1234, *range(1, 9)], strict=True)),
    ]
    headings = [following.content for token, following in pairwise(parsed) if token.type == "heading_open"]
    assert headings == ["A section"], "the title stands in the front matter, sections are its first level"
    assert front(document) == {"title": "Title", "subtitle": "Report", "lang": "en"}
    assert "secret" not in document.read_text("utf8")
    assert [token.attrs["src"] for token in inlines(parsed, "image")] == [figure.name] and figure.parent == tmp_path


def test_a_figure_brings_its_letters(tmp_path: Path):
    _, figure = write_markdown(notebook(finding()), "zh", tmp_path, "page", "")
    assert figure.read_text("utf8").startswith("<svg") and "@font-face" in figure.read_text("utf8")
    with browser_page() as (page, problem):
        if page is None:
            pytest.skip(problem)
        coded = base64.b64encode(figure.read_bytes()).decode()
        page.set_content(f'<img id="it" src="data:image/svg+xml;base64,{coded}">')
        assert page.locator("#it").evaluate("it => it.decode().then(() => it.naturalWidth)") > 0, "it is sound XML"


def test_figures_and_tables_are_counted(tmp_path: Path):
    document, *figures = write_markdown(notebook(finding(), finding(False), finding()), "zh", tmp_path, "page", "")
    assert re.findall(r"[图表] \d", body(document)) == ["图 1", "表 1", "表 2", "图 2", "表 3"]
    assert [path.name for path in figures] == ["page_figure1.svg", "page_figure2.svg"]


def test_passages_begin_with_their_word(tmp_path: Path):
    said = Passages("Question?", (Passage("Methods", "By * and |."), Passage("", "No word.")))
    document, *_ = write_markdown(notebook(said), "en", tmp_path, "page", "")
    texts = ["".join(child.content for child in token.children) for token in tokens(document) if token.type == "inline"]
    assert texts[1:] == ["Methods By * and |.", "No word."]
    assert "<b>Methods</b>" in said.to_html() and said.to_payload()["table"] is None


@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
def test_pictures_take_the_place_of_the_drawings(tmp_path: Path):
    document, *figures = write_markdown(notebook(finding(), finding()), "zh", tmp_path, "page", "")
    with browser_page() as (page, _):
        pictures, fault = draw_pictures(page, document)
    assert fault == "" and [path.name for path in pictures] == ["page_figure1.png", "page_figure2.png"]
    assert [token.attrs["src"] for token in inlines(tokens(document), "image")] == [path.name for path in pictures]
    for path in pictures:
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and path.stat().st_size > 2000
        assert int.from_bytes(path.read_bytes()[16:20]) == 3 * 710, "nearly 300 dots an inch"
    assert all(path.is_file() for path in figures)


def test_a_pack_with_documents(small: Small, tmp_path: Path):
    """The document, its figures and the manifest stand together; a later run without documents takes them away."""
    pack = tmp_path / "documents.yaml"
    pages = [{"notebook": "committee/department.ipynb", "name": "page", "parameters": {"department": "D01"}}]
    content = {"title": {"zh": "文档", "en": "Document"}, "folder": "documents", "pages": pages}
    pack.write_text(yaml.safe_dump(content | {"formats": ["md"]}, allow_unicode=True), "utf8")
    files = render_pack(pack, small.data, small.period, ["en"], small.outputs)
    folder, document = files[0].parent, files[0].parent / "page_en.md"
    images = [token.attrs["src"] for token in inlines(tokens(document), "image")]
    assert images and all((folder / name).is_file() for name in images)
    assert {path.suffix for path in map(Path, images)} == {".png" if find_browser() else ".svg"}
    listed = json.loads((folder / "manifest.json").read_text("utf8"))["files"]
    assert {path.name for path in folder.iterdir()} - {"manifest.json"} == set(listed) == {p.name for p in files[:-1]}
    assert front(document)["subtitle"] == "Document" and front(document)["run"] == f"run-{small.period}"
    index = (folder / "index.html").read_text("utf8")
    assert 'href="page_en.md"' in index and "figure1" not in index
    pack.write_text(yaml.safe_dump(content | {"formats": []}, allow_unicode=True), "utf8")
    render_pack(pack, small.data, small.period, ["en"], small.outputs)
    assert {path.name for path in folder.iterdir()} == {"index.html", "manifest.json", "page_en.html"}


def test_a_format_that_is_none(tmp_path: Path, small: Small):
    pack = tmp_path / "wrong.yaml"
    shipped = yaml.safe_load((ROOT / "parameters/packs/cost_accounting.yaml").read_text("utf8"))
    pack.write_text(yaml.safe_dump(shipped | {"formats": ["docx"]}, allow_unicode=True), "utf8")
    with pytest.raises(InputError, match="formats"):
        render_pack(pack, small.data, small.period, ["zh"], small.outputs)
