"""Durations fitted: the true family, honest errors, and what cannot be fitted."""

import numpy as np
import pytest
from scipy import stats

from analysis.pathways.fitting import fit_time
from analysis.pathways.goodness import likeness

FAMILIES = {
    "gamma": stats.gamma(2.5, scale=2.0),
    "lognormal": stats.lognorm(0.9, scale=3.0),
    "weibull": stats.weibull_min(2.6, scale=5.0),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_true_family_is_found(family):
    found = [fit_time(FAMILIES[family].rvs(600, random_state=seed)).family for seed in range(40)]
    assert found.count(family) >= 36


@pytest.mark.parametrize("family", FAMILIES)
def test_errors_of_the_mean_are_the_spread_of_its_estimates(family):
    fits = [fit_time(FAMILIES[family].rvs(300, random_state=1000 + seed)) for seed in range(120)]
    fits = [fit for fit in fits if fit.family == family]
    means = [getattr(fit.time, family).mean for fit in fits]
    assert np.mean(means) == pytest.approx(FAMILIES[family].mean(), rel=0.03)
    assert np.mean([fit.errors[0] for fit in fits]) == pytest.approx(np.std(means, ddof=1), rel=0.25)


def test_maximum_likelihood_agrees_with_scipy():
    for family, scipys in (("gamma", stats.gamma), ("weibull", stats.weibull_min)):
        values = FAMILIES[family].rvs(400, random_state=5)
        ours = -fit_time(values).aic[family] / 2 + 2
        shape, _, scale = scipys.fit(values, floc=0)
        assert ours == pytest.approx(scipys.logpdf(values, shape, 0, scale).sum(), abs=1e-3)


def test_what_is_taken_as_observed():
    assert fit_time([2.0, 2.0, 2.0]).time.constant == 2.0
    assert fit_time(np.arange(1.0, 10.0)).family == "empirical"
    assert fit_time(np.r_[np.zeros(30), np.arange(1.0, 60.0)]).family == "empirical"
    two_humps = np.r_[stats.norm(2, 0.1).rvs(400, random_state=1), stats.norm(9, 0.1).rvs(400, random_state=2)]
    assert fit_time(two_humps).family == "empirical"
    assert len(fit_time(two_humps).time.empirical) == 200


@pytest.mark.parametrize("days", [[], [1.0, -2.0], [1.0, np.nan]])
def test_durations_that_are_none(days):
    with pytest.raises(ValueError, match="known and not negative"):
        fit_time(days)


def test_samples_of_one_population_are_alike_and_others_are_not():
    population = FAMILIES["gamma"]
    same = [
        likeness(population.rvs(500, random_state=s), population.rvs(500, random_state=900 + s)).ratio
        for s in range(40)
    ]
    assert np.median(same) == pytest.approx(1.0, abs=0.25)
    assert likeness(population.rvs(500, random_state=1), 1.3 * population.rvs(500, random_state=2)).ratio > 2.5
