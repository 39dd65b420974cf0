"""Exported text files, read and written as they are: packed or not, in their encoding and with their separator."""

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from random import Random

Rows = list[list[str]]


@dataclass(frozen=True)
class TextFile:
    """A text file of an export."""

    path: Path
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def table(self) -> str:
        return self.path.name.split(".")[0].split("_")[0]

    def content(self) -> bytes:
        content = self.path.read_bytes()
        return gzip.decompress(content) if self.path.suffix == ".gz" else content

    def text(self) -> str:
        return self.content().decode(self.encoding)

    def rows(self) -> Rows:
        return list(csv.reader(io.StringIO(self.text()), delimiter=self.delimiter))

    def write(self, content: bytes | str | Rows) -> None:
        if isinstance(content, list):
            stream = io.StringIO()
            csv.writer(stream, delimiter=self.delimiter, lineterminator="\n").writerows(content)
            content = stream.getvalue()
        data = content.encode(self.encoding) if isinstance(content, str) else content
        self.path.write_bytes(gzip.compress(data, 1, mtime=0) if self.path.suffix == ".gz" else data)


def text_files(place: Path) -> list[TextFile]:
    """All text files of the export."""
    source = place / "source"
    plain = [TextFile(source / f"{name}.csv") for name in ("stays", "diagnoses", "items", "transfers")]
    packed = [TextFile(path) for path in sorted(source.glob("charges_*.csv.gz"))]
    return [*plain, *packed, TextFile(source / "departments.csv", "gb18030", ";")]


def any_text(place: Path, random: Random, *tables: str) -> TextFile:
    """One of them; where tables are named, of these."""
    return random.choice([file for file in text_files(place) if not tables or file.table in tables])


def column(rows: Rows, name: str) -> int:
    return rows[0].index(name)


def some_row(rows: Rows, random: Random) -> list[str]:
    return rows[random.randrange(1, len(rows))]
