"""Answers read from a worklist (xlsx) that came back: refused as a whole where anything in it cannot be right."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from analysis.audit.reviews import Answer, add_reviews
from analysis.audit.worklist import ANSWER, MARK, MARKED, NAMES, marked
from analysis.closed_period import open_period
from analysis.errors import InputError
from analysis.vocabulary import LANGUAGES, codes, label

_AGAIN = "write the worklist anew with `workbench review`, and fill in the yellow columns only"
_SHOWN = 5


def take_answers(file: Path, data: Path, outputs: Path) -> int:
    """Read the answers of a worklist into the contract table `reviews` of a data folder.

    Parameters
    ----------
    file : a worklist as `write_worklist` wrote it, filled in.
    data : data/NAME, the folder it was written for.
    outputs : where its closed months are.

    Returns
    -------
    Number of answers added.

    Raises
    ------
    InputError
        No worklist, one of another hospital, a cell changed that is not for the answer, an unknown case, an answer that
        is incomplete or may not follow what stands: with the rows, and nothing is written.
    """
    rows, name, period = _rows(file)
    if name != data.name:
        raise InputError(f"a worklist of {name}", where=str(file), mend=f"read it into data/{name}, not {data}")
    given = [(at, row) for at, row in rows if any(row[column] not in (None, "") for column in ANSWER)]
    _refuse(file, "row(s) were changed outside the yellow columns", _changed(given, name, period))
    _refuse(file, "case(s) answered twice in the file", _twice(given))
    answers, wrong = [], []
    for at, row in given:
        answer, faults = _answer(row)
        answers.append(answer)
        wrong += [f"row {at}, {row['finding_id']}: {fault}" for fault in faults]
    _refuse(file, "answer(s) are not complete", wrong, "choose an answer, say by whom and on which day")
    closed = open_period(outputs / name / period)
    known = {*closed.frame("findings")["finding_id"], *closed.frame("denied")["denial_id"]}
    unknown = [f"row {at}: {row['finding_id']}" for at, row in given if row["finding_id"] not in known]
    _refuse(file, f"case(s) that {period} does not have", unknown, f"the month was closed anew since: {_AGAIN}")
    return add_reviews(data, [answer for answer in answers if answer], str(file))


def _rows(file: Path) -> tuple[list[tuple[int, dict[str, Any]]], str, str]:
    """Rows (with their number in Excel) as dictionaries, the hospital and the period."""
    try:
        sheet = openpyxl.load_workbook(file, data_only=True).worksheets[0]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        raise InputError(
            "not an Excel workbook (.xlsx)", where=str(file), rows=[str(error)[:200]], mend=_AGAIN
        ) from error
    table = [list(values) for values in sheet.iter_rows(values_only=True)]
    for at, values in enumerate(table):
        marks = _marks(values[0] if values else None)
        if marks:
            if [str(value) for value in values[1 : len(NAMES)]] != NAMES[1:]:
                raise InputError("the columns of the worklist were changed", where=f"{file}, row {at + 1}", mend=_AGAIN)
            return list(_cases(table, at + 2)), marks[1], marks[2]
    raise InputError("not a worklist of the workbench", where=str(file), mend=_AGAIN)


def _marks(cell: Any) -> list[str]:
    """What the hidden cell says: mark, hospital, period, language; empty where it is none."""
    try:
        marks = json.loads(cell) if isinstance(cell, str) else []
    except ValueError:
        return []
    return marks if isinstance(marks, list) and len(marks) == 4 and marks[0] == MARK else []


def _cases(table: list[list[Any]], first: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for at, values in enumerate(table[first:], first + 1):
        if any(value is not None for value in values):
            yield at, dict(zip(NAMES, [*values, *[None] * len(NAMES)], strict=False))


def _changed(rows: list[tuple[int, dict[str, Any]]], name: str, period: str) -> list[str]:
    """Rows whose mark no longer stands for what they say."""
    wrong = []
    for at, row in rows:
        content = {column: "" if row[column] is None else str(row[column]) for column in MARKED}
        if isinstance(row["amount"], int | float):
            content["amount"] = f"{row['amount']:.2f}"
        if marked(name, period, content) != row["mark"]:
            wrong.append(f"row {at}, {row['finding_id']}")
    return wrong


def _twice(rows: list[tuple[int, dict[str, Any]]]) -> list[str]:
    seen: dict[tuple[str, str], int] = {}
    wrong = []
    for at, row in rows:
        before = seen.setdefault((row["kind"], row["finding_id"]), at)
        if before != at:
            wrong.append(f"rows {before} and {at}: {row['finding_id']}")
    return wrong


def _answer(row: dict[str, Any]) -> tuple[Answer | None, list[str]]:
    """The answer of a row, or what it lacks."""
    status, day = _code("review_status", row["status"]), _day(row["at"])
    by, note = _text(row["by"]), _text(row["note"])
    faults = []
    if status is None:
        faults.append(f"answer {row['status']!r} is none" if row["status"] else "no answer chosen")
    if not by:
        faults.append("nobody named in `by`")
    if day is None:
        faults.append(f"date {row['at']!r} is none" if row["at"] else "no date")
    elif day.date() > date.today():
        faults.append(f"date {day:%Y-%m-%d} lies in the future")
    elif f"{day:%Y-%m-%d}" < str(row["day"]):
        faults.append(f"date {day:%Y-%m-%d} lies before the case itself, {row['day']}")
    if status == "explained" and not note:
        faults.append("an explanation without its reason in `note`")
    if faults or status is None or day is None:
        return None, faults
    kind = _code("review_kind", row["kind"])
    return Answer(str(kind), row["finding_id"], status, by, day, note or None), []


def _code(values: str, word: Any) -> str | None:
    """The code of a word in either language, or the code itself."""
    known = {label(values, code, language): code for code in codes(values) for language in LANGUAGES}
    text = _text(word)
    return known.get(text, text if text in codes(values) else None)


def _day(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.strptime(_text(value).replace("/", "-").replace(".", "-"), "%Y-%m-%d")
    except ValueError:
        return None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _refuse(file: Path, what: str, wrong: list[str], mend: str = _AGAIN) -> None:
    if wrong:
        raise InputError(f"{len(wrong)} {what}", where=str(file), rows=wrong[:_SHOWN], mend=mend)
