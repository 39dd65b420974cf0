"""Adherence of a hospital's folder: lines of earlier months, months one by one, the product's own library."""

from pathlib import Path

import pytest
from adherence_hospital import at, charge, event, pathway, stay
from hand_hospital import write_hospital

from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.hospital import Hospital, open_hospital
from analysis.pathways.adherence import adhere_period, adhere_span, observable
from analysis.pathways.library import read_library
from analysis.periods import Period

ONE = pathway({"x": {"items": {"X": 1}, "activity": "x"}, "y": {"activity": "y", "after": "x", "within_hours": 24}})
LIBRARY = {"p": ONE}
JUNE = Period("2023-06")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Hospital:
    """a was admitted in April and had x before that, given back in b's case in July; c leaves in July."""
    rows = {
        "hospitals": [{"hospital_id": "H", "name": "院"}],
        "stays": [stay("a", begin=-40, end=3), stay("b", end=5), stay("c", begin=20, end=33)],
        "charges": [
            charge("a", "X", at(-41)),
            charge("b", "X", at(2)),
            charge("b", "X", at(34), -1, refund_of="bX0208001"),
            charge("c", "X", at(21)),
        ],
        "events": [event("a", "y", at(-40)), event("b", "y", at(4), at(2)), event("c", "y", at(32))],
    }
    return open_hospital(write_hospital(tmp_path_factory.mktemp("data") / "hand", rows))


def judged(hospital: Hospital, *periods: Period) -> list[dict]:
    with Engine() as engine:
        hospital.attach(engine)
        if len(periods) == 1:
            adhere_period(engine, hospital, periods[0], LIBRARY)
            months = engine.frame("select distinct strftime(started_at, '%Y-%m') as month from events")[
                "month"
            ].tolist()
            assert months == ([periods[0].name] if hospital.files("events", list(periods)) else [])
        else:
            adhere_span(engine, hospital, list(periods), LIBRARY)
        return engine.shaped(period_tables()["adherence"]).to_pylist()


def test_a_stay_is_judged_whole_in_the_month_of_its_discharge(hospital):
    found = {(row["stay_id"], row["step"]): row["status"] for row in judged(hospital, JUNE)}
    assert found == {("a", "x"): "done", ("a", "y"): "done", ("b", "x"): "done", ("b", "y"): "late"}


def test_months_together_are_the_months_one_by_one(hospital):
    apart = judged(hospital, JUNE) + judged(hospital, JUNE.next)
    together = judged(hospital, JUNE, JUNE.next)
    later = {("b", "x"), ("b", "y")}  # what was given back in July is known by its end
    kept = [row for row in apart if (row["stay_id"], row["step"]) not in later]
    assert [row for row in together if (row["stay_id"], row["step"]) not in later] == kept
    assert [row["status"] for row in together if (row["stay_id"], row["step"]) == ("b", "x")] == ["omitted"]


def test_a_month_without_anyone_on_a_pathway(hospital):
    assert judged(hospital, Period("2023-02")) == []


def test_the_product_s_pathways_are_judged_one_query_a_kind(tmp_path):
    """Every pathway of parameters/pathways: someone on each, every step of it once, and no more queries for it."""
    library = read_library(Path(__file__).parents[2] / "parameters/pathways")
    stays, diagnoses, procedures, records = [], [], [], []
    for name, one in library.items():
        told = stay(name, drg_code=(one.entry.drg or ("ZZ",))[0], age=60, severity=(one.entry.severity or ("1",))[0])
        stays.append(told | {"department": "D"})
        codes = [*one.entry.diagnosis[:1], *one.entry.any_diagnosis[:1]]
        diagnoses += [
            {"stay_id": name, "position": n + 1, "code": c, "system": "icd10_cn"} for n, c in enumerate(codes)
        ]
        procedures += [
            {"stay_id": name, "position": 1, "code": c, "system": "icd9cm3_cn"} for c in one.entry.procedure[:1]
        ]
        records += [
            {"stay_id": name, "pathway": r, "entered_at": at(1), "status": "completed"} for r in one.entry.records[:1]
        ]
    rows = {"stays": stays, "diagnoses": diagnoses, "procedures": procedures, "pathway_records": records}
    rows["hospitals"] = [{"hospital_id": "H", "name": "院"}]
    rows |= {"charges": [charge("heart_failure", "X", at(1))], "events": [event("heart_failure", "x", at(1))]}
    folder = write_hospital(tmp_path / "hand", rows)
    made: list[str] = []
    with Engine() as engine:
        open_hospital(folder).attach(engine)
        create = engine.create
        engine.create = lambda name, *given, **values: made.append(name) or create(name, *given, **values)
        adhere_period(engine, open_hospital(folder), JUNE, library)
        on = engine.frame("select pathway, stay_id from pathway_stays")
        judged = engine.value("select count(*) from step_judged where pathway = stay_id")
    assert set(library) <= {p for p, s in on.itertuples(index=False) if p == s}
    assert judged == sum(len(one.steps) for one in library.values())
    assert len(made) == len(set(made)) <= 8


def test_what_no_table_can_show_is_nobody_s_omission():
    """Steps known by events alone have no row where the hospital keeps none; who comes after them is free of it."""
    steps = {
        "seen": {"activity": "seen"},
        "given": {"items": {"X": 1}, "after": "seen", "within_hours": 1},
        "both": {"items": {"X": 1}, "activity": "both"},
    }
    pathways = {"p": pathway(steps)}
    without = observable(pathways, {"stays", "charges"})["p"].steps
    assert list(without) == ["given", "both"] and without["given"].after is None
    assert without["given"].within_hours is None and without["both"] == pathways["p"].steps["both"]
    assert observable(pathways, {"charges", "events"}) == pathways
    assert observable(pathways, {"stays"})["p"].steps == {}


def test_stays_admitted_before_the_lines_begin_are_not_judged(tmp_path):
    """Of a stay admitted in May a part is unknown where lines are kept from June on."""
    rows = {
        "hospitals": [{"hospital_id": "H", "name": "院"}],
        "stays": [stay("early", begin=-3), stay("whole")],
        "charges": [charge("whole", "Y", at(2))],
    }
    found = judged(open_hospital(write_hospital(tmp_path / "hand", rows)), JUNE)
    assert {(row["stay_id"], row["step"], row["status"]) for row in found} == {("whole", "x", "omitted")}
