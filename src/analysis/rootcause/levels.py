"""Levels of one side, in every draw: shares of strata, use rates, quantities per user, unit costs, parts and prices."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.rootcause.split import Floats, Levels
from analysis.rootcause.sums import ClusterSums

#: Below this a quantity or an amount is what floats leave of a refund: nothing.
_NO_QUANTITY, _NO_MONEY = 1e-9, 1e-6
#: Bytes of one array of a run over draws: small enough to stay in a core's cache.
_ARRAY_BYTES = 2**19


@dataclass(frozen=True)
class Stack:
    """Sums of one side laid side by side, so that one matrix product draws them all.

    flat : (K, F) parts one after the other; ends : (parts,) where each ends.
    own : (K,) cases of each cluster.
    member_group : (M,) group of each member of a group of several.
    doubtful : (G,) some cluster has a negative amount, or a cost without quantity, or a quantity without user: only
        these can be odd in a draw.
    """

    sums: ClusterSums
    flat: Floats
    ends: NDArray[np.intp]
    own: Floats
    member_group: NDArray[np.intp]
    doubtful: NDArray[np.intp]


def stack(sums: ClusterSums) -> Stack:
    """Sums made ready to be drawn."""
    layout, members = sums.layout, sums.layout.members
    clusters, starts = len(layout.clusters), np.searchsorted(layout.element_group, np.arange(len(layout.groups)))
    cost = np.add.reduceat(sums.element_cost, starts, axis=2)
    parts = [
        sums.cases, sums.payment, sums.users, sums.quantity, cost,
        sums.element_quantity[..., members], sums.element_cost[..., members],
    ]  # fmt: skip
    flat = np.concatenate([part.reshape(clusters, -1) for part in parts], axis=1)
    ends = np.cumsum([part.size // clusters for part in parts])
    element_odd = np.logical_or.reduceat(odd_amounts(sums.element_quantity, sums.element_cost), starts, axis=2)
    odd = odd_amounts(sums.quantity, cost, sums.users) | element_odd
    doubtful = np.flatnonzero(odd.any(axis=(0, 1)))
    return Stack(sums, flat, ends, sums.cases.sum(axis=1), layout.element_group[members], doubtful)


def odd_amounts(quantity: Floats, cost: Floats, users: Floats | None = None) -> NDArray[np.bool_]:
    """Negative, or a cost without quantity, or a quantity without a case that uses it."""
    odd = (quantity < 0) | (cost < 0) | ((quantity == 0) & (cost != 0))
    return odd if users is None else odd | ((quantity > 0) & (users == 0))


def runs(draws: int, sums: ClusterSums) -> Iterator[slice]:
    """Draws in runs of bounded memory."""
    layout = sums.layout
    cells = len(layout.strata) * (len(layout.groups) + len(layout.members))
    step = max(1, _ARRAY_BYTES // (8 * cells))
    return (slice(start, start + step) for start in range(0, draws, step))


def levels_of(stacked: Stack, weights: Floats) -> tuple[Levels, Floats]:
    """Levels and payment per case of one side.

    A draw that holds no case of this side keeps the side as it was observed.

    Parameters
    ----------
    stacked : sums of K clusters.
    weights : (D, K) how often each cluster was drawn.

    Returns
    -------
    levels, undefined values NaN; payment per case by stratum (D, S), 0 where the stratum is empty.
    """
    nobody = weights @ stacked.own <= 0
    drawn = np.where(nobody[:, None], 1.0, weights) @ stacked.flat
    cases, payment, *rest = np.split(drawn, stacked.ends[:-1], axis=1)
    users, quantity, cost, member_quantity, member_cost = (
        x.reshape(*cases.shape, x.shape[1] // cases.shape[1]) for x in rest
    )
    odd = _odd(stacked, users, (quantity, cost), (member_quantity, member_cost))
    each = cases[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = Levels(
            share=cases / cases.sum(axis=1, keepdims=True),
            cost=cost / each,
            use_rate=users / each,
            per_user=quantity / users,
            unit=cost / quantity,
            part=member_quantity / quantity[..., stacked.member_group],
            price=member_cost / member_quantity,
            odd=odd,
        )
    if odd.any():
        for values, cells in ((levels.use_rate, odd), (levels.per_user, odd), (levels.unit, odd),
                              (levels.part, odd[..., stacked.member_group]),
                              (levels.price, odd[..., stacked.member_group])):  # fmt: skip
            values[cells] = np.nan
    return levels, np.divide(payment, cases, out=np.zeros_like(payment), where=cases > 0)


def _odd(stacked: Stack, users: Floats, of_groups: tuple[Floats, Floats], of_members: tuple[Floats, Floats]) -> NDArray:
    """(D, S, G) odd groups, after what floats leave of refunds is taken for nothing."""
    odd, doubtful = np.zeros(users.shape, bool), stacked.doubtful
    if not len(doubtful):
        return odd
    members = np.flatnonzero(np.isin(stacked.member_group, doubtful))
    for amounts, columns in ((of_groups, doubtful), (of_members, members)):
        for values, least in zip(amounts, (_NO_QUANTITY, _NO_MONEY), strict=True):
            kept = values[..., columns]
            values[..., columns] = np.where(np.abs(kept) < least, 0.0, kept)
    odd[..., doubtful] = odd_amounts(of_groups[0][..., doubtful], of_groups[1][..., doubtful], users[..., doubtful])
    if len(members):
        groups, starts = np.unique(stacked.member_group[members], return_index=True)
        of_member = odd_amounts(of_members[0][..., members], of_members[1][..., members])
        odd[..., groups] |= np.logical_or.reduceat(of_member, starts, axis=-1)
    return odd
