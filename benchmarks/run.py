"""`python -m benchmarks.run`: prints a row of docs/benchmarks.md for a closed data folder.

Scan and close run in fresh processes of their own, so that neither warms the other's memory and the peak is the
closing's alone. Seconds differ between machines; the ratio is what to compare.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from analysis.closed_period import closed_periods
from analysis.closing import close
from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.periods import Period

_SCAN = (
    "select stay_id, count(*) as lines, sum(amount) as amount, sum(quantity) as quantity from charges group by stay_id"
)


@dataclass(frozen=True)
class Measured:
    """Seconds of the measured part, peak resident memory of its process in MiB, rows it read."""

    seconds: float
    peak_mib: float
    lines: int


def scan(data: Path, period: Period) -> Measured:
    """Sum the month's charge lines by stay: the least that any costing has to do."""
    hospital = open_hospital(data)
    with Engine() as engine:
        engine.attach(contract_tables()["charges"], hospital.files("charges", [period]))
        began = time.perf_counter()
        engine.arrow(_SCAN)
        seconds = time.perf_counter() - began
        return Measured(seconds, _peak_mib(), engine.value("select count(*) from charges"))


def close_again(data: Path, period: Period, outputs: Path) -> Measured:
    """Close the month once more in a scratch folder that holds the balances of the months before it."""
    with tempfile.TemporaryDirectory(dir=outputs) as scratch:
        for earlier in closed_periods(outputs / data.name):
            if earlier < period:
                folder = Path(data.name) / earlier.name / "tables"
                shutil.copytree(outputs / folder, Path(scratch) / folder, copy_function=os.link)
        result = close(data, [period], Path(scratch))[-1]
        assert result.state == "closed"
        return Measured(result.seconds, _peak_mib(), 0)


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _median(times: int, work: Callable[..., Measured], *arguments: Any) -> Measured:
    """Median seconds and highest peak over repetitions, each in a fresh process."""
    measured = []
    for _ in range(times):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            measured.append(pool.submit(work, *arguments).result())
    return Measured(
        statistics.median(m.seconds for m in measured), max(m.peak_mib for m in measured), measured[0].lines
    )


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{system}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data/demo"))
    parser.add_argument("--outputs", type=Path, default=Path("outputs"))
    parser.add_argument("--period", default="2023-06")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    period = Period(given.period)
    if not open_hospital(given.data).files("charges", [period]):
        raise InputError(f"no charge lines in {period.name}", where=str(given.data), mend="choose another --period")
    if period not in closed_periods(given.outputs / given.data.name):
        raise InputError(f"{period.name} is not closed", where=str(given.data), mend="run `workbench close` first")
    scanned = _median(given.repeat, scan, given.data, period)
    closed = _median(given.repeat, close_again, given.data, period, given.outputs)
    print(f"Machine: {machine()}. Median of {given.repeat} runs.\n")
    print("| hospital | charge lines of the month | scan | close | ratio | peak memory |\n|---|---|---|---|---|---|")
    print(
        f"| {given.data.name} {period.name} | {scanned.lines:,} | {scanned.seconds:.3f} s | {closed.seconds:.2f} s "
        f"| {closed.seconds / scanned.seconds:.0f} | {closed.peak_mib:,.0f} MiB |"
    )


if __name__ == "__main__":
    main()
