"""Requests for what needs one before it is used, and what is used without."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import practices
from analysis.demo.line_numbers import Lines
from analysis.demo.patients import Stays
from analysis.demo.staff import Physicians
from analysis.demo.world import DAY, World

_HOUR = 3600


def approvals_of(world: World, physicians: Physicians, stays: Stays, lines: Lines) -> Lines:
    """Requests of the charge lines of some stays (before `stamped`): approved before the use.

    Emergencies are often approved within a day after it. Some requests more were refused before another was approved.
    What a story leaves without approval has no request, a refused one, or one decided days after the use.
    """
    needed = np.array([item.approval for item in world.items])
    rows = np.flatnonzero(needed[lines["item"]] & (lines["refund_of"] < 0) & (lines["order"] >= 0))
    stay, used, number = lines["stay"][rows], lines["at"][rows], lines["number"][rows]
    lead = 2 * _HOUR + (world.uniform("approval.lead", number) * 30 * _HOUR).astype(np.int64)
    asked = np.maximum(used - lead, stays.admitted[stay])
    found = {"number": number, "stay": stays.number[stay], "item": lines["item"][rows]}
    found |= {"quantity": lines["quantity"][rows], "asked": asked, "decided": (asked + used) // 2}
    found["status"] = np.zeros(len(rows), np.int64)
    hurried = stays.emergency[stay] & (world.uniform("approval.hurried", number) < 0.6)
    found["asked"] = np.where(hurried, used + _HOUR, found["asked"])
    after = _HOUR + (world.uniform("approval.after", number) * 21 * _HOUR).astype(np.int64)
    found["decided"] = np.where(hurried, used + _HOUR + after, found["decided"])
    extra = np.flatnonzero(world.uniform("approval.refused", number) < 0.05)
    refused = {name: values[extra] for name, values in found.items()}
    refused |= {"status": np.ones(len(extra), np.int64), "number": refused["number"] | 1}
    refused["decided"] = np.minimum(refused["decided"], refused["asked"] + _HOUR)
    found = _without(world, physicians, stays, stay, used, found)
    found = {name: np.concatenate([values, refused[name]]) for name, values in found.items()}
    known = found["asked"] < world.end_day * DAY
    return {name: values[known] for name, values in found.items()}


def _without(
    world: World, physicians: Physicians, stays: Stays, stay: np.ndarray, used: np.ndarray, found: Lines
) -> Lines:
    """What the stories of stories/*.yaml with `approvals` make of requests."""
    number, month = found["number"], world.month_of(used)
    keep = np.ones(len(number), bool)
    for name, practice in world.parameters.stories.practices.items():
        if not practice.approvals or name not in world.stories:
            continue
        share = practice.approvals
        upto = np.cumsum([share.missing, share.refused, share.late])
        doctor = stays.physician[stay]
        missing, refused, late = (
            practices.acts(world, physicians, name, month, doctor, number, limit) for limit in upto.tolist()
        )
        keep &= ~missing
        found["status"] = np.where(refused & ~missing, 1, found["status"])
        behind = (2 + 4 * world.uniform(f"story.{name}.behind", number)) * DAY
        found["decided"] = np.where(late & ~refused, used + behind.astype(np.int64), found["decided"])
        found["asked"] = np.where(late & ~refused, used + DAY, found["asked"])
    return {name: values[keep] for name, values in found.items()}


def approvals_table(world: World, approvals: Lines) -> pa.Table:
    undecided = approvals["decided"] >= world.end_day * DAY
    return col.table(
        "approvals",
        {
            "approval_id": col.lettered("A", approvals["number"], 10),
            "stay_id": col.numbered("S", approvals["stay"], 8),
            "item_code": col.chosen([item.code for item in world.items], approvals["item"]),
            "quantity": col.quantity(approvals["quantity"]),
            "requested_at": col.times(approvals["asked"]),
            "decided_at": col.times(
                approvals["decided"], undecided | world.lacking("approval.decided", approvals["number"])
            ),
            "status": col.chosen(["approved", "refused", "requested"], np.where(undecided, 2, approvals["status"])),
        },
    )
