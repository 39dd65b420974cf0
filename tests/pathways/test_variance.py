"""Variance worked by hand: rates with intervals, stays over the standard, and the orders that were found."""

import json

import pandas as pd
import pytest
from adherence_hospital import END, at, charge, event, judged, pathway, stay

from analysis.contract import period_tables
from analysis.pathways.variance import omitted_steps, over_standard_alerts, stays_over_standard, wilson
from analysis.pathways.variants import discovered_variants

STEPS = {
    "mri": {"activity": "mri", "resource": "mri", "cause": "system"},
    "surgery": {"activity": "surgery", "cause": "treatment"},
    "therapy": {"items": {"T": 1}, "need": "optional"},
}
PATHWAY = pathway(STEPS, standard={"days": 5})


def record(name: str, reported: float | None = None, cause: str | None = None) -> dict:
    told = {"stay_id": name, "pathway": "p", "entered_at": at(1), "status": "varied", "cause_class": cause}
    return told | {"reported_at": None if reported is None else at(1, reported)}


def test_the_wilson_interval_of_two_in_ten():
    """(p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n) with p = .2, n = 10, z = 1.95996."""
    low, high = wilson(pd.Series([2, 0]), pd.Series([10, 0]))
    assert [low[0], high[0]] == pytest.approx([0.05668, 0.50984], abs=1e-5)
    assert low.isna()[1] and high.isna()[1]


def test_steps_left_out_by_department():
    """D: three stays, two MRIs, one late; E: one stay without; a stay of no department is the hospital's alone."""
    steps = {"mri": STEPS["mri"] | {"day": [1, 2], "unless": {"measurement": {"name": "iron", "above": 0}}}}
    values = {"a": 0, "b": 0, "c": 0, "d": 0, "e": 0, "f": 1, "g": None}
    departments = {"d": "E", "e": None}
    rows = {
        "stays": [stay(s, department=departments.get(s, "D")) for s in values],
        "events": [event("a", "mri", at(1)), event("b", "mri", at(3)), event("e", "mri", at(1))],
        "measurements": [
            {"measurement_id": s, "stay_id": s, "name": "iron", "value": v, "measured_at": at(1)}
            for s, v in values.items()
        ],
    }
    with judged(rows, [pathway(steps)]) as engine:
        found = omitted_steps(engine)
    told = found[["expected", "omitted", "late", "excused", "unknown"]].to_numpy().tolist()
    assert found["department"].fillna("").tolist() == ["", "D", "E"]
    assert told == [[5, 2, 1, 1, 1], [3, 1, 1, 1, 1], [1, 1, 0, 0, 0]]
    assert found["rate"].tolist() == pytest.approx([0.4, 1 / 3, 1])
    assert found["late_rate"].tolist()[:2] == pytest.approx([1 / 3, 1 / 2])
    assert (found["ci_low"] < found["rate"]).all() and (found["ci_high"] >= found["rate"]).all()


def over(rows: dict, **more) -> dict[str, dict]:
    with judged(rows, [PATHWAY], **more) as engine:
        found = stays_over_standard(engine, END)
    return {row["stay_id"]: row for row in found.astype(object).where(found.notna(), None).to_dict("records")}


def test_a_stay_is_told_of_from_more_than_a_fifth_over_the_standard():
    assert list(over({"stays": [stay("six", end=7), stay("seven", end=8), stay("four", end=5)]})) == ["seven"]


def test_the_longest_wait_is_named_if_it_can_matter():
    """a waited two days for MRI, one for surgery; b four hours; c 0.9 days of nine over; d since admission."""
    long = [stay(s, end=8) for s in "ab"] + [stay("c", end=15), stay("d", end=8)]
    events = [
        event("a", "mri", at(4), at(2)), event("a", "surgery", at(5), at(4)),
        event("b", "mri", at(2, 12), at(2, 8)),
        event("c", "mri", at(3), at(2, 10)),
        event("d", "surgery", at(2, 20), at(1) - pd.Timedelta(days=9)),
    ]  # fmt: skip
    found = over({"stays": long, "events": events, "outcomes": [{"stay_id": "b", "complication": True}]})
    told = {s: (row["waiting_step"], row["waiting_days"], row["cause_class"], row["basis"]) for s, row in found.items()}
    assert told["a"] == ("mri", 2.0, "system", "step")
    assert told["b"] == (None, None, "disease", "complication")
    assert told["c"] == (None, None, None, None)
    assert told["d"] == ("surgery", 1.5, "treatment", "step")  # from admission on


def test_the_reason_form():
    """Discharged on day 8 at 16:00: in time until day 9 at 16:00. The form's class stands before the step's."""
    names = ["in_time", "late", "missing", "not_recorded", "due", "later"]
    stays = [stay(name, end=8) for name in names[:4]] + [stay(name, begin=20, end=30) for name in names[4:]]
    hours = 24.0 * 8
    records = [
        record("in_time", hours + 16, "disease"),
        record("late", hours + 16.01, "treatment"),
        record("missing"),
        record("due"),
        record("later", 24 * 30 + 1, "disease"),  # within 24 hours, but after the end of the period
    ]
    events = [event(name, "mri", at(4), at(2)) for name in names[:4]]
    found = over({"stays": stays, "pathway_records": records, "events": events})
    assert {s: row["form"] for s, row in found.items()} == {name: name for name in names[:5]} | {"later": "due"}
    assert {s: row["cause_class"] for s, row in found.items()} == {
        "in_time": "disease", "late": "treatment", "missing": "system", "not_recorded": "system", "due": None,
        "later": None,
    }  # fmt: skip


def test_without_records_nobody_owes_a_form():
    assert over({"stays": [stay("s", end=8)]})["s"]["form"] is None


def test_alerts_are_rows_of_the_closed_table():
    rows = {"stays": [stay("s", end=8)], "events": [event("s", "mri", at(4), at(2))], "pathway_records": [record("s")]}
    with judged(rows, [PATHWAY, pathway(STEPS, id="q", standard={"days": 4})]) as engine:
        engine.put("alerts", over_standard_alerts(engine, END))
        [row] = engine.shaped(period_tables()["alerts"]).to_pylist()
    evidence = json.loads(row.pop("evidence"))
    assert row == {
        "kind": "stay_over_standard", "hospital_id": "H", "scope": "stay", "subject": "s", "observed": 7.0,
        "expected": 4.0, "limit": 4.8, "q_value": None,
    }  # fmt: skip
    assert evidence == {
        "pathway": "q", "department": "D", "waiting_step": "mri", "resource": "mri", "waiting_days": 2.0,
        "cause_class": "system", "basis": "step", "form": "not_recorded",
    }  # fmt: skip


def test_no_stay_over_the_standard_is_no_alert():
    with judged({"stays": [stay("s", end=3)]}, [PATHWAY]) as engine:
        engine.put("alerts", over_standard_alerts(engine, END))
        assert engine.shaped(period_tables()["alerts"]).num_rows == 0


def test_variants_by_hand():
    """a, b: MRI, then surgery and therapy on one day; c: surgery, then MRI; d: nothing. Repetitions are no variant."""
    marks = [("a", "mri", 1), ("a", "surgery", 2), ("b", "mri", 2), ("b", "surgery", 3), ("b", "mri", 3)]
    marks += [("c", "surgery", 1), ("c", "mri", 2)]
    rows = {
        "stays": [stay("a", end=5), stay("b", end=7), stay("c"), stay("d", end=2)],
        "events": [event(s, activity, at(day)) for s, activity, day in marks],
        "charges": [charge("a", "T", at(2, 20)), charge("b", "T", at(3, 7))],
    }
    with judged(rows, [PATHWAY]) as engine:
        found = discovered_variants(engine, pd.DataFrame({"stay_id": ["a", "b", "c"], "cost": [100, 300, 50]}), most=2)
        plain = discovered_variants(engine)
    assert found["variant"].tolist() == ["mri > surgery + therapy", ""]
    assert found["cases"].tolist() == [2, 1] and found["share"].tolist() == [0.5, 0.25]
    assert found["mean_days"].tolist() == [5.0, 1.0] and found["mean_cost"].tolist()[0] == 200
    assert plain["variant"].tolist() == ["mri > surgery + therapy", "", "surgery > mri"]
    assert plain["costed"].tolist() == [0, 0, 0]


def test_variants_of_activities_leave_out_what_is_given():
    """The drug of the first day is no part of the order; who had nothing but the drug has an empty one."""
    way = pathway({"drug": {"items": {"D": 1}}, "scan": {"activity": "scan"}, "cut": {"activity": "cut"}})
    rows = {
        "stays": [stay("a"), stay("b"), stay("c")],
        "charges": [charge(name, "D", at(1)) for name in "abc"],
        "events": [
            event("a", "scan", at(2)),
            event("a", "cut", at(3)),
            event("b", "scan", at(2)),
            event("b", "cut", at(4)),
        ],
    }
    with judged(rows, [way]) as engine:
        told = discovered_variants(engine, activities_only=True)
        assert list(zip(told["variant"], told["cases"], strict=True)) == [("scan > cut", 2), ("", 1)]
        assert "drug > scan > cut" in set(discovered_variants(engine)["variant"])
