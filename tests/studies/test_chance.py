"""Two rates compared: worked by hand."""

import pytest

from analysis.studies.chance import beyond_chance


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((30, 100, 5, 100), 1),  # p = 0.175, error 0.0537, z = 4.65
        ((5, 100, 30, 100), -1),
        ((6, 100, 5, 100), 0),  # z = 0.31
        ((20, 200, 9, 200), 1),  # p = 0.0725, error 0.02593, z = 2.12
        ((19, 200, 9, 200), 0),  # z = 1.9597, just under 1.96
        ((18, 200, 9, 200), 0),  # z = 1.79
        ((5, 9, 0, 100), 0),  # fewer than ten cases
        ((0, 50, 0, 50), 0),
        ((50, 50, 50, 50), 0),
        ((float("nan"), 50, 1, 50), 0),
    ],
)
def test_by_hand(counts: tuple[float, float, float, float], told: int):
    assert beyond_chance(*counts) == told
