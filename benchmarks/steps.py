"""What is measured: generation, import, the plain scans, costing alone, reciprocal allocation, and closing."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

from analysis.closing import close
from analysis.closing.parameters import read_parameters
from analysis.contract import contract_tables
from analysis.costing.monthly import cost_period
from analysis.costing.reciprocal import reciprocal
from analysis.demo.generator import write_demo
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.sources.importer import import_source
from benchmarks.measured import Clock, Measured

#: The plain scans of the charge lines. By stay: the least that any costing has to read and add up.
#: By item: the grain that cost accounting of services needs as well.
SCANS = {
    "by stay": "select stay_id, count(*) as lines, sum(amount) as amount, sum(quantity) as quantity "
    "from charges group by stay_id",
    "by item": "select stay_id, item_code, performing_department, count(*) as lines, sum(amount) as amount, "
    "sum(quantity) as quantity from charges group by stay_id, item_code, performing_department",
}
#: Methods of case costing that costing has to carry through to patients.
METHODS = {"top_down", "bottom_up", "cost_to_income"}


def generate(data: Path, stays_per_year: int, first: str, last: str) -> Measured:
    """Write the demonstration hospital; rows of all tables."""
    clock = Clock()
    rows = write_demo(data, stays_per_year=stays_per_year, first=first, last=last)
    return clock.read(sum(rows.values()))


def import_lines(data: Path, periods: list[Period]) -> Measured:
    """Import the charge lines of the periods, with stays and items to check them against, from Parquet as text."""
    tables = ("stays", "items", "charges")
    with tempfile.TemporaryDirectory(dir=data.parent) as scratch:
        files, hospital = {}, open_hospital(data)
        for table in tables:
            (Path(scratch) / "in" / table).mkdir(parents=True)
            for file in hospital.files(table, periods):
                os.link(file, Path(scratch) / "in" / table / file.name)
            files[table] = {"path": f"{table}/*.parquet", "format": "parquet"}
        selects = {table: {"select": f"select * from {table}"} for table in tables}
        spec = {"hospital": hospital.card.model_dump(), "folder": "in", "files": files, "tables": selects}
        (Path(scratch) / "spec.yaml").write_text(yaml.safe_dump(spec, allow_unicode=True), "utf8")
        clock = Clock()
        report = import_source(Path(scratch) / "spec.yaml", Path(scratch) / "out")
        return clock.read(next(table.imported for table in report.tables if table.table == "charges"))


def scan(data: Path, periods: list[Period], kind: str) -> Measured:
    """One query over the charge lines of the periods, straight from their Parquet files."""
    with Engine() as engine:
        engine.attach(contract_tables()["charges"], open_hospital(data).files("charges", periods))
        clock = Clock()
        engine.arrow(SCANS[kind])
        measured = clock.read()
        return replace(measured, rows=engine.value("select count(*) from charges"))


def cost_periods(data: Path, periods: list[Period]) -> Measured:
    """Cost the periods one after another, from ledger and charge lines to patients by every method; rows of lines."""
    hospital = open_hospital(data)
    scheme, months = read_parameters(hospital).scheme, []
    with Engine() as engine:
        hospital.attach(engine)
        for period in periods:
            hospital.attach_partitions(engine, [period])
            clock = Clock()
            cost_period(engine, period, scheme)
            months.append(clock.read(engine.value("select count(*) from charges")))
            if not set(engine.frame("select distinct method from case_costs")["method"]) >= METHODS:
                raise RuntimeError(f"{period.name}: not every method has made costs of cases")
    parts = ("seconds", "rows", "computing", "processor")
    return Measured(*(sum(getattr(month, part) for month in months) for part in parts))


def solve_reciprocal(centres: int, items: int) -> Measured:
    """Solve centres that all serve one another and a tenth as many others, by shares drawn at random; rows: centres."""
    random = np.random.default_rng(1)
    direct = random.lognormal(10, 1, (centres, items))
    shares = random.random((centres, centres + centres // 10))
    shares /= shares.sum(axis=1, keepdims=True)
    clock = Clock()
    found = reciprocal(direct, shares)
    measured = clock.read(centres)
    if not np.allclose(found.received.sum(axis=0), direct.sum(axis=0)):
        raise RuntimeError("reciprocal allocation has lost cost")
    return measured


def close_periods(data: Path, periods: list[Period], outputs: Path) -> Measured:
    """Close periods that have not been closed, opening of the folder and checks included."""
    clock = Clock()
    results = close(data, periods, outputs)
    whole = clock.read()
    closed = [result for result in results if result.state == "closed"]
    if [result.period for result in closed] != periods:
        raise RuntimeError(f"expected to close {periods}, closed {[result.period.name for result in closed]}")
    parts = {name: sum(getattr(result, name) for result in closed) for name in ("computing", "processor")}
    return replace(whole, **parts)


def close_again(data: Path, periods: list[Period], outputs: Path) -> Measured:
    """The same in a scratch folder that holds the closed months before them."""
    with tempfile.TemporaryDirectory(dir=outputs) as scratch:
        for tables in sorted((outputs / data.name).glob("*/tables")):
            if Period(tables.parent.name) < periods[0]:
                shutil.copytree(tables, Path(scratch) / tables.relative_to(outputs), copy_function=os.link)
        return close_periods(data, periods, Path(scratch))
