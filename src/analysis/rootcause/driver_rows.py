"""Drivers as a tree of rows: total > payment, cost > mix, complication, stay > its reasons, physician, coding, rest."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.cause_rows import CauseTree
from analysis.rootcause.driver_view import DriverEffects
from analysis.rootcause.layout import Layout

Floats = NDArray[np.float64]
_NAMED, _STAY = "physician", "stay"
#: Effects in the closed table that are not called as the driver.
_EFFECT = {"cost": "total", "infection": "complication"}


def driver_tree(effects: DriverEffects, named: Mapping[str, int] | None = None, basis: str = "estimated") -> CauseTree:
    """Tree of the drivers that there are.

    Days and reasons of waiting stand below `stay`, as cause stay_<reason> with the reason as subject.

    Parameters
    ----------
    named : physician -> place of his cluster in the layout (`named_clusters`): each gets a row below `physician`, and
        what the others add is the subject `*` there. None or empty = no rows below.
    basis : of the reference cost (supplied or estimated): that of payment. All drivers rest on estimates.
    """
    rows: list[tuple[int, str, str, str]] = [(-1, "*", "total", "*")]
    for cause, subject in _values(effects, named):
        above = "total" if cause == "payment" else _STAY if cause.startswith("stay_") else "cost"
        if above != "total":
            _open(rows, "total", "cost")
        if above == _STAY:
            _open(rows, "cost", _STAY)
        elif cause == _NAMED and named:
            _open(rows, "cost", _NAMED)
            above = _NAMED
        rows.append((_place(rows, above), above, cause, subject))
    above, parent, cause, subject = (list(column) for column in zip(*rows, strict=True))
    level = np.zeros(len(rows), int)
    for row in range(1, len(rows)):
        level[row] = level[above[row]] + 1
    bases = [basis if code == "payment" else "estimated" for code in cause]
    effect = [_EFFECT.get(code, _STAY if code.startswith("stay_") else code) for code in cause]
    columns = {"level": level, "parent": parent, "cause": cause, "subject": subject, "effect": effect, "basis": bases}
    return CauseTree(pd.DataFrame(columns), np.array(above), _leaves(np.array(above)))


def _place(rows: list[tuple[int, str, str, str]], cause: str) -> int:
    """Row of the node of a cause; -1 where there is none yet."""
    return next((i for i, row in enumerate(rows) if row[2] == cause), -1)


def _open(rows: list[tuple[int, str, str, str]], parent: str, cause: str) -> None:
    """A node above others, once."""
    if _place(rows, cause) < 0:
        rows.append((_place(rows, parent), parent, cause, "*"))


def _values(effects: DriverEffects, named: Mapping[str, int] | None) -> dict[tuple[str, str], Floats]:
    """(D,) money of the leaves by cause and subject: payment, mix, conditions, days, physicians, rest."""
    values = {("payment", "*"): effects.payment}
    for name, money in effects.drivers.items():
        if name == _NAMED and named:
            people = {(name, person): effects.physicians[:, place] for person, place in named.items()}
            values |= people | {(name, "*"): money - sum(people.values())}
        else:
            wait = name.startswith("stay_") and name != "stay_other"
            values[name, name.removeprefix("stay_") if wait else "*"] = money
    return values


def _leaves(above: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(nodes, leaves) True where a leaf belongs to a node; leaves in the order of the nodes."""
    ends = np.setdiff1d(np.arange(len(above)), above)
    member = ends[None, :] == np.arange(len(above))[:, None]
    for row in range(len(above) - 1, 0, -1):
        member[above[row]] |= member[row]
    return member


def driver_amounts(effects: DriverEffects, tree: CauseTree, named: Mapping[str, int] | None = None) -> Floats:
    """(D, nodes) money of every node in every draw, for intervals; `named` as for the tree."""
    return np.stack(list(_values(effects, named).values()), axis=1) @ tree.leaves.T.astype(float)


def named_clusters(physicians: pd.DataFrame, layout: Layout) -> dict[str, int]:
    """Physicians who may be named (`physician_effects`) -> place of their cluster; empty where patients are drawn."""
    if layout.cluster != "physician_id":
        return {}
    place = {code: number for number, code in enumerate(layout.clusters)}
    rows = physicians[physicians["named"]]
    codes = rows["hospital_id"].astype(str) + "/" + rows["physician_id"].astype(str)
    return {person: place[code] for person, code in zip(rows["physician_id"], codes, strict=True) if code in place}
