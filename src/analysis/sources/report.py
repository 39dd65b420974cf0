"""What an import did: every row read is either imported or quarantined, and the report shows that it adds up."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TableCount:
    """One contract table. `reasons`: rows by reason (a row can have several); `rounded`: cells by column."""

    table: str
    read: int
    imported: int
    quarantined: int
    reasons: dict[str, int] = field(default_factory=dict)
    rounded: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FileCount:
    """One file: rows that could be read, lines that could not, and the SHA-256 of its bytes."""

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
        }

    def text(self) -> str:
        """Files, tables, reasons and the sum check, for printing."""
        files = [("file", "rows", "unreadable lines")] + [
            (file.path, f"{file.rows:,}", f"{file.unreadable:,}") for file in self.files
        ]
        tables = [("table", "read", "imported", "quarantined")] + [
            (t.table, f"{t.read:,}", f"{t.imported:,}", f"{t.quarantined:,}") for t in self.tables
        ]
        read, imported, kept = (sum(getattr(t, n) for t in self.tables) for n in ("read", "imported", "quarantined"))
        lines = [f"{self.name} -> {self.out}", "", *_aligned(files), "", *_aligned(tables), ""]
        lines += [f"  {t.table}: {count:,} x {kind}" for t in self.tables for kind, count in t.reasons.items()]
        lines += [
            f"  {t.table}: {count:,} values of {column} rounded half up"
            for t in self.tables
            for column, count in t.rounded.items()
        ]
        lines.append(f"every row accounted for: {read:,} read = {imported:,} imported + {kept:,} quarantined")
        if kept or any(file.unreadable for file in self.files):
            lines.append(f"refused rows with their reasons: {self.out / 'quarantine'}")
        return "\n".join(lines)


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  " + "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
