"""`python -m benchmarks.spark`: rows of docs/benchmarks.md: the statements that read charge lines, on each engine.

Each engine runs in a fresh process of its own, on the tables that closing a month gives it; every statement is run once
before it is timed, so that Spark's start and its compilation stand apart.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

from analysis.contract import contract_tables
from analysis.costing.monthly import cost_period
from analysis.engine import Engine, EngineKind, open_engine
from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.spark_dialect import tables_read
from benchmarks.measured import machine

_PACKAGES = ("analysis.costing", "analysis.closing")


@dataclass(frozen=True)
class Measured:
    """Seconds until the engine can be used, seconds of all statements together, lines of the month."""

    start: float
    statements: float
    lines: int


def line_statements() -> Iterator[tuple[str, str]]:
    """Package and name of the SQL files of costing and closing that read a line table."""
    lines = {name for name, table in contract_tables().items() if table.partitioned}
    for package in _PACKAGES:
        for file in sorted(files(package).joinpath("sql").iterdir(), key=lambda file: file.name):
            if tables_read(file.read_text("utf8")) & lines:
                yield package, file.name.removesuffix(".sql")


def measure(kind: EngineKind, data: Path, period: Period, repeat: int) -> Measured:
    """Median over `repeat` runs of all line statements of a month."""
    began = time.perf_counter()
    with open_engine(kind) as engine:
        start = time.perf_counter() - began
        hospital = open_hospital(data)
        hospital.attach(engine)
        hospital.attach_partitions(engine, [period])
        cost_period(engine, period, None)
        runs = [_run_all(engine, period) for _ in range(repeat + 1)][1:]
        return Measured(start, statistics.median(runs), engine.value("select count(*) from charges"))


def _run_all(engine: Engine, period: Period) -> float:
    began = time.perf_counter()
    for package, name in line_statements():
        engine.make(package, name, start_at=period.start, end_at=period.end)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data/demo"))
    parser.add_argument("--period", default="2023-06")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    if not find_spec("pyspark"):
        print("Spark is not measured: PySpark is not installed (make spark).")
        return
    names = ", ".join(name for _, name in line_statements())
    print(f"Machine: {machine()}. Median of {given.repeat} runs of {names}.\n")
    print("| hospital | charge lines of the month | engine | start | line statements |\n|---|---|---|---|---|")
    kinds: tuple[EngineKind, ...] = ("duckdb", "spark")
    for kind in kinds:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found = pool.submit(measure, kind, given.data, Period(given.period), given.repeat).result()
        print(
            f"| {given.data.name} {given.period} | {found.lines:,} | {kind} | {found.start:.1f} s "
            f"| {found.statements:.2f} s |"
        )


if __name__ == "__main__":
    main()
