"""Samples worked by hand: what a case's cost consists of, over the months it lay in house."""

from pathlib import Path

import pandas as pd
import pytest
from closed_months import HOSPITAL, ITEMS, case, cost, lain, unit, used, write_month

from analysis.closed_period import open_period, open_periods
from analysis.errors import InputError
from analysis.rootcause.samples import Sample, read_samples, with_strata

MAY = {
    "item_totals": ITEMS,
    "case_items": [used("A", "D1", 1, cost=392), used("A", "C1", 2, cost=27200), used("X", "D1", 5, cost=1960)],
    "case_costs": [cost("A", "W", "drugs", 392), cost("A", "W", "materials", 27260), cost("A", "W", "personnel", 300)],
    "patient_days": [lain("A", 2)],
    "stay_waits": [{"stay_id": "A", "hospital_id": HOSPITAL, "reason": "mri", "waits": 1, "days": 1.5}],
}
JUNE = {
    "item_totals": ITEMS,
    "cases": [
        case("A", "2023-05-30", "2023-06-02", 25000, severity="3", physician_id="P1", complication=True),
        case("B", "2023-06-10", "2023-06-11", 24000, age=None),
        case("C", "2023-06-10", "2023-06-12", 100, drg_code="BR25"),
        case("D", "2023-06-10", "2023-06-12", 100, cost_complete=False),
    ],
    "services": [unit("S1", "T", 50), unit("S1", "T", 70, "ratio"), unit("S9", "T", 9, "ratio", cost=None)],
    "case_items": [
        used("A", "S1", 2, performing_centre="T"),
        used("A", "D2", 1, cost=160),
        used("B", "D1", 1, cost=392),
        used("B", "D1", -1, cost=-392, physician_id="P2"),
    ],
    "case_costs": [
        cost("A", "T", "personnel", 130),
        cost("A", "W", "depreciation", 80),
        cost("A", "W", "drugs", 160),
        cost("A", "W", "personnel", 9999, "top_down"),
        cost("B", "W", "other", 40),
        cost("C", "W", "other", 1),
    ],
    "patient_days": [lain("A", 1), lain("B", 1)],
    "stay_waits": [{"stay_id": "A", "hospital_id": HOSPITAL, "reason": "mri", "waits": 1, "days": 0.5}],
    "findings": [
        {"finding_id": "f", "rule_id": "D2.exploration", "stay_id": "B", "outcome": "hit", "hospital_id": HOSPITAL}
    ],
}
JULY = {
    "item_totals": ITEMS,
    "case_items": [used("A", "D1", -1, cost=-392)],
    "case_costs": [cost("A", "W", "drugs", -392)],
    "cases": [case("E", "2023-07-01", "2023-07-03", 1, drg_code="BR25")],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for period, rows in (("2023-05", MAY), ("2023-06", JUNE), ("2023-07", JULY)):
        write_month(tmp_path / "hand", period, rows)
    return tmp_path / "hand"


def elements(sample: Sample, stay: str) -> dict[str, tuple[str, str, float, float]]:
    number = sample.cases.index[sample.cases["stay_id"] == stay][0]
    rows = sample.elements[sample.elements["case"] == number]
    return {row.element: (row.group, row.category, row.quantity, row.cost) for row in rows.itertuples()}


def test_a_cost_is_the_sum_of_its_elements_over_months(folder: Path) -> None:
    sample = read_samples(open_period(folder / "2023-06"), ["FM19"], hospital=HOSPITAL)["FM19"]
    assert elements(sample, "A") == {
        "D1": ("contrast", "drug", 100.0, 392.0),  # ml
        "D2": ("contrast", "drug", 50.0, 160.0),
        "C1": ("stent", "consumable", 2.0, 27200.0),
        "S1": ("S1", "exam", 2.0, 100.0),
        "W": ("W", "stay", 3.0, 140.0),  # materials 60 beyond the stents, depreciation 80
        "rest": ("rest", "rest", 1.0, 330.0),  # personnel 300 of the ward, 30 of T that stood idle
    }
    assert sample.cases.set_index("stay_id")["cost"].to_dict() == {"A": 28322.0, "B": 40.0}


def test_what_is_booked_after_the_discharge_is_no_part_of_the_case(folder: Path) -> None:
    alone = read_samples(open_period(folder / "2023-06"), ["FM19"], hospital=HOSPITAL)["FM19"]
    wide = read_samples(open_periods(folder, "2023-06", "2023-07"), ["FM19"], hospital=HOSPITAL)["FM19"]
    pd.testing.assert_frame_equal(alone.elements, wide.elements)
    pd.testing.assert_frame_equal(alone.cases, wide.cases)


def test_a_refund_in_full_leaves_no_element(folder: Path) -> None:
    sample = read_samples(open_period(folder / "2023-06"), ["FM19"], hospital=HOSPITAL)["FM19"]
    assert elements(sample, "B") == {"W": ("W", "stay", 1.0, 40.0), "rest": ("rest", "rest", 1.0, 0.0)}


def test_facts_of_cases(folder: Path) -> None:
    cases = read_samples(open_period(folder / "2023-06"), ["FM19"], hospital=HOSPITAL)["FM19"].cases.set_index(
        "stay_id"
    )
    assert cases["physician_id"].to_dict() == {"A": "P1", "B": "?"}
    assert cases["age_band"].to_dict() == {"A": "45-64", "B": "?"}
    assert cases["coding_flag"].to_dict() == {"A": False, "B": True}
    assert cases.loc["A", "complication"] == 1 and pd.isna(cases.loc["B", "complication"])
    assert set(cases["stratum"]) == {""}


def test_days_waited_are_those_of_all_months(folder: Path) -> None:
    sample = read_samples(open_period(folder / "2023-06"), ["FM19"], hospital=HOSPITAL)["FM19"]
    assert sample.waits.to_dict("records") == [{"case": 0, "reason": "mri", "days": 2.0}]


def test_several_drgs_at_once_are_each_as_alone(folder: Path) -> None:
    period = open_period(folder / "2023-06")
    both = read_samples(period, ["BR25", "FM19", "NONE"], hospital=HOSPITAL)
    assert list(both) == ["BR25", "FM19"]
    for drg, sample in both.items():
        alone = read_samples(period, [drg], hospital=HOSPITAL)[drg]
        pd.testing.assert_frame_equal(sample.elements, alone.elements)
        pd.testing.assert_frame_equal(sample.waits, alone.waits)


def test_without_costs_of_the_method_the_cases_own_cost_stands(folder: Path) -> None:
    one = [case("A", "2023-08-01", "2023-08-03", 500, cost_total=700)]
    write_month(folder, "2023-08", {"cases": one, "patient_days": [lain("A", 2)]})
    sample = read_samples(open_period(folder / "2023-08"), ["FM19"], hospital=HOSPITAL)["FM19"]
    assert elements(sample, "A") == {"rest": ("rest", "rest", 1.0, 700.0)}


def test_a_month_that_is_not_closed_is_named(folder: Path) -> None:
    write_month(folder, "2023-09", {"cases": [case("A", "2023-04-01", "2023-09-03", 500, cost_total=700)]})
    with pytest.raises(InputError, match="not closed: 2023-04"):
        read_samples(open_period(folder / "2023-09"), ["FM19"], hospital=HOSPITAL)


def strata_of(facts: list[tuple[str, str, str]], other: list[tuple[str, str, str]] | None, least: int) -> list[str]:
    names = ["severity", "age_band", "variant"]
    sides = [Sample(pd.DataFrame(rows, columns=names), pd.DataFrame(), pd.DataFrame()) for rows in (facts, other or [])]
    found, against = with_strata(sides[0], sides[1] if other is not None else None, least)
    return [*found.cases["stratum"], *(against.cases["stratum"] if against else [])]


def test_strata_give_up_variant_then_age_then_severity() -> None:
    facts = [("1", "a", "x")] * 3 + [("1", "a", "y"), ("1", "b", "y"), ("3", "b", "y"), ("5", "c", "z")]
    assert strata_of(facts, None, 3) == ["1|a|x"] * 3 + ["*|*|*"] * 4
    assert strata_of(facts, None, 1) == ["|".join(row) for row in facts]
    assert strata_of(facts, None, 2)[3:] == ["1|*|*"] * 2 + ["*|*|*"] * 2


def test_a_stratum_needs_cases_on_both_sides() -> None:
    one, two = [("1", "a", "x")] * 4 + [("5", "a", "x")] * 4, [("1", "a", "x")] * 4 + [("3", "a", "x")]
    assert strata_of(one, two, 4) == ["1|a|x"] * 8 + ["1|a|x"] * 4 + ["1|a|x"]
    assert strata_of(one, [("3", "a", "x")], 1) == ["*|*|*"] * 9
