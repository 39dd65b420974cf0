"""A hospital corrupted a thousand times: it comes through, rows are set aside, or it is told. Some rounds are fast."""

from pathlib import Path

import pytest

from benchmarks.corruptions.rounds import Good
from benchmarks.corruptions.small_hospital import make_place
from benchmarks.fuzz import KINDS, fuzz, table

ROOT = Path(__file__).parents[2]
#: Every fifth kind.
FEW = KINDS[::5]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    return Good.of(make_place(tmp_path_factory.mktemp("fuzz") / "place", ROOT))


def failed(good: Good, count: int, seed: int, kinds: list) -> list[str]:
    results = list(fuzz(good, count, seed, kinds=kinds))
    print(table(results))
    assert len(results) == count
    return [f"round {r.number}, {r.kind.name}: {r.told}" for r in results if r.outcome == "failed"]


def test_kinds_have_names_of_their_own():
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 100


def test_a_few_corruptions(good: Good):
    assert failed(good, len(FEW), 3, FEW) == []


@pytest.mark.slow
def test_a_thousand_corruptions(good: Good):
    assert failed(good, 1000, 1, KINDS) == []
