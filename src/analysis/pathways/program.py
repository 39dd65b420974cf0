"""A pathway as the kernel reads it: op-codes and numbers in arrays, no names."""

from typing import NamedTuple

import numpy as np

#: Op-codes. `a`, `b` are whole numbers of the row, `x` a number; `step` addresses its random draw.
SEIZE = 0  #       a resource, b urgency (0 first): wait for a unit and hold it; x patience: who would wait longer in
#                  days goes on at the row behind, who is served one further (0: all wait)
RELEASE = 1  #     a resource
DELAY = 2  #       a distribution: time passes
BRANCH = 3  #      a first row of the branch table, b rows: one of them
CONSUME = 4  #     a category of cost, x money
GOTO = 5  #        a row
MARK = 6  #        a mark (0 complication, 1 readmission, others free)
IF_MARK = 7  #     a mark, b row where it is set
CLOCK = 8  #       a clock (0 to 3) starts
UNTIL = 9  #       a clock, b distribution: until so long after its start (at once where that has passed)
OPENING = 10  #    a calendar: until its next open hour
DISCHARGE = 11  #  stay and cost are counted
RETURN = 12  #     a branch row (probability, entry), b distribution: comes back after a while, else goes on
END = 13  #        gone

CLOCKS = 4
URGENCIES = 4
COMPLICATION, READMISSION = 0, 1

ROW = np.dtype([("code", "i8"), ("a", "i8"), ("b", "i8"), ("step", "i8"), ("x", "f8")])
DISTRIBUTION = np.dtype([("kind", "i8"), ("p", "f8"), ("q", "f8"), ("r", "f8")])
BRANCHING = np.dtype([("chance", "f8"), ("target", "i8")])
RESOURCE = np.dtype([("first", "i8"), ("shifts", "i8"), ("rate", "f8")])
SHIFT = np.dtype([("at", "f8"), ("units", "i8")])
CALENDAR = np.dtype([("first", "i8"), ("hours", "i8")])
HOURS = np.dtype([("opens", "f8"), ("closes", "f8")])
CLASS = np.dtype([("entry", "i8"), ("payment", "f8"), ("unpaid_within", "f8"), ("outside", "i8")])
COHORT = np.dtype([("at", "f8"), ("who", "i8")])


class Program(NamedTuple):
    """A compiled pathway set; times in days, money in currency.

    rows : op-codes.
    distributions, tables : see `draws.quantile`; tables is float64 (tables, POINTS).
    branches : chance cumulative within a branch, target row.
    resources : first and number of its rows in `shifts`; rate = money a day that a unit in use costs.
    shifts : moment in the cycle and units open from then on; the first of a resource stands at 0.
    calendars : first and number of its rows in `hours`, moments in the cycle.
    classes : row where a class of patients begins, what is paid for a stay, and the days after a discharge within which
    a return is not paid again (0: always paid); outside: patients of other pathways, who use resources and are not
    counted.
    expected : float64 (classes, bins + 1), expected arrivals in the cycle up to a bin's edge, from 0.
    cohort : moment and class of patients that are given, instead of `expected` ones; may be empty.
    cycle : days of the cycle of shifts, hours and arrivals (a week: 7).
    """

    rows: np.ndarray
    distributions: np.ndarray
    tables: np.ndarray
    branches: np.ndarray
    resources: np.ndarray
    shifts: np.ndarray
    calendars: np.ndarray
    hours: np.ndarray
    classes: np.ndarray
    expected: np.ndarray
    cohort: np.ndarray
    cycle: float
