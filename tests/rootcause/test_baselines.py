"""Baselines worked by hand: a pathway as a profile, and which baseline is taken."""

from pathlib import Path

import pandas as pd
import pytest
from closed_months import HOSPITAL, drawn_month, lain, write_month

from analysis.closed_period import open_period
from analysis.errors import InputError
from analysis.periods import Period
from analysis.rootcause.baselines import find_baselines, months_of, one_baseline, pathway_profile, together, year_before
from analysis.rootcause.samples import Sample, read_samples
from analysis.rootcause.settings import RootCause

SETTINGS = RootCause.model_validate(
    {"standards": [{"drg": "FM19", "group": "contrast", "quantity": 100}], "window": {"least_cases": 30}}
)
PATHWAY = [
    {"hospital_id": HOSPITAL, "drg_code": "FM19", "category": "drug", "element": "D1", "quantity": 1, "unit_cost": 400},
    {"hospital_id": HOSPITAL, "drg_code": "FM19", "category": "stay", "element": "*", "quantity": 3, "unit_cost": 100},
]


def sample(elements: list[tuple[int, str, str, str, float, float]], cases: int) -> Sample:
    columns = ["case", "element", "group", "category", "quantity", "cost"]
    facts = pd.DataFrame({"stay_id": [f"S{i}" for i in range(cases)], "cost": 0.0})
    return Sample(facts, pd.DataFrame(elements, columns=columns), pd.DataFrame(columns=["case", "reason", "days"]))


def test_a_pathway_at_the_prices_that_are_paid() -> None:
    """1.2 stents, one third imported; half a balloon; contrast that the hospital never bought."""
    columns = ["category", "element", "group", "content", "quantity", "unit_cost"]
    rows = [
        ("consumable", "C1", "stent", 1.0, 0.4, 13000.0),
        ("consumable", "C2", "stent", 1.0, 0.8, 8000.0),
        ("consumable", "B", "B", 1.0, 0.5, 3000.0),
        ("drug", "D1", "contrast", 100.0, 1.0, 392.0),
    ]
    paid = [
        (0, "C1", "stent", "consumable", 2.0, 27200.0),
        (1, "C2", "stent", "consumable", 1.0, 8900.0),
        (1, "B", "B", "consumable", 2.0, 6800.0),
    ]
    profile = pathway_profile(pd.DataFrame(rows, columns=columns), sample(paid, 2)).set_index("element")
    assert profile.loc["C1", ["use_rate", "quantity", "share", "price"]].tolist() == pytest.approx(
        [1, 1.2, 1 / 3, 13600]
    )
    assert profile.loc["C2", ["use_rate", "quantity", "share", "price"]].tolist() == pytest.approx(
        [1, 1.2, 2 / 3, 8900]
    )
    assert profile.loc["B", ["use_rate", "quantity", "share", "price"]].tolist() == pytest.approx([0.5, 1, 1, 3400])
    assert profile.loc["D1", ["use_rate", "quantity", "share", "price"]].tolist() == pytest.approx([1, 100, 1, 3.92])
    assert profile.loc["rest", "price"] == 0


def test_days_of_a_pathway_lie_in_the_wards_of_the_cases() -> None:
    """Six days in W by two cases and two in intensive care by one: three days of the pathway are 2.25 and 0.75."""
    rows = pd.DataFrame([("stay", "*", "*", 1.0, 3.0, 100.0)], columns=[
        "category", "element", "group", "content", "quantity", "unit_cost"])  # fmt: skip
    lay = [
        (0, "W", "W", "stay", 3.0, 360.0),
        (1, "W", "W", "stay", 3.0, 360.0),
        (1, "I", "I", "stay", 2.0, 800.0),
    ]
    profile = pathway_profile(rows, sample(lay, 2)).set_index("element")
    assert profile.loc["W", ["use_rate", "quantity", "price"]].tolist() == pytest.approx([1, 2.25, 120])
    assert profile.loc["I", ["use_rate", "quantity", "price"]].tolist() == pytest.approx([0.5, 1.5, 400])


def test_a_year_before_needs_all_its_months() -> None:
    june = Period("2023-06")
    assert year_before(june, june, {Period("2022-06")}) == ("2022-06", "2022-06")
    assert year_before(Period("2023-05"), june, {Period("2022-06")}) is None
    assert year_before(Period("2020"), Period("2020"), {Period("2019")}) == ("2019", "2019")


def test_samples_together_keep_their_cases() -> None:
    both = together([sample([(1, "D", "D", "drug", 1, 5)], 2), sample([(0, "E", "E", "drug", 2, 7)], 1)])
    assert both.elements[["case", "element"]].to_numpy().tolist() == [[1, "D"], [2, "E"]]
    assert len(both.cases) == 3


def chosen(folder: Path, kind: str = "auto") -> object:
    month = open_period(folder / "2023-06")
    actual = read_samples(month, ["FM19"], hospital=HOSPITAL)["FM19"]
    return one_baseline(month, "FM19", actual, hospital=HOSPITAL, settings=SETTINGS, method="bottom_up", kind=kind)


def test_what_is_compared_with_follows_what_there_is(tmp_path: Path) -> None:
    rows = drawn_month(1)
    write_month(tmp_path, "2023-06", rows)
    alone = chosen(tmp_path)
    assert (alone.kind, alone.robust, len(alone.sample.cases)) == ("peers", True, 60)
    assert alone.standards.to_dict("records")[0]["quantity"] == 100
    write_month(tmp_path, "2022-06", drawn_month(2, "2022-06"))
    assert (chosen(tmp_path).kind, chosen(tmp_path).robust) == ("own_past", False)
    others = [row | {"stay_id": "H2" + row["stay_id"], "hospital_id": "H2"} for row in drawn_month(3)["cases"]]
    write_month(tmp_path, "2023-06", rows | {"cases": rows["cases"] + others[:30]})
    assert (chosen(tmp_path).kind, len(chosen(tmp_path).sample.cases)) == ("peers", 30)
    write_month(tmp_path, "2023-06", rows | {"cases": rows["cases"] + others[:29], "standard_items": PATHWAY})
    assert chosen(tmp_path).kind == "standard_cost"
    assert chosen(tmp_path, "own_past").kind == "own_past"
    assert (chosen(tmp_path, "peers").kind, chosen(tmp_path, "peers").robust) == ("peers", True)
    assert chosen(tmp_path, "standard").profile is None


def test_a_baseline_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_month(tmp_path, "2023-06", drawn_month(1) | {"patient_days": [lain("2023-06-000", 3)]})
    with pytest.raises(InputError, match="FM19 has no baseline 'own_past'"):
        chosen(tmp_path, "own_past")


def test_a_past_of_few_cases_is_none(tmp_path: Path) -> None:
    write_month(tmp_path, "2023-06", drawn_month(1))
    write_month(tmp_path, "2022-06", drawn_month(2, "2022-06", cases=29))
    month = open_period(tmp_path / "2023-06")
    actual = read_samples(month, ["FM19"], hospital=HOSPITAL)
    found = find_baselines(months_of(month), actual, hospital=HOSPITAL, settings=SETTINGS)
    assert found["FM19"].kind == "peers"
