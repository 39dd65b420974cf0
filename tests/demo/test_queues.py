"""The queue itself: worked by hand, against a naive queue, and the capacities it is served by."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.demo import opening
from analysis.demo.opening import NEVER, Windows, weekday_hours, windows
from analysis.demo.parameters import demo_parameters
from analysis.demo.queues import WAITING, WITHDRAWN, Requests, serve
from analysis.demo.world import DAY, World, build_world

HOUR = 3600
FAR = 1 << 50


def _open(units: int, days: int, opens: float = 8, closes: float = 10) -> Windows:
    """`units` open every day between two hours, from 1970-01-01."""
    day = np.arange(days) * DAY
    start = np.tile(day + int(opens * HOUR), (units, 1))
    return opening._windows(_Clock(), start, start + int((closes - opens) * HOUR))


class _Clock:
    first_day = 0


def _asked(at: list[float], hold: float = 1, latest: list[float] | None = None) -> Requests:
    """Requests at hours since midnight of the first day, each of `hold` hours."""
    count = len(at)
    last = np.full(count, FAR) if latest is None else (np.array(latest) * HOUR).astype(np.int64)
    hours = (np.array(at) * HOUR).astype(np.int64)
    return Requests(hours, np.full(count, int(hold * HOUR)), np.zeros(count, np.int64), last, np.arange(count))


#: Two people before closing time, one just before it, one early the next day.
FIVE = [7, 8.5, 8 + 40 / 60, 9 + 50 / 60, 24 + 7.5]


def test_one_unit_five_people():
    """08-09, 09-10; at ten it closes: the third goes first the next day, the fifth comes too late for it."""
    start, unit = serve(_asked(FIVE), _open(1, 5))
    assert (start / HOUR).tolist() == [8, 9, 24 + 8, 24 + 9, 48 + 8]
    assert unit.tolist() == [0] * 5


def test_two_units_five_people():
    """The third takes the unit that is free at nine; the fourth begins before closing and is finished after it."""
    start, unit = serve(_asked(FIVE), _open(2, 5))
    assert (start / HOUR).round(4).tolist() == [8, 8.5, 9, round(9 + 50 / 60, 4), 24 + 8]
    assert unit[0] == unit[2] != unit[1] == unit[3]


def test_who_would_be_served_too_late_withdraws():
    start, unit = serve(_asked(FIVE, latest=[99, 99, 24, 99, 99]), _open(1, 5))
    assert start[2] == WITHDRAWN and unit[2] == -1
    assert (start[3:] / HOUR).tolist() == [24 + 8, 24 + 9]


def test_who_is_not_reached_is_still_waiting():
    start, _ = serve(_asked(FIVE), _open(1, 2))
    assert start[4] == WAITING
    assert (start >= 0).sum() == 4


def test_a_unit_is_held_until_it_is_given_back():
    requests = _asked([7, 8])
    requests.until[0] = 2 * DAY
    start, _ = serve(requests, _open(1, 5))
    assert start[1] == 2 * DAY + 8 * HOUR


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9), st.integers(0, 120)), max_size=25),
    st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_it_is_the_naive_queue(jobs: list[tuple[int, int, int]], units: int):
    """Whoever came first takes the unit on which they can begin first; nothing runs twice on a unit at once."""
    open_ = _open(units, 40)
    at, hold, until = (np.array([j[k] for j in jobs], np.int64) * HOUR // 3 for k in range(3))
    start, unit = serve(Requests(at, hold, until, np.full(len(jobs), FAR), np.arange(len(jobs))), open_)
    free = [0] * units
    for i in np.lexsort((np.arange(len(jobs)), at)).tolist():
        first = min(open_.next(k, max(free[k], int(at[i]))) for k in range(units))
        assert start[i] == first
        assert free[unit[i]] <= first
        free[unit[i]] = max(first + int(hold[i]), int(until[i]))


def _world(stays: int, without: tuple[str, ...] = ()) -> World:
    return build_world(demo_parameters(), 3, without, stays, "2023-05", "2023-08")


def test_a_weekday_that_is_closed_is_left_out():
    """Angiography on Thursdays: whoever asks on a Friday waits for the Thursday after."""
    world = _world(8000)
    week = windows(world, "ct_angiography")
    friday = int(np.datetime64("2023-06-02").astype(int)) * DAY + 9 * HOUR
    assert np.datetime64(week.next(0, friday), "s") == np.datetime64("2023-06-08T14:00:00")
    assert week.next(0, (week.first_day + week.opens.shape[1]) * DAY) == NEVER


@pytest.mark.parametrize("stays", [300, 1500, 8000, 80_000])
def test_a_shortage_is_to_scale(stays: int):
    """Units x hours of a short week grow with the hospital: whole units that open for fewer hours, never a day of none.

    Rehabilitation is counted in whole sessions, and the smallest opening is half an hour or one session.
    """
    world = _world(stays)
    for resource, units, hours in (("rehabilitation", 1.2, 9), ("mri", 1, 5), ("operating_room", 2, 10)):
        month = "2023-02" if resource == "operating_room" else "2023-05"
        served, opens, closes = weekday_hours(world, resource, month, 2)
        least = {"rehabilitation": 1.0}.get(resource, 0.5)
        assert served >= 1 and closes - opens <= hours + 1e-9
        assert served * (closes - opens) == pytest.approx(max(units * hours * stays / 8000, least), rel=0.25)


def test_capacity_is_raised_when_the_resolution_is_done():
    world = _world(8000)
    before, after = (weekday_hours(world, "rehabilitation", month, 1) for month in ("2023-06", "2023-07"))
    assert before[0] * (before[2] - before[1]) == 10 and after[0] * (after[2] - after[1]) == 36
    assert weekday_hours(_world(8000, ("rehabilitation_shortage",)), "rehabilitation", "2023-06", 1) == after
