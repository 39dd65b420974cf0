"""A source in a temporary folder: `source(files, tables, ...)` writes a spec and its files and imports them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from postgres_server import Server, find_binaries, running

from analysis.sources.importer import import_source
from analysis.sources.report import ImportReport

CARD = {"name": "试点医院", "name_en": "Pilot hospital", "closing": "pilot"}


@pytest.fixture
def write_spec(tmp_path: Path) -> Callable[..., Path]:
    def write(tables: dict[str, Any], files: dict[str, Any], **hospital: str) -> Path:
        spec = {"hospital": CARD | hospital, "folder": "raw", "files": files, "tables": tables}
        path = tmp_path / "spec.yaml"
        path.write_text(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False), "utf8")
        (tmp_path / "raw").mkdir(exist_ok=True)
        return path

    return write


@pytest.fixture
def run(tmp_path: Path, write_spec: Callable[..., Path]) -> Callable[..., ImportReport]:
    """Import texts as CSV files named after their keys; `tables` are SELECTs or whole table specs."""

    def go(texts: dict[str, str | bytes], tables: dict[str, Any], hospital: Any = None, **file: Any) -> ImportReport:
        spec = write_spec(
            {name: {"select": table} if isinstance(table, str) else table for name, table in tables.items()},
            {name: {"path": f"{name}.csv", "format": "csv", **file} for name in texts},
            **(hospital or {}),
        )
        for name, text in texts.items():
            content = text.encode() if isinstance(text, str) else text
            (tmp_path / "raw" / f"{name}.csv").write_bytes(content)
        return import_source(spec, tmp_path / "data")

    return go


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server that ends with the tests."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (no initdb; Debian package postgresql)")
    with running(binaries) as server:
        yield server
