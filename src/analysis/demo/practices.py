"""Habits of some physicians: who has one, in which months and how strongly, and what it does to a stay."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.demo import stories
from analysis.demo.facts import facts, fulfil
from analysis.demo.listed import StayEffect, StoryLine
from analysis.demo.staff import Physicians, caseload, team_code
from analysis.demo.world import RUN_IN, World
from analysis.errors import InputError

if TYPE_CHECKING:
    from analysis.demo.patients import Stays


def who(world: World, physicians: Physicians, name: str) -> np.ndarray:
    """Physicians with the habit: in each of its departments the share asked for (of its teams), at least one."""
    practice = world.parameters.stories.practices[name]
    found = np.zeros(len(physicians.department), bool)
    for code in practice.departments or world.departments[: world.clinical]:
        staff = physicians.of(world.department(code))
        own = [
            team_code(world, d, t) for d, t in zip(physicians.department[staff], physicians.team[staff], strict=True)
        ]
        staff = staff[np.isin(own, practice.teams)] if practice.teams else staff
        order = np.argsort(world.uniform(f"story.{name}.who", staff))
        found[staff[order[: max(1, round(practice.physicians * len(staff)))]]] = True
    return found


@lru_cache(maxsize=256)
def strength(world: World, physicians: Physicians, name: str) -> np.ndarray:
    """Strength of the habit, month (run-in first) x physician: 0 = none, 1 = in full."""
    found = np.zeros((len(world.all_months), len(physicians.department)))
    if name not in world.stories:
        return found
    practice = world.parameters.stories.practices[name]
    within = np.array([practice.from_month <= p.name <= practice.until_month for p in world.all_months])
    kept = 1 - practice.managed * np.clip(stories.roll_out(world), 0, 1)[:, physicians.department]
    return within[:, None] * who(world, physicians, name) * kept


def acts(
    world: World, physicians: Physicians, name: str, month: np.ndarray, physician: np.ndarray, number: np.ndarray,
    p: float, draw: str = "",
) -> np.ndarray:  # fmt: skip
    """Which numbered things a story acts on: share `p` of them at full strength, the same ones at every strength."""
    return (
        world.uniform(f"story.{name}.{draw}", number) < p * strength(world, physicians, name)[month + RUN_IN, physician]
    )


def in_months(world: World, row: StoryLine | StayEffect, month: np.ndarray) -> np.ndarray:
    """Which months (numbers, 0 = first of the data) lie in those of a row."""
    return np.array([row.from_month <= p.name <= row.until_month for p in world.all_months])[month + RUN_IN]


def acts_on(
    world: World, physicians: Physicians, row: StoryLine, known: pd.DataFrame, month: np.ndarray,
    physician: np.ndarray, number: np.ndarray, draw: str,
) -> np.ndarray:  # fmt: skip
    """Which numbered things a row acts on; where its condition names its own story, its strength has been used."""
    if row.story in known and row.story in row.condition:
        return world.uniform(f"story.{row.story}.{draw}", number) < row.p
    return acts(world, physicians, row.story, month, physician, number, row.p, draw)


def of_stays(world: World) -> list[str]:
    """Stories that act on stays, in the order of stories/*_stays.csv."""
    return list(dict.fromkeys(row.story for row in world.parameters.story_stays))


def touches(world: World) -> list[str]:
    """Names under which it is known what acted on a stay: the stories that do, then the marks of their rows."""
    marks = dict.fromkeys(row.mark for row in world.parameters.story_stays if row.mark)
    return [*of_stays(world), *marks]


def facts_of(world: World, stays: "Stays") -> pd.DataFrame:
    """Facts of stays and, under its name, which of them each story has acted on."""
    touched = {name: stays.touched[:, k] for k, name in enumerate(touches(world))}
    return facts(
        world, number=stays.number, drg=stays.drg, department=stays.department, age=stays.age, male=stays.male,
        emergency=stays.emergency, severity=stays.severity, touched=touched,
    )  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """What the stories do to stays, one entry a stay; `latest`: days after the operation, `touched`: by each story."""

    stretch: np.ndarray
    days: np.ndarray
    use: np.ndarray
    day_case: np.ndarray
    latest: np.ndarray
    added: dict[str, np.ndarray]
    touched: dict[str, np.ndarray]


def changes(
    world: World, physicians: Physicians, known: pd.DataFrame, month: np.ndarray, physician: np.ndarray,
    met: np.ndarray | None = None,
) -> Changes:  # fmt: skip
    """Go through stories/*_stays.csv for stays with these facts, admitted in these months by these physicians.

    `met`: the stays on which an MDT meeting is held; then it is what begins with the meeting that is gone through.
    """
    size = len(known)
    found = Changes(
        np.ones(size), np.zeros(size), np.ones(size), np.zeros(size, bool), np.full(size, 999),
        {name: np.zeros(size) for name in ("complication", "infection", "readmitted", "died")},
        {name: np.zeros(size, bool) for name in touches(world)},
    )  # fmt: skip
    drg, number = known["drg"].to_numpy(), known["number"].to_numpy()
    for row in world.parameters.story_stays:
        if row.story not in world.stories or row.after_meeting != (met is not None):
            continue
        eligible = np.isin(drg, world.named(row.drgs)) & fulfil(known, row.condition) & in_months(world, row, month)
        eligible &= True if met is None else met
        hit = eligible & acts(world, physicians, row.story, month, physician, number, row.p)
        _apply(found, row, _first(world, row, number, hit))
    if met is None and "surgeon_quality" in world.stories:
        _same_hands(world, physicians, drg, physician, found)
    return found


def _first(world: World, row: StayEffect, number: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """No more than `only` of the stays."""
    rows = np.flatnonzero(hit)
    if len(rows) <= row.only:
        return hit
    chosen = rows[np.argsort(world.uniform(f"story.{row.story}.only", number[rows]))[: row.only]]
    return np.isin(np.arange(len(hit)), chosen)


def _apply(found: Changes, row: StayEffect, hit: np.ndarray) -> None:
    for name in filter(None, (row.story, row.mark)):
        found.touched[name] |= hit
    found.stretch[hit] *= row.stretch
    found.days[hit] += row.days
    found.use[hit] *= row.use
    found.day_case[hit] |= row.day_case
    found.latest[hit] = np.minimum(found.latest[hit], row.after_operation)
    for name, values in found.added.items():
        values[hit] += getattr(row, name)


def _same_hands(world: World, physicians: Physicians, drg: np.ndarray, physician: np.ndarray, found: Changes) -> None:
    """Days by the points that a surgeon's complication rate stands above the group's."""
    story = world.parameters.stories.surgeon_quality
    for code in story.drgs:
        k = world.drg_codes.index(code)
        share = caseload(world, physicians)[k]
        rows = np.flatnonzero(drg == code)
        relative = physicians.quality[physician[rows]] / (share @ physicians.quality)
        points = 100 * world.drgs[k].complication * (relative - 1)
        found.days[rows] += story.days_per_point * points


def check(world: World) -> None:
    """Every row of the story files names a story, groups and items that are there.

    Raises
    ------
    InputError
        With the row that does not.
    """
    listed = {*world.item_position, *(d.code for d in world.parameters.diagnoses), ""}
    for row in (*world.parameters.story_lines, *world.parameters.story_stays, *world.parameters.story_codes,
                *world.parameters.story_gates):  # fmt: skip
        unknown = [code for code in (getattr(row, "item", ""), getattr(row, "to", "")) if code not in listed]
        unknown += [code for code in world.named(row.drgs) if code not in world.drg_codes]
        unknown += [] if row.story in world.parameters.stories.practices else [row.story]
        if unknown:
            raise InputError(
                f"unknown: {', '.join(unknown)}",
                where="parameters/demo/stories",
                rows=[str(row)],
                mend="name a story of the folder, groups of drgs.yaml and items of the catalogue",
            )
