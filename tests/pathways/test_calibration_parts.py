"""The parts of a calibration by hand: times by subtraction, quantities, arrivals, edits, draws."""

from pathlib import Path

import numpy as np
import pytest
from planted_hospital import FILE, TRUTH
from scipy import stats

from analysis.errors import InputError
from analysis.pathways.arrivals import arrival_estimates
from analysis.pathways.edits import edited
from analysis.pathways.estimates import (
    chance_estimate,
    mean_estimate,
    quantity_estimate,
    rate_estimate,
    time_estimate,
    ways_estimate,
)  # fmt: skip
from analysis.pathways.item_use import item_estimates
from analysis.pathways.library import checked
from analysis.pathways.replay import Span, Trace
from analysis.pathways.spans import time_estimates

RNG = np.random.default_rng(3)


def _traces(spans, services=()):
    return [Trace(spans=[Span(acts, days)]) for acts, days in spans] + [Trace(services=dict([one])) for one in services]


def test_what_everybody_goes_through_is_subtracted():
    """Recovery alone 4 and 6 days (mean 5); with a leak 8 and 10 (mean 9): the leak takes 4, its variance 2 - 2 = 0,
    so the least, 0.3 x 4."""
    alone = [(("recovery",), 4.0), (("recovery",), 6.0)] * 5
    both = [(("recovery", "leak"), 8.0), (("recovery", "leak"), 10.0)] * 5
    found = time_estimates(_traces(alone + both), {"recovery": 1, "leak": 1})
    assert found["recovery"].rows[0].value == pytest.approx(5)
    assert found["leak"].edit["gamma"] == pytest.approx({"mean": 4, "sd": 1.2})
    error = np.sqrt(10 / 9 / 10 + 10 / 9 / 10)
    assert found["leak"].rows[0].ci_high == pytest.approx(4 + 1.959964 * error, rel=1e-4)


def test_several_spans_that_lack_the_same_act_are_taken_together():
    """Watched is only seen beside one wound or the other, fewer than five times each."""
    spans = [(("healing",), 10.0 + d) for d in (-1, 0, 1, -1, 0, 1)]
    spans += [(("wound", "healing"), 12.0 + d) for d in (-1, 0, 1, -1, 0, 1)]
    spans += [(("watched", "healing"), 13.0)] * 3 + [(("watched", "wound", "healing"), 15.0)] * 3
    found = time_estimates(_traces(spans), {"healing": 1, "wound": 1, "watched": 1})
    assert found["wound"].rows[0].value == pytest.approx(2)
    assert found["watched"].rows[0].value == pytest.approx(3)
    assert found["watched"].rows[0].cases == 6


def test_unknown_acts_share_their_sum_as_in_the_file():
    spans = [(("a", "b"), days) for days in (7.0, 9.0, 8.0, 8.0, 8.0)]
    found = time_estimates(_traces(spans), {"a": 3.0, "b": 1.0})
    assert [found[name].rows[0].value for name in "ab"] == pytest.approx([6, 2])
    total = sum(found[name].edit["gamma"]["sd"] ** 2 for name in "ab")
    assert total == pytest.approx((0.3 * 8) ** 2)  # 0.5 seen is less than the least


def test_an_event_counts_before_what_is_left_over():
    spans = [(("operation",), 3.0)] * 9
    found = time_estimates(_traces(spans, [("operation", 0.1)] * 9), {"operation": 1})
    assert found["operation"].rows[0].value == pytest.approx(0.1)


def test_what_takes_no_longer_takes_no_time():
    spans = [(("recovery",), 5.0 + d) for d in (-1, 0, 1, 0, 0)] + [(("recovery", "leak"), 4.0)] * 5
    assert time_estimates(_traces(spans), {"recovery": 1, "leak": 1})["leak"].edit == {"constant": 0.0}


def test_few_observations_leave_the_files_value():
    assert time_estimates(_traces([(("recovery",), 4.0)] * 4), {"recovery": 1}) == {}


def _visited(*acts):
    return Trace(visited=list(acts))


def test_quantities_are_those_that_were_used():
    """D1 stands in two acts: with a leak 10, without 6, so the leak's are 4. C1 was used twice in one of two stays."""
    pathway = checked(edited(TRUTH, {}), FILE)
    everybody = ("operation", "drugs")
    traces = [_visited(*everybody)] * 4 + [_visited(*everybody, "leak_drugs", "metal_implant")] * 2
    stays = [{"D1": 6.0, "S1": 1.0}] * 4 + [{"D1": 10.0, "C1": 2.0}, {"D1": 10.0}]
    found = {one.address: one.edit for one in item_estimates(pathway, stays, traces)}
    assert found["drugs.items"] == pytest.approx({"D1": 6})
    assert found["leak_drugs.items"] == pytest.approx({"D1": 4})
    assert found["metal_implant.items"] == pytest.approx({"C1": 1})
    assert found["operation.items"] == pytest.approx({"S1": 4 / 6})
    assert "ceramic_implant.items" not in found  # nobody had one: the file's stays


def test_nothing_that_is_used_is_lost():
    """C1 stands on one way only; two of four others used it, too: the first act of all gets a half of it, the way the
    2 - 0.5 that it uses more."""
    pathway = checked(edited(TRUTH, {}), FILE)
    traces = [_visited("operation", "drugs")] * 4 + [_visited("operation", "drugs", "metal_implant")] * 4
    stays = [{"C1": 1.0}, {}, {"C1": 1.0}, {}] + [{"C1": 2.0}] * 4
    found = {one.address: one.edit for one in item_estimates(pathway, stays, traces)}
    assert found["metal_implant.items"] == pytest.approx({"C1": 1.5})
    assert found["operation.items"] == pytest.approx({"S1": 0, "C1": 0.5})


def test_quantities_are_of_one_doing():
    """Operated on twice, two of S1 in a stay: one each time."""
    said = edited(TRUTH, {})
    next(act for act in said["course"] if "do" in act)["times"] = 2
    found = item_estimates(checked(said, FILE), [{"S1": 2.0}] * 5, [_visited("operation")] * 5)
    assert found[0].edit == pytest.approx({"S1": 1})


def test_simulated_stays_use_what_the_stays_used():
    pathway = checked(edited(TRUTH, {}), FILE)
    traces = [_visited("drugs", *(["leak_drugs"] if RNG.random() < 0.3 else [])) for _ in range(60)]
    used = RNG.poisson(5, 60).astype(float)
    found = {one.address: one.edit for one in item_estimates(pathway, [{"D1": q} for q in used], traces)}
    made = sum(found[f"{act}.items"]["D1"] for trace in traces for act in trace.visited)
    assert made == pytest.approx(used.sum())


def test_arrivals_are_shrunk_towards_an_even_week():
    """14 on a Monday at noon: (14 + 2) / (14 + 14) of the week, (14 + 1) / (14 + 24) of the day."""
    a_day, week, hours = (one.edit for one in arrival_estimates([0.5 + 7 * k for k in range(14)], 98))
    assert a_day == pytest.approx(1 / 7)
    assert week[0] == pytest.approx(7 * 16 / 28) and week[1] == pytest.approx(7 * 2 / 28)
    assert hours[12] == pytest.approx(24 * 15 / 38) and sum(hours) == pytest.approx(24)


def test_intervals_are_those_of_the_draws():
    values = stats.gamma(4, scale=0.5).rvs(150, random_state=1)
    for estimate, read in (
        (time_estimate("a.time", values), lambda edit: next(iter(edit.values()))["mean"]),
        (chance_estimate("a.chance", 12, 80), lambda edit: edit),
        (ways_estimate("a", {"x": 5, "y": 20, "z": 9}), lambda edit: edit["x"]),
        (rate_estimate("arrivals.a_day", 140, 365), lambda edit: edit),
        (quantity_estimate("a.items", {"D1": (6.0, 0.5)}, 30, {"D1": 2.0}), lambda edit: edit["D1"]),
        (mean_estimate("a.time", 4.0, 2.0, 40, 0.5, ""), lambda edit: edit["gamma"]["mean"]),
    ):
        drawn = [read(estimate.draw(np.random.default_rng(seed))) for seed in range(2000)]
        low, high = np.quantile(drawn, [0.025, 0.975])
        row = estimate.rows[0]
        assert (low, high) == pytest.approx((row.ci_low, row.ci_high), rel=0.06), row.address


def test_times_as_observed_are_drawn_by_bootstrap():
    values = np.r_[np.full(30, 1.0), np.full(30, 9.0)]
    estimate = time_estimate("a.time", values)
    assert estimate.rows[0].family == "empirical"
    means = [np.mean(estimate.draw(np.random.default_rng(seed))["empirical"]) for seed in range(300)]
    assert np.std(means) == pytest.approx(values.std() / np.sqrt(60), rel=0.12)


def test_whole_distributions_chances_and_quantities_are_edits():
    said = edited(TRUTH, {
        "recovery.time": {"gamma": {"mean": 4, "sd": 2}},
        "implant.chances": {"metal": 0.1, "ceramic": 0.9},
        "operation.items": {"S1": 2.5},
        "resources.theatre.hours": {"mon": [8, 18]},
        "arrivals.by_hour": [1.0] * 24,
    })  # fmt: skip
    pathway = checked(said, FILE)
    acts = {getattr(act, "spend", None) or getattr(act, "do", None) or getattr(act, "choose", None): act
            for act in pathway.course}  # fmt: skip
    assert acts["recovery"].time.gamma.mean == 4 and acts["recovery"].time.weibull is None
    assert [way.chance for way in acts["implant"].of] == [0.1, 0.9]
    assert acts["operation"].items == {"S1": 2.5}
    assert pathway.resources["theatre"].hours == {"mon": (8, 18)}
    assert checked(edited(said, {"resources.theatre.hours": "always"}), FILE).resources["theatre"].hours is None
    with pytest.raises(InputError, match="no such number to change: implant"):
        edited(TRUTH, {"implant.chances": {"metal": 1.0}}, Path("x.yaml"))
