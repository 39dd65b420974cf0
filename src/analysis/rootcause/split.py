"""Closed forms that part a difference of sums and products over its factors; nothing is left over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def two_factor(x1: Floats, y1: Floats, x0: Floats, y0: Floats) -> tuple[Floats, Floats]:
    """Part x1 y1 - x0 y0 over its two factors: each change times the mean of the other factor (Shapley value).

    Returns
    -------
    (x1 - x0)(y1 + y0)/2 and (y1 - y0)(x1 + x0)/2, broadcast; their sum is the difference.
    """
    return (x1 - x0) * (y1 + y0) / 2, (y1 - y0) * (x1 + x0) / 2


def mix_effect(shares: Floats, costs: Floats, shares0: Floats, costs0: Floats) -> Floats:
    """(...,) sum over strata of (w - w0)(c + c0)/2, per case: what strata that moved explain of the mean cost."""
    return ((shares - shares0) * (costs + costs0)).sum(axis=-1) / 2


def fill(actual: Floats, reference: Floats) -> None:
    """Where one side is undefined (NaN) it takes the other's value; where both are, 0. In place."""
    no_actual, no_reference = np.isnan(actual), np.isnan(reference)
    if no_actual.any():
        np.copyto(actual, reference, where=no_actual)
        np.copyto(actual, 0.0, where=no_actual & no_reference)
    if no_reference.any():
        np.copyto(reference, actual, where=no_reference)


@dataclass(frozen=True)
class Levels:
    """What cases of one side use and pay; leading axis draws; S strata, G groups, M members of groups of several.

    NaN = undefined (nobody uses the group, a member is absent, the stratum is empty, a standard says nothing).

    share : (D, S) of the cases, sums to 1.
    cost : (D, S, G) cost per case.
    use_rate : (D, S, G) share of the cases that use the group.
    per_user : (D, S, G) quantity of the group per case that uses it.
    unit : (D, S, G) cost of one unit of the group; for groups of several members the sum of part x price.
    part : (D, S, M) member's share of its group's quantity.
    price : (D, S, M) cost of one unit of the member.
    odd : (D, S, G) refunds left a negative amount, or a cost without quantity: the product says nothing.
    """

    share: Floats
    cost: Floats
    use_rate: Floats
    per_user: Floats
    unit: Floats
    part: Floats
    price: Floats
    odd: NDArray[np.bool_]


def product_effects(one: Levels, two: Levels, member_group: NDArray[np.intp]) -> dict[str, Floats]:
    """Part the cost per case of every group in every stratum over use rate, quantity, substitution and price.

    use_rate x per_user x unit by `two_factor` of volume and unit value, each of them again by `two_factor`: Winter's
    level structure value. Where a side is `odd` the whole difference is `quantity`.

    Parameters
    ----------
    one, two : actual and reference, `fill`ed: without NaN.
    member_group : (M,) index of the group of each member, ascending.

    Returns
    -------
    use_rate, quantity, substitution, price: (D, S, G) each; their sum is one.cost - two.cost.
    """
    unit = one.unit + two.unit
    unit /= 2
    use_rate, quantity = two_factor(one.use_rate, one.per_user, two.use_rate, two.per_user)
    use_rate *= unit
    quantity *= unit
    between = one.use_rate * one.per_user
    between += two.use_rate * two.per_user
    between /= 2
    price = one.unit - two.unit
    price *= between
    effects = {"use_rate": use_rate, "quantity": quantity, "substitution": np.zeros_like(price), "price": price}
    if len(member_group):
        groups, starts = np.unique(member_group, return_index=True)
        moved, dearer = two_factor(one.part, one.price, two.part, two.price)
        for name, part in (("substitution", moved), ("price", dearer)):
            effects[name][..., groups] = np.add.reduceat(part, starts, axis=-1) * between[..., groups]
    odd = one.odd | two.odd
    if odd.any():
        for name, effect in effects.items():
            effect[odd] = (one.cost - two.cost)[odd] if name == "quantity" else 0.0
    return effects
