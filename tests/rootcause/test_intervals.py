"""Intervals and p-values from draws: known answers, invariances, and what they cover with few unequal clusters."""

import numpy as np
import pytest
from scipy import stats

from analysis.rootcause.intervals import judged
from analysis.rootcause.resampling import cluster_weights, effective_clusters

LEVEL = 0.95


def means(sums: np.ndarray, counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (weights @ sums) / (weights @ counts)


def test_percentiles_are_expanded_by_t_and_by_the_number_of_clusters():
    draws = np.arange(10_001, dtype=float)
    low, high, _ = judged(5_000.0, draws, clusters=10)
    tail = stats.norm.cdf(-np.sqrt(10 / 9) * stats.t.ppf(0.975, 9))  # Hesterberg 2015
    assert float(low) == pytest.approx(10_000 * tail) and float(high) == pytest.approx(10_000 * (1 - tail))


def test_equal_clusters_of_a_symmetric_mean_give_at_least_students_interval():
    values = np.repeat([[-1.0, 1.0]], 12, axis=0).ravel()
    weights = cluster_weights(24, 4_000, seed=1)
    low, high, _ = judged(0.0, weights @ values / 24, 24.0, weights=weights)
    student = stats.t.ppf(0.975, 23) * values.std(ddof=1) / np.sqrt(24)
    assert 0.97 < float(high) / student < 1.1 and 0.97 < float(-low) / student < 1.1


def test_a_skewed_sum_reaches_farther_to_the_side_of_its_tail():
    values = np.exp(np.linspace(-1.8, 1.8, 15))
    weights = cluster_weights(15, 3_000, seed=2)
    low, high, _ = judged(values.mean(), weights @ values / 15, 15.0, weights=weights)
    assert high - values.mean() > 1.3 * (values.mean() - low)


def test_scale_and_shift_move_the_interval_with_them():
    rng = np.random.default_rng(8)
    weights = cluster_weights(14, 1_000, seed=8)
    values = rng.lognormal(size=14)
    estimate, draws = values.mean(), weights @ values / 14
    low, high, _ = judged(estimate, draws, 13.0, weights=weights)
    moved = judged(7 * estimate - 3, 7 * draws - 3, 13.0, weights=weights)
    assert moved[0] == pytest.approx(7 * low - 3) and moved[1] == pytest.approx(7 * high - 3)
    turned = judged(-estimate, -draws, 13.0, weights=weights)
    assert turned[0] == pytest.approx(-high) and turned[1] == pytest.approx(-low)


@pytest.mark.parametrize("weighted", [True, False])
def test_shapes_are_kept_and_each_estimate_stands_alone(weighted):
    rng = np.random.default_rng(4)
    weights = cluster_weights(12, 800, seed=4)
    values = rng.normal(size=(12, 2, 3))
    draws = np.tensordot(weights, values, 1) / 12
    given = weights if weighted else None
    low, high, p = judged(values.mean(axis=0), draws, 11.0, weights=given)
    assert low.shape == high.shape == p.shape == (2, 3)
    alone = judged(values.mean(axis=0)[1, 2], draws[:, 1, 2], 11.0, weights=given)
    assert low[1, 2] == pytest.approx(float(alone[0])) and high[1, 2] == pytest.approx(float(alone[1]))


def test_p_is_below_five_percent_exactly_where_the_interval_leaves_zero_out():
    rng = np.random.default_rng(9)
    weights = cluster_weights(16, 1_000, seed=9)
    values = rng.lognormal(size=(16, 400)) - rng.uniform(0, 4, 400)
    estimate, draws = values.mean(axis=0), weights @ values / 16
    low, high, p = judged(estimate, draws, 15.0, weights=weights)
    assert ((p < 0.05) == ((low > 0) | (high < 0))).all()
    assert 0.2 < (p < 0.05).mean() < 0.9


def test_no_interval_without_clusters_or_where_a_draw_is_undefined():
    weights = cluster_weights(12, 300, seed=1)
    draws = np.column_stack([weights[:, 0], weights[:, 1]])
    draws[5, 0] = np.nan
    low, high, _ = judged(np.ones(2), draws, 12.0, weights=weights)
    assert np.isnan(low[0]) and np.isnan(high[0]) and np.isfinite([low[1], high[1]]).all()
    assert np.isnan(judged(1.0, draws[:, 1], 1.0, weights=weights)).all()
    assert np.isnan(judged(1.0, draws[:, 1], 1.0)).all()


def test_the_draws_are_left_as_they_are():
    draws = np.random.default_rng(6).normal(size=200)
    before = draws.copy()
    judged(0.0, draws, 12.0)
    judged(0.0, draws, 12.0, weights=cluster_weights(8, 200, seed=1))
    assert (draws == before).all()


def test_what_never_moves_is_certain_and_zero_is_no_cause():
    weights = cluster_weights(12, 300, seed=1)
    draws = np.tile([40.0, 0.0, 1e-9], (300, 1))
    low, high, p = judged(draws[0], draws, 12.0, weights=weights)
    assert low == pytest.approx(draws[0]) and high == pytest.approx(draws[0])
    assert p == pytest.approx([0, 1, 1])


def covered(datasets: int, seed: int, shift: float) -> float:
    """Share of data sets whose interval holds the true mean cost: 10 to 20 unequal clusters, log-normal cost."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(datasets):
        k = int(rng.integers(10, 21))
        counts = rng.multinomial(240, rng.dirichlet(np.full(k, 3.0))).astype(float)
        level = np.exp(rng.normal(-0.02, 0.2, k))
        sums = np.array([one * rng.lognormal(-0.32, 0.8, int(n)).sum() for one, n in zip(level, counts, strict=True)])
        weights = cluster_weights(k, 400, seed=seed)
        estimate = sums.sum() / counts.sum() - shift
        low, high, _ = judged(
            estimate, means(sums, counts, weights) - shift, effective_clusters(counts), weights=weights
        )
        held += bool(low <= 1 - shift <= high)
    return held / datasets


def test_few_unequal_clusters_of_skewed_cost_are_covered():
    assert 0.90 <= covered(300, seed=21, shift=0.4) <= 0.99


@pytest.mark.slow
def test_coverage_is_nominal_over_two_thousand_data_sets():
    rate = covered(2_000, seed=77, shift=0.4)
    assert stats.binomtest(round(rate * 2_000), 2_000, LEVEL).pvalue > 0.01, rate
