"""Parameter and Monte Carlo error apart, effects made weaker, and which number matters."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.pathways.assembling import Cost
from analysis.pathways.effects import effects, scaled
from analysis.pathways.error_parts import error_parts
from analysis.pathways.layers import layered
from analysis.pathways.sensitivity import probabilistic
from analysis.pathways.tornado import ranges, tornado

FILE = Path(__file__).parent / "haemorrhage.yaml"
COSTS = {"CT": Cost("exam", 300.0), "REHAB": Cost("service", 100.0), "DRUG": Cost("drug", 50.0)}
BASE = layered(FILE).over({"resources.bed.units": 60, "resources.therapy.units": 30})
HOW = {"warm": 30.0, "days": 200.0, "threads": 1}
MEASURED = pd.DataFrame(
    [("treated.time.mean", 4.0, 3.0, 5.0), ("pneumonia.chance", 0.2, 0.15, 0.25)],
    columns=["address", "value", "ci_low", "ci_high"],
)


def made(draws: int, replications: int, sds: tuple[float, float, float], seed: int) -> np.ndarray:
    """mu = 10, effects of draws, of replications (shared by all draws), and what is left."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, sds[1], replications)[None, :]
    return 10 + rng.normal(0, sds[0], (draws, 1)) + shared + rng.normal(0, sds[2], (draws, replications))


def test_variance_components_by_hand():
    """Rows 1 3 / 5 9: MSA 25, MSB 9, MSE 1 crossed; MSW 5 nested."""
    values = np.array([[1.0, 3.0], [5.0, 9.0]])
    crossed, nested = error_parts(values, common=True), error_parts(values, common=False)
    assert (crossed.parameter, crossed.replication) == (12.0, 5.0)  # (25 - 1) / 2; (9 - 1) / 2 + 1
    assert crossed.chance == 4 / 2 + 1 / 4
    assert (nested.parameter, nested.replication, nested.chance) == (10.0, 5.0, 5 / 4)
    assert crossed.mean == nested.mean == 4.5
    assert crossed.share == pytest.approx(12 / 14.25)


@pytest.mark.parametrize(
    ("common", "sds"), [(True, (2.0, 3.0, 1.0)), (False, (2.0, 0.0, 3.0)), (True, (0.0, 3.0, 1.0))]
)
def test_components_are_found_again(common: bool, sds: tuple[float, float, float]):
    """In the mean over 300 data sets, within four standard errors: the estimators are unbiased (the cut at 0 aside)."""
    found = [error_parts(made(40, 8, sds, seed), common=common) for seed in range(300)]
    for name, true in (("parameter", sds[0] ** 2), ("replication", sds[1] ** 2 + sds[2] ** 2)):
        values = np.array([getattr(one, name) for one in found])
        room = 4 * values.std() / np.sqrt(len(values)) + (0.02 if true == 0 else 0)
        assert values.mean() == pytest.approx(true, abs=room), name


def test_one_way_figures_of_common_random_numbers_would_miss_the_parameters():
    found = [error_parts(made(40, 8, (1.0, 3.0, 0.5), seed), common=False).parameter for seed in range(100)]
    assert np.mean(found) < 0.5  # where 1 is true


def test_the_interval_holds_what_the_parameters_leave_open():
    """The value of a new draw of the parameters lies within it in 95 % of data sets (binomial, 1 %)."""
    inside = 0
    for seed in range(400):
        parts = error_parts(made(200, 4, (2.0, 0.0, 1.0), seed), common=False)
        inside += parts.low <= np.random.default_rng([seed, 1]).normal(10, 2) <= parts.high
    assert 369 <= inside <= 389  # stats.binom(400, .95).interval(.99)


def test_chance_goes_away_with_replications_and_parameters_do_not():
    few, many = (error_parts(made(100, r, (1.0, 0.0, 4.0), 1), common=False) for r in (4, 400))
    assert many.chance < few.chance / 50 and many.parameter == pytest.approx(1.0, rel=0.5)
    assert many.share > 0.99 > few.share


def test_effects_are_scaled_towards_nothing():
    plan = {"treated.time.lognormal.mean": "x 0.6", "pneumonia.chance": 0.1, "relapse.chance": "+ 0.2",
            "severity.severe.chance": "- 0.1", "resources.bed.units": 20, "antibiotic.skip": True}  # fmt: skip
    assert effects(BASE, plan) == list(plan)[:4]
    none, half = scaled(BASE, plan, 0.0), scaled(BASE, plan, 0.5)
    assert none["treated.time.lognormal.mean"] == "x 1.000000" and half["treated.time.lognormal.mean"] == "x 0.800000"
    assert none["pneumonia.chance"] == 0.2 and half["pneumonia.chance"] == pytest.approx(0.15)
    assert half["relapse.chance"] == "+ 0.100000" and half["severity.severe.chance"] == "- 0.050000"
    assert half["resources.bed.units"] == 20 and half["antibiotic.skip"] is True
    assert scaled(BASE, plan, 1.0)["pneumonia.chance"] == pytest.approx(0.1)
    assert scaled(BASE, {"pneumonia.chance": 0.9}, 3.0) == {"pneumonia.chance": 1.0}
    assert scaled(BASE, plan, {"relapse.chance": 2.0}) == plan | {"relapse.chance": "+ 0.400000"}


def test_draws_of_nothing_leave_only_chance():
    """No draw differs: all that is not known is the simulation's, and more of it would take that away."""
    how = {"replications": 4, "effect_sd": 0.0, **HOW}
    found = probabilistic(BASE, {"pneumonia.chance": 0.1}, [{}] * 6, COSTS, **how)
    rows = found.table.set_index("outcome")
    assert (rows["parameter_sd"] == 0).all() and rows.loc["complication", "chance_sd"] > 0
    assert np.ptp(found.values["stay"], axis=0).max() == 0  # the same random numbers in every draw
    own = probabilistic(BASE, {"pneumonia.chance": 0.1}, [{}] * 6, COSTS, common=False, **how)
    assert np.ptp(own.values["stay"], axis=0).min() > 0


def test_a_parameter_drawn_shows_in_the_difference_it_makes():
    """Complications halved from p: the difference is -p / 2, and so is its spread over the draws of p."""
    rng = np.random.default_rng(4)
    chances = rng.uniform(0.1, 0.5, 30)
    drawn = [{"pneumonia.chance": float(p)} for p in chances]
    found = probabilistic(BASE, {"pneumonia.chance": "x 0.5"}, drawn, COSTS, replications=6, effect_sd=0.0, **HOW)
    row = found.table.set_index("outcome").loc["complication"]
    assert row["mean"] == pytest.approx(-chances.mean() / 2, rel=0.15)
    assert row["parameter_sd"] == pytest.approx(chances.std(ddof=1) / 2, rel=0.3)
    assert row["share"] > 0.8 and row["above_zero"] == 0 and row["low"] < row["mean"] < row["high"] < 0


def test_draws_whose_queue_grows_are_left_out_and_counted():
    drawn = [{"pneumonia.chance": 0.2}] * 3 + [{"resources.bed.units": 2}] * 2
    found = probabilistic(BASE, {"pneumonia.chance": 0.1}, drawn, COSTS, replications=12, **HOW)
    assert (found.draws, found.unstable) == (3, 2) and found.values["stay"].shape == (3, 12)
    with pytest.raises(ValueError, match="two draws"):
        probabilistic(BASE, {"pneumonia.chance": 0.1}, drawn[3:], COSTS, replications=12, **HOW)


def test_limits_are_measured_or_assumed():
    found = {one.address: one for one in ranges(BASE, {"pneumonia.chance": "x 0.5"}, COSTS, MEASURED)}
    time, chance = found["treated.time"], found["pneumonia.chance"]
    assert (time.low.edits, time.high.edits) == ({"treated.time": "x 0.750000"}, {"treated.time": "x 1.250000"})
    assert (chance.low.edits, chance.high.edits) == ({"pneumonia.chance": 0.15}, {"pneumonia.chance": 0.25})
    assert not time.assumed and not chance.assumed
    assumed = found["relapse.chance"]
    assert assumed.assumed and assumed.low.edits == {"relapse.chance": pytest.approx(0.08)}
    assert found["costs.drug"].high.costs == {"drug": 1.2} and found["payment"].assumed
    assert found["scenario.pneumonia.chance"].low.effect == {"pneumonia.chance": 0.8}
    assert not [name for name in found if name.endswith(".units")]


def test_a_time_that_may_be_nothing_is_still_one():
    measured = MEASURED.assign(ci_low=0.0)
    found = {one.address: one for one in ranges(BASE, {"pneumonia.chance": "x 0.5"}, COSTS, measured)}
    BASE.over(found["treated.time"].low.edits).pathway.model_dump()
    assert scaled(BASE, {"treated.time": "x 0.1"}, 5.0) == {"treated.time": "x 0.001000"}
    unknown = {one.address: one for one in ranges(BASE, {}, COSTS, MEASURED.assign(value=0.0))}
    assert unknown["treated.time"].assumed


def test_the_tornado_by_hand():
    """With p = 0.2 halved, 0.1 of the patients save one course of 6 units at 50: 30 a patient, of the drugs alone."""
    plan = {"pneumonia.chance": "x 0.5"}
    base = BASE.over({"treated.time.lognormal": {"mean": 1e-9, "sd": 1e-9}, "relapse.chance": 0.0})
    measured = MEASURED[MEASURED["address"] == "pneumonia.chance"]
    rows = tornado(base, plan, COSTS, measured, outcome="cost_of_patient", replications=40, **HOW)
    rows = rows.set_index("address")
    assert rows.loc["costs.drug", ["at_low", "at_high"]].tolist() == pytest.approx([-24, -36], rel=0.1)
    assert rows.loc["costs.drug", "at_high"] / rows.loc["costs.drug", "at_low"] == pytest.approx(1.5, rel=0.02)
    assert rows.loc["pneumonia.chance", ["at_low", "at_high"]].tolist() == pytest.approx([-22.5, -37.5], rel=0.12)
    assert rows.loc["scenario.pneumonia.chance", "swing"] == pytest.approx(12.0, rel=0.2)
    assert rows.loc["payment", "swing"] == 0 and rows["swing"].is_monotonic_decreasing
    assert rows.index[0] == "pneumonia.chance" and not rows.loc["pneumonia.chance", "assumed"]
