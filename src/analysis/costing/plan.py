"""Who gives to whom and by what weights: the steps of a scheme resolved for one hospital and month."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.costing.allocation import Giving
from analysis.costing.bases import Part, Quantities, parts_of, weights_of
from analysis.costing.scheme import Allocation, CostingScheme, Step
from analysis.errors import InputError


@dataclass(frozen=True)
class Books:
    """Centres and cost of one hospital and month.

    `classes` (centres,); `items` names of the cost items; `given` the driver quantities; `shared` (centres,) whose cost
    is computed in at step 0; `active` (centres,) False for those whose cost the scope leaves out: they neither give nor
    receive after step 0.
    """

    scheme: CostingScheme
    classes: NDArray[np.object_]
    items: list[str]
    given: Quantities
    shared: NDArray[np.bool_]
    active: NDArray[np.bool_]

    @property
    def codes(self) -> NDArray[np.object_]:
        return self.given.codes

    def givers(self, step: Step) -> list[int]:
        """Positions of the givers of a step, in the order in which they give."""
        return [centre for centre in givers(step, self.codes, self.classes) if self.active[centre]]


def givers(step: Step, codes: NDArray, classes: NDArray) -> list[int]:
    """Positions of a step's givers: a class in the order of the centres, or named centres in the order of naming."""
    if step.from_class:
        return np.flatnonzero(classes == step.from_class).tolist()
    place = {code: i for i, code in enumerate(codes)}
    return [place[code] for code in step.from_centres if code in place]


def shared_centres(scheme: CostingScheme, codes: NDArray, classes: NDArray) -> NDArray[np.bool_]:
    """(centres,) those whose cost is computed in at step 0."""
    steps = [step for step in scheme.steps if step.number == 0]
    return np.isin(np.arange(len(codes)), [centre for step in steps for centre in givers(step, codes, classes)])


def computed_in(books: Books, held: NDArray) -> list[Giving]:
    """Givings of the steps numbered 0: shared cost becomes direct cost, whatever the method and the scope."""
    steps = [step for step in books.scheme.steps if step.number == 0]
    _check_givers(books, books.scheme.steps)
    return _one_by_one(books, held, steps, ~books.shared)


def plan(books: Books, held: NDArray, method: Allocation) -> list[Giving]:
    """Givings of all other steps under a method.

    Parameters
    ----------
    held : (centres, items) direct cost after computing-in, which tells who has anything to give.

    Raises
    ------
    InputError
        A centre with cost has no driver, or one that sums to zero; a negative quantity; an order that gives back to a
        centre that has already given.
    """
    steps = [step for step in books.scheme.steps if step.number > 0]
    takes_part = books.active & ~books.shared
    if method == "step_down":
        return _one_by_one(books, held, steps, takes_part)
    clinical = books.classes == "clinical"
    receives = takes_part & clinical if method == "direct" else takes_part
    return _all_at_once(books, held, steps, receives)


def _one_by_one(books: Books, held: NDArray, steps: list[Step], takes_part: NDArray) -> list[Giving]:
    may_hold = held != 0
    gave: dict[int, int] = {}
    givings = []
    for step in steps:
        turn = [centre for centre in books.givers(step) if centre not in gave]
        receivers = np.isin(books.classes, step.to_classes) & takes_part
        for centre in turn:
            receivers[centre] = False
            for part in _parts(books, step, centre):
                if not may_hold[centre, part.items].any():
                    continue
                giving = _giving(books, step, centre, part, receivers)
                _check_order(books, giving, gave)
                may_hold[:, part.items] |= np.outer(giving.weights > 0, may_hold[centre, part.items])
                may_hold[centre, part.items] = False
                givings.append(giving)
        gave |= dict.fromkeys(turn, step.number)
    return givings


def _all_at_once(books: Books, held: NDArray, steps: list[Step], receives: NDArray) -> list[Giving]:
    """Every centre gives once, by the first step that names it; only what may hold cost needs a driver."""
    first: dict[int, Step] = {}
    for step in steps:
        for centre in books.givers(step):
            first.setdefault(centre, step)
    waiting = [(centre, step, part) for centre, step in first.items() for part in _parts(books, step, centre)]
    may_hold, found, before = held != 0, {}, -1
    while before != may_hold.sum():
        before = may_hold.sum()
        for number, (centre, step, part) in enumerate(waiting):
            if may_hold[centre, part.items].any():
                if number not in found:
                    others = receives & (np.arange(len(receives)) != centre)
                    found[number] = _giving(books, step, centre, part, others)
                may_hold[:, part.items] |= np.outer(found[number].weights > 0, may_hold[centre, part.items])
    return [found[number] for number in sorted(found)]


def _parts(books: Books, step: Step, centre: int) -> list[Part]:
    basis = step.drivers.get(books.codes[centre], step.driver)
    return parts_of(basis, books.items, books.scheme.fixed_items)


def _giving(books: Books, step: Step, centre: int, part: Part, receivers: NDArray) -> Giving:
    code = books.codes[centre]
    choices = [part, Part(part.items, {step.fallback: 1.0})] if step.fallback else [part]
    for choice in choices:
        weights = weights_of(choice, code, receivers, books.given)
        if weights is not None:
            return Giving(step.number, centre, choice.driver, weights, choice.items)
    driver = choices[-1].driver
    able = ", ".join(books.codes[receivers][:8]) or "none"
    named = ", ".join(books.items[i] for i in part.items)
    raise InputError(
        f"cost of {code} cannot be allocated: driver {driver} is missing or sums to zero",
        where=books.given.place(driver, code),
        rows=[f"step {step.number}, {code}, cost items {named}; may receive: {able}"],
        mend="bring the quantities of the receiving centres, or name another driver, or a fallback, in the scheme",
    )


def _check_order(books: Books, giving: Giving, gave: dict[int, int]) -> None:
    """Cost given back to a centre that has already given would stay there and reach no patient."""
    back = [centre for centre in np.flatnonzero(giving.weights) if centre in gave]
    if not back:
        return
    codes, giver = books.codes, books.codes[giving.centre]
    raise InputError(
        f"step {giving.step} gives back to centres that have already given",
        where=f"parameters/costing/{books.scheme.name}.yaml, steps ({books.given.where})",
        rows=[
            f"{giver} -> {codes[c]} by {giving.driver} {giving.weights[c]:g}; {codes[c]} has given in step {gave[c]}"
            for c in back[:5]
        ],
        mend="take the class of these centres out of to_classes of the step, put the step before theirs, "
        "or choose allocation: reciprocal, in which service centres serve one another",
    )


def _check_givers(books: Books, steps: Iterable[Step]) -> None:
    """Clinical centres are where cost ends; a scheme that makes one give is wrong."""
    clinical = [(s.number, books.codes[c]) for s in steps for c in books.givers(s) if books.classes[c] == "clinical"]
    if clinical:
        raise InputError(
            "a clinical centre cannot give its cost on",
            where=f"parameters/costing/{books.scheme.name}.yaml, steps ({books.given.where})",
            rows=[f"step {number}: {code}" for number, code in clinical[:5]],
            mend="give the centre another class in cost_centres, or take it out of the step",
        )
