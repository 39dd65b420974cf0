"""Refused rows, kept with their reasons: quarantine/TABLE.parquet, and a CSV copy a person can open in Excel."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from analysis.engine import write_parquet
from analysis.files import replacing
from analysis.sources.staging import StagedFile

_EXCEL_ROWS = 1_000_000
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?[0-9][0-9,]*(\.[0-9]*)?$"


def write_quarantine(folder: Path, name: str, rows: pa.Table) -> None:
    """Write refused rows; the CSV has a byte-order mark, ends after 1,000,000 rows, and no cell of it is a formula."""
    if not len(rows):
        return
    write_parquet(rows, folder / f"{name}.parquet")
    shown = rows.slice(0, _EXCEL_ROWS)
    shown = pa.table({column: _harmless(shown[column]) for column in shown.column_names})
    with replacing(folder / f"{name}.csv") as unfinished, unfinished.open("wb") as stream:
        stream.write("\ufeff".encode())
        pa.csv.write_csv(shown, stream)


def write_unreadable(folder: Path, files: list[StagedFile]) -> None:
    """Write the lines of all files that could not be split into cells."""
    lines = [(file.path, line.row, line.reason, line.text) for file in files for line in file.unreadable]
    names = ("source_file", "source_row", "reasons", "line")
    columns = zip(*lines, strict=True) if lines else [[]] * len(names)
    write_quarantine(folder, "unreadable_lines", pa.table(dict(zip(names, map(list, columns), strict=True))))


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text that a spreadsheet would calculate gets an apostrophe in front; plain numbers stay as they are."""
    if not pa.types.is_string(column.type):
        return column
    formula = pc.match_substring_regex(column, _FORMULA)
    number = pc.match_substring_regex(column, _NUMBER)
    return pc.if_else(pc.and_not(formula, number), pc.binary_join_element_wise("'", column, ""), column)
