"""Workbooks: names of sheets as Excel wants them, empty and suppressed cells, charts; file names that are safe."""

from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Style
from analysis.presentation.tables import Chart, Column, Table
from analysis.reporting.files import safe_name
from analysis.reporting.workbook import write_workbook


def finding(sheet: str, **columns: list) -> dict:
    heads = tuple(Column(name, name, "text" if name == "name" else "money") for name in columns)
    chart = Chart("bar", "name", ("value",))
    return Finding("Q?", Table(pd.DataFrame(columns), heads, sheet, Style("en"), chart=chart), "T.").to_payload()


def test_sheets_cells_and_contents(tmp_path: Path):
    findings = [
        finding("A/B: [c]?*", name=["=1+1", "@x", "+y", "-z"], value=[1, None, "<10", 2.5]),
        finding("a b   c", name=["q"], value=[True]),
        finding("x" * 40, name=["q"], value=[float("nan")]),
        Finding("Nothing?", None, "Not computed.").to_payload(),
    ]
    path = write_workbook(tmp_path / "w.xlsx", findings, {"language": "en", "hospital": "H", "run_id": "r"}, "Report")
    book = load_workbook(path)
    assert book.sheetnames[0] == "Contents" and len(book.sheetnames) == 4
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == 4
    first = book[book.sheetnames[1]]
    assert [first.cell(row, 1).value for row in range(5, 9)] == ["=1+1", "@x", "+y", "-z"]
    assert {first.cell(row, 1).data_type for row in range(5, 9)} == {"s"}
    assert [first.cell(row, 2).value for row in range(5, 9)] == [1, None, "<10", 2.5]
    told = [cell.value for cell in book["Contents"]["B"]]
    assert told[-1] == "Nothing? Not computed."


def test_file_names_are_safe_and_differ():
    assert safe_name("D01") == "D01" and safe_name("心内科") == "心内科"
    names = [safe_name(code) for code in ("../../etc", "etc", "e/tc", "")]
    assert len(set(names)) == 4 and not [name for name in names if "/" in name or ".." in name]
