"""Two months of the hand hospital, every figure worked on paper (see hand_hospital)."""

from pathlib import Path

import pytest

from analysis.closed_period import open_period, open_periods
from analysis.closing import close


@pytest.fixture
def closed(project: Path):
    close(Path("data/hand"), [], Path("outputs"))
    return project / "outputs" / "hand"


def test_ward_full_cost(closed):
    costs = open_period(closed / "2023-05").frame("centre_costs").set_index(["cost_centre", "cost_item"])
    ward = costs.loc[("W", "personnel")]
    assert ward[["direct", "from_administration", "from_technology", "full_cost"]].tolist() == [
        900,
        50,
        168.75,
        1118.75,
    ]
    assert costs.loc[("W", "drugs"), "full_cost"] == 300
    assert costs.loc[("C", "personnel"), "full_cost"] == 481.25


def test_cost_of_stays_in_may(closed):
    """Personnel 1,118.75 over 12 + 1 nights: 1,032.69 and 86.06. Drugs: own 120 and 60, the rest 120.00 by nights:
    110.77 and 9.23."""
    costs = open_period(closed / "2023-05").frame("case_costs").set_index(["method", "stay_id", "cost_item"])["amount"]
    costs = costs["top_down"]
    assert costs["s1"].to_dict() == {"personnel": 1032.69, "drugs": 230.77}
    assert costs["s2"].to_dict() == {"personnel": 86.06, "drugs": 69.23}


def test_work_in_progress_is_carried_into_june(closed):
    """s1 ends May with 1,263.46; June adds personnel 1,118.75 x 2/6 = 372.92 and drugs 300 x 2/6 = 100."""
    may, june = open_period(closed / "2023-05"), open_period(closed / "2023-06")
    held = may.sql("select stay_id, sum(amount) as amount from work_in_progress where method = 'top_down' group by 1")
    assert held.values.tolist() == [["s1", 1263.46]]
    cases = june.frame("cases").set_index("stay_id")
    assert cases.loc["s1", "cost_total"] == pytest.approx(1263.46 + 372.92 + 100)
    assert cases.loc["s1", "charge_total"] == 3000 and cases.loc["s1", "charge_drug"] == 120
    assert june.frame("work_in_progress").empty


def test_payment_and_margins(closed):
    """Standard 0.2 x 5,000 = 1,000. s2 charged 100 < 40 %: paid 100. s1 charged 3,000 > 2.5 x: 1,000 + 500. s3 has no
    group: paid its 500."""
    cases = open_periods(closed, "2023-05", "2023-06").frame("cases").set_index("stay_id")
    assert cases["outlier"].to_dict() == {"s2": "low", "s1": "high", "s3": "ungrouped"}
    assert cases["payment"].to_dict() == {"s2": 100, "s1": 1500, "s3": 500}
    assert cases["margin_payment"].to_dict() == {"s2": 0, "s1": -1500, "s3": 0}
    assert cases.loc["s2", "margin_cost"] == pytest.approx(100 - 155.29)


def test_readmission_is_known_only_after_thirty_days(closed):
    """s2 left on 31 May; at the end of May nobody can know, so the closed month says nothing."""
    may = open_period(closed / "2023-05")
    assert may.frame("cases")["readmitted_30d"].isna().all()
    row = may.sql("select value, target from indicators where indicator = 'readmission_30d'")
    assert row["value"].isna().item() and row["target"].item() == 0.03, "the target waits for whoever counts it"


def test_indicators_of_june(closed):
    """s1 of weight 0.2 is the only grouped case: CMI 0.2; charge per case (3,000 + 500) / 2; stay (14 + 4) / 2;
    cost index 3,000 / 1,000; denied 15 against 3,500 claimed."""
    rows = open_period(closed / "2023-06").frame("indicators")
    hospital = rows[rows["scope"] == "hospital"].set_index("indicator")["value"]
    expected = {"discharges": 2, "cmi": 0.2, "charge_per_case": 1750, "mean_stay": 9, "cost_index": 3}
    expected |= {"denial_rate": 15 / 3500, "grouping_rate": 0.5, "drug_share": 0, "cost_per_bed_day": 1418.75 / 6}
    for name, value in expected.items():
        assert hospital[name] == pytest.approx(value), name


def test_everything_ties_to_the_fen(closed):
    checks = open_periods(closed, "2023-05", "2023-06").frame("reconciliation")
    ties = checks[checks["must_tie"]]
    assert set(ties["check"]) >= {"ledger_clinical", "inpatient_cases", "work_in_progress", "charges_in_progress"}
    assert (ties["difference"] == 0).all() and ties["passed"].all()
    assert checks.loc[checks["check"] == "lines_settlement", "difference"].eq(0).all()


def test_cases_carry_the_method_of_the_scheme(project):
    """By cost-to-income only s2's care (40.00) was charged in May: it bears the ward's own personnel of 950.00, the
    drugs that are nobody's (120.00) and its own 60.00. Nobody used the laboratory: its 168.75 stay visible."""
    file = project / "parameters/costing/hand.yaml"
    file.write_text(file.read_text("utf8") + "case_method: cost_to_income\n", "utf8")
    close(Path("data/hand"), [], Path("outputs"))
    may = open_period(project / "outputs/hand/2023-05")
    case = may.frame("cases").set_index("stay_id").loc["s2"]
    assert (case["cost_total"], case["cost_personnel"], case["cost_drugs"]) == (1130, 950, 180)
    assert case["cost_complete"] and case["margin_cost"] == pytest.approx(100 - 1130)
    held = may.sql("select stay_id, amount from work_in_progress where method = 'cost_to_income'")
    assert held.values.tolist() == [["s1", 120]]
    left = may.sql("select cost_centre, amount from unallocated where method = 'cost_to_income'")
    assert left.values.tolist() == [["L", 168.75]]
    checks = open_periods(project / "outputs/hand", "2023-05", "2023-06").frame("reconciliation")
    assert checks.loc[checks["must_tie"], "passed"].all()
    methods = set(checks.loc[checks["check"] == "work_in_progress", "part"].str.split(": ").str[0])
    assert methods >= {"top_down", "bottom_up", "cost_to_income"}
