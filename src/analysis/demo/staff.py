"""Physicians and their teams, and who treats which stay."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.casemix import CC, MCC, MILD, severity_shares
from analysis.demo.world import World

#: Titles from here on are of senior physicians.
_SENIOR = 2


@dataclass(frozen=True, eq=False)
class Physicians:
    """One entry a physician. Effects are factors: on stay, on use by category (drug, consumable, examination), on
    complications; those of the department are in them.
    """

    department: np.ndarray
    team: np.ndarray
    title: np.ndarray
    lead: np.ndarray
    stay: np.ndarray
    use: np.ndarray
    quality: np.ndarray

    def of(self, department: int) -> np.ndarray:
        return np.flatnonzero(self.department == department)


def draw_physicians(world: World) -> Physicians:
    """Physicians by the size of the departments (beds and visits); two or three teams each, the first leads."""
    settings = world.parameters.settings
    size = np.array([d.beds + d.visits for d in world.parameters.departments], float)
    total = settings.physicians * np.sqrt(world.scale) if world.scale > 1 else settings.physicians * world.scale**0.25
    counts = np.maximum(3, np.rint(total * size / size.sum())).astype(int)
    department = np.repeat(np.arange(world.clinical), counts)
    position = np.arange(len(department)) - np.repeat(np.cumsum(counts) - counts, counts)
    teams = np.array([_teams(world, d.code, n) for d, n in zip(world.parameters.departments, counts, strict=True)])
    team = position % teams[department]
    rng = world.rng("physicians")
    practice = world.parameters.stories.shocks.physician_practice
    own = 1.0 if "physician_practice" in world.stories else 0.0
    house = np.exp(world.rng("departments").normal(0, settings.spread.department, world.clinical))[department]
    title = np.where(position < teams[department], 3, rng.choice(4, len(department), p=[0.3, 0.38, 0.22, 0.1]))
    return Physicians(
        department,
        team,
        title,
        position < teams[department],
        np.exp(own * rng.normal(0, practice.stay, len(department))) * np.sqrt(house),
        np.exp(own * rng.normal(0, practice.use, (len(department), 3))) * house[:, None],
        np.exp(own * rng.normal(0, practice.quality, len(department))),
    )


def caseload(world: World, physicians: Physicians) -> np.ndarray:
    """Share of each DRG's cases that a physician treats, DRG x physician.

    The group's departments by their shares, within a department evenly; where a team owns the group, it has 85 %.
    """
    shares = np.zeros((len(world.drgs), len(physicians.department)))
    for k, drg in enumerate(world.drgs):
        for code, share in drg.departments.items():
            place = world.department(code)
            staff = physicians.of(place)
            own = np.isin(physicians.team[staff], _owners(world, place, k))
            within = np.full(len(staff), 1 / len(staff))
            if own.any() and not own.all():
                within = np.where(own, 0.85 / own.sum(), 0.15 / (~own).sum())
            shares[k, staff] = share * within
    return shares / shares.sum(axis=1, keepdims=True)


def referred(world: World, physicians: Physicians) -> np.ndarray:
    """The caseload by severity, DRG x severity x physician: senior physicians have more of the severe cases.

    What each physician treats in all, and each department of each severity, stays as in the caseload.
    """
    shares = caseload(world, physicians)
    lean = world.parameters.stories.shocks.physician_practice.referral
    severe = np.array([MILD, CC, MCC]) > MILD
    severe = severe - severity_shares(world)[:, CC:].sum(axis=1, keepdims=True)
    senior = np.zeros(shares.shape)
    for place in np.unique(physicians.department):
        staff = physicians.of(place)
        cases = shares[:, staff].sum(axis=1, keepdims=True)
        mean = shares[:, staff] @ (physicians.title[staff] >= _SENIOR) / np.maximum(cases[:, 0], 1e-12)
        senior[:, staff] = (physicians.title[staff] >= _SENIOR) - mean[:, None]
    leaning = 1 + lean * severe[:, :, None] * senior[:, None, :]
    return shares[:, None, :] * np.maximum(leaning, 0.05)


def assign(u: np.ndarray, shares: np.ndarray, drg: np.ndarray, severity: np.ndarray) -> np.ndarray:
    """Physician of each stay, by its uniform number from the caseload of its severity."""
    found = np.empty(len(drg), np.int64)
    kind = drg * shares.shape[1] + severity
    for one in np.unique(kind):
        rows = np.flatnonzero(kind == one)
        share = shares[one // shares.shape[1], one % shares.shape[1]]
        staff = np.flatnonzero(share)
        upto = np.cumsum(share[staff])
        position = np.searchsorted(upto, u[rows] * upto[-1], side="right")
        found[rows] = staff[np.minimum(position, len(staff) - 1)]
    return found


def team_code(world: World, department: int, team: int) -> str:
    return f"{world.departments[department]}{'ABCDE'[team]}"


def physician_ids(count: int) -> pa.Array:
    return col.numbered("DR", np.arange(1, count + 1), 4)


def physicians_table(world: World, physicians: Physicians) -> pa.Table:
    rng = world.rng("physicians.names")
    names, titles = world.parameters.clinical.names, world.parameters.clinical.titles
    count = len(physicians.department)
    surname, first = rng.integers(0, len(names["surnames"]), count), rng.integers(0, len(names["given"]), (count, 2))
    single = rng.random(count) < 0.25
    written = [
        names["surnames"][s] + names["given"][a] + ("" if one else names["given"][b])
        for s, (a, b), one in zip(surname, first, single, strict=True)
    ]
    teams = [team_code(world, d, t) for d, t in zip(physicians.department, physicians.team, strict=True)]
    started = world.data_day - rng.integers(-500, 9000, count) * np.where(physicians.title == 0, 0.12, 1)
    return col.table(
        "physicians",
        {
            "physician_id": physician_ids(count),
            "hospital_id": col.constant(world.hospital_id, count),
            "department": col.chosen(world.departments, physicians.department),
            "team": pa.array(teams),
            "name": pa.array(written),
            "title": col.chosen(titles, physicians.title),
            "lead": col.flags(physicians.lead),
            "started_on": col.dates(np.minimum(started, world.data_day), rng.random(count) < 0.03),
        },
    )


def _teams(world: World, department: str, physicians: int) -> int:
    named = len(world.parameters.clinical.teams.get(department, {}))
    return min(physicians, named or (3 if physicians > 9 else 2))


def _owners(world: World, department: int, drg: int) -> list[int]:
    teams = world.parameters.clinical.teams.get(world.departments[department], {})
    return [k for k, groups in enumerate(teams.values()) if world.drg_codes[drg] in groups]
