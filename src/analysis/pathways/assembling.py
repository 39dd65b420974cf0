"""From pathways as they are written to the program that the kernel runs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.errors import InputError
from analysis.pathways import draws
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
from analysis.pathways.model import Arrivals, Hours, Others, Pathway, Resource
from analysis.pathways.program import COMPLICATION, Program
from analysis.pathways.state import records
from analysis.pathways.times import Time, encoded

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7.0


@dataclass(frozen=True)
class Cost:
    """What one unit of an item costs, and the category it is counted in."""

    category: str
    amount: float


@dataclass(frozen=True)
class Assembled:
    """A program, and the names behind its numbers.

    pathways, resources, categories : by number, as the tallies are ordered · steps : address of draws -> act.
    used : row of the program -> items and quantities that it consumes.
    """

    program: Program
    pathways: tuple[str, ...]
    resources: tuple[str, ...]
    categories: tuple[str, ...]
    steps: Mapping[int, str]
    used: Mapping[int, Mapping[str, float]]


def assemble(
    pathways: Sequence[Pathway], costs: Mapping[str, Cost] | None = None, *, cohort: np.ndarray | None = None,
    unpaid_within: float = 0.0,
) -> Assembled:  # fmt: skip
    """Assemble pathways that share their resources (those of one name).

    Parameters
    ----------
    costs : item code -> cost of one unit; items without one cost nothing (`unpriced` tells which).
    cohort : records of program.COHORT, patients given instead of arrivals drawn.
    unpaid_within : a return sooner than so many days after the discharge is not paid again.

    Raises
    ------
    InputError
        Two pathways say different things of one resource, or more than four clocks are needed.
    """
    work = _Work(pathways, costs or {})
    classes = [(work.pathway(p), p.payment, unpaid_within, 0) for p in pathways]
    others = {name: resource.others for name, resource in work.resources.items() if resource.others}
    classes += [(work.others(name, of), 0.0, 0.0, 1) for name, of in others.items()]
    expected = np.array([_expected(arrivals) for arrivals in (*(p.arrivals for p in pathways), *others.values())])
    built = Program(
        rows=_records(work.rows, code.ROW),
        distributions=_records(work.distributions, code.DISTRIBUTION),
        tables=np.array(work.tables) if work.tables else np.zeros((1, draws.POINTS)),
        branches=_records(work.branches, code.BRANCHING),
        **_shifts(work.resources),
        **_calendars(work.calendars),
        classes=_records(classes, code.CLASS),
        expected=expected,
        cohort=_records([], code.COHORT) if cohort is None else cohort,
        cycle=WEEK,
    )
    return Assembled(
        built, tuple(p.id for p in pathways), tuple(work.resources), tuple(work.categories), work.steps, work.used
    )


def unpriced(pathway: Pathway, costs: Mapping[str, Cost]) -> list[str]:
    """Items of a pathway's course that have no cost."""
    used = assemble([pathway], {}).used.values()
    return sorted({item for items in used for item in items} - set(costs))


def address_of(name: str) -> int:
    """Where the draws of an act stand: the same for the same name, in every pathway, scenario and run."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 2


@dataclass
class _Work:
    """What assembling has put down so far."""

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


def _hold(work: _Work, pathway: Pathway, act: Hold) -> None:
    work.put(code.SEIZE, work.unit(act.hold), act.urgency, f"hold {act.hold}")


def _move(work: _Work, pathway: Pathway, act: Move) -> None:
    work.put(code.SEIZE, work.unit(act.move), act.urgency, f"hold {act.move}")
    work.put(code.RELEASE, work.unit(act.give), name=f"give {act.give}")


def _give(work: _Work, pathway: Pathway, act: Give) -> None:
    work.put(code.RELEASE, work.unit(act.give), name=f"give {act.give}")


def _do(work: _Work, pathway: Pathway, act: Do) -> None:
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


def _spend(work: _Work, pathway: Pathway, act: Spend) -> None:
    work.put(code.DELAY, work.time(act.time), name=act.spend)


def _use(work: _Work, pathway: Pathway, act: Use) -> None:
    work.use(act.items, act.use)


def _choose(work: _Work, pathway: Pathway, act: Choose) -> None:
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


def _complicate(work: _Work, pathway: Pathway, act: Complicate) -> None:
    first = len(work.branches)
    work.put(code.BRANCH, first, 2, act.complicate)
    work.branches += [[act.chance, len(work.rows)], [1.0, 0]]
    work.put(code.MARK, COMPLICATION, name=act.complicate)
    work.course(pathway, act.course)
    work.branches[first + 1][1] = len(work.rows)


def _wait(work: _Work, pathway: Pathway, act: Wait) -> None:
    work.put(code.OPENING, list(work.calendars).index(act.wait), name=act.wait)


def _start(work: _Work, pathway: Pathway, act: Start) -> None:
    work.put(code.CLOCK, work.clock(act.start), name=act.start)


def _until(work: _Work, pathway: Pathway, act: Until) -> None:
    work.put(code.UNTIL, work.clock(act.clock), work.time(act.time), act.until)


def _discharge(work: _Work, pathway: Pathway, act: Discharge) -> None:
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


def _readmit(work: _Work, pathway: Pathway, act: Readmit) -> None:
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


def _expected(arrivals: Arrivals | None) -> np.ndarray:
    """Expected arrivals from the beginning of the week up to each hour's end."""
    if arrivals is None:
        return np.zeros(169)
    days, hours = np.array(arrivals.by_weekday), np.array(arrivals.by_hour)
    shape = np.outer(days / days.sum(), hours / hours.sum()).ravel()
    return np.concatenate([[0.0], np.cumsum(shape)]) * arrivals.a_day * WEEK


def hours_of_week(hours: Hours) -> list[tuple[float, float]]:
    """Opening and closing moments of the week in days, in order; what touches is one."""
    spans: list[tuple[float, float]] = []
    for days, (opens, closes) in hours.items():
        first, *last = days.split("-")
        for day in range(WEEKDAYS.index(first), WEEKDAYS.index((last or [first])[0]) + 1):
            spans.append((day + opens / 24, day + closes / 24))
    joined: list[tuple[float, float]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined


def _shifts(resources: Mapping[str, Resource]) -> dict[str, np.recarray]:
    rows, shifts = [], []
    for resource in resources.values():
        turns = {0.0: resource.units if resource.hours is None else 0}
        for opens, closes in hours_of_week(resource.hours or {}):
            turns |= {opens: resource.units} | ({closes: 0} if closes < WEEK else {})
        rows.append((len(shifts), len(turns), resource.cost_a_day))
        shifts += sorted(turns.items())
    return {"resources": _records(rows, code.RESOURCE), "shifts": _records(shifts, code.SHIFT)}


def _calendars(calendars: Mapping[str, Hours]) -> dict[str, np.recarray]:
    rows, hours = [], []
    for calendar in calendars.values():
        spans = hours_of_week(calendar)
        rows.append((len(hours), len(spans)))
        hours += spans
    return {"calendars": _records(rows, code.CALENDAR), "hours": _records(hours, code.HOURS)}


def _records(rows: Sequence[Sequence[Any]], kind: np.dtype) -> np.recarray:
    filled = records(len(rows), kind)
    for place, row in enumerate(rows):
        filled[place] = tuple(row)
    return filled
