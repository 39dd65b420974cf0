"""Courses put down as rows of the program: each act its rows, each name its number."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.errors import InputError
from analysis.pathways import program as code
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
)  # fmt: skip
from analysis.pathways.model import Others, Pathway
from analysis.pathways.program import COMPLICATION
from analysis.pathways.times import Time, encoded


@dataclass(frozen=True)
class Cost:
    """What one unit of an item costs, and the category it is counted in."""

    category: str
    amount: float


def address_of(name: str) -> int:
    """Where the draws of an act stand: the same for the same name, in every pathway, scenario and run."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 2


@dataclass
class Courses:
    """What of the courses is put down so far: rows, and what their numbers stand for."""

    pathways: Sequence[Pathway]
    costs: Mapping[str, Cost]
    rows: list[list[Any]] = field(default_factory=list)
    distributions: list[tuple[int, float, float, float]] = field(default_factory=list)
    tables: list[np.ndarray] = field(default_factory=list)
    branches: list[list[Any]] = field(default_factory=list)
    steps: dict[int, str] = field(default_factory=dict)
    used: dict[int, dict[str, float]] = field(default_factory=dict)
    clocks: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resources = _shared([pathway.resources for pathway in self.pathways], "resource")
        self.calendars = _shared([pathway.calendars for pathway in self.pathways], "calendar")
        self.categories = sorted({cost.category for cost in self.costs.values()}) or ["all"]

    def pathway(self, pathway: Pathway) -> int:
        """Put a course down; the row it begins at."""
        entry = len(self.rows)
        self.clocks = {"admission": 0}
        self.course(pathway, pathway.course)
        return entry

    def others(self, resource: str, of: Others) -> int:
        """Who uses a resource from elsewhere: waits, holds it, is gone."""
        name, unit = f"others {resource}", self.unit(resource)
        entry = self.put(code.SEIZE, unit, 1, name, of.patience or 0.0)
        if of.patience:
            self.put(code.GOTO, entry + 4)  # who gave up
        self.put(code.DELAY, self.time(of.time), name=name)
        self.put(code.RELEASE, unit, name=name)
        self.put(code.END)
        return entry

    def course(self, pathway: Pathway, course: Sequence[Any]) -> None:
        for act in course:
            _ACTS[type(act)](self, pathway, act)

    def put(self, op: int, a: int = 0, b: int = 0, name: str = "", x: float = 0.0) -> int:
        """One row; its place."""
        address = address_of(name)
        self.steps[address] = name
        self.rows.append([op, a, b, address, x])
        return len(self.rows) - 1

    def time(self, time: Time) -> int:
        self.distributions.append(encoded(time, self.tables))
        return len(self.distributions) - 1

    def unit(self, name: str) -> int:
        return list(self.resources).index(name)

    def use(self, items: Mapping[str, float], name: str) -> None:
        """A row for each category of cost; items without cost are put to the first, so that they are told."""
        by: dict[str, dict[str, float]] = {}
        for item, quantity in items.items():
            category = self.costs[item].category if item in self.costs else self.categories[0]
            by.setdefault(category, {})[item] = quantity
        for category, some in by.items():
            money = sum(q * self.costs[item].amount for item, q in some.items() if item in self.costs)
            self.used[self.put(code.CONSUME, self.categories.index(category), 0, name, money)] = some

    def clock(self, name: str) -> int:
        number = self.clocks.setdefault(name, len(self.clocks))
        if number >= code.CLOCKS:
            raise InputError(f"more than {code.CLOCKS} clocks", where=name, mend="use fewer clocks in one pathway")
        return number


def _hold(work: Courses, pathway: Pathway, act: Hold) -> None:
    work.put(code.SEIZE, work.unit(act.hold), act.urgency, f"hold {act.hold}")


def _move(work: Courses, pathway: Pathway, act: Move) -> None:
    work.put(code.SEIZE, work.unit(act.move), act.urgency, f"hold {act.move}")
    work.put(code.RELEASE, work.unit(act.give), name=f"give {act.give}")


def _give(work: Courses, pathway: Pathway, act: Give) -> None:
    work.put(code.RELEASE, work.unit(act.give), name=f"give {act.give}")


def _do(work: Courses, pathway: Pathway, act: Do) -> None:
    step = pathway.steps[act.do]
    for turn in range(act.times):
        name = act.do if turn == 0 else f"{act.do}#{turn + 1}"
        if step.resource:
            work.put(code.SEIZE, work.unit(step.resource), act.urgency, name)
        work.use(act.items or step.items, name)
        if act.time:
            work.put(code.DELAY, work.time(act.time), name=name)
        if step.resource:
            work.put(code.RELEASE, work.unit(step.resource), name=name)


def _spend(work: Courses, pathway: Pathway, act: Spend) -> None:
    work.put(code.DELAY, work.time(act.time), name=act.spend)


def _use(work: Courses, pathway: Pathway, act: Use) -> None:
    work.use(act.items, act.use)


def _choose(work: Courses, pathway: Pathway, act: Choose) -> None:
    first, chance, ends = len(work.branches), 0.0, []
    work.put(code.BRANCH, first, len(act.of), act.choose)
    work.branches += [[0.0, 0] for _ in act.of]
    for number, way in enumerate(act.of):
        chance += way.chance
        work.branches[first + number] = [chance, len(work.rows)]
        work.course(pathway, way.course)
        ends.append(work.put(code.GOTO))
    for end in ends:
        work.rows[end][1] = len(work.rows)


def _complicate(work: Courses, pathway: Pathway, act: Complicate) -> None:
    first = len(work.branches)
    work.put(code.BRANCH, first, 2, act.complicate)
    work.branches += [[act.chance, len(work.rows)], [1.0, 0]]
    work.put(code.MARK, COMPLICATION, name=act.complicate)
    work.course(pathway, act.course)
    work.branches[first + 1][1] = len(work.rows)


def _wait(work: Courses, pathway: Pathway, act: Wait) -> None:
    work.put(code.OPENING, list(work.calendars).index(act.wait), name=act.wait)


def _start(work: Courses, pathway: Pathway, act: Start) -> None:
    work.put(code.CLOCK, work.clock(act.start), name=act.start)


def _until(work: Courses, pathway: Pathway, act: Until) -> None:
    work.put(code.UNTIL, work.clock(act.clock), work.time(act.time), act.until)


def _discharge(work: Courses, pathway: Pathway, act: Discharge) -> None:
    """Counted; whoever may come back is asked; the courses of those who do follow behind the end."""
    work.put(code.DISCHARGE, name=act.discharge)
    returns = [other for other in pathway.course if isinstance(other, Readmit)]
    for other in returns:
        branch = len(work.branches)
        work.branches.append([other.chance, 0])
        work.put(code.RETURN, branch, work.time(other.after), other.readmit)
        work.put(code.GOTO, name=f"{other.readmit} after")  # never run: the address of how long it takes
    work.put(code.END)
    for place, other in enumerate(returns):
        work.branches[len(work.branches) - len(returns) + place][1] = len(work.rows)
        work.put(code.CLOCK, 0, name="admission")
        work.course(pathway, [inner for inner in other.course if not isinstance(inner, Discharge)])
        work.put(code.DISCHARGE, name=other.readmit)
        work.put(code.END)


def _readmit(work: Courses, pathway: Pathway, act: Readmit) -> None:
    """Put down with the discharge."""


_ACTS = {
    Hold: _hold, Move: _move, Give: _give, Do: _do, Spend: _spend, Use: _use, Choose: _choose, Complicate: _complicate,
    Wait: _wait, Start: _start, Until: _until, Discharge: _discharge, Readmit: _readmit,
}  # fmt: skip


def _shared(parts: Sequence[Mapping[str, Any]], what: str) -> dict[str, Any]:
    """All of one name, which must be one thing."""
    found: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            if found.setdefault(name, value) != value:
                raise InputError(f"two pathways describe the {what} {name} differently", where=name,
                                 mend="say the same in both, or give one another name")  # fmt: skip
    return found
