"""Cost of centres brought to patients, to the fen: what is known exactly first, the rest by shares.

patient = own drugs and charged materials + (cost of the unit - all of those) x patient's share / all shares,
per unit and cost item (national DRG cost-accounting guide). The methods differ in the units and in what the share is:
patient days of a ward (top-down), minutes or coefficients of the services a centre performed (bottom-up), or what was
charged for them (cost-to-income). Where the exact parts come to more than the ledger spent on that item in that unit,
they share what the ledger spent: cost never exceeds the books.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.fen import split_to_fen

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Owed:
    """Money known exactly: `fen` of a stay in a centre for a cost item, all by number."""

    stay: Whole
    centre: Whole
    item: Whole
    fen: Whole


@dataclass(frozen=True)
class Basis:
    """What stays share a centre's cost by; no weight is negative. Rows in the order in which odd fen are given."""

    stay: Whole
    centre: Whole
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Shares:
    """Money of stays (several rows may belong together), and where money met nobody."""

    stay: Whole
    centre: Whole
    item: Whole
    fen: Whole
    lost: Whole


def share_out(pools: Whole, owed: Sequence[Owed], bases: Sequence[Basis], order: Sequence[Sequence[int]]) -> Shares:
    """Bring every pool to stays.

    Parameters
    ----------
    pools : (centres, items) fen, any sign.
    owed : taken from the pools first, one after the other, each at most what is left.
    bases : what the rest is shared by.
    order : per item, the bases to try: the first in which anybody has a weight in that centre.

    Returns
    -------
    Shares, with lost (centres, items): fen of the pools that met neither. Shares and lost sum to the pools.
    """
    chosen = _chosen(pools.shape, bases, order)
    rest, settled = pools.copy(), pools == 0
    parts = []
    for claim in owed:
        parts += _take(claim, rest, settled, chosen < 0)
    lost = np.where((chosen < 0) & ~settled, rest, 0)
    parts += [_by_basis(basis, np.where((chosen == k) & ~settled, rest, 0)) for k, basis in enumerate(bases)]
    return Shares(*(np.concatenate(column) for column in zip(*parts, strict=True)), lost=lost)


def _chosen(shape: tuple[int, ...], bases: Sequence[Basis], order: Sequence[Sequence[int]]) -> NDArray[np.intp]:
    """(centres, items) index of the basis that serves; -1 where none does."""
    serves = [np.bincount(basis.centre, basis.weight, minlength=shape[0]) > 0 for basis in bases]
    chosen = np.full(shape, -1)
    for item, tried in enumerate(order):
        for k in reversed(tried):
            chosen[serves[k], item] = k
    return chosen


def _take(claim: Owed, rest: Whole, settled: NDArray[np.bool_], nobody_else: NDArray[np.bool_]) -> list[tuple]:
    """Give out one claim: in full, or what is left in proportion; changes `rest` and `settled`."""
    pool, size = claim.centre * rest.shape[1] + claim.item, rest.size
    claimed = np.bincount(pool, claim.fen.astype(float), minlength=size).astype(np.int64).reshape(rest.shape)
    all_of_it = ~settled & (claimed > 0) & ((claimed >= rest) | nobody_else)
    in_full = ~settled & ~all_of_it & ~nobody_else
    some, full = all_of_it.ravel()[pool], in_full.ravel()[pool]
    left = np.where(all_of_it, rest, 0).ravel()
    fen = split_to_fen(left, claim.fen[some].astype(float), pool[some])
    parts = [(claim.stay[full], claim.centre[full], claim.item[full], claim.fen[full])]
    parts += [(claim.stay[some], claim.centre[some], claim.item[some], fen)]
    rest -= np.where(in_full, claimed, 0)
    rest[all_of_it] = 0
    settled |= all_of_it
    return parts


def _by_basis(basis: Basis, rest: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """Share the rest of each pool by the weights of its centre."""
    row, item = np.nonzero((rest != 0)[basis.centre])
    centre = basis.centre[row]
    fen = split_to_fen(rest.ravel(), basis.weight[row], centre * rest.shape[1] + item)
    return basis.stay[row], centre, item, fen
