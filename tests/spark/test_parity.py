"""DuckDB and Spark give the same rows: every SQL file that reads a line table, and whole closed months."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import MONTH, Closed
from rows import assert_same_rows
from sql_files import label, line_files

from analysis.contract import contract_tables, period_tables

pytestmark = pytest.mark.slow
#: Values for files that no close runs; a file that needs another one fails until it stands here.
VALUES = {}


@pytest.mark.parametrize("file", line_files(), ids=label)
def test_a_file_gives_the_same_rows_on_both(file, by_duckdb: Closed, by_spark: Closed):
    select = file.read_text("utf8")
    values = by_duckdb.values | VALUES
    expected = by_duckdb.engine.arrow(select, **values)
    before = len(by_spark.on_spark)
    found = by_spark.engine.arrow(select, **values)
    assert by_spark.on_spark[before:] == [select]
    assert expected.num_rows > 0
    assert_same_rows(found, expected)


@pytest.mark.parametrize("month", [MONTH.previous.name, MONTH.name])
@pytest.mark.parametrize("table", period_tables())
def test_a_closed_month_holds_the_same_rows(table: str, month: str, by_duckdb: Closed, by_spark: Closed):
    expected = pq.read_table(by_duckdb.tables / month / "tables" / f"{table}.parquet")
    assert_same_rows(pq.read_table(by_spark.tables / month / "tables" / f"{table}.parquet"), expected)


def test_closing_reads_line_tables_on_spark_alone(by_spark: Closed):
    used = {file.read_text("utf8") for file in line_files() if "costing" in file.parts or "closing" in file.parts}
    assert set(by_spark.on_spark) >= used


PROMISED = [
    text.strip() for text in Path(__file__).with_name("promised.sql").read_text("utf8").split(";") if text.strip()
]


@pytest.mark.parametrize("select", PROMISED, ids=range(len(PROMISED)))
def test_what_the_subset_promises_holds(select: str, by_duckdb: Closed, by_spark: Closed):
    values = by_duckdb.values | {"names": ["OR", "it's \\ not \" there"]}
    expected = by_duckdb.engine.arrow(select, **values)
    assert expected.num_rows > 0
    assert_same_rows(by_spark.engine.arrow(select, **values), expected)


def test_a_line_table_without_files_is_empty_on_both(by_duckdb: Closed, by_spark: Closed):
    for engine in (by_duckdb.engine, by_spark.engine):
        engine.attach(contract_tables()["orders"], [])
    select = "select stay_id, sum(quantity) as quantity from orders group by stay_id"
    expected = pa.schema([("stay_id", pa.string()), ("quantity", pa.decimal128(38, 4))]).empty_table()
    for engine in (by_duckdb.engine, by_spark.engine):
        assert engine.arrow(select).equals(expected)
