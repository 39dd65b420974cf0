"""Who is admitted when, by whom and for how long: arrivals, planned cycles and readmissions, before any story acts."""

from dataclasses import dataclass, fields

import numpy as np

from analysis.demo import stories
from analysis.demo.calendar import admission_seconds, day_weights, draw_days
from analysis.demo.staff import Physicians, assign
from analysis.demo.world import DAY, World

MILD, CC, MCC = 0, 1, 2
_GENERATIONS = 10


@dataclass(frozen=True)
class Stays:
    """One entry a stay, ordered by admission. Times in seconds since 1970-01-01, `drg` and `department` positions.

    `base_days` is the stay without any story, `days` with it (never longer); `icu_from` and `icu_days` count days.
    """

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

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: np.ndarray) -> "Stays":
        return Stays(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True)
class People:
    """One entry a person: day of birth, sex, payer (position in settings.payers)."""

    born: np.ndarray
    male: np.ndarray
    payer: np.ndarray


def draw_stays(world: World, physicians: Physicians) -> tuple[Stays, People]:
    """All stays that are in house at some time of the data, and the people they are of."""
    arrivals, people = _first_arrivals(world)
    found = []
    for generation in range(_GENERATIONS):
        if not len(arrivals["drg"]):
            break
        stays = _admit(world, physicians, people, arrivals, generation)
        found.append(stays)
        arrivals = _return(world, stays, arrivals, generation)
    every = Stays(*(np.concatenate([getattr(s, f.name) for s in found]) for f in fields(Stays)))
    leaves = every.admitted // DAY + every.base_days
    inside = (leaves >= world.data_day) & (every.admitted < world.end_day * DAY)
    every = every.take(np.flatnonzero(inside))
    every = every.take(np.lexsort((every.person, every.admitted)))
    return _balanced(every), people


def first_share(world: World) -> np.ndarray:
    """First arrivals a year of each DRG for every stay asked for: what cycles and readmissions do not bring."""
    share = world.of_drgs("share") / world.of_drgs("share").sum()
    back = world.of_drgs("readmitted") * share
    to = np.array([world.drg_codes.index(d.readmitted_as) for d in world.drgs])
    cycles = np.array([d.cycles[0] for d in world.drgs])
    first = (share - np.bincount(to, weights=back, minlength=len(share))) / cycles
    return np.maximum(first, 0)


def _first_arrivals(world: World) -> tuple[dict[str, np.ndarray], People]:
    calendar = world.parameters.settings.calendar
    rng = world.rng("arrivals")
    day, drg = [], []
    for k, (code, share) in enumerate(zip(world.drg_codes, first_share(world), strict=True)):
        winter = calendar.winter_drgs.get(code, 0.0)
        weights = day_weights(world, calendar.stays, calendar.admission_weekdays, winter)
        days = draw_days(world, rng, weights, share * world.stays_per_year / 365.25)
        day.append(days)
        drg.append(np.full(len(days), k))
    drg, day = np.concatenate(drg), np.concatenate(day)
    people = _draw_people(world, drg, day)
    cycles = np.array([d.cycles[0] for d in world.drgs])[drg]
    left = np.where(cycles > 1, np.minimum(rng.poisson(cycles - 1), _GENERATIONS - 2), 0)
    return {
        "person": np.arange(len(drg)),
        "drg": drg,
        "day": day,
        "left": left,
        "planned": rng.random(len(drg)) < 2,
    }, people


def _draw_people(world: World, drg: np.ndarray, day: np.ndarray) -> People:
    rng = world.rng("people")
    mean, sd, low, high = np.array([d.age for d in world.drgs], float)[drg].T
    age = np.clip(rng.normal(mean, sd), low, high + 0.99)
    payers = np.array([share for share, _, _ in world.parameters.settings.payers.values()])
    return People(
        (day - age * 365.25).astype(np.int64),
        rng.random(len(drg)) < world.of_drgs("male")[drg],
        rng.choice(len(payers), len(drg), p=payers / payers.sum()),
    )


def _admit(
    world: World, physicians: Physicians, people: People, arrivals: dict[str, np.ndarray], generation: int
) -> Stays:
    rng = world.rng("admission", generation)
    drg, person, count = arrivals["drg"], arrivals["person"], len(arrivals["drg"])
    department = _departments(world, rng, drg)
    physician = assign(world, physicians, rng, department, drg)
    emergency = rng.random(count) < np.where(
        arrivals["planned"] & (generation > 0), 0.0, world.of_drgs("emergency")[drg]
    )
    admitted = arrivals["day"] * DAY + admission_seconds(rng, emergency)
    severity = _severity(world, rng, drg)
    age = np.maximum(0, (arrivals["day"] - people.born[person]) // 365.25).astype(np.int64)
    quality = physicians.quality[physician]
    worse = np.choose(severity, [0.75, 1.2, 1.8]) * quality
    complication = rng.random(count) < np.minimum(0.9, world.of_drgs("complication")[drg] * worse)
    length, round_up = _length(world, physicians, rng, drg, department, physician, severity, complication)
    base = _whole_days(world, rng, length, round_up, drg)
    strength = stories.at(stories.roll_out(world), world.month_of(admitted), department)
    shorter = np.maximum(0.3, 1 - strength * world.parameters.stories.roll_out.effects["stay"])
    days = np.minimum(base, np.maximum(np.minimum(base, 1), np.floor(length * shorter + round_up).astype(np.int64)))
    leaving = rng.uniform(9.0, 16.5, count) * 3600
    discharged = np.maximum((arrivals["day"] + days) * DAY + leaving.astype(np.int64), admitted + 4 * 3600)
    discharged = np.minimum(discharged, (arrivals["day"] + days + 1) * DAY - 60)
    operation = np.minimum(_operation_day(world, rng, drg), np.maximum(base - 1, 0))
    icu_from, icu_days = _intensive(world, rng, drg, severity, operation, base)
    died = rng.random(count) < world.of_drgs("died")[drg] * np.choose(severity, [0.5, 1.0, 2.4])
    return Stays(
        person, drg, department, physician, admitted, discharged, base, days, emergency,
        arrivals["planned"] & ~emergency, age, people.male[person], people.payer[person], severity, complication, died,
        operation, icu_from, np.minimum(icu_days, np.maximum(days - icu_from, 0)),
        physicians.use[physician] * _department_effect(world)[department][:, None],
    )  # fmt: skip


def _departments(world: World, rng: np.random.Generator, drg: np.ndarray) -> np.ndarray:
    shares = np.zeros((len(world.drgs), world.clinical))
    for k, group in enumerate(world.drgs):
        for code, share in group.departments.items():
            shares[k, world.department(code)] = share
    cumulated = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    return (rng.random(len(drg))[:, None] >= cumulated[drg]).sum(axis=1).clip(max=world.clinical - 1)


def _severity(world: World, rng: np.random.Generator, drg: np.ndarray) -> np.ndarray:
    """Level of the secondary diagnoses; in a divided group the group's own."""
    fixed = np.array([{"1": MCC, "3": CC, "5": MILD}.get(code[-1], -1) for code in world.drg_codes])[drg]
    u, mcc, cc = rng.random(len(drg)), world.of_drgs("mcc")[drg], world.of_drgs("cc")[drg]
    drawn = np.where(u < mcc, MCC, np.where(u < mcc + cc, CC, MILD))
    return np.where((fixed < 0) | (np.array(world.drg_codes)[drg] == "BR25"), drawn, fixed)


def severity_effect(world: World) -> np.ndarray:
    """Factor of days and use, DRG x severity, with mean one in each DRG."""
    level = world.parameters.settings.severity
    factor = np.array([level["none"], level["cc"], level["mcc"]])
    mcc, cc = world.of_drgs("mcc"), world.of_drgs("cc")
    mean = (1 - mcc - cc) * factor[MILD] + cc * factor[CC] + mcc * factor[MCC]
    effect = factor / mean[:, None]
    divided = [k for k, code in enumerate(world.drg_codes) if code[-1] in "135" and code != "BR25"]
    effect[divided] = 1.0
    return effect


def _length(world, physicians, rng, drg, department, physician, severity, complication):
    settings = world.parameters.settings
    longer = settings.complication_stay
    mean = world.of_drgs("days")[drg] / (1 + (longer - 1) * world.of_drgs("complication")[drg])
    spread = settings.spread.stay
    tail = np.exp(rng.normal(-(spread**2) / 2, spread, len(drg)))
    who = physicians.stay[physician] * np.sqrt(_department_effect(world)[department])
    length = mean * tail * who * severity_effect(world)[drg, severity] * np.where(complication, longer, 1.0)
    return length, rng.random(len(drg))


def _whole_days(world: World, rng: np.random.Generator, length: np.ndarray, round_up: np.ndarray, drg: np.ndarray):
    day_case = rng.random(len(drg)) < world.of_drgs("day")[drg]
    return np.where(day_case, 0, np.clip(np.floor(length + round_up), 1, 75)).astype(np.int64)


def _department_effect(world: World) -> np.ndarray:
    return np.exp(world.rng("departments").normal(0, world.parameters.settings.spread.department, world.clinical))


def _operation_day(world: World, rng: np.random.Generator, drg: np.ndarray) -> np.ndarray:
    return rng.poisson(world.of_drgs("before_operation")[drg])


def _intensive(world, rng, drg, severity, operation, base) -> tuple[np.ndarray, np.ndarray]:
    share, mean = np.array([d.icu for d in world.drgs], float)[drg].T
    sent = (rng.random(len(drg)) < share * np.choose(severity, [0.6, 1.0, 1.6])) & (base >= 2)
    days = np.where(sent, np.minimum(1 + rng.poisson(np.maximum(mean - 1, 0)), base - 1), 0)
    return np.where(sent, np.minimum(operation, base - days - 1).clip(0), 0), days


def _return(world: World, stays: Stays, arrivals: dict[str, np.ndarray], generation: int) -> dict[str, np.ndarray]:
    """Next cycles (planned) and unplanned readmissions within a month; timed by the stay without stories."""
    rng = world.rng("return", generation)
    count = len(stays)
    gap = np.array([d.cycles[1] for d in world.drgs])[stays.drg]
    next_cycle = arrivals["left"] > 0
    out = arrivals["day"] + stays.base_days
    cycle_day = np.maximum(arrivals["day"] + gap + np.rint(rng.normal(0, 2.5, count)).astype(np.int64), out + 2)
    back = (rng.random(count) < world.of_drgs("readmitted")[stays.drg]) & ~next_cycle & ~stays.died
    back_day = out + 1 + np.minimum(rng.exponential(9.5, count).astype(np.int64), 28)
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
    }


def _balanced(stays: Stays) -> Stays:
    """Effects of physicians and departments on use with mean one in each DRG, so that they move no total."""
    drgs = int(stays.drg.max()) + 1
    cases = np.maximum(np.bincount(stays.drg, minlength=drgs), 1)
    for category in range(stays.effect.shape[1]):
        mean = np.bincount(stays.drg, weights=stays.effect[:, category], minlength=drgs) / cases
        stays.effect[:, category] /= np.maximum(mean, 1e-9)[stays.drg]
    return stays
