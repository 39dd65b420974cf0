"""A pack rendered from end to end: pages, workbooks, index and manifest of a small hospital."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from closed_factory import DEPARTMENTS, Small
from openpyxl import load_workbook
from report_fixtures import PACK, ROOT, Pages

from analysis.errors import InputError
from analysis.reporting.packs import render_pack
from analysis.reporting.pdf import find_browser

CHINESE = re.compile(r"[一-鿿]")


class Links(HTMLParser):
    """Everything a page would fetch or lead to, its scripts, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.scripts = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.targets += [v for k, v in attributes if k in {"src", "href", "xlink:href", "action", "data"} and v]

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.words.append(data)


def read(page: Path) -> Links:
    links = Links()
    links.feed(page.read_text("utf8"))
    return links


def test_every_page_is_there(pages: Pages):
    folder, files, steps = pages.folder, pages.files, pages.steps
    wanted = {
        "overview_zh",
        "overview_en",
        "pathways_zh",
        "pathways_en",
        "value_zh",
        "value_en",
        *(f"department_{code}_zh" for code in DEPARTMENTS),
    }
    assert set(steps) == wanted
    for suffix in [".html", ".xlsx", *([".pdf"] if find_browser() else [])]:
        assert {path.stem for path in folder.glob(f"*{suffix}")} - {"index"} == wanted
    assert files[0] == folder / "index.html" and files[-1] == folder / "manifest.json"
    assert all(path.is_file() for path in files)
    left = [path for path in folder.glob(".*") if path.suffix != ".lock"]
    assert not left, "nothing unfinished is left"


def test_pages_reach_nothing_outside(pages: Pages):
    for page in pages.folder.glob("*.html"):
        links = read(page)
        assert links.scripts == 0
        outside = [t for t in links.targets if not t.startswith(("data:", "#"))]
        assert not outside or page.name == "index.html", outside
        style = "".join(re.findall(r"<style>(.*?)</style>", page.read_text("utf8"), re.DOTALL))
        assert not re.search(r"url\((?!data:)|@import", style)


def test_pages_are_in_one_language(pages: Pages):
    zh, en = ((pages.folder / f"overview_{language}.html").read_text("utf8") for language in ("zh", "en"))
    assert '<html lang="zh-CN">' in zh and '<html lang="en">' in en
    assert "十二项指标达标了吗？" in zh and "Are the twelve indicators" not in zh
    assert "Are the twelve indicators on target?" in en
    body = en.split("<body>")[1]
    assert not CHINESE.search(body), "the English page of a hospital with English names holds no Chinese"


def test_header_footer_and_first_section(pages: Pages):
    text = (pages.folder / "overview_zh.html").read_text("utf8")
    body = text.split("<body>")[1]
    for wanted in ("示例医院", "2023 年 6 月", "预结 · 年终清算前", "医保成本分析报告（月度）", "run-2023-06"):
        assert wanted in body
    assert body.index("十二项指标达标了吗？") < body.index("项未达标") < body.index("申报的钱到了多少？")
    assert "@page" in text and "open_report" not in body, "code is hidden"


def test_text_from_data_stays_text(pages: Pages):
    for page in pages.folder.glob("*.html"):
        assert "<script" not in page.read_text("utf8")
    links = read(pages.folder / "department_D04_zh.html")
    assert any("<script>alert(1)</script>" in words for words in links.words)


def test_index_links_every_file(pages: Pages):
    folder = pages.folder
    targets = {unquote(target) for target in read(folder / "index.html").targets if not target.startswith("data:")}
    assert targets == {path.name for path in folder.glob("[!.]*") if path.is_file()} - {"index.html"}
    assert "未达标" in (folder / "index.html").read_text("utf8")


def test_manifest_is_complete(pages: Pages):
    folder, files = pages.folder, pages.files
    manifest = json.loads((folder / "manifest.json").read_text("utf8"))
    assert manifest["run_id"] == "run-2023-06" and manifest["inputs"] == {"stays": "0123456789abcdef"}
    assert manifest["packages"]["papermill"] and manifest["packages"]["drg-value-workbench"]
    assert manifest["report_pack"]["sha256"] == hashlib.sha256(PACK.read_bytes()).hexdigest()
    assert set(manifest["files"]) == {path.name for path in files} - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    overview = next(page for page in manifest["pages"] if page["name"] == "overview_en")
    assert overview["parameters"]["period"] == "2023-06" and overview["parameters"]["language"] == "en"


def test_workbook_is_typed_and_its_text_is_no_formula(pages: Pages):
    book = load_workbook(pages.folder / "overview_zh.xlsx")
    assert book.sheetnames[:3] == ["目录", "指标", "结算"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "f" not in kinds and {"s", "n"} <= kinds
    names = {row[0].value for row in book["科室盈亏"].iter_rows(min_row=5)}
    assert any(str(name).startswith("=HYPERLINK(") for name in names)
    assert "<script>alert(1)</script>" in names
    margins = book["病组盈亏"]
    heads = {cell.value: cell.column for cell in margins[4]}
    cell = margins.cell(5, heads["成本盈亏（元）"])
    assert isinstance(cell.value, float) and cell.number_format == "#,##0"
    assert margins.freeze_panes == "B5" and len(margins._charts) == 1


def test_workbook_holds_what_the_page_shows(pages: Pages):
    sheet = load_workbook(pages.folder / "overview_zh.xlsx")["指标"]
    heads = [cell.value for cell in sheet[4]]
    row = next(r for r in sheet.iter_rows(min_row=5) if r[0].value == "药占比")
    shown = dict(zip(heads, row, strict=True))
    assert shown["本期"].value == pytest.approx(0.3) and shown["本期"].number_format == "0.0%"
    assert shown["达标"].value == "达标"
    assert "30.0%" in (pages.folder / "overview_zh.html").read_text("utf8")


def test_no_patient_no_physician_no_small_group(pages: Pages):
    for page in pages.folder.glob("*.html"):
        words = " ".join(read(page).words)
        assert not re.search(r"P\d{5}\b|DOC1|\b\d{4}-\d\d-\d{5}\b", words)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"period": "2031-01"}, "not closed: 2031-01"),
        ({"languages": ["fr"]}, "unknown language"),
        ({"hospital": "H9"}, "no cases of hospital 'H9'"),
        ({"pack": ROOT / "parameters/packs/nowhere.yaml"}, "parameter file not found"),
    ],
)
def test_wrong_input_is_told_at_once(small: Small, change: dict, problem: str):
    arguments = {
        "pack": PACK,
        "data": small.data,
        "period": small.period,
        "languages": ["zh"],
        "outputs": small.outputs,
    }
    with pytest.raises(InputError, match=problem):
        render_pack(**(arguments | change))
