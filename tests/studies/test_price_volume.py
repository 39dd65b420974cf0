"""Price apart from volume by hand and for any items; consumables of few stays are not named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from closed_factory import Small, card_of, shaped, write_small_hospital
from hypothesis import given
from hypothesis import strategies as st
from report_fixtures import opened

from analysis.closed_period import write_period
from analysis.periods import Period
from analysis.studies.budgets import cost_against_budget
from analysis.studies.committee import open_report
from analysis.studies.price_volume import drugs_and_consumables, price_and_volume


def alone(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as items of no substitution group."""
    return rows.assign(kind="consumable", substitution_group=None)


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
    made = price_and_volume(alone(rows))
    assert (made["substitution"] == 0).all()
    assert made[["change", "price", "volume", "new_dropped"]].to_numpy().tolist() == [
        [600, -1200, 1800, 0],
        [500, 0, 0, 500],
        [-300, 0, 0, -300],
        [-100, 0, 0, -100],
    ]


def test_substitution_by_hand():
    """Imported plate: 80 at 50 were 4,000, now 22 at 50. Domestic: 20 at 20 were 400, now 88 at 19 = 1,672.

    100 plates at 44 became 110: quantity 10 x 44 = 440 (imported 400, domestic 40). Price 88 x -1 = -88. The change,
    -1,628, less both is substitution: -1,980. A third, new in the group: 10 at 30 instead, all of it substitution.
    """
    rows = pd.DataFrame(
        {
            "kind": "consumable",
            "substitution_group": ["plate", "plate", None],
            "quantity": [22, 88, 12],
            "cost": [1100, 1672, 9600],
            "quantity_before": [80, 20, 10],
            "cost_before": [4000, 400, 9000],
        }
    )
    names = ["change", "price", "volume", "substitution", "new_dropped"]
    assert price_and_volume(rows)[names].to_numpy().tolist() == [
        [-2900, 0, 400, -3300, 0],
        [1272, -88, 40, 1320, 0],
        [600, -1200, 1800, 0, 0],
    ]
    new = pd.DataFrame({"kind": "consumable", "substitution_group": "plate", "quantity": [10], "cost": [300],
                        "quantity_before": [0], "cost_before": [0]})  # fmt: skip
    made = price_and_volume(pd.concat([rows.assign(quantity=[12, 88, 12], cost=[600, 1672, 9600]), new]))
    assert made[names].iloc[-1].tolist() == [300, 0, 0, 300, 0]
    assert made["volume"].iloc[:2].sum() == 440
    other = rows.assign(kind=["consumable", "drug", "drug"])
    assert (price_and_volume(other)["substitution"] == 0).all(), "a drug does not replace a consumable"


amounts = st.integers(-(10**9), 10**9)


quantities, groups = st.integers(-5, 5000), st.sampled_from([None, "a", "b"])


@given(st.lists(st.tuples(quantities, amounts, quantities, amounts, groups), min_size=1, max_size=20))
def test_the_effects_are_the_change_to_the_fen(items: list[tuple[int, int, int, int, str | None]]):
    table = np.array([item[:4] for item in items], dtype=float)
    rows = pd.DataFrame({"quantity": table[:, 0], "cost": table[:, 1] / 100,
                         "quantity_before": table[:, 2], "cost_before": table[:, 3] / 100})  # fmt: skip
    made = price_and_volume(rows.assign(kind="drug", substitution_group=[item[4] for item in items]))
    parts = made[["price", "volume", "substitution", "new_dropped"]].mul(100).round().sum(axis=1)
    assert (parts == made["change"].mul(100).round()).all()
    assert (made.loc[made["substitution_group"].isna(), "substitution"] == 0).all()
    for _, group in made.groupby("substitution_group"):
        now, then = group["quantity"].sum(), group["quantity_before"].sum()
        if now > 0 and then > 0:
            mean = group["cost_before"].sum() / then
            assert abs(group["volume"].sum() - (now - then) * mean) <= 0.01 * len(group) + 1e-9 * abs(now * mean)


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 10**6))
def test_an_unchanged_price_has_no_effect(before: int, now: int, fen: int):
    rows = pd.DataFrame({"quantity": [now], "cost": [now * fen / 100]})
    made = price_and_volume(alone(rows.assign(quantity_before=before, cost_before=before * fen / 100)))
    assert abs(made["price"].iloc[0]) <= 0.01


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return write_small_hospital(tmp_path_factory.mktemp("two_years"), "2021-07", "2023-06")


def test_the_committees_table_adds_up_and_names_no_item_of_few_stays(two_years: Small):
    """The rare stent, one stay a quarter at 5,000 each, would be among the twenty dearest."""
    report = opened(two_years, "en")
    table = drugs_and_consumables(report).table
    assert table is not None
    rows = table.rows.fillna({"new_dropped": 0.0, "substitution": 0.0})
    assert rows["item"].tolist()[:2] == ["Drugs", "Consumables"] and len(rows) == 23
    sums = rows[["cost_before", "cost", "change", "price", "volume", "substitution", "new_dropped"]]
    assert np.allclose(sums.iloc[2:].sum(), sums.iloc[1]) and "Rare stent" not in " ".join(rows["item"])
    assert np.allclose(sums[["price", "volume", "substitution", "new_dropped"]].sum(axis=1), sums["change"])
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
    assert finding.text.startswith("102.0% of the budget to date is used") and "not flexed" in finding.caveats[0]
    assert "January 2023 to June 2023" in finding.caveats[0]
    assert finding.table.alarm == {(len(finding.table.rows) - 1, name) for name in ("over", "use")}


def test_an_item_far_over_its_budget_is_an_alarm_though_the_total_is_kept(tmp_path: Path):
    """Personnel 127.9 of 100, drugs 104 of 100, other 50 of 100: 281.9 of 300, and personnel is red."""
    budget = {"hospital_id": "H", "scope": "hospital", "subject": "H", "budget": 100.0}
    spent = {"personnel": 127.9, "drugs": 104.0, "other": 50.0}
    rows = [budget | {"cost_item": item, "actual": actual} for item, actual in spent.items()]
    case = {"stay_id": "s", "hospital_id": "H", "discharged_at": pd.Timestamp("2023-01-02"), "cost_complete": True}
    period, tables = Period("2023-01"), {"budget_use": pd.DataFrame(rows), "cases": pd.DataFrame([case])}
    write_period(tmp_path / "hand", period, shaped(tables), card_of(period, "hand", "CNY", "zh"))
    finding = cost_against_budget(open_report("data/hand", period.name, str(tmp_path), "en"))
    assert finding.alarm and finding.table.rows["item"].tolist() == ["Personnel", "Drugs", "Other operating", "Total"]
    assert finding.table.alarm == {(0, "over"), (0, "use")}
    assert "94.0% of the budget to date" in finding.text and "Personnel CNY +28 (127.9%)" in finding.text


def test_without_a_budget_nothing_is_said_of_it(bare):
    assert cost_against_budget(opened(bare, "en", "101")).table is None


def test_a_first_year_has_nothing_to_be_compared_with(small):
    assert "no year before" in drugs_and_consumables(opened(small, "en")).text
