"""kill -9 while a month is closed or a hospital imported: the last good state stays, the next run makes it whole."""

from pathlib import Path

import pytest

from benchmarks.corruptions.small_hospital import make_place
from benchmarks.kills import MONTHS, WORKS, Prepared, kills, prepare

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> list[Prepared]:
    folder = tmp_path_factory.mktemp("kills")
    base = make_place(folder / "base", ROOT, MONTHS[0], MONTHS[-1])
    made = {name: prepare(base, work, folder) for name, work in WORKS.items()}
    return [made[name] for name in ("close", "close", "import")]


def wrong(prepared: list[Prepared], count: int, seed: int) -> list[str]:
    rounds = list(kills(prepared, count, seed))
    assert len(rounds) == count
    return [f"{name}, {killed}: {state}" for name, killed, state in rounds if state.startswith("wrong")]


def test_some_kills(prepared: list[Prepared]):
    assert wrong(prepared, 3, 2) == []


@pytest.mark.slow
def test_fifty_kills(prepared: list[Prepared]):
    assert wrong(prepared, 50, 1) == []
