"""Thirty-six months of a small demonstration hospital: the identities, recomputed with pandas from the input files."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.closed_period import ClosedPeriods, open_periods
from analysis.closing import close
from analysis.demo.generator import write_demo

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        write_demo(place / "data/small", 11, stays_per_year=300)
        close(place / "data/small", [], place / "outputs")
    return place


@pytest.fixture(scope="module")
def months(folder) -> ClosedPeriods:
    return open_periods(folder / "outputs/small", "2021-01", "2023-12")


def fen(frame: pd.DataFrame, by: list[str], column: str = "amount") -> pd.Series:
    """Sums in whole fen."""
    return (frame.groupby(by)[column].sum() * 100).round().astype("int64")


def test_clinical_full_cost_is_the_ledger_in_every_month_and_item(folder, months):
    ledger = pd.read_parquet(folder / "data/small/ledger.parquet").astype({"amount": float})
    spent = fen(ledger.rename(columns={"month": "period"}), ["period", "cost_item"])
    parts = months.sql(
        """select period, cost_item, full_cost as amount from centre_costs
        union all select period, cost_item, amount from unallocated where level = 'centre'"""
    )
    pd.testing.assert_series_equal(fen(parts, ["period", "cost_item"]), spent, check_names=False)
    assert len(spent) == 36 * 7


def test_opening_plus_month_is_discharged_plus_closing_over_36_months(months):
    """Month by month from the closed tables alone: closing = opening + cost of stays - cost of discharged cases."""
    accrued = fen(months.sql("select period, amount from case_costs where method = 'top_down'"), ["period"])
    closing = fen(months.sql("select period, amount from work_in_progress where method = 'top_down'"), ["period"])
    costs = " + ".join(f"cost_{item}" for item in ("personnel", "materials", "drugs", "depreciation", "amortisation"))
    discharged = fen(
        months.sql(f"select period, coalesce({costs} + cost_risk_fund + cost_other, 0) as amount from cases"),
        ["period"],
    )
    closing = closing.reindex(accrued.index, fill_value=0)
    opening = closing.shift(1, fill_value=0)
    assert (opening + accrued - discharged.reindex(accrued.index, fill_value=0)).tolist() == closing.tolist()
    assert len(accrued) == 36 and closing.iloc[-1] > 0


def test_every_discharge_is_one_case(folder, months):
    stays = pd.read_parquet(folder / "data/small/stays.parquet")
    gone = stays[(stays["discharged_at"] >= "2021-01-01") & (stays["discharged_at"] < "2024-01-01")]
    cases = months.frame("cases")
    assert sorted(cases["stay_id"]) == sorted(gone["stay_id"])
    assert (cases["period"] == cases["discharged_at"].dt.strftime("%Y-%m")).all()


def test_charges_of_a_case_are_its_lines(folder, months):
    lines = pd.concat(pd.read_parquet(f) for f in sorted((folder / "data/small/charges").glob("*.parquet")))
    cases = months.sql("select stay_id, charge_total as amount from cases where charge_drug is not null")
    found = fen(cases, ["stay_id"])
    wanted = fen(lines.astype({"amount": float}), ["stay_id"]).reindex(found.index)
    assert found.tolist() == wanted.tolist() and len(found) > 800


def test_nothing_is_open(months):
    checks = months.frame("reconciliation")
    assert checks.loc[checks["must_tie"], "difference"].eq(0).all() and checks["passed"].all()


def test_readmissions_are_not_counted_before_thirty_days(months):
    """Of those followed for 30 days a plausible share came back; nobody else is counted either way."""
    cases = months.frame("cases")
    known = cases[cases["readmitted_30d"].notna()]
    late = (known["discharged_at"].dt.day > 2).sum()
    assert late == 0, "only the first days of a 31-day month are followed for more than 30 days by its end"
