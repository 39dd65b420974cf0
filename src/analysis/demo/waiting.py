"""Who asks for what and when, and what the queues make of it: the appointment book of the whole hospital.

The book is made in the hospital as it would be without any other story than the shortages of capacity and what brings
more or fewer people (season, epidemic): what the others add, repeat, leave out or shorten does not move anybody else's
turn, so that their truth holds no knock-on.
Examinations come first, then operations (after the examinations they need), then rehabilitation (after both).
"""

from dataclasses import replace

import numpy as np
from scipy.stats import poisson

from analysis.demo.book import Book, queued_items
from analysis.demo.care import use_factors
from analysis.demo.line_numbers import line_number, row_number
from analysis.demo.opening import windows
from analysis.demo.patients import Stays, draw_stays
from analysis.demo.queues import Requests, serve
from analysis.demo.recipes import AFTER, DAILY, FIRST, FROM, LAST, ONCE, Recipes, category
from analysis.demo.staff import draw_physicians
from analysis.demo.world import DAY, RUN_IN, World

_ALWAYS = 1 << 59


def make_book(world: World, recipes: Recipes) -> Book:
    """Simulate every queue over all stays, those of the run-in among them."""
    acting = frozenset(world.parameters.stories.shortages) | {"season", "epidemic"}
    alone = replace(world, stories=world.stories & acting)
    stays, _ = draw_stays(alone, draw_physicians(alone))
    rows = _requested(alone, recipes, stays)
    theatre = np.zeros(len(stays), bool)
    theatre[rows["stay"][rows["kind"] == _SURGERY]] = True
    elsewhere = (rows["kind"] == _ANAESTHESIA) & ~theatre[rows["stay"]]
    rows = {name: values[~elsewhere] for name, values in rows.items()}
    rows |= {name: np.zeros(len(rows["stay"]), np.int64) for name in ("asked", "start", "until", "unit", "offset")}
    rows["start"] -= 1
    prepared, urgent = _prepared(alone, stays, theatre)
    examined = _examinations(alone, stays, rows, theatre & ~urgent)
    operated = _operations(alone, stays, rows, np.maximum(prepared, examined), urgent)
    shift = np.where(operated["day"] >= 0, operated["day"] - stays.operation_day, 0)
    added, sessions = _rehabilitation(alone, stays, rows, shift)
    order = np.argsort(rows["row"])
    names = ("row", "resource", "asked", "start", "length", "until", "unit", "offset")
    nth = np.argsort(stays.number)
    return Book(
        *(rows[name][order] for name in names), stays.number[nth], stays.admitted[nth], operated["day"][nth],
        operated["at"][nth], operated["end"][nth], operated["room"][nth], added[nth], sessions,
    )  # fmt: skip


_EXAMINATION, _ANAESTHESIA, _SURGERY, _THERAPY = range(4)


def _requested(world: World, recipes: Recipes, stays: Stays) -> dict[str, np.ndarray]:
    """Recipe rows of queued resources that happen: stay (position), row (number), item, when, span, kind, length."""
    active = np.array([bool(item.activity) for item in world.items]) & queued_items(world)
    resources, kinds = world.parameters.records.queues.resources, category(world)
    use, found = use_factors(world, stays), []
    for row in np.flatnonzero(active[recipes.item] & (recipes.story < 0)):
        group = np.searchsorted(recipes.first, row, side="right") - 1
        stay = np.flatnonzero((stays.drg == group) & (stays.base_days > 0))
        number = row_number(stays.number[stay], recipes.code[row])
        decision = recipes.decision[row]
        name = "care.rows" if decision < 0 else f"decision.{recipes.decisions[decision]}"
        u = world.uniform(name, number if decision < 0 else stays.number[stay])
        line = line_number(stays.number[stay], recipes.code[row], np.zeros(len(stay), np.int64))
        item = recipes.item[row]
        wanted = recipes.quantity[row] * np.where(recipes.flex[row], use[stay, kinds[item]], 1.0)
        given = (wanted + world.uniform("care.quantity", line) >= 1) | (recipes.when[row] >= DAILY)
        stay, number, line = (
            x[(u >= recipes.low[row]) & (u < recipes.high[row]) & given] for x in (stay, number, line)
        )
        found.append({"stay": stay, "row": number, "length": _length(world, item, line)})
        same = {"item": item, "when": recipes.when[row], "span": recipes.span[row], "kind": _kind(world, item)}
        same["resource"] = resources.index(world.items[item].resource)
        found[-1] |= {key: np.full(len(stay), value, np.int64) for key, value in same.items()}
    return {key: np.concatenate([part[key] for part in found]) for key in found[0]}


def _kind(world: World, item: int) -> int:
    known = {"anaesthesia": _ANAESTHESIA, "operation": _SURGERY, "rehabilitation": _THERAPY}
    return known.get(world.items[item].kind, _EXAMINATION)


def _length(world: World, item: int, line: np.ndarray) -> np.ndarray:
    """Seconds that one service takes."""
    minutes = max(world.items[item].minutes, 10)
    return (minutes * 60 * np.exp(0.25 * (world.uniform("events.lasting", line) - 0.5))).astype(np.int64)


def _prepared(world: World, stays: Stays, theatre: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When each stay is ready for the theatre, and who goes at once, at any hour: emergencies that need no day."""
    before = world.of_drgs("before_operation")
    mean = np.maximum(before - world.parameters.records.queues.closed_days, 0.7 * before)
    days = poisson.ppf(world.uniform("admission.operation", stays.number), mean[stays.drg]).astype(np.int64).clip(0)
    days = np.minimum(days, stays.operation_day)
    urgent = theatre & stays.emergency & (days == 0)
    u = world.uniform("waiting.prepared", stays.number)
    morning = (stays.admitted // DAY + days) * DAY + 7 * 3600 + (u * 3600).astype(np.int64)
    today = stays.admitted + (np.where(urgent, 1.5, 2.5) * 3600 + u * 7200).astype(np.int64)
    return np.where(days > 0, morning, today), urgent


def _examinations(world: World, stays: Stays, rows: dict[str, np.ndarray], gated: np.ndarray) -> np.ndarray:
    """Serve the examinations; returns when the last one is read that an operation has to wait for (0 = none).

    An operation waits for what is asked for on admission. Who would be served only after going home withdraws.
    """
    here = np.flatnonzero(rows["kind"] == _EXAMINATION)
    stay, when = rows["stay"][here], rows["when"][here]
    u, came = world.uniform("waiting.asked", rows["row"][here]), stays.admitted[stay]
    half = came + 4 * 3600 + (u * stays.base_days[stay] * DAY / 2).astype(np.int64)
    end = came // DAY * DAY + np.maximum(stays.base_days[stay] - 2, 0) * DAY + 15 * 3600
    asked = np.where(when == ONCE, came + 3600 + (u * 3 * 3600).astype(np.int64), np.where(when == LAST, end, half))
    rows["asked"][here] = np.maximum(asked, came + 1800)
    needed = gated[stay] & (when == ONCE)
    resources = world.parameters.records.queues.resources
    one_stop = _one_stop(world, stays)[stay] & needed
    rows["resource"][here] = np.where(one_stop, resources.index("one_stop"), rows["resource"][here])
    latest = np.where(needed, _ALWAYS, stays.discharged[stay] - 2 * 3600)
    for resource in ("mri", "ct_angiography", "one_stop"):
        part = rows["resource"][here] == resources.index(resource)
        _serve(world, resource, rows, here[part], rows["length"][here[part]], latest[part])
    read = np.zeros(len(stays), np.int64)
    done = here[needed & (rows["start"][here] >= 0)]
    np.maximum.at(read, rows["stay"][done], rows["start"][done] + rows["length"][done] + 3600)
    return read


def _one_stop(world: World, stays: Stays) -> np.ndarray:
    """Stays whose pre-operative examinations are done in one go on admission."""
    found = np.zeros(len(stays), bool)
    months = np.array([p.name for p in world.all_months])[world.month_of(stays.admitted) + RUN_IN]
    for name in sorted(world.stories & frozenset(world.parameters.stories.shortages)):
        rule = world.parameters.stories.shortages[name].one_stop
        if rule:
            groups = [world.drg_codes.index(code) for code in rule.drgs]
            found |= np.isin(stays.drg, groups) & (months >= rule.from_month)
    return found


def _serve(world: World, resource: str, rows: dict[str, np.ndarray], here: np.ndarray, hold, latest) -> None:
    """Start and unit of the rows `here` of one resource."""
    requests = Requests(rows["asked"][here], hold, rows["until"][here], latest, rows["row"][here])
    rows["start"][here], rows["unit"][here] = serve(requests, windows(world, resource))


def _operations(
    world: World, stays: Stays, rows: dict[str, np.ndarray], ready: np.ndarray, urgent: np.ndarray
) -> dict[str, np.ndarray]:
    """Serve the operations: one visit to the theatre a stay, anaesthesia first, then what is done, one by one.

    Returns day after admission (-1 = none), second of the incision and of the end, room (emergency theatre: from 1000).
    """
    rules = world.parameters.records.queues
    here = np.flatnonzero((rows["kind"] == _SURGERY) | (rows["kind"] == _ANAESTHESIA))
    here = here[np.lexsort((rows["row"][here], rows["kind"][here], rows["stay"][here]))]
    stay, length = rows["stay"][here], rows["length"][here]
    surgical = np.unique(stay)
    length = np.where(rows["kind"][here] == _ANAESTHESIA, int(rules.induction * 60), length)
    first = np.flatnonzero(np.append(True, stay[1:] != stay[:-1]))
    upto = np.cumsum(length) - length
    offset = upto - np.repeat(upto[first], np.diff(np.append(first, len(stay))))
    whole = np.add.reduceat(length, first)
    start, room = np.full(len(surgical), -1), np.full(len(surgical), -1)
    in_theatre = {"emergency_theatre": urgent[surgical], "operating_room": ~urgent[surgical]}
    for resource, part in in_theatre.items():
        hold = whole[part] + int(rules.turnover * 60)
        many = np.full(part.sum(), _ALWAYS)
        requests = Requests(ready[surgical[part]], hold, np.zeros_like(hold), many, stays.number[surgical[part]])
        start[part], room[part] = serve(requests, windows(world, resource))
    served = np.repeat(start, np.diff(np.append(first, len(stay))))
    rows["asked"][here], rows["length"][here] = ready[stay], length
    rows["start"][here] = np.where(served >= 0, served + offset, served)
    name = np.where(urgent[stay], rules.resources.index("emergency_theatre"), rules.resources.index("operating_room"))
    rows["resource"][here] = name
    return _operated(stays, surgical, start, room + 1000 * urgent[surgical], whole, rows, here)


def _operated(stays: Stays, surgical: np.ndarray, start, room, whole, rows, here) -> dict[str, np.ndarray]:
    found = {name: np.full(len(stays), -1) for name in ("day", "at", "end", "room")}
    there = start >= 0
    who, begun = surgical[there], start[there]
    found["day"][who] = begun // DAY - stays.admitted[who] // DAY
    cut = here[rows["kind"][here] == _SURGERY][::-1]
    found["at"][rows["stay"][cut]] = rows["start"][cut]
    found["end"][who], found["room"][who] = begun + whole[there], room[there]
    return found


def _rehabilitation(world: World, stays: Stays, rows: dict[str, np.ndarray], shift: np.ndarray):
    """Serve rehabilitation: one place a stay from its first session to discharge; several therapies share the session.

    Returns the days that waiting adds to each stay, and the places.
    """
    rules = world.parameters.records.queues
    here = np.flatnonzero(rows["kind"] == _THERAPY)
    here = here[np.lexsort((rows["row"][here], rows["stay"][here]))]
    stay = rows["stay"][here]
    who, first, count = np.unique(stay, return_index=True, return_counts=True)
    when, span = rows["when"][here[first]], rows["span"][here[first]]
    came, leaves = stays.admitted[who] // DAY, stays.admitted[who] // DAY + (stays.base_days + shift)[who]
    day = np.where(
        np.isin(when, [AFTER, FIRST]), (stays.operation_day + shift)[who], np.where(when == FROM, span - 1, 0)
    )
    in_icu = np.where(stays.icu_days > 0, stays.icu_from + shift + stays.icu_days, 0)[who]
    day = came + np.maximum(day, in_icu)
    asked = day * DAY + ((9 + 7 * world.uniform("waiting.rehabilitation", stays.number[who])) * 3600).astype(np.int64)
    asked = np.maximum(asked, stays.admitted[who] + 3600)
    share = np.array([rules.recovery.get(code, 0.0) for code in world.drg_codes])[stays.drg[who]]
    share = np.where(stays.died[who], 0.0, share)
    recovery = np.rint(share * np.maximum(leaves - day - 1, 0)).astype(np.int64)
    latest = np.where(recovery > 0, _ALWAYS, leaves * DAY - 1)
    places = windows(world, "rehabilitation")
    requests = Requests(asked, recovery * DAY, leaves * DAY, latest, stays.number[who])
    start, unit = serve(requests, places)
    ends = np.where(start >= 0, np.maximum(leaves, start // DAY + recovery), leaves)
    added = np.zeros(len(stays), np.int64)
    added[who] = ends - leaves
    nth = np.arange(len(stay)) - np.repeat(first, count)
    part = (rules.session * 60 / np.repeat(count, count)).astype(np.int64)
    rows["asked"][here], rows["start"][here] = np.repeat(asked, count), np.repeat(start, count)
    rows["until"][here], rows["unit"][here] = np.repeat(ends * DAY, count), np.repeat(unit, count)
    rows["offset"][here], rows["length"][here] = nth * part, np.minimum(rows["length"][here], part)
    return added, places
