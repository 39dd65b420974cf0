"""One contract table: SELECT, cast, refuse with reasons, write. imported + quarantined = read.

Rows pass from file to file; what is held in memory are the keys that repeat, the keys of stays, and one batch.
"""

import re
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa

from analysis.contract import Table, contract_tables
from analysis.engine import Engine, SelectError, shaped_select
from analysis.errors import InputError
from analysis.sources import table_sql
from analysis.sources.counting import count_rows
from analysis.sources.quarantine import write_quarantine
from analysis.sources.report import TableCount
from analysis.sources.rules import row_rules
from analysis.sources.spec import SourceSpec, TableSpec
from analysis.sources.writing import BATCH, by_month, spans, write_batches

_TRACE = ("_file", "_row")
#: Rows that are put in order at once: small months together, a large one alone.
_SORTED = 1_000_000


@dataclass(frozen=True)
class Place:
    """Where an import works: engine, spec, the folder that becomes data/X, one for drafts, the sources' columns."""

    engine: Engine
    spec: SourceSpec
    spec_file: Path
    out: Path
    staging: Path
    file_columns: dict[str, tuple[str, ...]]

    def where(self, table: Table) -> str:
        return f"{self.spec_file}, tables.{table.name}.select"


def import_table(place: Place, table: Table) -> TableCount:
    """Import one table of the spec.

    Raises
    ------
    InputError
        The SELECT does not run, lacks a column the contract needs or has one it does not know; or every row of a
        required table is refused.
    """
    spec, engine = place.spec.tables[table.name], place.engine
    given = _columns(place, table, spec)
    _save(place, table, table_sql.raw(table, given, spec.select), "_raw")
    engine.put("_map", _map_rows(spec))
    rules = row_rules(table, spec, place.spec.hospital.date_precision, _parent_keys(place, table))
    _save(place, table, table_sql.checked(table, spec, rules, _has_serials(place, spec)), "_checked")
    engine.create("_twins", table_sql.twins(table))
    engine.create("_refused", table_sql.REFUSED)
    imported = _write(place, table)
    refused = _set_aside(place, table)
    count = count_rows(engine, table, spec, rules, imported, refused)
    if table.required and not imported:
        raise _nothing_left(place, table, count)
    for draft in ("_raw", "_checked"):
        _draft(place, table, draft).unlink()
    return count


def _columns(place: Place, table: Table, spec: TableSpec) -> list[str]:
    """Columns the SELECT gives, checked against the contract."""
    try:
        given = place.engine.columns(spec.select)
    except SelectError as error:
        raise _select_error(place, table, str(error)) from error
    required = [column.name for column in table.columns.values() if not column.optional]
    unknown = [name for name in given if name not in table.columns and name not in _TRACE]
    needed = [name for name in required if name not in given]
    untraced = [name for name in _TRACE if name not in given]
    if unknown:
        what, mend = f"table {table.name} has no column {unknown[0]}", f"its columns: {', '.join(table.columns)}"
    elif needed:
        what, mend = f"column {needed[0]} of table {table.name} is missing", f"it needs {', '.join(required)}"
    elif untraced:
        what = f"the SELECT does not give {' and '.join(untraced)}"
        mend = "add `_file, _row` (where rows are grouped: `min(_file) as _file, min(_row) as _row`)"
    else:
        return given
    raise InputError(what, where=place.where(table), mend=mend)


def _select_error(place: Place, table: Table, message: str) -> InputError:
    column = re.search(r'column "([^"]+)" not found|column named "([^"]+)"', message)
    files = [f"{name}: {', '.join(columns)}" for name, columns in place.file_columns.items()]
    return InputError(
        f"column {column[1] or column[2]} is not in the file" if column else "the SELECT does not run",
        where=place.where(table),
        rows=[message.strip().splitlines()[0], *files],
        mend="use the names above; names with points, blanks or Chinese characters stand in double quotes"
        if column
        else "correct the SELECT in the spec (DuckDB SQL; every column of a file is text, try_cast makes numbers)",
    )


def _save(place: Place, table: Table, select: str, name: str) -> None:
    path = _draft(place, table, name)
    try:
        place.engine.save(select, path)
    except SelectError as error:
        raise _select_error(place, table, str(error)) from error
    place.engine.scan(name, [path])


def _draft(place: Place, table: Table, name: str) -> Path:
    return place.staging / f"{name}.{table.name}.parquet"


def _map_rows(spec: TableSpec) -> pa.Table:
    """(column, source, code); source null: what any other value becomes."""
    rows = [(column, source, code) for column, v in spec.values.items() for source, code in v.map.items()]
    rows += [(column, None, values.other) for column, values in spec.values.items() if values.other]
    names = ("column_name", "source", "code")
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)})


def _has_serials(place: Place, spec: TableSpec) -> bool:
    """Whether a sheet, where a bare number can be a day, is among what the SELECT reads."""
    sheets = [name for name, file in place.spec.files.items() if file.format == "xlsx"]
    return any(re.search(rf"\b{re.escape(name)}\b", spec.select) for name in sheets)


def _parent_keys(place: Place, table: Table) -> dict[str, str]:
    return {name: f"_keys_{target}" for name, target in _parents(table).items() if target in place.spec.tables}


def _parents(table: Table) -> dict[str, str]:
    """Columns whose orphans are refused, and the table each points to."""
    return {c.name: c.references.split(".")[0] for c in table.columns.values() if c.orphans == "quarantine"}


def _write(place: Place, table: Table) -> int:
    """Write the good rows into the contract folder, in the order of the key; how many there were."""
    engine, schema = place.engine, table.arrow_schema()
    if any(table.name in _parents(other).values() for other in contract_tables().values()):
        engine.create(f"_keys_{table.name}", f'select "{table.key[0]}" as key from {table_sql.GOOD}')
    if not table.partitioned:
        rows = engine.batches(shaped_select(table, table_sql.GOOD), BATCH)
        return write_batches(rows, schema, place.out / f"{table.name}.parquet")
    written = 0
    select = shaped_select(table, f"{table_sql.GOOD} and _month between $first and $last", ["_month"])
    months = engine.frame(table_sql.MONTHS).itertuples(index=False, name=None)
    for first, last in spans(months, _SORTED):
        rows = engine.batches(select, BATCH, first=first, last=last)
        for month, parts in groupby(by_month(rows, table.month_of), key=itemgetter(0)):
            batches = (batch for _, batch in parts)
            written += write_batches(batches, schema, place.out / table.name / f"{month}.parquet")
    return written


def _set_aside(place: Place, table: Table) -> int:
    """Write the refused rows into the quarantine; how many there were."""
    if not place.engine.value("select count(*) from _refused"):
        return 0
    rows = place.engine.batches(table_sql.refused(table), BATCH)
    return write_quarantine(place.out / "quarantine", table.name, rows, rows.schema)


def _nothing_left(place: Place, table: Table, count: TableCount) -> InputError:
    first = place.engine.arrow(f"{table_sql.refused(table)} limit 3").to_pylist()
    return InputError(
        f"no row of the required table {table.name} can be imported ({count.read:,} read)",
        where=place.where(table),
        rows=[f"{row['source_file']} row {row['source_row']}: {row['reasons']}" for row in first],
        mend="correct the SELECT, the value maps or the file; the earlier import is untouched",
    )
