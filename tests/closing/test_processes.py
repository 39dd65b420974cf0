"""Two processes, one on a single core and one on all, close the same months to the same bytes."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.contract import period_tables
from analysis.demo.generator import write_demo

ROOT = Path(__file__).parents[2]
CLOSE = """
import os, sys
from pathlib import Path
if sys.argv[3] == "one" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from analysis.closing import close
close(Path(sys.argv[1]), [], Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_cores_change_no_byte(tmp_path: Path):
    """Real size (a tenth of the hospital): sums run in parallel, and nothing may depend on their order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        write_demo(tmp_path / "data/demo", 3, first="2022-11", last="2023-02")
    marks = []
    for cores in ("one", "all"):
        command = [sys.executable, "-c", CLOSE, str(tmp_path / "data/demo"), str(tmp_path / cores), cores]
        subprocess.run(command, check=True, cwd=ROOT)
        files = sorted((tmp_path / cores).rglob("*.parquet")) + sorted((tmp_path / cores).rglob("closed.json"))
        marks.append({str(f.relative_to(tmp_path / cores)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files})
    assert len(marks[0]) == 4 * (len(period_tables()) + 1) and marks[0] == marks[1]
