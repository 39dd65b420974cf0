"""Corruptions of exported workbooks and Parquet files, and damage to the bytes of any exported file."""

import zipfile
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.corruptions.damage import DAMAGES
from benchmarks.corruptions.kinds import Kinds
from benchmarks.corruptions.small_hospital import SHEETS, workbook

kind = Kinds("source")


def _damaged(name: str) -> None:
    def apply(place: Path, random: Random) -> str:
        return DAMAGES[name](random.choice(sorted((place / "source").iterdir())), random)

    kind(f"exported file: {name}")(apply)


for _name in DAMAGES:
    _damaged(_name)


def _book(place: Path) -> Path:
    return place / "source/accounts.xlsx"


def _cells(sheet: Any, heading: str) -> list[Any]:
    at = next(cell.column for cell in sheet[1] if cell.value == heading)
    return [row[at - 1] for row in sheet.iter_rows(min_row=2)]


@kind("workbook: amounts as formulas never calculated", "error")
def formulas(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    chosen = random.sample(_cells(book["ledger"], "amount"), 3)
    for cell in chosen:
        cell.value = f"=1*{cell.value or 0}"
    book.save(_book(place))
    return str([cell.coordinate for cell in chosen])


@kind("workbook: text, errors or yes in cells of numbers", "quarantined")
def wrong_cells(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    chosen = random.sample(_cells(book["ledger"], "amount"), 3)
    value = random.choice(["约100", "#REF!", True, "1 000"])
    for cell in chosen:
        cell.value = value
    book.save(_book(place))
    return f"{value!r} in {[cell.coordinate for cell in chosen]}"


@kind("workbook: numbers as text with separators", "clean")
def numbers_as_text(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    for cell in _cells(book["ledger"], "amount"):
        if cell.value not in (None, ""):
            cell.value = f"{float(cell.value):,.2f}"
    book.save(_book(place))
    return "ledger.amount"


@kind("workbook: months as real dates", "clean")
def real_dates(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    for cell in _cells(book["ledger"], "month"):
        cell.value = datetime.fromisoformat(f"{cell.value}-01")
        cell.number_format = "yyyy-mm-dd"
    book.save(_book(place))
    return "ledger.month"


@kind("workbook: months as serial numbers", "clean")
def serials(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    for cell in _cells(book["ledger"], "month"):
        cell.value = (datetime.fromisoformat(f"{cell.value}-01") - datetime(1899, 12, 30)).days
    book.save(_book(place))
    return "ledger.month"


@kind("workbook: empty rows and columns", "clean")
def empty_parts(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    sheet = book[random.choice(SHEETS)]
    sheet.insert_rows(random.randint(2, sheet.max_row), random.randint(1, 4))
    sheet.insert_cols(sheet.max_column + 1, 2)
    book.save(_book(place))
    return sheet.title


@kind("workbook: a title above the headings", "error")
def title(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    sheet = book[random.choice(SHEETS)]
    sheet.insert_rows(1)
    sheet["A1"] = "2023 年 2 月"
    book.save(_book(place))
    return sheet.title


@kind("workbook: a sheet renamed or gone", "error")
def sheet_gone(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    name = random.choice(SHEETS)
    if random.random() < 0.5:
        book[name].title = "Sheet1"
    else:
        del book[name]
    book.save(_book(place))
    return name


@kind("workbook: rows twice", "quarantined")
def rows_twice(place: Path, random: Random) -> str:
    book = workbook(_book(place))
    sheet = book[random.choice(SHEETS)]
    for row in random.sample(list(sheet.iter_rows(min_row=2, values_only=True)), 3):
        sheet.append(row)
    book.save(_book(place))
    return str(sheet.title)


@kind("workbook: a part of the file gone", "error")
def part_gone(place: Path, random: Random) -> str:
    with zipfile.ZipFile(_book(place)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    needed = [name for name in parts if "worksheets/sheet" in name or name.endswith(("workbook.xml", "Types].xml"))]
    lost = random.choice(needed)
    with zipfile.ZipFile(_book(place), "w") as packed:
        for name, content in parts.items():
            if name != lost:
                packed.writestr(name, content)
    return lost


def _parquet(place: Path, random: Random) -> Path:
    return place / "source" / f"{random.choice(['drivers', 'workload'])}.parquet"


@kind("Parquet: a column of another type", "clean")
def other_type(place: Path, random: Random) -> str:
    file = place / "source/drivers.parquet"
    rows = pq.read_table(file)
    at = rows.column_names.index("quantity")
    values = [None if value is None else float(value) for value in rows.column(at).to_pylist()]
    pq.write_table(rows.set_column(at, "quantity", pa.array(values, pa.float64())), file)
    return "drivers.quantity as double"


@kind("Parquet: a column of lists", "error")
def nested(place: Path, random: Random) -> str:
    file = _parquet(place, random)
    rows = pq.read_table(file)
    name = random.choice(rows.column_names)
    values = pa.array([[value] for value in rows[name].to_pylist()])
    pq.write_table(rows.set_column(rows.column_names.index(name), name, values), file)
    return f"{file.name}: {name}"


@kind("Parquet: a column gone", "error")
def column_gone(place: Path, random: Random) -> str:
    file = _parquet(place, random)
    rows = pq.read_table(file)
    name = random.choice(rows.column_names)
    pq.write_table(rows.drop_columns([name]), file)
    return f"{file.name}: {name}"


@kind("Parquet: rows twice", "quarantined")
def parquet_rows_twice(place: Path, random: Random) -> str:
    file = _parquet(place, random)
    rows = pq.read_table(file)
    pq.write_table(pa.concat_tables([rows, rows.slice(random.randrange(len(rows)), 4)]), file)
    return file.name


@kind("Parquet: no rows", "error")
def no_rows(place: Path, random: Random) -> str:
    file = _parquet(place, random)
    pq.write_table(pq.read_table(file).slice(0, 0), file)
    return file.name
