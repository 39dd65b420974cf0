"""Rows of any number written to Parquet a batch at a time: neither a table nor a month is ever held in memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.files import replacing

#: Rows of a batch and of a row group: equal in every run, so that equal rows make an equal file.
BATCH = 100_000


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> int:
    """Write batches as one file, whole or not at all; how many rows there were."""
    written = 0
    with (
        replacing(path) as unfinished,
        pq.ParquetWriter(unfinished, schema, compression="zstd", compression_level=1) as writer,
    ):
        for rows in even(batches):
            writer.write_table(rows.cast(schema))
            written += len(rows)
    return written


def even(batches: Iterable[pa.RecordBatch], size: int = BATCH) -> Iterator[pa.Table]:
    """The same rows in tables of `size`, the last one smaller, however they came."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += len(batch)
        while count >= size:
            rows = pa.Table.from_batches(held)
            yield rows.slice(0, size)
            held = rows.slice(size).to_batches()
            count -= size
    if count:
        yield pa.Table.from_batches(held)
