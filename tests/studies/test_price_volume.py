"""Price apart from volume by hand and for any items; consumables of few stays are not named."""

import numpy as np
import pandas as pd
import pytest
from closed_factory import Small, write_small_hospital
from hypothesis import given
from hypothesis import strategies as st
from report_fixtures import opened

from analysis.studies.budgets import cost_against_budget
from analysis.studies.price_volume import drugs_and_consumables, price_and_volume


def test_by_hand():
    """Stent: 10 at 900 were 9,000; now 12 at 800 = 9,600: price 12 x -100 = -1,200, volume 2 x 900 = 1,800.

    New: 500, all of it new. Dropped: 300 less. Returned on balance: no price, so dropped too.
    """
    rows = pd.DataFrame(
        {
            "quantity": [12, 5, 0, -1],
            "cost": [9600, 500, 0, -20],
            "quantity_before": [10, 0, 3, 4],
            "cost_before": [9000, 0, 300, 80],
        }
    )
    made = price_and_volume(rows)
    assert made[["change", "price", "volume", "new_dropped"]].to_numpy().tolist() == [
        [600, -1200, 1800, 0],
        [500, 0, 0, 500],
        [-300, 0, 0, -300],
        [-100, 0, 0, -100],
    ]


amounts = st.integers(-(10**9), 10**9)


@given(st.lists(st.tuples(st.integers(-5, 5000), amounts, st.integers(-5, 5000), amounts), min_size=1, max_size=20))
def test_the_effects_are_the_change_to_the_fen(items: list[tuple[int, int, int, int]]):
    table = np.array(items, dtype=float)
    rows = pd.DataFrame({"quantity": table[:, 0], "cost": table[:, 1] / 100,
                         "quantity_before": table[:, 2], "cost_before": table[:, 3] / 100})  # fmt: skip
    made = price_and_volume(rows)
    parts = made[["price", "volume", "new_dropped"]].mul(100).round().sum(axis=1)
    assert (parts == made["change"].mul(100).round()).all()


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 10**6))
def test_an_unchanged_price_has_no_effect(before: int, now: int, fen: int):
    rows = pd.DataFrame({"quantity": [now], "cost": [now * fen / 100]})
    made = price_and_volume(rows.assign(quantity_before=before, cost_before=before * fen / 100))
    assert abs(made["price"].iloc[0]) <= 0.01


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return write_small_hospital(tmp_path_factory.mktemp("two_years"), "2021-07", "2023-06")


def test_the_committees_table_adds_up_and_names_no_item_of_few_stays(two_years: Small):
    """The rare stent, one stay a quarter at 5,000 each, would be among the twenty dearest."""
    report = opened(two_years, "en")
    table = drugs_and_consumables(report).table
    assert table is not None
    rows = table.rows.fillna({"new_dropped": 0.0})
    assert rows["item"].tolist()[:2] == ["Drugs", "Consumables"] and len(rows) == 23
    sums = rows[["cost_before", "cost", "change", "price", "volume", "new_dropped"]]
    assert np.allclose(sums.iloc[2:].sum(), sums.iloc[1]) and "Rare stent" not in " ".join(rows["item"])
    assert np.allclose(sums["price"] + sums["volume"] + sums["new_dropped"], sums["change"])
    span = report.compared[0].bounds
    spent = report.engine.value(
        "select sum(cost) from item_totals where kind = 'consumable' and period between $first and $last", **span
    )
    assert round(rows["cost"].iloc[1], 2) == float(spent)
    assert rows["price"].iloc[1] > 0, "every consumable is a hundredth dearer each month"


def test_budget_used_since_january(small):
    """The budget is 98 % of what was spent: 102 % used, over by a fiftieth of the budget."""
    finding = cost_against_budget(opened(small, "en"))
    assert finding.table is not None
    total = finding.table.rows.iloc[-1]
    assert round(total["use"], 3) == round(1 / 0.98, 3) and finding.alarm
    assert finding.text.startswith("102.0% of the budget is used") and "January 2023 to June 2023" in finding.caveats[0]


def test_without_a_budget_nothing_is_said_of_it(bare):
    assert cost_against_budget(opened(bare, "en", "101")).table is None


def test_a_first_year_has_nothing_to_be_compared_with(small):
    assert "no year before" in drugs_and_consumables(opened(small, "en")).text
