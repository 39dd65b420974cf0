"""Two rates compared: worked by hand."""

import math

import pytest

from analysis.studies.chance import beyond_chance, log_error, ratio_beyond_chance


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


def test_error_of_a_ratio_by_hand():
    """Costs 8, 12 at weights 1, 1: r = 10, residuals -2 and 2, squares 8; sqrt(8 x 2 / 1) / 20 = 0.2."""
    assert log_error(2, 20, 2, 64 + 144, 20, 2) == pytest.approx(0.2)
    assert log_error(2, 20, 2, 200, 20, 2) == 0, "every case costs 10 a weight unit"
    assert math.isnan(log_error(1, 10, 1, 100, 10, 1)) and math.isnan(log_error(5, math.nan, 2, 1, 1, 1))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((1.2, 0.06, 1.0, 0.06), 1),  # ln 1.2 = 0.1823, error 0.08485, z = 2.15
        ((1.0, 0.06, 1.2, 0.06), -1),
        ((1.2, 0.07, 1.0, 0.07), 0),  # error 0.09899, z = 1.84
        ((1.03, 0.0, 1.0, 0.0), 1),
        ((1.2, math.nan, 1.0, 0.01), 0),
        ((-1.0, 0.1, 1.0, 0.1), 0),
    ],
)
def test_two_ratios_by_hand(values: tuple[float, float, float, float], told: int):
    assert ratio_beyond_chance(*values) == told
