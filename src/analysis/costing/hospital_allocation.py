"""The books of one hospital and month allocated by one method at one cost scope."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.costing.allocation import Giving, held_after, step_down
from analysis.costing.bases import Quantities
from analysis.costing.plan import Books, computed_in, plan, shared_centres
from analysis.costing.reciprocal import reciprocal_flows
from analysis.costing.scheme import Allocation, CostingScheme, Scope
from analysis.costing.scopes import booked_within, holds_administration


@dataclass(frozen=True)
class Month:
    """What is allocated, the same under every method and scope.

    `codes`, `classes` (centres,); `booked` (centres, items) fen by funding; `found` driver quantities (centres,) by
    driver and serving centre; `where` hospital and month, for messages.
    """

    scheme: CostingScheme
    codes: NDArray[np.object_]
    classes: NDArray[np.object_]
    items: list[str]
    booked: dict[str, NDArray[np.int64]]
    found: dict[tuple[str, str], NDArray[np.float64]]
    where: str


@dataclass(frozen=True)
class Allocated:
    """Money in fen, (centres, items): `direct` as booked in scope, `flows` one a giving, `held` in the end, `outside`
    what the scope leaves out, at the centre where it stays.
    """

    direct: NDArray[np.int64]
    givings: list[Giving]
    flows: list[NDArray[np.int64]]
    held: NDArray[np.int64]
    outside: NDArray[np.int64]


def allocate(month: Month, allocation: Allocation, scope: Scope) -> Allocated:
    """Compute shared cost in, then hand on by the method; direct = held + outside, item by item, to the fen.

    Raises
    ------
    InputError
        See `plan.plan` and `reciprocal.reciprocal_flows`.
    """
    shared = shared_centres(month.scheme, month.codes, month.classes)
    active = shared | (month.classes != "administration") | holds_administration(scope)
    direct = booked_within(month.booked, scope) * active[:, None]
    given = Quantities(month.codes, month.found, direct.sum(axis=1).astype(float), month.where)
    books = Books(month.scheme, month.classes, month.items, given, shared, active)
    first = computed_in(books, direct)
    into = step_down(direct, first)
    held = held_after(direct, first, into)
    outside = booked_within(month.booked, "hospital_full") - direct + held * ~active[:, None]
    held = held * active[:, None]
    second = plan(books, held, allocation)
    mutual = allocation == "reciprocal"
    flows = reciprocal_flows(held, second, month.codes) if mutual else step_down(held, second)
    return Allocated(direct, first + second, into + flows, held_after(held, second, flows), outside)


#: Where a clinical centre's cost comes from, in the order of `received`; behind them one place a technology centre.
ORIGINS = ("direct", "administration", "auxiliary")


def received(month: Month, done: Allocated) -> NDArray[np.int64]:
    """(origins, centres, items) what every centre received, in fen.

    Direct cost (computed-in cost included), from administration, from auxiliary centres, then from each technology
    centre on its own, in the order of the centres. Meant for clinical centres: they hand nothing on.
    """
    technology = np.flatnonzero(month.classes == "technology")
    place = {"administration": 1, "auxiliary": 2}
    parts = np.zeros((len(ORIGINS) + len(technology), *done.direct.shape), np.int64)
    parts[0] = done.direct
    for giving, flow in zip(done.givings, done.flows, strict=True):
        kind = month.classes[giving.centre]
        tail = len(ORIGINS) + np.searchsorted(technology, giving.centre)
        parts[0 if giving.step == 0 else place.get(kind, tail)] += flow
    return parts
