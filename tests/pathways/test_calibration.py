"""Planted truth: what a known pathway leaves in the tables gives its numbers back."""

from copy import deepcopy

import numpy as np
import pytest
from planted_hospital import FILE, TRUTH, WRONG, calibrated_from, hospital, theatre_for_all
from scipy import stats

from analysis.pathways.edits import edited
from analysis.pathways.library import checked

#: Address of the report -> its true value. D1 of `drugs` is that of everybody.
KNOWN = {
    "preparation.time.mean": 2.0, "implant.metal.chance": 0.3, "operation.time.mean": 0.12, "leak.chance": 0.25,
    "leak_treated.time.mean": 3.0, "recovery.time.mean": 5.0, "return.chance": 0.1, "drugs.items.D1": 6.0,
    "leak_drugs.items.D1": 4.0, "arrivals.a_day": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def planted():
    return calibrated_from(*hospital(1, 400))


def test_every_number_comes_back(planted):
    report = planted.report.set_index("address")
    for address, true in KNOWN.items():
        row = report.loc[address]
        assert row["basis"] == "measured"
        half = (row["ci_high"] - row["ci_low"]) / 2
        assert abs(row["value"] - true) < 2 * half, address  # four standard errors
        assert half < 0.35 * true, address
    assert planted.pathway.arrivals.by_weekday[0] == pytest.approx(2, abs=0.4)


def test_it_looks_like_the_hospital(planted):
    assert planted.goodness["what"].tolist() == ["cycle_time", "operation"]
    assert (planted.goodness["ratio"] < 1.5).all()
    wrong = checked(edited(edited(deepcopy(TRUTH), {}), WRONG), FILE)
    assert wrong.course != planted.pathway.course


def test_nobody_waits_so_nothing_is_a_bottleneck(planted):
    assert not (planted.contention["verdict"] == "contended").any()
    assert planted.pathway.resources["theatre"].hours is None
    told = planted.report.set_index("address").loc["resources.bed.units"]
    assert told["why"] == "ample: nobody is seen to wait" and told["basis"] == "measured"


def test_what_nothing_measures_is_the_files(planted):
    assert (planted.report["basis"] == "measured").all()
    few = calibrated_from(*hospital(2, 40))  # four of them come back
    told = few.report.set_index("address").loc["back.time.gamma.mean"]
    assert told["basis"] == "file" and told["value"] == 4 and told["why"] == "not seen, or fewer than 5 times"
    assert few.pathway.course[-1].after.weibull.mean == 9


def test_what_a_missing_table_would_show_is_the_files():
    """Without charges nobody can tell the implants apart, nor what was used; without outcomes no leak."""
    rows, days = hospital(4, 60)
    bare = calibrated_from(rows | {"charges": [], "outcomes": []}, days, missing=("charges", "outcomes"))
    file = set(bare.report.loc[bare.report["basis"] == "file", "address"])
    assert {"implant.metal.chance", "drugs.items.D1", "leak.chance", "leak_treated.time.gamma.mean"} <= file
    assert bare.pathway.course[2].of[0].chance == WRONG["implant.metal.chance"]
    assert "preparation.time" in bare.edits


def test_draws_are_pathways_and_the_same_again(planted):
    draws = planted.draws(40, seed=5)
    assert draws == planted.draws(40, seed=5) != planted.draws(40, seed=6)
    assert draws[:10] == planted.draws(10, seed=5)
    for one in draws:
        checked(edited(TRUTH, one), FILE)
    assert np.std([one["leak.chance"] for one in draws]) > 0


def test_a_contended_resource_is_rebuilt():
    """A theatre of one that others use: units, hours, and the wait come back; no queue once it has enough units."""
    truth = theatre_for_all()
    found = calibrated_from(*hospital(3, 500, truth), edited(truth, {"resources.theatre.units": 9}))
    row = found.contention.set_index("resource").loc["theatre"]
    assert row["verdict"] == "contended" and row["capacity"] == 1
    alike = found.goodness.set_index("what")
    assert alike.loc["operation", "mean"] == pytest.approx(alike.loc["operation", "simulated_mean"], rel=0.1)
    assert alike.loc["cycle_time", "ratio"] < 1.5
    assert found.pathway.resources["theatre"].others.a_day > 0


def test_a_queue_of_the_pathways_own_is_rebuilt_without_others():
    truth = theatre_for_all()
    truth["resources"]["theatre"] = {"units": 1, "hours": {"mon-sun": [8, 12]}}
    truth["arrivals"]["a_day"] = 1.15
    found = calibrated_from(*hospital(5, 900, truth), edited(truth, {"resources.theatre.units": 9}))
    assert found.contention["verdict"].tolist() == ["contended"]
    theatre = found.pathway.resources["theatre"]
    assert theatre.units == 1 and theatre.others is None and theatre.hours["mon"] == (8, 12)
    told = found.report.set_index("address").loc["resources.theatre.units"]
    assert told["why"] == "in use while somebody waits"
    assert found.goodness.set_index("what").loc["cycle_time", "ratio"] < 1.5


@pytest.mark.slow
def test_intervals_cover_the_truth():
    """In 150 data sets of 150 patients each 95 % interval holds its number: binomial test at 1 % over all ten."""
    trials = 150
    held = dict.fromkeys(KNOWN, 0)
    for seed in range(trials):
        report = calibrated_from(*hospital(1000 + seed, 150)).report.set_index("address")
        for address, true in KNOWN.items():
            held[address] += report.loc[address, "ci_low"] <= true <= report.loc[address, "ci_high"]
    ps = {name: stats.binomtest(hits, trials, 0.95).pvalue for name, hits in held.items()}
    assert min(ps.values()) > 0.01 / len(KNOWN), held
