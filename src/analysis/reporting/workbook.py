"""The tables of a report as an Excel workbook: a sheet a Finding, typed cells, native charts; no text is a formula."""

import io
import re
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.files import write_bytes
from analysis.presentation.numbers import EXCEL_FORMATS
from analysis.presentation.palette import ACCENT

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIRST = 3  # row of the headings; above them the question and the sentence
#: Height of a line of text in points; width of the contents' text in characters.
_LINE, _TEXT_WIDTH = 16, 100


def write_workbook(path: Path, findings: list[dict[str, Any]], head: dict[str, Any], title: str) -> Path:
    """Write the tables of the findings, preceded by a sheet of contents.

    Parameters
    ----------
    findings : Finding.to_payload() of the report, in order; those without a table stand in the contents only.
    head : Report.head(): hospital, period, run id.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"title": f"{head.get('hospital', '')} {head.get('period', '')} {title}".strip()})
    book.set_custom_property("run id", head.get("run_id", ""))
    formats = _Formats(book)
    names = _sheet_names(findings)
    _contents(book, formats, findings, names, head, title)
    for finding, name in zip(findings, names, strict=True):
        if name:
            _sheet(book, formats, name, finding)
    book.close()
    return write_bytes(path, buffer.getvalue())


class _Formats:
    """Cell formats by kind and weight, made once a workbook."""

    def __init__(self, book: Workbook):
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}
        self.question = book.add_format({"bold": True, "font_size": 13})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.link = book.add_format({"font_color": ACCENT, "underline": 1, "valign": "top"})

    def of(self, kind: str, strong: bool) -> Format:
        key = (kind, strong)
        if key not in self._made:
            look: dict[str, Any] = {"bold": strong}
            if kind in EXCEL_FORMATS:
                look |= {"num_format": EXCEL_FORMATS[kind], "align": "right"}
            elif kind == "text_right":
                look["align"] = "right"
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _sheet_names(findings: list[dict[str, Any]]) -> list[str]:
    """A name for every finding with a table, as Excel allows it: 31 characters, none twice."""
    names: list[str] = []
    for finding in findings:
        wanted = re.sub(r"[\[\]:*?/\\']", " ", finding["table"]["sheet"])[:28].strip() if finding["table"] else ""
        name, number = wanted, 1
        while name and name.lower() in {n.lower() for n in names}:
            number += 1
            name = f"{wanted} {number}"
        names.append(name)
    return names


def _contents(
    book: Workbook,
    formats: _Formats,
    findings: list[dict[str, Any]],
    names: list[str],
    head: dict[str, Any],
    title: str,
) -> None:
    zh = head.get("language") == "zh"
    sheet = book.add_worksheet("目录" if zh else "Contents")
    sheet.hide_gridlines(2)
    _printed_on_one_width(sheet)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    place = " · ".join(part for part in (head.get("hospital"), head.get("department"), head.get("period")) if part)
    sheet.write_string(0, 0, f"{place}  {title}".strip(), formats.question)
    state = ("预结" if zh else "provisional") if head.get("provisional") else ""
    marks = [state, head.get("note", ""), f"{'运行编号' if zh else 'run id'} {head.get('run_id', '')}"]
    sheet.write_string(1, 0, " · ".join(mark for mark in marks if mark))
    for row, (finding, name) in enumerate(zip(findings, names, strict=True), _FIRST):
        if name:
            sheet.write_url(row, 0, f"internal:'{name}'!A1", formats.link, name)
        said = f"{finding['question']} {finding['text']}"
        sheet.set_row(row, _LINE * (1 + _columns(said) // _TEXT_WIDTH))
        sheet.write_string(row, 1, said, formats.wrapped)


def _printed_on_one_width(sheet: Worksheet) -> None:
    """A4 across, all columns on one page."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _sheet(book: Workbook, formats: _Formats, name: str, finding: dict[str, Any]) -> None:
    table = finding["table"]
    sheet = book.add_worksheet(name)
    _printed_on_one_width(sheet)
    sheet.write_string(0, 0, finding["question"], formats.question)
    sheet.write_string(1, 0, finding["text"])
    heads = [_heading(column, table) for column in table["columns"]]
    sheet.set_row(_FIRST, 2 * _LINE)
    for at, text in enumerate(heads):
        sheet.write_string(_FIRST, at, text, formats.heading)
    for number, row in enumerate(table["rows"]):
        for at, cell in enumerate(row):
            _cell(sheet, _FIRST + 1 + number, at, cell, formats.of(cell["kind"], number in table["strong"]))
    for at, text in enumerate(heads):
        values = [row[at]["value"] for row in table["rows"]]
        sheet.set_column(at, at, _width(text, values))
    sheet.freeze_panes(_FIRST + 1, 1)
    for row, note in enumerate(finding["caveats"], _FIRST + 2 + len(table["rows"])):
        sheet.write_string(row, 0, note)
    if table["chart"] and table["rows"]:
        _chart(book, sheet, name, table)


def _heading(column: dict[str, Any], table: dict[str, Any]) -> str:
    """The heading with the unit of the cell: large sums are shown in ten thousands, but stored in full."""
    text: str = column["heading"]
    if column["kind"] != "money_large":
        return text
    shown, full = table["units"]
    return text.replace(shown, full)


def _cell(sheet: Worksheet, row: int, at: int, cell: dict[str, Any], look: Format) -> None:
    value = cell["value"]
    if value is None:
        sheet.write_blank(row, at, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, at, value, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, at, value, look)
    else:
        sheet.write_string(row, at, str(value), look)


def _width(heading: str, values: list[Any]) -> float:
    """Column width in characters; a Chinese one counts twice. Headings may break into two lines."""
    texts = [f"{value:,.1f}" if isinstance(value, float) else str(value) for value in values if value is not None]
    longest = max([_columns(text) for text in texts], default=0)
    return min(max(longest, _columns(heading) / 2, 7) + 2, 48)


def _columns(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _chart(book: Workbook, sheet: Worksheet, name: str, table: dict[str, Any]) -> None:
    names = [column["name"] for column in table["columns"]]
    last = _FIRST + len(table["rows"]) - len([row for row in table["strong"] if row == len(table["rows"]) - 1])
    stacked = {"subtype": "stacked"} if table["chart"]["kind"] == "bar" and len(table["chart"]["values"]) > 1 else {}
    chart = book.add_chart({"type": table["chart"]["kind"], **stacked})
    category = names.index(table["chart"]["category"])
    for value in table["chart"]["values"]:
        at = names.index(value)
        chart.add_series({
            "name": [name, _FIRST, at],
            "categories": [name, _FIRST + 1, category, last, category],
            "values": [name, _FIRST + 1, at, last, at],
            **({} if len(table["chart"]["values"]) > 1 else {"fill": {"color": ACCENT}, "line": {"color": ACCENT}}),
        })  # fmt: skip
    kind = next(column["kind"] for column in table["columns"] if column["name"] == table["chart"]["values"][0])
    values = {"num_format": "0%" if kind.startswith("percent") else "#,##0", "major_gridlines": {"visible": False}}
    categories = {"label_position": "low"}
    if table["chart"]["kind"] == "bar":
        chart.set_y_axis({"reverse": True, **categories})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(categories)
        chart.set_y_axis(values)
    if len(table["chart"]["values"]) == 1:
        chart.set_legend({"none": True})
    chart.set_size({"width": 620, "height": max(280, 22 * len(table["rows"]) + 90)})
    sheet.insert_chart(_FIRST, len(names) + 1, chart)
