"""Funnel and shrinkage on figures worked by hand."""

import numpy as np
import pytest
from scipy import stats

from analysis.funnel import eb05, funnel_z, gamma_prior, overdispersion, spread_among, upper_limit


def test_no_spread_where_peers_differ_by_chance_only():
    """z = -1, 0, 1: phi below 1, so nothing is left to the peers."""
    assert spread_among(np.array([-0.1, 0.0, 0.1]), np.full(3, 0.1)) == 0
    assert spread_among(np.array([5.0, -5.0]), np.full(2, 0.1)) == 0, "two units say nothing about a spread"


def test_overdispersion_of_the_known_answer():
    """Six hospitals, y = ln(O / E), s = 1 / sqrt(E), nothing drawn in."""
    observed, expected = np.array([100, 150, 180, 80, 120, 225.0]), np.array([108, 112, 165, 95, 100, 220.0])
    phi = overdispersion(np.log(observed / expected), 1 / np.sqrt(expected), drawn_in=0)
    assert phi == pytest.approx(2.948033, abs=5e-7)


def test_spread_by_hand():
    """Eleven units of s = 0.1, z = -10 .. 10 in steps of 2: drawn in to -8 .. 8, mean square 48.0 + ... = phi."""
    y = np.arange(-10, 11, 2) * 0.1
    phi = np.mean(np.clip(np.arange(-10, 11, 2), -8, 8) ** 2)
    assert phi == pytest.approx((2 * 64 * 2 + 2 * (36 + 16 + 4)) / 11)
    assert spread_among(y, np.full(11, 0.1)) == pytest.approx((11 * phi - 10) / (1100 - 100))


def test_limits_widen_with_few_cases_and_with_spread():
    assert funnel_z(np.log(np.array([2.0])), np.array([0.1]), 0.0)[0] == pytest.approx(np.log(2) / 0.1)
    assert upper_limit(np.array([0.1]), 0.0)[0] == pytest.approx(np.exp(0.3090232))
    assert upper_limit(np.array([0.1]), 0.03)[0] == pytest.approx(np.exp(0.3090232 * 2)), "sqrt(0.01 + 0.03) = 0.2"


def test_shrinkage_by_hand():
    """Prior Gamma(2, 2), 8 found where 2 are expected: Gamma(10, 4)."""
    assert eb05(np.array([8.0]), np.array([2.0]), (2.0, 2.0))[0] == pytest.approx(stats.gamma.ppf(0.05, 10, scale=0.25))


def test_one_finding_where_a_hundredth_was_expected_is_nobodys_fault():
    prior = (4.0, 4.0)
    assert eb05(np.array([1.0]), np.array([0.01]), prior)[0] < 2 < eb05(np.array([40.0]), np.array([8.0]), prior)[0]


def test_the_prior_finds_the_ratios_that_made_the_counts():
    random = np.random.default_rng(3)
    expected = random.uniform(1, 30, 3000)
    observed = random.poisson(random.gamma(5, 1 / 5, 3000) * expected)
    shape, rate = gamma_prior(observed, expected)
    assert shape == pytest.approx(5, rel=0.15) and shape / rate == pytest.approx(1, rel=0.05)
