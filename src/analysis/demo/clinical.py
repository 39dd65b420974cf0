"""The medical record: procedures, measurements and outcomes of the stays of one month of admission."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import practices, stories
from analysis.demo.diagnoses import complication_kinds
from analysis.demo.facts import values
from analysis.demo.patients import Stays
from analysis.demo.recipes import Recipes
from analysis.demo.world import DAY, World


def draw_procedures(world: World, recipes: Recipes, stays: Stays, decisions: np.ndarray) -> dict[str, np.ndarray]:
    """Procedures done, in order: stay, code (position in parameters.procedures), nth.

    One that belongs to a recipe row is done where the row happens.
    """
    names = [p.code for p in world.parameters.procedures]
    stay, code, position = [], [], []
    single = np.stack([world.uniform(f"procedures.{nth}", stays.number) for nth in range(8)], axis=1)
    for k in np.unique(stays.drg):
        rows, upto = np.flatnonzero(stays.drg == k), 0.0
        count = np.zeros(len(rows), np.int64)
        for nth, (name, p, *shared) in enumerate(world.drgs[k].procedures):
            if shared == ["choice"]:
                happens, upto = (single[rows, 0] >= upto) & (single[rows, 0] < upto + p), upto + p
            else:
                decision = _decision(world, recipes, k, shared[0]) if shared else -1
                happens = (decisions[rows, decision] if shared else single[rows, nth]) < p
            count += happens
            stay.append(rows[happens])
            code.append(np.full(happens.sum(), names.index(name)))
            position.append(count[happens])
    stay, code, position = (np.concatenate(part or [np.zeros(0, np.int64)]) for part in (stay, code, position))
    order = np.lexsort((position, stay))
    return _instead(world, stays, {"stay": stay[order], "code": code[order], "nth": position[order]})


def _instead(world: World, stays: Stays, done: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Procedures that stories replace, or do without."""
    listed = [p.code for p in world.parameters.procedures]
    for k, name in enumerate(practices.of_stays(world)):
        for code, other in world.parameters.stories.practices[name].procedures.items():
            hit = stays.touched[done["stay"], k] & (done["code"] == listed.index(code))
            if other:
                done = done | {"code": np.where(hit, listed.index(other), done["code"])}
            else:
                done = {key: values[~hit] for key, values in done.items()}
    return done


def procedures_table(world: World, stays: Stays, coded: dict[str, np.ndarray], physicians: pa.Array) -> pa.Table:
    """Coded procedures; `position` numbers what is coded, `nth` what was done."""
    stay, code, position, nth = (coded[name] for name in ("stay", "code", "position", "nth"))
    number = stays.number[stay] * 64 + code
    start = stays.operation_at[stay] + 900 * (nth - 1)
    start = np.clip(start, stays.admitted[stay] + 600, stays.discharged[stay] - 900)
    lasting = 2400 + (world.uniform("procedures.time", number) * 6000).astype(np.int64)
    known = stays.operation_end[stay] >= 0
    start = np.where(known, np.minimum(start, stays.operation_end[stay] - 600), start)
    end = np.minimum(np.where(known, stays.operation_end[stay], start + lasting), stays.discharged[stay])
    begun = np.flatnonzero(start < world.end_day * DAY)
    stay, code, position, number, start, end = (x[begun] for x in (stay, code, position, number, start, end))
    listed = world.parameters.procedures
    general = np.array(["general_anaesthesia" in d.bundles for d in world.drgs])[stays.drg[stay]]
    kind = np.where(general, 0, np.where(position == 1, 1, 2))
    sided = np.array([p.code[:2] in ("81", "79", "13") for p in listed])[code]
    rooms = [f"OR{k}" for k in range(1, 200)] + [f"ER{k}" for k in range(1, 50)]
    room = np.where(stays.room >= 1000, stays.room - 801, stays.room)[stay]
    columns = {
        "stay_id": col.numbered("S", stays.number[stay], 8),
        "position": col.integers(position),
        "code": col.chosen([p.code for p in listed], code),
        "name": col.chosen([p.name for p in listed], code),
        "system": col.constant("icd9cm3_cn", len(stay)),
        "body_side": col.chosen(["left", "right"], np.where(sided, stays.person[stay] % 2, -1)),
    }
    unsure = {
        name: world.lacking(f"procedures.{name}", number) for name in ("start", "end", "operator", "kind", "room")
    }
    return col.table(
        "procedures",
        columns
        | {
            "started_at": col.times(start, unsure["start"]),
            "ended_at": col.times(end, unsure["end"]),
            "operator_id": col.chosen(physicians, stays.physician[stay], unsure["operator"]),
            "anaesthesia": col.chosen(["general", "regional", "local"], kind, unsure["kind"]),
            "room": col.chosen(rooms, room, unsure["room"]),
        },
    )


def outcomes_table(world: World, stays: Stays, diagnoses: dict[str, np.ndarray]) -> pa.Table:
    """Outcomes of those stays that are discharged."""
    u = [world.uniform(f"outcomes.{nth}", stays.number) for nth in range(4)]
    strength = stories.at(stories.roll_out(world), world.month_of(stays.admitted), stays.department)
    survey, story = world.parameters.settings.survey, world.parameters.stories.roll_out.survey
    mean = survey.satisfaction + story["satisfaction"] * np.minimum(strength, 1.2)
    worse = 3.0 * stays.complication + 5.0 * stays.died
    score = np.clip(np.rint(mean + 0.35 - worse + 6 * world.normal("outcomes.score", stays.number)), 20, 100)
    likely = world.of_drgs("infection")[stays.drg] * np.where(stays.complication, 4, 0.8)
    infection = u[0] < likely + stays.infection
    kinds = complication_kinds(world)
    arisen = np.flatnonzero(~diagnoses["present"])
    kind = np.full(len(stays), -1)
    kind[diagnoses["stay"][arisen]] = diagnoses["code"][arisen]
    cured = ~stays.died & (u[1] < world.of_drgs("cured")[stays.drg])
    known = np.flatnonzero(stays.discharged < world.end_day * DAY)
    number = stays.number[known]
    unknown = world.lacking("outcomes.complication", number)
    silent = (u[2] < 0.45)[known] | stays.died[known]
    return col.table(
        "outcomes",
        {
            "stay_id": col.numbered("S", number, 8),
            "complication": col.flags(stays.complication[known], unknown),
            "complication_kind": col.chosen(kinds, np.where(stays.complication, kind, -1)[known], unknown),
            "infection": col.flags(infection[known], world.lacking("outcomes.infection", number)),
            "died": col.flags(stays.died[known]),
            "cured": col.flags(cured[known]),
            "improved": col.flags((~stays.died & ~cured & (u[3] < 0.94))[known]),
            "satisfaction": col.numbers(score[known], silent),
        },
    )


def measurements_table(world: World, stays: Stays) -> pa.Table:
    """Measured values, at admission and again every few days."""
    specs = world.parameters.clinical.measurements
    names = list(specs)
    wanted = np.array([[name in d.measurements for name in names] for d in world.drgs])
    stay, name = np.nonzero(wanted[stays.drg])
    every = np.array([spec[5] for spec in specs.values()])[name]
    days = np.maximum(stays.base_days, 1)[stay]
    times = np.where(every > 0, -(-days // np.maximum(every, 1)), 1)
    pair = np.repeat(np.arange(len(stay)), times)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    value = np.empty(len(pair))
    for k, one in enumerate(names):
        rows = np.flatnonzero(name[pair] == k)
        value[rows] = values(world, one, stays.number[stay[pair[rows]]], nth[rows])
        value[rows] = np.round(value[rows] * _risen(world, stays, one, stay[pair[rows]], nth[rows]), 2)
    number = stays.number[stay[pair]] * 10_000 + name[pair] * 100 + nth
    late = (world.uniform("measurements.late", number) * 20_000).astype(np.int64)
    at = stays.admitted[stay][pair] + nth * every[pair] * DAY + late
    inside = np.flatnonzero(at < np.minimum(stays.discharged[stay][pair], world.end_day * DAY))
    pair, number = pair[inside], number[inside]
    return col.table(
        "measurements",
        {
            "measurement_id": col.numbered("M", number, 12),
            "stay_id": col.numbered("S", stays.number[stay[pair]], 8),
            "name": col.chosen(names, name[pair]),
            "value": col.numbers(value[inside], world.lacking("measurements.value", number)),
            "unit": col.chosen([spec[4] for spec in specs.values()], name[pair]),
            "measured_at": col.times(at[inside], world.lacking("measurements.at", number)),
        },
    )


def _risen(world: World, stays: Stays, name: str, stay: np.ndarray, nth: np.ndarray) -> np.ndarray:
    """How many times as high as without the stories a value is on its n-th occasion in a stay."""
    found, marks = np.ones(len(stay)), practices.touches(world)
    for row in world.parameters.story_stays:
        if row.measured == name:
            found[stays.touched[stay, marks.index(row.mark or row.story)] & (nth > 0)] *= row.rise
    return found


def _decision(world: World, recipes: Recipes, drg: int, name: str) -> int:
    return next(
        recipes.decisions.index(f"{b}.{name}") for b in world.drgs[drg].bundles if f"{b}.{name}" in recipes.decisions
    )
