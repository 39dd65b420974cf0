"""Causes as closing writes them: they add up to the fen, whatever the order of rows, and stand on what is closed."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from closed_months import CARD, HOSPITAL, ITEMS, drawn_month, month_tables, write_month
from hand_hospital import Rows

from analysis.closed_period import ClosedPeriods, Unwritten, open_period
from analysis.contract import period_tables
from analysis.periods import Period
from analysis.rootcause.monthly import causes_of_month
from analysis.rootcause.settings import RootCause

SETTINGS = RootCause.model_validate(
    {
        "draws": 200,
        "floor": 100,
        "standards": [{"drg": "FM19", "group": "contrast", "quantity": 100}],
        "bundles": {"all_in": {"zh": "合计", "en": "All in", "groups": ["contrast", "stent"]}},
        "indications": [{"drgs": ["FM19"], "group": "stent", "age_from": 70}],
        "owners": {"department": {"zh": "科室", "en": "Department"}},
        "owned": [{"effect": "quantity", "owner": "department"}, {"effect": "substitution", "owner": "department"}],
        "avoidable": [
            {"effect": "substitution", "avoidable": "without_indication"},
            {"effect": "quantity", "avoidable": "excess"},
        ],
    }
)
JUNE = Period("2023-06")
KEY = list(period_tables()["causes"].key)


def month_of(rows: Rows, folder: Path = Path("nowhere")) -> ClosedPeriods:
    return ClosedPeriods(folder, (JUNE,), Unwritten(JUNE, month_tables(rows), CARD))


def causes(rows: Rows, settings: RootCause = SETTINGS) -> pd.DataFrame:
    return causes_of_month(month_of(rows), [], settings)


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return causes(drawn_month(5))


def test_both_views_part_the_loss_of_the_cases_to_the_fen(found: pd.DataFrame) -> None:
    rows = drawn_month(5)
    costs = sum(Decimal(str(row["amount"])) for row in rows["case_costs"] if row["method"] == "bottom_up")
    loss = costs.quantize(Decimal("0.01")) - sum(Decimal(str(row["payment"])) for row in rows["cases"])
    for view in ("item", "driver"):
        top = found[(found["view"] == view) & (found["level"] == 0)]
        assert top["baseline"].tolist() == ["peers", "standard"]
        assert top["amount_total"].tolist() == [loss, loss]


def test_every_level_sums_to_the_one_above(found: pd.DataFrame) -> None:
    for view in ("item", "driver"):
        rows = found[found["view"] == view].reset_index(drop=True)
        open_rows: list[int] = []
        sums: dict[int, Decimal] = {}
        for at, level in enumerate(rows["level"]):
            open_rows = [row for row in open_rows if rows["level"][row] < level]
            if open_rows:
                sums[open_rows[-1]] = sums.get(open_rows[-1], Decimal(0)) + rows["amount_total"][at]
            open_rows.append(at)
        assert len(sums) >= 2
        assert all(rows["amount_total"][at] == total for at, total in sums.items())


def test_rows_are_as_the_closed_table_wants_them(found: pd.DataFrame) -> None:
    schema = period_tables()["causes"].arrow_schema()
    table = pa.Table.from_pandas(found, schema, preserve_index=False)
    assert not found.duplicated(KEY).any()
    for name, column in period_tables()["causes"].columns.items():
        assert column.optional or table[name].null_count == 0
        if column.values:
            assert set(table[name].drop_null().to_pylist()) <= set(column.allowed())
    assert set(found["months"]) == {1} and set(found["cases"]) == {60} and set(found["clusters"]) == {14}
    told = found[found["baseline"] == "peers"].set_index(["view", "cause", "effect"])
    assert told.loc[("item", "contrast", "quantity"), "basis"] == "supplied"
    assert told.loc[("item", "stent", "quantity"), "basis"] == "estimated"


def test_intervals_hold_the_estimate(found: pd.DataFrame) -> None:
    amount = found["amount_total"].astype(float)
    known = found["ci_low"].notna()
    assert known.all()
    assert (found["ci_low"] <= amount + 0.01).all() and (amount <= found["ci_high"] + 0.01).all()


def test_imports_outside_the_indication_are_avoidable(found: pd.DataFrame) -> None:
    """Imported stents of cases under seventy at 13,600 - 8,900."""
    rows = drawn_month(5)
    young = {row["stay_id"] for row in rows["cases"] if row["age"] < 70}
    units = sum(row["quantity"] for row in rows["case_items"] if row["item_code"] == "C1" and row["stay_id"] in young)
    leaf = found[(found["cause"] == "stent") & (found["effect"] == "substitution")]
    assert leaf["preventable"].astype(float).tolist() == [units * 4700]
    assert leaf["owner"].tolist() == ["department"]


def shuffled(rows: Rows, seed: int) -> Rows:
    random = np.random.default_rng(seed)
    return {name: [part[i] for i in random.permutation(len(part))] for name, part in rows.items()}


@pytest.mark.parametrize("change", [lambda rows: rows, lambda rows: shuffled(rows, 3)], ids=["again", "other order"])
def test_the_same_months_give_the_same_bytes(found: pd.DataFrame, change: Callable[[Rows], Rows]) -> None:
    pd.testing.assert_frame_equal(causes(change(drawn_month(5))), found)


def test_a_month_being_closed_is_read_like_a_closed_one(tmp_path: Path, found: pd.DataFrame) -> None:
    write_month(tmp_path / "hand", "2023-06", drawn_month(5))
    pd.testing.assert_frame_equal(causes_of_month(open_period(tmp_path / "hand/2023-06"), [], SETTINGS), found)


def test_few_cases_take_the_last_twelve_months_where_these_are_closed(tmp_path: Path) -> None:
    months = [JUNE.shift(-back) for back in range(11, 0, -1)]
    for number, month in enumerate(months):
        write_month(tmp_path / "hand", month.name, drawn_month(number, month.name, cases=8))
    late = month_of(drawn_month(50, cases=8), tmp_path / "hand")
    rows = causes_of_month(late, months, SETTINGS)
    assert set(rows["months"]) == {12} and set(rows["cases"]) == {96}
    assert causes_of_month(late, months[1:], SETTINGS).empty


def test_a_loss_by_one_method_alone_is_none() -> None:
    rows = drawn_month(5)
    kept = [row for row in rows["case_costs"] if row["method"] == "bottom_up"]
    cheap = [row | {"method": "top_down", "amount": 1} for row in kept[::5]]
    assert causes(rows | {"case_costs": kept + cheap}).empty


def test_small_losses_and_few_cases_are_not_told() -> None:
    assert causes(drawn_month(5, loss=-30_000)).empty
    assert causes(drawn_month(5, cases=29)).empty
    assert causes(drawn_month(5), SETTINGS.model_copy(update={"floor": 10_000_000.0})).empty
    assert causes({"item_totals": ITEMS}).empty


def test_few_clusters_have_no_interval() -> None:
    rows = drawn_month(5, cases=40)
    few = [row | {"physician_id": "P1", "patient_id": f"N{i % 9}"} for i, row in enumerate(rows["cases"])]
    found = causes(rows | {"cases": few})
    assert set(found["clusters"]) == {9}
    assert found[["ci_low", "ci_high", "q_value"]].isna().all().all()
    assert found.loc[found["effect"] == "quantity", "preventable"].astype(float).eq(0).all()


def test_hospitals_of_a_folder_are_told_apart() -> None:
    one, two = drawn_month(5), drawn_month(6)
    for name in ("cases", "patient_days", "stay_waits"):
        two[name] = [row | {"hospital_id": "H2", "stay_id": "x" + row["stay_id"]} for row in two[name]]
    for name in ("case_items", "case_costs"):
        two[name] = [row | {"stay_id": "x" + row["stay_id"]} for row in two[name]]
    for name in ("services", "item_totals"):
        two[name] = [row | {"hospital_id": "H2"} for row in two[name]]
    both = causes({name: one[name] + two[name] for name in one})
    assert set(both["hospital_id"]) == {HOSPITAL, "H2"}
    assert set(both["baseline"]) == {"peers", "standard"}
