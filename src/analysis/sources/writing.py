"""Rows of any number written to Parquet a batch at a time: neither a table nor a month is ever held in memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
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


def spans(months: Iterable[tuple[str, int]], most: int) -> list[tuple[str, str]]:
    """First and last month of runs of months that together have at most `most` rows; a larger month is a run alone."""
    runs: list[tuple[str, str]] = []
    held = most
    for month, rows in months:
        if held + rows > most:
            runs.append((month, month))
            held = 0
        runs[-1] = (runs[-1][0], month)
        held += rows
    return runs


def by_month(batches: Iterable[pa.RecordBatch], column: str) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Batches in the order of their months, cut so that each part belongs to one."""
    for batch in batches:
        start = 0
        runs = pc.run_end_encode(pc.strftime(batch[column], format="%Y-%m"))
        for month, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            yield month, batch.slice(start, end - start)
            start = end
