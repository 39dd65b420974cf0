"""From pathways as they are written to the program that the kernel runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.pathways import draws
from analysis.pathways import program as code
from analysis.pathways.course_rows import Cost, Courses
from analysis.pathways.model import Hours, Pathway, Resource
from analysis.pathways.program import Program
from analysis.pathways.state import records
from analysis.pathways.week import WEEK, expected_arrivals, hours_of_week


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
    work = Courses(pathways, costs or {})
    classes = [(work.pathway(p), p.payment, unpaid_within, 0) for p in pathways]
    others = {name: resource.others for name, resource in work.resources.items() if resource.others}
    classes += [(work.others(name, of), 0.0, 0.0, 1) for name, of in others.items()]
    arrivals = [*(p.arrivals for p in pathways), *others.values()]
    built = Program(
        rows=_records(work.rows, code.ROW),
        distributions=_records(work.distributions, code.DISTRIBUTION),
        tables=np.array(work.tables) if work.tables else np.zeros((1, draws.POINTS)),
        branches=_records(work.branches, code.BRANCHING),
        **_shifts(work.resources),
        **_calendars(work.calendars),
        classes=_records(classes, code.CLASS),
        expected=np.array([expected_arrivals(one) for one in arrivals]),
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
