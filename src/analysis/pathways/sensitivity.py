"""What if the numbers are off: all of them drawn at once, their error and that of the simulation told apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import pandas as pd

from analysis.pathways.effects import effects, scaled
from analysis.pathways.error_parts import error_parts
from analysis.pathways.experiment import Costs, How, simulate
from analysis.pathways.layers import Layered
from analysis.pathways.outcomes import OUTCOMES, Floats

#: Standard deviation of the factor by which an assumed effect is off: 95 % within some 20 %.
EFFECT_SD = 0.1
#: Replications of a draw with random numbers of its own begin so far apart.
_APART = 1 << 20

Draw = Mapping[str, Any]


@dataclass(frozen=True)
class Probabilistic:
    """Differences of a scenario over draws of the parameters.

    table : outcome, mean, low, high (95 %, parameters and chance), parameter_sd, chance_sd (of the mean), share (of the
    parameters in its variance), above_zero (share of draws whose difference is positive).
    values : outcome -> (draws, replications) · unstable : draws left out because a queue grew without end.
    """

    table: pd.DataFrame
    values: Mapping[str, Floats]
    draws: int
    replications: int
    unstable: int


def probabilistic(
    base: Layered, scenario: Draw, drawn: Sequence[Draw], costs: Costs, *, replications: int = 30,
    effect_sd: float = EFFECT_SD, common: bool = True, seed: int = 1, **how: Unpack[How],
) -> Probabilistic:  # fmt: skip
    """Simulate both sides for every draw of the parameters; differences are paired within each.

    Parameters
    ----------
    drawn : edits a draw (`Calibration.draws`), laid over `base` under the scenario's own.
    effect_sd : a scenario's assumed effects are off by gamma distributed factors of mean 1 and this sd.
    common : every draw has the same random numbers (the parameters' part becomes more certain); else its own (the mean
        becomes more certain).

    Raises
    ------
    InputError
        A draw that makes no pathway.
    ValueError
        Fewer than two draws that come to rest, or fewer than two replications.
    """
    found: dict[str, list[Floats]] = {outcome: [] for outcome in OUTCOMES}
    for place, (below, change) in enumerate(_pairs(base, scenario, drawn, effect_sd, seed)):
        first = 0 if common else place * _APART
        pair = [simulate([one.pathway], costs, replications=replications, first=first, seed=seed, **how)
                for one in (below, below.over(change))]  # fmt: skip
        if not any(one.unstable for one in pair):
            for outcome, rows in found.items():
                rows.append(pair[1].outcomes[outcome] - pair[0].outcomes[outcome])
    kept = len(found["stay"])
    if kept < 2 or replications < 2:
        raise ValueError("two draws that come to rest and two replications are the least")
    values = {outcome: np.array(rows) for outcome, rows in found.items()}
    return Probabilistic(_table(values, common), values, kept, replications, len(drawn) - kept)


def _pairs(
    base: Layered, scenario: Draw, drawn: Sequence[Draw], effect_sd: float, seed: int
) -> Iterator[tuple[Layered, Draw]]:
    """Each draw laid over the base, and the scenario with effects of its own size."""
    rng, assumed = np.random.default_rng([seed, len(drawn)]), effects(base, scenario)
    for one in drawn:
        below = base.over(one)
        factors = rng.gamma(1 / effect_sd**2, effect_sd**2, len(assumed)) if effect_sd > 0 else np.ones(len(assumed))
        yield below, scaled(below, scenario, dict(zip(assumed, factors, strict=True)))


def _table(values: Mapping[str, Floats], common: bool) -> pd.DataFrame:
    rows = []
    for outcome, drawn in values.items():
        parts = error_parts(drawn, common=common)
        above = float((drawn.mean(axis=1) > 0).mean())
        deviations = np.sqrt(parts.parameter), np.sqrt(parts.chance)
        rows.append((outcome, parts.mean, parts.low, parts.high, *deviations, parts.share, above))
    names = ["outcome", "mean", "low", "high", "parameter_sd", "chance_sd", "share", "above_zero"]
    return pd.DataFrame(rows, columns=names)
