"""A hospital corrupted a thousand times: it comes through, rows are set aside, or it is told. Some rounds are fast."""

from pathlib import Path

import pytest

from benchmarks.corruptions.rounds import Good
from benchmarks.fuzz import KINDS, fuzz, table

#: Every other one of those that end soon, and every twentieth of the others.
_SOON = ("folder", "spec")
FEW = [kind for kind in KINDS if kind.area in _SOON][::2] + [kind for kind in KINDS if kind.area not in _SOON][::20]


@pytest.fixture(scope="module")
def good(small_place: Path) -> Good:
    return Good.of(small_place)


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
