"""Methods side by side and the links of the reconciliation: worked by hand, and against the closed months."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from closed_factory import Small, card_of, shaped
from report_fixtures import opened

from analysis.closed_period import write_period
from analysis.errors import InputError
from analysis.periods import Period
from analysis.presentation.disclosure import HIDDEN, SMALL
from analysis.studies import allocation_methods, cost_sheet, cost_sheet_cases, method_sensitivity
from analysis.studies import reconciliation_links as links
from analysis.studies.committee import open_report
from analysis.studies.report import Report
from analysis.studies.wide import ITEMS


@pytest.fixture(scope="module")
def report(costed: Small) -> Report:
    return opened(costed, "en")


def hand(root: Path, **tables: list[dict]) -> Report:
    period = Period("2023-06")
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    write_period(root / "hand", period, shaped(frames), card_of(period, "hand", "CNY", "zh"))
    return open_report("data/hand", period.name, str(root), "en")


def case(stay: str, drg: str, cost: float, department: str = "D1", **more: object) -> dict[str, object]:
    return {"stay_id": stay, "hospital_id": "H", "department": department, "drg_code": drg, "outlier": "normal",
            "cost_complete": True, "discharged_at": datetime(2023, 6, 5), "payment": 1000.0, "cost_total": cost,
            "margin_cost": 1000.0 - cost, **more}  # fmt: skip


def by_methods(drgs: dict[str, tuple[float, float, float]]) -> dict[str, list[dict]]:
    """Twelve cases a DRG, paid 1,000 each, with the cost of a case by top-down, bottom-up and cost-to-income."""
    cases, costs = [], []
    for drg, three in drgs.items():
        for i in range(12):
            cases.append(case(f"{drg}{i}", drg, three[0]))
            costs += [
                {"stay_id": f"{drg}{i}", "cost_centre": "C", "method": method, "cost_item": "personnel", "amount": cost}
                for method, cost in zip(("top_down", "bottom_up", "cost_to_income"), three, strict=True)
            ]
    return {"cases": cases, "case_costs": costs}


FOUR = {"A": (1100, 1200, 900), "B": (900, 1050, 950), "C": (800, 700, 750), "D": (1300, 1250, 1300)}


def test_signs_verdicts_and_ranks_by_hand(tmp_path: Path):
    """A is a loss by two of three, B turns by bottom-up, C never loses, D always. Ranks of margin, worst first:
    top-down D A B C, bottom-up D A B C, cost-to-income D B A C: one swap of four, Spearman 1 - 6 x 2 / 60 = 0.8."""
    report = hand(tmp_path, **by_methods(FOUR))
    rows, methods = method_sensitivity.method_margins(report, "drg_code")
    assert methods == ["top_down", "bottom_up", "cost_to_income"]
    assert rows.loc["A", methods].tolist() == [-100, -200, 100]
    assert rows["verdict"].to_dict() == {"A": "loss", "B": "unsure", "C": "surplus", "D": "loss"}
    assert rows["turns"].to_dict() == {"A": True, "B": True, "C": False, "D": False}
    pairs = method_sensitivity.method_agreement(report).table.rows.set_index("pair")
    assert pairs["drgs"].round(6).tolist() == [1.0, 0.8, 0.8]
    assert pairs["turned"].tolist() == [1, 1, 2] and pairs["moved"].tolist() == [0, 1, 1]
    finding = method_sensitivity.drg_margins_by_method(report)
    assert "2 at a loss by both deciding methods, 1 where these differ; 2 change sign" in finding.text
    assert finding.figure.startswith("<svg")


def test_with_one_method_nothing_is_compared_or_called_a_loss(tmp_path: Path):
    tables = by_methods(FOUR)
    tables["case_costs"] = [row for row in tables["case_costs"] if row["method"] == "top_down"]
    finding = method_sensitivity.drg_margins_by_method(hand(tmp_path, **tables))
    assert "top-down only: nothing to compare, and nothing is called a loss" in finding.text
    assert not set(finding.table.rows["verdict"]) & {"loss", "surplus"}


def test_margins_by_the_cases_own_method_are_those_of_the_cases(report: Report):
    rows, methods = method_sensitivity.method_margins(report, "drg_code")
    assert methods[:3] == ["top_down", "bottom_up", "cost_to_income"] and len(methods) == 5
    own = report.engine.frame(
        """select c.drg_code, avg(c.margin_cost)::double as margin from case_book c
        join drg_plan p on p.department is not distinct from c.department and p.drg_code = c.drg_code
        where p.counted and c.margin_cost is not null group by c.drg_code"""
    ).set_index("drg_code")["margin"]
    assert rows["top_down"].to_dict() == pytest.approx(own[rows.index].to_dict(), abs=0.01)


def test_every_allocation_method_hands_on_the_whole_cost(report: Report):
    rows = allocation_methods.allocation_methods(report).table.rows
    names = ["step_down", "direct", "reciprocal"]
    assert rows.loc["total", names].nunique() == 1
    assert rows[names].iloc[:-1].sum().tolist() == pytest.approx(rows.loc["total", names].tolist())
    assert rows["spread"].iloc[0] > 0


LINKS = (links.ledger_to_departments, links.departments_to_services, links.departments_to_cases,
         links.stays_over_the_month)  # fmt: skip


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.__name__)
def test_every_link_ties_on_the_closed_month(report: Report, link):
    finding = link(report)
    assert not finding.alarm and set(finding.table.rows["state"]) == {"passed"}
    assert finding.table.rows["difference"].abs().max() < 0.005


def test_links_hold_every_method_and_item(report: Report):
    rows = links.departments_to_cases(report).table.rows
    assert len(rows) == 5 * (len(ITEMS) + 1)
    shown = links.departments_to_cases(report).table.on_page
    assert [rows["cost_item"].iloc[i] for i in shown] == ["total"] * 5


def test_what_stays_unallocated_is_shown_with_its_reason(report: Report):
    rows = links.unallocated_cost(report).table.rows
    closed = report.closed.frame("unallocated")
    assert rows["amount"].sum() == pytest.approx(closed["amount"].sum()) and len(rows)
    assert set(rows["reason"]) <= {"No patients", "No services"}


def test_a_difference_is_shown_and_red(tmp_path: Path):
    """The ledger holds 100 of personnel; 60 reached a ward, 30 stayed at a centre: 10 are missing."""
    check = {"hospital_id": "H", "check": "ledger_clinical", "part": "personnel", "expected": 100.0, "found": 90.0,
             "difference": -10.0, "must_tie": True, "passed": False}  # fmt: skip
    ward = {"hospital_id": "H", "cost_centre": "W", "setting": "inpatient", "cost_item": "personnel", "direct": 60.0,
            "from_administration": 0.0, "from_auxiliary": 0.0, "from_technology": 0.0, "full_cost": 60.0}  # fmt: skip
    left = {"hospital_id": "H", "level": "centre", "method": "all", "cost_centre": "X", "cost_item": "personnel",
            "amount": 30.0, "reason": "unknown_centre"}  # fmt: skip
    stay = {"stay_id": "a", "cost_centre": "W", "method": "top_down", "cost_item": "personnel", "amount": 59.0}
    report = hand(tmp_path, cases=[case("a", "A", 59.0)], reconciliation=[check], centre_costs=[ward],
                  unallocated=[left], case_costs=[stay])  # fmt: skip
    finding = links.ledger_to_departments(report)
    row = finding.table.rows.iloc[0]
    assert finding.alarm and (row["ledger"], row["unallocated"], row["difference"], row["state"]) == (
        100,
        30,
        -10,
        "open",
    )
    assert "2 lines open" in finding.text and "CNY 30 reached no department" in finding.text
    cases = links.departments_to_cases(report)
    assert cases.alarm and cases.table.rows["difference"].iloc[0] == -1
    apart = links.cases_to_drgs(report)
    assert apart.alarm and apart.table.rows["difference"].tolist() == [-1000.0, -59.0]


def test_account_of_a_case_ties_to_its_cases(report: Report):
    drg = cost_sheet.chosen_drg(report)
    rows = cost_sheet.case_account(report, drg).table.rows.set_index("name")["now"]
    own = report.engine.frame("select * from case_book where drg_code = $drg", drg=drg)
    complete = own[own["cost_complete"]]
    assert rows["cases"] == len(own)
    assert rows["cost"] == pytest.approx(complete["cost_total"].astype(float).mean())
    assert rows["fixed"] + rows["variable"] == pytest.approx(rows["cost"], abs=0.01)
    assert rows["margin"] == pytest.approx(complete["margin_cost"].astype(float).mean())
    matrix = cost_sheet.unit_matrix(report, drg).table.rows
    assert matrix["total"].iloc[:-1].sum() == pytest.approx(matrix["total"].iloc[-1])
    used = cost_sheet_cases.items_used(report, drg).table.rows
    charged = complete["charge_total"].astype(float).sum() / len(complete)
    assert used["amount_per_case"].sum() == pytest.approx(charged, rel=0.02)


def test_an_unknown_drg_is_told_with_those_there_are(report: Report):
    with pytest.raises(InputError) as caught:
        cost_sheet.chosen_drg(report, "ZZ99")
    assert "no cases of DRG 'ZZ99'" in str(caught.value) and "FR" in str(caught.value)


def test_small_cells_of_a_drg_are_hidden(tmp_path: Path):
    """Joint replacement in D1 20 cases, plating 12, in D2 3: the three are hidden, and with them the next smallest."""
    cases = [case(f"a{i}", "A", 900.0 + i, principal_procedure="81.54", physician_id="M1") for i in range(20)]
    cases += [case(f"b{i}", "A", 700.0, principal_procedure="79.36", physician_id="M2") for i in range(12)]
    cases += [case(f"c{i}", "A", 500.0, "D2", principal_procedure="79.36", physician_id="M3") for i in range(3)]
    report = hand(tmp_path, cases=cases)
    rows = cost_sheet_cases.treating_departments(report, "A").table.rows
    assert rows["cases"].tolist() == [20, HIDDEN, SMALL] and rows["cost"].tolist()[1:] == [HIDDEN, HIDDEN]
    people = cost_sheet_cases.physicians(report, "A").table.rows
    assert people["physician_id"].tolist() == ["M1", "M2"] and people["cases"].min() >= 10
    spread = cost_sheet_cases.cost_distribution(report, "A")
    assert "35 cases" in spread.text and "0 (0.0%) cost more" in spread.text


def test_members_of_an_alliance_do_not_mix(tmp_path: Path):
    """Two hospitals in one folder, 60 and 500 of cost: each one's links hold its own stays only."""
    cases, days, costs, wards = [], [], [], []
    for hospital, amount in (("H", 60.0), ("K", 500.0)):
        stay = f"{hospital}1"
        cases.append(case(stay, "A", amount) | {"hospital_id": hospital, "cost_personnel": amount})
        days.append({"stay_id": stay, "hospital_id": hospital, "cost_centre": "W", "days": 1})
        costs.append(
            {"stay_id": stay, "cost_centre": "W", "method": "top_down", "cost_item": "personnel", "amount": amount}
        )
        wards.append({"hospital_id": hospital, "cost_centre": "W", "setting": "inpatient", "cost_item": "personnel",
                      "direct": amount, "from_administration": 0.0, "from_auxiliary": 0.0, "from_technology": 0.0,
                      "full_cost": amount})  # fmt: skip
    tables = {"cases": cases, "patient_days": days, "case_costs": costs, "centre_costs": wards}
    period = Period("2023-06")
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    write_period(tmp_path / "hand", period, shaped(frames), card_of(period, "hand", "CNY", "zh"))
    report = open_report("data/hand", period.name, str(tmp_path), "en", "H")
    for link, column in ((links.departments_to_cases, "stays"), (links.stays_over_the_month, "discharged")):
        finding = link(report)
        assert not finding.alarm and finding.table.rows[column].iloc[0] == 60
