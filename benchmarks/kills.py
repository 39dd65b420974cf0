"""`python -m benchmarks.kills --count 50 --seed 1`: kill -9 while a month is closed, imported or reported.

A round starts from a hospital whose two months are closed and whose parameters or files have changed since, so that
the command has everything to do anew. After the kill each month and the data folder must be, byte for byte, the old
one or the new one and readable; the next run must succeed, equal a run that nobody killed, and leave nothing over.
"""

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from analysis.closed_period import is_sound, open_period, read_card
from analysis.files import last_good
from analysis.hospital import is_whole, open_hospital
from analysis.periods import Period
from benchmarks.corruptions.commands import command
from benchmarks.corruptions.killing import Killed, kill, seconds_of
from benchmarks.corruptions.rounds import hashes
from benchmarks.corruptions.small_hospital import make_place, standing_in
from benchmarks.measured import machine

Hashes = dict[str, str]
MONTHS = ("2023-01", "2023-02")


@dataclass(frozen=True)
class Work:
    """A command that is killed: its words, what changed before it, and the folder it writes."""

    name: str
    words: tuple[str, ...]
    change: Callable[[Path], None]
    folder: str


def _other_rate(place: Path) -> None:
    """Another payment standard: every month has to be closed anew."""
    for file in sorted((place / "parameters/payment").glob("demo*.yaml")):
        text = file.read_text("utf8")
        file.write_text(text + "\n# another wording, another run id\n", "utf8")


def _other_files(place: Path) -> None:
    """An item less than before: the import differs."""
    file = place / "source/items.csv"
    lines = file.read_text("utf8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), "utf8")


WORKS = {
    "close": Work("close", ("close", "data/small"), _other_rate, "outputs/small"),
    "import": Work("import", ("import", "spec.yaml", "--out", "data/small"), _other_files, "data"),
}


@dataclass(frozen=True)
class Prepared:
    """The changed hospital before the command, and hashes of what the command writes: before it and after it."""

    work: Work
    place: Path
    old: Hashes
    new: Hashes
    seconds: float
    months: tuple[str, ...]


def prepare(base: Path, work: Work, scratch: Path, months: tuple[str, ...] = MONTHS) -> Prepared:
    """Change a hospital, and run the command once undisturbed on a copy of it."""
    place, done = scratch / work.name, scratch / f"{work.name}_done"
    shutil.copytree(base, place)
    work.change(place)
    shutil.copytree(place, done)
    seconds = seconds_of(done, *work.words)
    return Prepared(work, place, hashes(place / work.folder), hashes(done / work.folder), seconds, months)


def play(prepared: Prepared, random: Random) -> tuple[Killed, str]:
    """One round: kill, look, run again, look; what was found to be wrong, else which state the kill left."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "place"
        shutil.copytree(prepared.place, place)
        killed = kill(place, random, prepared.seconds, *prepared.work.words)
        with standing_in(place):
            state = _state(prepared, _seen(prepared))
            fault = state if state.startswith("wrong") else _readable(Path.cwd(), prepared.months)
            if fault:
                return killed, fault
            again = command(*prepared.work.words)
            if again.code:
                return killed, f"wrong: the next run fails: {again.text}{again.traceback}"
            if hashes(Path(prepared.work.folder)) != prepared.new:
                return killed, "wrong: the next run gives something else than a run that nobody killed"
            left = [path.name for path in Path.cwd().rglob(".*") if path.name.endswith((".unfinished", ".retired"))]
            return killed, f"wrong: left over {left}" if left else state


def _seen(prepared: Prepared) -> Hashes:
    """Hashes of what a reader finds: while folders are exchanged, the earlier one under its other name."""
    if prepared.work.folder == "data":
        open_hospital("data/small")
        return hashes(Path("data"))
    found = {}
    for month in prepared.months:
        tables = hashes(last_good(Path(prepared.work.folder) / month / "tables"))
        found |= {f"{month}/tables/{name}": mark for name, mark in tables.items()}
    return found


def _state(prepared: Prepared, found: Hashes) -> str:
    """old, new, or (of a close) old and new months; each month must be one of both as a whole."""
    states = set()
    for part in sorted({_part(name) for name in prepared.old | prepared.new}):
        here, old, new = (_of_part(marks, part) for marks in (found, prepared.old, prepared.new))
        if here not in (old, new):
            return f"wrong: {part} is neither the old one nor the new one"
        states.add("new" if here == new else "old")
    return " and ".join(sorted(states, reverse=True))


def _part(name: str) -> str:
    return name.split("/")[0]


def _of_part(marks: Hashes, part: str) -> Hashes:
    return {name: mark for name, mark in marks.items() if _part(name) == part}


def _readable(place: Path, months: tuple[str, ...]) -> str:
    """Every month opens and is what its card says; the data folder is what its seal says."""
    for name in months:
        folder, period = place / "outputs/small", Period(name)
        card = read_card(folder, period)
        if not card or not is_sound(folder, period, card):
            return f"wrong: {name} is not whole"
        open_period(folder / name).sql("select sum(cost_total) as cost from cases")
    return "" if is_whole(place / "data/small") else "wrong: the data folder is not whole"


def kills(prepared: list[Prepared], count: int, seed: int) -> Iterator[tuple[str, Killed, str]]:
    """`count` rounds that were really killed: the work, when it was killed, and the state it left."""
    number = done = 0
    while done < count:
        work = prepared[number % len(prepared)]
        killed, state = play(work, Random(f"{seed} {number}"))
        number += 1
        if killed.after is not None or state.startswith("wrong"):
            done += 1
            yield work.work.name, killed, state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        base = make_place(Path(scratch) / "base", Path.cwd(), MONTHS[0], MONTHS[-1])
        made = {name: prepare(base, work, Path(scratch)) for name, work in WORKS.items()}
        prepared = [made[name] for name in ("close", "close", "close", "import")]
        counted: Counter[tuple[str, str, str]] = Counter()
        for name, killed, state in kills(prepared, given.count, given.seed):
            counted[name, killed.moment, state] += 1
            if state.startswith("wrong"):
                print(name, killed, state, flush=True)
    print("| command | killed | left | rounds |\n|---|---|---|---|")
    for (name, moment, state), rounds in sorted(counted.items()):
        print(f"| {name} | {moment} | {state} | {rounds} |")
    print(f"\n{counted.total()} kills, seed {given.seed}. {machine()}")
    raise SystemExit(any(state.startswith("wrong") for _, _, state in counted))


if __name__ == "__main__":
    main()
