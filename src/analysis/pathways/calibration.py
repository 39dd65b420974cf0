"""A pathway calibrated from the hospital's events, charges and stays: what is measured takes the file's place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import Hospital
from analysis.pathways.acts import Choose, Complicate, Readmit, Spend, name_of
from analysis.pathways.arrivals import arrival_estimates
from analysis.pathways.capacity import ample_edits, contention_table, queue_edits
from analysis.pathways.contention import Requests, requests_of, verdicts
from analysis.pathways.course_rows import address_of
from analysis.pathways.edits import Edit, edited, parameters
from analysis.pathways.estimates import Estimate, chance_estimate, time_estimate, ways_estimate
from analysis.pathways.goodness import goodness
from analysis.pathways.item_use import item_estimates
from analysis.pathways.library import acts, checked, read_raw
from analysis.pathways.model import Pathway
from analysis.pathways.observed import Observed, observe
from analysis.pathways.replay import Trace, replay
from analysis.pathways.spans import LEAST, time_estimates
from analysis.pathways.times import mean_of
from analysis.periods import Period

#: Fewer stays than this say too little of a pathway.
LEAST_STAYS = 15


@dataclass(frozen=True)
class Calibration:
    """A pathway with the hospital's numbers.

    pathway : the file's with all edits made · edits : address -> value, as `edits.edited` takes them.
    report : address, family, value, sd, cases, ci_low, ci_high (95 %), basis (measured | file), why.
    contention : resource, requests, wait, excess, load, p, verdict, units · goodness : what, distance, noise_floor,
    ratio, cases (earth mover's distance in days; `goodness.goodness`).
    """

    pathway: Pathway
    edits: dict[str, Edit]
    report: pd.DataFrame
    contention: pd.DataFrame
    goodness: pd.DataFrame
    estimates: tuple[Estimate, ...]

    def draws(self, n: int, seed: int) -> list[dict[str, Edit]]:
        """Edits that might be as true: every measured number drawn anew, on the pathway of the file.

        Each number of each draw has its own random numbers: another one measured leaves them as they are.
        """
        drawn = []
        for number in range(n):
            new = dict(self.edits)
            for estimate in self.estimates:
                rng = np.random.default_rng([seed, number, address_of(estimate.address)])
                new[estimate.address] = estimate.draw(rng)
            drawn.append(new)
        return drawn


def calibrate(
    engine: Engine, hospital: Hospital, first: Period, last: Period, name: str, folder: Path, *, seed: int = 0,
    items: Collection[str] | None = None,
) -> Calibration:  # fmt: skip
    """Calibrate one pathway from the stays discharged from the first period to the end of the last.

    Parameters
    ----------
    engine : sees the hospital's tables. name, folder : the pathway file folder/name.yaml.
    seed : of the simulation that the goodness is judged by. items : the hospital's item codes.

    Raises
    ------
    InputError
        No course to calibrate, fewer than LEAST_STAYS stays, or what `read_pathway` refuses.
    """
    file = folder / f"{name}.yaml"
    raw = read_raw(file)
    pathway = checked(edited(raw, {}, file), file, items)
    if not pathway.course:
        raise InputError("the pathway has no course to calibrate", where=str(file), mend="describe its course")
    stays = [stay for stay in observe(engine, hospital, first, last, pathway) if not stay.is_return]
    if len(stays) < LEAST_STAYS:
        raise InputError(
            f"{len(stays)} stays on the pathway are too few to calibrate it",
            where=f"{name}, {first.name} to {last.name}",
            mend=f"take a longer time, or mend who enters: at least {LEAST_STAYS} are needed",
        )
    span = (last.end - first.start) / timedelta(days=1)
    missing = set(contract_tables()) - hospital.tables
    return calibrated(raw, file, stays, span, requests_of(engine, pathway, first, last), seed, items, missing)


def calibrated(
    raw: Mapping[str, Any], file: Path, stays: Sequence[Observed], span: float, requests: Mapping[str, Requests],
    seed: int = 0, items: Collection[str] | None = None, missing: Collection[str] = (),
) -> Calibration:  # fmt: skip
    """The same from stays as they were observed over `span` days, and from the requests for the resources.

    missing : tables that the hospital has not; what only they would show stays as in the file.
    """
    pathway = checked(edited(raw, {}, file), file, items)
    tested = verdicts(requests)
    queued = [resource.name for resource in tested if resource.contended]
    traces = [replay(pathway, stay, queued, missing) for stay in stays]
    estimates = estimates_of(pathway, stays, traces, span)
    edits = {estimate.address: estimate.edit for estimate in estimates}
    edits |= ample_edits(pathway, queued, sum(stay.days for stay in stays) / span)

    def make(more: Mapping[str, Edit]) -> Pathway:
        return checked(edited(raw, edits | more, file), file, items)

    for name in queued:
        more, others = queue_edits(name, requests[name], traces, pathway, span, make, seed)
        edits |= more
        estimates += others
    made = make({})
    return Calibration(
        pathway=made,
        edits=edits,
        report=_report(raw, edits, estimates, queued),
        contention=contention_table(tested, made),
        goodness=goodness(made, [stay.days for stay in stays], _begun(traces), seed=seed),
        estimates=tuple(estimates),
    )


def _begun(traces: Sequence[Trace]) -> dict[str, list[float]]:
    """Step -> days from admission to its start, of the stays that show it."""
    found: dict[str, list[float]] = {}
    for trace in traces:
        for step, days in trace.began.items():
            found.setdefault(step, []).append(days)
    return found


def estimates_of(pathway: Pathway, stays: Sequence[Observed], traces: Sequence[Trace], span: float) -> list[Estimate]:
    """All numbers that stays seen over `span` days give, but the capacities, in the order of the course."""
    every = list(acts(pathway.course))
    typical = {name_of(act): mean_of(act.time) for act in every if getattr(act, "time", None)}
    times = time_estimates(traces, typical)
    found: list[Estimate] = []
    for act in every:
        if isinstance(act, Choose):
            found += _ways(act, traces)
        elif isinstance(act, Complicate):
            happened = [t.happened[act.complicate] for t in traces if act.complicate in t.happened]
            if len(happened) >= LEAST:
                found.append(chance_estimate(f"{act.complicate}.chance", sum(happened), len(happened)))
        elif isinstance(act, Readmit):
            found += _returns(act, stays)
        elif name_of(act) in times:
            found.append(times[name_of(act)])
    if any(stay.items for stay in stays):
        found += item_estimates(pathway, [stay.items for stay in stays], traces)
    return found + arrival_estimates([stay.admitted for stay in stays], span)


def _ways(act: Choose, traces: Sequence[Trace]) -> list[Estimate]:
    """Chances of a choice, where at least some stays could be told apart."""
    taken = [trace.ways[act.choose] for trace in traces if act.choose in trace.ways]
    if len(taken) < LEAST:
        return []
    return [ways_estimate(act.choose, {way.way: taken.count(way.way) for way in act.of})]


def _returns(act: Readmit, stays: Sequence[Observed]) -> list[Estimate]:
    """Chance of a return within 30 days, how long after, and how long it takes where one act alone takes its time."""
    followed = [stay for stay in stays if stay.followed]
    back = [stay.again for stay in followed if stay.again]
    if len(followed) < LEAST:
        return []
    found = [chance_estimate(f"{act.readmit}.chance", len(back), len(followed), "within 30 days")]
    if len(back) >= LEAST:
        found.append(time_estimate(f"{act.readmit}.after", [max(after, 0.0) for after, _ in back]))
        spends = [inner for inner in acts(act.course) if isinstance(inner, Spend)]
        days = [days for _, days in back if days == days]
        if len(spends) == 1 and len(days) >= LEAST:
            found.append(time_estimate(f"{spends[0].spend}.time", days, "stays of those who came back"))
    return found


def _report(
    raw: Mapping[str, Any], edits: Mapping[str, Edit], estimates: Sequence[Estimate], queued: Collection[str]
) -> pd.DataFrame:
    """What was measured, and what the file says of all the rest."""
    rows = [vars(row) for estimate in estimates for row in estimate.rows]
    units = {address: value for address, value in edits.items() if address.endswith(".units")}
    for address, value in units.items():
        used = "in use while somebody waits" if address.split(".")[1] in queued else "ample: nobody is seen to wait"
        rows.append({"address": address, "value": float(value), "why": used})
    measured = pd.DataFrame(rows).assign(basis="measured").fillna({"family": ""})
    places = tuple(f"{estimate.address.removesuffix('.chances')}." for estimate in estimates)
    known = set(measured["address"])
    rest = [
        {
            "address": address,
            "family": "",
            "value": value,
            "basis": "file",
            "why": f"not seen, or fewer than {LEAST} times",
        }
        for address, value in parameters(raw).items()
        if address not in known and not address.startswith((*places, "standard."))
    ]
    columns = ["address", "family", "value", "sd", "cases", "ci_low", "ci_high", "basis", "why"]
    return pd.concat([measured, pd.DataFrame(rest, columns=columns)], ignore_index=True)[columns]
