"""Who is admitted when, by whom and for how long: first arrivals, planned cycles and readmissions."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.stats import poisson

from analysis.demo import meetings, practices, split_stays, stories
from analysis.demo.arrivals import GENERATIONS, SLOTS, first_arrivals
from analysis.demo.calendar import admission_seconds
from analysis.demo.casemix import by_severity, severity_effect, severity_shares
from analysis.demo.facts import facts
from analysis.demo.people import People
from analysis.demo.staff import Physicians, assign, caseload, referred
from analysis.demo.world import DAY, World


@dataclass(frozen=True)
class Stays:
    """One entry a stay, ordered by admission. Times in seconds since 1970-01-01, `drg` and `department` positions.

    `number` names the stay in every world: a person's stays keep theirs whatever the stories do. `base_days` is the
    stay as planned, `days` what the cost management makes of it (never longer); `icu_from` and `icu_days` count days;
    `effect` is the factor of physician and stories on drugs, consumables, examinations; `infection`, `readmitted`: what
    stories add to the probability; `meeting`: day after admission of an MDT meeting (-1 = none); `touched`: which
    stories (of stories/*_stays.csv, in their order) act on the stay; `booked`: the queues have served it (book.py),
    `operation_at`: second at which an operation begins, `operation_end` (-1 = not known), `room` (-1 = none), `waited`:
    days that the queues have added.
    """

    number: np.ndarray
    person: np.ndarray
    drg: np.ndarray
    department: np.ndarray
    physician: np.ndarray
    admitted: np.ndarray
    discharged: np.ndarray
    base_days: np.ndarray
    days: np.ndarray
    emergency: np.ndarray
    planned: np.ndarray
    age: np.ndarray
    male: np.ndarray
    payer: np.ndarray
    severity: np.ndarray
    complication: np.ndarray
    died: np.ndarray
    operation_day: np.ndarray
    icu_from: np.ndarray
    icu_days: np.ndarray
    effect: np.ndarray
    infection: np.ndarray
    readmitted: np.ndarray
    meeting: np.ndarray
    touched: np.ndarray
    booked: np.ndarray
    operation_at: np.ndarray
    operation_end: np.ndarray
    room: np.ndarray
    waited: np.ndarray

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: np.ndarray) -> "Stays":
        return Stays(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def draw_stays(world: World, physicians: Physicians) -> tuple[Stays, People]:
    """All simulated stays as planned, those of the run-in among them, and the people they are of."""
    arrivals, people = first_arrivals(world)
    found = []
    for generation in range(GENERATIONS):
        if not len(arrivals["drg"]):
            break
        stays = _admit(world, physicians, people, arrivals, generation)
        found.append(stays)
        arrivals = _return(world, stays, arrivals, generation)
    every = Stays(*(np.concatenate([getattr(s, f.name) for s in found]) for f in fields(Stays)))
    every = split_stays.split(world, every)
    return every.take(np.lexsort((every.number, every.admitted))), people


def in_data(world: World, stays: Stays) -> Stays:
    """Those of the stays that are in house at some time of the data."""
    inside = (stays.discharged // DAY >= world.data_day) & (stays.admitted < world.end_day * DAY)
    return stays.take(np.flatnonzero(inside))


def _admit(
    world: World, physicians: Physicians, people: People, arrivals: dict[str, np.ndarray], generation: int
) -> Stays:
    drg, person, day = arrivals["drg"], arrivals["person"], arrivals["day"]
    number = person * SLOTS + generation

    def u(name: str) -> np.ndarray:
        return world.uniform(f"admission.{name}", number)

    shares = caseload(world, physicians)
    severity = (u("severity")[:, None] >= np.cumsum(severity_shares(world), axis=1)[drg]).sum(axis=1).clip(max=2)
    physician = assign(u("physician"), referred(world, physicians), drg, severity)
    department = physicians.department[physician]
    cycle = arrivals["planned"] & (generation > 0)
    emergency = u("emergency") < np.where(cycle, 0.0, world.of_drgs("emergency")[drg])
    admitted = day * DAY + admission_seconds(world.normal("admission.at", number), emergency)
    age, male = (day - people.born[person]) // 365.25, people.male[person]
    known = facts(
        world, number=number, drg=drg, department=department, age=age, male=male, emergency=emergency, severity=severity
    )
    month = world.month_of(admitted)
    change = practices.changes(world, physicians, known, month, physician)
    quality = physicians.quality[physician] / (shares @ physicians.quality)[drg]
    likely = world.of_drgs("complication")[drg] * by_severity(world, 0.75, 1.2, 1.8)[drg, severity] * quality
    complication = u("complication") < np.minimum(0.9, likely + change.added["complication"])
    slow = physicians.stay[physician] / (shares @ physicians.stay)[drg]

    def lasting(complication: np.ndarray) -> np.ndarray:
        return _length(world, arrivals["tail"], drg, severity, complication) * slow * change.stretch + change.days

    meeting = meetings.held_on(world, known, drg, lasting(complication))
    after = practices.changes(world, physicians, known, month, physician, meeting >= 0)
    complication &= u("complication") < likely + change.added["complication"] + after.added["complication"]
    rest = (lasting(complication) - meeting) * after.stretch
    length = np.where(meeting >= 0, meeting + np.maximum(rest, 1), lasting(complication))
    waits = poisson.ppf(u("operation"), world.of_drgs("before_operation")[drg]).astype(np.int64).clip(0)
    length = np.minimum(length, waits + change.latest)
    day_case = (u("day") < world.of_drgs("day")[drg]) | change.day_case
    base, days = _days(world, u("whole"), length, day_case, month, department)
    days = np.maximum(days, meeting + 1)
    discharged = (day + days) * DAY + ((9.0 + 7.5 * u("leaves")) * 3600).astype(np.int64)
    discharged = np.minimum(np.maximum(discharged, admitted + 4 * 3600), (day + days + 1) * DAY - 60)
    operation = np.minimum(waits, np.maximum(base - 1, 0))
    begins = (day + operation) * DAY + 9 * 3600 + (person * 7919) % (6 * 3600)
    icu_from, icu_days = _intensive(world, number, drg, severity, operation, base)
    dying = world.of_drgs("died")[drg] * by_severity(world, 0.5, 1.0, 2.4)[drg, severity] + change.added["died"]
    return Stays(
        number, person, drg, department, physician, admitted, discharged, base, days, emergency,
        arrivals["planned"] & ~emergency, age, male, people.payer[person], severity, complication, u("died") < dying,
        operation, icu_from, np.minimum(icu_days, np.maximum(days - icu_from, 0)),
        physicians.use[physician] / (shares @ physicians.use)[drg] * change.use[:, None],
        change.added["infection"], change.added["readmitted"] + after.added["readmitted"], meeting,
        np.array([hit | after.touched[name] for name, hit in change.touched.items()], bool).reshape(-1, len(drg)).T,
        np.zeros(len(drg), bool), begins, np.full(len(drg), -1), np.full(len(drg), -1), np.zeros(len(drg), np.int64),
    )  # fmt: skip


def _length(
    world: World, tail: np.ndarray, drg: np.ndarray, severity: np.ndarray, complication: np.ndarray
) -> np.ndarray:
    """Days of a stay, not yet whole: heavy-tailed (`tail`: a standard normal), longer where severe or complicated."""
    longer = world.parameters.settings.complication_stay
    mean = world.of_drgs("days")[drg] / (1 + (longer - 1) * world.of_drgs("complication")[drg])
    spread = world.parameters.settings.spread.stay
    heavy = np.exp(spread * tail - spread**2 / 2)
    return mean * heavy * severity_effect(world)[drg, severity] * np.where(complication, longer, 1.0)


def _days(world, round_up: np.ndarray, length, day_case, month, department) -> tuple[np.ndarray, np.ndarray]:
    """Whole days without and with the cost management; a day case has none."""
    strength = stories.at(stories.roll_out(world), month, department)
    shorter = np.maximum(0.3, 1 - strength * world.parameters.stories.roll_out.effects["stay"])
    both = (np.clip(np.floor(days + round_up), 1, 75).astype(np.int64) for days in (length, length * shorter))
    return tuple(np.where(day_case, 0, days) for days in both)


def _intensive(world, number, drg, severity, operation, base) -> tuple[np.ndarray, np.ndarray]:
    share, mean = np.array([d.icu for d in world.drgs], float)[drg].T
    likely = share * by_severity(world, 0.6, 1.0, 1.6)[drg, severity]
    sent = (world.uniform("admission.icu", number) < likely) & (base >= 2)
    more = poisson.ppf(world.uniform("admission.icu_days", number), np.maximum(mean - 1, 1e-9)).astype(np.int64)
    days = np.where(sent, np.minimum(1 + more, base - 1), 0)
    return np.where(sent, np.minimum(operation, base - days - 1).clip(0), 0), days


def _return(world: World, stays: Stays, arrivals: dict[str, np.ndarray], generation: int) -> dict[str, np.ndarray]:
    """Next cycles (planned) and unplanned readmissions within a month; timed by the stay without cost management."""
    number = stays.number
    gap = np.array([d.cycles[1] for d in world.drgs])[stays.drg]
    next_cycle = arrivals["left"] > 0
    out = arrivals["day"] + stays.base_days
    shift = np.rint(2.5 * world.normal("return.cycle", number)).astype(np.int64)
    cycle_day = np.maximum(arrivals["day"] + gap + shift, out + 2)
    likely = world.of_drgs("readmitted")[stays.drg] + stays.readmitted
    back = (world.uniform("return.back", number) < likely) & ~next_cycle & ~stays.died
    waited = -9.5 * np.log1p(-world.uniform("return.day", number))
    back_day = out + 1 + np.minimum(waited.astype(np.int64), 28)
    to = np.array([world.drg_codes.index(d.readmitted_as) for d in world.drgs])[stays.drg]
    rows = np.flatnonzero((next_cycle & ~stays.died) | back)
    cycle = next_cycle[rows]
    day = np.where(cycle, cycle_day[rows], back_day[rows])
    inside = day < world.end_day
    rows, cycle, day = rows[inside], cycle[inside], day[inside]
    return {
        "person": stays.person[rows],
        "drg": np.where(cycle, stays.drg[rows], to[rows]),
        "day": day,
        "left": np.where(cycle, arrivals["left"][rows] - 1, 0),
        "planned": cycle,
        "tail": world.normal("return.tail", number[rows]),
    }
