"""A spec's queries read from their databases and brought to the place where its files are: Parquet of text."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.sources.database_address import Address, find_address
from analysis.sources.postgres import SCHEMES, Read, postgres_session
from analysis.sources.reading import clean
from analysis.sources.spec import QuerySpec, SourceSpec
from analysis.sources.sqlalchemy_rows import sqlalchemy_session
from analysis.sources.staging import StagedFile

_TRIED = (*SCHEMES, "sqlite")


def stage_queries(engine: Engine, spec: SourceSpec, spec_file: Path, staging: Path) -> list[StagedFile]:
    """Read every query of the spec and make it visible in the engine under its name.

    Each database is connected once, read only; where it can, all its queries see the same moment.

    Raises
    ------
    InputError
        No connection, a query that does not run, a column without a name of its own, no rows.
    """
    staged = []
    for database, access in spec.databases.items():
        queries = {name: query for name, query in spec.queries.items() if spec.database_of(name) == database}
        if not queries:
            continue
        address = find_address(database, access)
        with _session(address, access.time_zone, f"{spec_file}, databases.{database}") as read:
            for name, query in queries.items():
                target = staging / f"{name}.0.parquet"
                place = f"{spec_file}, queries.{name}.select"
                staged.append(_stage(read, name, query, f"{database}.{name}", place, target))
                engine.scan(name, [target])
    return staged


def untried(spec: SourceSpec) -> tuple[str, ...]:
    """A note for each database whose kind has not been tried with a real server."""
    notes = []
    for name, access in spec.databases.items():
        kind = find_address(name, access).scheme.partition("+")[0]
        if kind not in _TRIED:
            notes.append(
                f"{name} ({kind}) was read through SQLAlchemy, which is untested against a real server of this kind: "
                "compare the counts with the database's own"
            )
    return tuple(notes)


def _session(address: Address, zone: str, where: str) -> AbstractContextManager[Read]:
    connect = postgres_session if address.scheme in SCHEMES else sqlalchemy_session
    return connect(address, zone, where)


def _stage(read: Read, name: str, query: QuerySpec, shown: str, place: str, target: Path) -> StagedFile:
    rows = 0
    writer = None
    try:
        for batch in read(query.select, place):
            columns = tuple(batch.column_names)
            batch = clean(batch, query.missing)
            batch = batch.append_column("_row", pa.array(range(rows + 1, rows + len(batch) + 1), pa.int64()))
            batch = batch.append_column("_file", pa.repeat(pa.scalar(shown), len(batch)))
            writer = writer or pq.ParquetWriter(target, batch.schema)
            writer.write_table(batch)
            rows += len(batch)
    finally:
        if writer:
            writer.close()
    if not rows and not query.may_be_empty:
        raise InputError(
            "the query gives no rows", where=place, mend="correct it, or set `may_be_empty: true` for it in the spec"
        )
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return StagedFile(name, shown, digest, columns, rows, ())
