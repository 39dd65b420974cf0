"""kill -9 while a month is closed or a hospital imported: the last good state stays, the next run makes it whole."""

from pathlib import Path

import pytest

from benchmarks.corruptions.small_hospital import make_place
from benchmarks.kills import MONTHS, WORKS, Prepared, kills, prepare

ROOT = Path(__file__).parents[2]


def wrong(prepared: list[Prepared], count: int, seed: int) -> list[str]:
    rounds = list(kills(prepared, count, seed))
    assert len(rounds) == count
    return [f"{name}, {killed}: {state}" for name, killed, state in rounds if state.startswith("wrong")]


def test_some_kills(small_place: Path, tmp_path: Path):
    assert wrong([prepare(small_place, WORKS["close"], tmp_path, MONTHS[-1:])], 2, 2) == []


@pytest.mark.slow
def test_fifty_kills(tmp_path: Path):
    base = make_place(tmp_path / "base", ROOT, MONTHS[0], MONTHS[-1])
    made = {name: prepare(base, work, tmp_path) for name, work in WORKS.items()}
    assert wrong([made["close"], made["close"], made["close"], made["import"]], 50, 1) == []
