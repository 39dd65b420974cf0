"""A small hospital with everything a corruption can hit: exported files, spec, parameters, data folder, closed months.

PLACE/source/*              the export: CSV in two encodings, packed CSV, a workbook, Parquet
PLACE/spec.yaml             how it is imported
PLACE/parameters/           what it is closed with
PLACE/data/small            imported; data/hand: the same tables in a folder that no command sealed
PLACE/outputs/small         closed
"""

import gzip
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import yaml

from analysis.contract import contract_tables
from analysis.demo.generator import write_demo
from benchmarks.corruptions.commands import command

#: One month, so that a round of the fuzzer takes a second; its lines come in two files.
MONTH = "2023-02"
#: Table -> file it is exported to; several tables may share a workbook.
TEXT = {"stays": "stays.csv", "diagnoses": "diagnoses.csv", "items": "items.csv", "transfers": "transfers.csv"}
OTHER_CODE = {"departments": "departments.csv"}
SHEETS = ("ledger", "cost_centres", "payment_standards")
PARQUET = ("drivers", "workload", "hospitals")
LINES = "charges"
_PARAMETERS = ("closing", "costing", "payment", "targets", "caps", "standard_costs", "rules", "rootcause", "pathways")


def make_place(place: Path, project: Path, first: str = MONTH, last: str = MONTH) -> Path:
    """Write the hospital to PLACE, import and close it; `project` is the folder that holds parameters/."""
    made = place / "made"
    with standing_in(project):
        write_demo(made, 11, stays_per_year=60, first=first, last=last)
    for folder in _PARAMETERS:
        shutil.copytree(project / "parameters" / folder, place / "parameters" / folder)
    tables = {name: _frame(made, name) for name in (*TEXT, *OTHER_CODE, *SHEETS, *PARQUET, LINES)}
    _export(place / "source", tables)
    text = yaml.safe_dump(_spec(tables), allow_unicode=True, sort_keys=False)
    (place / "spec.yaml").write_text(text, "utf8")
    shutil.rmtree(made)
    with standing_in(place):
        for words in (("import", "spec.yaml", "--out", "data/small"), ("close", "data/small")):
            ended = command(*words)
            assert ended.code == 0, ended.text
    return place


@contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """Work in a folder, and come back."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _frame(made: Path, name: str) -> pd.DataFrame:
    """A table as text: empty cells are empty texts."""
    file = made / name if contract_tables()[name].partitioned else made / f"{name}.parquet"
    rows = pq.read_table(file).to_pandas()
    return rows.map(lambda value: "" if value is None or value is pd.NaT or value != value else str(value))


def _export(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    folder.mkdir()
    for name, file in TEXT.items():
        tables[name].to_csv(folder / file, index=False, encoding="utf-8")
    for name, file in OTHER_CODE.items():
        tables[name].to_csv(folder / file, index=False, encoding="gb18030", sep=";")
    with pd.ExcelWriter(folder / "accounts.xlsx", engine="openpyxl") as book:
        for name in SHEETS:
            tables[name].map(_typed).to_excel(book, sheet_name=name, index=False)
    for name in PARQUET:
        pq.write_table(_arrow(tables[name]), folder / f"{name}.parquet")
    half = len(tables[LINES]) // 2
    for number, part in enumerate((tables[LINES][:half], tables[LINES][half:]), 1):
        text = part.to_csv(index=False)
        (folder / f"charges_{number}.csv.gz").write_bytes(gzip.compress(text.encode(), 1, mtime=0))


def _typed(text: str) -> Any:
    """Amounts as the numbers a workbook holds; codes with leading zeros stay text."""
    try:
        return float(text) if "." in text else text
    except ValueError:
        return text


def _arrow(rows: pd.DataFrame) -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array([value or None for value in rows[name]], pa.string()) for name in rows.columns})


def _spec(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {name: {"path": path, "format": "csv"} for name, path in TEXT.items()}
    files |= {
        name: {"path": path, "format": "csv", "encoding": "gb18030", "delimiter": ";"}
        for name, path in OTHER_CODE.items()
    }
    files |= {name: {"path": "accounts.xlsx", "format": "xlsx", "sheet": name} for name in SHEETS}
    files |= {name: {"path": f"{name}.parquet", "format": "parquet"} for name in PARQUET}
    files[LINES] = {"path": "charges_*.csv.gz", "format": "csv.gz"}
    selects = {
        name: {"select": f"select {', '.join(_quoted(rows.columns))}, _file, _row from {name}"}
        for name, rows in tables.items()
    }
    card = {"name": "小医院", "name_en": "Small hospital", "language": "zh", "closing": "demo"}
    order = [name for name in contract_tables() if name in tables]
    return {"hospital": card, "folder": "source", "files": files, "tables": {name: selects[name] for name in order}}


def _quoted(names: Any) -> list[str]:
    return [f'"{name}"' for name in names]


def workbook(path: Path) -> openpyxl.Workbook:
    """The workbook of an export, to be changed and saved."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
