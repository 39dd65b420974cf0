"""How Spark starts and what it leaves: reachable from this machine alone, no folder behind, a word where it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.contract import contract_tables

pytestmark = pytest.mark.slow
#: Counts charge lines in two sessions after each other; tells Spark's master and the addresses it listens on.
PROGRAM = """
import json, os
from pathlib import Path

def target(link):
    try:
        return os.readlink(link)
    except FileNotFoundError:  # closed meanwhile
        return ""

from analysis.contract import contract_tables
from analysis.engine import open_engine

for _ in range(2):
    with open_engine("spark") as engine:
        engine.attach(contract_tables()["charges"], [Path("data/2023-01.parquet")])
        lines = engine.value("select count(*) from charges")
        context = engine._spark._session.sparkContext
        master, java = context.master, context._gateway.proc.pid
        sockets = {target(fd) for pid in (os.getpid(), java) for fd in Path(f"/proc/{pid}/fd").iterdir()}
        tcp = [row.split() for name in ("tcp", "tcp6") for row in Path("/proc/net", name).read_text().splitlines()[1:]]
        listening = [row[1].split(":")[0] for row in tcp if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
print(json.dumps({"lines": lines, "master": master, "listening": listening}))
"""
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}


@pytest.fixture
def folder(tmp_path: Path, spark_is_there: None) -> Path:
    """A working folder with three empty charge lines, and a folder for temporary files beside it."""
    (tmp_path / "work/data").mkdir(parents=True)
    (tmp_path / "temporary").mkdir()
    empty = {column.name: pa.nulls(3, column.arrow_type) for column in contract_tables()["charges"].columns.values()}
    pq.write_table(pa.table(empty), tmp_path / "work/data/2023-01.parquet")
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    known = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder / "work",
        env=known | {"TMPDIR": str(folder / "temporary")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="who listens is read from /proc")
def test_one_machine_listens_to_itself_and_leaves_nothing_behind(folder: Path):
    done = run(folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["lines"], told["master"]) == (3, "local[*]")
    assert told["listening"] and set(told["listening"]) <= LOOPBACK
    assert [file.name for file in (folder / "work").iterdir()] == ["data"]
    assert not any("spark" in file.name for file in (folder / "temporary").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="who listens is read from /proc")
def test_a_cluster_that_is_described_is_used(folder: Path):
    """Spark's smallest cluster: a master and one worker with an executor of its own."""
    settings = {
        "spark.master": "local-cluster[1,1,1024]",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
    }
    for name in ("conf", "home"):
        (folder / name).mkdir()
    for part in Path(pytest.importorskip("pyspark").__file__).parent.iterdir():  # the worker writes beside them
        (folder / "home" / part.name).symlink_to(part)
    text = "".join(f"{name} {value}\n" for name, value in settings.items())
    (folder / "conf/spark-defaults.conf").write_text(text, "utf8")
    done = run(folder, SPARK_CONF_DIR=str(folder / "conf"), SPARK_HOME=str(folder / "home"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["lines"], told["master"]) == (3, "local-cluster[1,1,1024]")


def test_without_java_the_user_is_told_what_to_install(folder: Path):
    known = {"PATH": "/nowhere:/usr/bin-without-java", "JAVA_HOME": str(folder / "no-java")}
    done = run(folder, **known)
    assert done.returncode == 1
    assert "InputError: engine: spark does not start" in done.stderr
    assert "Java 17 or newer (Debian, Ubuntu: apt-get install default-jre-headless" in done.stderr
