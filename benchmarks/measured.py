"""Seconds and memory of a piece of work, each time in a process of its own: nothing is warm, the peak is its own."""

import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Seconds of the measured part, rows it went through, peak resident memory of its process in MiB.

    `computing`: of the seconds, those in costing, payment, indicators and reconciliation (all, for anything else);
    `processor`: what these took on all cores together, which other work on the machine disturbs less.
    """

    seconds: float
    rows: int
    computing: float
    processor: float
    peak_mib: float = 0.0


def measure(work: Callable[..., Measured], *arguments: Any, times: int = 1) -> Measured:
    """Run `work` in fresh processes: medians of the seconds, the highest peak."""
    runs = []
    for _ in range(times):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            runs.append(pool.submit(_with_peak, work, arguments).result())
    return Measured(
        statistics.median(run.seconds for run in runs),
        runs[0].rows,
        statistics.median(run.computing for run in runs),
        statistics.median(run.processor for run in runs),
        max(run.peak_mib for run in runs),
    )


def _with_peak(work: Callable[..., Measured], arguments: tuple[Any, ...]) -> Measured:
    measured = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return replace(measured, peak_mib=peak / 2**20 if sys.platform == "darwin" else peak / 2**10)


class Clock:
    """Seconds and processor seconds since it was made."""

    def __init__(self) -> None:
        self._seconds, self._processor = time.perf_counter(), time.process_time()

    def read(self, rows: int = 0) -> Measured:
        seconds = time.perf_counter() - self._seconds
        return Measured(seconds, rows, seconds, time.process_time() - self._processor)


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{system}, Python {platform.python_version()}"
