"""Days waited, worked by hand: what begins last has the days, no day counts twice, months add up."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hand_hospital import Rows, day, write_hospital
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.hospital import Hospital, open_hospital
from analysis.periods import Period
from analysis.rootcause.waiting import make_waits

REASONS = ("mri", "rehabilitation", "operating_room")


def event(
    number: int, stay: str, asked: str, began: str, resource: str | None, activity: str = "x"
) -> dict[str, object]:
    times = {"requested_at": day(asked), "started_at": day(began)}
    return {"event_id": f"e{number}", "stay_id": stay, "activity": activity, "resource": resource} | times


def hospital(folder: Path, events: list[dict[str, object]], stays: list[dict[str, object]]) -> Hospital:
    rows: Rows = {
        "hospitals": [{"hospital_id": "H", "name": "H"}],
        "stays": [{"hospital_id": "H"} | row for row in stays],
        "events": events,
    }
    return open_hospital(write_hospital(folder, rows))


def waits(hospital: Hospital, period: str, reasons: tuple[str, ...] = REASONS, hours: float = 6) -> dict[object, float]:
    """Days of one month by stay and reason."""
    return waits_of(hospital, [period], reasons, hours)[0]


def waits_of(
    hospital: Hospital, periods: list[str], reasons: tuple[str, ...] = REASONS, hours: float = 6
) -> list[dict[object, float]]:
    found = []
    with Engine() as engine:
        for name in ("stays", "events"):
            engine.attach(contract_tables()[name], hospital.files(name))
        for period in periods:
            make_waits(engine, hospital, Period(period), reasons, hours)
            rows = engine.frame("select stay_id, reason, days from stay_waits order by all")
            found.append({(row.stay_id, row.reason): round(row.days, 9) for row in rows.itertuples()})
    return found


STAY = {"stay_id": "A", "admitted_at": day("2023-06-01 08:00"), "discharged_at": day("2023-06-20 12:00")}


def test_the_wait_that_ends_last_owns_what_overlaps(tmp_path: Path) -> None:
    events = [
        event(1, "A", "2023-06-02 00:00", "2023-06-05 00:00", "mri"),
        event(2, "A", "2023-06-03 00:00", "2023-06-08 00:00", "rehabilitation"),
        event(3, "A", "2023-06-04 00:00", "2023-06-06 00:00", "operating_room"),  # within the wait for a place
    ]
    assert waits(hospital(tmp_path / "h", events, [STAY]), "2023-06") == {
        ("A", "mri"): 1.0,
        ("A", "rehabilitation"): 5.0,
    }


def test_what_counts_as_waiting(tmp_path: Path) -> None:
    events = [
        event(1, "A", "2023-06-02 00:00", "2023-06-02 05:59", "mri"),  # too short
        event(2, "A", "2023-05-30 08:00", "2023-06-02 08:00", "mri"),  # from admission on
        event(3, "A", "2023-06-10 00:00", "2023-06-22 00:00", "rehabilitation"),  # after the discharge
        event(4, "A", "2023-06-10 00:00", "2023-06-12 00:00", None, "blood_count"),  # no reason that is named
        event(5, "A", "2023-06-13 00:00", "2023-06-13 12:00", "operating_room"),
    ]
    there = hospital(tmp_path / "h", events, [STAY])
    assert waits(there, "2023-06") == {("A", "mri"): 1.0, ("A", "operating_room"): 0.5}
    assert waits(there, "2023-06", ())["A", "blood_count"] == 2.0
    assert waits(there, "2023-06", hours=13) == {("A", "mri"): 1.0}


def test_a_day_that_an_earlier_month_counted_is_not_counted_again(tmp_path: Path) -> None:
    stay = STAY | {"admitted_at": day("2023-05-20 00:00")}
    events = [
        event(1, "A", "2023-05-25 00:00", "2023-05-28 00:00", "mri"),
        event(2, "A", "2023-05-26 00:00", "2023-06-03 00:00", "rehabilitation"),
    ]
    there = hospital(tmp_path / "h", events, [stay])
    assert waits(there, "2023-05") == {("A", "mri"): 3.0}
    assert waits(there, "2023-06") == {("A", "rehabilitation"): 6.0}


START = datetime(2023, 5, 20)
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20), st.sampled_from(REASONS)), min_size=1, max_size=8)


@settings(max_examples=12, deadline=None)
@given(spans=SPANS)
def test_months_together_count_every_moment_of_waiting_once(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int, str]]
) -> None:
    """Against a count of days one by one."""
    events = []
    for number, (first, length, reason) in enumerate(spans):
        asked, began = START + timedelta(days=first), START + timedelta(days=first + length)
        events.append(event(number, "A", str(asked), str(began), reason))
    stay = STAY | {"admitted_at": START, "discharged_at": datetime(2023, 7, 31)}
    there = hospital(tmp_path_factory.mktemp("h"), events, [stay])
    found = waits_of(there, ["2023-05", "2023-06", "2023-07"])
    waited = {d for first, length, _ in spans for d in range(first, first + length)}
    assert sum(sum(month.values()) for month in found) == pytest.approx(len(waited))
