"""The driver view by hand, what holds whatever the cases, and drivers of known size."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from driver_cases import drawn, drivers, made, past, per_case
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import ccard

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.cause_rows import tree_rows
from analysis.rootcause.driver_fit import fitted
from analysis.rootcause.driver_gaps import gaps_of_samples
from analysis.rootcause.driver_rows import driver_amounts, driver_tree, named_clusters
from analysis.rootcause.driver_sums import DAYS, side_sums
from analysis.rootcause.item_view import decompose
from analysis.rootcause.layout import common_layout
from analysis.rootcause.practice import normal_scores
from analysis.rootcause.resampling import cluster_weights
from analysis.rootcause.samples import Sample

#: Cost = 5,000 + 100 a day + 1,000 a complication, which brings four days; one in four had one.
_BEFORE = made({
    "cost": [5400.0, 5600, 5500, 5500, 5400, 5600, 6800, 7000], "length_of_stay": [4.0, 6, 5, 5, 4, 6, 8, 10],
    "complication": [0.0, 0, 0, 0, 0, 0, 1, 1],
}, side="b")  # fmt: skip
#: 300 dearer for no reason; every second has a complication; two cases waited three days more for MRI.
_NOW = made({
    "cost": [5700.0, 5900, 6100, 6100, 7100, 7300, 7200, 7200], "length_of_stay": [4.0, 6, 8, 8, 8, 10, 9, 9],
    "complication": [0.0, 0, 0, 0, 1, 1, 1, 1],
}, {"mri": [0.0, 0, 3, 3, 0, 0, 0, 0]})  # fmt: skip


def test_drivers_by_hand():
    """Complications +25 points at 1,000 + 4 x 100; 0.75 days waited at 100; all else 300."""
    found = drivers(_NOW, past(_BEFORE), least=1)
    assert found.day[0] == pytest.approx(100) and found.conditions["complication"][0] == pytest.approx(1400)
    expected = {"mix": 0, "complication": 0.25 * 1400, "stay_mri": 75, "stay_other": 0, "rest": 300}
    assert per_case(found, 8) == pytest.approx(expected, abs=1e-6)
    assert found.cost[0] == pytest.approx(8 * 725) and found.payment[0] == pytest.approx(8 * (5850 - 10_000))
    assert ("physician", "few_physicians") in found.notes


def test_waiting_of_complicated_cases_counts_once():
    """The complicated wait two days for a bed: these are the reason's, the complication keeps its own four."""
    wait = [0.0, 0, 0, 0, 2, 2, 2, 2]
    days = [4.0, 6, 5, 5, 10, 12, 11, 11]
    cost = [5000 + 100 * d + 1000 * k for d, k in zip(days, [0, 0, 0, 0, 1, 1, 1, 1], strict=True)]
    now = made({"cost": cost, "length_of_stay": days, "complication": [0.0] * 4 + [1.0] * 4}, {"bed": wait})
    found = per_case(drivers(now, past(_BEFORE), least=1), 8)
    assert found == pytest.approx(
        {"mix": 0, "complication": 350, "stay_bed": 100, "stay_other": 0, "rest": 0}, abs=1e-6
    )


def test_a_reason_called_other_is_no_other_day():
    now = replace(_NOW, waits=_NOW.waits.assign(reason="other"))
    found = per_case(drivers(now, past(_BEFORE), least=1), 8)
    assert found["stay_other"] == pytest.approx(75) and sum(found.values()) == pytest.approx(725)


def test_what_cannot_be_told_is_left_out_and_said():
    """Two complications are too few for five; a stay that never varies has no marginal day."""
    few = drivers(_NOW, past(_BEFORE))
    assert ("infection", "few") in few.notes and "infection" not in few.drivers
    still = drivers(made({"cost": [1.0, 2, 3]}), past(made({"cost": [1.0, 1, 1]}, side="b")))
    assert dict(still.notes) == {"complication": "few", "infection": "few", "coding": "few", "stay": "still",
                                 "physician": "few_physicians"}  # fmt: skip
    assert per_case(still, 3) == pytest.approx({"mix": 0, "rest": 1})
    unknown = replace(_BEFORE, cases=_BEFORE.cases.assign(complication=np.nan))
    assert ("complication", "unknown") in drivers(_NOW, past(unknown), least=1).notes


def test_a_condition_that_another_already_tells_is_left_out():
    twin = [replace(side, cases=side.cases.assign(infection=side.cases["complication"])) for side in (_NOW, _BEFORE)]
    found = drivers(twin[0], past(twin[1]), least=1)
    assert ("infection", "collinear") in found.notes
    assert per_case(found, 8)["complication"] == pytest.approx(350)


def test_unknown_complications_take_no_part():
    """Two cases more, of unknown complication: days and cost count, the rate is that of the known."""
    more = {"cost": [5700.0, 5900], "length_of_stay": [4.0, 6], "complication": [np.nan, np.nan]}
    columns = {name: [*_NOW.cases[name], *more[name]] for name in more}
    now = made(columns, {"mri": [0.0, 0, 3, 3, 0, 0, 0, 0, 0, 0]})
    found = drivers(now, past(_BEFORE), least=1)
    assert per_case(found, 10)["complication"] == pytest.approx(0.25 * 1400)
    assert per_case(found, 10)["stay_mri"] == pytest.approx(60)


def test_against_a_pathway():
    """Days of the pathway are the reference, no waiting, no coding error; complications have none."""
    profile = pd.DataFrame({
        "group": ["all", "*"], "category": ["drug", "stay"], "element": ["all", "*"], "use_rate": 1.0,
        "quantity": [1.0, 6.0], "share": 1.0, "price": [5000.0, 100.0],
    })  # fmt: skip
    pathway = Baseline("standard_cost", None, profile)
    found = drivers(_NOW, pathway, least=1)
    assert ("complication", "no_reference") in found.notes
    assert per_case(found, 8) == pytest.approx({"mix": 0, "stay_mri": 75, "stay_other": 100, "rest": 6575 - 5600 - 175})


def test_against_the_payment_standard_days_have_no_reference():
    found = drivers(_NOW, Baseline("standard", None, None), least=1)
    assert {("stay_other", "no_reference"), ("complication", "no_reference")} <= set(found.notes)
    assert found.payment[0] == pytest.approx(0) and per_case(found, 8)["stay_mri"] == pytest.approx(75)


def test_the_two_fold_decomposition_of_the_credit_card_data():
    """Known answer (statsmodels, Oaxaca and Blinder): 158.7504 = 130.8095 explained + 27.9409."""
    data = ccard.load_pandas().data
    names = {"AVGEXP": "cost", "AGE": "length_of_stay", "INCOME": "complication", "INCOMESQ": "infection"}
    own = [made(part.rename(columns=names)[list(names.values())].to_dict("list"), side=str(key))
           for key, part in data.groupby("OWNRENT")]  # fmt: skip
    layout = decompose(own[1], past(own[0]))[0].layout
    ones = np.ones((1, len(layout.clusters)))
    sides = [side_sums(side, layout, [], ["complication", "infection"]) for side in own[::-1]]
    fit = fitted(sides, [ones, ones], 2)
    gaps = gaps_of_samples(sides[0], ones, sides[1], ones)[0]
    explained = gaps[DAYS] * fit.day[0] + gaps[2:] @ fit.beside[0]
    assert gaps[0] == pytest.approx(158.7504, abs=5e-5) and explained == pytest.approx(130.8095, abs=5e-5)
    brought = gaps[2:] @ fit.more_days[0]
    assert gaps[2:] @ fit.total[0] + (gaps[DAYS] - brought) * fit.day[0] == pytest.approx(explained), (
        "days moved, none lost"
    )
    assert gaps[0] - explained == pytest.approx(27.9409, abs=5e-5)


_COLUMN = st.lists(st.integers(0, 3), min_size=6, max_size=30)


@settings(max_examples=25, deadline=None)
@given(_COLUMN, _COLUMN, st.integers(0, 2**31), st.sampled_from(["past", "robust", "standard"]))
def test_drivers_sum_to_the_cost_to_the_fen_and_no_order_matters(one, two, seed, kind):
    random = np.random.default_rng(seed)
    sides = [_random_sample(random, marks, side) for marks, side in ((one, "a"), (two, "b"))]
    baseline = {"past": past(sides[1]), "robust": Baseline("peers", sides[0], None, robust=True),
                "standard": Baseline("standard", None, None)}[kind]  # fmt: skip
    found = drivers(sides[0], baseline, least=1)
    assert all(np.isfinite(money).all() for money in found.drivers.values())
    tree = driver_tree(found)
    rows = tree_rows(driver_amounts(found, tree)[0], tree, len(one))
    loss = sum(Decimal(str(c)) for c in sides[0].cases["cost"]) - 10_000 * len(one)
    assert rows["amount_total"].iloc[0] == loss
    for at in range(len(rows)):
        below = rows["amount_total"][tree.above == at]
        assert below.empty or sum(below) == rows["amount_total"].iloc[at], "children sum to their parent"
    turned = _turned(sides[0], random)
    moved = replace(baseline, sample=turned) if kind == "robust" else baseline
    again = drivers(turned, moved, least=1)
    for name, money in found.drivers.items():
        assert money.tolist() == again.drivers[name].tolist(), f"{name} depends on the order of rows"


def _random_sample(random: np.random.Generator, marks: list[int], side: str) -> Sample:
    n = len(marks)
    columns = {
        "cost": random.integers(100, 9_000_000, n) / 100, "length_of_stay": 1.0 + np.array(marks),
        "complication": random.choice([0.0, 1, np.nan], n), "coding_flag": random.random(n) < 0.3,
        "stratum": random.choice(["s", "t"], n),
        "physician_id": random.choice([*(f"P{i:02d}" for i in range(14)), "?"], n),
    }  # fmt: skip
    return made(columns, {"mri": list(random.integers(0, 2, n).astype(float))}, side)


def _turned(sample: Sample, random: np.random.Generator) -> Sample:
    order = random.permutation(len(sample.cases))
    place = np.argsort(order)
    cases = sample.cases.iloc[order].reset_index(drop=True)
    rest = [rows.assign(case=place[rows["case"].astype(int)]).iloc[random.permutation(len(rows))].reset_index(drop=True)
            for rows in (sample.elements, sample.waits)]  # fmt: skip
    return Sample(cases, *rest)


def test_a_draw_is_the_same_as_cases_that_come_as_often():
    """Everything but practice is fitted again in each draw: weights against cases written out twice and left out."""
    now, before = drawn(1, 300), drawn(2, 300, side="b", complication=0.05)
    layout = common_layout(now, past(before))
    weights = cluster_weights(len(layout.clusters), 3, 5)
    by_weight = drivers(now, past(before), weights)
    for draw, counts in enumerate(weights):
        sides = [_repeated(side, layout.clusters, counts) for side in (now, before)]
        written = drivers(sides[0], past(sides[1]))
        assert by_weight.day[draw] == pytest.approx(written.day[0])
        for name in ("mix", "complication", "stay_mri", "stay_other"):
            each = by_weight.drivers[name][draw] / 300, written.drivers[name][0] / len(sides[0].cases)
            assert each[0] == pytest.approx(each[1], abs=1e-6), name


def _repeated(sample: Sample, clusters: list[str], counts: np.ndarray) -> Sample:
    times = pd.Series(counts.astype(int), index=clusters)[("H/" + sample.cases["physician_id"]).to_numpy()].to_numpy()
    rows = sample.cases.loc[np.repeat(np.arange(len(times)), times)].reset_index(drop=True)
    waited = sample.waits.groupby("case")["days"].sum().reindex(range(len(times)), fill_value=0.0)
    numbered = rows.drop(columns=["stay_id"]).to_dict("list")
    return made(numbered, {"mri": list(np.repeat(waited.to_numpy(), times))}, sample.cases["stay_id"].iloc[0][0])


def test_drivers_of_known_size():
    """Over sixteen pairs: complications 5 -> 15 % at 4,000 + 5 x 600, waits 40 -> 70 % at 2 x 600, nothing else."""
    found = []
    for s in range(16):
        now, before = drawn(s, complication=0.15, wait=0.7), drawn(s + 500, side="b", complication=0.05)
        found.append(per_case(drivers(now, past(before)), 600))
    found = pd.DataFrame(found)
    error = 4 * found.std() / np.sqrt(len(found))
    for name, truth in {"complication": 700, "stay_mri": 360, "stay_other": 0, "physician": 0, "rest": 0}.items():
        assert abs(found[name].mean() - truth) < max(error[name], 1), name
    assert found["complication"].std() < 200 and found["physician"].std() < 120


def test_expected_nothing_where_nothing_is_planted():
    found = pd.DataFrame([per_case(drivers(drawn(s), past(drawn(s + 500, side="b"))), 600) for s in range(30, 50)])
    error = 4 * found.std() / np.sqrt(len(found))
    assert (found.mean().abs() < np.maximum(error, 1)).all()


def test_a_fifth_of_the_physicians_spends_more():
    """Four of twenty at 1.5 times the ordinary: the driver holds it, where the trimmed mean would not."""
    factors = np.where(np.arange(20) < 4, 1.5, 1.0)
    found, truth = [], []
    for s in range(10):
        now = drawn(s, 800, factors=factors)
        share = now.cases["physician_id"].isin([f"P{j:02d}" for j in range(4)]).mean()
        found.append(per_case(drivers(now, past(drawn(s + 500, 800, side="b"))), 800)["physician"])
        truth.append(share * 0.5 * 8_000 * 1.12)
    assert np.mean(found) == pytest.approx(np.mean(truth), rel=0.1)
    assert np.abs(np.array(found) - truth).max() < 350


def test_practice_has_an_interval_of_its_own_chance_not_of_who_was_drawn():
    """With four spendthrifts of twenty the draws of the cost go with how often these come; those of practice do not."""
    factors = np.where(np.arange(20) < 4, 1.5, 1.0)
    now, before = drawn(9, 800, factors=factors), drawn(509, 800, side="b")
    layout = common_layout(now, past(before))
    weights = np.vstack([np.ones((1, len(layout.clusters))), cluster_weights(len(layout.clusters), 800, 1)])
    found = drivers(now, past(before), weights)
    often = weights[1:, :4].sum(axis=1)
    practice, cost = found.drivers["physician"] / 800, found.cost / 800
    assert practice[0] == pytest.approx(per_case(drivers(now, past(before)), 800)["physician"])
    assert practice[1:].mean() == pytest.approx(practice[0], abs=100)
    assert np.corrcoef(often, cost[1:])[0, 1] > 0.7 and 40 < practice[1:].std() < 0.6 * cost[1:].std()


def test_normal_scores_of_draw_counts():
    weights = np.vstack([np.ones((1, 30)), cluster_weights(30, 4_000, 2)])
    scores = normal_scores(weights)
    assert (scores[0] == 0).all() and scores[1:].mean() == pytest.approx(0, abs=0.01)
    assert scores[1:].std() == pytest.approx(1, abs=0.01)
    assert np.corrcoef(scores[1:].ravel(), weights[1:].ravel())[0, 1] > 0.9


def test_against_peers_who_are_alike_there_is_little():
    """Physicians differ by chance only: days and complications of the typical physician are everybody's."""
    now = drawn(4)
    found = drivers(now, Baseline("peers", now, None, robust=True))
    each = per_case(found, 600)
    assert abs(each["complication"]) < 60 and abs(each["stay_mri"]) < 60 and abs(each["stay_other"]) < 60


def test_named_physicians_stand_below_practice_and_add_up():
    factors = np.where(np.arange(20) < 2, 1.5, 1.0)
    now, before = drawn(6, 800, factors=factors), drawn(506, 800, side="b")
    layout = common_layout(now, past(before))
    weights = np.vstack([np.ones((1, len(layout.clusters))), cluster_weights(len(layout.clusters), 200, 1)])
    found = drivers(now, past(before), weights)
    people = pd.DataFrame({"hospital_id": "H", "physician_id": ["P00", "P05", "P99"], "named": [True, False, True]})
    named = named_clusters(people, layout)
    assert named == {"P00": layout.clusters.index("H/P00")}
    tree = driver_tree(found, named)
    money = driver_amounts(found, tree, named)
    below = tree.nodes["parent"].eq("physician").to_numpy()
    assert tree.nodes.loc[below, "subject"].tolist() == ["P00", "*"]
    assert money[:, below].sum(axis=1) == pytest.approx(money[:, tree.nodes["cause"].eq("physician") & ~below][:, 0])
    own = money[:, below][:, 0]
    share = now.cases["physician_id"].eq("P00").sum()
    assert own[0] == pytest.approx(share * 0.5 * 8_000 * 1.12, rel=0.25) and own[1:].std() > 0


def test_cases_of_unknown_physicians_and_draws_of_patients_tell_of_no_physician():
    now, before = drawn(7), drawn(507, side="b")
    unknown = replace(now, cases=now.cases.assign(physician_id="?"))
    for found in (drivers(unknown, past(before)), drivers(now, past(before), cluster="patient_id")):
        assert ("physician", "few_physicians") in found.notes and "physician" not in found.drivers
