"""Registers kept beside the record: pathways, MDT meetings, follow-ups, approvals."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.line_numbers import Lines
from analysis.demo.patients import Stays
from analysis.demo.world import DAY, World

_CLASSES = ("disease", "treatment", "system")


def pathway_records_table(world: World, stays: Stays) -> pa.Table:
    """Stays on a pathway: completed, varied with a reason form, left early, or still on it."""
    spec, on, pathway = world.parameters.records, *_on_pathway(world, stays)
    number = stays.number[on]
    late = stays.days[on] > spec.late_from * world.of_drgs("days")[stays.drg[on]]
    early = world.uniform("pathway.left", number) < 0.06
    inside = stays.discharged[on] >= world.end_day * DAY
    status = np.select([inside, early, late], [3, 2, 1], 0)
    varied = (status == 1) | (status == 2)
    cause = np.where(varied, _one_of(world, "pathway.cause", number, 3), -1)
    reasons = [spec.variance_reasons[name][k] for name in _CLASSES for k in range(3)]
    reason = np.where(varied, cause * 3 + _one_of(world, "pathway.reason", number, 3), -1)
    entered = stays.admitted[on] + 1800 + _one_of(world, "pathway.entered", number, 50_000)
    entered = np.minimum(entered, np.minimum(stays.discharged[on], world.end_day * DAY) - 60)
    left = np.where(early, (entered + stays.discharged[on]) // 2, stays.discharged[on])
    reported = left + _one_of(world, "pathway.reported", number, 34 * 3600)
    unreported = ~varied | world.lacking("pathway.reported", number) | (reported >= world.end_day * DAY)
    return col.table(
        "pathway_records",
        {
            "stay_id": col.numbered("S", number, 8),
            "pathway": col.chosen(list(spec.pathways), pathway),
            "entered_at": col.times(entered),
            "left_at": col.times(left, inside),
            "status": col.chosen(["completed", "varied", "left", "on_path"], status),
            "variance_reason": col.chosen(reasons, reason),
            "cause_class": col.chosen(_CLASSES, cause),
            "reported_at": col.times(reported, unreported),
        },
    )


def _on_pathway(world: World, stays: Stays) -> tuple[np.ndarray, np.ndarray]:
    """Stays on a pathway, and which one."""
    pathway, share = np.full(len(world.drgs), -1), np.zeros(len(world.drgs))
    for k, (code, part) in enumerate(world.parameters.records.pathways.values()):
        pathway[world.drg_codes.index(code)], share[world.drg_codes.index(code)] = k, part
    on = np.flatnonzero(world.uniform("pathway", stays.number) < share[stays.drg])
    return on, pathway[stays.drg[on]]


def mdt_table(world: World, stays: Stays) -> pa.Table:
    """Meetings on a stay, a day or more after admission and before discharge."""
    spec, number = world.parameters.records.mdt, stays.number
    share = np.array([spec.get(code, (0.0, []))[0] for code in world.drg_codes])
    invited = [",".join(spec.get(code, (0.0, []))[1]) or None for code in world.drg_codes]
    found = np.flatnonzero((world.uniform("mdt", number) < share[stays.drg]) & (stays.days >= 3))
    within = world.uniform("mdt.day", number[found])
    day = stays.admitted[found] // DAY + 1 + (within * (stays.days[found] - 2)).astype(np.int64)
    held = day * DAY + 14 * 3600 + (world.uniform("mdt.time", number[found]) * 7200).astype(np.int64)
    asked = np.maximum(held - DAY - (within * 40_000).astype(np.int64), stays.admitted[found])
    before = held < world.end_day * DAY
    found, held, asked = found[before], held[before], asked[before]
    criterion = (world.uniform("mdt.criterion", number[found]) < 0.4).astype(np.int64)
    return col.table(
        "mdt",
        {
            "stay_id": col.numbered("S", number[found], 8),
            "held_at": col.times(held),
            "requested_at": col.times(asked, world.lacking("mdt.requested", number[found])),
            "specialties": col.chosen(invited, stays.drg[found]),
            "criterion": col.chosen(["systems", "expected_stay"], criterion),
        },
    )


def follow_ups_table(world: World, stays: Stays) -> pa.Table:
    """Contacts a week and a month after discharge in the groups that are followed up."""
    spec = world.parameters.records
    share = np.array([spec.follow_ups.get(code, 0.0) for code in world.drg_codes])
    chosen = np.flatnonzero((world.uniform("follow_up", stays.number) < share[stays.drg]) & ~stays.died)
    stay = np.repeat(chosen, len(spec.follow_up_days))
    nth = np.tile(np.arange(len(spec.follow_up_days)), len(chosen))
    number = stays.number[stay] * 10 + nth
    day = (
        stays.discharged[stay] // DAY + np.array(spec.follow_up_days)[nth] + _one_of(world, "follow_up.day", number, 4)
    )
    at = day * DAY + 9 * 3600 + _one_of(world, "follow_up.hour", number, 28_000)
    inside = at < world.end_day * DAY
    stay, number, at = stay[inside], number[inside], at[inside]
    reached = world.uniform("follow_up.reached", number) < 0.82
    elsewhere = world.uniform("follow_up.elsewhere", number) < 0.02
    channel = np.searchsorted([0.62, 0.84], world.uniform("follow_up.channel", number))
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


def approvals_of(world: World, lines: Lines) -> Lines:
    """Requests for the items that need one, before they were used; some more that were refused and never charged."""
    needed = np.array([item.approval for item in world.items])
    rows = np.flatnonzero(needed[lines["item"]] & (lines["refund_of"] < 0))
    found = {name: lines[name][rows] for name in ("number", "stay", "item", "quantity")}
    lead = 2 * 3600 + (world.uniform("approval.lead", found["number"]) * 30 * 3600).astype(np.int64)
    found["asked"] = np.maximum(lines["at"][rows] - lead, lines["admitted"][rows])
    found["decided"] = (found["asked"] + lines["at"][rows]) // 2
    found["status"] = np.zeros(len(rows), np.int64)
    extra = np.flatnonzero(world.uniform("approval.refused", found["number"]) < 0.05)
    refused = {name: values[extra] for name, values in found.items()}
    refused["status"] = np.ones(len(extra), np.int64)
    refused["number"] = refused["number"] | 1
    return {name: np.concatenate([values, refused[name]]) for name, values in found.items()}


def approvals_table(world: World, approvals: Lines) -> pa.Table:
    return col.table(
        "approvals",
        {
            "approval_id": col.lettered("A", approvals["number"], 10),
            "stay_id": col.numbered("S", approvals["stay"], 8),
            "item_code": col.chosen([item.code for item in world.items], approvals["item"]),
            "quantity": col.quantity(approvals["quantity"]),
            "requested_at": col.times(approvals["asked"]),
            "decided_at": col.times(approvals["decided"], world.lacking("approval.decided", approvals["number"])),
            "status": col.chosen(["approved", "refused"], approvals["status"]),
        },
    )


def _one_of(world: World, name: str, number: np.ndarray, limit: int) -> np.ndarray:
    return (world.uniform(name, number) * limit).astype(np.int64)
