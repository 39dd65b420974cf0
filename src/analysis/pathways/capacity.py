"""What capacity a calibrated pathway has: ample where nobody waits, else the hospital's with all who use it.

A queue that other pathways fill is not a queue of one's own with fewer units: its waits hardly vary with one's own
arrivals. So a contended resource keeps the units that were seen in use while somebody waited and the hours of the table
`capacities`, and the patients of other pathways come to it, too (`others`), when they were seen to ask and for as long
as they used it. How many come is fitted, for who gave up waiting left no event: either all of them wait, or more come
than can be served, of whom those give up who would wait longer than `patience`. Both ways the mean wait is the measured
one; kept is the one whose waits look more like those measured.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.pathways.acts import Do
from analysis.pathways.arrivals import arrival_estimates
from analysis.pathways.contention import LEAST_REQUESTS, Contention, Requests
from analysis.pathways.edits import Edit
from analysis.pathways.estimates import Estimate, Row
from analysis.pathways.fitting import fit_time
from analysis.pathways.goodness import follow
from analysis.pathways.library import acts
from analysis.pathways.model import Pathway
from analysis.pathways.replay import Trace
from analysis.pathways.week import WEEK, WEEKDAYS

Floats = NDArray[np.float64]
#: Units that are never all in use: the load and so many of its standard deviations.
_AMPLE = 5.0
#: Offered load, as part of the capacity, that patients bring of whom some give up; and the most that all wait for.
_OVERLOADS, _MOST = (1.1, 1.3, 1.6), 0.99
_PATIENTS, _HALVINGS = 4000, 9

Make = Callable[[Mapping[str, Edit]], Pathway]


def ample_edits(pathway: Pathway, queued: Sequence[str], load: float) -> dict[str, Edit]:
    """Units and hours of the resources that nobody waits for: as many as are never in use at once, always open.

    Parameters
    ----------
    load : patients of the pathway in the house, in the mean.
    """
    units = int(np.ceil(load + _AMPLE * np.sqrt(load)))
    found: dict[str, Edit] = {}
    for name, resource in pathway.resources.items():
        if name not in queued:
            found[f"resources.{name}.units"] = max(resource.units, units)
            if resource.hours:
                found[f"resources.{name}.hours"] = "always"
    return found


def queue_edits(
    name: str, requests: Requests, traces: Sequence[Trace], pathway: Pathway, span: float, make: Make, seed: int
) -> tuple[dict[str, Edit], list[Estimate]]:
    """Capacity of a contended resource, and the others who use it, where there are any.

    Parameters
    ----------
    make : edits -> the pathway with all else that was measured.
    """
    steps = [act.do for act in acts(pathway.course) if isinstance(act, Do) and pathway.steps[act.do].resource == name]
    waits = np.array([trace.waits[step] for trace in traces for step in steps if step in trace.waits])
    edits: dict[str, Edit] = {f"resources.{name}.units": max(1, round(requests.in_use))}
    edits[f"resources.{name}.hours"] = hours_of(requests.windows) or "always"
    if len(requests.held(own=False)) < LEAST_REQUESTS:
        return edits, []
    others = _others(requests, span)
    capacity = float(edits[f"resources.{name}.units"]) * _open_share(edits[f"resources.{name}.hours"])
    own = len(waits) / span * float(requests.held(own=True).mean())
    held = float(requests.held(own=False).mean())

    def simulated(load: float, patience: float | None) -> Floats:
        made = follow(make(edits | {f"resources.{name}.others": _at(others, load, patience, capacity, own, held)}),
                      seed=seed, patients=_PATIENTS)  # fmt: skip
        return np.concatenate([made.waited[step] for step in steps])

    load, patience = _fitted(simulated, waits)
    edits[f"resources.{name}.others"] = _at(others, load, patience, capacity, own, held)
    return edits, [_estimate(name, edits, waits)]


def _at(
    others: Mapping[str, Any], load: float, patience: float | None, capacity: float, own: float, held: float
) -> dict[str, Any]:
    """The others at a load of the capacity that they and the pathway's own bring together."""
    a_day = max((load * capacity - own) / held, 1e-6)
    return {**others, "a_day": a_day} | ({"patience": patience} if patience else {})


def _others(requests: Requests, span: float) -> dict[str, Any]:
    """When others ask for the resource, and how long they use it."""
    asked = requests.asked[~requests.own]
    spread = {one.address.removeprefix("arrivals."): one.edit for one in arrival_estimates(asked, span)}
    time = fit_time(requests.held(own=False)).time
    return {**spread, "time": time.model_dump(exclude_none=True)}


def _fitted(simulated: Callable[[float, float | None], Floats], waits: Floats) -> tuple[float, float | None]:
    """Load and patience whose waits have the measured mean, and look most like the measured ones."""
    target = float(waits.mean())
    load = _solved(lambda at: float(simulated(at, None).mean()), target, 0.05, _MOST)
    candidates: list[tuple[float, float | None]] = [(load, None)]
    for over in _OVERLOADS:
        at = _solved(lambda p, over=over: float(simulated(over, p).mean()), target, 0.02 * target, 4 * target)
        candidates.append((over, at))
    return min(candidates, key=lambda one: stats.wasserstein_distance(waits, simulated(*one)))


def _solved(rising: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Where a rising function reaches the target, by halving."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


def _estimate(name: str, edits: Mapping[str, Edit], waits: Floats) -> Estimate:
    """The others; how long they wait is as sure as the mean wait that it was fitted to."""
    others = edits[f"resources.{name}.others"]
    error = float(waits.std(ddof=1) / np.sqrt(len(waits)) / waits.mean())
    what = "patience" if "patience" in others else "a_day"
    why = f"so that the wait is that measured: {waits.mean():.2f} days in the mean of {len(waits)}"
    at = float(others[what])
    row = Row(f"resources.{name}.others.{what}", "fitted", at, np.nan, len(waits), np.nan, np.nan, why)

    def draw(rng: np.random.Generator) -> Edit:
        factor = float(np.exp(rng.normal(0.0, error)))
        return {**others, "patience": at * factor} if what == "patience" else others

    return Estimate(f"resources.{name}.others", others, (row,), draw)


def hours_of(windows: Floats) -> dict[str, tuple[float, float]]:
    """Opening hours of a usual week: of each weekday the most frequent, where it is open in half of the weeks."""
    if not len(windows):
        return {}
    weeks = max((windows[-1, 1] - windows[0, 0]) / WEEK, 1.0)
    days = np.floor(windows[:, 0] % WEEK).astype(int)
    found = {}
    for day, name in enumerate(WEEKDAYS):
        spans = [(round(a % 1 * 24, 2), round((b - np.floor(a)) * 24, 2)) for a, b in windows[days == day]]
        if len(spans) >= weeks / 2:
            found[name] = max(sorted(set(spans)), key=spans.count)
    return {name: (opens, min(closes, 24.0)) for name, (opens, closes) in found.items()}


def _open_share(hours: Any) -> float:
    """Part of the week that is open."""
    return 1.0 if hours == "always" else sum(b - a for a, b in hours.values()) / 24 / WEEK


def contention_table(tested: Sequence[Contention], made: Pathway) -> pd.DataFrame:
    """Of each resource: units in the simulation, load, verdict and p of the test; waits in days."""
    rows = [
        (
            one.name,
            made.resources[one.name].units,
            one.load,
            one.verdict,
            one.p,
            one.rho,
            one.requests,
            one.own,
            one.wait,
        )
        for one in tested
    ]
    columns = ["resource", "capacity", "offered_load", "verdict", "p", "rho", "requests", "own", "wait"]
    return pd.DataFrame(rows, columns=columns)
