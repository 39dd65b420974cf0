"""Published workbooks as rows: the heading found wherever it stands, codes of a second sheet joined by name.

Their traps: headings below titles, closing rows (totals, remarks), codes on another sheet, codes stored as numbers
(which lose their leading zeros), names written in full or half width, cells merged downwards.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

#: The heading stands within the first rows.
_HEADING = 10
_SERVICE_CODE = 15


@dataclass(frozen=True)
class Row:
    """One row of a sheet: number in the sheet, cells by field."""

    number: int
    cells: dict[str, Any]

    def text(self, field: str) -> str:
        return cell_text(self.cells.get(field))

    @property
    def code(self) -> str:
        return code_text(self.cells.get("code"))


@dataclass(frozen=True)
class Sheet:
    """Rows under the heading of a sheet. `said`: its title, the rows above the heading and the file's name."""

    said: str
    fields: tuple[str, ...]
    rows: list[Row]


def read_workbook(path: Path, columns: Mapping[str, str]) -> list[Sheet]:
    """Sheets of a workbook that have a heading of known columns.

    Parameters
    ----------
    columns : heading -> field.

    Raises
    ------
    ValueError
        The file is no workbook.
    """
    try:
        book = load_workbook(path, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise ValueError(f"no readable workbook: {str(error)[:100]}") from error
    sheets = [_sheet(path.stem, sheet, columns) for sheet in book.worksheets]
    return [sheet for sheet in sheets if sheet is not None]


def cell_text(value: Any) -> str:
    """A cell as text without spaces around it; a whole number without decimals."""
    if value is None:
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return " ".join(str(int(value) if whole else value).replace("\u3000", " ").split())


def code_text(value: Any) -> str:
    """A code as text, in half width; a service code that a cell holds as a number gets its zeros back."""
    text = unicodedata.normalize("NFKC", cell_text(value)).replace(" ", "").upper()
    return text.zfill(_SERVICE_CODE) if isinstance(value, int | float) and text.isdigit() else text


def same_name(name: str) -> str:
    """A name for joining: one width, no spaces."""
    return unicodedata.normalize("NFKC", name).replace(" ", "")


def _sheet(stem: str, sheet: Worksheet, columns: Mapping[str, str]) -> Sheet | None:
    rows = [list(cells) for cells in sheet.iter_rows(values_only=True)]
    _fill_down(sheet, rows)
    for top, cells in enumerate(rows[:_HEADING]):
        fields = [columns.get(same_name(cell_text(cell)), "") for cell in cells]
        if sum(map(bool, fields)) >= 2:
            said = "".join(cell_text(cell) for above in rows[:top] for cell in above)
            found = [Row(n, _cells(fields, cells)) for n, cells in enumerate(rows[top + 1 :], top + 2)]
            kept = [row for row in found if any(map(cell_text, row.cells.values()))]
            return Sheet(f"{sheet.title} {said} {stem}", tuple(filter(None, fields)), kept)
    return None


def _cells(fields: list[str], cells: list[Any]) -> dict[str, Any]:
    return {field: cell for field, cell in zip(fields, cells, strict=True) if field}


def _fill_down(sheet: Worksheet, rows: list[list[Any]]) -> None:
    """Give every row of a cell merged downwards its value; one merged to the right is a title or a total."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            column = merged.min_col - 1
            for row in range(merged.min_row, merged.max_row):
                rows[row][column] = rows[merged.min_row - 1][column]
