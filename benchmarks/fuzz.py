"""`python -m benchmarks.fuzz --count 1000 --seed 1`: corrupt a hospital in many ways, and see how each ends.

A round copies a small hospital, corrupts it in one way, and runs import, check and close on it as far as they go. It
may end clean, with rows set aside, with a changed value carried through exactly, mended, or with a clear error; a
traceback, a lost row, a total that changed silently or a damaged last good month is a failure.
"""

import argparse
import os
import shutil
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

from benchmarks.corruptions import of_folders, of_source_binary, of_source_cells, of_source_text, of_yaml
from benchmarks.corruptions.kinds import Kind
from benchmarks.corruptions.rounds import FailedError, Good, play
from benchmarks.corruptions.small_hospital import make_place
from benchmarks.measured import machine

KINDS: list[Kind] = [
    *of_source_text.kind.all,
    *of_source_cells.kind.all,
    *of_source_binary.kind.all,
    *of_folders.folder.all,
    *of_folders.unsealed.all,
    *of_folders.closed.all,
    *of_yaml.spec.all,
    *of_yaml.parameters.all,
]
#: Rounds that a process does at a time.
_PART = 20
_OUTCOMES = ("clean", "quarantined", "carried", "mended", "error", "failed")


@dataclass(frozen=True)
class Result:
    """How a round ended; `told` is what the corruption did and, where it failed, why."""

    number: int
    kind: Kind
    outcome: str
    told: str


def fuzz(good: Good, count: int, seed: int, first: int = 0, kinds: list[Kind] | None = None) -> Iterator[Result]:
    """Rounds one after another; round `number` is always the same for a seed."""
    chosen = kinds or KINDS
    for number in range(first, first + count):
        kind, random = chosen[number % len(chosen)], Random(f"{seed} {number}")
        with tempfile.TemporaryDirectory() as scratch:
            place = Path(scratch) / "place"
            shutil.copytree(good.place, place)
            told = kind.apply(place, random)
            try:
                outcome = play(good, place, kind)
            except FailedError as failure:
                yield Result(number, kind, "failed", f"{told}\n{failure}")
                continue
            except Exception:  # what the oracle itself cannot read is a round to look at
                yield Result(number, kind, "failed", f"{told}\n{traceback.format_exc()}")
                continue
            allowed = outcome in kind.ends
            yield Result(number, kind, outcome if allowed else "failed", told if allowed else f"{told}: {outcome}")


def table(results: list[Result]) -> str:
    """Outcomes by kind, as Markdown."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        counted[result.kind.name][result.outcome] += 1
    total = Counter(result.outcome for result in results)
    lines = [f"| corruption | rounds | {' | '.join(_OUTCOMES)} |", f"|---|{'---|' * (len(_OUTCOMES) + 1)}"]
    for name, count in [*counted.items(), ("**all**", total)]:
        cells = [f"{count[outcome] or ''}" for outcome in _OUTCOMES]
        lines.append(f"| {name} | {count.total()} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _chosen(word: str) -> list[Kind]:
    return [kind for kind in KINDS if word in kind.name]


def _some(good: Good, first: int, count: int, seed: int, word: str) -> list[tuple[int, str, str]]:
    """Rounds of one process, as what can be handed over; on one core, which is quicker than on two shared ones."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})
    return [(result.number, result.outcome, result.told) for result in fuzz(good, count, seed, first, _chosen(word))]


def _all(good: Good, count: int, seed: int, first: int, word: str, processes: int) -> list[Result]:
    kinds, results = _chosen(word), []
    parts = [(number, min(_PART, first + count - number)) for number in range(first, first + count, _PART)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for future in as_completed([pool.submit(_some, good, *part, seed, word) for part in parts]):
            for number, outcome, told in future.result():
                results.append(Result(number, kinds[number % len(kinds)], outcome, told))
                if outcome == "failed":
                    print(f"round {number}, {results[-1].kind.name}: {told}\n", flush=True)
    return sorted(results, key=lambda result: KINDS.index(result.kind))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first round (one alone: --count 1)")
    parser.add_argument("--kind", default="", help="only kinds whose name has this in it")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    began = time.time()
    with tempfile.TemporaryDirectory() as folder:
        good = Good.of(make_place(Path(folder) / "place", Path.cwd()))
        results = _all(good, given.count, given.seed, given.first, given.kind, given.processes)
    print(table(results))
    minutes, kinds = (time.time() - began) / 60, len(_chosen(given.kind))
    print(f"\n{len(results)} rounds of {kinds} kinds in {minutes:.0f} minutes, seed {given.seed}. {machine()}")
    raise SystemExit(any(result.outcome == "failed" for result in results))


if __name__ == "__main__":
    main()
