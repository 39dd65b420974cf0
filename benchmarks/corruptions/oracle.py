"""Whether a corrupted hospital came through rightly: rows and money counted again, apart from the program."""

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from analysis.contract import Table, contract_tables
from analysis.sources.spec import read_spec
from benchmarks.corruptions.independent import Row, marks, read_export

#: What is compared of a closed month: cases, and money to the fen.
Totals = dict[str, Decimal | int | None]


class WrongError(Exception):
    """Rows were lost, or a total changed and nothing says so."""


def _rows(pattern: str) -> list[Row]:
    with duckdb.connect() as db:
        found = db.execute("select columns(*)::varchar from read_parquet($files)", {"files": pattern})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _table_rows(folder: Path, table: Table) -> list[Row]:
    if table.partitioned:
        return _rows(str(folder / table.name / "*.parquet")) if (folder / table.name).is_dir() else []
    return _rows(str(folder / f"{table.name}.parquet"))


def check_import(place: Path) -> int:
    """Every row of the files is in the folder or in quarantine, with its codes and its money; how many were set aside.

    Raises
    ------
    WrongError
        A row is in neither, in both, or its money is another one.
    """
    spec, out = read_spec(place / "spec.yaml"), place / "data/small"
    card = json.loads((out / "import.json").read_text("utf8"))
    counts = {count["table"]: count for count in card["tables"]}
    aside = sum(file["unreadable"] for file in card["files"])
    for name, file in spec.files.items():
        paths = sorted((place / "source").glob(file.path))
        read = [read_export(path, file) for path in paths]
        rows = [row for part, _ in read for row in part]
        odd = sum(part for _, part in read)
        if name not in counts:
            continue
        aside += _compare(contract_tables()[name], rows, odd, out, counts[name], card["files"])
    return aside


def _compare(table: Table, rows: list[Row], odd: int, out: Path, count: Any, files: list[Any]) -> int:
    unreadable = sum(file["unreadable"] for file in files if file["name"] == table.name)
    if (count["read"], unreadable) != (len(rows), odd):
        raise WrongError(f"{table.name}: {count['read']} + {unreadable} lines read, the file has {len(rows)} + {odd}")
    quarantine = out / "quarantine" / f"{table.name}.parquet"
    refused = _rows(str(quarantine)) if quarantine.is_file() else []
    kept = _table_rows(out, table)
    if (len(kept), len(refused)) != (count["imported"], count["quarantined"]):
        raise WrongError(f"{table.name}: {len(kept)} + {len(refused)} rows in the folder, {count} in the report")
    found, expected = marks(table, kept) + marks(table, refused), marks(table, rows)
    if found != expected:
        lost, new = _first(expected - found), _first(found - expected)
        raise WrongError(f"{table.name}: rows are not what the file has: lost {lost}, instead {new}")
    return len(refused)


def _first(counted: Counter[Any]) -> list[Any]:
    return [tuple(str(value)[:30] for value in key) for key in list(counted)[:2]]


@dataclass(frozen=True)
class Month:
    """A month's totals: as the folder's tables give them, and as the closed month states them."""

    folder: Totals
    closed: Totals


def month_of(place: Path, month: str) -> Month:
    """Totals of one month, each side by plain queries over its files."""
    with duckdb.connect() as db:
        folder = {name: _one(db, query, place / "data/small", month) for name, query in _FOLDER.items()}
    return Month(folder, closed_totals(place, month))


def closed_totals(place: Path, month: str) -> Totals:
    """Totals as the closed month states them."""
    tables = place / "outputs/small" / month / "tables"
    with duckdb.connect() as db:
        return {name: _one(db, query, tables, month) for name, query in _CLOSED.items()}


def _one(db: duckdb.DuckDBPyConnection, query: str, folder: Path, month: str) -> Any:
    try:
        row = db.execute(query.replace("FOLDER", str(folder)).replace("MONTH", month)).fetchone()
    except duckdb.IOException:  # no line of the table was imported
        return None
    return row[0] if row else None


_DISCHARGED = "from 'FOLDER/stays.parquet' where strftime(discharged_at, '%Y-%m') = 'MONTH'"
_FOLDER = {
    "cases": f"select count(*) {_DISCHARGED}",
    "fund": f"select coalesce(sum(fund_paid), 0) {_DISCHARGED}",
    "self": f"select coalesce(sum(self_paid), 0) {_DISCHARGED}",
    "ledger": "select coalesce(sum(amount), 0) from 'FOLDER/ledger.parquet' where month = 'MONTH'",
    "lines": "select coalesce(sum(amount), 0) from read_parquet('FOLDER/charges/*.parquet') "
    "where stay_id is not null and strftime(charged_at, '%Y-%m') = 'MONTH'",
}
_FOUND = "select coalesce(sum(found), 0) from 'FOLDER/reconciliation.parquet' where \"check\" = "
_CLOSED = {
    "cases": "select count(*) from 'FOLDER/cases.parquet'",
    "fund": "select coalesce(sum(fund_paid), 0) from 'FOLDER/cases.parquet'",
    "self": "select coalesce(sum(self_paid), 0) from 'FOLDER/cases.parquet'",
    "ledger": f"{_FOUND} 'ledger_clinical'",
    "lines": f"{_FOUND} 'lines_items'",
    "payment": "select coalesce(sum(payment), 0) from 'FOLDER/cases.parquet'",
    "cost": "select coalesce(sum(cost_total), 0) from 'FOLDER/cases.parquet'",
}


def check_close(place: Path, months: list[str]) -> dict[str, Totals]:
    """Totals of the closed months, after a look that they are those of the folder's tables.

    Raises
    ------
    WrongError
        The closed month states another total than the folder's tables give.
    """
    found = {}
    for month in months:
        both = month_of(place, month)
        odd = {
            name: (both.closed[name], value) for name, value in both.folder.items() if (value or 0) != both.closed[name]
        }
        if odd:
            raise WrongError(f"{month}: closed and folder differ: {odd}")
        found[month] = both.closed
    return found
