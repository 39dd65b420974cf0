"""Colour, standards and direct margins by hand: red needs two methods, a standard its own basis, a part its mark."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from closed_factory import card_of, shaped
from report_fixtures import opened

from analysis.closed_period import write_period
from analysis.periods import Period
from analysis.studies import cost_sheet, departments, drgs, standard_costs
from analysis.studies.committee import open_report
from analysis.studies.report import Report

#: DRG: cost by top-down, bottom-up, cost-to-income; standard cost and its basis; department. All paid 1,000 a case.
FOUR = {
    "A": (1100, 1050, 900, 1090, "history", "D1"),
    "B": (1040, 950, 990, 1045, "history", "D2"),
    "C": (900, 950, 940, 910, "pathway", "D1"),
    "D": (1200, 1300, 1400, 1250, "pathway", "D3"),
}
#: Direct and whole cost of the month: of a ward's inpatients (top-down), of a performing centre (bottom-up).
WARDS = {("C1", "personnel"): (60, 100), ("C1", "drugs"): (100, 100), ("C2", "personnel"): (30, 100)}
POOLS = {("C1", "personnel"): (50, 100), ("C1", "drugs"): (80, 100), ("C2", "personnel"): (20, 100)}


def hospital(
    root: Path, methods: tuple[str, ...] = ("top_down", "bottom_up", "cost_to_income"), **scheme: str
) -> Report:
    """Twelve cases a DRG. A case costs 100 of drugs in ward C1 and the rest as personnel: half in C1, half in C2."""
    cases, costs, standards = [], [], []
    for drg, (top_down, bottom_up, income, standard, basis, department) in FOUR.items():
        by = dict(zip(("top_down", "bottom_up", "cost_to_income"), (top_down, bottom_up, income), strict=True))
        own = by[scheme.get("case_method", "top_down")]
        for i in range(12):
            stay = {"stay_id": f"{drg}{i}", "hospital_id": "H", "department": department, "drg_code": drg}
            cases.append(stay | {"outlier": "normal", "cost_complete": True, "discharged_at": datetime(2023, 6, 5),
                                 "payment": 1000.0, "cost_total": own, "margin_cost": 1000.0 - own,
                                 "cost_drugs": 100.0, "cost_personnel": own - 100.0})  # fmt: skip
            for method in methods:
                half = (by[method] - 100) / 2
                costs += [
                    {"stay_id": f"{drg}{i}", "cost_centre": c, "method": method, "cost_item": item, "amount": amount}
                    for c, item, amount in (("C1", "drugs", 100), ("C1", "personnel", half), ("C2", "personnel", half))
                ]
        standards.append({"hospital_id": "H", "drg_code": drg, "cost_item": "personnel", "amount": standard,
                          "basis": basis})  # fmt: skip
    frames = {
        "cases": pd.DataFrame(cases),
        "case_costs": pd.DataFrame(costs),
        "standard_costs": pd.DataFrame(standards),
        "drgs": pd.DataFrame(
            [{"hospital_id": "H", "drg_code": drg, "cases": 12, "cost_cases": 12, "cost_total": 12.0 * row[0],
              "standard_cost": row[3]} for drg, row in FOUR.items()]
        ),
        "centre_costs": pd.DataFrame(
            [{"hospital_id": "H", "cost_centre": centre, "setting": "inpatient", "cost_item": item, "direct": direct,
              "full_cost": whole} for (centre, item), (direct, whole) in WARDS.items()]
        ),
        "service_pools": pd.DataFrame(
            [{"hospital_id": "H", "cost_centre": centre, "cost_item": item, "direct": direct, "total": whole,
              "inpatient": whole} for (centre, item), (direct, whole) in POOLS.items()]
        ),
    }  # fmt: skip
    june = Period("2023-06")
    card = card_of(june, "hand", "CNY", "zh")
    card["scheme"] = card.get("scheme", {}) | scheme
    write_period(root / "hand", june, shaped(frames), card)
    return open_report("data/hand", "2023-06", str(root), "en")


def test_the_direct_margin_is_each_amount_times_the_direct_share_of_its_centre_and_item(tmp_path: Path):
    """D3, D: 100 of drugs, all direct; 550 x 0.6 + 550 x 0.3 of personnel: 595 a case, so 12 x (1,000 - 595)."""
    table = departments.department_margins(hospital(tmp_path)).table
    assert table is not None
    assert table.rows.loc["D3", "direct_cost"] == pytest.approx(12 * 595)
    assert table.rows.loc["D3", "direct_margin"] == pytest.approx(12 * 405)
    both = 12 * (100 + 500 * 0.9) + 12 * (100 + 400 * 0.9)
    assert table.rows.loc["D1", "direct_cost"] == pytest.approx(both)


def test_bottom_up_cost_takes_the_share_of_the_performing_centres(tmp_path: Path):
    """D by bottom-up 1,300: 80 of drugs, 600 x 0.5 + 600 x 0.2 of personnel."""
    finding = departments.department_margins(hospital(tmp_path, case_method="bottom_up"))
    assert finding.table is not None
    assert finding.table.rows.loc["D3", "direct_cost"] == pytest.approx(12 * 500)
    assert "in the performing centre's cost" in " ".join(finding.caveats)


def test_departments_are_red_only_where_two_methods_agree(tmp_path: Path):
    """D3 loses 2,400 by top-down and 3,600 by bottom-up; D2 480 by top-down alone; D1 breaks even or earns 0."""
    finding = departments.department_margins(hospital(tmp_path))
    assert finding.table is not None and finding.alarm
    assert finding.table.rows["verdict"].to_dict() == {"D3": "loss", "D2": "unsure", "D1": "surplus"}
    assert {row for row, _ in finding.table.alarm} == {list(finding.table.rows.index).index("D3")}
    assert "1 of 3 departments loses CNY 2,400 to CNY 3,600 by the two methods" in finding.text
    one = departments.department_margins(hospital(tmp_path / "one", ("top_down",)))
    assert one.table is not None and not one.alarm and not one.table.alarm
    assert "nothing is called a loss" in one.caveats[0]


def test_where_no_loss_is_agreed_on_it_is_said_how_many_differ(small):
    """Cardiology loses by top-down, and earns by bottom-up, a tenth lower."""
    finding = departments.department_margins(opened(small, "en"))
    assert not finding.alarm
    told = "None of 4 departments costs more than its income by both methods, for 1 they differ; all departments"
    assert finding.text.startswith(told)


def test_losses_are_told_as_a_range_and_where_a_third_method_differs(tmp_path: Path):
    """A loses 1,200 / 600, D 2,400 / 3,600: 3,600 to 4,200. By cost-to-income A costs 900 and earns."""
    finding = drgs.worst_and_best_drgs(hospital(tmp_path))
    assert "2 of 4 DRGs lose together CNY 3,600 to CNY 4,200 by the two methods" in finding.text
    assert any(
        "No loss by a third method (cost-to-income)" in note and note.endswith(": A.") for note in finding.caveats
    )
    two = drgs.worst_and_best_drgs(hospital(tmp_path / "two", ("top_down", "bottom_up")))
    assert not any("third method" in note for note in two.caveats)


def test_each_standard_is_judged_by_its_own_basis(tmp_path: Path):
    """History, full cost: A 1,100 - 1,090, B 1,040 - 1,045. Pathway, bottom-up: C 950 - 910, D 1,300 - 1,250."""
    finding = standard_costs.cost_payment_variance(hospital(tmp_path))
    assert finding.table is not None
    rows = finding.table.rows.set_index("drg_code")
    assert rows["to_standard"].to_dict() == pytest.approx({"A": 10, "B": -5, "C": 40, "D": 50})
    assert rows["basis"].to_dict() == {"A": "History", "B": "History", "C": "Pathway", "D": "Pathway"}
    assert "Of 2 DRGs with a standard by history, 1 cost more per case" in finding.text
    assert (
        "of 2 DRGs with a standard by pathway, 2 cost more per case (these norms hold no idle capacity)" in finding.text
    )
    red = {(finding.table.rows["drg_code"].iloc[i], name) for i, name in finding.table.alarm}
    assert red == {("A", "to_standard"), ("A", "margin_per_case"), ("D", "margin_per_case")}


def test_without_bottom_up_a_pathway_is_compared_with_full_cost_and_it_is_said(tmp_path: Path):
    finding = standard_costs.cost_payment_variance(hospital(tmp_path, ("top_down",)))
    assert finding.table is not None and not {n for _, n in finding.table.alarm} & {"margin_per_case"}
    assert finding.table.rows.set_index("drg_code")["to_standard"].to_dict()["D"] == pytest.approx(-50)
    assert any("with top-down cost: the difference includes idle capacity" in note for note in finding.caveats)


def test_the_sheet_of_a_pathway_compares_bottom_up_cost(tmp_path: Path):
    report = hospital(tmp_path)
    finding = cost_sheet.standard_variance(report, "D")
    assert finding.table is not None and not finding.table.alarm
    assert finding.table.rows["difference"].iloc[-1] == pytest.approx(50)
    assert "Basis of the standard: pathway; actual cost bottom-up" in finding.caveats[0]
    whole = cost_sheet.case_account(report, "D")
    account = whole.table
    assert account is not None and "without idle capacity" in whole.caveats[-1]
    gap = account.rows.set_index("name").loc["gap"]
    assert gap["now"] == pytest.approx(50) and gap["measure"].startswith("Bottom-up cost − standard cost")
    assert "Basis of the standard: history" in cost_sheet.standard_variance(report, "A").caveats[0]


def test_a_drg_without_some_departments_cases_is_marked(tmp_path: Path):
    """Of A the 4 cases of D2 are hidden on its page, so the hospital's A is without them; of C likewise 5."""
    rows = [("D1", "A", 40), ("D1", "B", 40), ("D2", "A", 4), ("D2", "C", 5), ("D2", "E", 6), ("D2", "B", 30)]
    rows += [("D3", "C", 30), ("D3", "E", 30)]
    cases = [
        {"stay_id": f"{d}{g}{i}", "hospital_id": "H", "department": d, "drg_code": g, "outlier": "normal",
         "cost_complete": True, "discharged_at": datetime(2023, 6, 5), "payment": 1000.0, "cost_total": 1100.0,
         "margin_cost": -100.0}
        for d, g, n in rows for i in range(n)
    ]  # fmt: skip
    june = Period("2023-06")
    write_period(tmp_path / "hand", june, shaped({"cases": pd.DataFrame(cases)}), card_of(june, "hand", "CNY", "zh"))
    report = open_report("data/hand", "2023-06", str(tmp_path), "en")
    finding = drgs.worst_and_best_drgs(report)
    assert finding.table is not None
    whole = {"A": 44, "B": 70, "C": 35, "E": 36}
    for row in finding.table.rows.itertuples():
        assert row.drg.endswith("†") == (row.cases < whole[row.drg_code]), row.drg_code
    assert finding.table.rows["part"].any() and any(note.startswith("† without") for note in finding.caveats)
    variance = standard_costs.cost_payment_variance(report)
    assert any(note.startswith("† without") for note in variance.caveats)
    page = drgs.department_drgs(report, "D1").table
    assert page is not None and not page.rows["drg"].str.endswith("†").any()
