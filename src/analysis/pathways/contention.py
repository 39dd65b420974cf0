"""Is a resource waited for at all? Tested on requests before it may be a bottleneck of the simulation.

A wait counts from the request, or from the next opening where the resource was closed then. A resource is contended
where (1) whoever asks while more are in line waits longer: Spearman's correlation of the wait with the number waiting
or being served at the request, one-sided, Holm's correction over the resources of the pathway; and (2) the pathway's
own patients wait half a day and more, closed hours included. Waits that do not depend on the load are no queue: an
appointment, a way of working. They stay where they are, in the time before the step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from analysis.engine import Engine
from analysis.pathways.acts import Do
from analysis.pathways.library import acts
from analysis.pathways.model import Pathway
from analysis.pathways.week import WEEK
from analysis.periods import Period

Floats = NDArray[np.float64]
_SQL = "analysis.pathways"
#: Fewer requests say nothing about a queue.
LEAST_REQUESTS = 30
#: Family-wise error of the test, and mean days from request to start from which on they matter to a stay.
ALPHA, RELEVANT = 0.01, 0.5


@dataclass(frozen=True)
class Requests:
    """Requests for one resource in the order of their start, times in days since a Monday.

    ended : NaN where it still went on when the data end · own : of the pathway's patients · windows : (opens, closes)
    of the span, empty = always open.
    """

    asked: Floats
    began: Floats
    ended: Floats
    own: NDArray[np.bool_]
    windows: Floats

    @property
    def waits(self) -> Floats:
        """Days from the request, or the next opening behind it, to the start."""
        return np.maximum(self.began - np.minimum(next_open(self.asked, self.windows), self.began), 0.0)

    def held(self, own: bool) -> Floats:
        """Days from start to end, as far as the end is known, of the pathway's patients or of all others."""
        days = (self.ended - self.began)[self.own == own]
        return days[np.isfinite(days)]

    @property
    def in_line(self) -> NDArray[np.int64]:
        """How many others waited or were being served at each request."""
        asked, ended = np.sort(self.asked), np.sort(self.ended)
        before = np.searchsorted(asked, self.asked, "left") - np.searchsorted(ended, self.asked, "right")
        return np.maximum(before, 0)

    @property
    def in_use(self) -> float:
        """Mean number of units in use at the starts of those who had waited: what the resource can serve at a time."""
        waited = self.began[self.waits > 0]
        if not len(waited):
            return float("nan")
        begun, ended = np.sort(self.began), np.sort(self.ended)
        used = np.searchsorted(begun, waited, "right") - np.searchsorted(ended, waited, "right")
        return float(np.maximum(used, 1).mean())


@dataclass(frozen=True)
class Contention:
    """What requests say of one resource.

    wait : mean days from request to start of the pathway's own patients · rho, p : of the wait in open hours and the
    number in line, p corrected · load : part of the open capacity that is in use.
    """

    name: str
    requests: int
    own: int
    wait: float
    rho: float
    p: float
    load: float

    @property
    def contended(self) -> bool:
        return self.p < ALPHA and self.wait >= RELEVANT

    @property
    def verdict(self) -> str:
        if not self.requests:
            return "no requests recorded"
        if self.requests < LEAST_REQUESTS:
            return "too few requests"
        if self.p >= ALPHA:
            return "waits do not depend on the load"
        return "contended" if self.contended else "waits are short"


def next_open(moments: Floats, windows: Floats) -> Floats:
    """Each moment, or the next opening where it lies between two windows."""
    if not len(windows):
        return moments
    at = np.searchsorted(windows[:, 1], moments, "right")
    opens = np.append(windows[:, 0], np.inf)[at]
    return np.where(np.isfinite(opens), np.maximum(moments, opens), moments)


def requests_of(engine: Engine, pathway: Pathway, first: Period, last: Period) -> dict[str, Requests]:
    """Requests for every resource that a step of the course needs; pathway_stays must be there."""
    wanted = {pathway.steps[act.do].resource: bool(act.seen and act.seen.until)
              for act in acts(pathway.course) if isinstance(act, Do) and pathway.steps[act.do].resource}  # fmt: skip
    engine.put("course_resources", pa.table({"resource": pa.array(sorted(wanted), pa.string())}))
    for name in ("resource_requests", "resource_hours"):
        engine.make(_SQL, name, pathway=pathway.id, start_at=first.start, end_at=last.end)
    lines = engine.frame("select * from resource_requests order by resource, began, asked, stay_id")
    hours = engine.frame("select * from resource_hours")
    span = (_days(first.start), _days(last.end))
    return {
        name: _requests(lines[lines["resource"] == name], held, windows(hours[hours["resource"] == name], span))
        for name, held in sorted(wanted.items())
    }


def _days(moment: object) -> float:
    """Days since a Monday (1970-01-05)."""
    return pd.Timestamp(moment).timestamp() / 86400 - 4


def _requests(lines: pd.DataFrame, held: bool, open_: Floats) -> Requests:
    """One a stay where a place is held to the discharge (then at any hour of a session), else one an event."""
    if held:
        ends = {"asked": "min", "began": "min", "discharged": "max", "own": "max"}
        lines = lines.groupby("stay_id", sort=False).agg(ends).sort_values(["began", "asked"])
        lines, open_ = lines.rename(columns={"discharged": "ended"}), np.empty((0, 2))
    columns = (lines[name].to_numpy(float) for name in ("asked", "began", "ended"))
    return Requests(*columns, lines["own"].to_numpy(bool), open_)


def windows(hours: pd.DataFrame, span: tuple[float, float]) -> Floats:
    """(opens, closes) of every open day of a span and a month around it, in order; none where no capacity is said."""
    found = []
    for row in hours[hours["units"] > 0].itertuples():
        begin = max(row.valid_from, span[0] - 31)
        end = min(row.valid_to if row.valid_to == row.valid_to else np.inf, span[1] + 31)
        day = np.floor(begin) + (row.weekday - np.floor(begin)) % WEEK
        found += [(at + row.opens, at + row.closes) for at in np.arange(day, end, WEEK)]
    merged: list[list[float]] = []
    for opens, closes in sorted(found):
        if merged and opens <= merged[-1][1]:
            merged[-1][1] = max(closes, merged[-1][1])
        else:
            merged.append([opens, closes])
    return np.array(merged).reshape(-1, 2)


def verdicts(requests: Mapping[str, Requests]) -> list[Contention]:
    """The verdict on each resource."""
    found = {name: _correlation(of) for name, of in requests.items()}
    corrected = _holm([p for _, p in found.values()])
    return [
        Contention(
            name,
            len(of.asked),
            int(of.own.sum()),
            float((of.began - of.asked)[of.own].mean()) if of.own.any() else float("nan"),
            found[name][0],
            p,
            _load(of),
        )
        for (name, of), p in zip(requests.items(), corrected, strict=True)
    ]


def _correlation(of: Requests) -> tuple[float, float]:
    """Spearman's rho of wait and number in line, and its one-sided p."""
    if len(of.asked) < LEAST_REQUESTS or np.ptp(of.waits) == 0 or np.ptp(of.in_line) == 0:
        return float("nan"), 1.0
    result = stats.spearmanr(of.in_line, of.waits, alternative="greater")
    return float(result.statistic), float(result.pvalue)


def _holm(ps: Sequence[float]) -> list[float]:
    """Holm's step-down correction."""
    corrected, most = [1.0] * len(ps), 0.0
    for rank, place in enumerate(np.argsort(ps, kind="stable")):
        most = max(most, min(1.0, ps[place] * (len(ps) - rank)))
        corrected[place] = most
    return corrected


def _load(of: Requests) -> float:
    """Time in use by the time open, of as many units as are in use while somebody waits."""
    if not len(of.asked):
        return float("nan")
    begin, end = of.began.min(), of.began.max()
    open_ = end - begin
    if len(of.windows):
        inside = np.minimum(of.windows[:, 1], end) - np.maximum(of.windows[:, 0], begin)
        open_ = np.maximum(inside, 0.0).sum()
    return float(np.nansum(of.ended - of.began) / (open_ * of.in_use)) if open_ > 0 else float("nan")
