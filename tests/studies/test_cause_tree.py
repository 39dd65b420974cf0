"""Rows of the closed table `causes` as a tree and as causes: by hand, whatever the order of the rows."""

import pandas as pd
import pytest
from causes_example import example_causes

from analysis.studies.cause_tree import below, causes_among, in_view


@pytest.fixture
def rows() -> pd.DataFrame:
    return example_causes("H1", "FM19").sample(frac=1, random_state=3)


def test_every_row_stands_before_its_parts_and_adds_them_up(rows: pd.DataFrame):
    for view in ("item", "driver"):
        tree = in_view(rows, view)
        assert len(tree) == (rows["view"] == view).sum(), "every row is reached"
        assert tree["depth"].tolist() == tree["level"].tolist()
        for at in tree.index[~tree["leaf"]]:
            parts = below(tree, at)
            children = parts[parts["depth"] == tree["depth"][at] + 1]
            assert children["amount_total"].sum() == pytest.approx(tree["amount_total"][at])
            assert children["amount_total"].abs().is_monotonic_decreasing, "the largest part first"


def test_a_bundle_is_one_cause_and_a_group_is_none_of_its_own(rows: pd.DataFrame):
    causes = causes_among(rows, "item").set_index("thing")
    assert list(causes.index) == ["contrast_and_devices", "01D01", "payment", "mix", "rest", "D1"]
    first = causes.loc["contrast_and_devices"]
    assert (first["through"], first["amount_total"], first["preventable"]) == ("quantity", 50_000, 38_000)
    assert first["owner"] == "department" and first["called"]
    assert causes.loc["D1", "through"] == "price", "the effect that moved it the way it went"
    assert not causes.loc["mix", "called"] and not causes.loc["rest", "called"], "chance, and no interval"


def test_causes_add_up_to_the_loss_in_either_view(rows: pd.DataFrame):
    for view in ("item", "driver"):
        assert causes_among(rows, view)["amount_total"].sum() == 100_000


def test_a_physician_is_no_cause_of_his_own(rows: pd.DataFrame):
    practice = rows[(rows["cause"] == "physician")]
    people = [practice.assign(level=3, parent="physician", subject=code, amount_total=amount, reliability=0.9)
              for code, amount in (("DOC1", 9_000), ("*", -1_000))]  # fmt: skip
    causes = causes_among(pd.concat([rows, *people]), "driver")
    assert causes.loc[causes["thing"] == "physician", "amount_total"].tolist() == [8_000]
    assert causes["amount_total"].sum() == 100_000


def test_nothing_explained_gives_no_cause():
    assert causes_among(example_causes("H1", "FM19").iloc[:0], "item").empty
