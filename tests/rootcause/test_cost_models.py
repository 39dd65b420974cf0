"""Models of cost: against statsmodels, on data of known variance, and where one smearing factor is wrong."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.rootcause.cost_models import admission_design, fit_mean, fixed_effects, modified_park, smearing
from analysis.rootcause.typical import above_typical, between_variance, shrunken, trimmed_mean, typical_weights


def _mixed(seed: int = 1, n: int = 900) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Cost, two covariates that go with the unit, and the unit."""
    random = np.random.default_rng(seed)
    units = random.integers(12, size=n)
    severe = (random.random(n) < 0.1 + 0.05 * units).astype(float)
    design = pd.DataFrame({"severe": severe, "age": random.normal(size=n)})
    mean = 9_000 * np.exp(0.5 * severe + 0.1 * design["age"].to_numpy() + 0.03 * (units - 6))
    return mean * random.gamma(8, 1 / 8, n), design, units


def test_constants_of_units_are_those_of_a_model_with_a_column_each():
    cost, design, units = _mixed()
    told, constant = fixed_effects(cost, design, units)
    columns = np.column_stack([design, np.eye(12)[units]])
    glm = sm.GLM(cost, columns, family=sm.families.Gamma(sm.families.links.Log())).fit(tol=1e-12)
    assert told + constant == pytest.approx(columns @ glm.params, abs=1e-6)
    assert told == pytest.approx(design.to_numpy() @ glm.params[:2], abs=1e-6)


def test_errors_grow_with_what_cases_of_a_cluster_share():
    random = np.random.default_rng(2)
    clusters = np.repeat(np.arange(30), 20)
    exposed = pd.DataFrame({"exposed": np.repeat(random.random(30) < 0.5, 20).astype(float)})
    cost = 5_000 * np.exp(random.normal(0, 0.2, 30))[clusters] * random.gamma(20, 1 / 20, 600)
    alone, together = fit_mean(cost, exposed), fit_mean(cost, exposed, clusters)
    assert together.params.tolist() == pytest.approx(alone.params.tolist())
    assert together.bse["exposed"] > 2.5 * alone.bse["exposed"]


def test_the_family_must_allow_the_outcome():
    zero = np.array([0.0, 1, 2, 3])
    with pytest.raises(ValueError, match="positive"):
        fit_mean(zero, pd.DataFrame(index=range(4)))
    assert fit_mean(zero, pd.DataFrame(index=range(4)), family="poisson").params["const"] == pytest.approx(np.log(1.5))


@pytest.mark.parametrize(("power", "family"), [(1, "poisson"), (2, "gamma"), (3, "inverse_gaussian")])
def test_the_park_test_finds_the_power_of_the_variance(power: int, family: str):
    random = np.random.default_rng(power)
    mean = np.exp(random.uniform(0, 3, 20_000))
    found = modified_park(mean + random.normal(size=20_000) * np.sqrt(0.02 * mean**power), mean)
    assert found.family == family and found.power == pytest.approx(power, abs=0.1)
    assert found.gamma_fits == (power == 2) and found.low < found.power < found.high


def test_one_smearing_factor_is_wrong_where_the_spread_differs_by_group():
    """Logarithms of spread 0.3 and 0.9: means exp(s^2/2) = 1.046 and 1.499; one factor 1.273 is 22 % and -15 % off."""
    quantiles = stats.norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    residuals, groups = np.concatenate([0.3 * quantiles, 0.9 * quantiles]), np.repeat(["usual", "severe"], 4_000)
    by_group, single = smearing(residuals, groups), smearing(residuals)
    assert by_group[[0, -1]] == pytest.approx(np.exp([0.3**2 / 2, 0.9**2 / 2]), rel=2e-3)
    assert single[[0, -1]] == pytest.approx([1.273, 1.273], abs=2e-3)
    assert single[0] / by_group[0] - 1 == pytest.approx(0.217, abs=3e-3)
    assert single[-1] / by_group[-1] - 1 == pytest.approx(-0.151, abs=3e-3)


def test_the_design_knows_admission_only_and_is_of_full_rank():
    n = 60
    cases = pd.DataFrame({
        "age": np.arange(n) % 50 + 20, "sex": np.where(np.arange(n) % 3 == 0, "M", "F"),
        "severity": np.where(np.arange(n) % 2 == 0, "1", "5"), "admission_type": "elective",
        "variant": np.where(np.arange(n) % 2 == 1, "y", np.where(np.arange(n) < 8, "rare", "x")),
        "length_of_stay": np.arange(n), "complication": 1.0,
    })  # fmt: skip
    design = admission_design(cases)
    assert set(design) == {"age", "age_squared", "sex=M", "severity=5", "variant=x"}, "few: neither x nor severity 5"
    assert np.linalg.matrix_rank(np.column_stack([np.ones(n), design])) == design.shape[1] + 1
    assert admission_design(cases.iloc[:0]).shape[1] == 0


def test_trimmed_mean_by_hand():
    """A quarter off at each end: of 1, 2, 3, 100 the middle two; half of the 2 where it lies across the cut."""
    assert trimmed_mean(np.array([100.0, 1, 3, 2]), np.ones(4)) == pytest.approx(2.5)
    assert trimmed_mean(np.array([1.0, 2, 3]), np.array([1.0, 2, 1])) == pytest.approx(2)
    assert trimmed_mean(np.array([1.0, 2, 3]), np.array([0.5, 2.5, 1])) == pytest.approx(2)
    assert trimmed_mean(np.array([1.0, 2]), np.zeros(2)) == 0


def test_shrinkage_is_that_of_random_effects():
    random = np.random.default_rng(4)
    errors2 = random.uniform(0.5, 3, 15)
    values = random.normal(0, 2, 15) + random.normal(size=15) * np.sqrt(errors2)
    known = combine_effects(values, errors2, method_re="dl")
    tau2, mean = between_variance(values, errors2, np.ones(15))
    drawn, reliability = shrunken(values, errors2, np.ones(15))
    assert tau2 == pytest.approx(known.tau2) and mean == pytest.approx(known.mean_effect_fe)
    assert reliability == pytest.approx(known.tau2 / (known.tau2 + errors2))
    assert drawn == pytest.approx(known.mean_effect_re + reliability * (values - known.mean_effect_re))
    twice = np.where(np.arange(15) < 3, 2.0, 1.0)
    written = np.concatenate([values, values[:3]]), np.concatenate([errors2, errors2[:3]]), np.ones(18)
    assert between_variance(values, errors2, twice)[0] == pytest.approx(between_variance(*written)[0])


def test_units_that_differ_by_chance_are_all_typical():
    values = np.array([-0.1, 0.0, 0.05, 0.05])
    assert above_typical(values, np.ones(4), np.full(4, 10.0), np.ones(4)) == pytest.approx(np.zeros(4))


def test_a_few_who_do_otherwise_are_not_typical():
    """Ten about nought, three at twenty: the three say nothing, and each row is judged on its own."""
    usual = np.linspace(-1, 1, 10)
    values = np.stack([np.append(usual, [20.0, 21, 19]), np.append(usual, [-20.0, -21, 0.2])])
    weights, spread = typical_weights(values, np.full(13, 0.01), np.ones(13))
    assert (weights[0, 10:] == 0).all() and (weights[0, :10] > 0.5).all()
    assert (weights[1, 10:12] == 0).all() and weights[1, 12] > 0.9
    assert (weights * values).sum(1) / weights.sum(1) == pytest.approx([0, 0.02], abs=0.03)
    assert spread == pytest.approx([0.7413 * 12 / 9, 0.7413 * 10 / 9], abs=0.25)
    heavy, _ = typical_weights(values[0], np.full(13, 0.01), np.append(np.ones(10), np.full(3, 9.0)))
    assert (heavy[:10] == 0).all(), "typical is what most cases have, not most physicians"
