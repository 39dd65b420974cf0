"""Cluster sums: by hand, whatever the order of rows, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cause_samples import Case, cases, past, sample, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.rootcause.baselines import Baseline
from analysis.rootcause.layout import common_layout
from analysis.rootcause.sums import ClusterSums, cluster_sums

_TWO = [
    Case({"contrast": (100, 500), "stent_d": (1, 6000)}, payment=9000, physician="a"),
    Case({"contrast": (50, 250), "stent_i": (2, 20000)}, payment=9000, physician="b", stratum="severe", rest=10),
]


def test_by_hand():
    sums = cluster_sums(sample(_TWO), common_layout(sample(_TWO), past(_TWO)))
    assert sums.layout.clusters == ["H/a", "H/b"]
    assert sums.layout.strata == ["mild", "severe"]
    assert list(zip(sums.layout.group_category, sums.layout.groups, strict=True)) == [
        ("consumable", "stent"), ("drug", "contrast"), ("rest", "rest")
    ]  # fmt: skip
    assert sums.layout.elements == ["stent_d", "stent_i", "contrast", "rest"]
    assert sums.layout.element_group.tolist() == [0, 0, 1, 2]
    assert sums.cases.tolist() == [[1, 0], [0, 1]]
    assert sums.cost.tolist() == [[6500, 0], [0, 20260]]
    assert sums.payment.tolist() == [[9000, 0], [0, 9000]]
    assert sums.element_quantity[1, 1].tolist() == [0, 2, 50, 10]
    assert sums.element_cost[1, 1].tolist() == [0, 20000, 250, 10]
    assert sums.quantity[1, 1].tolist() == [2, 50, 10]
    assert sums.quantity_squares[1, 1].tolist() == [4, 2500, 100]
    assert sums.users[0, 0].tolist() == [1, 1, 0]


def test_a_unit_given_back_is_no_use():
    given_back = [Case({"ct": (1, 300)}), Case({"ct": (1, 300)})]
    actual = sample(given_back)
    back = pd.DataFrame([(1, "ct", "ct", "exam", -1.0, -300.0)], columns=actual.elements.columns)
    actual = replace(actual, elements=pd.concat([actual.elements, back], ignore_index=True),
                     cases=actual.cases.assign(cost=[300.0, 0.0]))  # fmt: skip
    sums = cluster_sums(actual, common_layout(actual, past(given_back)))
    assert sums.users[0, 0].tolist() == [1, 0]
    assert sums.quantity[0, 0].tolist() == [1, 0]


def test_small_groups_are_pooled_and_their_quantity_is_money():
    many = [Case({"contrast": (1, 10_000), "saline": (7, 3), "stent_d": (1, 9)})]
    layout = common_layout(sample(many), past(many), pooled_share=0.002)
    assert layout.groups == ["other_consumable", "contrast", "other_drug", "rest"]
    assert layout.pooled.tolist() == [True, False, True, True]
    sums = cluster_sums(sample(many), layout)
    assert sums.quantity[0, 0].tolist() == [9, 1, 3, 0]
    # large on one side is enough to stand by itself, and so is being named
    dear = past([Case({"contrast": (1, 10_000), "saline": (7, 300)})])
    assert "saline" in common_layout(sample(many), dear).groups
    assert "saline" in common_layout(sample(many), past(many), keep=["saline"]).groups
    standards = pd.DataFrame({"group": ["saline"], "use_rate": [None], "quantity": [5.0], "price": [None]})
    assert "saline" in common_layout(sample(many), past(many, standards=standards)).groups


def test_against_the_payment_standard_only_supplied_groups_stand_by_themselves():
    standards = pd.DataFrame({"group": ["contrast"], "use_rate": [None], "quantity": [5.0], "price": [None]})
    layout = common_layout(sample(_TWO), Baseline("standard", None, None, standards=standards))
    assert layout.groups == ["contrast", "rest"]


def test_unknown_physicians_are_clusters_by_patient():
    unknown = [Case({}, physician="?", patient="p"), Case({}, physician="?", patient="q"), Case({}, physician="a")]
    assert common_layout(sample(unknown), past(unknown)).clusters == ["H/?p", "H/?q", "H/a"]
    assert common_layout(sample(unknown), past(unknown), "patient_id").clusters == ["H/p", "H/p2", "H/q"]


@settings(max_examples=25, deadline=None)
@given(cases(refunds=True), st.integers(0, 99))
def test_the_order_of_rows_changes_no_bit(drawn, seed):
    actual = sample(drawn)
    layout = common_layout(actual, past(drawn))
    other = shuffled(actual, seed)
    again = common_layout(other, Baseline("own_past", other, None))
    assert (again.clusters, again.groups, again.elements) == (layout.clusters, layout.groups, layout.elements)
    for name in ClusterSums.__dataclass_fields__:
        if name != "layout":
            one, two = (getattr(cluster_sums(x, y), name) for x, y in ((actual, layout), (other, again)))
            assert np.array_equal(one, two), name


@settings(max_examples=25, deadline=None)
@given(cases(refunds=True))
def test_elements_sum_to_the_cost_of_the_cases(drawn):
    sums = cluster_sums(sample(drawn), common_layout(sample(drawn), past(drawn)))
    assert sums.element_cost.sum(axis=2) == pytest.approx(sums.cost, abs=1e-6)
    assert sums.cost.sum() == pytest.approx(sum(case.cost for case in drawn), abs=1e-6)


def test_elements_that_miss_their_case_are_refused():
    actual = sample(_TWO)
    with pytest.raises(InputError, match=r"s1: cost 20270\.00, elements 20260\.00"):
        wrong = replace(actual, cases=actual.cases.assign(cost=[6500.0, 20270.0]))
        cluster_sums(wrong, common_layout(wrong, past(_TWO)))
    with pytest.raises(InputError, match="missing"):
        wrong = replace(actual, cases=actual.cases.assign(payment=[9000.0, np.nan]))
        cluster_sums(wrong, common_layout(wrong, past(_TWO)))
