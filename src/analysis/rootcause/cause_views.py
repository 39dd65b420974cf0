"""A view of the causes as rows: money to the fen, intervals, who can change it, and what of it can be avoided."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.cause_rows import CauseTree, tree_rows
from analysis.rootcause.intervals import judged
from analysis.rootcause.layout import Layout
from analysis.rootcause.preventable import owner_of, preventable_fen
from analysis.rootcause.settings import RootCause

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A tree of causes with the money of its nodes: (1 + draws, nodes), the first draw the cases as they are."""

    name: str
    tree: CauseTree
    money: Floats


@dataclass(frozen=True)
class Judge:
    """What intervals are made with: settings, effective clusters, weights of the draws (first row all ones)."""

    settings: RootCause
    effective: float
    weights: Floats


def told(view: View, cases: int, layout: Layout, judge: Judge, imports: dict[str, float]) -> pd.DataFrame:
    """Rows of the closed table `causes` of one view, but for what is alike in all of them.

    Parameters
    ----------
    cases : of the sample.
    layout : tells the category of a group.
    imports : of `without_indication`.

    Returns
    -------
    Also category (`*` of trunk, mix, bundles and drivers) and p_value; what has no interval has neither.
    """
    rows = tree_rows(view.money[0], view.tree, cases).assign(view=view.name)
    fen = np.array([int(value.scaleb(2)) for value in rows["amount_total"]], np.int64)
    rows["category"] = _categories(rows, layout)
    low = high = p = np.full(len(rows), np.nan)
    if len(view.money) > 1:
        low, high, p = judged(view.money[0], view.money[1:], judge.effective, weights=judge.weights[1:])
    rows = rows.assign(ci_low=low.round(2), ci_high=high.round(2), p_value=p)
    asked = rows.assign(fen=fen, sure=rows["ci_low"] > 0)
    avoided = preventable_fen(asked, view.tree.above, _things(rows, view.tree.above), judge.settings, imports)
    rows["preventable"] = [Decimal(int(value)).scaleb(-2) for value in avoided]
    rows["owner"] = _owners(asked, view.tree.above, judge.settings)
    return rows


def _categories(rows: pd.DataFrame, layout: Layout) -> list[str]:
    """Category of categories and groups; `*` of all else."""
    of_group = dict(zip(layout.groups, layout.group_category, strict=True))
    known = {name: name for name in layout.group_category} | of_group
    in_items = rows["view"].eq("item")
    return rows["cause"].map(known).where(in_items).fillna("*").tolist()


def _things(rows: pd.DataFrame, above: NDArray[np.intp]) -> NDArray[np.intp]:
    """(rows,) what a row is part of: a bundle, a group outside of bundles, a driver; itself above that.

    A bundle stands beside the categories (`*` as its category), a group of no bundle right below its category.
    """
    level, category = rows["level"].to_numpy(), rows["category"].to_numpy(object)
    things = np.arange(len(rows))
    for at in np.flatnonzero(level > 2):
        over = above[at]
        things[at] = at if level[at] == 3 and category[over] != "*" else things[over]
    return things


def _owners(rows: pd.DataFrame, above: NDArray[np.intp], settings: RootCause) -> list[str | None]:
    """Who can change a row; of a row with parts whoever has the largest of them. The trunk belongs to nobody."""
    columns = rows[["effect", "category", "cause", "subject"]].itertuples(index=False)
    owners = [owner_of(settings, *row) for row in columns]
    size, together = np.abs(rows["fen"].to_numpy()), (rows["effect"] == "total").to_numpy()
    largest: dict[int, int] = {}
    for at in range(len(rows) - 1, 0, -1):
        if together[at] and at in largest:
            owners[at] = owners[largest[at]]
        over = int(above[at])
        if over not in largest or size[at] >= size[largest[over]]:
            largest[over] = at
    trunk = together & (rows["level"].to_numpy() < 2)
    return [None if trunk[at] else owner for at, owner in enumerate(owners)]
