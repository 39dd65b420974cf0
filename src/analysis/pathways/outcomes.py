"""What a pathway gives, replication by replication, and how two scenarios differ on the same random numbers.

Of a stay: what a stay takes and costs, returns counted as stays of their own. Of a patient: all stays of who came once,
returns included. A plan that sends patients home too early looks cheap by the stay, because its returns share the cost
out over more stays; by the patient it does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.pathways.assembling import Assembled
from analysis.pathways.replications import Replications

Floats = NDArray[np.float64]

OUTCOMES = (
    "stay", "days_of_patient", "cost", "cost_of_patient", "margin", "margin_of_patient", "throughput", "waiting",
    "bed_use", "beds", "complication", "readmission",
)  # fmt: skip


def outcomes(of: Replications, built: Assembled, beds: Sequence[str] = ("bed",)) -> dict[str, Floats]:
    """Each outcome of each replication, all pathways of the program together.

    Returns
    -------
    stay : days of a stay · cost, margin : of a stay, margin = payment - cost · days_of_patient, cost_of_patient,
    margin_of_patient : of who came once, returns included (paid again unless the program says otherwise) ·
    throughput : stays ended a day · waiting : days waited for resources, of a patient · bed_use : share of the beds'
    open time · beds : occupied, on average · complication, readmission : stays with one, and
    returns, of a patient: more returns make no complication rarer.
    Arrays (n,); NaN where there was nobody.
    """
    total = {name: of.classes[name].sum(axis=1) for name in of.classes.dtype.names}
    held = [place for place, name in enumerate(built.resources) if name in beds]
    busy, open_ = of.resources.busy[:, held].sum(axis=1), of.resources.open[:, held].sum(axis=1)
    stays, patients, margin = total["stays"], total["arrivals"], total["payment"] - total["cost"]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {
            "stay": total["days"] / stays,
            "days_of_patient": total["days"] / patients,
            "cost": total["cost"] / stays,
            "cost_of_patient": total["cost"] / patients,
            "margin": margin / stays,
            "margin_of_patient": margin / patients,
            "throughput": stays / of.days,
            "waiting": of.resources.days_waited.sum(axis=1) / patients,
            "bed_use": busy / open_,
            "beds": busy / (of.days + of.follow),
            "complication": total["complications"] / patients,
            "readmission": total["returns"] / patients,
        }
    return {name: found[name] for name in OUTCOMES}


@dataclass(frozen=True)
class Interval:
    """A mean over replications and its 95 % interval by t; one replication has none."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        return (self.high - self.low) / 2


def interval(values: Floats, level: float = 0.95) -> Interval:
    """Mean of independent replications with its t interval; undefined replications are left out."""
    values = values[np.isfinite(values)]
    mean = float(values.mean()) if len(values) else np.nan
    if len(values) < 2:
        return Interval(mean, np.nan, np.nan)
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


def compared(base: dict[str, Floats], changed: dict[str, Floats]) -> pd.DataFrame:
    """Paired differences of the same replications, changed - base.

    Returns
    -------
    outcome, baseline, changed, difference, ci_low, ci_high (95 %, paired t): the columns of `scenario_outcomes`.
    Replications where an outcome is undefined in one of the two are left out of all four.
    """
    rows = []
    for outcome in base:
        before, after = base[outcome], changed[outcome]
        both = np.isfinite(before) & np.isfinite(after)
        paired = interval(after[both] - before[both])
        means = interval(before[both]).mean, interval(after[both]).mean
        rows.append((outcome, *means, paired.mean, paired.low, paired.high))
    return pd.DataFrame(rows, columns=["outcome", "baseline", "changed", "difference", "ci_low", "ci_high"])


def unstable(of: Replications, built: Assembled) -> list[str]:
    """Resources whose queue does not come to rest: longer at the end than half-way, in the mean over replications.

    By a one-sided t test of that at 0.1 %, where at least a tenth of the requests stand in the queue at the end.
    """
    found = []
    for place, name in enumerate(built.resources):
        grown = of.resources.queue_end[:, place] - of.resources.queue_half[:, place]
        left = of.resources.queue_end[:, place].sum() / max(of.resources.requests[:, place].sum(), 1)
        if len(grown) < 2 or left < 0.1:
            continue
        spread = grown.std(ddof=1) / np.sqrt(len(grown))
        if grown.mean() > stats.t.ppf(0.999, len(grown) - 1) * spread:
            found.append(name)
    return found
