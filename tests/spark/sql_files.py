"""The SQL files of the package, found: all of them, and those that read a line table."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from analysis.contract import contract_tables
from analysis.spark_dialect import tables_read

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/analysis"
LINES = frozenset(name for name, table in contract_tables().items() if table.partitioned)
#: Studies and calibration read the lines of one study's or pathway's stays, on DuckDB whatever closes the months.
DUCKDB_ALONE = frozenset({
    "evaluation/sql/study_cases.sql", "evaluation/sql/study_marks.sql", "pathways/sql/course_events.sql",
    "pathways/sql/course_items.sql", "pathways/sql/resource_requests.sql", "studies/sql/scenario_case_base.sql",
})  # fmt: skip
_READS_LINES = re.compile(rf'\b(from|join)\s+"?({"|".join(sorted(LINES))})\b')


def sql_files() -> list[Path]:
    return sorted(PACKAGE.rglob("sql/*.sql"))


def line_files() -> list[Path]:
    """Files that Spark may run and whose SELECT reads charges, orders, visits or events; not the demonstration's."""
    house = [
        file for file in sql_files() if not file.is_relative_to(PACKAGE / "demo") and label(file) not in DUCKDB_ALONE
    ]
    return [file for file in house if tables_read(file.read_text("utf8")) & LINES]


def label(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def selects_in_python() -> Iterator[str]:
    """Places where a text in a Python module reads a line table; the demonstration hospital makes these tables."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.is_relative_to(PACKAGE / "demo"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _READS_LINES.search(node.value):
                yield f"{label(file)}:{node.lineno}"
