"""What is in the house at a moment: patients in slots, units of resources, queues, the event list, the tallies."""

from typing import NamedTuple

import numpy as np

from analysis.pathways.program import CLOCKS, URGENCIES, Program

EVENT = np.dtype([("time", "f8"), ("order", "i8"), ("kind", "i8")])
HOUSE = np.dtype(
    [(n, "i8") for n in ("events", "order", "free", "ready_head", "ready", "logged", "alive", "overflow")]
    + [("warm", "f8"), ("last", "f8")]
)
SLOT = np.dtype(
    [(n, "i8") for n in ("row", "number", "who", "turn", "marks", "behind", "counted", "paid", "outside")]
    + [("key", "u8"), ("since", "f8"), ("cost", "f8"), ("asked", "f8"), ("clocks", "f8", (CLOCKS,))]
)
DESK = np.dtype(
    [("head", "i8", (URGENCIES,)), ("tail", "i8", (URGENCIES,))]
    + [(n, "i8") for n in ("queued", "own", "units", "idle", "shift")]  # own: those of them who come from inside
    + [("touched", "f8")]
)
GATE = np.dtype([("reached", "f8"), ("come", "i8")])
#: Tallies of a class of patients (stays discharged, unless said) and of a resource, one replication.
CLASS_TALLY = np.dtype(
    [(n, "f8") for n in ("arrivals", "stays", "days", "days_squared", "cost", "payment", "complications", "returns")]
)
RESOURCE_TALLY = np.dtype(
    [(n, "f8") for n in ("requests", "waited", "days_waited", "busy", "open", "queue_half", "queue_end")]
)
#: What a logged event tells.
ARRIVED, ASKED, BEGAN, ENDED, USED, LEFT = range(6)
#: `who`, `number`: class of the patient, and the number in it.
LOGGED = np.dtype([(n, "i8") for n in ("who", "number", "step", "what", "of")] + [("time", "f8")])
PATIENT = np.dtype([("days", "f8"), ("cost", "f8"), ("waited", "f8"), ("marks", "i8"), ("left", "f8")])


class State(NamedTuple):
    """Arrays of one run."""

    house: np.ndarray  # one record
    events: np.ndarray
    free: np.ndarray  # stack of free slots
    ready: np.ndarray  # ring of patients who go on at this moment
    slots: np.ndarray
    held: np.ndarray  # float64 (slots, resources): holds a unit since
    desks: np.ndarray  # resources and their queues
    gates: np.ndarray  # classes and their arrivals
    classes: np.ndarray
    resources: np.ndarray
    categories: np.ndarray  # float64 money by category of cost
    log: np.ndarray  # empty: nothing is logged
    patients: np.ndarray  # of a cohort


def make_state(program: Program, slots: int, categories: int, log: int = 0) -> State:
    """Room for `slots` patients at a time, and for `log` logged events."""
    resources, classes = len(program.resources), len(program.classes)
    return State(
        records(1, HOUSE), records(slots + resources + classes + 4, EVENT), np.zeros(slots, np.int64),
        np.zeros(slots, np.int64), records(slots, SLOT), np.zeros((slots, resources)), records(resources, DESK),
        records(classes, GATE), records(classes, CLASS_TALLY), records(resources, RESOURCE_TALLY),
        np.zeros(categories), records(log, LOGGED), records(len(program.cohort), PATIENT),
    )  # fmt: skip


def records(rows: int, kind: np.dtype) -> np.recarray:
    """Empty records whose fields are read by name, compiled or not."""
    return np.zeros(rows, kind).view(np.recarray)
