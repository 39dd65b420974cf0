"""`python -m benchmarks.run`: the figures of docs/benchmarks.md, as Markdown.

Makes a hospital of a year and the month before it, and another of half as many stays; measures generation, import of
the year's charge lines, plain scans of them, costing of the year to patients by every method, and closing of a month
and of the year; then reciprocal allocation of many centres. Every part runs in a process of its own. Seconds differ
between machines; ratios within one run are what to compare.
"""

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis.periods import Period, parse_range
from benchmarks.measured import Measured, machine, measure
from benchmarks.steps import (
    SCANS,
    close_again,
    close_periods,
    cost_periods,
    generate,
    import_lines,
    scan,
    solve_reciprocal,
)  # fmt: skip

_BEFORE, _YEAR = Period("2022-12"), parse_range("2023-01..2023-12")
_MONTH = _YEAR[5:6]
_FULL, _QUICK = 80_000, 8_000
_CENTRES, _ITEMS = 2_000, 7


@dataclass(frozen=True)
class Closing:
    """Closing of some periods beside the plain scans of the same charge lines, in the same run."""

    name: str
    closed: Measured
    scans: dict[str, Measured]

    def line(self) -> str:
        stay, item = (self.scans[kind] for kind in SCANS)
        cells = [
            self.name,
            f"{stay.rows:,}",
            f"{stay.seconds:.3f} s",
            f"{item.seconds:.2f} s",
            f"{self.closed.computing:.1f} s",
            f"{self.closed.computing / stay.seconds:.0f}",
            f"{self.closed.processor / stay.processor:.0f}",
            f"{self.closed.computing / item.seconds:.1f}",
            f"{self.closed.seconds:.1f} s",
            f"{self.closed.seconds / stay.seconds:.0f}",
            f"{self.closed.peak_mib:,.0f} MiB",
        ]
        return f"| {' | '.join(cells)} |"


_CLOSING_HEAD = (
    "| closed | charge lines | scan by stay | scan by item | computing | computing / by stay | by processor seconds "
    "| computing / by item | whole close | whole / by stay | peak memory |\n" + "|---" * 11 + "|"
)


def bench(folder: Path, stays: int, repeat: int, costing_only: bool) -> dict[str, Measured]:
    """Measure a hospital of one size, print its tables, and return what grows with it."""
    data = _data(folder, stays)
    _told(f"{stays:,} stays a year: generation")
    steps = {"generation, 13 months, all tables": measure(generate, data, stays, _BEFORE.name, _YEAR[-1].name)}
    if not costing_only:
        _told("import of the year's charge lines")
        steps["import of the year's charge lines"] = measure(import_lines, data, _YEAR)
    print(f"\n## {stays:,} stays a year\n\n| step | rows | seconds | peak memory |\n|---|---|---|---|")
    for name, step in steps.items():
        print(f"| {name} | {step.rows:,} | {step.seconds:.0f} s | {step.peak_mib:,.0f} MiB |")
    _told("costing")
    scans = _scans(data, _YEAR, repeat)
    steps |= {f"plain scan of the year {kind}": scanned for kind, scanned in scans.items()}
    steps["costing of the year by all methods"] = costing = measure(cost_periods, data, _YEAR, times=repeat)
    print(f"\n{_COSTING_HEAD}\n{_costing_line(costing, scans)}", flush=True)
    if not costing_only:
        _told("closing")
        steps["closing of the year"] = _closing(data, folder / "outputs", repeat, scans)
    return steps


def _closing(data: Path, outputs: Path, repeat: int, scans: dict[str, Measured]) -> Measured:
    """Print the closing of a month and of the year, and return the year's."""
    measure(close_periods, data, [_BEFORE], outputs)
    year = measure(close_again, data, _YEAR, outputs, times=repeat)
    measure(close_periods, data, _YEAR[: _YEAR.index(_MONTH[0])], outputs)
    month = measure(close_again, data, _MONTH, outputs, times=repeat)
    of_month = Closing(_MONTH[0].name, month, _scans(data, _MONTH, repeat))
    print(f"\n{_CLOSING_HEAD}\n{of_month.line()}\n{Closing('2023', year, scans).line()}", flush=True)
    return year


_COSTING_HEAD = (
    "| costing by all methods | charge lines | seconds | costing / scan by stay | by processor seconds "
    "| costing / scan by item | by processor seconds | peak memory |\n" + "|---" * 8 + "|"
)


def _costing_line(costing: Measured, scans: dict[str, Measured]) -> str:
    cells = ["2023", f"{costing.rows:,}", f"{costing.seconds:.1f} s"]
    for plain in (scans[kind] for kind in SCANS):
        cells += [f"{costing.seconds / plain.seconds:.1f}", f"{costing.processor / plain.processor:.1f}"]
    return f"| {' | '.join([*cells, f'{costing.peak_mib:,.0f} MiB'])} |"


def _scans(data: Path, periods: list[Period], repeat: int) -> dict[str, Measured]:
    return {kind: measure(scan, data, periods, kind, times=repeat) for kind in SCANS}


def print_growth(half: dict[str, Measured], full: dict[str, Measured]) -> None:
    """How the seconds grow when the hospital is twice as large."""
    lines = [step["plain scan of the year by stay"].rows for step in (half, full)]
    print(f"\n## {lines[1] / lines[0]:.2f} times the charge lines\n\n| step | half | full | times |\n|---|---|---|---|")
    for name, step in full.items():
        before = half[name].seconds
        print(f"| {name} | {before:.2f} s | {step.seconds:.2f} s | {step.seconds / before:.2f} |")


def _data(folder: Path, stays: int) -> Path:
    return folder / f"hospital_{stays}"


def _told(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the demonstration hospital's size instead of full size")
    parser.add_argument("--costing", action="store_true", help="generation, scans and costing only")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each scan, costing and close; the median counts")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="scratch folder, emptied first")
    given = parser.parse_args()
    stays = _QUICK if given.quick else _FULL
    shutil.rmtree(given.folder, ignore_errors=True)
    (given.folder / "outputs").mkdir(parents=True)
    print(
        f"Machine: {machine()}. Scans, costing and closes: median of {given.repeat} runs, each in a process of its own."
    )
    full, half = (bench(given.folder, size, given.repeat, given.costing) for size in (stays, stays // 2))
    print_growth(half, full)
    solved = measure(solve_reciprocal, _CENTRES, _ITEMS, times=given.repeat)
    print(f"\nReciprocal allocation of {_CENTRES:,} centres x {_ITEMS} cost items: {solved.seconds:.2f} s")
    if not given.costing:
        print("\n## Spark beside DuckDB\n", flush=True)
        beside = ["--data", str(_data(given.folder, stays)), "--period", _MONTH[0].name, "--repeat", str(given.repeat)]
        subprocess.run([sys.executable, "-m", "benchmarks.spark", *beside], check=True)
    shutil.rmtree(given.folder)


if __name__ == "__main__":
    main()
