"""The pack of cost accounting: a sheet a report of the norm, sums that hold, and a folder of its own."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from closed_factory import Small
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from report_fixtures import ROOT

from analysis.errors import InputError
from analysis.reporting.packs import render_pack

PACK = ROOT / "parameters/packs/cost_accounting.yaml"
REPORTS = {
    "科室直接成本", "临床全成本", "全成本构成", "分摊汇总", "成本来源", "成本口径", "诊次与床日成本", "服务项目汇总",
    "服务项目明细", "产能与闲置", "病组成本明细", "病组成本构成", "病组服务单元成本",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(costed: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as it is shipped but for the PDFs, in Chinese, beside a report that stands there already."""
    pack = tmp_path_factory.mktemp("pack") / "cost_accounting.yaml"
    shipped = yaml.safe_load(PACK.read_text("utf8"))
    pack.write_text(yaml.safe_dump(shipped | {"formats": ["xlsx"]}, allow_unicode=True), "utf8")
    beside = costed.outputs / "demo" / costed.period / "index.html"
    beside.write_text("the committee's report", "utf8")
    render_pack(pack, costed.data, costed.period, ["zh"], costed.outputs)
    assert beside.read_text("utf8") == "the committee's report"
    return beside.parent / "cost_accounting"


def column(sheet: Worksheet, heading: str) -> list[object]:
    """Values below a heading, down to the first empty cell of the first column."""
    at = [cell.value for cell in sheet[4]].index(heading)
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    last = next((i for i, row in enumerate(rows) if row[0] is None and row[1] is None), len(rows))
    return [row[at] for row in rows[:last]]


def test_one_workbook_with_a_sheet_a_report(folder: Path):
    names = {path.name for path in folder.iterdir()}
    assert {"index.html", "manifest.json"} < names
    for page in ("cost_allocation", "cost_methods", "reconciliation"):
        assert {f"{page}_zh.html", f"{page}_zh.xlsx"} < names
    book = load_workbook(folder / "cost_allocation_zh.xlsx")
    assert set(book.sheetnames) >= REPORTS
    assert {"总账→科室", "科室→病例", "病例跨月", "病例→病组"} <= set(
        load_workbook(folder / "reconciliation_zh.xlsx").sheetnames
    )


def test_the_sheets_hold_every_centre_and_sum_to_the_ledger(folder: Path, costed: Small):
    ledger = pq.read_table(costed.data / "ledger.parquet").to_pandas()
    ledger = ledger[ledger["month"] == costed.period]
    total = float(ledger["amount"].sum())
    book = load_workbook(folder / "cost_allocation_zh.xlsx")
    direct = book["科室直接成本"]
    codes, sums = column(direct, "编码"), column(direct, "合计（元）")
    centres = {code: value for code, value in zip(codes, sums, strict=True) if code}
    assert set(ledger["cost_centre"]) - {"0499"} <= set(centres), "centres that the page leaves out are in the workbook"
    assert sum(centres.values()) == pytest.approx(total) == pytest.approx(sums[-1])
    full = column(book["临床全成本"], "全成本（元）")
    assert sum(full[:-1]) == pytest.approx(full[-1]) == pytest.approx(total)
    heads = [cell.value for cell in book["临床全成本"][4]]
    assert sum("·" in str(head) for head in heads) == 21, "direct, indirect and full of each of the seven items"
    links = load_workbook(folder / "reconciliation_zh.xlsx")["科室→病例"]
    assert set(column(links, "差额（元）")) == {0} and len(column(links, "差额（元）")) == 40


def test_the_page_shows_the_largest_and_names_no_physician(folder: Path):
    page = (folder / "cost_allocation_zh.html").read_text("utf8")
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)  # the letters of an embedded font may spell anything
    assert "见工作簿" in text and "医师编码" not in text and "DR0" not in text


def test_the_folder_of_a_pack_is_a_plain_name(costed: Small, tmp_path: Path):
    for folder in ("../up", "tables"):
        pack = tmp_path / "wrong.yaml"
        shipped = yaml.safe_load(PACK.read_text("utf8"))
        pack.write_text(yaml.safe_dump(shipped | {"folder": folder}, allow_unicode=True), "utf8")
        with pytest.raises(InputError, match="folder"):
            render_pack(pack, costed.data, costed.period, ["zh"], costed.outputs)
