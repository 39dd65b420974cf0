"""A small hospital closed with each engine, their sessions kept open; made once a session."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from analysis.closing import close
from analysis.demo.generator import write_demo
from analysis.engine import Engine, open_engine
from analysis.periods import Period

ROOT = Path(__file__).parents[2]
SIZE = {"stays_per_year": 300, "first": "2022-10", "last": "2023-03"}
#: The second month: it opens with the balances of the first.
MONTH = Period("2022-11")


@dataclass
class Closed:
    """A hospital closed by one engine: its session as the close left it, and every value given to a SELECT."""

    engine: Engine
    tables: Path
    values: dict[str, Any] = field(default_factory=dict)
    on_spark: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def spark_is_there() -> None:
    """Skip where Spark cannot run."""
    pytest.importorskip("pyspark", reason="PySpark is not installed: make spark")
    if not which("java"):
        pytest.skip("no Java: on Debian or Ubuntu, apt-get install default-jre-headless")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the product's parameters and a hospital.

    Two of its charge lines are of a stay that is not there, and some blood counts of none (an outpatient's laboratory).
    """
    folder = tmp_path_factory.mktemp("project[1]")
    shutil.copytree(ROOT / "parameters", folder / "parameters")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_demo(folder / "data/demo", 11, **SIZE)
    file = folder / f"data/demo/charges/{MONTH.name}.parquet"
    rows = pq.read_table(file)
    lost = pc.if_else(pa.array([i < 2 for i in range(len(rows))]), "nobody", rows["stay_id"])
    outside = pc.and_(pc.equal(rows["item_code"], "S101"), pa.array([i % 3 == 0 for i in range(len(rows))]))
    lost = pc.if_else(outside, pa.scalar(None, lost.type), lost)
    (folder / "data/demo/files.json").unlink()  # the change is meant
    pq.write_table(rows.set_column(rows.column_names.index("stay_id"), rows.field("stay_id"), lost), file)
    return folder


@pytest.fixture(scope="session")
def by_duckdb(project: Path) -> Iterator[Closed]:
    yield from _closed(project, "duckdb")


@pytest.fixture(scope="session")
def by_spark(project: Path, spark_is_there: None) -> Iterator[Closed]:
    yield from _closed(project, "spark")


def _closed(project: Path, kind: str) -> Iterator[Closed]:
    """Close two months under `engine: kind`, and keep the session that did it."""
    outputs = project / kind
    kept: list[Closed] = []

    def opened(wanted: str) -> Engine:
        kept.append(_kept(open_engine(wanted), outputs / "demo"))
        return kept[0].engine

    settings = project / "parameters/closing/demo.yaml"
    text = settings.read_text("utf8")
    settings.write_text(yaml.safe_dump(yaml.safe_load(text) | {"engine": kind}), "utf8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.setitem(close.__globals__, "open_engine", opened)
        close(project / "data/demo", [MONTH], outputs)
    settings.write_text(text, "utf8")
    yield kept[0]
    Engine.close(kept[0].engine)


def _kept(engine: Engine, tables: Path) -> Closed:
    """An engine that outlives its close and notes the values it is given and what it hands to Spark."""
    closed = Closed(engine, tables)
    create, spark = engine.create, engine._spark

    def noted(name: str, select: str, **parameters: Any) -> None:
        closed.values |= parameters
        create(name, select, **parameters)

    engine.create, engine.close = noted, lambda: None
    if spark:
        arrow = spark.arrow
        spark.arrow = lambda select, values: closed.on_spark.append(select) or arrow(select, values)
    return closed
