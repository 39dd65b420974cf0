"""A made-up hospital of the size of one DRG, in which causes of overspending are planted and their money is known.

It knows nothing of the engine: patients fall ill by severity, age and variant, physicians of unequal volume have habits
of their own, days come from severity, complications and waiting, items from days, habits and need, cost from items.
Every random number belongs to a case and a purpose, so that a plant changes what it is about and nothing else, and the
paired difference between the same cases with and without it is its truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Items that stand for one another. members: element -> (price CNY, share of the quantity).

    use: share of ordinary cases; quantity: per user, or per user and day; severe, complicated: what a step of severity
    and a complication add to the logit of use; spread: sigma of the logarithm of the quantity.
    """

    category: str
    members: Mapping[str, tuple[float, float]]
    use: float
    quantity: float
    by_day: bool = False
    severe: float = 0.0
    complicated: float = 0.0
    spread: float = 0.5


GROUPS = {
    "D01": Group("drug", {"D01": (110, 1.0)}, 0.85, 8),
    "D02": Group("drug", {"D02i": (260, 0.35), "D02d": (80, 0.65)}, 0.6, 6),
    "D03": Group("drug", {"D03": (2400, 1.0)}, 0.15, 1.5, severe=0.5),
    "D04": Group("drug", {"D04": (60, 1.0)}, 0.95, 2, by_day=True),
    "D05": Group("drug", {"D05": (90, 1.0)}, 0.25, 10, severe=0.3, complicated=3.0, spread=0.7),
    "C01": Group("consumable", {"C01i": (3200, 0.4), "C01d": (1300, 0.6)}, 0.7, 1.4, severe=0.3, spread=0.3),
    "C02": Group("consumable", {"C02": (420, 1.0)}, 0.45, 3),
    "C03": Group("consumable", {"C03": (4, 1.0)}, 0.9, 110, spread=0.35),
    "C04": Group("consumable", {"C04": (2, 1.0)}, 0.4, 6),
    "E01": Group("exam", {"E01": (330, 1.0)}, 0.65, 1.3, severe=0.3, spread=0.3),
    "E02": Group("exam", {"E02": (45, 1.0)}, 0.99, 3, by_day=True),
    "E03": Group("exam", {"E03": (900, 1.0)}, 0.2, 1.1, severe=0.3, complicated=1.0, spread=0.2),
    "S01": Group("service", {"S01": (3800, 1.0)}, 0.8, 1.0, spread=0.05),
    "S02": Group("service", {"S02": (95, 1.0)}, 0.999, 1, by_day=True, spread=0.2),
    "W01": Group("stay", {"W01": (310, 1.0)}, 1.0, 1, by_day=True, spread=0.0),
}
#: What a physician's habits reach: what he orders, not the operation, the nursing or the bed.
ORDERED = [code for code, group in GROUPS.items() if group.category in ("drug", "consumable", "exam")]
ELEMENTS = [element for group in GROUPS.values() for element in group.members]
REASONS = ("mri", "operating_room", "rehabilitation")
#: What a case that is coded into too cheap a group brings along (a second operation), CNY.
MISCODED = 9_000.0


@dataclass(frozen=True)
class World:
    """What holds in one period of one hospital. A plant is another world.

    severity: shares of 1, 2, 3. complication: logit in severity 1. waits: reason -> (share, mean days). use_logit,
    quantity, price, dear: shift of the logit of use, factors and the logit of the dearer member's share, where not
    ordinary. practice: factor on all that the physicians of `practitioners` (positions) order. payment: CNY a case.
    miscoded: share of cases.
    """

    severity: tuple[float, float, float] = (0.5, 0.35, 0.15)
    complication: float = -2.9
    waits: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: {"mri": (0.3, 1.0), "operating_room": (0.25, 1.2), "rehabilitation": (0.1, 1.5)}
    )
    use_logit: Mapping[str, float] = field(default_factory=dict)
    quantity: Mapping[str, float] = field(default_factory=dict)
    price: Mapping[str, float] = field(default_factory=dict)
    dear: Mapping[str, float] = field(default_factory=dict)
    practice: float = 1.0
    payment: float = 1.0
    miscoded: float = 0.03


@dataclass(frozen=True)
class Physicians:
    """Habits of K physicians: volume (K,) shares, use (K, groups) logits; quantity (K, groups), days (K,) factors."""

    volume: Floats
    use: Floats
    quantity: Floats
    days: Floats
    practitioner: NDArray[np.bool_]


@dataclass(frozen=True)
class Fates:
    """Random numbers of N cases, each for one purpose: uniforms (N,) and (N, groups or reasons)."""

    physician: NDArray[np.intp]
    case: Mapping[str, Floats]
    item: Mapping[str, Floats]
    wait: Mapping[str, Floats]


@dataclass(frozen=True)
class Cases:
    """N cases as they turn out: quantity and element_cost (N, elements), waits (N, reasons) days, all else (N,)."""

    physician: NDArray[np.intp]
    severity: NDArray[np.int64]
    age: NDArray[np.int64]
    variant: NDArray[np.int64]
    complication: NDArray[np.bool_]
    infection: NDArray[np.bool_]
    miscoded: NDArray[np.bool_]
    days: Floats
    waits: Floats
    quantity: Floats
    element_cost: Floats
    rest: Floats
    payment: Floats

    @property
    def cost(self) -> Floats:
        return self.element_cost.sum(axis=1) + self.rest


def make_physicians(rng: np.random.Generator, count: int, practitioners: float = 0.0) -> Physicians:
    """Physicians whose volumes differ by a factor of three or so (log-normal, 0.5), and whose habits differ.

    practitioners : share of the cases, about, that is in the hands of physicians whom `World.practice` is about.
    """
    volume = rng.lognormal(0, 0.5, count)
    volume /= volume.sum()
    order = rng.permutation(count)
    chosen = np.zeros(count, bool)
    chosen[order] = np.cumsum(volume[order]) - volume[order] / 2 < practitioners
    ordered = np.isin(list(GROUPS), ORDERED)
    use = rng.normal(0, 0.35, (count, len(GROUPS))) * ordered
    quantity = np.exp(rng.normal(0, 0.12, (count, len(GROUPS))) * ordered)
    return Physicians(volume, use, quantity, np.exp(rng.normal(0, 0.06, count)), chosen)


def drifted(rng: np.random.Generator, physicians: Physicians) -> Physicians:
    """The same physicians in another year: habits move a little."""
    return replace(
        physicians,
        use=physicians.use + rng.normal(0, 0.1, physicians.use.shape) * (physicians.use != 0),
        quantity=physicians.quantity * np.exp(rng.normal(0, 0.04, physicians.use.shape) * (physicians.use != 0)),
        days=physicians.days * np.exp(rng.normal(0, 0.02, physicians.days.shape)),
    )


def make_fates(rng: np.random.Generator, cases: int, physicians: Physicians) -> Fates:
    """Random numbers of cases, and who treats them."""
    purposes = ("severity", "age", "variant", "complication", "infection", "infection_days", "stay", "extra",
                "miscoded", "second", "rest", "tail", "insurer")  # fmt: skip
    uniform = rng.random((len(purposes), cases))
    item = rng.random((4, cases, len(GROUPS)))
    wait = rng.random((2, cases, len(REASONS)))
    return Fates(
        rng.choice(len(physicians.volume), cases, p=physicians.volume),
        dict(zip(purposes, uniform, strict=True)),
        dict(zip(("use", "quantity", "dear", "price"), item, strict=True)),
        dict(zip(("waits", "days"), wait, strict=True)),
    )


def happen(world: World, physicians: Physicians, fates: Fates) -> Cases:
    """What becomes of the cases in a world."""
    draw = fates.case
    severity = 1 + (draw["severity"][:, None] > np.cumsum(world.severity)[:2]).sum(axis=1)
    age = np.clip(np.rint(stats.norm.ppf(draw["age"], 62, 13)), 18, 98)
    variant = (draw["variant"] < 0.35).astype(int)
    risk = world.complication + 0.6 * (severity - 1) + 0.02 * (age - 62)
    complication = draw["complication"] < special.expit(risk)
    infection = draw["infection"] < special.expit(-4.2 + 0.4 * (severity - 1))
    shares = np.array([world.waits[reason] for reason in REASONS])
    waits = np.where(fates.wait["waits"] < shares[:, 0], -np.log1p(-fates.wait["days"]) * shares[:, 1], 0.0)
    days = _days(physicians, fates, severity, age, complication, infection) + waits.sum(axis=1)
    miscoded = draw["miscoded"] < world.miscoded
    quantity, cost = _items(world, physicians, fates, severity, variant, complication, days)
    rest = 700 * _lognormal(draw["rest"], 0.8) + 60 * days + MISCODED * _lognormal(draw["second"], 0.3) * miscoded
    payment = world.payment * np.where(draw["insurer"] < 0.4, 1.03, 0.98)
    return Cases(fates.physician, severity, age.astype(int), variant, complication, infection, miscoded, days, waits,
                 quantity, cost, rest, payment)  # fmt: skip


def _lognormal(uniform: Floats, sigma: float | Floats) -> Floats:
    """Mean 1."""
    return np.exp(special.ndtri(uniform) * sigma - np.square(sigma) / 2)


def _days(
    physicians: Physicians, fates: Fates, severity: Floats, age: Floats, complication: Floats, infection: Floats
) -> Floats:
    """Days in bed without waiting, to a tenth."""
    ordinary = 6.5 * np.exp(0.22 * (severity - 1) + 0.004 * (age - 62)) * physicians.days[fates.physician]
    days = ordinary * _lognormal(fates.case["stay"], 0.3)
    days += complication * 6 * _lognormal(fates.case["extra"], 0.5)
    days += infection * 4 * _lognormal(fates.case["infection_days"], 0.4)
    return np.maximum(1, days)


def _items(
    world: World, physicians: Physicians, fates: Fates, severity: Floats, variant: Floats, complication: Floats,
    days: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Quantity and cost (N, elements). One case in fifty needs several times the usual quantities."""
    tail = np.where(fates.case["tail"] < 0.02, (np.maximum(fates.case["tail"], 1e-4) / 0.02) ** -0.4, 1.0)
    practice = np.where(physicians.practitioner[fates.physician], world.practice, 1.0)
    quantities, costs = [], []
    for g, (code, group) in enumerate(GROUPS.items()):
        logit = special.logit(min(group.use, 1 - 1e-9)) + world.use_logit.get(code, 0.0)
        logit = (
            logit
            + physicians.use[fates.physician, g]
            + group.severe * (severity - 1)
            + group.complicated * complication
        )
        if code == "S01":
            logit = logit + np.where(variant == 1, 3.0, -0.5)
        amount = group.quantity * physicians.quantity[fates.physician, g] * world.quantity.get(code, 1.0)
        amount = amount * _lognormal(fates.item["quantity"][:, g], group.spread) * np.where(group.by_day, days, 1.0)
        if code in ORDERED:
            amount = amount * tail * practice
        amount = amount * (fates.item["use"][:, g] < special.expit(logit))
        dear = _dear(world, code, group, fates.item["dear"][:, g])
        for element, (price, _) in group.members.items():
            part = 1.0 if dear is None else (dear if element.endswith("i") else ~dear)
            paid = price * world.price.get(element, 1.0) * (1 + 0.02 * (fates.item["price"][:, g] - 0.5))
            quantities.append(amount * part)
            costs.append(amount * part * paid)
    return np.column_stack(quantities), np.column_stack(costs)


def _dear(world: World, code: str, group: Group, uniform: Floats) -> NDArray[np.bool_] | None:
    """Who gets the imported member; None where there is one member."""
    shares = {element: share for element, (_, share) in group.members.items()}
    if len(shares) == 1:
        return None
    imported = next(share for element, share in shares.items() if element.endswith("i"))
    return uniform < special.expit(special.logit(imported) + world.dear.get(code, 0.0))
