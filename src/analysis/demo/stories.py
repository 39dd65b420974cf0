"""Stories that can be switched off: how strongly one acts in each department and month."""

import json
from functools import lru_cache

import numpy as np
import pyarrow as pa

from analysis.demo.world import RUN_IN, World
from analysis.periods import Period


@lru_cache(maxsize=4)
def roll_out(world: World) -> np.ndarray:
    """Strength of the cost management, month (run-in first) x department; 0 = not there, about 1 = in full.

    Pilots begin at `pilots_from`, everyone else at `everyone_from`; it leaks into the pilots from the preparation on;
    departments take it up differently.
    """
    story = world.parameters.stories.roll_out
    pilot = np.array([d.pilot for d in world.parameters.departments])
    strength = np.zeros((len(world.all_months), world.clinical))
    if "roll_out" not in world.stories:
        return strength
    for row, period in enumerate(world.all_months):
        leak = story.preparation.level if period >= Period(story.preparation.from_month) else 0.0
        strength[row, pilot] = max(leak, _since(period, story.pilots_from, story.ramp))
        strength[row, ~pilot] = _since(period, story.everyone_from, story.ramp)
    taken_up = np.exp(world.rng("roll_out.department").normal(0, story.department_spread, world.clinical))
    return strength * taken_up / (taken_up @ _inpatient_money(world))


def _inpatient_money(world: World) -> np.ndarray:
    """Share of each department in the inpatient charges that are expected."""
    money = np.zeros(world.clinical)
    for drg in world.drgs:
        for code, share in drg.departments.items():
            money[world.department(code)] += share * drg.share * drg.charge
    return money / money.sum()


def _since(period: Period, begin: str, ramp: list[float]) -> float:
    start = Period(begin)
    if period < start:
        return 0.0
    months = (period.year - start.year) * 12 + period.start.month - start.start.month
    return ramp[min(months, len(ramp) - 1)]


def at(strength: np.ndarray, months: np.ndarray, departments: np.ndarray) -> np.ndarray:
    """Strength at month numbers (0 = first of the data) and departments."""
    return strength[months + RUN_IN, departments]


def truth(world: World) -> pa.Table:
    """The stories planted and their parameters: for tests and benchmarks only, no engine may read it."""
    rows = []
    for name, story in world.parameters.stories.all.items():
        text = json.dumps(story.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        rows.append({"story": name, "active": name in world.stories, "seed": world.seed, "parameters": text})
    return pa.Table.from_pylist(
        rows, schema=pa.schema([("story", "string"), ("active", "bool"), ("seed", "int64"), ("parameters", "string")])
    )
