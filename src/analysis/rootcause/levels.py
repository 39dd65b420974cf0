"""Levels of one side, in every draw: shares of strata, use rates, quantities per user, unit costs, parts and prices."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.split import Levels
from analysis.rootcause.sums import ClusterSums

Floats = NDArray[np.float64]
#: Below this a quantity or an amount is what floats leave of a refund: nothing.
_NO_QUANTITY, _NO_MONEY = 1e-9, 1e-6
#: Bytes that the arrays of one run over draws may take together.
_RUN_BYTES = 24 * 2**20
_ARRAYS = 24


def observed(sums: ClusterSums) -> Floats:
    """(1, K) weights of the cases as they are."""
    return np.ones((1, len(sums.clusters)))


def runs(draws: int, sums: ClusterSums) -> Iterator[slice]:
    """Draws in runs of bounded memory."""
    cells = len(sums.strata) * (len(sums.groups) + len(sums.layout.members))
    step = max(1, _RUN_BYTES // (8 * _ARRAYS * max(1, cells)))
    return (slice(start, start + step) for start in range(0, draws, step))


def levels_of(sums: ClusterSums, weights: Floats) -> tuple[Levels, Floats]:
    """Levels and payment per case of one side.

    A draw that holds no case of this side keeps the side as it was observed.

    Parameters
    ----------
    sums : of K clusters.
    weights : (D, K) how often each cluster was drawn.

    Returns
    -------
    levels, undefined values NaN; payment per case by stratum (D, S), NaN where the stratum is empty.
    """
    members = sums.layout.members
    draws = _weighted(sums, weights, members)
    cases = draws["cases"]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = cases / cases.sum(axis=1, keepdims=True)
        each = cases[..., None]
        odd = _odd(draws["quantity"], draws["group_cost"], draws["users"])
        levels = Levels(
            share=share,
            cost=draws["group_cost"] / each,
            use_rate=draws["users"] / each,
            per_user=draws["quantity"] / draws["users"],
            unit=draws["group_cost"] / draws["quantity"],
            part=draws["member_quantity"] / draws["quantity"][..., sums.element_group[members]],
            price=draws["member_cost"] / draws["member_quantity"],
            odd=odd,
        )
        payment = draws["payment"] / cases
    _mark_odd(levels, draws, sums.element_group[members])
    return levels, payment


def _weighted(sums: ClusterSums, weights: Floats, members: NDArray[np.intp]) -> dict[str, Floats]:
    """Sums over the drawn clusters: cases, payment (D, S); users, quantity, group_cost (D, S, G); members (D, S, M)."""
    clusters, strata = sums.cases.shape
    parts = {
        "cases": sums.cases[..., None], "payment": sums.payment[..., None], "users": sums.users,
        "quantity": sums.quantity, "group_cost": group_costs(sums),
        "member_quantity": sums.element_quantity[..., members], "member_cost": sums.element_cost[..., members],
    }  # fmt: skip
    flat = np.concatenate([part.reshape(clusters, -1) for part in parts.values()], axis=1)
    weights = np.where((weights @ sums.cases.sum(axis=1) > 0)[:, None], weights, 1.0)
    drawn = weights @ flat
    ends = np.cumsum([part.shape[2] * strata for part in parts.values()])
    cut = zip(parts, np.split(drawn, ends[:-1], axis=1), strict=True)
    shaped = {name: values.reshape(len(weights), strata, -1) for name, values in cut}
    for name, least in (("quantity", _NO_QUANTITY), ("group_cost", _NO_MONEY), ("member_quantity", _NO_QUANTITY),
                        ("member_cost", _NO_MONEY)):  # fmt: skip
        shaped[name][np.abs(shaped[name]) < least] = 0.0
    return shaped | {name: shaped[name][..., 0] for name in ("cases", "payment")}


def group_costs(sums: ClusterSums) -> Floats:
    """(K, S, G) cost of the groups."""
    starts = np.searchsorted(sums.element_group, np.arange(len(sums.groups)))
    return np.add.reduceat(sums.element_cost, starts, axis=2)


def _odd(quantity: Floats, cost: Floats, users: Floats | None = None) -> NDArray[np.bool_]:
    """Negative, or a cost without quantity, or a quantity without a case that uses it."""
    odd = (quantity < 0) | (cost < 0) | ((quantity == 0) & (cost != 0))
    return odd if users is None else odd | ((quantity > 0) & (users == 0))


def _mark_odd(levels: Levels, draws: dict[str, Floats], member_group: NDArray[np.intp]) -> None:
    """A group with an odd member is odd; what is odd has no level."""
    odd = _odd(draws["member_quantity"], draws["member_cost"])
    if odd.any():
        groups, starts = np.unique(member_group, return_index=True)
        levels.odd[..., groups] |= np.logical_or.reduceat(odd, starts, axis=-1)
    if levels.odd.any():
        for values in (levels.use_rate, levels.per_user, levels.unit):
            values[levels.odd] = np.nan
        for values in (levels.part, levels.price):
            values[levels.odd[..., member_group]] = np.nan
    levels.part[np.isinf(levels.part)] = np.nan
