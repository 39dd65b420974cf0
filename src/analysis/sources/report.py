"""What an import did: every row read is either imported or quarantined, and the report shows that it adds up."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

_WIDTH = 40
#: End of the reason against a value that its map does not have.
UNMAPPED = "not in the value map"


class Values(NamedTuple):
    """Texts of one column: in how many rows, how many different ones, and the most frequent with their counts."""

    rows: int
    distinct: int
    top: tuple[tuple[str, int], ...]

    def text(self) -> str:
        shown = ", ".join(f"{_short(value)} ({count:,})" for value, count in self.top)
        more = self.distinct - len(self.top)
        return f"{shown} and {more:,} other values" if more else shown


@dataclass(frozen=True)
class TableCount:
    """One contract table.

    `reasons`: rows by reason (a row can have several), `values`: the texts behind a reason; `rounded`: cells by column;
    `emptied`: texts that the value map does not have, left empty, by column.
    """

    table: str
    read: int
    imported: int
    quarantined: int
    reasons: dict[str, int] = field(default_factory=dict)
    rounded: dict[str, int] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    emptied: dict[str, Values] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Reasons, rounding and emptied cells, for printing."""
        lines = []
        for kind, count in self.reasons.items():
            lines.append(f"  {self.table}: {count:,} x {kind}")
            if kind in self.values:
                lines.append(f"      {self.values[kind].text()}")
        lines += [f"  {self.table}: {n:,} values of {column} rounded half up" for column, n in self.rounded.items()]
        for column, values in self.emptied.items():
            lines.append(f"  {self.table}: {values.rows:,} rows imported with {column} empty: not in the value map")
            lines.append(f"      {values.text()}")
        return lines


@dataclass(frozen=True)
class FileCount:
    """One file or query: rows that could be read, lines that could not, and the SHA-256 of its bytes (rows)."""

    name: str
    path: str
    rows: int
    unreadable: int
    sha256: str


@dataclass(frozen=True)
class ImportReport:
    """Returned by `import_source`; data/X/import.json holds the same."""

    name: str
    out: Path
    spec: str
    spec_sha256: str
    files: tuple[FileCount, ...]
    tables: tuple[TableCount, ...]
    notes: tuple[str, ...] = ()

    def table(self, name: str) -> TableCount:
        """Counts of one table."""
        return next(count for count in self.tables if count.table == name)

    def as_json(self) -> dict[str, Any]:
        """The content of import.json (no times and no machine paths: equal inputs give an equal file)."""
        return {
            "spec": self.spec,
            "spec_sha256": self.spec_sha256,
            "files": [vars(file) for file in self.files],
            "tables": [vars(table) for table in self.tables],
            "notes": self.notes,
        }

    def text(self) -> str:
        """Files, tables, reasons and the sum check, for printing."""
        files = [("file or query", "rows", "unreadable lines")] + [
            (file.path, f"{file.rows:,}", f"{file.unreadable:,}") for file in self.files
        ]
        tables = [("table", "read", "imported", "quarantined")] + [
            (t.table, f"{t.read:,}", f"{t.imported:,}", f"{t.quarantined:,}") for t in self.tables
        ]
        read, imported, kept = (sum(getattr(t, n) for t in self.tables) for n in ("read", "imported", "quarantined"))
        lines = [f"{self.name} -> {self.out}", "", *_aligned(files), "", *_aligned(tables), ""]
        lines += [line for table in self.tables for line in table.lines()]
        if any(kind.endswith(UNMAPPED) for t in self.tables for kind in t.reasons):
            lines.append("  mend:  add these values to the map in the spec; `other:` takes all the rest, and")
            lines.append("         `unmapped: empty` imports the row with an optional column empty")
        lines.append(f"every row accounted for: {read:,} read = {imported:,} imported + {kept:,} quarantined")
        if kept or any(file.unreadable for file in self.files):
            lines.append(f"refused rows with their reasons: {self.out / 'quarantine'}")
        return "\n".join([*lines, *self.notes])


def _short(value: str) -> str:
    text = " ".join(value.split())
    return f"'{text[: _WIDTH - 1]}…'" if len(text) > _WIDTH else f"'{text}'"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  " + "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
