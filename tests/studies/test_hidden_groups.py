"""An attack on the pages of one close: from all their tables together no group of 1 to 9 cases can be worked out."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attack import worked_out
from closed_factory import card_of, shaped

from analysis.closed_period import write_period
from analysis.closing import close
from analysis.demo.generator import write_demo
from analysis.periods import Period, parse_range
from analysis.presentation.disclosure import HIDDEN
from analysis.studies import departments, drgs, grouping
from analysis.studies.committee import open_report
from analysis.studies.department_indicators import department_indicators, department_trend
from analysis.studies.departments import reported_departments
from analysis.studies.report import Report

ROOT = Path(__file__).parents[2]
MONTHS = parse_range("2022-01..2023-06")


def _rows_of_cases(period: Period, counts: dict[tuple[str, str], int]) -> pd.DataFrame:
    rows = [(department, drg) for (department, drg), n in counts.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["department", "drg_code"])
    priced = frame["drg_code"] != ""
    return frame.assign(
        stay_id=[f"{period.name}-{i}" for i in range(len(frame))],
        hospital_id="H",
        drg_code=frame["drg_code"].where(priced, None),
        outlier=np.where(priced, "normal", "ungrouped"),
        discharged_at=pd.Timestamp(period.start),
        length_of_stay=5,
        charge_total=900.0,
        cost_total=1000.0 + np.arange(len(frame)),
        cost_complete=True,
        payment=np.where(priced, 1010.0, np.nan),
        margin_cost=np.where(priced, 10.0 - np.arange(len(frame)), np.nan),
        weight=np.where(priced, 1.0, np.nan),
    )


def _indicators(cases: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for scope, groups in (("hospital", "hospital_id"), ("department", "department")):
        for subject, part in cases.groupby(groups):
            n = float(len(part))
            values = {
                "discharges": (n, None),
                "margin_cost": (part["margin_cost"].sum(), None),
                "mean_stay": (5 * n, n),
            }
            rows += [
                {"hospital_id": "H", "scope": scope, "subject": subject, "indicator": name, "numerator": above,
                 "denominator": below, "value": above if below is None else above / below}
                for name, (above, below) in values.items()
            ]  # fmt: skip
    return pd.DataFrame(rows)


def _random_hospital(root: Path, seed: int) -> Report:
    """Eighteen months of six departments and seven DRGs, most cells small; some cases without a DRG."""
    random = np.random.default_rng(seed)
    rate = random.lognormal(-1, 1.6, (6, 8)) * (random.random((6, 8)) < 0.6)
    rate[5] = 0.03
    for period in MONTHS:
        drawn = random.poisson(rate)
        counts = {
            (f"D{d}", "" if g == 7 else f"G{g}"): int(drawn[d, g]) for d in range(6) for g in range(8) if drawn[d, g]
        }
        cases = _rows_of_cases(period, counts)
        tables = {"cases": cases, "indicators": _indicators(cases)}
        write_period(root / "hand", period, shaped(tables), card_of(period, "hand", "CNY", "zh"))
    return open_report("data/hand", "2023-06", str(root), "en")


@pytest.fixture(scope="module", params=[1, 2, 3, "demo"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    root = tmp_path_factory.mktemp("hidden")
    if request.param != "demo":
        yield _random_hospital(root, request.param)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        write_demo(root / "data/demo", 7, stays_per_year=800, first="2023-01", last="2023-12")
        close(root / "data/demo", [], root / "outputs")
        yield open_report(str(root / "data/demo"), "2023-12", str(root / "outputs"), "en")


def _cells(report: Report, other: str, first: str) -> pd.DataFrame:
    """Cases of department x `other` from `first` on; empty keys as `-`."""
    return report.engine.frame(
        f"select coalesce(department, '-') as d, coalesce({other}, '-') as o, count(*) as n from case_book "
        "where period >= $first group by all order by all",
        first=first,
    )


def _number(value: object) -> bool:
    return not isinstance(value, str) and not pd.isna(value)


def _told_of_departments(report: Report) -> dict[str, int]:
    table = departments.department_margins(report).table
    if table is None:
        return {}
    return {str(code): int(n) for code, n in table.rows["cases"].items() if _number(n)}


def test_department_by_drg(report: Report):
    """Known: all cases, those of departments, DRG rows of every department's page, DRG rows of the overview."""
    cells = _cells(report, "drg_code", report.twelve.periods[0].name)
    counts, at = cells["n"].to_numpy(), {key: i for i, key in enumerate(zip(cells["d"], cells["o"], strict=True))}
    sums = [(list(range(len(cells))), counts.sum())]
    for department, n in _told_of_departments(report).items():
        sums.append(([i for key, i in at.items() if key[0] == department], n))
    for department in reported_departments(report):
        rest = [i for key, i in at.items() if key[0] == department]
        sums.append((list(rest), counts[rest].sum()))
        table = drgs.department_drgs(report, department).table
        for row in [] if table is None else table.rows.itertuples():
            if row.drg_code != "*":
                sums.append(([at[department, row.drg_code]], row.cases))
                rest.remove(at[department, row.drg_code])
        assert table is None or not 0 < counts[rest].sum() < 10
    shown = {cells[0] for cells, _ in sums if len(cells) == 1}
    table = drgs.worst_and_best_drgs(report).table
    for row in [] if table is None else table.rows.itertuples():
        whole = [i for key, i in at.items() if key[1] == row.drg_code]
        parts = whole if counts[whole].sum() == row.cases else [i for i in whole if i in shown]
        assert not 0 < row.cases - sum(counts[i] for i in parts if i in shown) < 10
        sums.append((parts, row.cases))
    assert not worked_out(counts, sums).any()


def test_department_by_month(report: Report):
    """Known: months of every department's trend, its spans, and the hospital's discharges of every month of ten."""
    periods = [period.name for period in report.trend]
    before = report.compared[1]
    cells = _cells(report, "period", min([periods[0], *(p.name for p in (before.periods if before else ()))]))
    counts, keys = cells["n"].to_numpy(), list(zip(cells["d"], cells["o"], strict=True))
    sums = [
        (same, counts[same].sum())
        for month in sorted({key[1] for key in keys})
        for same in [[i for i, key in enumerate(keys) if key[1] == month]]
        if counts[same].sum() >= 10
    ]
    for department in reported_departments(report):
        table = department_trend(report, department).table
        for row in [] if table is None else table.rows.itertuples():
            if _number(row.discharges):
                sums.append(([keys.index((department, row.month))], row.discharges))
                assert row.discharges >= 10
        sums += _spans_told(report, department, keys)
    for department, n in _told_of_departments(report).items():
        twelve = [period.name for period in report.twelve.periods]
        sums.append(([i for i, key in enumerate(keys) if key[0] == department and key[1] in twelve], n))
    assert not worked_out(counts, sums).any()


def _spans_told(report: Report, department: str, keys: list[tuple[str, str]]) -> list[tuple[list[int], float]]:
    table = department_indicators(report, department).table
    if table is None:
        return []
    row, (span, before) = table.rows.loc["discharges"], report.compared
    pairs = ((row["now"], (report.period,)), (row["span"], span.periods))
    pairs += ((row["span_before"], before.periods),) if before else ()
    return [
        ([i for i, key in enumerate(keys) if key[0] == department and Period(key[1]) in periods], value)
        for value, periods in pairs
        if _number(value)
    ]


def test_the_demonstration_still_shows_its_main_drgs(report: Report):
    """At a tenth of its size: every department's largest DRG of twenty cases, save where ungrouped cases bar it."""
    if report.folder.name != "demo":
        return
    cells = _cells(report, "drg_code", report.twelve.periods[0].name)
    ungrouped = set(cells.loc[cells["o"] == "-", "d"])
    for department in reported_departments(report):
        part = cells[cells["d"] == department].sort_values("n")
        if part["n"].iloc[-1] >= 20 and department not in ungrouped and len(part) > 2:
            table = drgs.department_drgs(report, department).table
            assert table is not None and part["o"].iloc[-1] in set(table.rows["drg_code"]), part


def _months(root: Path, drawn: list[dict[tuple[str, str], int]]) -> Report:
    for period, counts in zip(parse_range("2022-07..2023-06")[-len(drawn) :], drawn, strict=True):
        cases = _rows_of_cases(period, counts)
        tables = {"cases": cases, "indicators": _indicators(cases)}
        write_period(root / "hand", period, shaped(tables), card_of(period, "hand", "CNY", "zh"))
    return open_report("data/hand", "2023-06", str(root), "en")


def test_it_is_said_why_nothing_is_shown(tmp_path: Path):
    """D1: three DRGs of eight. D2: one of 40 and six cases without: 46 - 40 would tell. Months of eight: no trend."""
    month = {("D1", "A"): 2, ("D1", "B"): 2, ("D1", "C"): 2, ("D2", "E"): 10}
    last = month | {("D2", ""): 6}
    report = _months(tmp_path, [month] * 3 + [last])
    assert drgs.department_drgs(report, "D1").text == "Every DRG has fewer than 10 cases: none is shown."
    assert "would give away" in drgs.department_drgs(report, "D2").text
    assert "Every month has fewer than 10 discharges" in department_trend(report, "D1").text
    few = _months(tmp_path / "two", [month] * 2)
    assert department_trend(few, "D1").text == "Too few periods are closed to see a trend."


def test_a_small_class_without_others_that_have_income_takes_one_along(tmp_path: Path):
    """Eleven high outliers beside five ungrouped are no small group; five beside eleven ungrouped are."""
    for high, ungrouped, hidden in ((11, 5, []), (5, 11, [HIDDEN, HIDDEN])):
        cases = _rows_of_cases(Period("2023-06"), {("D1", "A"): 60 + high, ("D1", ""): ungrouped})
        cases.loc[: high - 1, "outlier"] = "high"
        cases["margin_payment"] = cases["margin_cost"]
        root = tmp_path / str(high)
        june = Period("2023-06")
        write_period(root / "hand", june, shaped({"cases": cases}), card_of(june, "hand", "CNY", "zh"))
        table = grouping.grouping_and_outliers(open_report("data/hand", "2023-06", str(root), "en")).table
        assert table is not None
        assert [value for value in table.rows["margin_payment"] if value == HIDDEN] == hidden


def test_all_departments_are_all_of_them(tmp_path: Path):
    """Margins 10 - i over 100 cases: D1 400 - 780 = -380, D2 500 - 3,225 = -2,725, the last ten 100 - 945 = -845.

    D3 and D4 are ten together: hidden, but part of the total. One method only: nobody is said to lose.
    """
    counts = {("D1", "A"): 40, ("D2", "A"): 50, ("D3", "A"): 5, ("D4", "A"): 5}
    cases = _rows_of_cases(Period("2023-06"), counts)
    by_hand = cases.groupby("department")["margin_cost"].sum()
    assert by_hand[["D1", "D2"]].tolist() == [-380.0, -2725.0]
    report = _months(tmp_path, [counts])
    text = departments.department_margins(report).text
    assert f"all departments CNY −{-by_hand.sum():,.0f}" in text and by_hand.sum() == -3950
    assert text.startswith("Cost is above income in 2 of 2 departments, by CNY 3,105: D2")
    assert "lose" not in text
    assert reported_departments(report) == ["D1", "D2"]
