"""A stay followed through its course, by hand."""

import pytest
from adherence_hospital import READ, at, charge, event, pathway, stay
from hand_hospital import arrow_rows

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.observed import observed_stays
from analysis.pathways.replay import Trace, replay

HOUR = 1 / 24
STEPS = {
    "mri": {"activity": "mri", "items": {"S2": 1}, "resource": "mri"},
    "operation": {"activity": "surgery", "items": {"S1": 1}, "resource": "theatre"},
    "rehabilitation": {"activity": "rehabilitation", "items": {"S3": 1}},
}
TIME = {"gamma": {"mean": 2, "sd": 1}}
COURSE = [
    {"hold": "bed"},
    {"spend": "preparation", "time": TIME},
    {"choose": "implant", "of": [
        {"way": "metal", "chance": 0.5, "course": [{"use": "metal_implant", "items": {"C1": 1, "D9": 1}}]},
        {"way": "ceramic", "chance": 0.5, "course": [{"use": "ceramic_implant", "items": {"C2": 1, "D9": 1}}]}]},
    {"do": "operation", "time": TIME},
    {"spend": "recovery", "time": TIME},
    {"complicate": "leak", "chance": 0.1, "course": [{"spend": "leak_treated", "time": TIME}]},
    {"give": "bed"},
    {"discharge": "home"},
]  # fmt: skip


def made(course, **more):
    """A pathway of this course."""
    resources = {"bed": {"units": 9}, "intensive_bed": {"units": 9}, "theatre": {"units": 9}, "mri": {"units": 9}}
    return pathway(STEPS, course=course, resources=resources, arrivals={"a_day": 1}, **more)


def traces(rows, of, queued=()) -> dict[str, Trace]:
    """Traces by stay."""
    with Engine() as engine:
        for name in (*READ, "transfers"):
            engine.put(name, arrow_rows(contract_tables()[name], rows.get(name, [])))
        find_pathway_stays(engine, at(1, 0), at(90, 0), {"p": of})
        return {one.stay: replay(of, one, queued) for one in observed_stays(engine, of, at(90, 0))}


def operated(name="A", requested=None, **more):
    """Operated on from 12:00 to 15:00 of day 3, asked for at 08:00."""
    return event(name, "surgery", at(3, 12), requested or at(3, 8)) | {"ended_at": at(3, 15)} | more


def spans(trace) -> dict[tuple[str, ...], float]:
    return {span.acts: span.days for span in trace.spans}


def test_time_between_known_moments_is_that_of_the_acts_between():
    rows = {"stays": [stay("A")], "events": [operated()], "outcomes": [{"stay_id": "A", "complication": False}]}
    trace = traces(rows, made(COURSE))["A"]
    assert spans(trace) == pytest.approx({("preparation",): 2 + 4 * HOUR, ("recovery",): 5 + HOUR})
    assert trace.services == pytest.approx({"operation": 3 * HOUR})
    assert trace.began["operation"] == pytest.approx(2 + 4 * HOUR)
    assert trace.happened == {"leak": False}


def test_where_it_is_queued_for_the_time_before_ends_with_the_request():
    rows = {"stays": [stay("A")], "events": [operated()]}
    trace = traces(rows, made(COURSE), queued=["theatre"])["A"]
    assert spans(trace)["preparation",] == pytest.approx(2)
    assert trace.waits["operation"] == pytest.approx(4 * HOUR)
    assert spans(trace)["recovery",] == pytest.approx(5 + HOUR)
    early = traces({"stays": [stay("A")], "events": [operated(requested=at(-3, 8))]}, made(COURSE), ["theatre"])["A"]
    assert early.waits["operation"] == pytest.approx(2 + 4 * HOUR)  # counted from the admission


def test_a_step_without_its_event_is_within_the_time_between():
    trace = traces({"stays": [stay("A")]}, made(COURSE))["A"]
    assert spans(trace) == pytest.approx({("preparation", "operation", "recovery"): 7 + 8 * HOUR})
    assert not trace.services


def test_a_complication_takes_its_part_of_the_time():
    rows = {"stays": [stay("A")], "events": [operated()], "outcomes": [{"stay_id": "A", "complication": True}]}
    trace = traces(rows, made(COURSE))["A"]
    assert spans(trace)["recovery", "leak_treated"] == pytest.approx(5 + HOUR)
    assert trace.happened == {"leak": True}
    assert "leak" not in traces({"stays": [stay("A")]}, made(COURSE))["A"].happened  # nobody says


def test_ways_are_told_by_what_only_they_use():
    given_back = [charge("C", "C1", at(3)), charge("C", "C1", at(3), -1), charge("C", "C2", at(3))]
    rows = {
        "stays": [stay("A"), stay("B"), stay("C"), stay("D")],
        "charges": [charge("A", "C1", at(3)), charge("B", "C2", at(3)), *given_back, charge("D", "D9", at(3))],
    }
    found = traces(rows, made(COURSE))
    assert {name: trace.ways.get("implant") for name, trace in found.items()} == {
        "A": "metal", "B": "ceramic", "C": "ceramic", "D": None,
    }  # fmt: skip
    assert "metal_implant" in found["A"].visited and "ceramic_implant" not in found["A"].visited


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ({"admission": ["day"]}, "A"), ({"procedure": ["36.0"]}, "B"), ({"diagnosis": ["I21"]}, "B"),
        ({"ward": "icu"}, "C"), ({"disposition": ["died"]}, "C"), ({"activity": "surgery"}, "A"),
        ({"resource": "emergency_theatre"}, "A"), ({"items": ["C1", "C2"]}, "B"),
    ],
)  # fmt: skip
def test_ways_are_told_by_what_the_file_says(seen, shown):
    """Whoever does not show it went the way that nothing shows."""
    short = [
        {"hold": "bed"},
        {"choose": "way", "of": [{"way": "one", "chance": 0.5, "seen": seen}, {"way": "two", "chance": 0.5}]},
        {"do": "operation", "time": TIME},
        {"do": "mri"},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    rows = {
        "stays": [stay("A", admission_type="day"), stay("B"), stay("C", disposition="died")],
        "procedures": [{"stay_id": "B", "position": 1, "code": "36.06", "system": "icd9cm3_cn"}],
        "diagnoses": [{"stay_id": "B", "position": 2, "code": "I21.9", "system": "icd10cm_cn"}],
        "transfers": [_ward("C", 2, 4)],
        "events": [operated("A", resource="emergency_theatre")],
        "charges": [charge("B", "C2", at(3))],
    }
    found = traces(rows, made(short))
    assert {name: trace.ways["way"] for name, trace in found.items()} == {
        name: "one" if name == shown else "two" for name in "ABC"
    }


def _ward(name, begin, end, kind="icu"):
    return {"stay_id": name, "cost_centre": "I", "ward_type": kind, "from_time": at(begin), "to_time": at(end)}


def test_a_ward_is_a_moment_in_and_a_moment_out():
    course = [
        {"hold": "bed"},
        {"spend": "first", "time": TIME},
        {"move": "intensive_bed", "give": "bed", "seen": {"ward": "icu"}},
        {"spend": "intensive_care", "time": TIME},
        {"move": "bed", "give": "intensive_bed"},
        {"spend": "recovery", "time": TIME},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    trace = traces({"stays": [stay("A")], "transfers": [_ward("A", 2, 4)]}, made(course))["A"]
    assert spans(trace) == pytest.approx({("first",): 1, ("intensive_care",): 2, ("recovery",): 4 + 8 * HOUR})


def test_what_lasts_to_the_discharge_and_what_counts_from_a_clock():
    held = [
        {"hold": "bed"},
        {"spend": "first", "time": TIME},
        {"do": "rehabilitation", "time": TIME, "seen": {"until": "discharge"}},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    rows = {"stays": [stay("A")], "events": [event("A", "rehabilitation", at(1, 20), at(1, 9))]}
    assert spans(traces(rows, made(held))["A"]) == pytest.approx(
        {("first",): 12 * HOUR, ("rehabilitation",): 6 + 20 * HOUR}
    )
    clock = [
        {"hold": "bed"},
        {"spend": "preparation", "time": TIME},
        {"do": "operation", "time": TIME},
        {"start": "operated"},
        {"spend": "first_night", "time": TIME},
        {"until": "fit", "clock": "operated", "time": TIME},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    found = spans(traces({"stays": [stay("A")], "events": [operated()]}, made(clock))["A"])
    assert found == pytest.approx({("preparation",): 2 + 4 * HOUR, ("fit",): 5 + HOUR})


def test_a_step_done_several_times_lasts_to_the_last_of_them():
    course = [
        {"hold": "bed"},
        {"spend": "preparation", "time": TIME},
        {"do": "operation", "time": TIME, "times": 2},
        {"spend": "recovery", "time": TIME},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    second = event("A", "surgery", at(5, 12)) | {"ended_at": at(5, 15)}
    trace = traces({"stays": [stay("A")], "events": [operated(), second]}, made(course))["A"]
    assert trace.services["operation"] == pytest.approx((2 + 3 * HOUR) / 2)
    assert spans(trace)["recovery",] == pytest.approx(3 + HOUR)


def test_a_calendar_is_waited_for_from_a_known_moment():
    """1 June 2023 is a Thursday; the list is on Fridays from 12:00, so that the day's wait is nobody's preparation."""
    course = [
        {"hold": "bed"},
        {"wait": "list"},
        {"spend": "preparation", "time": TIME},
        {"do": "operation", "time": TIME},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    calendar = {"list": {"fri": [12, 14]}}
    rows = {"stays": [stay("A")], "events": [operated()]}
    assert spans(traces(rows, made(course, calendars=calendar))["A"])["preparation",] == pytest.approx(1)


def test_a_control_is_not_taken_for_the_first_one():
    """The course has the MRI on admission; one asked for three days later is another."""
    course = [
        {"hold": "bed"},
        {"do": "mri", "time": TIME},
        {"spend": "preparation", "time": TIME},
        {"do": "operation", "time": TIME},
        {"give": "bed"},
        {"discharge": "home"},
    ]
    late = {"stays": [stay("A")], "events": [event("A", "mri", at(5), at(4)), operated()]}
    assert "mri" not in traces(late, made(course))["A"].began
    soon = {"stays": [stay("A")], "events": [event("A", "mri", at(2), at(1, 12)), operated()]}
    found = traces(soon, made(course))["A"]
    assert found.began["mri"] == pytest.approx(1)
    assert spans(found)["preparation",] == pytest.approx(2 + 4 * HOUR)  # what nothing stands for goes to the next act


def test_returns_are_unplanned_and_within_thirty_days():
    def patient(name, number, begin, end, **more):
        return stay(name, begin, end, patient_id=number, **more)

    rows = {
        "stays": [
            patient("A", "P1", 1, 8), patient("A2", "P1", 20, 25, drg_code="ZZ1", planned=False),
            patient("B", "P2", 1, 8), patient("B2", "P2", 20, 25, drg_code="ZZ1", planned=True),
            patient("C", "P3", 1, 8), patient("C2", "P3", 48, 50, drg_code="ZZ1", planned=False),
            patient("D", "P4", 1, 8, disposition="died"), patient("E", "P5", 44, 48),
            patient("F", "P6", 1, 8), patient("F2", "P6", 10, 12, planned=False), stay("Z", 60, 61, drg_code="ZZ1"),
        ],
    }  # fmt: skip
    of = made(COURSE)
    with Engine() as engine:
        for name in (*READ, "transfers"):
            engine.put(name, arrow_rows(contract_tables()[name], rows.get(name, [])))
        find_pathway_stays(engine, at(1, 0), at(90, 0), {"p": of})
        found = {one.stay: one for one in observed_stays(engine, of, at(90, 0))}
    assert found["A"].again == pytest.approx((11 + 16 * HOUR, 5 + 8 * HOUR))
    assert [found[name].again for name in "BCD"] == [None] * 3
    assert {name: one.followed for name, one in found.items()} == {
        "A": True, "B": True, "C": True, "D": False, "E": False, "F": True, "F2": True,
    }  # fmt: skip
    assert [name for name, one in found.items() if one.is_return] == ["F2"]
