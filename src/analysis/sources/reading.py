"""CSV, xlsx and Parquet read as text, in batches: nothing is guessed, and a line that does not fit is kept apart."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from analysis.errors import InputError, blocked
from analysis.sources.encoding import find_encoding, open_bytes
from analysis.sources.spec import FileSpec

_BATCH = 50_000
Cells = list[str | None]


@dataclass(frozen=True)
class Unreadable:
    """A line with more or fewer cells than the header; `row` is the line of a text file, the row of a sheet."""

    row: int
    reason: str
    text: str


def read_text(path: Path, spec: FileSpec, language: str, unreadable: list[Unreadable]) -> Iterator[pa.Table]:
    """Batches of a file, the first empty: columns of text (trimmed, missing cells null) and `_row`, its row there.

    Lines that cannot be read are appended to `unreadable`. Empty lines are no rows.

    Raises
    ------
    InputError
        Wrong encoding, a quote never closed, a damaged file, no such sheet, no header.
    """
    try:
        for batch in _READERS[spec.format](path, spec, language, unreadable):
            yield clean(batch, spec.missing)
    except _DAMAGED as error:
        raise _damaged(path, spec, error) from error
    except OSError as error:
        raise (blocked(error, str(path)) if error.errno else _damaged(path, spec, error)) from error


#: What the readers raise at a file of another kind, or cut off; SyntaxError is that of the sheets' XML.
_DAMAGED = (
    pa.ArrowException,
    zipfile.BadZipFile,
    InvalidFileException,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    SyntaxError,
)


def _damaged(path: Path, spec: FileSpec, error: Exception) -> InputError:
    return InputError(
        f"not a readable {spec.format} file",
        where=str(path),
        rows=[str(error)[:200]],
        mend="check `format` in the spec, or export the file again",
    )


def _read_csv(path: Path, spec: FileSpec, language: str, unreadable: list[Unreadable]) -> Iterator[pa.Table]:
    encoding = find_encoding(path, spec, language)
    quoting = csv.QUOTE_MINIMAL if spec.quoted else csv.QUOTE_NONE
    with open_bytes(path, spec) as raw, io.TextIOWrapper(raw, encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=spec.delimiter, quoting=quoting, strict=True)
        try:
            yield from _tables(_csv_rows(reader), path, spec, unreadable)
        except csv.Error as error:
            raise InputError(
                "the quotation marks or characters of a line do not fit together",
                where=f"{path}, line {reader.line_num}",
                rows=[str(error)],
                mend="mend the line, or set `quoted: false` in the spec if the file does not quote its cells",
            ) from error


def _csv_rows(reader: Any) -> Iterator[tuple[int, Cells]]:
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _read_xlsx(path: Path, spec: FileSpec, language: str, unreadable: list[Unreadable]) -> Iterator[pa.Table]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (KeyError, TypeError, ValueError) as error:  # a zip without the parts of a workbook
        raise _damaged(path, spec, error) from error
    try:
        if spec.sheet and spec.sheet not in book.sheetnames:
            raise InputError(
                f"no sheet {spec.sheet!r}", where=str(path), mend=f"sheets there: {', '.join(book.sheetnames)}"
            )
        sheet = book[spec.sheet] if spec.sheet else book.worksheets[0]
        sheet.reset_dimensions()
        _refuse_uncalculated(path, sheet.title)
        rows = ((number, [_cell(v) for v in row]) for number, row in enumerate(sheet.values, 1))
        yield from _tables(rows, path, spec, unreadable)
    finally:
        book.close()


def _refuse_uncalculated(path: Path, name: str) -> None:
    """A formula that no spreadsheet program has calculated has no value: its cell would be read as empty."""
    with zipfile.ZipFile(path) as packed:
        if not any(b"<f" in packed.read(part) for part in packed.namelist() if part.startswith("xl/worksheets/")):
            return
    formulas = openpyxl.load_workbook(path, read_only=True)
    values = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in (formulas[name], values[name]):
            sheet.reset_dimensions()
        pairs = zip(formulas[name].iter_rows(), values[name].iter_rows(values_only=True), strict=False)
        for row, found in pairs:
            for cell, value in zip(row, found, strict=False):
                if value is None and cell.data_type == "f":
                    raise InputError(
                        "a cell holds a formula that was never calculated",
                        where=f"{path}, sheet {name}, cell {cell.coordinate}",
                        rows=[str(cell.value)[:80]],
                        mend="open the workbook in Excel, save it, and import again",
                    )
    finally:
        formulas.close()
        values.close()


def _cell(value: Any) -> str | None:
    """A typed cell as text: whole numbers without a point, others with the fifteen digits Excel has."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else format(value, ".15g")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_parquet(path: Path, spec: FileSpec, language: str, unreadable: list[Unreadable]) -> Iterator[pa.Table]:
    first = 1
    file = pq.ParquetFile(path)
    for batch in chain([pa.RecordBatch.from_pylist([], file.schema_arrow)], file.iter_batches(_BATCH)):
        columns = {}
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            try:
                columns[name] = column.cast(pa.string())
            except pa.ArrowNotImplementedError as error:
                raise InputError(
                    f"column {name} holds {column.type}, which is no plain value",
                    where=str(path),
                    mend="write it as text, a number or a time",
                ) from error
        columns["_row"] = pa.array(range(first, first + len(batch)), pa.int64())
        first += len(batch)
        yield pa.table(columns)


_READERS = {"csv": _read_csv, "csv.gz": _read_csv, "xlsx": _read_xlsx, "parquet": _read_parquet}


def _tables(
    rows: Iterable[tuple[int, Cells]], path: Path, spec: FileSpec, unreadable: list[Unreadable]
) -> Iterator[pa.Table]:
    """Rows of cells as batches under the header's names."""
    rows = iter(rows)
    header = next(((number, cells) for number, cells in rows if number >= spec.header and any(cells)), None)
    if header is None:
        raise InputError(
            "the file is empty" if spec.header <= 1 else f"no column names in row {spec.header}",
            where=str(path),
            mend="export the file again, or take it out of the spec",
        )
    names = _names(header[1], path, spec)
    if spec.header == 0:
        rows = chain([header], rows)
    yield pa.table({**{name: pa.array([], pa.string()) for name in names}, "_row": pa.array([], pa.int64())})
    fitting = _fitting(rows, len(names), spec.format == "xlsx", unreadable)
    while batch := list(islice(fitting, _BATCH)):
        columns = zip(*(cells for _, cells in batch), strict=True)
        table = {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
        yield pa.table({**table, "_row": pa.array([number for number, _ in batch], pa.int64())})


def _names(cells: Cells, path: Path, spec: FileSpec) -> list[str]:
    """Column names; one without a name is columnN, a second one of the same name gets _2."""
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    if len(cells) == 1 and spec.format != "xlsx":
        held = [mark for mark in (";", "\t", "|", ",") if mark != spec.delimiter and mark in (cells[0] or "")]
        if held:
            raise InputError(
                "the header is one single column",
                where=str(path),
                rows=[str(cells[0])[:200]],
                mend=f"set delimiter: {held[0]!r} for this file in the spec",
            )
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = (cell or "").strip() if spec.header else ""
        name = name or f"column{number}"
        taken = sum(other.lower() == name.lower() for other in names)
        names.append(f"{name}_{number}" if taken else name)
    return names


def _fitting(
    rows: Iterable[tuple[int, Cells]], width: int, pad: bool, unreadable: list[Unreadable]
) -> Iterator[tuple[int, Cells]]:
    """Rows of the header's width; empty cells beyond it are cut, those missing in a sheet are padded."""
    for number, cells in rows:
        if not any(cells):
            continue
        found = len(cells)
        if found > width and not any(cells[width:]):
            yield number, cells[:width]
        elif found < width and pad:
            yield number, [*cells, *[None] * (width - found)]
        elif found == width:
            yield number, cells
        else:
            shown = " | ".join(cell or "" for cell in cells)
            unreadable.append(Unreadable(number, f"{found} cells instead of {width}", shown))


def clean(batch: pa.Table, missing: tuple[str, ...]) -> pa.Table:
    """Text trimmed; empty cells and those that mean "not known" are null."""
    empty = pa.array(["", *missing])
    for index, name in enumerate(batch.column_names):
        if name != "_row":
            text = pc.utf8_trim_whitespace(batch.column(index))
            known = pc.if_else(pc.is_in(text, empty), None, text)
            batch = batch.set_column(index, name, known)
    return batch
