"""Payment by rate pack, worked by hand."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from hand_hospital import arrow_rows

from analysis.contract import contract_tables
from analysis.engine import open_engine
from analysis.errors import InputError
from analysis.payment.monthly import price_period
from analysis.payment.packs import RatePack, pack_for
from analysis.periods import Period

PACK = {
    "name": "p",
    "source": "by hand",
    "date": date(2023, 1, 1),
    "assumptions": ["none"],
    "valid_from": "2023-01",
    "valid_to": "2023-12",
}


def case(stay, drg, charge, cost=None, days=1, hospital="H", severity=None):
    return {
        "stay_id": stay,
        "hospital_id": hospital,
        "drg_code": drg,
        "severity": severity,
        "length_of_stay": days,
        "charge_total": Decimal(charge),
        "cost_total": None if cost is None else Decimal(cost),
    }


CASE = pa.schema(
    [
        ("stay_id", pa.string()),
        ("hospital_id", pa.string()),
        ("drg_code", pa.string()),
        ("severity", pa.string()),
        ("payer", pa.string()),
        ("length_of_stay", pa.int64()),
        ("charge_total", pa.decimal128(18, 2)),
        ("cost_total", pa.decimal128(18, 2)),
    ]
)


def price(cases, pack, hospitals, standards=()):
    """case_payments and standards of a period as dictionaries."""
    with open_engine() as engine:
        for name, rows in (("hospitals", hospitals), ("payment_standards", list(standards))):
            engine.put(name, arrow_rows(contract_tables()[name], rows))
        engine.put("case_base", pa.Table.from_pylist(cases, CASE))
        price_period(engine, Period("2023-06"), RatePack.model_validate(PACK | pack))
        paid = engine.frame("select * from case_payments order by stay_id").set_index("stay_id")
        made = engine.frame("select * from standards order by all").set_index(["hospital_id", "drg_code", "severity"])
        return paid, made


def test_weight_times_rate_times_coefficient_and_outliers_by_level():
    """2 x 1,000 x 1.1 = 2,200. Below 880 by item; tertiary above 6,600, secondary above 4,400 the excess is added."""
    hospitals = [
        {"hospital_id": h, "name": h, "level": lv, "coefficient": c}
        for h, lv, c in (("T", "tertiary", 1.1), ("S", "secondary", 1.1))
    ]
    standards = [{"year": 2023, "drg_code": "FM15", "severity": "*", "name": "x", "weight": 2.0}]
    pack = {
        "basis": "weight_rate",
        "rate": 1000,
        "outside_drg": ["self"],
        "outliers": {"low": 0.4, "high_by_level": {"tertiary": 3, "secondary": 2}},
    }
    cases = [
        case("a", "FM15", "2200", hospital="T"),
        case("b", "FM15", "879.99", hospital="T"),
        case("c", "FM15", "5000", hospital="T"),
        case("d", "FM15", "5000", hospital="S"),
        case("e", "FM15", "880", hospital="T"),
        case("f", None, "777", hospital="T"),
        case("g", "ZZ99", "777", hospital="T"),
        case("h", "FM15", "777", hospital="T") | {"payer": "self"},
    ]
    paid, _ = price(cases, pack, hospitals, standards)
    assert paid["outlier"].to_dict() == {
        "a": "normal",
        "b": "low",
        "c": "normal",
        "d": "high",
        "e": "normal",
        "f": "ungrouped",
        "g": "no_standard",
        "h": "outside",
    }
    assert paid["payment"].dropna().to_dict() == {
        "a": 2200,
        "b": 879.99,
        "c": 2200,
        "d": 2200 + 600,
        "e": 2200,
        "f": 777,
        "h": 777,
    }
    assert paid.loc["c", "margin_payment"] == -2800


def test_a_standard_of_the_severity_goes_before_the_general_one():
    standards = [
        {"year": 2023, "drg_code": "A", "severity": s, "name": "x", "payment": p} for s, p in (("*", 100), ("3", 300))
    ]
    cases = [case("a", "A", "1", severity="3"), case("b", "A", "1", severity="1")]
    paid, _ = price(cases, {"basis": "published"}, [{"hospital_id": "H", "name": "H"}], standards)
    assert paid["standard"].to_dict() == {"a": 300, "b": 100}


def test_standards_of_another_year_do_not_count():
    standards = [{"year": 2022, "drg_code": "A", "severity": "*", "name": "x", "payment": 100}]
    with pytest.raises(InputError, match=r"no row of 2023(.|\n)*years there: 2022"):
        price([case("a", "A", "5")], {"basis": "published"}, [{"hospital_id": "H", "name": "H"}], standards)


def test_without_standards_nothing_is_invented():
    """Neither a payment nor a margin of 0.00; a hospital that no master knows keeps its cases."""
    paid, _ = price([case("a", "A", "5")], {"basis": "published"}, [])
    assert paid.loc["a", "outlier"] == "no_standard"
    assert paid[["standard", "payment", "margin_payment"]].isna().all(axis=None)


def test_peer_mean_by_severity_else_by_group():
    """Severity 1: 100, 200, 300 in three hospitals -> 200. Severity 2: one case of 1,000 is too few -> 1,600 / 4 = 400.
    Weight = standard / mean of all = 200/400 and 400/400."""
    hospitals = [{"hospital_id": h, "name": h} for h in "ABC"]
    cases = [
        case(f"s{i}", "D", "9999", cost, hospital=h, severity="1", days=d)
        for i, (h, cost, d) in enumerate((("A", "100", 1), ("B", "200", 2), ("C", "300", 6)))
    ]
    cases.append(case("s3", "D", "9999", "1000", hospital="A", severity="2"))
    pack = {"basis": "peer_mean", "peer": {"min_cases": 2, "min_hospitals": 2}, "charges_comparable": False}
    paid, made = price(cases, pack, hospitals)
    assert paid["standard"].to_dict() == {"s0": 200, "s1": 200, "s2": 200, "s3": 400}
    assert paid["weight"].to_dict() == {"s0": 0.5, "s1": 0.5, "s2": 0.5, "s3": 1.0}
    assert paid["margin_payment"].isna().all(), "list charges are not what anybody pays"
    assert made.loc[("A", "D", "1"), ["peer_cases", "peer_hospitals", "benchmark_days"]].tolist() == [3, 3, 3]
    assert made.loc[("A", "D", "2"), ["peer_cases", "peer_hospitals"]].tolist() == [4, 3]


@pytest.fixture
def packs(tmp_path: Path):
    def write(**files):
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(PACK | content), "utf8")
        return tmp_path

    return write


def test_a_past_month_is_paid_under_its_own_pack(packs):
    folder = packs(
        old={"name": "old", "basis": "weight_rate", "rate": 1, "valid_from": "2022-01", "valid_to": "2022-12"},
        new={"name": "new", "basis": "weight_rate", "rate": 2},
    )
    assert [pack_for(Period(p), ["old", "new"], folder).name for p in ("2022-12", "2023-01")] == ["old", "new"]


def test_overlapping_packs_are_refused(packs):
    folder = packs(a={"basis": "published"}, b={"name": "b", "basis": "published"})
    with pytest.raises(InputError, match=r"2 rate packs are valid in 2023-06"):
        pack_for(Period("2023-06"), ["a", "b"], folder)


def test_weight_rate_without_a_rate_is_refused(packs):
    with pytest.raises(InputError, match=r"a.yaml(.|\n)*basis weight_rate needs a rate"):
        pack_for(Period("2023-06"), ["a"], packs(a={"basis": "weight_rate"}))


def test_a_pack_that_ends_before_the_year_is_over_covers_its_months_only():
    pack = RatePack.model_validate(PACK | {"basis": "published", "valid_to": "2023-06"})
    assert pack.covers(Period("2023-06")) and not pack.covers(Period("2023-07"))
    assert datetime(2023, 7, 1) == Period("2023-06").end
