"""Who should have had a meeting, worked by hand: eleven stays of one group, standard 6 days.

Ten stays a0 to a9 with one system ill (lung cancer; hypertension makes no system ill), 4 nights each but a9 with 12;
b with lung cancer, diabetes and a fracture, 9 nights; c, of a group without a standard, alone.
"""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.pathways.mdt_register import Criteria, mdt_register, meeting_rates

START, END = datetime(2023, 1, 1), datetime(2023, 4, 1)


def stay(name: str, nights: int, drg: str = "EB19", admitted: int = 5, **more: object) -> dict[str, object]:
    at = START + timedelta(admitted, hours=10)
    return {"stay_id": name, "patient_id": name[0], "hospital_id": "H1", "department": "D", "drg_code": drg,
            "admitted_at": at, "discharged_at": at + timedelta(nights), "planned": True} | more  # fmt: skip


STAYS = [*(stay(f"a{i}", 12 if i == 9 else 4, admitted=5 + 2 * i, patient_id=f"a{i}") for i in range(10)),
         stay("b", 9), stay("c", 2, "ZZ19"), stay("b2", 3, "YY19", admitted=30, patient_id="b", planned=False),
         stay("old", 3, admitted=-20)]  # fmt: skip
DIAGNOSES = [(s["stay_id"], "C34.1", True) for s in STAYS] + [(s["stay_id"], "I10.x00", True) for s in STAYS] + [
    ("b", "E11.9", True), ("b", "S72.0", True), ("a1", "J95.8", False), ("a2", "R07.4", True), ("a3", "D12.6", True),
]  # fmt: skip
MEETINGS = [("b", 3, 2), ("b", 5, 4), ("a9", 2, 1), ("a0", 9, 8)]  # stay, day, requested; a0 had left by then


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        at = {s["stay_id"]: s["admitted_at"] for s in STAYS}
        rows = {
            "stays": pd.DataFrame(STAYS),
            "diagnoses": pd.DataFrame(
                [{"stay_id": s, "position": n, "code": c, "present_on_admission": p}
                 for n, (s, c, p) in enumerate(DIAGNOSES)]
            ),
            "mdt": pd.DataFrame(
                [{"stay_id": s, "held_at": at[s] + timedelta(d, hours=5), "requested_at": at[s] + timedelta(r, hours=5),
                  "criterion": "systems"} for s, d, r in MEETINGS]
            ),
            "payment_standards": pd.DataFrame({"year": [2023], "drg_code": ["EB19"], "benchmark_days": [6.0]}),
            "outcomes": pd.DataFrame({"stay_id": ["a0", "b"], "complication": [False, True]}),
        }  # fmt: skip
        for name, some in rows.items():
            engine.put(name, some.reindex(columns=list(contract_tables()[name].columns)))
            engine.put(name, engine.shaped(contract_tables()[name]))
        yield engine


def registered(engine: Engine, **criteria: object) -> pd.DataFrame:
    return mdt_register(engine, START, END, Criteria(**criteria)).set_index("stay_id")


def test_systems_are_chapters_that_were_ill_on_admission(engine):
    """Not: hypertension alone, what arose later, chest pain; another tumour is the same system."""
    rows = registered(engine)
    assert rows["systems"].to_dict() == {**{f"a{i}": 1 for i in range(10)}, "b": 3, "c": 1, "b2": 1}
    assert rows.index[rows["by_systems"]].tolist() == ["b"]
    assert registered(engine, mild=())["systems"]["a0"] == 2


def test_the_expected_stay_is_that_of_the_others(engine):
    """Of a0 to a8 the others' mean is (8 x 4 + 12) / 9; only nine others, so all others of the group: 48.. + 9 of b."""
    rows = registered(engine, systems=9)
    total = 9 * 4 + 12 + 9
    assert rows["expected_days"]["a0"] == pytest.approx((total - 4) / 10)
    assert rows["expected_days"]["b"] == pytest.approx((total - 9) / 10)
    assert pd.isna(rows["expected_days"]["c"]) and not rows["wanted"].any()
    assert registered(engine, systems=9, over=-0.12)["by_expected"].sum() == 9  # a0 to a8: 5.3 of 6 days


def test_the_first_meeting_counts_and_none_after_the_discharge(engine):
    rows = registered(engine)
    assert rows["met_on"].dropna().to_dict() == {"a9": 2.0, "b": 3.0}
    assert rows["days_to_meeting"]["b"] == pytest.approx(1.0)
    assert rows["complication"].dropna().to_dict() == {"a0": 0.0, "b": 1.0}
    assert rows["readmission"].dropna().to_dict() == {
        **{f"a{i}": 0.0 for i in range(10)},
        "b": 1.0,
        "c": 0.0,
        "b2": 0.0,
    }


def test_rates_are_of_those_who_should_have_had_one(engine):
    rates = meeting_rates(mdt_register(engine, START, END)).iloc[0]
    assert (rates["stays"], rates["wanted"], rates["held"], rates["beside"], rates["rate"]) == (13, 1, 1, 1, 1.0)
    assert rates["ci_low"] == pytest.approx(0.2065, abs=1e-4) and rates["ci_high"] == pytest.approx(1.0)
    assert len(mdt_register(engine, START, END, Criteria(drgs=("EB",)))) == 11
