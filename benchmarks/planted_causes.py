"""Plants of every kind in the made-up hospital, and their truth in money."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from math import factorial

import numpy as np

from analysis.rootcause.samples import Sample
from benchmarks.planted_drg import (
    GROUPS,
    REASONS,
    Fates,
    Physicians,
    World,
    drifted,
    happen,
    make_fates,
    make_physicians,
)
from benchmarks.planted_sample import physician_code, sample_of

KINDS = (
    "mix", "use_rate", "quantity", "price", "substitution", "complication", "stay", "physician", "payment", "coding",
)  # fmt: skip
#: Views in which a kind of plant is one cause; elsewhere it is spread over what it goes with.
ITEM_KINDS = ("mix", "use_rate", "quantity", "price", "substitution", "payment")


@dataclass(frozen=True)
class Plant:
    """A planted cause: what it is about (group, reason of waiting, none) and its size, 0 to 1 in its kind's range."""

    kind: str
    subject: str
    size: float

    def change(self, world: World) -> World:
        """The world with it, from the world without."""
        big, code = self.size, self.subject
        if self.kind in ("use_rate", "quantity", "price", "substitution"):
            return _item_change(self.kind, code, big, world)
        if self.kind == "stay":
            return replace(world, waits=world.waits | {code: (0.75, 2.4 + 1.6 * big)})
        changed = {
            "mix": {"severity": (0.16 - 0.06 * big, 0.34, 0.50 + 0.06 * big)},
            "complication": {"complication": world.complication + 1.9 + 0.5 * big},
            "physician": {"practice": 1.6 + 0.6 * big},
            "payment": {"payment": world.payment * (0.90 - 0.08 * big)},
            "coding": {"miscoded": 0.19 + 0.10 * big},
        }
        return replace(world, **changed[self.kind])


def _item_change(kind: str, code: str, big: float, world: World) -> World:
    if kind == "use_rate":
        return replace(world, use_logit=world.use_logit | {code: 2.2 + 0.8 * big})
    if kind == "quantity":
        return replace(world, quantity=world.quantity | {code: 1.7 + 0.6 * big})
    if kind == "price":
        return replace(world, price=world.price | dict.fromkeys(GROUPS[code].members, 1.25 + 0.35 * big))
    return replace(world, dear=world.dear | {code: 2.0 + 0.8 * big})


#: What a plant of a kind may be about.
SUBJECTS = {
    "use_rate": ("D03", "C02", "E03"), "quantity": ("D01", "D02", "D04", "C01", "C02", "E02"),
    "price": ("D01", "D04", "C01", "E02", "S01"), "substitution": ("D02", "C01"), "stay": REASONS,
}  # fmt: skip
#: Sizes are few, so that the expected truth of each plant can be computed once.
SIZES = (0.0, 0.5, 1.0)
#: Share of the cases in the hands of physicians whom a plant of practice is about.
PRACTITIONERS = 0.22


def make_plant(rng: np.random.Generator, kind: str) -> Plant:
    """A plant of some 2 % to 20 % of the cost."""
    return Plant(kind, str(rng.choice(SUBJECTS.get(kind, ("",)))), float(rng.choice(SIZES)))


@dataclass(frozen=True)
class Planted:
    """A comparison with what was planted.

    plants : the causes; truth : CNY of each over the actual cases, paired on the same random numbers, with several
    plants averaged over the orders of planting (Shapley); expected : the same expected of as many cases of any
    physicians, NaN with several plants; physicians : known ones of the actual cases; practitioners : those whom a plant
    of practice is about.
    """

    actual: Sample
    baseline: Sample
    plants: tuple[Plant, ...]
    truth: tuple[float, ...]
    expected: tuple[float, ...]
    physicians: int
    practitioners: tuple[str, ...]


def make_planted(seed: int, kinds: Sequence[str], comparison: str) -> Planted:
    """A hospital, its comparison and what is planted in it, from a seed.

    Parameters
    ----------
    kinds : of the plants, each at most once; empty = nothing.
    comparison : own_past (the same physicians a year before) or peers (other physicians elsewhere).
    """
    rng = np.random.default_rng([seed, 20230601])
    plants = tuple(make_plant(rng, kind) for kind in kinds)
    people = make_physicians(rng, int(rng.integers(10, 31)), PRACTITIONERS)
    others = drifted(rng, people) if comparison == "own_past" else make_physicians(rng, int(rng.integers(12, 41)))
    cases = int(rng.integers(220, 501))
    fates, fates0 = make_fates(rng, cases, people), make_fates(rng, int(cases * rng.uniform(0.9, 1.3)), others)
    world = ordinary_world()
    actual = sample_of(happen(planted_world(world, plants), people, fates), rng, "H1", "a")
    before = sample_of(happen(world, others, fates0), rng, "H1" if comparison == "own_past" else "H2", "b")
    known = actual.cases.loc[actual.cases["physician_id"] != "?", "physician_id"].nunique()
    expected = tuple(cases * expected_truth(plant) for plant in plants) if len(plants) == 1 else (np.nan,) * len(plants)
    practitioners = tuple(physician_code(k) for k in np.flatnonzero(people.practitioner))
    return Planted(actual, before, plants, truth_of(world, plants, people, fates), expected, known, practitioners)


@cache
def _anybody() -> tuple[Physicians, Fates]:
    """40,000 cases of 2,000 physicians."""
    rng = np.random.default_rng(7)
    people = make_physicians(rng, 2_000, PRACTITIONERS)
    return people, make_fates(rng, 40_000, people)


@cache
def ordinary_world() -> World:
    """Nothing planted; the payment is what the ordinary case costs on average."""
    return World(payment=float(happen(World(), *_anybody()).cost.mean()))


@cache
def expected_truth(plant: Plant) -> float:
    """CNY a case that a plant adds to the loss, over physicians and cases of any kind."""
    people, fates = _anybody()
    return truth_of(ordinary_world(), (plant,), people, fates)[0] / len(fates.physician)


def planted_world(world: World, plants: Sequence[Plant]) -> World:
    """The world with all plants."""
    for plant in plants:
        world = plant.change(world)
    return world


def truth_of(world: World, plants: Sequence[Plant], people: Physicians, fates: Fates) -> tuple[float, ...]:
    """Money of each plant over these cases: its difference to the loss, averaged over the orders of planting."""
    losses = {}
    for size in range(len(plants) + 1):
        for subset in combinations(range(len(plants)), size):
            cases = happen(planted_world(world, [plants[i] for i in subset]), people, fates)
            losses[subset] = float((cases.cost - cases.payment).sum())
    k = len(plants)
    truth = [0.0] * k
    for i in range(k):
        for subset in (one for one in losses if i not in one):
            weight = factorial(len(subset)) * factorial(k - 1 - len(subset)) / factorial(k)
            truth[i] += weight * (losses[tuple(sorted((*subset, i)))] - losses[subset])
    return tuple(truth)
