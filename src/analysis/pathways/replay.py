"""A stay followed through the course of its pathway: which ways it went, and between which moments its time passed.

Moments that data show: admission, request, start and end of a step's event, the way into and out of a ward, discharge.
The acts that take time between two of them are a *span*; what an act took is only known where it stands alone in one
(spans.py tells the others apart).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.pathways.acts import (
    Choose,
    Complicate,
    Discharge,
    Do,
    Give,
    Hold,
    Move,
    Readmit,
    Spend,
    Start,
    Until,
    Use,
    Wait,
    name_of,
)  # fmt: skip
from analysis.pathways.model import Pathway
from analysis.pathways.observed import Event, Observed, activities_of
from analysis.pathways.shown import fits, tables_of, way_of
from analysis.pathways.week import WEEK, hours_of_week

#: A step before which no time passes in the course is taken for it if it was asked for so soon after (days).
_SOON = 1.0


@dataclass(frozen=True)
class Span:
    """Acts that took `days` together, in their order."""

    acts: tuple[str, ...]
    days: float


@dataclass
class Trace:
    """What one stay tells of the course.

    spans, services : acts -> days · ways : choice -> way · happened : complication -> whether · visited : acts it came
    by · began : step -> days from admission to its start · waits : step -> days from request to start.
    """

    spans: list[Span] = field(default_factory=list)
    services: dict[str, float] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    happened: dict[str, bool] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    began: dict[str, float] = field(default_factory=dict)
    waits: dict[str, float] = field(default_factory=dict)


def replay(pathway: Pathway, stay: Observed, queued: Collection[str], missing: Collection[str] = ()) -> Trace:
    """Follow one stay.

    Parameters
    ----------
    queued : resources that are waited for in the simulation: the time before a step that needs one ends with its
        request; before any other with its start.
    missing : tables that the hospital has not.
    """
    walk = _Walk(pathway, stay, frozenset(queued), frozenset(missing))
    walk.course(pathway.course)
    return walk.trace


class _Walk:
    """Where a stay is in the course, and since when."""

    def __init__(
        self, pathway: Pathway, stay: Observed, queued: frozenset[str], missing: frozenset[str] = frozenset()
    ) -> None:
        self.pathway, self.stay, self.queued, self.missing = pathway, stay, queued, missing
        self.trace = Trace()
        self.now = stay.admitted  # the last moment that is known
        self.passed: list[str] = []  # acts that took time since
        self.clocks: dict[str, float | None] = {"admission": stay.admitted}
        self.events = {name: list(of) for name, of in stay.events.items()}
        self.wards = {name: list(of) for name, of in stay.wards.items()}
        self.inside: dict[str, float] = {}  # resource -> end of the time in its ward

    def course(self, course: Sequence[Any]) -> None:
        for act in course:
            if not act.skip:
                self.trace.visited.append(name_of(act))
                _FOLLOW[type(act)](self, act)

    def arrive(self, moment: float) -> None:
        """A moment that is known: what passed since the last one took the time between."""
        if self.passed:
            self.trace.spans.append(Span(tuple(self.passed), max(0.0, moment - self.now)))
            self.passed = []
            self.now = moment
        else:  # no act stands for the time since then: it goes to the next one that takes time
            self.now = min(moment, self.now)

    def leave(self, begin: float, end: float) -> None:
        """Time that is measured itself."""
        self.now += max(0.0, end - begin)


def _spend(walk: _Walk, act: Spend) -> None:
    walk.passed.append(act.spend)


def _do(walk: _Walk, act: Do) -> None:
    event = _event_of(walk, act)
    if event is None:
        if act.time:
            walk.passed.append(act.do)
        return
    resource = walk.pathway.steps[act.do].resource
    asked = event.asked if resource in walk.queued else event.began
    walk.trace.began[act.do] = event.began - walk.stay.admitted
    walk.trace.waits[act.do] = event.began - event.asked
    walk.arrive(asked)
    walk.leave(asked, event.began)
    if act.seen and act.seen.until:
        walk.passed.append(act.do)
    elif act.time:
        again = [_event_of(walk, act, freely=True) for _ in range(1, act.times)]
        ended = max([event.ended, *(other.ended for other in again if other)])
        walk.trace.services[act.do] = (ended - event.began) / act.times
        walk.leave(event.began, ended)


def _event_of(walk: _Walk, act: Do, freely: bool = False) -> Event | None:
    """The first event of the step that comes next; `freely`: however late."""
    for name in activities_of(act, walk.pathway):
        for event in walk.events.get(name, ()):
            if event.began < walk.now - _SOON:
                continue
            if not (walk.passed or freely) and event.asked > walk.now + _SOON:
                return None
            walk.events[name].remove(event)
            return event
    return None


def _move(walk: _Walk, act: Move) -> None:
    """Into a ward that is seen, or out of one."""
    if act.give in walk.inside:
        walk.arrive(walk.inside.pop(act.give))
    ward = act.seen.ward if act.seen else None
    if ward and walk.wards.get(ward):
        begin, end = walk.wards[ward].pop(0)
        walk.arrive(begin)
        walk.inside[act.move] = end


def _choose(walk: _Walk, act: Choose) -> None:
    way = way_of(act, walk.pathway, walk.stay, walk.missing)
    if way is not None:
        walk.trace.ways[act.choose] = way.way
        walk.course(way.course)


def _complicate(walk: _Walk, act: Complicate) -> None:
    happened = fits(act.seen, walk.stay) if act.seen else walk.stay.complicated
    if happened is None or tables_of(act, walk.pathway) & walk.missing:
        return
    walk.trace.happened[act.complicate] = happened
    if happened:
        walk.course(act.course)


def _wait(walk: _Walk, act: Wait) -> None:
    """To the next opening, which is known where the moment is."""
    if walk.passed:
        walk.passed.append(act.wait)
        return
    spans = hours_of_week(walk.pathway.calendars[act.wait])
    base = walk.now // WEEK * WEEK
    opens = [(base + week + a, base + week + b) for week in (0.0, WEEK) for a, b in spans]
    walk.now = next(max(walk.now, a) for a, b in opens if walk.now < b)


def _start(walk: _Walk, act: Start) -> None:
    walk.clocks[act.start] = None if walk.passed else walk.now


def _until(walk: _Walk, act: Until) -> None:
    """Its time counts from the clock's start, so what passed since then is within it."""
    since = walk.clocks.get(act.clock)
    if since is None:
        walk.passed.append(act.until)
    else:
        walk.passed, walk.now = [act.until], since


def _discharge(walk: _Walk, act: Discharge) -> None:
    walk.arrive(walk.stay.discharged)


def _nothing(walk: _Walk, act: Any) -> None:
    """Takes no time that data would show."""


_FOLLOW = dict.fromkeys((Hold, Give, Use, Readmit), _nothing) | {
    Spend: _spend, Do: _do, Move: _move, Choose: _choose, Complicate: _complicate, Wait: _wait, Start: _start,
    Until: _until, Discharge: _discharge,
}  # fmt: skip
