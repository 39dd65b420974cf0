"""Draws of the cluster bootstrap."""

import numpy as np
import pytest

from analysis.rootcause.resampling import cluster_weights, effective_clusters


def test_every_draw_takes_as_many_clusters_as_there_are():
    weights = cluster_weights(12, 500, seed=3)
    assert weights.shape == (500, 12)
    assert (weights.sum(axis=1) == 12).all()
    assert (weights == np.rint(weights)).all() and (weights >= 0).all()


def test_the_same_seed_gives_the_same_draws():
    assert (cluster_weights(10, 50, seed=1) == cluster_weights(10, 50, seed=1)).all()
    assert (cluster_weights(10, 50, seed=1) != cluster_weights(10, 50, seed=2)).any()


def test_counts_have_the_moments_of_a_multinomial():
    weights = cluster_weights(10, 40_000, seed=5)
    assert weights.mean(axis=0) == pytest.approx(np.ones(10), abs=0.02)
    assert weights.var(axis=0) == pytest.approx(np.full(10, 0.9), abs=0.04)
    assert np.cov(weights[:, 0], weights[:, 1])[0, 1] == pytest.approx(-0.1, abs=0.02)


def test_unequal_clusters_tell_less_than_equal_ones():
    assert effective_clusters([20, 20, 20, 20]) == pytest.approx(4)
    assert effective_clusters([20, 20, 0, 20, 20]) == pytest.approx(4)
    # sizes 10 and 30: 40 ^ 2 / (100 + 900)
    assert effective_clusters([10, 30]) == pytest.approx(1.6)
    assert effective_clusters([0, 0]) == 0
