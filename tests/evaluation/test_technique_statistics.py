"""Parts of the comparison: models against statsmodels, the rest against figures worked by hand or published."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evaluation.balance import balance_table
from analysis.evaluation.e_value import of_difference, of_ratio
from analysis.evaluation.matching import match, paired_effect, replaced_effect
from analysis.evaluation.propensity import (
    balancing_weights,
    boosted,
    discrimination,
    effective_size,
    in_support,
    overlap,
)
from analysis.evaluation.surgeon_draws import degrees, draw_clusters, interval, unseen_variance
from analysis.evaluation.weighted_models import design_matrix, fit, predict

RNG = np.random.default_rng(11)
X = RNG.normal(size=(300, 3))
WEIGHTS = np.vstack([np.ones(300), RNG.integers(0, 4, 300)]).astype(float)
MEAN = np.exp(1 + X @ [0.3, -0.2, 0.1])
OUTCOMES = {
    "logit": (RNG.random(300) < 1 / (1 + np.exp(-X @ [1.0, -1, 0.5]))).astype(float),
    "gamma": RNG.gamma(3, MEAN / 3),
    "poisson": RNG.poisson(MEAN).astype(float),
    "identity": X @ [1.0, 2, 3] + RNG.normal(size=300),
}
THEIRS = {
    "logit": sm.families.Binomial(), "gamma": sm.families.Gamma(sm.families.links.Log()),
    "poisson": sm.families.Poisson(), "identity": sm.families.Gaussian(),
}  # fmt: skip


@pytest.mark.parametrize("family", list(THEIRS))
def test_every_draw_is_the_model_of_its_weights(family):
    found = fit(X, OUTCOMES[family], WEIGHTS, family)
    for row, weights in zip(found, WEIGHTS, strict=True):
        model = sm.GLM(OUTCOMES[family], sm.add_constant(X), family=THEIRS[family], freq_weights=weights).fit()
        assert row == pytest.approx(model.params, abs=1e-6)
    means = predict(X, found, family)
    # the constant's equation; of gamma the relative residuals sum to nought
    left = (OUTCOMES[family] - means) / (means if family == "gamma" else 1.0)
    assert (WEIGHTS * left).sum(axis=1) == pytest.approx([0, 0], abs=1e-5)


def test_a_penalty_holds_what_nothing_tells():
    flag = np.zeros((40, 1))
    flag[:5] = 1
    y = np.r_[np.zeros(5), np.tile([0.0, 1.0], 18)[:35]]  # nobody with the flag has the event
    free, held = (fit(flag, y, np.ones((1, 40)), "logit", ridge)[0, 1] for ridge in (0.0, 1.0))
    assert free < -10 and -3 < held < -0.5


def test_columns_of_a_design():
    rows = pd.DataFrame({
        "age": [50, 60, np.nan, 70, 55, 65] * 2, "same": 1.0, "sex": ["F", "M", "F", "M", "F", None] * 2,
        "rare": ["a"] * 11 + ["b"],
    })  # fmt: skip
    design = design_matrix(rows, ["age", "same", "sex", "rare"])
    # ages not known told apart; what never varies is gone; M (4) and not known (2) are one, as large as F (6)
    assert list(design) == ["age", "age=?", "sex=F", "rare=(few)"]
    assert design.mean().abs().max() < 1e-12 and design.std(ddof=0).to_numpy() == pytest.approx(1)
    assert design.loc[2, "age"] == pytest.approx(0)


# ── balance ─────────────────────────────────────────────────────────────────────────────────────────


def test_standardised_differences_by_hand():
    rows = pd.DataFrame({"age": [60.0, 70, 50, 50, 70, 60], "sex": list("FFMFMM")})
    treated = np.array([1.0, 1, 1, 0, 0, 0])
    found = balance_table(rows, ["age", "sex"], treated, {"weighted": np.array([1, 1, 1, 2, 1, 0.0])})
    age = found.set_index(["variable", "level"]).loc[("age", "")]
    # means 60 and 60, both spreads 10; weighted controls (2 x 50 + 70) / 3 = 56.67
    assert (age.treated, age.control, age.treated_sd, age.smd_before) == (60, 60, 10, 0)
    assert age.smd_weighted == pytest.approx((60 - 170 / 3) / 10)
    women = found.set_index(["variable", "level"]).loc[("sex", "F")]
    # 2/3 against 1/3, both variances 2/9: d = (1/3) / sqrt(2/9)
    assert women.smd_before == pytest.approx((1 / 3) / np.sqrt(2 / 9))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.booleans()), min_size=8, max_size=40), st.floats(0.1, 30))
def test_a_standardised_difference_knows_no_unit(pairs, unit):
    values, treated = np.array([p[0] for p in pairs]), np.array([float(p[1]) for p in pairs])
    treated[:4] = [0, 0, 1, 1]
    values = np.round(values, 2) + np.arange(len(values)) * 1e-3 + 2
    rows = pd.DataFrame({"age": values})
    scaled = pd.DataFrame({"age": values * unit + 7})
    one, other = (balance_table(r, ["age"], treated, {}).loc[0, "smd_before"] for r in (rows, scaled))
    assert one == pytest.approx(other, rel=1e-6, abs=1e-9)


# ── propensity ──────────────────────────────────────────────────────────────────────────────────────


def test_weights_of_both_estimands():
    chance, treated = np.array([0.2, 0.2, 0.8, 0.8]), np.array([1.0, 0, 1, 0])
    assert balancing_weights(chance, treated, "ATT") == pytest.approx([1, 0.25, 1, 4])
    assert balancing_weights(chance, treated, "ATE") == pytest.approx([5, 1.25, 1.25, 5])
    assert effective_size([1, 1, 1, 1]) == 4 and effective_size([3, 1]) == pytest.approx(16 / 10)


def test_who_has_nobody_alike():
    chance = np.array([0.9, 0.5, 0.3, 0.05, 0.4, 0.6])
    treated = np.array([1.0, 1, 1, 0, 0, 0])
    assert in_support(chance, treated, "ATT").tolist() == [False, True, True, True, True, True]
    assert in_support(chance, treated, "ATE").tolist() == [False, True, True, False, True, True]
    row = overlap({"logistic": chance}, treated, "ATT", in_support(chance, treated, "ATT")).iloc[0]
    assert (row.low, row.high, row.treated, row.control) == (0.3, 0.6, 2, 3)
    assert (row.treated_outside, row.control_outside) == (1, 1)
    assert discrimination(chance, treated) == pytest.approx(6 / 9)


def test_trees_never_judge_what_they_learned():
    """Noise that a tree could learn by heart: cross-fitted it tells nothing, and what is real is found."""
    rng = np.random.default_rng(5)
    noise = pd.DataFrame(rng.normal(size=(300, 4)))
    toss = (rng.random(300) < 0.4).astype(float)
    assert 0.4 < discrimination(boosted(noise, toss, np.arange(300), 1), toss) < 0.6
    corner = ((noise[0] > 0) & (noise[1] > 0)).astype(float).to_numpy()
    assert discrimination(boosted(noise, corner, np.arange(300), 1), corner) > 0.95
    assert np.isnan(boosted(noise, np.r_[np.ones(3), np.zeros(297)], np.arange(300), 1)).all()


# ── matching ────────────────────────────────────────────────────────────────────────────────────────


def test_matches_by_hand():
    """Logits 2, 1.9 | 2.1, 1.8, -3: without replacement the hardest (2) takes 2.1 or 1.8, whichever is nearer."""
    logit = np.array([2.0, 1.9, 2.05, 1.8, -3.0])
    treated = np.array([1.0, 1, 0, 0, 0])
    chance = 1 / (1 + np.exp(-logit))
    found = match(chance, treated, 0.2)
    assert list(zip(found.treated, found.control, strict=True)) == [(0, 2), (1, 3)]
    again = match(chance, treated, 0.2, replace=True)
    assert list(zip(again.treated, again.control, strict=True)) == [(0, 2), (1, 3)]
    assert len(match(chance, treated, 0.03).treated) == 1  # 0.03 sd = 0.065: only 2 and 2.05
    assert match(chance, treated, 0.2).weights.tolist() == [1, 1, 1, 1, 0]


def test_error_of_pairs_by_hand():
    """Gaps 1, 3, 5: mean 3, variance of the mean 4 / 3; every pair of a surgeon of its own."""
    chance, treated = np.array([0.5] * 6), np.array([1.0, 0] * 3)
    y = np.array([1.0, 0, 3, 0, 5, 0])
    pairs = match(chance + np.array([0, 0, 0.01, 0.01, 0.02, 0.02]), treated, 1.0)
    middle, low, high = paired_effect(y, pairs, [f"s{k}" for k in range(6)])
    assert middle == 3 and (high - low) / 2 == pytest.approx(4.302653 * np.sqrt(4 / 3), rel=1e-6)
    # the same pairs of two surgeons whose gaps go together: wider than pairs on their own
    _, wide_low, wide_high = paired_effect(np.array([1.0, 0, 1, 0, 7, 0]), pairs, ["a", "b", "a", "b", "c", "d"])
    _, narrow_low, narrow_high = paired_effect(np.array([1.0, 0, 1, 0, 7, 0]), pairs, list("abcdef"))
    assert wide_high - wide_low > narrow_high - narrow_low


def test_abadie_imbens_by_hand():
    """One control (outcome 0) stands in two pairs; its neighbour on its side has 2, so its variance is 2."""
    chance = np.array([0.50, 0.52, 0.51, 0.40])
    treated = np.array([1.0, 1, 0, 0])
    y = np.array([4.0, 6, 0, 2])
    pairs = match(chance, treated, 5.0, replace=True)
    middle, low, high = replaced_effect(y, treated, pairs)
    # gaps 4 and 6: sum of squares 2; K (K - 1) s^2 = 2 x 1 x 2 = 4; error sqrt(6) / 2
    assert middle == 5 and (high - low) / 2 == pytest.approx(1.959964 * np.sqrt(6) / 2, rel=1e-6)


# ── draws ───────────────────────────────────────────────────────────────────────────────────────────


def test_drawing_few_surgeons_has_the_unbiased_variance():
    """Mean of 6 surgeons of equal volume: variance of the draws = s^2 / 6, not s^2 (5 / 6) / 6."""
    means = np.array([1.0, 4, 2, 8, 5, 7])
    y = np.repeat(means, 10)
    draws = draw_clusters(np.repeat(np.arange(6), 10), np.arange(60), np.ones(60), 20_000, 1)
    assert draws.by == "surgeon" and draws.effective == (np.inf, 6.0)
    drawn = draws.weights @ y / draws.weights.sum(axis=1)
    assert drawn.var(ddof=1) == pytest.approx(means.var(ddof=1) / 6, rel=0.04)
    low, high = interval(y.mean(), drawn, draws)
    assert (high - low) / 2 == pytest.approx(2.570582 * drawn.std(ddof=1), rel=1e-3)


def test_degrees_of_freedom_of_two_kinds():
    """All the variance in one kind: its surgeons count; the other kind adds none."""
    surgeon = np.repeat(np.arange(20), 5)
    treated = (surgeon < 6).astype(float)
    draws = draw_clusters(surgeon, np.arange(100), treated, 4000, 2)
    rng = np.random.default_rng(1)
    y = np.where(treated == 1, rng.normal(0, 5, 20)[surgeon], 0.0)
    drawn = (draws.weights * treated) @ y / (draws.weights @ treated)
    assert degrees(drawn, draws) == pytest.approx(5, abs=0.2)


def test_patients_are_drawn_where_one_surgeon_is_the_technique():
    surgeon = np.repeat(np.arange(5), 8)
    draws = draw_clusters(surgeon, np.arange(40), (surgeon == 0).astype(float), 50, 1)
    assert draws.by == "patient" and draws.taken.shape == (50, 40)
    assert (draws.weights[:, :8].sum(axis=1) > 0).all() and (draws.weights[:, 8:].sum(axis=1) > 0).all()


def test_a_side_without_events_is_not_certain():
    assert unseen_variance(np.array([0.0, 0.2]), np.array([28.0, 100])) == pytest.approx(1 / 30 * 29 / 30 / 30)
    assert unseen_variance(np.array([0.1, 0.2]), np.array([28.0, 100])) == 0


# ── E-value ─────────────────────────────────────────────────────────────────────────────────────────


def test_published_e_values():
    """VanderWeele and Ding 2017: RR 3.9 (1.8 to 8.7) has 7.26 and 3.0."""
    found = of_ratio(3.9, 1.8, 8.7)
    assert (round(found.e_value, 2), round(found.e_value_limit, 2)) == (7.26, 3.0)
    inverse = of_ratio(1 / 3.9, 1 / 8.7, 1 / 1.8)
    assert inverse.e_value == pytest.approx(found.e_value) and inverse.e_value_limit == pytest.approx(3.0, abs=1e-9)
    assert of_ratio(1.4, 0.9, 2.2).e_value_limit == 1
    assert np.isnan(of_ratio(0.0, 0.0, 0.4).e_value)


def test_e_value_of_a_difference_by_hand():
    """d = 0.5, se 0.1: RR = exp(0.455), limits exp(0.455 -+ 0.178)."""
    found = of_difference(10, 10 - 1.96 * 2, 10 + 1.96 * 2, 20)
    assert found.ratio == pytest.approx(np.exp(0.455)) and found.low == pytest.approx(np.exp(0.455 - 0.178))
    assert found.e_value == pytest.approx(np.exp(0.455) + np.sqrt(np.exp(0.455) * (np.exp(0.455) - 1)))
