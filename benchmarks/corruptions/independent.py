"""The exported files read a second time by other means, so that nothing the import says is taken on trust.

Text by Arrow's CSV parser, workbooks from their XML, Parquet by DuckDB; numbers by the standard library.
"""

import gzip
import io
import re
import zipfile
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pyarrow as pa
import pyarrow.csv as pc

from analysis.contract import ColumnType, Table
from analysis.sources.spec import FileSpec

#: A row as text: column -> cell, None where it is empty.
Row = dict[str, str | None]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DECIMALS: dict[ColumnType, int] = {"money": 2, "price": 6, "quantity": 4}
_NARROW = str.maketrans("０１２３４５６７８９．，－＋", "0123456789.,-+")
_NUMBER = re.compile(r"[+-]?((\d+|\d{1,3}(,\d{3})+)(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def read_export(path: Path, spec: FileSpec) -> tuple[list[Row], int]:
    """Rows of an exported file, and how many lines have not the header's number of cells."""
    if spec.format == "parquet":
        return _parquet(path), 0
    if spec.format == "xlsx":
        return _sheet(path, spec.sheet), 0
    return _text(path, spec)


def _text(path: Path, spec: FileSpec) -> tuple[list[Row], int]:
    content = path.read_bytes()
    content = gzip.decompress(content) if spec.format == "csv.gz" else content
    text = content.decode(_encoding(content, spec.encoding)).removeprefix("\ufeff")
    odd: list[str] = []

    def keep_apart(row: pc.InvalidRow) -> str:
        cells = row.text.rstrip("\r\n").split(spec.delimiter)
        if any(cells):
            odd.append(row.text)
        return "skip"

    lines = text.split("\n")
    width = len(lines[0].rstrip("\r").rstrip(spec.delimiter).split(spec.delimiter))
    text = "\n".join(_shortened(line, width, spec.delimiter) for line in lines)
    rows = pc.read_csv(
        io.BytesIO(text.encode()),
        read_options=pc.ReadOptions(use_threads=False, block_size=1 << 26),
        parse_options=pc.ParseOptions(
            delimiter=spec.delimiter, newlines_in_values=True, invalid_row_handler=keep_apart
        ),
        convert_options=pc.ConvertOptions(strings_can_be_null=False, null_values=[], default_column_type=pa.string()),
    )
    return _first_of_each(rows), len(odd)


def _shortened(line: str, width: int, delimiter: str) -> str:
    """A line without the empty cells that stand beyond the header's width."""
    bare = line.rstrip("\r")
    while bare.count(delimiter) >= width and bare.endswith(delimiter) and '"' not in bare:
        bare = bare[:-1]
    return bare + line[len(line.rstrip("\r")) :]


def _encoding(content: bytes, declared: str) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if declared != "auto":
        return declared
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return "gb18030"


def _first_of_each(rows: pa.Table) -> list[Row]:
    """Rows as dictionaries; of two columns with one name the first."""
    names = rows.column_names
    columns = {name: rows.column(names.index(name)).to_pylist() for name in names}
    found = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    trimmed = [{name: (value or "").strip() or None for name, value in row.items()} for row in found]
    return [row for row in trimmed if any(row.values())]


def _sheet(path: Path, name: str) -> list[Row]:
    with zipfile.ZipFile(path) as packed:
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
        number = [sheet.get("name") for sheet in book.iter(f"{_MAIN}sheet")].index(name) + 1
        strings = packed.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in packed.namelist() else b"<sst/>"
        shared = [
            "".join(part.text or "" for part in item.iter(f"{_MAIN}t")) for item in ElementTree.fromstring(strings)
        ]
        sheet = ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))
    lines = [{_letters(cell): _value(cell, shared) for cell in row} for row in sheet.iter(f"{_MAIN}row")]
    lines = [line for line in lines if any(line.values())]
    heads = {at: head for at, head in lines[0].items() if head}
    return [{head: line.get(at) for at, head in heads.items()} for line in lines[1:]]


def _letters(cell: Any) -> str:
    return re.sub(r"\d", "", cell.get("r"))


def _value(cell: Any, shared: list[str]) -> str | None:
    kind, value = cell.get("t"), cell.find(f"{_MAIN}v")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_MAIN}t")).strip() or None
    if value is None or value.text is None:
        return None
    if kind == "b":
        return "true" if value.text == "1" else "false"
    text = shared[int(value.text)] if kind == "s" else value.text
    return text.strip() or None


def _parquet(path: Path) -> list[Row]:
    with duckdb.connect() as db:
        found = db.execute("select columns(*)::varchar from read_parquet($file)", {"file": str(path)})
        names = [column[0] for column in found.description]
        return [
            {name: (value or "").strip() or None for name, value in zip(names, row, strict=True)}
            for row in found.fetchall()
        ]


def number(text: str | None, kind: ColumnType) -> str | None:
    """A number as the contract keeps it, as text; what is no such number stays as it is written."""
    if text is None:
        return None
    narrow = text.translate(_NARROW)
    if not _NUMBER.fullmatch(narrow):
        return text
    try:
        value = Decimal(narrow.replace(",", ""))
        kept = value.quantize(Decimal(1).scaleb(-_DECIMALS[kind]), ROUND_HALF_UP)
    except InvalidOperation:
        return text
    return format(kept + 0, "f") if abs(kept) < Decimal(10) ** (18 - _DECIMALS[kind]) else text


def marks(table: Table, rows: list[Row]) -> Counter[tuple[str | None, ...]]:
    """What must be found again of each row: its codes, and its amounts, prices and quantities to the last digit."""
    shown = [c for c in table.columns.values() if c.type in _DECIMALS or (c.type == "code" and not c.values)]
    return Counter(
        tuple(number(row.get(c.name), c.type) if c.type in _DECIMALS else row.get(c.name) for c in shown)
        for row in rows
    )
