"""Other databases (MySQL, SQL Server, Oracle, SQLite) read through SQLAlchemy, some thousand rows at a time.

Tried here with SQLite only: the statements that set a session read only and the server-side cursors of the others are
written from their manuals and untested against a real server.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from analysis.errors import InputError
from analysis.sources.database_address import Address
from analysis.sources.database_faults import NO_DRIVER, cannot_connect, check_names, no_zone, query_failed

_CHUNK = 10_000
#: What sets a session read only; SQL Server has nothing of the kind, so its account must have no more than the right
#: to read. Whatever happens, nothing is ever committed.
_READ_ONLY = {
    "mysql": "set session transaction read only",
    "mariadb": "set session transaction read only",
    "oracle": "set transaction read only",
    "sqlite": "pragma query_only = on",
    "postgresql": "set transaction read only",
}
_DRIVERS = {"mysql": "pymysql", "mariadb": "pymysql", "mssql": "pyodbc", "oracle": "oracledb"}
_SELECT = re.compile(r"\s*(--[^\n]*\n\s*|/\*.*?\*/\s*)*(select|with)\b", re.IGNORECASE | re.DOTALL)
_FAULTS = (
    ("no such table|doesn't exist|invalid object name|ORA-00942|does not exist", "the database has no such table"),
    ("no such column|unknown column|invalid column name|ORA-00904", "the table has no such column"),
    ("readonly|read.only|ORA-01456", "the query would write"),
    ("denied|permission", "the account may not read this"),
)

Read = Callable[[str, str], Iterator[pa.Table]]


@contextmanager
def sqlalchemy_session(address: Address, zone: str, where: str) -> Iterator[Read]:
    """Connect; gives `read(select, where)`, whose tables have columns of text, the first without rows.

    Raises
    ------
    InputError
        The driver is missing, the server or the account refuses, or a query does not run.
    """
    try:
        import sqlalchemy
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise InputError(NO_DRIVER, where=where, mend="pip install sqlalchemy") from None
    engine = _engine(sqlalchemy, address, where)
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise cannot_connect(address, where, _message(error)) from None
    with connection:
        if statement := _READ_ONLY.get(engine.dialect.name):
            connection.exec_driver_sql(statement)
            if engine.dialect.name in ("mysql", "mariadb"):
                connection.rollback()

        def read(select: str, place: str) -> Iterator[pa.Table]:
            if not _SELECT.match(select):
                raise query_failed(address, place, "the query would write, or is no SELECT", select[:100])
            try:
                yield from _read(connection, select, zone, place)
            except SQLAlchemyError as error:
                connection.rollback()
                raise _failed(sqlalchemy.inspect(engine), address, place, _message(error)) from None

        try:
            yield read
        finally:
            connection.rollback()
            engine.dispose()


def _engine(sqlalchemy: Any, address: Address, where: str) -> Any:
    kind, _, driver = address.scheme.partition("+")
    try:
        url = sqlalchemy.engine.make_url(address.url)
        if kind == "sqlite" and not Path(url.database or "").is_file():
            raise InputError("the file of the database is not there", where=f"{where} ({address.shown})")
        return sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool, hide_parameters=True)
    except ImportError:
        package = driver or _DRIVERS.get(kind, kind)
        mend = f"pip install {package}, and write the address as {kind}+{package}://user@host/database"
        raise InputError(NO_DRIVER, where=f"{where} ({address.shown})", mend=mend) from None
    except sqlalchemy.exc.NoSuchModuleError:
        raise InputError(
            f"{kind!r} is no kind of database that is known here",
            where=f"{where} ({address.shown})",
            mend=f"postgresql, or by SQLAlchemy {', '.join(_DRIVERS)}, sqlite",
        ) from None
    except sqlalchemy.exc.ArgumentError:
        raise InputError("the address of the database cannot be read", where=where) from None


def _read(connection: Any, select: str, zone: str, place: str) -> Iterator[pa.Table]:
    options = {"stream_results": True, "max_row_buffer": _CHUNK, "no_parameters": True}
    with connection.exec_driver_sql(select, execution_options=options) as result:
        names = list(result.keys())
        check_names(names, place)
        schema = pa.schema([(name, pa.string()) for name in names])
        yield schema.empty_table()
        while rows := result.fetchmany(_CHUNK):
            columns = [
                pa.array([_text(value, zone, name, place) for value in column], pa.string())
                for name, column in zip(names, zip(*rows, strict=True), strict=True)
            ]
            yield pa.table(columns, schema=schema)


def _text(value: Any, zone: str, column: str, place: str) -> str | None:
    """A value as a cell would show it: numbers with all their digits, times without T and by the hospital's clock."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat(" ")
        if not zone:
            raise no_zone(column, place)
        return value.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, int | float | date | time | timedelta):
        return str(value)
    raise InputError(
        f"column {column} holds {type(value).__name__}, which is no plain value",
        where=place,
        mend="leave the column out of the query, or turn it into text there",
    )


def _message(error: Exception) -> str:
    """The driver's own words, without the statement and the link that SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error)


def _failed(inspector: Any, address: Address, place: str, message: str) -> InputError:
    what = next((what for words, what in _FAULTS if re.search(words, message, re.IGNORECASE)), "")
    tables = sorted(inspector.get_table_names())[:500] if "no such table" in what else []
    return query_failed(address, place, what, message, tables)
