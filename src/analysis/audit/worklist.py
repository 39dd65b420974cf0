"""The worklist of a department (xlsx): its findings and denials of a month, and empty columns for its answers.

Only the columns of the answer can be changed. Every row carries a mark of its own content, so that a row somebody
changed nevertheless is noticed when the file comes back. No text becomes a formula.
"""

import hashlib
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from analysis.audit.reviews import NEXT, read_reviews, standing
from analysis.closed_period import ClosedPeriods, open_period
from analysis.engine import sql_text
from analysis.errors import InputError
from analysis.files import write_bytes
from analysis.hospital import open_hospital
from analysis.vocabulary import Language, label

#: First cell of the hidden row by which a worklist is known.
MARK = "workbench worklist 1"
#: name of the column, headings in zh and en, width; the answer's columns are the last four.
COLUMNS = (
    ("mark", "", "", 2),
    ("kind", "类别", "Kind", 9),
    ("finding_id", "编号", "Finding", 19),
    ("reason", "规则或原因", "Rule or reason", 24),
    ("result", "性质", "Result", 13),
    ("day", "日期", "Date", 11),
    ("department", "科室", "Department", 16),
    ("physician_id", "医师", "Physician", 11),
    ("stay", "住院或就诊号", "Stay or visit", 13),
    ("amount", "金额", "Amount", 11),
    ("explanation", "说明", "Explanation", 52),
    ("standing", "现状态", "Stands at", 10),
    ("since", "自", "Since", 11),
    ("status", "答复", "Answer", 11),
    ("by", "答复人", "By", 12),
    ("at", "日期（年-月-日）", "Date (yyyy-mm-dd)", 14),
    ("note", "说明", "Note", 40),
)
NAMES = [name for name, *_ in COLUMNS]
ANSWER = ("status", "by", "at", "note")
#: Columns whose content the mark stands for.
MARKED = [name for name in NAMES if name not in (*ANSWER, "mark", "standing", "since")]
#: Row (from 0) of the hidden names, and of the first case.
_NAMES_AT, _FIRST = 2, 4
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_worklist(
    data: Path, outputs: Path, period: str, out: Path, department: str = "", language: Language | None = None
) -> int:
    """Write the worklist of a closed month.

    Parameters
    ----------
    data : data/NAME, with the answers given so far; the closed month is outputs/NAME/PERIOD.
    out : the file to write (.xlsx).
    department : code; empty = all departments, one after the other.
    language : of headings and explanations; None = the hospital's.

    Returns
    -------
    Number of findings and denials listed.

    Raises
    ------
    InputError
        The month is not closed, or the department has neither finding nor denial in it.
    """
    hospital = open_hospital(data)
    closed = open_period(outputs / hospital.name / period)
    language = language or hospital.card.language
    rows = _rows(closed, department)
    if rows.empty:
        there = _rows(closed, "")["department"].dropna().unique()
        raise InputError(
            "nothing to answer: neither finding nor denial",
            where=f"{period}{', department ' + department if department else ''}",
            mend=f"departments with cases to answer: {', '.join(sorted(there)) or 'none'}",
        )
    reviews = read_reviews(hospital)
    last = pd.concat([standing(reviews, kind).assign(kind=kind) for kind in ("finding", "denial")])
    rows = _worded(closed, _joined(rows, last), language)
    write_bytes(out, _workbook(rows, hospital.name, period, language))
    return len(rows)


def marked(name: str, period: str, row: dict[str, Any]) -> str:
    """Mark of a row's content in the worklist of a hospital and month."""
    content = json.dumps([name, period, *(row[column] for column in MARKED)], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _rows(closed: ClosedPeriods, department: str) -> pd.DataFrame:
    return closed.sql(sql_text("analysis.audit", "worklist"), department=department)


def _joined(rows: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Rows with the status at which each stands, and since when."""
    last = last.reset_index()[["kind", "finding_id", "status", "at"]]
    joined = rows.merge(last.rename(columns={"status": "standing", "at": "since"}), "left", ["kind", "finding_id"])
    return joined.assign(standing=joined["standing"].fillna("open"))


def _worded(closed: ClosedPeriods, rows: pd.DataFrame, language: Language) -> list[dict[str, Any]]:
    """Rows as they are written: words, ISO days, amounts to the fen as text for the mark, `next` for the choice."""
    names = closed.sql("select code, name, name_en from names where kind = 'department'")
    text = names["name_en"].fillna(names["name"]) if language == "en" else names["name"]
    departments = dict(zip(names["code"], text, strict=True))
    worded = []
    for row in rows.to_dict("records"):
        row = {name: None if pd.isna(value) else value for name, value in row.items()}
        code = row["department"]
        reason = label("denial_reason", row["reason"], language) if row["kind"] == "denial" else row["reason"]
        lacking = row["outcome"] == "lacking_evidence"
        worded.append(row | {
            "kind": label("review_kind", row["kind"], language),
            "reason": reason,
            "result": _result(row["result"], lacking, language),
            "day": f"{row['day']:%Y-%m-%d}",
            "department": f"{code} {departments.get(code, '')}".strip() if code else "",
            "amount": "" if row["amount"] is None else f"{row['amount']:.2f}",
            "explanation": row[f"explanation_{language}"] or "",
            "physician_id": row["physician_id"] or "",
            "stay": row["stay"] or "",
            "next": [label("review_status", status, language) for status in NEXT[row["standing"]]],
            "standing": label("review_status", row["standing"], language),
            "since": f"{row['since']:%Y-%m-%d}" if row["since"] is not None else "",
        })  # fmt: skip
    return worded


def _result(result: str | None, lacking: bool, language: Language) -> str:
    if lacking:
        return label("finding_outcome", "lacking_evidence", language)
    return label("finding_result", result, language) if result else ""


def _workbook(rows: list[dict[str, Any]], name: str, period: str, language: Language) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"created": datetime(2000, 1, 1)})  # the same worklist is the same file
    zh = language == "zh"
    sheet = book.add_worksheet("工作单" if zh else "Worklist")
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    fixed = book.add_format({"valign": "top", "text_wrap": True})
    money = book.add_format({"valign": "top", "num_format": "#,##0.00"})
    free = {
        "locked": False,
        "valign": "top",
        "text_wrap": True,
        "bg_color": "#FFF8E1",
        "border": 1,
        "border_color": "#E5E7EB",
    }
    open_cell, open_day = book.add_format(free), book.add_format(free | {"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 1, _title(name, period, zh), book.add_format({"bold": True, "font_size": 13}))
    sheet.write_string(1, 1, _told(zh))
    _heads(sheet, [MARK, name, period, language], bold, zh)
    for at, row in enumerate(rows, _FIRST):
        for place, column in enumerate(NAMES):
            if column == "mark":
                sheet.write_string(at, place, marked(name, period, row))
            elif column in ANSWER:
                sheet.write_blank(at, place, None, open_day if column == "at" else open_cell)
            elif column == "amount" and row["amount"]:
                sheet.write_number(at, place, float(row["amount"]), money)
            else:
                sheet.write_string(at, place, row[column], fixed)
        _choices(sheet, at, row["next"])
    _finish(sheet, len(rows))
    book.close()
    return buffer.getvalue()


def _title(name: str, period: str, zh: bool) -> str:
    return f"{name} {period} 核查工作单" if zh else f"{name} {period}: findings to answer"


def _told(zh: bool) -> str:
    if zh:
        return "只填黄色各列：答复（待处理 → 已说明或已确认 → 已整改 → 已核验）、答复人、日期；已说明须写明理由。"
    return (
        "Fill in the yellow columns only: answer (open → explained or accepted → rectified → verified), by, date; "
        "an explanation needs its reason."
    )


def _heads(sheet: Worksheet, marks: list[str], bold: Any, zh: bool) -> None:
    """Hidden row that says what the file is and names the columns, and the headings."""
    for place, (name, head_zh, head_en, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width, None, {"hidden": name == "mark"})
        sheet.write_string(_NAMES_AT, place, json.dumps(marks) if name == "mark" else name)
        sheet.write_string(_FIRST - 1, place, head_zh if zh else head_en, bold)
    sheet.set_row(_NAMES_AT, None, None, {"hidden": True})


def _choices(sheet: Worksheet, row: int, words: list[str]) -> None:
    """Only what may come next can be chosen; the day is a day."""
    status, day = NAMES.index("status"), NAMES.index("at")
    if words:
        sheet.data_validation(row, status, row, status, {"validate": "list", "source": words})
    limits = {
        "validate": "date",
        "criteria": "between",
        "minimum": datetime(2000, 1, 1),
        "maximum": datetime(2199, 1, 1),
    }
    sheet.data_validation(row, day, row, day, limits)


def _finish(sheet: Worksheet, rows: int) -> None:
    sheet.freeze_panes(_FIRST, 3)
    sheet.autofilter(_FIRST - 1, 1, _FIRST - 1 + rows, len(NAMES) - 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST - 1)
