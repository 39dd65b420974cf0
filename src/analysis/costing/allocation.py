"""Cost handed on from centre to centre, each cost item on its own, to the fen.

Source of the arithmetic: any textbook of cost accounting (direct and step-down method); of the norm's three steps: the
national cost-accounting norm for public hospitals (2021).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.fen import split_rows


@dataclass(frozen=True)
class Giving:
    """One centre hands cost items on: `weights` over all centres, zero for those who do not receive.

    `items` are positions of cost items; the default takes all.
    """

    step: int
    centre: int
    driver: str
    weights: NDArray[np.float64]
    items: Any = ...


def hand_on(amounts: NDArray, weights: NDArray[np.float64], *, exact_fen: bool = True) -> NDArray:
    """(items,) amounts of one centre over the (centres,) weights: (centres, items), whole fen where `exact_fen`."""
    if exact_fen:
        return split_rows(amounts, weights).T
    return np.outer(weights / weights.sum(), amounts)


def step_down(direct: NDArray, givings: list[Giving], *, exact_fen: bool = True) -> list[NDArray]:
    """Hand on cost centre by centre; a centre gives what it holds at that moment.

    Parameters
    ----------
    direct : (centres, items) direct cost; whole fen where `exact_fen`, else any unit as floats.
    givings : in the order of giving.
    exact_fen : split to whole fen (what is given equals what is received); False keeps unrounded floats.

    Returns
    -------
    One (centres, items) array a giving: what each centre received. Full cost = direct + received - given.
    """
    held = direct.copy()
    flows = []
    for giving in givings:
        amounts = held[giving.centre, giving.items].copy()
        flow = np.zeros_like(held)
        flow[:, giving.items] = hand_on(amounts, giving.weights, exact_fen=exact_fen)
        held += flow
        held[giving.centre, giving.items] -= amounts
        flows.append(flow)
    return flows


def held_after(direct: NDArray, givings: list[Giving], flows: list[NDArray]) -> NDArray:
    """(centres, items) what every centre holds in the end: direct + received - given."""
    held = direct.copy()
    for giving, flow in zip(givings, flows, strict=True):
        held += flow
        held[giving.centre] -= flow.sum(axis=0)
    return held


def allocation_rows(
    codes: NDArray, items: list[str], direct: NDArray, givings: list[Giving], flows: list[NDArray]
) -> pd.DataFrame:
    """Direct cost (step 0, from a centre to itself) and every flow as rows: step, from, to, item, driver, fen."""
    stacked = np.stack([direct, *flows])
    flow, to, item = np.nonzero(stacked)
    giver = np.array([-1, *(giving.centre for giving in givings)])[flow]
    return pd.DataFrame(
        {
            "step": np.array([0, *(giving.step for giving in givings)])[flow],
            "from_centre": codes[np.where(giver < 0, to, giver)],
            "to_centre": codes[to],
            "cost_item": np.asarray(items, dtype=object)[item],
            "driver": np.array(["direct", *(giving.driver for giving in givings)], dtype=object)[flow],
            "fen": stacked[flow, to, item],
        }
    )
