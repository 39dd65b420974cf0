"""Commands of the workbench as processes that are killed (kill -9, children and all), at moments drawn or awaited."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

#: What a close or an import leaves beside its place while it works.
TRACES = (".*.unfinished", ".*.retired")


@dataclass(frozen=True)
class Killed:
    """When the process was killed, in seconds after its start; None where it had ended before."""

    after: float | None
    moment: str


def start(place: Path, *words: str) -> subprocess.Popen[bytes]:
    """`workbench WORDS` in PLACE, as a process of its own group."""
    command = [sys.executable, "-m", "analysis.cli", *words]
    return subprocess.Popen(
        command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def seconds_of(place: Path, *words: str) -> float:
    """How long the command takes when nobody disturbs it."""
    began = time.perf_counter()
    if start(place, *words).wait():
        raise RuntimeError(f"{' '.join(words)} fails by itself")
    return time.perf_counter() - began


def kill(place: Path, random: Random, seconds: float, *words: str) -> Killed:
    """Start a command and kill it: half of the times at any moment, half of them as soon as a trace of it is seen."""
    process, began = start(place, *words), time.perf_counter()
    try:
        if random.random() < 0.5:
            moment = "any moment"
            _wait(process, began + random.uniform(0, seconds), lambda: False)
        else:
            trace = random.choice(TRACES)
            moment = f"at {trace[2:]}"
            _wait(process, began + 10 * seconds, lambda: any(_seen(place, trace)))
            time.sleep(random.choice([0, 0, random.uniform(0, seconds / 4)]))
        ended = process.poll() is not None
        after = time.perf_counter() - began
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return Killed(None if ended else after, moment)


def _wait(process: subprocess.Popen[bytes], until: float, seen: Callable[[], bool]) -> None:
    while time.perf_counter() < until and process.poll() is None and not seen():
        time.sleep(0.0005)


def _seen(place: Path, trace: str) -> list[Path]:
    folders = [place / "data", place / "outputs/small", *(place / "outputs/small").glob("20*")]
    return [path for folder in folders for path in folder.glob(trace)]
