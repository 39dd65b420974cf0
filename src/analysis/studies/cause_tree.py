"""Rows of the closed table `causes` as a tree, and the causes as people speak of them: a thing and what it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from analysis.presentation.numbers import is_empty
from analysis.rootcause.item_view import EFFECTS
from analysis.rootcause.settings import Category
from analysis.rootcause.significance import FALSE_DISCOVERIES

#: A row of the tree as plain values.
Row = dict[str, Any]
#: What stands below the cost, beside mix and bundles.
CATEGORIES = get_args(Category)
#: What holds many small things and no name that anybody could act on.
POOLS = ("rest", "other_drug", "other_consumable", "other_exam", "other_service", "other_stay")


def in_view(rows: pd.DataFrame, view: str) -> pd.DataFrame:
    """Rows of one view of one DRG and baseline, in the order of the tree: every row before its parts.

    Adds `depth` (0 = the whole) and `leaf`.
    """
    rows = rows[rows["view"] == view].reset_index(drop=True)
    order = _in_order(rows) if len(rows) else []
    made = rows.loc[[at for at, _ in order]].reset_index(drop=True)
    made["depth"] = [depth for _, depth in order]
    depths = np.append(made["depth"].to_numpy(dtype=int), 0)
    return made.assign(leaf=depths[1:] <= depths[:-1])


def _in_order(rows: pd.DataFrame) -> list[tuple[int, int]]:
    """Places of all rows and their depths: the whole, then every row followed by its parts, the largest first."""
    levels, amounts = rows["level"].tolist(), rows["amount_total"].abs().tolist()
    ends = rows["effect"].isin(EFFECTS).tolist()
    parts: dict[str, list[int]] = {}
    for at in sorted(range(len(rows)), key=lambda i: -amounts[i]):
        parts.setdefault(rows["parent"].iat[at], []).append(at)

    def walk(at: int, depth: int) -> Iterator[tuple[int, int]]:
        yield at, depth
        below = [] if ends[at] else [i for i in parts.get(rows["cause"].iat[at], ()) if levels[i] > levels[at]]
        nearest = min((levels[i] for i in below), default=0)
        for part in below:
            if levels[part] == nearest:
                yield from walk(part, depth + 1)

    return list(walk(levels.index(min(levels)), 0))


def below(tree: pd.DataFrame, at: int) -> pd.DataFrame:
    """All rows below the row at place `at` of a tree."""
    deeper = tree["depth"].to_numpy()[at + 1 :] > tree["depth"].iloc[at]
    end = at + 1 + (len(deeper) if deeper.all() else int(np.argmin(deeper)))
    return tree.iloc[at + 1 : end]


def thing(row: Mapping[str, Any] | pd.Series) -> str:
    """Code of what a row is about: of a row of one effect the group that it parts, else the cause itself."""
    if row["cause"] != row["effect"] or row["effect"] not in EFFECTS:
        return str(row["cause"])
    return str(row["parent"] if row["subject"] in ("*", "") else row["subject"])


def causes_among(rows: pd.DataFrame, view: str) -> pd.DataFrame:
    """The causes of one DRG in one view, the one that adds most to the loss first.

    In the item view: payment, mix, bundles and the groups of every category, each with the effect it mostly works by;
    in the driver view the drivers.

    Returns
    -------
    Frame: view, category (`*` above them, a bundle its own), thing, through (effect, empty = none), amount_total,
    amount_per_case, ci_low, ci_high, q_value, called, preventable, owner, basis.
    """
    tree = in_view(rows, view).to_dict("records")
    made = []
    category = "*"
    for at, row in enumerate(tree):
        if row["depth"] <= 2:
            category = str(row["cause"]) if row["depth"] == 2 else "*"
        if _is_cause(row, category, view):
            end = next((i for i in range(at + 1, len(tree)) if tree[i]["depth"] <= row["depth"]), len(tree))
            leaves = [part for part in tree[at + 1 : end] if part["leaf"]] or [row]
            made.append(_cause(row, leaves, category))
    frame = pd.DataFrame(made)
    if frame.empty:
        return frame
    return frame.sort_values(["amount_total", "thing"], ascending=[False, True], ignore_index=True, kind="stable")


def _is_cause(row: Row, category: str, view: str) -> bool:
    """What people call a cause: what stands below a category, a bundle, a leaf above them; every driver."""
    if row["cause"] == "physician":
        return row["depth"] == 2
    if view == "driver" or row["depth"] < 2:
        return bool(row["leaf"])
    if row["depth"] == 2:
        return bool(row["leaf"]) or category not in CATEGORIES
    return row["depth"] == 3 and category in CATEGORIES


def _cause(row: Row, leaves: Sequence[Row], category: str) -> Row:
    largest = max(leaves, key=lambda leaf: abs(leaf["amount_total"]))
    q_value = largest["q_value"] if is_empty(row["q_value"]) else row["q_value"]
    owner = largest["owner"] if is_empty(row["owner"]) else row["owner"]
    prevented = [leaf["preventable"] for leaf in leaves if not is_empty(leaf["preventable"])]
    return {
        "view": row["view"], "category": category, "thing": thing(row),
        "through": _through(leaves, row["amount_total"]),
        **{name: row[name] for name in ("amount_total", "amount_per_case", "ci_low", "ci_high")},
        "q_value": q_value, "called": not is_empty(q_value) and q_value < FALSE_DISCOVERIES,
        "preventable": sum(prevented) if is_empty(row["preventable"]) else row["preventable"],
        "owner": "" if is_empty(owner) else owner, "basis": row["basis"],
    }  # fmt: skip


def _through(leaves: Sequence[Row], whole: float) -> str:
    """The effect that moves a thing most in the direction it moved; empty where that is none of one thing."""
    effects = dict.fromkeys(EFFECTS, 0.0)
    for leaf in leaves:
        if leaf["effect"] in effects:
            effects[leaf["effect"]] += leaf["amount_total"] * np.sign(whole)
    most = max(effects, key=lambda effect: effects[effect])
    return most if effects[most] > 0 else ""
