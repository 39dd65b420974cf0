"""Step-down allocation of one month, each cost item on its own, traceable from centre to centre.

Source of the three steps: the national cost-accounting norm for public hospitals (2021); of the arithmetic: any
textbook of cost accounting (step-down method).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.costing.fen import split_to_fen
from analysis.costing.scheme import CostingScheme, Step
from analysis.errors import InputError


@dataclass(frozen=True)
class Giving:
    """One centre hands its whole cost on: `weights` over all centres, zero for those who do not receive."""

    step: int
    centre: int
    driver: str
    weights: NDArray[np.float64]


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
        amounts = held[giving.centre].copy()
        flow = (
            _split(amounts, giving.weights) if exact_fen else np.outer(giving.weights / giving.weights.sum(), amounts)
        )
        held = held + flow
        held[giving.centre] -= amounts
        flows.append(flow)
    return flows


def _split(amounts: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    centres, items = len(weights), len(amounts)
    groups = np.repeat(np.arange(items), centres)
    return split_to_fen(amounts, np.tile(weights, items), groups).reshape(items, centres).T


def plan(
    scheme: CostingScheme, centres: pd.DataFrame, drivers: pd.DataFrame, direct: NDArray, where: str
) -> list[Giving]:
    """Resolve a scheme's steps to givings for the centres of one hospital and month.

    Parameters
    ----------
    centres : cost_centre, class; one row a row of `direct`.
    drivers : driver, from_centre (* = any), cost_centre, quantity.
    direct : (centres, items) direct cost, which tells who has anything to give.
    where : hospital and month, for messages.

    Raises
    ------
    InputError
        A centre with cost has no driver, a driver that sums to zero, or a negative driver quantity.
    """
    codes = centres["cost_centre"].to_numpy()
    classes = centres["class"].to_numpy()
    may_hold = direct.any(axis=1)
    quantities = _quantities(drivers, codes)
    givings = []
    for step in scheme.steps:
        for centre in _givers(step, codes, classes):
            receives = np.isin(classes, step.to_classes) & ~np.isin(codes, step.from_centres)
            if not may_hold[centre]:
                continue
            for driver in filter(None, (step.drivers.get(codes[centre], step.driver), step.fallback)):
                weights = _weights(driver, codes[centre], quantities, direct) * receives
                if weights.any():
                    break
            _check(weights, driver, codes, centre, where)
            givings.append(Giving(step.number, int(centre), driver, weights))
            may_hold |= weights > 0
            may_hold[centre] = False
    return givings


def _givers(step: Step, codes: NDArray, classes: NDArray) -> NDArray[np.intp]:
    if step.from_centres:
        return np.flatnonzero(np.isin(codes, step.from_centres))
    return np.flatnonzero(classes == step.from_class)


def _quantities(drivers: pd.DataFrame, codes: NDArray) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Quantity of every centre, by driver and serving centre (* = any)."""
    places = pd.Index(codes).get_indexer(drivers["cost_centre"])
    known = drivers.assign(place=places)[places >= 0]
    found: dict[tuple[str, str], NDArray[np.float64]] = {}
    for driver, giver, place, quantity in zip(
        known["driver"], known["from_centre"], known["place"], known["quantity"].astype(float).fillna(0.0), strict=True
    ):
        found.setdefault((driver, giver), np.zeros(len(codes)))[place] = quantity
    return found


def _weights(
    driver: str, giver: str, quantities: dict[tuple[str, str], NDArray[np.float64]], direct: NDArray
) -> NDArray[np.float64]:
    if driver == "direct_cost":
        return direct.sum(axis=1).astype(float)
    nothing = np.zeros(len(direct))
    return quantities.get((driver, giver), quantities.get((driver, "*"), nothing))


def _check(weights: NDArray[np.float64], driver: str, codes: NDArray, centre: int, where: str) -> None:
    place = f"table drivers, driver {driver}, from_centre {codes[centre]} ({where})"
    if (weights < 0).any():
        bad = [f"{codes[i]}: {weights[i]:g}" for i in np.flatnonzero(weights < 0)[:3]]
        raise InputError("negative driver quantity", where=place, rows=bad, mend="correct the quantity")
    if weights.sum() == 0:
        raise InputError(
            f"cost of {codes[centre]} cannot be allocated: driver {driver} is missing or sums to zero",
            where=place,
            mend="bring the quantities of the receiving centres, or name another driver in parameters/costing",
        )


def allocation_rows(
    centres: pd.DataFrame, items: list[str], direct: NDArray, givings: list[Giving], flows: list[NDArray]
) -> pd.DataFrame:
    """Direct cost (step 0, from a centre to itself) and every flow as rows: step, from, to, item, driver, fen."""
    codes = centres["cost_centre"].to_numpy()
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
