"""Outpatient visits, one month at a time: light, without charge lines."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import stories
from analysis.demo.calendar import day_weights, hours
from analysis.demo.identities import patient_ids
from analysis.demo.people import People
from analysis.demo.staff import Physicians
from analysis.demo.world import DAY, RUN_IN, World


@dataclass(frozen=True)
class Visits:
    """Visits of one month in order of time; money in fen, `exam` and `service` are the rest of the charge."""

    person: np.ndarray
    department: np.ndarray
    physician: np.ndarray
    at: np.ndarray
    payer: np.ndarray
    drug: np.ndarray
    consumable: np.ndarray
    exam: np.ndarray
    service: np.ndarray
    self_paid: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return self.drug + self.consumable + self.exam + self.service


@dataclass(frozen=True)
class Crowd:
    """Everyone who comes: the inpatients first, then people who are only seen in the clinics."""

    born: np.ndarray
    male: np.ndarray
    payer: np.ndarray
    children: np.ndarray
    women: np.ndarray
    adults: np.ndarray


def draw_crowd(world: World, people: People) -> Crowd:
    """The inpatients and about a third as many other people as there are visits a year."""
    settings = world.parameters.settings
    rng = world.rng("crowd")
    count = int(world.stays_per_year * settings.visits_per_stay * 0.34) + 60
    child = rng.random(count) < 0.12
    age = np.where(child, rng.uniform(0, 15, count), np.clip(rng.normal(51, 18, count), 15, 96))
    payers = np.array([share for share, _, _ in settings.payers.values()])
    born = np.concatenate([people.born, (world.data_day - age * 365.25).astype(np.int64)])
    male = np.concatenate([people.male, rng.random(count) < 0.47])
    payer = np.concatenate([people.payer, rng.choice(len(payers), count, p=payers / payers.sum())])
    years = (world.data_day - born) / 365.25
    fertile = np.flatnonzero(~male & (years > 18) & (years < 60))
    return Crowd(born, male, payer, np.flatnonzero(years < 14), fertile, np.flatnonzero(years >= 14))


def draw_visits(world: World, crowd: Crowd, physicians: Physicians, month: int) -> Visits:
    """All visits of a month."""
    rng = world.rng("visits", month)
    weights = _weights(world)
    here = np.flatnonzero(world.day_month == month)
    settings = world.parameters.settings
    expected = world.stays_per_year * settings.visits_per_stay / 365.25 * weights[here].sum()
    count = int(expected * (1 + rng.normal(0, 0.012)) + rng.random())
    day = world.first_day + rng.choice(here, count, p=weights[here] / weights[here].sum())
    at = day * DAY + np.where(rng.random(count) < 0.62, hours(rng, count, 8, 11.8), hours(rng, count, 13.5, 17.2))
    at = np.sort(at)
    share = np.array([d.visits for d in world.parameters.departments])
    department = rng.choice(world.clinical, count, p=share / share.sum())
    person = _persons(world, crowd, rng, department)
    physician = _physicians(physicians, rng, department)
    return _charged(world, rng, person, department, physician, at, crowd.payer[person], month)


def visits_table(world: World, visits: Visits, crowd: Crowd, physicians: pa.Array, month: int) -> pa.Table:
    count = len(visits.at)
    number = (month + RUN_IN) * 1_000_000 + np.arange(count)
    codes = world.parameters.clinical.outpatient_diagnoses
    listed = [codes.get(d.code, ["R50.900"]) for d in world.parameters.departments]
    offsets = np.cumsum([0] + [len(x) for x in listed])
    sizes = np.array([len(x) for x in listed])[visits.department]
    pick = offsets[visits.department] + (world.uniform("visits.diagnosis", number) ** 1.4 * sizes).astype(np.int64)
    return col.table(
        "visits",
        {
            "visit_id": col.numbered("V", number, 9),
            "patient_id": patient_ids(world, visits.person),
            "hospital_id": col.constant(world.hospital_id, count),
            "department": col.chosen(world.departments, visits.department),
            "physician_id": col.chosen(physicians, visits.physician, world.lacking("visits.physician", number)),
            "visited_at": col.times(visits.at),
            "age": col.integers(np.maximum(0, (visits.at / DAY - crowd.born[visits.person]) // 365.25)),
            "sex": col.chosen(["F", "M"], crowd.male[visits.person].astype(int), world.lacking("visits.sex", number)),
            "payer": col.chosen(list(world.parameters.settings.payers), visits.payer),
            "icd10": col.chosen(
                [code for place in listed for code in place], pick, world.lacking("visits.icd10", number)
            ),
            "charge_total": col.money(visits.total),
            "charge_drug": col.money(visits.drug),
            "charge_consumable": col.money(visits.consumable),
            "fund_paid": col.money(visits.total - visits.self_paid),
            "self_paid": col.money(visits.self_paid),
        },
    )


@lru_cache(maxsize=4)
def _weights(world: World) -> np.ndarray:
    calendar = world.parameters.settings.calendar
    return day_weights(world, calendar.visits, calendar.visit_weekdays)


def _persons(world: World, crowd: Crowd, rng: np.random.Generator, department: np.ndarray) -> np.ndarray:
    specialty = np.array([d.specialty for d in world.parameters.departments])[department]
    u = rng.random(len(department))
    found = crowd.adults[(u * len(crowd.adults)).astype(np.int64)]
    for group, special in ((crowd.children, ["paediatrics"]), (crowd.women, ["obstetrics", "gynaecology"])):
        rows = np.flatnonzero(np.isin(specialty, special))
        found[rows] = group[(u[rows] * len(group)).astype(np.int64)]
    return found


def _physicians(physicians: Physicians, rng: np.random.Generator, department: np.ndarray) -> np.ndarray:
    count = np.bincount(physicians.department)
    first = np.cumsum(count) - count
    return first[department] + (rng.random(len(department)) * count[department]).astype(np.int64)


def _charged(world: World, rng, person, department, physician, at, payer, month: int) -> Visits:
    """Drugs, consumables, examinations and fees of each visit: many visits have none of one kind, few have much."""
    places, settings = world.parameters.departments, world.parameters.settings
    mean, drug, consumable, exam = np.array(
        [[d.visit_charge, d.visit_drug, d.visit_consumable, d.visit_exam] for d in places]
    )[department].T
    rest = mean * (1 - drug - consumable)
    effects = world.parameters.stories.roll_out.effects
    strength = stories.roll_out(world)[month + RUN_IN, department]
    reform = _fees_factor(world, month)
    kept = [1 - effects[name] * strength for name in ("visit_drug", "visit_consumable", "visit_exam")]
    parts = [
        _sometimes(rng, mean * drug, 0.62, 0.8) * kept[0],
        _sometimes(rng, mean * consumable, 0.22, 0.9) * kept[1],
        _sometimes(rng, rest * exam, 0.45, 0.7) * kept[2],
        _sometimes(rng, rest * (1 - exam), 0.97, 0.5) * reform,
    ]
    fen = [np.rint(part * 100).astype(np.int64) for part in parts]
    ratio = np.array([settings.visit_payers[p] for p in settings.payers])[payer]
    own = np.rint(sum(fen) * np.minimum(1, ratio * np.exp(rng.normal(0, 0.15, len(at))))).astype(np.int64)
    own = np.where(ratio >= 1, sum(fen), own)
    return Visits(person, department, physician, at, payer, *fen, own)


def _fees_factor(world: World, month: int) -> float:
    """What a clinic's services cost against the first year."""
    reform = world.parameters.stories.shocks.service_price_reform
    changed = "service_price_reform" in world.stories and world.months[month].name >= reform.from_month
    return reform.factor("treatment") if changed else 1.0


def _sometimes(rng: np.random.Generator, mean: np.ndarray, share: float, sigma: float) -> np.ndarray:
    size = len(mean)
    return np.where(rng.random(size) < share, mean / share * np.exp(rng.normal(-(sigma**2) / 2, sigma, size)), 0)
