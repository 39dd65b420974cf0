"""The committee's figures worked by hand on a hospital of a few cases: what is pooled, completed, compared, called."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from closed_factory import card_of, shaped
from report_fixtures import opened

from analysis.closed_period import write_period
from analysis.errors import InputError
from analysis.periods import Period, parse_range
from analysis.studies import cost_and_quality, denials, drgs, fund, grouping
from analysis.studies.committee import open_report
from analysis.studies.indicator_values import indicator_spans, judged, peers
from analysis.studies.indicators import committee_indicators
from analysis.studies.report import Report


def case(stay: str, patient: str, admitted: str, discharged: str, **more: object) -> dict[str, object]:
    base = {"hospital_id": "H", "department": "D1", "drg_code": "A", "outlier": "normal", "cost_complete": True}
    times = {"admitted_at": datetime.fromisoformat(admitted), "discharged_at": datetime.fromisoformat(discharged)}
    return base | {"stay_id": stay, "patient_id": patient} | times | more


def report_of(root: Path, months: dict[str, dict[str, list[dict]]]) -> Report:
    """A report on hand-made closed tables, one dictionary of rows a month."""
    for month, tables in months.items():
        frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
        write_period(root / "hand", Period(month), shaped(frames), card_of(Period(month), "hand", "CNY", "zh"))
    return open_report("data/hand", max(months), str(root), "en")


def day(stay: str, patient: str, admitted: str, planned: bool = False) -> dict[str, object]:
    when = datetime.fromisoformat(admitted)
    return {"stay_id": stay, "patient_id": patient, "hospital_id": "H", "cost_centre": "C", "admitted_at": when,
            "planned": planned, "days": 1}  # fmt: skip


def test_readmission_is_completed_from_the_next_month(tmp_path: Path):
    """May: A came back unplanned after 22 days, B after 35, C as planned, D died. June is not known yet."""
    may = [
        case("a", "A", "2023-05-01", "2023-05-10"),
        case("b", "B", "2023-05-01", "2023-05-11"),
        case("c", "C", "2023-05-01", "2023-05-12"),
        case("d", "D", "2023-05-01", "2023-05-13", disposition="died"),
    ]
    june = [case("e", "E", "2023-06-01", "2023-06-20")]
    back = [day("a2", "A", "2023-06-01"), day("b2", "B", "2023-06-15"), day("c2", "C", "2023-06-01", planned=True)]
    report = report_of(tmp_path, {"2023-05": {"cases": may}, "2023-06": {"cases": june, "patient_days": back}})
    book = report.engine.frame("select stay_id, readmitted from case_book order by stay_id")
    known = [None if pd.isna(value) else bool(value) for value in book["readmitted"]]
    assert known == [True, False, False, None, None]
    assert report.followed_up == Period("2023-05")
    row = indicator_spans(report, "hospital", "H", report.this_year, None).loc["readmission_30d"]
    assert (row["now"], row["span"]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def indicator(name: str, numerator: float, denominator: float | None, target: float | None = None) -> dict[str, object]:
    value = numerator if denominator is None else numerator / denominator
    return {"hospital_id": "H", "scope": "hospital", "subject": "H", "indicator": name, "value": value,
            "numerator": numerator, "denominator": denominator, "target": target}  # fmt: skip


def month_of(rows: list[dict]) -> dict[str, list[dict]]:
    return {"cases": [case("s", "P", "2023-01-01", "2023-01-02")], "indicators": rows}


def test_months_are_pooled_not_averaged(tmp_path: Path):
    """Drug share 30 / 100 and 60 / 300 give 90 / 400 = 22.5 %, not the mean 25 %; sums add; group counts do not."""
    groups = indicator("drg_groups", 9, None)
    january = [indicator("drug_share", 30, 100), indicator("margin_cost", 5, None), groups]
    february = [indicator("drug_share", 60, 300, 0.2), indicator("margin_cost", -7, None), groups]
    months = {"2023-01": month_of(january), "2023-02": month_of(february)}
    report = report_of(tmp_path, months)
    rows = indicator_spans(report, "hospital", "H", report.this_year, None)
    assert rows.loc["drug_share", ["now", "previous", "span"]].tolist() == pytest.approx([0.2, 0.3, 0.225])
    assert rows.loc["margin_cost", "span"] == -2
    assert pd.isna(rows.loc["drg_groups", "span"])


@pytest.mark.parametrize(
    ("indicator_name", "value", "target", "state"),
    [
        ("drug_share", 0.39, 0.40, "met"),
        ("drug_share", 0.4004, 0.40, "met"),
        ("drug_share", 0.4006, 0.40, "missed"),
        ("satisfaction", 89.9, 90, "missed"),
        ("discharges", 5, 6, "none"),
        ("drug_share", None, 0.4, "none"),
    ],
)
def test_a_target_is_judged_as_precisely_as_it_is_written(indicator_name: str, value: float, target: float, state: str):
    assert judged(indicator_name, value, target) == state


def priced(stay: str, drg: str, month: str, margin: float) -> dict[str, object]:
    return case(stay, stay, f"{month}-02", f"{month}-05", drg_code=drg, payment=1000.0, cost_total=1000.0 - margin,
                margin_cost=margin, weight=1.0, standard=1000.0)  # fmt: skip


def costs(stay: str, method: str, amount: float) -> dict[str, object]:
    return {"stay_id": stay, "cost_centre": "C", "method": method, "cost_item": "personnel", "amount": amount}


def test_a_loss_is_called_so_only_where_two_methods_agree(tmp_path: Path):
    """A costs 1,100 and 1,050: loss. B costs 1,100 and 950: they differ. C costs 900 and 950: surplus."""
    cases, other = [], []
    for drg, top_down, bottom_up in (("A", 1100, 1050), ("B", 1100, 950), ("C", 900, 950)):
        for i in range(12):
            stay = f"{drg}{i}"
            cases.append(priced(stay, drg, "2023-06", 1000 - top_down))
            other += [costs(stay, "top_down", top_down), costs(stay, "bottom_up", bottom_up)]
    report = report_of(tmp_path, {"2023-06": {"cases": cases, "case_costs": other}})
    finding = drgs.worst_and_best_drgs(report)
    assert finding.table is not None
    rows = finding.table.rows.set_index("drg_code")
    assert rows["verdict"].to_dict() == {"A": "loss", "B": "unsure", "C": "surplus"}
    assert "1 of 3 DRGs loses CNY 600 to CNY 1,200 by the two methods" in finding.text
    assert "for 1 more the two methods differ" in finding.text


def test_with_one_method_nothing_is_called_a_loss(tmp_path: Path):
    cases = [priced(f"s{i}", "A", "2023-06", -100) for i in range(12)]
    finding = drgs.worst_and_best_drgs(report_of(tmp_path, {"2023-06": {"cases": cases}}))
    assert finding.table is not None and finding.table.rows["verdict"].tolist() == ["above"]
    assert "not yet called a loss" in finding.text


def test_months_overspent_and_small_groups(tmp_path: Path):
    """A loses in two of three months. B has nine cases and, with only A beside it, takes A along: none is shown."""
    months = {}
    for month, margin in (("2023-04", -10), ("2023-05", 20), ("2023-06", -5)):
        months[month] = {"cases": [priced(f"{month}{i}", "A", month, margin) for i in range(10)]}
    report = report_of(tmp_path / "one", months)
    finding = drgs.worst_and_best_drgs(report)
    assert finding.table is not None
    assert finding.table.rows[["months_over", "margin"]].iloc[0].tolist() == ["2 / 3", 50.0]
    months["2023-06"]["cases"] += [priced(f"b{i}", "B", "2023-06", 1) for i in range(9)]
    assert drgs.worst_and_best_drgs(report_of(tmp_path / "two", months)).table is None


def test_projection_of_the_fund_by_hand(tmp_path: Path):
    """2022: 100 a month, 90 spent. Until June 2023: 110 and 88. The rest of 2023: 100 x 1.1 and 90 x 88/90 -> 20 %.

    The other way, six months at 110 and 88, says the same: one number.
    """
    months: dict[str, dict] = {}
    for period in parse_range("2022-01..2023-06"):
        income, spent = (100, 90) if period.year == 2022 else (110, 88)
        rows = [indicator("fund_income", income, None), indicator("fund_expenditure", spent, None)]
        rows.append(indicator("fund_balance_rate", income - spent, income, target=0.25))
        months[period.name] = month_of(rows)
    finding = fund.fund_balance(report_of(tmp_path, months))
    assert "20.0% this month, 20.0% year to date, 20.0% projected for the year from the last" in finding.text
    assert finding.alarm and "below the red line of 25.0%" in finding.text


def test_a_programme_that_began_last_july_is_not_counted_twice(tmp_path: Path):
    """Quota 100 a month. Spent: 100 until May 2022, 90 in June, 80 from July 2022 on; 80 in 2023.

    Last three months 240 of 290 the year before: 480 x 240/290 = 397.24, with 480 so far 877.24 of 1,200: 26.9 %.
    As the last three: 480 + 480 = 960: 20.0 %. This year's whole change, 480 of 590, would say 27.5 %.
    """
    months: dict[str, dict] = {}
    for period in parse_range("2022-01..2023-06"):
        spent = 100 if period < Period("2022-06") else 90 if period.name == "2022-06" else 80
        rows = [indicator("fund_income", 100, None), indicator("fund_expenditure", spent, None)]
        rows.append(indicator("fund_balance_rate", 100 - spent, 100, target=0.05))
        months[period.name] = month_of(rows)
    finding = fund.fund_balance(report_of(tmp_path, months))
    assert "20.0% to 26.9% projected for the year" in finding.text and not finding.alarm


def test_falling_cost_with_more_complications_is_red(tmp_path: Path):
    """D1 became cheaper and its complications rose from 5 to 30 of 100; D2 became cheaper with 5 and 6 of 100."""
    months: dict[str, dict] = {}
    for period in parse_range("2021-07..2023-06"):
        late = period >= Period("2022-07")
        cases = []
        if period.name in ("2022-06", "2023-06"):
            for department, few, many in (("D1", 5, 30), ("D2", 5, 6)):
                for i in range(100):
                    one = priced(f"{period.name}{department}{i}", "A", period.name, 100.0 if late else 0.0)
                    cases.append(one | {"department": department, "complication": i < (many if late else few)})
        months[period.name] = {"cases": cases or [priced(period.name, "A", period.name, 0.0)]}
    finding = cost_and_quality.cost_and_quality(report_of(tmp_path, months))
    assert finding.table is not None
    assert finding.table.rows.set_index("department")["flag"].to_dict() == {"D1": "watch", "D2": "none"}
    assert finding.alarm and "in 1 of them quality fell too: D1" in finding.text


def test_peers_are_the_other_hospitals_taken_together(bare):
    report = opened(bare, "en", "100")
    others = report.engine.frame(
        """select numerator, denominator from indicators
            where scope = 'hospital' and indicator = 'mean_stay' and hospital_id <> '100'"""
    )
    assert peers(report)["mean_stay"] == pytest.approx(others["numerator"].sum() / others["denominator"].sum())


def test_a_hospital_without_ledger_says_what_there_is_not(bare):
    report = opened(bare, "en", "101")
    finding = committee_indicators(report)
    assert finding.table is not None and len(finding.table.rows) == 10
    assert "Not in the data: Fund balance rate" in " ".join(finding.caveats)
    assert fund.fund_balance(report).text == "Not computed: the data lack fund."
    assert "mean of peers" in report.head()["note"]


def test_one_of_several_hospitals_must_be_named(bare):
    with pytest.raises(InputError, match="5 hospitals in one folder"):
        opened(bare)
    with pytest.raises(InputError, match="no cases of hospital '999'"):
        opened(bare, hospital="999")


def test_wrong_language_period_and_department(small):
    with pytest.raises(InputError, match="unknown language"):
        opened(small, "fr")
    with pytest.raises(InputError, match="no cases of department 'D99'"):
        opened(small, department="D99")
    with pytest.raises(InputError, match="not closed: 2024-01"):
        open_report(str(small.data), "2024-01", str(small.outputs))


def test_no_cell_of_fewer_than_ten_denials_is_shown(small):
    """Every named department's cell: hidden where its denials are under ten; the totals of rows stay."""
    report = opened(small)
    table = denials.denials_by_department(report).table
    assert table is not None
    shown = table.rows.drop(index="all")
    raw = report.sql("denial_cells", **report.twelve.bounds, department="").set_index(["department", "reason"])
    for (department, reason), cell in raw.iterrows():
        if department in shown.index:
            assert (shown.loc[department, reason] == "*") >= (cell["denials"] < 10)
    assert shown["denied_cases"].min() >= 10
    assert (shown.drop(columns=["department", "total", "denied_cases"]) == "*").sum(axis=1).ne(1).all()


def test_a_hidden_outlier_class_is_not_given_away_by_rates_or_the_total():
    """Normal 5, low 26, outside 9: 26 / 31 would tell the 5, and only normal has a margin, so the total would too."""
    rows = pd.DataFrame({"cases": [5, 26, 9], "charge": [1.0, 2.0, 3.0], "share": [0.1, 0.7, 0.2]})
    rows = rows.assign(payment=[4.0, 2.0, 3.0], margin_payment=[3.0, 0.0, 0.0])
    safe = grouping._safe(rows)
    assert grouping._one_hidden(rows, safe, "margin_payment") and not grouping._one_hidden(rows, safe, "payment")
    assert "rates are not shown" in grouping._text(SimpleNamespace(say=lambda zh, en: en), True)[0]
