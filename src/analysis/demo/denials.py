"""What the insurer denies: lines that stories planted, tests repeated, stays whose coding is wrong."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import stories
from analysis.demo.faults import Faults, denied_stories
from analysis.demo.insurance import Settled
from analysis.demo.patients import Stays
from analysis.demo.supervision_settings import UsualDenial
from analysis.demo.world import DAY, World

#: Bits of a denial's number, from the left: stay, case, line within the case.
_CASE, _LINE = 6, 7


def draw_denials(
    world: World, stays: Stays, settled: Settled, faults: Faults, miscoded: np.ndarray
) -> dict[str, np.ndarray]:
    """Denials one to three months after settlement, in order of the day: stay (row), number, amount, day, reason, line.

    A case is what one story, or one reason, brings against a stay; it is denied line by line, as far as the fund paid.
    `miscoded`: stays whose front page is wrong. `line`: number of the charge line, -1 where the stay itself is denied.
    """
    reasons, names = _reasons(world), denied_stories(world)
    parts = [_planted(world, faults), _repeats(world, stays, faults)]
    for reason, spec in world.parameters.settings.denials.usual.items():
        if reason != "over_testing":
            parts.append(_without_line(world, stays, reason, spec, miscoded))
    found = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    of_story = [reasons.index(world.parameters.stories.practices[name].denied.reason) for name in names]
    found["reason"] = np.array([*of_story, *range(len(reasons))])[found["case"]]
    found = _noticed(world, stays, settled, found)
    return _as_far_as_paid(settled, found, stays)


def denials_table(world: World, stays: Stays, settled: Settled, denials: dict[str, np.ndarray]) -> pa.Table:
    """Denials with their reasons and lines."""
    stay, count, line = denials["stay"], len(denials["stay"]), denials["line"]
    return col.table(
        "denials",
        {
            "denial_id": col.lettered("N", denials["number"], 8),
            "hospital_id": col.constant(world.hospital_id, count),
            "stay_id": col.numbered("S", stays.number[stay], 8),
            "line_id": col.chosen(
                col.lettered("L", np.maximum(line, 0), 10), np.where(line >= 0, np.arange(count), -1)
            ),
            "department": col.chosen(world.departments, stays.department[stay]),
            "settled_on": col.dates(settled.day[stay]),
            "denied_on": col.dates(denials["day"]),
            "amount": col.money(denials["amount"]),
            "reason": col.chosen(_reasons(world), denials["reason"]),
        },
    )


def _reasons(world: World) -> list[str]:
    told = [world.parameters.stories.practices[name].denied.reason for name in denied_stories(world)]
    return sorted({*told, *world.parameters.settings.denials.usual})


def _reason_case(world: World, reason: str) -> int:
    return len(denied_stories(world)) + _reasons(world).index(reason)


def _planted(world: World, faults: Faults) -> dict[str, np.ndarray]:
    """The lines of stories, or the part of their money that is denied."""
    rows = np.flatnonzero(faults["case"] >= 0)
    part = [world.parameters.stories.practices[name].denied.part for name in denied_stories(world)]
    case = faults["case"][rows]
    amount = np.rint(faults["amount"][rows] * np.array([*part, 1.0])[case]).astype(np.int64)
    return {"stay": faults["stay"][rows], "case": case, "amount": amount, "line": faults["number"][rows]}


def _repeats(world: World, stays: Stays, faults: Faults) -> dict[str, np.ndarray]:
    """Repeated tests of a stay, the dearest first, up to an amount drawn for the stay."""
    rows = np.flatnonzero(faults["case"] == -1)
    rows = rows[np.lexsort((faults["number"][rows], -faults["amount"][rows], faults["stay"][rows]))]
    stay, amount = faults["stay"][rows], faults["amount"][rows]
    limit = _amount(world, "over_testing", stays.number[stay], world.parameters.settings.denials.usual["over_testing"])
    amount = np.clip(limit - _before(stay, amount), 0, amount)
    case = np.full(len(rows), _reason_case(world, "over_testing"))
    return {"stay": stay, "case": case, "amount": amount, "line": faults["number"][rows]}


def _without_line(
    world: World, stays: Stays, reason: str, usual: UsualDenial, miscoded: np.ndarray
) -> dict[str, np.ndarray]:
    eligible = miscoded if reason == "coding" else np.ones(len(stays), bool)
    stay = np.flatnonzero(eligible & (world.uniform(f"denials.{reason}", stays.number) < usual.rate))
    amount = _amount(world, reason, stays.number[stay], usual)
    case = np.full(len(stay), _reason_case(world, reason))
    return {"stay": stay, "case": case, "amount": amount, "line": np.full(len(stay), -1)}


def _amount(world: World, reason: str, number: np.ndarray, usual: UsualDenial) -> np.ndarray:
    sigma = world.parameters.settings.denials.sigma
    drawn = np.exp(np.log(usual.mean) - sigma**2 / 2 + sigma * world.normal(f"denials.amount.{reason}", number))
    return np.rint(drawn * 100).astype(np.int64)


def _noticed(world: World, stays: Stays, settled: Settled, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Cases of settled stays that the fund paid for, with their day; those the cost management avoids are not there."""
    stay, key = found["stay"], (stays.number[found["stay"]] << _CASE) | found["case"]
    day = settled.day[stay] + 25 + (world.uniform("denials.day", key) * 65).astype(np.int64)
    month = world.month_of(np.minimum(day, world.end_day - 1) * DAY)
    fewer = world.parameters.stories.roll_out.effects["denials"]
    strength = stories.at(stories.roll_out(world), month, stays.department[stay])
    keep = world.uniform("denials.avoided", key) >= fewer * strength
    keep &= (settled.month[stay] >= 0) & (settled.month[stay] < len(world.months)) & (day < world.end_day)
    found = found | {"day": day, "key": key}
    found = {name: values[keep] for name, values in found.items()}
    order = np.lexsort((found["line"], -found["amount"], found["key"]))
    found = {name: values[order] for name, values in found.items()}
    nth = np.arange(len(order)) - np.searchsorted(found["key"], found["key"])
    few = nth < 1 << _LINE
    found = {name: values[few] for name, values in found.items()}
    return found | {"number": (found["key"] << _LINE) | nth[few]}


def _as_far_as_paid(settled: Settled, found: dict[str, np.ndarray], stays: Stays) -> dict[str, np.ndarray]:
    """Never more than half of what the fund paid for a stay."""
    left = settled.fund[found["stay"]] // 2 - _before(found["stay"], found["amount"])
    found["amount"] = np.clip(left, 0, found["amount"])
    found = {name: values[found["amount"] > 0] for name, values in found.items()}
    order = np.lexsort((found["number"], found["day"]))
    return {name: values[order] for name, values in found.items()}


def _before(group: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Sum of the amounts before each in its group; groups lie together."""
    if not len(group):
        return amount
    upto = np.cumsum(amount)
    start = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    before = np.append(0, upto[:-1])
    return before - np.repeat(before[start], np.diff(np.append(start, len(group))))
