"""The SQL engine: the only module that imports DuckDB, and the only one that lets Spark in.

Tables are SQL: `sql/NAME.sql` of a package holds one SELECT and makes table NAME; values come in as named $parameters.
"""

import os
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.contract import Table
from analysis.errors import InputError
from analysis.files import replacing

if TYPE_CHECKING:
    from analysis.spark_engine import Spark

EngineKind = Literal["duckdb", "spark"]
#: Nothing is fetched from elsewhere: what a query would need an extension for, it does not get.
_CLOSED_IN = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
#: Nothing is on disk that a checkpoint could shorten: each would only cost the time of many statements.
_IN_MEMORY = {"checkpoint_threshold": "1TB"}
#: What the database says when a file it reads is damaged or a query cannot run.
EngineError = duckdb.Error
#: What it says of a SELECT it cannot even plan: a fault of the program, never of the data.
ProgramError = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
#: What it says when a value is too large for the type it must have.
TooLargeError = (duckdb.ConversionException, duckdb.OutOfRangeException)
#: How the database tells what the system refused.
_ERRNO = re.compile(r'"errno":"(\d+)"')
_PARAMETER = re.compile(r"\$([a-z_]+)")
#: Rows that one core reads at a time: a month's charge lines are read by several cores at once.
_ROW_GROUP = 262_144


class SelectError(Exception):
    """A SELECT that a user wrote (in a source spec) does not run; the message is the engine's own."""


class Engine:
    """An in-memory DuckDB session; with `spark`, SELECTs that read line tables run there and their rows come here.

    Names given to `attach`, `put` and `create` are the product's own table names, never a user's text; values always
    travel as parameters.
    """

    def __init__(self, spark: "Spark | None" = None) -> None:
        self._spark = spark
        self._views: set[str] = set()
        self._db = duckdb.connect(config=_CLOSED_IN | _IN_MEMORY)
        if self.value("select current_setting('enable_progress_bar')"):  # in a notebook it is off, and setting it fails
            self._db.execute("set enable_progress_bar = false")

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()
        if self._spark:
            self._spark.close()

    def load(self, table: Table, paths: Sequence[Path]) -> None:
        """Hold the files' rows in memory under the table's name: one snapshot for the whole run."""
        try:
            self.attach(table, paths)
            rows = self.arrow(f'select * from "{table.name}"')
        except duckdb.Error as error:
            raise InputError(
                f"table {table.name} cannot be read",
                where=", ".join(map(str, paths)),
                rows=[str(error)[:200]],
                mend="import this table again",
            ) from error
        self._db.execute(f'drop view "{table.name}"')
        self.put(table.name, rows)

    def attach(self, table: Table, paths: Sequence[Path]) -> None:
        """Make the Parquet files visible under the table's name; without files, an empty table of its schema."""
        if self._spark and table.partitioned:
            self._spark.attach(table, paths)
        if not paths:
            nothing = ", ".join(f'cast(null as {c.sql_type}) as "{c.name}"' for c in table.columns.values())
            self._db.execute(f'create or replace view "{table.name}" as select {nothing} where false')
            return
        columns = ", ".join(f'"{c.name}"' for c in table.columns.values())
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        self._db.execute(f'create or replace view "{table.name}" as select {columns} from read_parquet([{listed}])')

    def stack(self, table: Table, paths: dict[str, Path], unwritten: dict[str, pa.Table] | None = None) -> None:
        """Make several periods visible under the table's name, with a column `period` in front.

        `paths`: files of periods; `unwritten`: rows of periods that stand on no file yet.
        """
        columns = ", ".join(f'"{c.name}"' for c in table.columns.values())
        parts = []
        for period, path in paths.items():
            quoted = str(path).replace("'", "''")
            parts.append(f"select '{period}' as period, {columns} from read_parquet('{quoted}')")
        for period, rows in (unwritten or {}).items():
            self.put(f"{table.name} {period}", rows)
            parts.append(f"select '{period}' as period, {columns} from \"{table.name} {period}\"")
        self._db.execute(f'create or replace view "{table.name}" as {" union all ".join(parts)}')

    def scan(self, name: str, paths: Sequence[Path]) -> None:
        """Make Parquet files visible under a name with whatever columns they have."""
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        self._db.execute(f'create or replace view "{name}" as select * from read_parquet([{listed}])')

    def columns(self, select: str) -> list[str]:
        """Names of the columns a user's SELECT gives, without running it; SelectError where it cannot run."""
        try:
            return [row[0] for row in self._db.execute(f"describe (\n{select}\n)").fetchall()]
        except duckdb.Error as error:
            raise SelectError(str(error)) from error

    def save(self, select: str, path: Path) -> None:
        """Write the rows of a SELECT to a Parquet file without holding them.

        SelectError where the SELECT fails, OSError where the disk does.
        """
        target = str(path).replace("'", "''")
        try:
            self._db.execute(f"copy (\n{select}\n) to '{target}' (format parquet)")
        except duckdb.Error as error:
            refused = _ERRNO.search(str(error))
            if refused:  # the system refused to write, such as a full disk: no fault of the SELECT
                raise OSError(int(refused[1]), os.strerror(int(refused[1])), str(path)) from error
            raise SelectError(str(error)) from error

    def put(self, name: str, rows: pa.Table | pd.DataFrame) -> None:
        """Store a frame or Arrow table under a name."""
        self._db.register("_incoming", rows)
        self._db.execute(f'create or replace table "{name}" as select * from _incoming')
        self._db.unregister("_incoming")

    def create(self, name: str, select: str, **parameters: Any) -> None:
        """Store the result of one SELECT under a name."""
        select = self._settled(select, parameters)
        self._db.execute(f'create or replace table "{name}" as {select}', _used(select, parameters))

    def view(self, name: str, select: str, kept: bool = False) -> None:
        """Show one SELECT of the engine's own tables under a name: its rows are made anew for whoever reads them.

        kept: made once; one that is there already is the same.
        """
        if kept and name in self._views:
            return
        self._db.execute(f'create or replace view "{name}" as {select}')
        self._views.add(name)

    def make(self, package: str, name: str, **parameters: Any) -> None:
        """Make table NAME from the package's sql/NAME.sql."""
        self.create(name, sql_text(package, name), **parameters)

    def drop(self, name: str) -> None:
        self._db.execute(f'drop table if exists "{name}"')

    def _settled(self, select: str, parameters: dict[str, Any]) -> str:
        """The SELECT for DuckDB: one that reads line tables has been run on Spark, and its rows are read instead.

        Columns and types are those that DuckDB would have given.
        """
        needs = self._spark.needs(select) if self._spark else None
        if needs is None:
            return select
        for name in sorted(needs):
            self._spark.lend(name, self.arrow(f'select * from "{name}"'))
        given = _used(select, parameters)
        columns = self._db.execute(f"describe ({select})", given).fetchall()
        rows = self._spark.arrow(select, given)
        self._db.register("_from_spark", rows.rename_columns([f"c{place}" for place in range(len(columns))]))
        named = [(kind, name.replace('"', '""')) for name, kind, *_ in columns]
        typed = ", ".join(f'cast(c{place} as {kind}) as "{name}"' for place, (kind, name) in enumerate(named))
        return f"select {typed} from _from_spark"

    def frame(self, select: str, **parameters: Any) -> pd.DataFrame:
        select = self._settled(select, parameters)
        return self._db.execute(select, _used(select, parameters)).df()

    def arrow(self, select: str, **parameters: Any) -> pa.Table:
        select = self._settled(select, parameters)
        return self._db.sql(select, params=_used(select, parameters)).to_arrow_table()

    def batches(self, select: str, rows: int, **parameters: Any) -> pa.RecordBatchReader:
        """Rows of a SELECT, at most `rows` at a time: they are never all in memory."""
        return self._db.sql(select, params=_used(select, parameters)).to_arrow_reader(rows)

    def value(self, select: str, **parameters: Any) -> Any:
        """First column of the first row."""
        select = self._settled(select, parameters)
        rows = self._db.execute(select, _used(select, parameters)).fetchall()
        return rows[0][0] if rows else None

    def fingerprint(self, table: Table, condition: str, **parameters: Any) -> str:
        """Hash of a table's rows that fulfil a condition, whatever their order."""
        columns = ", ".join(f'"{name}"' for name in table.columns)
        mark = f"count(*) || '-' || coalesce(sum(hash({columns})::hugeint), 0)"
        return str(self.value(f'select {mark} from "{table.name}" where {condition}', **parameters))

    def shaped(self, table: Table, source: str | None = None) -> pa.Table:
        """Rows of `source` (default: the table's own name) as the schema wants them: columns, types, order of the key.

        Numbers are rounded to nine decimals, so that the order of summation leaves no trace.
        """
        rows = self.arrow(shaped_select(table, f'"{source or table.name}"'))
        return rows.cast(table.arrow_schema())


def shaped_select(table: Table, source: str, first: Sequence[str] = ()) -> str:
    """SELECT of `source` (a name, or a name with its condition) in the schema's columns, types and order.

    `first`: columns of the source that the order begins with.
    """
    columns = ", ".join(
        f'cast(round(cast("{c.name}" as double), 9) as double) as "{c.name}"'
        if c.type == "number"
        else f'cast("{c.name}" as {c.sql_type}) as "{c.name}"'
        for c in table.columns.values()
    )
    order = ", ".join(f'"{name}" nulls first' for name in (*first, *table.key))
    return f"select {columns} from {source} order by {order}"


def _used(select: str, parameters: dict[str, Any]) -> dict[str, Any]:
    names = set(_PARAMETER.findall(select))
    return {name: value for name, value in parameters.items() if name in names}


@cache
def sql_text(package: str, name: str) -> str:
    return files(package).joinpath("sql", f"{name}.sql").read_text("utf8")


def write_parquet(rows: pa.Table, path: Path) -> None:
    """Write a table whole or not at all."""
    with replacing(path) as unfinished:
        pq.write_table(rows, unfinished, compression="zstd", compression_level=1, row_group_size=_ROW_GROUP)


def open_engine(kind: EngineKind = "duckdb") -> Engine:
    """Open the engine named in the settings.

    Raises
    ------
    InputError
        For `spark`, where PySpark is not installed or finds no Java.
    """
    if kind == "duckdb":
        return Engine()
    try:
        from analysis.spark_engine import Spark
    except ModuleNotFoundError as error:
        raise InputError(
            f"engine: spark needs the package {error.name}",
            where="closing settings, key engine",
            mend='run `make spark` or pip install "drg-value-workbench[spark]", or set engine: duckdb, which closes a '
            "full-size hospital on one machine",
        ) from error
    return Engine(Spark())
