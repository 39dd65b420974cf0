"""Paired differences, queues that do not come to rest, and the best of several scenarios."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.errors import InputError
from analysis.pathways.assembling import Cost, assemble
from analysis.pathways.library import checked, read_pathway, read_raw
from analysis.pathways.outcomes import compared, interval, outcomes, unstable
from analysis.pathways.replications import replicate
from analysis.pathways.selection import select_best

FILE = Path(__file__).parent / "haemorrhage.yaml"
COSTS = {"CT": Cost("exam", 300.0), "REHAB": Cost("service", 100.0), "DRUG": Cost("drug", 50.0)}


def simulated(edits=None, replications=20, **how):
    built = assemble([read_pathway(FILE, edits=edits)], COSTS)
    return built, replicate(built.program, replications, seed=3, warm=60.0, horizon=425.0, categories=3, **how)


def test_the_same_random_numbers_tell_a_small_change():
    base = outcomes(*reversed(simulated()))
    changed = outcomes(*reversed(simulated({"treated.time.lognormal.mean": "x 0.8"})))
    rows = compared(base, changed).set_index("outcome")
    stay = rows.loc["stay"]
    assert stay.ci_high < 0 < stay.baseline and stay.difference == pytest.approx(stay.changed - stay.baseline)
    apart = np.hypot(interval(base["stay"]).half, interval(changed["stay"]).half)
    assert (stay.ci_high - stay.ci_low) / 2 < apart / 2
    for outcome in ("complication", "readmission"):  # but for who leaves just before the horizon in one of the two
        assert abs(rows.loc[outcome, "difference"]) < 0.001
    assert rows.loc["margin", "difference"] == pytest.approx(-rows.loc["cost", "difference"], rel=0.2)


def test_returns_make_no_complication_rarer():
    """By the stay a plan that doubles the returns would seem to prevent complications."""
    base = outcomes(*reversed(simulated(follow=90.0)))
    more = outcomes(*reversed(simulated({"relapse.chance": 0.5}, follow=90.0)))
    rows = compared(base, more).set_index("outcome")
    assert rows.loc["readmission", "difference"] > 0.3
    assert abs(rows.loc["complication", "difference"]) < 0.001


def test_cores_change_nothing():
    one, two = simulated(replications=5), simulated(replications=5, threads=2)
    assert np.array_equal(one[1].classes, two[1].classes)
    assert np.array_equal(one[1].resources, two[1].resources)


def test_a_queue_that_never_comes_to_rest_is_told():
    assert unstable(*reversed(simulated())) == []
    assert unstable(*reversed(simulated({"resources.bed.units": 3}))) == ["bed"]


def test_only_patients_of_the_pathway_make_its_queue_grow():
    """Others ask for more therapy than there is and wait without end; who goes before them does not."""
    raw = deepcopy(read_raw(FILE))
    raw["resources"]["therapy"]["others"] = {"a_day": 40, "time": {"constant": 0.05}}
    kept = {}
    for urgency in (0, 1):
        next(act for act in raw["course"] if act.get("do") == "rehabilitation")["urgency"] = urgency
        built = assemble([checked(raw, FILE)], COSTS)
        of = replicate(built.program, 12, seed=3, warm=60.0, horizon=425.0, categories=3)
        kept[urgency] = unstable(of, built)
    assert kept == {0: [], 1: ["bed"]}  # whose beds are full of those who wait for therapy


def test_a_house_that_overflows_is_refused(monkeypatch):
    monkeypatch.setattr("analysis.pathways.replications._SLOTS", 16)
    monkeypatch.setattr("analysis.pathways.replications._MOST_SLOTS", 64)
    with pytest.raises(InputError, match="arrivals exceed what the resources can serve"):
        simulated({"resources.bed.units": 1}, replications=1)


def test_the_first_replications_are_the_same_when_more_are_run():
    few, many = simulated(replications=3)[1], simulated(replications=6)[1]
    assert np.array_equal(few.classes, many.classes[:3])


def test_the_best_is_found_under_unequal_variances():
    """Means 0, 0, 0, 1 (the zone's worst case) and spreads from 1 to 4: right in 95 % of trials at least."""
    spreads, means, right = [1.0, 4.0, 2.0, 3.0], [0.0, 0.0, 0.0, 1.0], 0
    trials = 200
    for trial in range(trials):
        rng = np.random.default_rng([31, trial])
        found = select_best(lambda i, a, b, rng=rng: rng.normal(means[i], spreads[i], b - a), 4, delta=1.0, batch=25)
        right += found.best == 3
    assert stats.binomtest(right, trials, 0.95, alternative="less").pvalue > 0.01


def test_one_that_leads_far_is_found_soon():
    rng = np.random.default_rng(8)
    found = select_best(lambda i, a, b: rng.normal([0.0, 50.0][i], 1.0, b - a), 2, delta=1.0)
    assert found.best == 1 and found.replications == (10, 10)
