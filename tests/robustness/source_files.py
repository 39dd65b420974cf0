"""A hospital as a source of CSV files, imported, checked and closed by the command line in this process."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.closed_period import ClosedPeriods, open_period
from benchmarks.corruptions.commands import Ended, command

CARD = {"name": "手算医院", "name_en": "Hand hospital", "closing": "hand"}
Row = dict[str, Any]


@dataclass
class Source:
    """Files in PLACE/source; a table is a list of rows until it is written, `files` says how it is read."""

    place: Path
    tables: dict[str, list[Row]]
    files: dict[str, dict[str, Any]]

    def only(self, *names: str) -> None:
        """Leave all other tables out: enough for what the import alone must answer."""
        self.tables = {name: self.tables[name] for name in names}
        self.files = {name: self.files[name] for name in names}

    def write(self) -> None:
        """Write every table that has rows as CSV, and the spec that reads them all."""
        for name, rows in self.tables.items():
            (self.place / "source" / f"{name}.csv").write_text(csv_text(rows), "utf8")
        (self.place / "spec.yaml").write_text(yaml.safe_dump(self._spec(), allow_unicode=True), "utf8")

    def replace(self, name: str, content: str | bytes, file: str = "", **spec: Any) -> None:
        """Put a file of one's own in the place of a table's; call `write` before."""
        file = file or f"{name}.csv"
        (self.place / "source" / file).write_bytes(content.encode() if isinstance(content, str) else content)
        self.files[name] = self.files[name] | {"path": file} | spec
        (self.place / "spec.yaml").write_text(yaml.safe_dump(self._spec(), allow_unicode=True), "utf8")

    def text(self, name: str) -> str:
        return csv_text(self.tables[name])

    def _spec(self) -> dict[str, Any]:
        selects = {
            name: {"select": f"select {', '.join(_quoted(rows))}, _file, _row from {name}"}
            for name, rows in self.tables.items()
        }
        return {"hospital": CARD, "folder": "source", "files": self.files, "tables": selects}

    def bring(self) -> Ended:
        return command("import", "spec.yaml", "--out", "data/hand")

    def check(self) -> Ended:
        return command("check", "data/hand")

    def close(self, *words: str) -> Ended:
        return command("close", "data/hand", *words)

    def counts(self, table: str) -> tuple[int, int, int]:
        """Rows read, imported and quarantined."""
        card = json.loads((self.place / "data/hand/import.json").read_text("utf8"))
        found = next(count for count in card["tables"] if count["table"] == table)
        return found["read"], found["imported"], found["quarantined"]

    def reasons(self, table: str) -> list[str]:
        """Reasons of the rows set aside."""
        file = self.place / "data/hand/quarantine" / f"{table}.csv"
        if not file.exists():
            return []
        return [row["reasons"] for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))]

    def month(self, name: str = "2023-05") -> ClosedPeriods:
        return open_period(self.place / "outputs/hand" / name)


def csv_text(rows: list[Row]) -> str:
    stream = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return stream.getvalue()


def _quoted(rows: list[Row]) -> list[str]:
    return [f'"{name}"' for name in dict.fromkeys(name for row in rows for name in row)]
