"""The appointment book: when each examination, operation and rehabilitation was asked for, and when its turn came."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.demo.opening import Windows
from analysis.demo.patients import Stays
from analysis.demo.world import DAY, World


@dataclass(frozen=True)
class Book:
    """What the queues made of the requests.

    One entry a recipe row of a stay, sorted by `row` (its number): `resource` (position in the queues' resources),
    `asked`, `start` (negative: never served), `length`, all in seconds; `until`: a place in rehabilitation is free
    again; `unit`; `offset`: seconds after the beginning of a session.
    One entry a stay, sorted by `stay` (its number): `admitted`; `operation_day` after admission (-1 = none),
    `operation_at`, `operation_end`, `room`; `added`: days that the wait for rehabilitation adds to the stay.
    `sessions`: the places of rehabilitation.
    """

    row: np.ndarray
    resource: np.ndarray
    asked: np.ndarray
    start: np.ndarray
    length: np.ndarray
    until: np.ndarray
    unit: np.ndarray
    offset: np.ndarray
    stay: np.ndarray
    admitted: np.ndarray
    operation_day: np.ndarray
    operation_at: np.ndarray
    operation_end: np.ndarray
    room: np.ndarray
    added: np.ndarray
    sessions: Windows


def waited(world: World, book: Book, stays: Stays) -> Stays:
    """The stays with the day of their operation and the end that the queues leave them.

    A stay is operated on when its turn comes and stays as long after it as planned; what rehabilitation adds comes on
    top, but nobody stays into their own next stay. Stays that are not in the book (other stories brought or moved them,
    or made them day cases) pass the queues by.
    """
    at = np.minimum(np.searchsorted(book.stay, stays.number), len(book.stay) - 1)
    booked = (book.stay[at] == stays.number) & (book.admitted[at] == stays.admitted) & (stays.base_days > 0)
    operated = booked & (book.operation_day[at] >= 0)
    shift = np.where(operated, book.operation_day[at] - stays.operation_day, 0)
    room = _days_until_next(stays) - stays.base_days
    booked &= (shift <= 0) | (shift <= room)
    operated &= booked
    shift = np.where(operated, shift, 0)
    more = shift + np.where(booked, np.clip(np.minimum(book.added[at], room - shift), 0, None), 0)
    operation_day = stays.operation_day + shift
    days = np.maximum(stays.days + more, np.where(operated, operation_day + 1, stays.days + more))
    days = np.where(booked, np.maximum(days, stays.meeting + 1), stays.days)
    return replace(
        stays,
        booked=booked,
        base_days=stays.base_days + more,
        days=days,
        discharged=stays.discharged + (days - stays.days) * DAY,
        operation_day=operation_day,
        operation_at=np.where(operated, book.operation_at[at], stays.operation_at),
        operation_end=np.where(operated, book.operation_end[at], -1),
        room=np.where(operated, book.room[at], -1),
        waited=np.maximum(days - stays.days, 0),
        icu_from=stays.icu_from + np.where(stays.icu_days > 0, shift, 0),
    )


def _days_until_next(stays: Stays) -> np.ndarray:
    """Nights from admission to the day before the person's next stay; many where there is none."""
    order = np.lexsort((stays.admitted, stays.person))
    person, day = stays.person[order], stays.admitted[order] // DAY
    found = np.full(len(stays), 10_000)
    same = np.flatnonzero(person[1:] == person[:-1])
    found[order[same]] = day[same + 1] - day[same] - 1
    return found


def queued_items(world: World) -> np.ndarray:
    """Which items are served by a resource whose queue is simulated."""
    return np.array([item.resource in world.parameters.records.queues.resources for item in world.items])


def appointments(
    world: World, book: Book, stays: Stays, stay: np.ndarray, order: np.ndarray, item: np.ndarray, day: np.ndarray,
    at: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Lines at their appointments: time of each, which are there at all, entry of the book (-1 = not in it).

    `order`: number of the recipe row, negative for lines of stories; `day` after admission; `at`: time as drawn, kept
    by what is not in the book. Who leaves before the turn comes has no such line; rehabilitation takes place on the
    days on which the place is served, from its first day to the last before discharge.
    """
    rehabilitation = np.array([i.resource == "rehabilitation" for i in world.items])[item]
    usual = queued_items(world)[item] & stays.booked[stay] & (order >= 0)
    entry = np.minimum(np.searchsorted(book.row, order), len(book.row) - 1)
    found = usual & (book.row[entry] == order)
    served = found & (book.start[entry] >= 0)
    there = ~usual | served | (~found & ~rehabilitation)
    late = book.start[entry] + 1800 > stays.discharged[stay]
    once = served & ~rehabilitation & ~late
    column = stays.admitted[stay] // DAY + day - book.sessions.first_day
    column = np.clip(column, 0, book.sessions.opens.shape[1] - 1)
    session = book.sessions.opens[np.where(rehabilitation & served, book.unit[entry], 0), column]
    daily = served & rehabilitation
    there &= ~daily | ((session >= book.start[entry]) & (session < book.until[entry]))
    at = np.select([once, daily], [book.start[entry], session + book.offset[entry]], at)
    return at, there & (~daily | (at + 1800 <= stays.discharged[stay])), np.where(once | daily, entry, -1)
