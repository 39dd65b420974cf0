"""Effects of the item view as rows: total > payment, cost > mix, bundle, category > group > effect; to the fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.fen import round_parts, to_micro
from analysis.rootcause.item_view import EFFECTS, ItemEffects
from analysis.rootcause.layout import REST, Layout
from analysis.rootcause.split import Floats

#: Places of the leaves that no group has; the effects of group g begin at 2 + 4 g.
_PAYMENT, _MIX, _FIRST = 0, 1, 2


@dataclass(frozen=True)
class CauseTree:
    """Nodes of the item view, parents before children.

    nodes : level, parent, cause, subject, effect (key of the closed table `causes` within a DRG), basis.
    above : (nodes,) row of the parent, -1 for the total.
    leaves : (nodes, leaves) True where the leaf belongs to the node.
    """

    nodes: pd.DataFrame
    above: NDArray[np.intp]
    leaves: NDArray[np.bool_]


def cause_tree(
    layout: Layout, supplied: NDArray[np.bool_] | None = None, bundles: Mapping[str, Sequence[str]] | None = None
) -> CauseTree:
    """Tree of a layout.

    Parameters
    ----------
    layout : its groups and categories.
    supplied : (G,) the group's reference was supplied (basis); None = all estimated.
    bundles : bundle -> groups that are read together, of any category: one cause, beside the categories, which are
        without these groups; a group of several bundles is in the first by code.

    Notes
    -----
    Leaves that nothing can move are left out: substitution of a group of one, price and substitution of pools. The
    category `rest` is one leaf of effect `rest`. A code that groups of two categories share carries its category.
    """
    supplied = np.zeros(len(layout.groups), bool) if supplied is None else supplied
    bundle_of = {group: code for code in sorted(bundles or {}, reverse=True) for group in (bundles or {})[code]}
    rows: list[tuple] = []
    everything = np.arange(_FIRST + 4 * len(layout.groups))
    total = _add(rows, -1, "total", "total", everything)
    _add(rows, total, "payment", "payment", [_PAYMENT])
    cost = _add(rows, total, "cost", "total", everything[1:])
    _add(rows, cost, "mix", "mix", [_MIX])
    place = [bundle_of.get(code, layout.group_category[g]) for g, code in enumerate(layout.groups)]
    for code in [*sorted(set(place) & set(bundle_of.values())), *sorted(set(place) - set(bundle_of.values()))]:
        groups = [g for g, where in enumerate(place) if where == code]
        node = _add(rows, cost, code, "rest" if code == REST else "total", _leaves(groups))
        if code != REST:
            _add_groups(rows, node, groups, layout)
    return _tree(rows, supplied)


def _leaves(groups: Sequence[int]) -> NDArray[np.intp]:
    return np.concatenate([_FIRST + 4 * g + np.arange(4) for g in groups])


def _add(rows: list[tuple], above: int, cause: str, effect: str, leaves: Sequence[int] | NDArray[np.intp]) -> int:
    level, parent = (0, "*") if above < 0 else (rows[above][1] + 1, rows[above][3])
    rows.append((above, level, parent, cause, effect, np.asarray(leaves)))
    return len(rows) - 1


def _add_groups(rows: list[tuple], node: int, groups: list[int], layout: Layout) -> None:
    """Groups and their effects under a bundle or a category."""
    singles = np.bincount(layout.element_group, minlength=len(layout.groups)) == 1
    for g in groups:
        code = layout.groups[g]
        code = code if layout.groups.count(code) == 1 else f"{code} ({layout.group_category[g]})"
        over = _add(rows, node, code, "total", _leaves([g]))
        for place, effect in enumerate(EFFECTS):
            possible = (
                not layout.pooled[g] if effect == "price" else not singles[g] if effect == "substitution" else True
            )
            if possible:
                _add(rows, over, code, effect, [_FIRST + 4 * g + place])


def _tree(rows: list[tuple], supplied: NDArray[np.bool_]) -> CauseTree:
    above, level, parent, cause, effect, leaves = zip(*rows, strict=True)
    member = np.zeros((len(rows), _FIRST + 4 * len(supplied)), bool)
    for row, inside in enumerate(leaves):
        member[row, inside] = True
    told = np.concatenate([[supplied.all()] * 2, np.repeat(supplied, 4)])
    basis = np.where((~member | told).all(axis=1), "supplied", "estimated")
    nodes = pd.DataFrame(
        {"level": level, "parent": parent, "cause": cause, "subject": "*", "effect": effect, "basis": basis}
    )
    return CauseTree(nodes, np.array(above), member)


def node_amounts(effects: ItemEffects, tree: CauseTree) -> Floats:
    """(D, nodes) money of every node in every draw, for intervals."""
    groups = np.stack([getattr(effects, name) for name in EFFECTS], axis=-1)
    leaves = np.concatenate(
        [effects.payment[:, None], effects.mix[:, None], groups.reshape(len(effects.mix), -1)], axis=1
    )
    amounts = np.empty((len(leaves), len(tree.nodes)))
    single = tree.leaves.sum(axis=1) == 1
    amounts[:, single] = leaves[:, tree.leaves[single].argmax(axis=1)]
    amounts[:, ~single] = leaves @ tree.leaves[~single].T.astype(float)
    return amounts


def tree_rows(amounts: Floats, tree: CauseTree, cases: int) -> pd.DataFrame:
    """Nodes of a tree of causes with their money, to the fen, and their rank.

    Parameters
    ----------
    amounts : (nodes,) money of the leaves at their places; of other nodes it is summed here.

    Returns
    -------
    The nodes with amount_total and amount_per_case (Decimal, fen), cases and rank (by money among the nodes of the same
    parent). Children sum to their parent to the fen: the total is rounded once and handed down (`round_parts`); equal
    remainders go to the earlier code.
    """
    fen = _fen(to_micro(amounts), tree)
    rows = tree.nodes.copy()
    rows["amount_total"] = [Decimal(int(value)).scaleb(-2) for value in fen]
    per_case = np.rint(fen / cases).astype(np.int64)
    rows["amount_per_case"] = [Decimal(int(value)).scaleb(-2) for value in per_case]
    rows["cases"] = cases
    order = np.lexsort((np.arange(len(fen)), -fen, tree.above))
    first = np.maximum.accumulate(np.where(np.diff(tree.above[order], prepend=-2) != 0, np.arange(len(fen)), 0))
    rank = np.empty(len(fen), np.int64)
    rank[order] = np.arange(len(fen)) - first + 1
    rows["rank"] = rank
    return rows


def _fen(micro: NDArray[np.int64], tree: CauseTree) -> NDArray[np.int64]:
    """(nodes,) fen: leaves added up exactly, the total rounded, then parted level by level."""
    ends = np.setdiff1d(np.arange(len(micro)), tree.above)
    exact = np.where(np.isin(np.arange(len(micro)), ends), micro, 0)
    level = tree.nodes["level"].to_numpy()
    for depth in range(level.max(), 0, -1):
        np.add.at(exact, tree.above[level == depth], exact[level == depth])
    fen = np.zeros_like(exact)
    fen[0] = np.rint(exact[0] / 10_000)
    for depth in range(1, level.max() + 1):
        rows = np.flatnonzero(level == depth)
        parents, groups = np.unique(tree.above[rows], return_inverse=True)
        fen[rows] = round_parts(fen[parents], exact[rows], groups)
    return fen
