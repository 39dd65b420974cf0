"""Registers kept beside the record: pathways, MDT meetings, follow-ups."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.facts import COMORBID, has
from analysis.demo.identities import spoken
from analysis.demo.patients import Stays
from analysis.demo.practices import of_stays
from analysis.demo.world import DAY, World

_CLASSES = ("disease", "treatment", "system")


def pathway_records_table(world: World, stays: Stays) -> pa.Table:
    """Stays on a pathway: completed, varied with a reason form, left early, or still on it."""
    spec, names, on, pathway = world.parameters.records, *_on_pathway(world, stays)
    number = stays.number[on]
    late = stays.days[on] > spec.late_from * world.of_drgs("days")[stays.drg[on]]
    early = world.uniform("pathway.left", number) < 0.06
    inside = stays.discharged[on] >= world.end_day * DAY
    status = np.select([inside, early, late], [3, 2, 1], 0)
    reasons = [reason for name in _CLASSES for reason in spec.variance_reasons[name]]
    classes = np.array([k for k, name in enumerate(_CLASSES) for _ in spec.variance_reasons[name]])
    varied = (status == 1) | (status == 2)
    reason = np.where(varied, _reason(world, stays.take(on), late, reasons), -1)
    entered = stays.admitted[on] + 1800 + _one_of(world, "pathway.entered", number, 50_000)
    entered = np.minimum(entered, np.minimum(stays.discharged[on], world.end_day * DAY) - 60)
    left = np.where(early, (entered + stays.discharged[on]) // 2, stays.discharged[on])
    reported = left + _one_of(world, "pathway.reported", number, 34 * 3600)
    unreported = ~varied | world.lacking("pathway.reported", number) | (reported >= world.end_day * DAY)
    return col.table(
        "pathway_records",
        {
            "stay_id": col.numbered("S", number, 8),
            "pathway": col.chosen(names, pathway),
            "entered_at": col.times(entered),
            "left_at": col.times(left, inside),
            "status": col.chosen(["completed", "varied", "left", "on_path"], status),
            "variance_reason": spoken(world, number, col.chosen(reasons, reason)),
            "cause_class": col.chosen(_CLASSES, np.where(reason >= 0, classes[reason], -1)),
            "reported_at": col.times(reported, unreported),
        },
    )


def _reason(world: World, stays: Stays, late: np.ndarray, reasons: list[str]) -> np.ndarray:
    """Reason on the form of each stay: what made it long; where nothing did, and on some forms, any of them.

    A wait is the reason where the stay would not have been late without it, else what a story did, else complications.
    """
    spec, number = world.parameters.records, stays.number
    found = _one_of(world, "pathway.reason", number, len(reasons))
    needless = stays.days - stays.waited <= spec.late_from * world.of_drgs("days")[stays.drg]
    recovering = np.isin(np.array(world.drg_codes)[stays.drg], list(spec.queues.recovery))
    causes = [(spec.reason_of["severe"], stays.severity == 2), (spec.reason_of["complication"], stays.complication)]
    for k, name in enumerate(of_stays(world)):
        if reason := world.parameters.stories.practices[name].variance:
            causes.append((reason, stays.touched[:, k]))
    causes.append((spec.reason_of["rehabilitation"], needless & recovering))
    causes.append((spec.reason_of["operation"], needless & ~recovering))
    honest = late & (world.uniform("pathway.honest", number) >= spec.wrong_reasons)
    for reason, true in causes:
        found = np.where(honest & true, reasons.index(reason), found)
    return found


def _on_pathway(world: World, stays: Stays) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of pathways, stays on one, and which; those of a story come instead of the group's own."""
    pathway, share = np.full(len(world.drgs), -1), np.zeros(len(world.drgs))
    names = list(world.parameters.records.pathways)
    for k, (code, part) in enumerate(world.parameters.records.pathways.values()):
        pathway[world.drg_codes.index(code)], share[world.drg_codes.index(code)] = k, part
    found = np.where(world.uniform("pathway", stays.number) < share[stays.drg], pathway[stays.drg], -1)
    for k, name in enumerate(of_stays(world)):
        if own := world.parameters.stories.practices[name].pathway:
            found = np.where(stays.touched[:, k], len(names), found)
            names.append(own)
    on = np.flatnonzero(found >= 0)
    return names, on, found[on]


def mdt_table(world: World, stays: Stays) -> pa.Table:
    """Meetings on a stay, on the day that was planned for them, where the patient was still there."""
    spec, number = world.parameters.records.mdt, stays.number
    invited = [",".join(spec.get(code, (0.0, [], 0.0))[1]) or None for code in world.drg_codes]
    found = np.flatnonzero(stays.meeting >= 0)
    day = stays.admitted[found] // DAY + stays.meeting[found]
    held = day * DAY + 14 * 3600 + (world.uniform("mdt.time", number[found]) * 7200).astype(np.int64)
    earlier = DAY + (world.uniform("mdt.asked", number[found]) * 40_000).astype(np.int64)
    asked = np.maximum(held - earlier, stays.admitted[found])
    before = held < world.end_day * DAY
    found, held, asked = found[before], held[before], asked[before]
    several = has(world, COMORBID["diabetes"], number, stays.age, stays.male) | (stays.severity == 2)
    return col.table(
        "mdt",
        {
            "stay_id": col.numbered("S", number[found], 8),
            "held_at": col.times(held),
            "requested_at": col.times(asked, world.lacking("mdt.requested", number[found])),
            "specialties": col.chosen(invited, stays.drg[found]),
            "criterion": col.chosen(["expected_stay", "systems"], several[found].astype(int)),
        },
    )


def follow_ups_table(world: World, stays: Stays) -> pa.Table:
    """Contacts a week and a month after discharge in the groups that are followed up; more of them where monitored."""
    stay, nth, after, watched = _contacts(world, stays)
    number, spec = stays.number[stay] * 10 + nth, world.parameters.records
    day = stays.discharged[stay] // DAY + after + _one_of(world, "follow_up.day", number, 4)
    at = day * DAY + 9 * 3600 + _one_of(world, "follow_up.hour", number, 28_000)
    inside = at < world.end_day * DAY
    stay, number, at, watched = stay[inside], number[inside], at[inside], watched[inside]
    reached = world.uniform("follow_up.reached", number) < 0.82
    elsewhere = world.uniform("follow_up.elsewhere", number) < 0.02
    channel = np.searchsorted([0.62, 0.84], world.uniform("follow_up.channel", number))
    channel = np.where(watched, 1, channel)
    return col.table(
        "follow_ups",
        {
            "follow_up_id": col.numbered("F", number, 9),
            "stay_id": col.numbered("S", stays.number[stay], 8),
            "contacted_at": col.times(at),
            "channel": col.chosen(["phone", "remote", "visit"], channel, world.lacking("follow_up.channel", number)),
            "reached": col.flags(reached),
            "readmitted_elsewhere": col.flags(elsewhere, ~reached),
            "symptom": col.chosen(
                spec.symptoms, np.where(reached, _one_of(world, "follow_up.symptom", number, len(spec.symptoms)), -1)
            ),
        },
    )


def _contacts(world: World, stays: Stays) -> tuple[np.ndarray, ...]:
    """Contacts planned: stay (row), its how manieth contact, days after discharge, whether by remote monitoring."""
    spec = world.parameters.records
    share = np.array([spec.follow_ups.get(code, 0.0) for code in world.drg_codes])
    days = {-1: spec.follow_up_days}
    group = np.where(world.uniform("follow_up", stays.number) < share[stays.drg], -1, -2)
    for k, name in enumerate(of_stays(world)):
        if own := world.parameters.stories.practices[name].follow_up:
            days[k], group = own, np.where(stays.touched[:, k], k, group)
    group = np.where(stays.died, -2, group)
    planned = [
        (row, nth, after, k >= 0)
        for k in days
        for row in np.flatnonzero(group == k).tolist()
        for nth, after in enumerate(days[k])
    ]
    stay, nth, after, watched = np.array(sorted(planned), np.int64).reshape(-1, 4).T
    return stay, nth, after, watched > 0


def _one_of(world: World, name: str, number: np.ndarray, limit: int) -> np.ndarray:
    return (world.uniform(name, number) * limit).astype(np.int64)
