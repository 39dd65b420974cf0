"""Physicians compared fairly: known effects, seniors with the severe cases, names that stand on the right side."""

import numpy as np
import pandas as pd
import pytest
from driver_cases import made
from statsmodels.stats.meta_analysis import combine_effects

from analysis.funnel import funnel_z, spread_among
from analysis.rootcause.physicians import family_check, physician_effects
from analysis.rootcause.samples import Sample


def _hospital(seed: int, spread: float = 0.038, physicians: int = 40) -> tuple[Sample, np.ndarray, np.ndarray]:
    """20 to 500 cases each; two in five are senior and have three times as many severe cases, which cost 57 % more."""
    random = np.random.default_rng(seed)
    cases = np.exp(random.uniform(np.log(20), np.log(500), physicians)).astype(int)
    effect, senior = random.normal(0, spread, physicians), random.random(physicians) < 0.4
    who = np.repeat(np.arange(physicians), cases)
    n = len(who)
    severe = random.random(n) < np.where(senior[who], 0.35, 0.10)
    severity = np.where(severe, "1", np.where(random.random(n) < 0.5, "3", "5"))
    mean = 12_000 * np.exp(effect[who] + 0.45 * (severity == "1") + 0.15 * (severity == "3"))
    columns = {
        "cost": mean * random.gamma(8, 1 / 8, n), "severity": severity, "age": random.integers(20, 90, n),
        "sex": random.choice(["M", "F"], n), "physician_id": [f"P{j:02d}" for j in who],
    }  # fmt: skip
    return made(columns), effect, senior


@pytest.fixture(scope="module")
def hospitals() -> list[tuple[pd.DataFrame, np.ndarray, np.ndarray]]:
    """Thirty hospitals, true spread 3.8 %, as in the demonstration."""
    drawn = [_hospital(seed) for seed in range(30)]
    return [(physician_effects(sample), effect, senior) for sample, effect, senior in drawn]


def test_adjusted_and_shrunken_is_nearer_to_the_truth_than_the_raw_ranking(hospitals):
    found = []
    for rows, effect, _ in hospitals:
        shown = {name: rows[name] / rows["expected"] for name in ("raw", "effect", "shrunken")}
        found.append([np.corrcoef(values, effect)[0, 1] for values in shown.values()]
                     + [np.sqrt(np.mean((values - effect) ** 2)) for values in shown.values()])  # fmt: skip
    raw, adjusted, shrunk, off_raw, off_adjusted, off_shrunk = np.mean(found, axis=0)
    assert raw < 0.55 < 0.64 < adjusted < shrunk and shrunk > 0.7
    assert off_raw > 0.06 and off_shrunk < 0.03 < off_adjusted < 0.05


def test_senior_physicians_look_dear_only_without_adjustment(hospitals):
    """They have the severe cases: raw some 10 % dearer, adjusted no more than the others."""
    found = [[rows.loc[senior, name].mean() - rows.loc[~senior, name].mean() for name in ("raw", "effect")]
             for rows, _, senior in hospitals]  # fmt: skip
    raw, adjusted = np.mean(found, axis=0)
    assert raw > 1_000 and abs(adjusted) < 200


def test_names_stand_on_the_right_side(hospitals):
    named = pd.concat([rows.assign(true=effect)[rows["named"]] for rows, effect, _ in hospitals])
    assert len(named) > 50 and (named["reliability"] >= 0.70).all()
    assert (np.sign(named["shrunken"]) == np.sign(named["true"])).mean() >= 0.95
    assert (named["ci_low"] * named["ci_high"] > 0).all(), "a name comes with a side"


def test_intervals_hold_the_true_effect(hospitals):
    held = []
    for rows, effect, _ in hospitals:
        true = np.expm1(effect) * rows["expected"]
        held += ((rows["ci_low"] <= true) & (true <= rows["ci_high"])).tolist()
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_the_true_spread_is_found(hospitals):
    assert np.mean([rows.attrs["tau"] for rows, _, _ in hospitals]) == pytest.approx(0.038, abs=0.004)
    assert np.mean([rows.attrs["phi"] for rows, _, _ in hospitals]) == pytest.approx(1 / 8, rel=0.05)


def test_where_all_are_alike_nobody_is_named():
    found = [physician_effects(_hospital(seed, spread=0.0)[0]) for seed in range(100, 120)]
    assert np.mean([rows.attrs["tau"] for rows in found]) < 0.012 and np.median([r.attrs["tau"] for r in found]) < 0.01
    assert (
        sum(rows["named"].sum() for rows in found) <= 1 and np.mean([rows["outside"].mean() for rows in found]) < 0.005
    )


def test_what_a_physician_does_is_no_excuse():
    """Days and complications are not among what is adjusted for: they change nothing."""
    sample, _, _ = _hospital(3)
    other = Sample(sample.cases.assign(length_of_stay=np.arange(len(sample.cases)) % 30 + 1.0, complication=1.0),
                   sample.elements, sample.waits)  # fmt: skip
    pd.testing.assert_frame_equal(physician_effects(sample), physician_effects(other))


def test_reliability_shrinkage_and_funnel_are_those_of_the_formulas():
    rows = physician_effects(_hospital(5)[0])
    values = {
        name: rows[name].to_numpy() for name in ("observed", "expected", "effect", "shrunken", "reliability", "z")
    }
    y, tau2, reliable = np.log(values["observed"] / values["expected"]), rows.attrs["tau"] ** 2, values["reliability"]
    s2 = tau2 * (1 - reliable) / reliable
    assert tau2 == pytest.approx(combine_effects(y, s2, method_re="pm").tau2, rel=1e-4)
    assert values["shrunken"] / values["expected"] == pytest.approx(np.expm1(reliable * y))
    assert values["z"] == pytest.approx(funnel_z(y, np.sqrt(s2), spread_among(y, np.sqrt(s2))))
    assert values["effect"] == pytest.approx(values["observed"] - values["expected"])


def test_the_model_of_the_logarithm_agrees():
    """Brought back by a factor for each severity."""
    sample, _, _ = _hospital(6)
    gamma, log = physician_effects(sample), physician_effects(sample, model="log")
    assert np.corrcoef(gamma["effect"], log["effect"])[0, 1] > 0.95
    assert log["expected"].to_numpy() == pytest.approx(gamma["expected"].to_numpy(), rel=0.06)


def test_the_family_is_checked_on_the_same_model():
    found = family_check(_hospital(9)[0])
    assert found.family == "gamma" and found.gamma_fits and found.high - found.low < 1


def test_cases_that_refunds_left_without_cost_take_no_part():
    sample, _, _ = _hospital(10)
    cost = sample.cases["cost"].mask(np.arange(len(sample.cases)) % 100 == 0, -5.0)
    rows = physician_effects(Sample(sample.cases.assign(cost=cost), sample.elements, sample.waits))
    assert rows["cases"].sum() == (cost > 0).sum() and np.isfinite(rows["shrunken"]).all()


def test_unknown_physicians_are_not_told_and_few_are_not_spread():
    sample, _, _ = _hospital(7)
    some = sample.cases["physician_id"].where(sample.cases["physician_id"] > "P01", "?")
    rows = physician_effects(Sample(sample.cases.assign(physician_id=some), sample.elements, sample.waits))
    assert len(rows) == 38 and "?" not in set(rows["physician_id"])
    two = made({"cost": [1.0, 2.0, 3.0, 5.0], "physician_id": ["a", "b", "a", "b"]})
    assert physician_effects(two)["reliability"].tolist() == [0, 0]


def test_the_order_of_cases_changes_nothing():
    sample, _, _ = _hospital(8)
    turned = sample.cases.sample(frac=1, random_state=1).reset_index(drop=True)
    again = physician_effects(Sample(turned, sample.elements, sample.waits))
    pd.testing.assert_frame_equal(physician_effects(sample), again, rtol=1e-9)
