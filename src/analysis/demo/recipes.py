"""What a stay of each group receives: recipe rows compiled to arrays, and scaled to the group's charge."""

import re
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from analysis.demo.parameters import RecipeRow
from analysis.demo.world import World
from analysis.errors import InputError

DRUG, CONSUMABLE, EXAM, SERVICE = 0, 1, 2, 3
_CATEGORY = {"drug": DRUG, "consumable": CONSUMABLE} | dict.fromkeys(
    ["laboratory", "imaging", "function_test", "pathology"], EXAM
)
KINDS = ("drugs", "consumables", "examinations", "services")
#: When a row falls: name -> number; a number behind the name (first5, every3) is its `span`.
WHEN = ["once", "before", "operation", "mid", "last", "daily", "ward", "icu", "first", "after", "from", "every"]
ONCE, BEFORE, OPERATION, MID, LAST, DAILY, WARD, ICU, FIRST, AFTER, FROM, EVERY = range(12)


@dataclass(frozen=True)
class Recipes:
    """Recipe rows of every DRG one after the other: rows first[g] to first[g + 1] are group g's, the stories' last.

    `low`, `high`: the row happens where its decision's uniform number lies between. `decision`: position in
    `decisions`, -1 = the row's own.
    `code`: number of the row within its group, the same in every world; `story`: position in parameters.story_lines of
    what a story adds, -1 = care as usual.
    """

    first: np.ndarray
    item: np.ndarray
    when: np.ndarray
    span: np.ndarray
    low: np.ndarray
    high: np.ndarray
    quantity: np.ndarray
    flex: np.ndarray
    decision: np.ndarray
    code: np.ndarray
    story: np.ndarray
    decisions: list[str]


#: Row codes from here on are of stories/*_lines.csv.
STORY_ROWS = 512


def category(world: World) -> np.ndarray:
    """Charge category of every item: drug, consumable, examination, service."""
    return np.array([_CATEGORY.get(item.kind, SERVICE) for item in world.items])


def fen(world: World) -> np.ndarray:
    """Price of every item in fen before the price reform."""
    return np.rint(np.array([item.price for item in world.items]) * 100).astype(np.int64)


def compile_recipes(world: World) -> Recipes:
    """Recipe rows of all groups, scaled so that the expected charge and its shares are the group's."""
    bundles: dict[str, list[RecipeRow]] = {}
    for row in world.parameters.recipes:
        bundles.setdefault(row.bundle, []).append(row)
    decisions: list[str] = []
    compiled, first = [], [0]
    for code, drg in world.parameters.drgs.items():
        own = [row for bundle in drg.bundles for row in _bundle(world, bundles[bundle], decisions)]
        compiled += [(*row, nth, -1) for nth, row in enumerate(own)]
        compiled += _story_rows(world, code)
        first.append(len(compiled))
    return _scaled(world, Recipes(np.array(first), *map(np.array, zip(*compiled, strict=True)), decisions))


def occurrences(when, span, days, operation_day) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First day, step and number of times of a row in a stay of `days` days (at least one)."""
    start = np.select([np.isin(when, [OPERATION, AFTER]), when == FROM, when == EVERY], [operation_day, span, 1], 0)
    step = np.where(when == EVERY, np.maximum(span, 1), 1)
    left = np.maximum(days - start, 0)
    times = np.select(
        [np.isin(when, [DAILY, WARD, ICU, FROM]), np.isin(when, [FIRST, AFTER]), when == EVERY],
        [left, np.minimum(left, np.where(span > 0, span, 10_000)), -(-left // step)],
        1,
    )
    return start, step, times


def expected_charges(world: World, recipes: Recipes) -> np.ndarray:
    """Expected charge of a stay in fen: DRG x category x (fixed, flexible), before price reform and stories."""
    prices, kinds = fen(world), category(world)
    found = np.zeros((len(world.drgs), 4, 2))
    for k in range(len(world.drgs)):
        rows = np.arange(recipes.first[k], recipes.first[k + 1])
        rows = rows[recipes.story[rows] < 0]
        happen = (recipes.high - recipes.low)[rows] * recipes.quantity[rows] * prices[recipes.item[rows]]
        amount = happen * _expected_times(world, recipes, k, rows)
        given = recipes.flex[rows] & np.isin(kinds[recipes.item[rows]], [DRUG, CONSUMABLE])
        amount *= np.where(given, 1 - world.parameters.settings.refunds, 1)
        np.add.at(found[k], (kinds[recipes.item[rows]], recipes.flex[rows].astype(int)), amount)
    return found


def _bundle(world: World, rows: list[RecipeRow], decisions: list[str]) -> list[tuple]:
    taken: dict[str, float] = {}
    found = []
    for row in rows:
        name = f"{row.bundle}.{row.pick.lstrip('=')}" if row.pick else ""
        low = taken.get(name, 0.0) if row.pick and not row.pick.startswith("=") else 0.0
        high = low + row.p
        if name:
            if name not in decisions:
                decisions.append(name)
            if not row.pick.startswith("="):
                taken[name] = high
        decision = decisions.index(name) if name else -1
        item = world.item_position[row.item]
        found.append((item, *_when(row.when), low, high, row.q, row.flex, decision))
    return found


def _story_rows(world: World, code: str) -> list[tuple]:
    """What stories add to a group's care, as recipe rows with their code and position."""
    return [
        (world.item_position[row.to], *_when(row.when), 0.0, row.p, row.q, False, -1, STORY_ROWS + k, k)
        for k, row in enumerate(world.parameters.story_lines)
        if row.effect == "add" and code in world.named(row.drgs)
    ]


def _when(text: str) -> tuple[int, int]:
    when, span = re.fullmatch(r"([a-z]+)(\d*)", text).groups()
    return WHEN.index(when), int(span or 0)


def _expected_times(world: World, recipes: Recipes, drg: int, rows: np.ndarray) -> np.ndarray:
    """Mean number of lines of each row over the group's distribution of stays and of days before the operation."""
    group, spread = world.drgs[drg], world.parameters.settings.spread
    sigma = float(np.hypot(spread.stay, np.hypot(world.parameters.stories.shocks.physician_practice.stay, 0.17)))
    grid = np.array([NormalDist().inv_cdf((k + 0.5) / 48) for k in range(48)])
    length = group.days * np.exp(sigma * grid - sigma**2 / 2)
    days = np.maximum(np.floor(length[:, None] + (np.arange(4) + 0.5) / 4).ravel(), 1).astype(np.int64)
    waiting = np.arange(12)
    chance = np.cumprod(np.append(np.exp(-group.before_operation), group.before_operation / waiting[1:]))
    operation = np.minimum(waiting[:, None, None], days[:, None] - 1)
    _, _, times = occurrences(recipes.when[rows], recipes.span[rows], days[:, None], operation)
    intensive = group.icu[0] * np.minimum(group.icu[1], np.maximum(days - 1, 0))[:, None]
    times = np.where(recipes.when[rows] == WARD, days[:, None] - intensive, times)
    times = np.where(recipes.when[rows] == ICU, intensive, times).mean(axis=1)
    return chance @ times / chance.sum()


def _scaled(world: World, recipes: Recipes) -> Recipes:
    expected, kinds = expected_charges(world, recipes), category(world)
    quantity = recipes.quantity.copy()
    for k, group in enumerate(world.drgs):
        total = group.charge * 100
        wanted = [total * group.drug, total * group.consumable]
        wanted.append(total - sum(wanted) - expected[k, SERVICE].sum())
        for kind, amount in enumerate(wanted):
            fixed, flexible = expected[k, kind]
            factor = (amount - fixed) / max(flexible, 1)
            if not 0.1 <= factor <= 8:
                raise _out_of_reach(world.drg_codes[k], KINDS[kind], fixed, flexible, amount)
            rows = np.arange(recipes.first[k], recipes.first[k + 1])
            rows = rows[recipes.flex[rows] & (kinds[recipes.item[rows]] == kind)]
            quantity[rows] *= factor
    return replace(recipes, quantity=quantity)


def _out_of_reach(drg: str, kind: str, fixed: float, flexible: float, wanted: float) -> InputError:
    parts = ", ".join(
        f"{name} {fen / 100:,.0f}" for name, fen in (("fixed", fixed), ("flexible", flexible), ("wanted", wanted))
    )
    return InputError(
        f"the recipe of {drg} cannot reach the charge of its {kind}",
        where="parameters/demo: drgs.yaml, recipes.csv",
        rows=[parts],
        mend="change the group's charge or shares, or its recipe",
    )
