"""The norm's reports against the ledger and the closed tables: what a sheet shows is what the books hold."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from closed_factory import Small, card_of, shaped
from report_fixtures import opened

from analysis.closed_period import write_period
from analysis.periods import Period
from analysis.presentation.finding import Finding
from analysis.studies import (
    allocation_report,
    capacity,
    cost_trace,
    department_costs,
    drg_costs,
    services,
    unit_costs,
)
from analysis.studies.committee import open_report
from analysis.studies.report import Report
from analysis.studies.wide import ITEMS


@pytest.fixture(scope="module")
def report(costed: Small) -> Report:
    return opened(costed, "en")


@pytest.fixture(scope="module")
def ledger(costed: Small) -> pd.DataFrame:
    rows = pq.read_table(costed.data / "ledger.parquet").to_pandas()
    rows = rows[rows["month"] == costed.period]
    return rows.assign(amount=rows["amount"].astype(float))


def rows_of(finding: Finding) -> pd.DataFrame:
    assert finding.table is not None, finding.text
    return finding.table.rows


def test_direct_cost_is_the_ledger_by_centre_class_and_item(report: Report, ledger: pd.DataFrame):
    rows = rows_of(department_costs.direct_cost(report))
    total, centres = rows.iloc[-1], rows[rows["level"] == 1]
    booked = ledger.groupby("cost_item")["amount"].sum()
    assert {item: total[item] for item in ITEMS} == pytest.approx(booked.to_dict())
    classes = rows[(rows["level"] == 0) & (rows["family"] != "total")]
    assert set(classes["family"]) == {"clinical", "technology", "auxiliary", "administration"}
    for frame in (classes, centres):
        assert frame["total"].sum() == pytest.approx(total["total"])
    own = centres.set_index("cost_centre")
    by_centre = ledger.groupby("cost_centre")["amount"].sum()
    assert (own["total"] - own["computed_in"]).round(2).to_dict() == pytest.approx(by_centre[own.index].to_dict())
    assert own["computed_in"].sum() == pytest.approx(0, abs=0.005) and own["computed_in"].min() < 0


def test_clinical_full_cost_is_direct_and_allocated_item_by_item(report: Report, ledger: pd.DataFrame):
    rows = rows_of(department_costs.clinical_full_cost(report))
    for item in ITEMS:
        parts = rows[f"{item}_direct"] + rows[f"{item}_indirect"]
        assert parts.tolist() == pytest.approx(rows[f"{item}_full_cost"].tolist())
    total = rows.iloc[-1]
    assert total["full_cost"] == pytest.approx(ledger["amount"].sum())
    assert rows["full_cost"].iloc[:-1].sum() == pytest.approx(total["full_cost"])
    assert total["direct"] + total["indirect"] == pytest.approx(total["full_cost"])


def test_structure_shares_sum_to_the_whole(report: Report):
    rows = rows_of(department_costs.full_cost_structure(report))
    assert rows["share"].iloc[:-1].sum() == pytest.approx(1)
    parts = rows[["direct", "from_administration", "from_auxiliary", "from_technology"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(rows["full_cost"].tolist())


def test_what_serving_centres_gave_and_clinical_centres_had_is_the_full_cost(report: Report):
    rows = rows_of(allocation_report.allocation_summary(report))
    classes = [name for name in ("administration", "auxiliary", "technology", "clinical") if name in rows]
    assert rows[classes].sum(axis=1).tolist() == pytest.approx(rows["total"].tolist())
    booked = report.engine.value(
        """select sum(a.amount) from allocations a join names n on n.kind = 'cost_centre' and n.code = a.to_centre
        where a.period = $period and a.driver = 'direct' and n.class = 'clinical'""",
        period=report.period.name,
    )
    whole = rows_of(department_costs.clinical_full_cost(report)).iloc[-1]["full_cost"]
    assert rows["clinical"].sum() + float(booked) == pytest.approx(whole)
    assert sorted(set(rows["step"])) == [0, 1, 2, 3]


def test_scopes_widen_to_the_whole_ledger(report: Report, ledger: pd.DataFrame):
    rows = rows_of(allocation_report.cost_scopes(report))
    assert rows.index.tolist() == ["medical_business", "medical", "medical_full", "hospital_full"]
    assert rows["total"].is_monotonic_increasing
    assert rows.loc["hospital_full", "total"] == pytest.approx(ledger["amount"].sum())
    own = ledger[ledger["funding"] == "own"]["amount"].sum()
    assert rows.loc["medical", "total"] == pytest.approx(own)
    settings = rows[["inpatient", "outpatient", "unallocated"]].sum(axis=1)
    assert settings.tolist() == pytest.approx(rows["total"].tolist())


def test_a_visit_and_a_bed_day_cost_what_departments_say(report: Report):
    rows = rows_of(unit_costs.unit_costs(report))
    closed = report.closed.frame("departments")
    for setting, unit in (("outpatient", "visits"), ("inpatient", "bed_days")):
        one = closed[(closed["setting"] == setting) & (closed[unit] > 0)]
        assert rows[f"per_{unit}"].iloc[-1] == pytest.approx(one["full_cost"].sum() / one[unit].sum())
        items = rows[[f"{item}_{unit}" for item in ITEMS]].sum(axis=1)
        known = rows[f"per_{unit}"].notna()
        assert items[known].tolist() == pytest.approx(rows.loc[known, f"per_{unit}"].tolist(), abs=0.02)


def test_the_trace_ends_in_the_department_s_full_cost(report: Report):
    rows = rows_of(cost_trace.cost_origins(report, "02"))
    closed = report.closed.frame("departments")
    assert rows["total"].sum() == pytest.approx(closed.loc[closed["department"] == "02", "full_cost"].sum())


def test_service_items_are_the_closed_ones(report: Report):
    rows, closed = services.service_rows(report), report.closed.frame("services")
    assert len(rows) == closed.groupby(["item_code", "cost_centre"]).ngroups > 100
    for method, of_method in closed.groupby("method"):
        assert rows[f"cost_{method}"].sum() == pytest.approx(of_method["cost"].sum())
    summary = rows_of(services.service_summary(report))
    inside = summary[summary["level"] == 2]
    total = summary.iloc[-1]
    assert inside["revenue"].sum() == pytest.approx(total["revenue"]) == pytest.approx(rows["revenue"].sum())
    assert inside["items"].sum() == total["items"] == len(rows)


def test_capacity_is_used_estimated_or_idle(report: Report):
    rows = rows_of(capacity.idle_capacity(report))
    worked = rows["used_minutes"] + rows["estimated_minutes"]
    assert (worked + rows["unused_minutes"]).tolist() == pytest.approx(rows["practical_minutes"].tolist(), rel=1e-6)
    assert (rows["unused_minutes"] * rows["rate"]).tolist() == pytest.approx(rows["unused_cost"].tolist(), abs=1)


def test_drg_detail_structure_and_units_are_one_cost_by_two_methods(report: Report):
    detail = rows_of(drg_costs.drg_cost_detail(report)).set_index("drg_code")
    assert detail[list(ITEMS)].sum(axis=1).tolist() == pytest.approx(detail["total"].tolist(), abs=0.01)
    shares = rows_of(drg_costs.drg_cost_structure(report))[list(ITEMS)].sum(axis=1)
    assert shares.tolist() == pytest.approx([1.0] * len(shares))
    units = rows_of(drg_costs.drg_service_units(report)).set_index("drg_code")
    assert set(units.index) == set(detail.index) and (units["cases"] == detail.loc[units.index, "cases"]).all()
    by_units = units[[name for name in units if name.startswith("unit_")]].sum(axis=1)
    assert by_units.tolist() == pytest.approx(units["total"].tolist())
    code = detail.index[0]
    whole = report.engine.value(
        """select sum(k.amount) from case_costs k where k.method = 'bottom_up' and k.stay_id in
        (select c.stay_id from case_book c join drg_plan p on p.department is not distinct from c.department
           and p.drg_code = c.drg_code where c.drg_code = $code and c.cost_complete and p.counted)""",
        code=code,
    )
    assert units.loc[code, "total"] * units.loc[code, "cases"] == pytest.approx(float(whole))


def test_no_drg_is_shown_of_a_department_s_few_cases(report: Report):
    """Figures of a DRG rest on ten cases at least, and departments with one to nine of it are left out of them."""
    rows = drg_costs.drg_rows(report)
    assert len(rows) > 5 and rows["cases"].min() >= 10


def service(item: str, method: str, unit_cost: float, price: float = 10.0) -> dict[str, object]:
    return {"hospital_id": "H", "item_code": item, "cost_centre": "0201", "method": method, "volume": 5,
            "unit_cost": unit_cost, "unit_price": price, "cost": 5 * unit_cost, "revenue": 5 * price}  # fmt: skip


def test_over_price_only_where_two_methods_agree(tmp_path: Path):
    """Price 10. A costs 12, 11, 9: over by two. B 12, 9, 8: by one, so not. C 9, 9, 9: not. D has one method, 12.

    E costs 9, 11, 12: over by two, but not by the scheme's: its money is not in the sum, 5 x 2 of A and of D.
    """
    unit = {"A": (12, 11, 9), "B": (12, 9, 8), "C": (9, 9, 9), "E": (9, 11, 12)}
    rows = [
        service(item, method, cost)
        for item, costs in unit.items()
        for method, cost in zip(("activity", "equivalence", "ratio"), costs, strict=True)
    ]
    rows.append(service("D", "activity", 12))
    case = {"stay_id": "s", "hospital_id": "H", "discharged_at": pd.Timestamp("2023-06-02"), "cost_complete": True}
    tables = {"services": pd.DataFrame(rows), "cases": pd.DataFrame([case])}
    period = Period("2023-06")
    write_period(tmp_path / "hand", period, shaped(tables), card_of(period, "hand", "CNY", "zh"))
    report = open_report("data/hand", period.name, str(tmp_path), "en")
    finding = services.services_over_price(report)
    assert rows_of(finding).set_index("item_code")["verdict"].to_dict() == {
        "A": "loss", "B": "unsure", "C": "surplus", "D": "above", "E": "loss"}  # fmt: skip
    told = "3 items over price; 2 of them by the activity-based method, CNY 20"
    assert told in finding.text and finding.alarm


def test_accounts_without_lines_or_capacities_say_what_they_need(small: Small):
    """The small hospital has a ledger, but neither service items nor minutes."""
    report = opened(small, "en")
    assert services.service_summary(report).text.startswith("Not computed: this needs charge lines")
    assert "practical minutes (resources)" in capacity.idle_capacity(report).text
