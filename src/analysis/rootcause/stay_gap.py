"""Why a hospital's cases cost more than its peers' where only stay and cost are known: mix, days, cost of a day."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.fen import to_fen
from analysis.rootcause.split import mix_effect

EFFECTS = ("mix", "stay", "day_cost")
#: What a stratum is summed to, in this order.
SUMS = ("cases", "days", "cost")


@dataclass(frozen=True)
class Sums:
    """Cases, days and cost of two sides by stratum.

    `own` (draws, strata, 3) of the hospital, `peers` the same of whom it is compared with, in the order of SUMS; cases
    may be weights. One row of draws = what was observed.
    """

    own: NDArray[np.float64]
    peers: NDArray[np.float64]


def stay_gap(sums: Sums) -> NDArray[np.float64]:
    """Gap of a case's cost between two sides, split into mix, stay and cost of a day.

    w, w0 shares of the strata, c = L d cost of a case, L days, d cost of a day; two-factor Shapley at both levels:
    mix = sum (w - w0)(c + c0)/2; within = sum (w + w0)/2 (c - c0), of which stay = (L - L0)(d + d0)/2 and cost of a
    day = (d - d0)(L + L0)/2. A stratum that one side has not is there as dear as on the other: all of it is mix.
    Cases without days differ by the cost of a day only.

    Parameters
    ----------
    sums : both sides; each draw has cases on both.

    Returns
    -------
    (draws, 3) money per case in the order of EFFECTS; a row sums to mean cost - mean cost of the peers.
    """
    (w, c, stay), (w0, c0, stay0) = _profile(sums.own), _profile(sums.peers)
    c, stay = _filled(w, c, c0), _filled(w, stay, stay0)
    c0, stay0 = _filled(w0, c0, c), _filled(w0, stay0, stay)
    both = (stay > 0) & (stay0 > 0)
    day, day0 = (np.divide(x, y, out=np.zeros_like(x), where=both) for x, y in ((c, stay), (c0, stay0)))
    weight = (w + w0) / 2
    within = weight * (c - c0)
    by_stay = weight * (stay - stay0) * (day + day0) / 2
    return np.stack([mix_effect(w, c, w0, c0), by_stay.sum(-1), (within - by_stay).sum(-1)], axis=-1)


def _profile(sums: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Share of each stratum in the cases, cost and days of its case (0 where it has none)."""
    cases = sums[..., 0]
    means = np.divide(sums[..., 1:], cases[..., None], out=np.zeros_like(sums[..., 1:]), where=cases[..., None] > 0)
    return cases / cases.sum(-1, keepdims=True), means[..., 1], means[..., 0]


def _filled(share: NDArray[np.float64], own: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(share > 0, own, other)


def merged_strata(
    own: NDArray[np.intp], peers: NDArray[np.intp], groups: NDArray[np.intp], least: int
) -> NDArray[np.intp]:
    """Neighbouring cells put together until every stratum has enough cases on both sides.

    Cells come in order, first by group (severity), then within it (age). Within a group cells are joined from the
    first on until there are enough; what is left at its end joins the stratum before it in the group, or, where a
    whole group is too small, goes on into the next; the very last joins the stratum before it.

    Parameters
    ----------
    own, peers : (cells,) cases of the two sides.
    groups : (cells,) group of each cell, ascending.
    least : cases on each side.

    Returns
    -------
    (cells,) stratum of each cell, from 0; one stratum only where even all together are too few.
    """
    made: list[list[int]] = []
    waiting: list[int] = []
    for cell, group in enumerate(groups):
        waiting.append(cell)
        ends = cell + 1 == len(groups) or groups[cell + 1] != group
        if min(own[waiting].sum(), peers[waiting].sum()) >= least:
            made.append(waiting)
            waiting = []
        elif ends and made and groups[made[-1][-1]] == group:
            made[-1] += waiting
            waiting = []
    made[-1:] = [(made[-1] if made else []) + waiting]
    strata = np.empty(len(groups), np.intp)
    for stratum, cells in enumerate(made):
        strata[cells] = stratum
    return strata


def fen_rows(effects: NDArray[np.float64], gaps: NDArray[np.float64]) -> pd.DataFrame:
    """Money of the effects in whole fen: mix + within = gap and stay + day_cost = within, without a residual.

    Parameters
    ----------
    effects : (rows, 3) money in the order of EFFECTS.
    gaps : (rows,) what they sum to, from the sums of money.

    Returns
    -------
    Columns gap, mix, within, stay, day_cost (int64); each is within two fen of what it was.
    """
    gap, mix, stay = to_fen(gaps), to_fen(effects[:, 0]), to_fen(effects[:, 1])
    within = gap - mix
    return pd.DataFrame({"gap": gap, "mix": mix, "within": within, "stay": stay, "day_cost": within - stay})
