"""Experiments with a pathway: known differences, patients against stays, intervals until they are narrow, warm-up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.pathways.assembling import Cost, assemble
from analysis.pathways.edits import parameters
from analysis.pathways.experiment import best_of, compare, difference, extended, simulate, until_narrow
from analysis.pathways.layers import layered
from analysis.pathways.outcomes import OUTCOMES
from analysis.pathways.warm_up import mser5, warm_up

FILE = Path(__file__).parent / "haemorrhage.yaml"
COSTS = {"CT": Cost("exam", 300.0), "REHAB": Cost("service", 100.0), "DRUG": Cost("drug", 50.0)}
HOW = {"seed": 3, "warm": 60.0, "days": 365.0, "threads": 1}
#: Nothing waits, nothing varies: 4 days at 100, one unit of an item at 50, half come back after 10 days for 2 days.
PLAIN = """
id: plain
version: "1"
zh: 例
en: Plain
basis: {zh: 例, en: example}
entry: {drg: [A]}
standard: {days: 4}
steps: {}
payment: 1000
resources: {bed: {units: 100, cost_a_day: 100}}
arrivals: {a_day: 1}
course:
  - hold: bed
  - use: drug
    items: {DRUG: 1}
  - spend: lying
    time: {constant: 4}
  - give: bed
  - discharge: home
  - readmit: back
    chance: 0.5
    after: {constant: 10}
    course: [{hold: bed}, {spend: again, time: {constant: 2}}, {give: bed}]
"""


@pytest.fixture
def plain(tmp_path: Path):
    file = tmp_path / "plain.yaml"
    file.write_text(PLAIN, "utf8")
    return layered(file)


def base(**edits):
    return layered(FILE).over(edits).pathway


def test_of_a_patient_and_of_a_stay_by_hand(plain):
    """450 for a first stay, 200 for a second: with a share r of returns 450 + 200 r a patient, over 1 + r stays."""
    of = simulate([plain.pathway], COSTS, replications=3, **HOW).outcomes
    back = of["readmission"]
    assert back == pytest.approx(np.full(3, 0.5), abs=0.1) and back.std() > 0
    assert of["cost_of_patient"] == pytest.approx(450 + 200 * back)
    assert of["cost"] == pytest.approx((450 + 200 * back) / (1 + back))
    assert of["days_of_patient"] == pytest.approx(4 + 2 * back)
    assert of["margin_of_patient"] == pytest.approx(1000 * (1 + back) - 450 - 200 * back)


@pytest.mark.parametrize(("within", "paid"), [(0.0, True), (9.9, True), (10.1, False), (30.0, False)])
def test_a_return_is_not_paid_again_within_the_days_asked_for(plain, within: float, paid: bool):
    of = simulate([plain.pathway], COSTS, replications=2, unpaid_within=within, **HOW).outcomes
    income = of["margin_of_patient"] + of["cost_of_patient"]
    assert income == pytest.approx(1000 * (1 + of["readmission"] * paid))


def test_who_comes_last_is_followed_up(plain):
    """Every patient counted has left and come back by the end of the follow-up; without one some are lost."""
    whole = simulate([plain.pathway], COSTS, replications=2, follow=17.0, **HOW)
    tally = whole.replications.classes
    assert (tally.stays == tally.arrivals + tally.returns).all()
    cut = simulate([plain.pathway], COSTS, replications=2, follow=0.0, **HOW)
    assert (cut.replications.classes.stays < tally.stays).all()
    assert np.array_equal(cut.replications.classes.arrivals, tally.arrivals)
    assert (cut.outcomes["cost_of_patient"] < whole.outcomes["cost_of_patient"]).all()


def test_a_known_change_is_told_by_pairs(plain):
    """A day less of the first stay: 100 and a day of every patient, in every replication the same."""
    rows = compare(plain.pathway, plain.over({"lying.time.constant": 3}).pathway, COSTS, replications=4, **HOW)
    rows = rows.set_index("outcome")
    assert list(rows.index) == list(OUTCOMES)
    for outcome, by in (("days_of_patient", -1.0), ("cost_of_patient", -100.0), ("margin_of_patient", 100.0)):
        assert rows.loc[outcome, ["difference", "ci_low", "ci_high"]].tolist() == pytest.approx([by] * 3, abs=1e-6)
    assert rows.loc["readmission", "difference"] == 0 and (rows["why"] == "").all()


def test_too_early_a_discharge_is_found_out_by_the_patient(plain):
    """A stay 41 cheaper, a patient 70 dearer: home a day sooner, and 9 in 10 come back, for 300."""
    early = plain.over({"lying.time.constant": 3, "back.chance": 0.9}, {"again.time.constant": 3})
    rows = compare(plain.pathway, early.pathway, COSTS, replications=6, **HOW).set_index("outcome")
    assert rows.loc["cost", "ci_high"] < 0 < rows.loc["cost_of_patient", "ci_low"]


def test_a_queue_that_grows_has_no_mean():
    rows = compare(base(), base(**{"resources.bed.units": 3}), COSTS, replications=12, **HOW)
    assert rows[["changed", "difference", "ci_low", "ci_high"]].isna().all(axis=None)
    assert rows["baseline"].notna().all() and (rows["why"] == "changed: bed").all()
    turned = compare(base(**{"resources.bed.units": 3}), base(), COSTS, replications=12, **HOW)
    assert turned["baseline"].isna().all() and turned["changed"].notna().all()


def test_layers_change_what_is_below_them():
    one = layered(FILE).over({"treated.time.lognormal.mean": 4.0}, {"treated.time.lognormal.mean": "x 0.5"})
    assert parameters(one.edited)["treated.time.lognormal.mean"] == 2.0
    assert parameters(one.over({"treated.time.lognormal.mean": "+ 1"}).edited)["treated.time.lognormal.mean"] == 3.0


def test_more_replications_are_those_that_would_have_come():
    few = simulate([base()], COSTS, replications=4, **HOW)
    more = extended(few, [base()], COSTS, 3, **HOW)
    whole = simulate([base()], COSTS, replications=7, **HOW)
    for outcome in OUTCOMES:
        assert np.array_equal(more.outcomes[outcome], whole.outcomes[outcome]), outcome
    assert difference(few, few)["difference"].abs().max() == 0


def test_replicates_until_it_is_narrow_or_the_budget_is_spent():
    change = base(**{"treated.time.lognormal.mean": "x 0.8"})
    how = {"outcome": "stay", "least": 10, "batch": 5, **HOW}
    wide = until_narrow(base(), change, COSTS, limit=10.0, most=100, **how)
    assert (wide.stopped, wide.replications) == ("narrow", 10)
    spent = until_narrow(base(), change, COSTS, limit=1e-9, most=24, **how)
    assert (spent.stopped, spent.replications) == ("budget", 20) and spent.half > 1e-9
    narrow = until_narrow(base(), change, COSTS, limit=wide.half / 2, most=400, **how)
    assert narrow.stopped == "narrow" and narrow.half <= wide.half / 2 and narrow.replications > 10
    stay = narrow.table.set_index("outcome").loc["stay"]
    assert (stay.ci_high - stay.ci_low) / 2 == pytest.approx(narrow.half)
    grows = until_narrow(base(), base(**{"resources.bed.units": 3}), COSTS, limit=0.1, most=100, **how)
    assert grows.stopped == "unstable" and grows.table["difference"].isna().all()


def test_the_best_of_three_by_either_sign():
    plans = [base(**{"treated.time.lognormal.mean": f"x {by}"}) for by in (1.0, 0.5, 1.5)]
    how = {"delta": 0.2, "first": 10, "batch": 10, **HOW}
    assert best_of(plans, COSTS, outcome="stay", smaller=True, **how).best == 1
    assert best_of(plans, COSTS, outcome="stay", **how).best == 2


def test_mser5_by_hand():
    """Batch means 10, 2, 1, 1, 1, 1, 1, 1, 1, 1: what is kept does not vary from the third batch on."""
    series = np.repeat([10.0, 2.0] + [1.0] * 8, 5)
    assert mser5(series) == (10, True)
    assert mser5(np.repeat([1.0] * 10, 5)) == (0, True)
    rising = np.arange(100.0)  # never settles: the cut goes to the middle
    assert mser5(rising) == (50, False)


def test_an_empty_house_fills_as_long_as_its_stays(plain):
    """Stays of 40 days, one patient a day: 40 in the house from day 40 on, and not before; a stay of one: the least."""
    long = plain.over({"lying.time.constant": 40, "back.chance": 0.0, "resources.bed.units": 500})
    found = warm_up(assemble([long.pathway], COSTS), days=600, runs=100)
    assert found.load[19] == pytest.approx(20, abs=2) and found.load[100:].mean() == pytest.approx(40, abs=1.5)
    assert 35 <= found.days <= 70 and found.settled and found.run_length == 10 * found.days
    short = warm_up(assemble([long.over({"lying.time.constant": 1}).pathway], COSTS), days=600, runs=100, least=14)
    assert short.days == 14


def test_columns_are_those_of_the_closed_table():
    from analysis.contract import closed_tables

    rows = compare(base(), base(), COSTS, replications=2, **HOW)
    assert set(closed_tables()["scenario_outcomes"].columns) - {"study", "scenario"} == set(rows.columns) - {"why"}
    assert isinstance(rows, pd.DataFrame)
