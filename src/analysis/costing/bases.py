"""From the basis that a scheme names to weights over the receiving centres."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.costing.scheme import SHARE_TOLERANCE, Basis, ByItem, DualRate, Mix
from analysis.errors import InputError


@dataclass(frozen=True)
class Part:
    """Cost items (positions) that one centre hands on by the same drivers; `shares` of the drivers sum to 1."""

    items: NDArray[np.intp]
    shares: dict[str, float]

    @property
    def driver(self) -> str:
        """As `allocations` shows it: `staff`, or `0.6 beds + 0.4 transports`."""
        if len(self.shares) == 1:
            return next(iter(self.shares))
        return " + ".join(f"{share:g} {driver}" for driver, share in self.shares.items())


def parts_of(basis: Basis, items: Sequence[str], fixed: Sequence[str]) -> list[Part]:
    """Group the cost items by the drivers they go by.

    Parameters
    ----------
    items : names of the cost items, one a column of the cost.
    fixed : cost items that a dual-rate basis hands on by capacity.
    """
    if isinstance(basis, ByItem):
        drivers = [basis.items.get(item, basis.rest) for item in items]
    elif isinstance(basis, DualRate):
        drivers = [basis.fixed if item in fixed else basis.variable for item in items]
    else:
        drivers = [basis] * len(items)
    shares = [driver.mix if isinstance(driver, Mix) else {driver: 1.0} for driver in drivers]
    different = [one for place, one in enumerate(shares) if one not in shares[:place]]
    return [Part(np.flatnonzero([one == share for share in shares]), one) for one in different]


@dataclass(frozen=True)
class Quantities:
    """Driver quantities of one hospital and month over its centres.

    `found` is (centres,) by driver and serving centre (* = any); `direct` (centres,) the booked cost, which is the
    driver direct_cost.
    """

    codes: NDArray[np.object_]
    found: dict[tuple[str, str], NDArray[np.float64]]
    direct: NDArray[np.float64]
    where: str

    def of(self, driver: str, giver: str) -> NDArray[np.float64]:
        """(centres,) quantities taken for this serving centre, else for any."""
        if driver == "direct_cost":
            return self.direct
        nothing = np.zeros(len(self.codes))
        return self.found.get((driver, giver), self.found.get((driver, "*"), nothing))

    def place(self, driver: str, giver: str) -> str:
        """Where a reader finds them."""
        if driver == "direct_cost":
            return f"table ledger, booked cost as the driver of {giver} ({self.where})"
        return f"table drivers, driver {driver}, from_centre {giver} ({self.where})"


def quantities(drivers: pd.DataFrame, codes: NDArray) -> dict[tuple[str, str], NDArray[np.float64]]:
    """(centres,) quantities by driver and serving centre of rows driver, from_centre, cost_centre, quantity."""
    places = pd.Index(codes).get_indexer(drivers["cost_centre"])
    known = drivers.assign(place=places)[places >= 0]
    found: dict[tuple[str, str], NDArray[np.float64]] = {}
    for driver, giver, place, quantity in zip(
        known["driver"], known["from_centre"], known["place"], known["quantity"].astype(float).fillna(0.0), strict=True
    ):
        found.setdefault((driver, giver), np.zeros(len(codes)))[place] = quantity
    return found


def check_shares(
    found: dict[tuple[str, str], NDArray[np.float64]], drivers: Sequence[str], codes: NDArray, where: str
) -> None:
    """Drivers that are shares of one must come to 1 for every serving centre.

    Raises
    ------
    InputError
        Shares of a serving centre sum to something else (80 %: a fifth of its cost would have nowhere to go).
    """
    for (driver, giver), shares in found.items():
        if driver in drivers and abs(shares.sum() - 1) > SHARE_TOLERANCE:
            rows = [f"{codes[i]}: {shares[i]:g}" for i in np.flatnonzero(shares)[:5]]
            raise InputError(
                f"shares of {giver} sum to {shares.sum() * 100:g} %, not to 100 %",
                where=f"table drivers, driver {driver}, from_centre {giver} ({where})",
                rows=rows,
                mend="correct the shares so that they sum to 1, or take the driver out of share_drivers of the scheme",
            )


def weights_of(part: Part, giver: str, receives: NDArray[np.bool_], given: Quantities) -> NDArray[np.float64] | None:
    """(centres,) weights of those who receive; None where a driver of the part measures nothing.

    weight_j = quantity_j; of a mixture, sum over drivers k of share_k x quantity_kj / sum of quantity_k over receivers.

    Raises
    ------
    InputError
        A receiver's quantity is negative.
    """
    weights = np.zeros(len(receives))
    for driver, share in part.shares.items():
        quantity = given.of(driver, giver) * receives
        if (quantity < 0).any():
            bad = [f"{given.codes[i]}: {quantity[i]:g}" for i in np.flatnonzero(quantity < 0)[:3]]
            raise InputError(
                "negative driver quantity",
                where=given.place(driver, giver),
                rows=bad,
                mend="correct it: a driver measures use and cannot be negative; or name another driver in the scheme",
            )
        if not quantity.any():
            return None
        weights += quantity if len(part.shares) == 1 else share * quantity / quantity.sum()
    return weights
