"""Refused rows, kept with their reasons: quarantine/TABLE.parquet, and a CSV copy a person can open in Excel."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from analysis.files import replacing
from analysis.sources.staging import StagedFile
from analysis.sources.writing import BATCH, even, write_batches

_EXCEL_ROWS = 1_000_000
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?[0-9][0-9,]*(\.[0-9]*)?$"


def write_quarantine(folder: Path, name: str, rows: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    """Write refused rows with their reasons, a batch at a time; how many there were."""
    target = folder / f"{name}.parquet"
    written = write_batches(rows, schema, target)
    with pq.ParquetFile(target) as file:
        _write_csv(folder / f"{name}.csv", file.iter_batches(BATCH), file.schema_arrow)
    return written


def _write_csv(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """A byte-order mark first, the end after 1,000,000 rows, and no cell that is a formula."""
    with replacing(path) as unfinished, unfinished.open("wb") as stream:
        stream.write("\ufeff".encode())
        with pa.csv.CSVWriter(stream, schema) as writer:
            for rows in _first(batches, _EXCEL_ROWS):
                writer.write_table(pa.table({c: _harmless(rows[c]) for c in rows.column_names}))


def _first(batches: Iterable[pa.RecordBatch], limit: int) -> Iterator[pa.Table]:
    for rows in even(batches):
        if limit <= 0:
            return
        yield rows.slice(0, limit)
        limit -= len(rows)


def write_unreadable(folder: Path, files: list[StagedFile]) -> None:
    """Write the lines of all files that could not be split into cells, if there are any."""
    lines = [(file.path, line.row, line.reason, line.text) for file in files for line in file.unreadable]
    if not lines:
        return
    names = ("source_file", "source_row", "reasons", "line")
    rows = pa.table(dict(zip(names, map(list, zip(*lines, strict=True)), strict=True)))
    write_quarantine(folder, "unreadable_lines", rows.to_batches(), rows.schema)


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text that a spreadsheet would calculate gets an apostrophe in front; plain numbers stay as they are."""
    if not pa.types.is_string(column.type):
        return column
    formula = pc.match_substring_regex(column, _FORMULA)
    number = pc.match_substring_regex(column, _NUMBER)
    return pc.if_else(pc.and_not(formula, number), pc.binary_join_element_wise("'", column, ""), column)
