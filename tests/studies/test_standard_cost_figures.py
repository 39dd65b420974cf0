"""Cost, standard and payment of a DRG, and its caps, as the pages show them."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from closed_factory import card_of, shaped, write_small_hospital
from report_fixtures import opened

from analysis.closed_period import write_period
from analysis.periods import Period
from analysis.studies.caps import cap_decomposition
from analysis.studies.committee import open_report
from analysis.studies.drgs import worst_and_best_drgs
from analysis.studies.standard_costs import cost_payment_variance


def test_variances_follow_from_what_stands_beside_them(small):
    report = opened(small, "en")
    table = cost_payment_variance(report).table
    assert table is not None
    rows = table.rows
    assert (rows["to_standard"] - (rows["cost_per_case"] - rows["standard_cost"])).abs().max() < 1e-6
    assert (rows["margin_per_case"] - (rows["payment_per_case"] - rows["cost_per_case"])).abs().max() < 0.01
    fixed = rows["payment_per_case"] - rows["contribution_per_case"] + rows["fixed_per_case"] - rows["cost_per_case"]
    assert fixed.abs().max() < 0.01
    shares = rows["fixed_per_case"] / rows["cost_per_case"]
    assert shares.round(3).eq(0.45).all(), "personnel 36 %, depreciation 8 %, amortisation 1 %"


def test_the_standard_is_case_weighted_over_the_months(small):
    """The standard of a month is 97 % of the mean cost of its cases, so over the year it is 97 % of the mean."""
    table = worst_and_best_drgs(opened(small, "en")).table
    assert table is not None
    ratio = table.rows["standard_cost"] / table.rows["cost_per_case"]
    assert ratio.between(0.969, 0.971).all()
    assert {column.name for column in table.columns} >= {"standard_cost", "to_standard", "contribution_per_case"}


def test_a_drg_of_which_a_case_has_no_standard_is_not_compared(tmp_path: Path):
    report = opened(write_small_hospital(tmp_path, "2023-04", "2023-06"), "en")
    report.engine.create(
        "case_book",
        "select * replace (case when stay_id = (select min(stay_id) from case_book where drg_code = 'IC29' "
        "and period = '2023-06' and margin_cost is not null) then null else standard_cost end as standard_cost) "
        "from case_book",
    )
    finding = cost_payment_variance(report)
    assert finding.table is not None
    rows = finding.table.rows.set_index("drg_code")
    assert rows["standard_cost"].isna().to_dict()["IC29"] and rows["standard_cost"].notna().sum() == len(rows) - 1
    assert "1 DRG not compared" in finding.caveats[1]


def test_caps_of_a_drg_and_the_cases_above_them(small):
    """Standard 31,000 as 30, 26, 20, 20 and 4 %; over_share is counted anew from the cases."""
    report = opened(small, "en")
    table = cap_decomposition(report, "FM19").table
    assert table is not None
    rows = table.rows
    assert rows["cap"].round(2).tolist() == [9300, 8060, 6200, 6200, 1240, 31000]
    above = report.engine.value(
        """select avg(case when charge_drug > 9300 then 1.0 else 0 end) from cases
        where drg_code = 'FM19' and period between '2022-07' and '2023-06'"""
    )
    assert rows["over_share"].iloc[0] == pytest.approx(float(above))
    assert "CNY 31,000" in cap_decomposition(report, "FM19").text


def test_cases_without_a_standard_are_not_held_to_caps(tmp_path: Path):
    """Twelve insured cases, three of them above the cap of 100 for drugs; three self-paying ones, all above it.

    3 of 12 = 25 % are above, and no number of cases tells that there are three more.
    """
    drugs = [120.0] * 3 + [80.0] * 9 + [500.0] * 3
    case = {"hospital_id": "H", "department": "D1", "drg_code": "A", "cost_complete": True, "charge_consumable": 0.0,
            "charge_exam": 0.0, "charge_service": 0.0, "charge_other": 0.0,
            "discharged_at": datetime(2023, 6, 5)}  # fmt: skip
    cases = [case | {"stay_id": f"s{i}", "charge_drug": drug, "standard": 1000.0 if i < 12 else None}
             for i, drug in enumerate(drugs)]  # fmt: skip
    caps = {"drug": 100.0, "consumable": 0.0, "exam": 0.0, "service": 0.0, "other": 900.0}
    parted = [{"hospital_id": "H", "drg_code": "A", "category": name, "charge": 0.0, "cap": cap, "over_cap": 0}
              for name, cap in caps.items()]  # fmt: skip
    period, tables = Period("2023-06"), {"cases": pd.DataFrame(cases), "drg_categories": pd.DataFrame(parted)}
    write_period(tmp_path / "hand", period, shaped(tables), card_of(period, "hand", "CNY", "zh"))
    finding = cap_decomposition(open_report("data/hand", period.name, str(tmp_path), "en"), "A")
    assert finding.table is not None and finding.table.rows["over_share"].iloc[0] == 0.25
    assert finding.table.rows["charge"].iloc[0] == 90
    assert finding.caveats[0].startswith("June 2023, cases with a payment standard.")


def test_a_drg_without_cases_is_said_to_have_none(small):
    finding = cap_decomposition(opened(small, "zh"), "ZZ99")
    assert finding.table is None and "没有可列示的病例" in finding.text
