"""Spark for the SELECTs that read line tables, which may outgrow one machine; engine.py alone imports this module."""

import os
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.errors import PySparkException, PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession

from analysis.contract import Table
from analysis.errors import InputError
from analysis.spark_dialect import spark_sql, tables_read

#: Wherever it runs: local timestamps without a zone, and an overflow is an error, never an empty value.
_SAME_ANSWERS = {
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.ui.showConsoleProgress": "false",
}
#: Without a cluster: all cores of this machine, nothing reachable from outside, what exceeds the memory on disk.
_THIS_MACHINE = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
    "spark.driver.memory": "4g",
    "spark.driver.maxResultSize": "0",
    "spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1)),
}


class SparkError(Exception):
    """A statement failed on Spark; the message is Spark's own."""


class Spark:
    """A Spark session that sees the line tables as Parquet files and every other table as it was last lent."""

    def __init__(self) -> None:
        self._session = _start()
        self._lines: set[str] = set()

    def close(self) -> None:
        self._session.stop()

    def attach(self, table: Table, paths: Sequence[Path]) -> None:
        """Make a line table's files visible under its name; without files, an empty table of its schema."""
        if paths:
            rows = self._session.read.parquet(*map(_as_pattern, paths)).select(*table.columns)
        else:
            rows = self._session.createDataFrame(table.arrow_schema().empty_table())
        self._show(table.name, rows)
        self._lines.add(table.name)

    def needs(self, select: str) -> set[str] | None:
        """Tables that must be lent before a SELECT can run here; None where it reads no line table."""
        if not self._lines & set(re.findall(r"\w+", select)):
            return None
        read = tables_read(select)
        return read - self._lines if read & self._lines else None

    def lend(self, name: str, rows: pa.Table) -> None:
        self._show(name, self._session.createDataFrame(rows))

    def arrow(self, select: str, parameters: dict[str, Any]) -> pa.Table:
        """Rows of a SELECT, timestamps without a zone; SparkError where it fails."""
        try:
            rows = self._session.sql(spark_sql(select, parameters)).toArrow()
        except PySparkException as error:
            raise SparkError(str(error)) from error
        return rows.cast(pa.schema([_zoneless(field) for field in rows.schema]))

    def _show(self, name: str, rows: DataFrame) -> None:
        rows.createOrReplaceTempView(name)


@cache
def _scratch() -> tempfile.TemporaryDirectory:
    """Gone when Python ends; Java keeps to the first one it is given, however many sessions follow."""
    return tempfile.TemporaryDirectory(prefix="workbench-spark-")


def _start() -> SparkSession:
    """The cluster that the folder in SPARK_CONF_DIR describes, else this machine."""
    scratch = _scratch().name
    settings = _SAME_ANSWERS | {"spark.sql.warehouse.dir": Path(scratch, "warehouse").as_uri()}
    if not os.environ.get("SPARK_CONF_DIR"):
        settings |= _THIS_MACHINE | {"spark.local.dir": scratch}
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        return SparkSession.builder.config(map=settings).getOrCreate()
    except PySparkRuntimeError as error:
        raise InputError(
            "engine: spark does not start",
            where="closing settings, key engine",
            rows=[str(error).splitlines()[0][:200]],
            mend="Spark needs Java 17 or newer (Debian, Ubuntu: apt-get install default-jre-headless; JAVA_HOME names "
            "another one), or set engine: duckdb",
        ) from error


def _as_pattern(path: Path) -> str:
    """Spark reads paths as patterns: what has a meaning in one is escaped."""
    return re.sub(r"([\\*?{}\[\]])", r"\\\1", str(path.absolute()))


def _zoneless(field: pa.Field) -> pa.Field:
    return field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
