"""What complications go with: exact where nothing disturbs, right where severity does, honest where chance rules."""

import numpy as np
import pandas as pd
import pytest
from driver_cases import made

from analysis.rootcause.between_physicians import between_physicians
from analysis.rootcause.complications import complication_effect
from analysis.rootcause.samples import Sample


def _plain(flags: list[float], cost: list[float], physicians: int = 12) -> Sample:
    people = [f"P{i % physicians:02d}" for i in range(len(flags))]
    return made(
        {"cost": cost, "complication": flags, "length_of_stay": [c / 1000 for c in cost], "physician_id": people}
    )


def test_without_covariates_both_methods_are_the_difference_of_means():
    flags = [1.0] * 20 + [0.0] * 100
    cost = [13_000.0, 11_000.0] * 10 + [9_000.0, 7_000.0] * 50
    for found in complication_effect(_plain(flags, cost)):
        assert found.per_complication == pytest.approx(4_000) and found.per_point == pytest.approx(40)
        assert found.relative == pytest.approx(40 / (8_000 + 4_000 / 6))
        assert found.low < 40 < found.high and (found.cases, found.events, found.clusters) == (120, 20, 12)


def _confounded(seed: int, n: int = 1500, physicians: int = 25) -> tuple[Sample, float]:
    """Severe cases cost half as much again and have four times the complications; one costs 20 % more, all in all."""
    random = np.random.default_rng(seed)
    who = random.integers(physicians, size=n)
    severe = random.random(n) < 0.3
    ill = random.random(n) < np.where(severe, 0.24, 0.06)
    base = 8_000 * np.exp(0.4 * severe + 0.05 * random.normal(size=physicians)[who])
    cost = base * np.where(ill, 1.2, 1.0) * random.gamma(12, 1 / 12, n)
    columns = {
        "cost": cost, "complication": ill.astype(float), "severity": np.where(severe, "1", "5"), "age": 60,
        "length_of_stay": np.maximum(1, np.rint(cost / 1_000)), "physician_id": [f"P{j:02d}" for j in who],
    }  # fmt: skip
    return made(columns), float(0.2 * base[ill].mean())


def test_severity_is_taken_out_and_the_interval_covers():
    """Twenty samples: both methods right on average, 95 % intervals hold the truth in at least 17."""
    rows = []
    for seed in range(20):
        sample, truth = _confounded(seed)
        flag = sample.cases["complication"] == 1
        naive = sample.cases["cost"][flag].mean() - sample.cases["cost"][~flag].mean()
        found = complication_effect(sample)
        rows.append([naive / truth, *(one.per_complication / truth for one in found),
                     *(one.low * 100 <= truth <= one.high * 100 for one in found)])  # fmt: skip
    naive, formula, weighted, held, held_too = np.mean(rows, axis=0)
    assert naive > 1.4, "severe cases look like complications"
    assert formula == pytest.approx(1, abs=0.06) and weighted == pytest.approx(1, abs=0.08)
    assert held >= 0.85 and held_too >= 0.85


def test_days_of_which_some_are_none_are_counts():
    flags, days = [1.0] * 20 + [0.0] * 100, [4.0] * 20 + [0.0, 2.0] * 50
    sample = made({"cost": [1.0] * 120, "length_of_stay": days, "complication": flags})
    found = complication_effect(sample, "length_of_stay")[0]
    assert found.per_complication == pytest.approx(3) and found.note == "few_clusters" and np.isnan(found.low)


def test_unknown_and_rare_complications():
    few = _plain([1.0] * 9 + [0.0] * 60 + [np.nan] * 20, [1_000.0] * 89)
    for found in [*complication_effect(few), *between_physicians(few)]:
        assert found.note == "few_events" and np.isnan(found.per_point)
    assert complication_effect(few)[0].cases == 69
    none = complication_effect(_plain([np.nan] * 30, [1_000.0] * 30))
    assert none[0].cases == 0 and none[0].note == "few_events"


def _surgeons(seed: int, surgeons: int, cases: int, slope: float = 1.5) -> Sample:
    """Rates of 6 % that truly differ by 22 %, `slope` days a point, two days for a complication itself."""
    random = np.random.default_rng(seed)
    rate = 0.06 * np.exp(random.normal(-0.024, 0.22, surgeons))
    who = np.repeat(np.arange(surgeons), cases)
    ill = random.random(len(who)) < rate[who]
    mean = 8 + slope * 100 * (rate[who] - 0.06) + 2 * ill
    days = random.gamma(8, np.maximum(mean, 1) / 8)
    return made({"cost": 1_000 * days, "length_of_stay": days, "complication": ill.astype(float),
                 "physician_id": [f"P{j:03d}" for j in who]})  # fmt: skip


def test_a_point_between_surgeons_is_corrected_for_chance():
    """Sixty surgeons of 400 cases: 1.5 days a point where counting as they come says about half."""
    found = [between_physicians(_surgeons(seed, 60, 400)) for seed in range(8)]
    slopes = [one[0].per_point for one in found]
    assert np.mean(slopes) == pytest.approx(1.5, abs=0.25)
    assert np.mean([one[1].per_point for one in found]) < 1.1
    assert np.mean([one[0].reliability for one in found]) == pytest.approx(0.55, abs=0.1)
    assert np.mean([not one[0].low > 1.5 and not one[0].high < 1.5 for one in found]) >= 0.8


def test_nineteen_surgeons_of_fifty_cases_cannot_bound_it():
    """As in the demonstration hospital: chance makes most of what the rates differ by, and the answer says so."""
    notes = pd.Series([between_physicians(_surgeons(seed, 19, 46))[0].note for seed in range(20)])
    assert notes.isin(["unbounded", "no_spread"]).mean() >= 0.8


def test_alike_surgeons_give_no_slope():
    """Rates that differ by chance alone: seldom an interval, and then it holds nought."""
    random = np.random.default_rng(8)
    held = []
    for _ in range(12):
        ill = random.random(3_000) < 0.06
        days = random.gamma(8, (8 + 2 * ill) / 8)
        people = [f"P{i % 30:02d}" for i in range(3_000)]
        one = between_physicians(made({"cost": days, "length_of_stay": days, "complication": ill.astype(float),
                                       "physician_id": people}))[0]  # fmt: skip
        held.append(one.note in ("no_spread", "unbounded") or one.low <= 0 <= one.high)
    assert np.mean(held) >= 0.9
