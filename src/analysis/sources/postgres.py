"""PostgreSQL read through ADBC: one snapshot, read only, rows as text in batches that never become Python objects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pyarrow as pa

from analysis.errors import InputError
from analysis.sources.database_address import Address
from analysis.sources.database_faults import NO_DRIVER, cannot_connect, check_names, no_zone, query_failed

SCHEMES = ("postgresql", "postgres")
#: The states of SQL that have a message of their own: what is wrong.
_FAULTS = {
    "42P01": "the database has no such table",
    "42703": "the table has no such column",
    "42501": "the account may not read this",
    "25006": "the query would write",
    "0A000": "the query would write, or the server cannot run it",
}
_BEGIN = (
    "set transaction isolation level repeatable read read only",
    "set local datestyle = 'ISO, YMD'",
    "set local extra_float_digits = 1",
)
#: What the server says, in the middle of a result, where a function that it calls would write.
_STOPPED = "in a read-only transaction"
_TABLES = """select table_schema || '.' || table_name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') order by 1 limit 500"""

Read = Callable[[str, str], Iterator[pa.Table]]


@contextmanager
def postgres_session(address: Address, zone: str, where: str) -> Iterator[Read]:
    """Connect; gives `read(select, where)`, whose tables have columns of text, the first without rows.

    All reads see one snapshot of the database. The session cannot write, whatever a query says.

    Raises
    ------
    InputError
        The driver is missing, the server or the account refuses, or a query does not run.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise InputError(NO_DRIVER, where=where, mend="pip install adbc-driver-postgresql") from None
    try:
        connection = dbapi.connect(_with_options(address.url))
    except dbapi.Error as error:
        raise cannot_connect(address, where, str(error)) from None
    with connection, connection.cursor() as cursor:
        for statement in _BEGIN:
            cursor.execute(statement)
        cursor.execute("select current_setting('transaction_read_only')")
        if cursor.fetchall() != [("on",)]:
            raise InputError("the session cannot be set read only", where=where, mend="connect to PostgreSQL itself")

        def read(select: str, place: str) -> Iterator[pa.Table]:
            try:
                yield from _read(cursor, select, zone, place)
            except (dbapi.Error, pa.ArrowException, OSError) as error:
                raise _failed(connection, address, place, error) from None

        yield read


def _with_options(url: str) -> str:
    """The address with text in UTF-8, and an end to waiting for a server that does not answer."""
    base, _, query = url.partition("?")
    options = {"connect_timeout": "10", "application_name": "workbench", **dict(parse_qsl(query))}
    return f"{base}?{urlencode(options | {'client_encoding': 'UTF8'})}"


def _read(cursor: Any, select: str, zone: str, place: str) -> Iterator[pa.Table]:
    schema = cursor.adbc_execute_schema(select)
    check_names(schema.names, place)
    columns = ", ".join(_as_text(field, zone, place) for field in schema)
    cursor.execute(f"select {columns} from (\n{select}\n) as rows")
    yield pa.schema([(name, pa.string()) for name in schema.names]).empty_table()
    for batch in cursor.fetch_record_batch():
        yield pa.Table.from_batches([batch])


def _as_text(field: pa.Field, zone: str, place: str) -> str:
    """The server writes the text: numerics with all their digits, times with a zone by the hospital's clock."""
    name = '"' + field.name.replace('"', '""') + '"'
    kind = (field.metadata or {}).get(b"POSTGRESQL:type")
    if pa.types.is_timestamp(field.type) and field.type.tz:
        if not zone:
            raise no_zone(field.name, place)
        return f"timezone('{zone}', {name})::text as {name}"
    return f"{name}::numeric::text as {name}" if kind == b"money" else f"{name}::text as {name}"


def _failed(connection: Any, address: Address, place: str, error: Exception) -> InputError:
    message = str(error).partition("Query was:")[0].partition("SQLSTATE")[0].rpartition("ERROR:")[2]
    state = getattr(error, "sqlstate", None) or ("25006" if _STOPPED in message else "")
    there = []
    if state == "42P01":
        connection.rollback()
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
            there = [row[0] for row in cursor.fetchall()]
    return query_failed(address, place, _FAULTS.get(state, ""), message, there)
