"""Rows written month by month and in even row groups, however they arrive."""

import errno
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sources.writing import by_month, even, spans, write_batches


def batches(*sizes: int) -> list[pa.RecordBatch]:
    numbers = iter(range(sum(sizes)))
    return [pa.record_batch({"n": pa.array([next(numbers) for _ in range(size)], pa.int64())}) for size in sizes]


def test_small_months_are_sorted_together_and_a_large_one_alone():
    months = [("01", 3), ("02", 3), ("03", 20), ("04", 1), ("05", 9), ("06", 1)]
    assert spans(months, 10) == [("01", "02"), ("03", "03"), ("04", "05"), ("06", "06")]
    assert spans([], 10) == []


@given(st.lists(st.integers(1, 30)), st.integers(1, 40))
def test_every_month_is_in_one_span(sizes, most):
    months = [(f"{number:03d}", size) for number, size in enumerate(sizes)]
    found = [m for first, last in spans(months, most) for m in months if first <= m[0] <= last]
    assert found == months


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 7))
def test_even_keeps_rows_and_order(sizes, size):
    tables = list(even(batches(*sizes), size))
    assert [n for table in tables for n in table["n"].to_pylist()] == list(range(sum(sizes)))
    assert all(len(table) == size for table in tables[:-1]) and all(0 < len(table) <= size for table in tables[-1:])


def test_a_batch_is_cut_where_the_month_changes():
    days = [datetime(2023, 5, 31, 23, 59, 59), datetime(2023, 6, 1), datetime(2023, 6, 2), datetime(2023, 7, 1)]
    parts = [pa.record_batch({"at": pa.array(days[:2])}), pa.record_batch({"at": pa.array(days[2:])})]
    found = [
        (month, [day for _, part in group for day in part["at"].to_pylist()])
        for month, group in groupby(by_month(parts, "at"), key=itemgetter(0))
    ]
    assert found == [("2023-05", days[:1]), ("2023-06", days[1:3]), ("2023-07", days[3:])]


def test_a_file_that_cannot_be_finished_is_not_there(tmp_path):
    def broken():
        yield from batches(3)
        raise OSError(errno.ENOSPC, "no space left")

    schema = pa.schema({"n": pa.int64()})
    assert write_batches(batches(2, 3), schema, tmp_path / "a.parquet") == 5
    with pytest.raises(OSError, match="no space left"):
        write_batches(broken(), schema, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 5
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
