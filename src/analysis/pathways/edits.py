"""A scenario: numbers of a pathway changed by their address, nothing else.

    NAME.time.gamma.mean, NAME.chance, NAME.WAY.chance, NAME.items.C201, NAME.after.weibull.mean, NAME.times
    NAME.time: x 0.7       all of it takes 0.7 of the time, whichever the distribution
    NAME.time: at most 3   as long as before, but never longer than 3 days
    NAME.time: {gamma: {mean: 3, sd: 2}}      another distribution
    NAME.chances: {WAY: 0.7, OTHER: 0.3}      all ways of a choice
    NAME.items: {C201: 1}                     quantities of several items, the others as they are
    NAME.skip: true        the act is left out          NAME.before: OTHER     it comes before another
    resources.R.units, resources.R.cost_a_day, arrivals.a_day, standard.days, payment
    resources.R.hours: {mon-fri: [8, 18]}, or always
    resources.R.others.a_day, arrivals.by_weekday: [...], arrivals.by_hour: [...]

A value takes the place of the old one; "x 0.5" and "+ 1" change it. Changed chances of a choice leave the others in
proportion.
"""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.errors import InputError
from analysis.pathways.acts import verb_of
from analysis.pathways.times import Time, capped

#: A number, a change of one, a switch; or a distribution, quantities, chances, parts of the week.
Edit = float | str | bool | Mapping[str, Any] | list[float]
#: "x 0.5", "+ 1", "- 1".
CHANGE = re.compile(r"^\s*([x+-])\s*(\d+(?:\.\d+)?)\s*$")
_CAP = re.compile(r"^\s*at most\s+(\d+(?:\.\d+)?)\s*$")
_SECTIONS = ("resources", "arrivals", "standard", "payment", "calendars")


def parameters(raw: Mapping[str, Any]) -> dict[str, float]:
    """Every number of a pathway by its address."""
    found: dict[str, float] = {}
    for section in _SECTIONS:
        found |= dict(_numbers(raw.get(section), section))
    for _, act in named_acts(raw.get("course") or []):
        found |= dict(_of_act(act))
    return found


def edited(
    raw: Mapping[str, Any], edits: Mapping[str, Any] | Sequence[Mapping[str, Any]], file: Path | None = None
) -> dict[str, Any]:
    """A copy of a pathway with edits made; of several sets one after another, so that "x 0.7" finds what was measured.

    Raises
    ------
    InputError
        An address that the pathway has not, or a change that cannot be read.
    """
    changed = copy.deepcopy(dict(raw))
    layers = [edits] if isinstance(edits, Mapping) else edits
    for address, value in (pair for layer in layers for pair in layer.items()):
        try:
            _edit(changed, address, value)
        except (KeyError, TypeError, ValueError) as error:
            near = [known for known in parameters(raw) if known.split(".")[0] == address.split(".")[0]]
            acts = [act[verb_of(act)] for _, act in named_acts(raw.get("course") or [])]
            raise InputError(
                f"no such number to change: {address}",
                where=str(file or raw.get("id", "")),
                rows=[str(error)],
                mend=f"addresses near it: {', '.join(near[:8])}" if near else f"acts of the course: {', '.join(acts)}",
            ) from error
    return _moved(changed)


def named_acts(course: list[Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Acts with the list each stands in, those within others included."""
    for act in course:
        if not isinstance(act, dict):
            continue
        yield course, act
        for inner in (act, *act.get("of", ())):
            if inner is not act or verb_of(act) in ("complicate", "readmit"):
                yield from named_acts(inner.get("course") or [])


def _numbers(value: Any, address: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(inner, f"{address}.{key}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield address, float(value)


def _of_act(act: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    name = act[verb_of(act)]
    for key in ("time", "after", "items", "chance", "times"):
        yield from _numbers(act.get(key), f"{name}.{key}")
    for way in act.get("of", ()):
        yield from _numbers(way.get("chance"), f"{name}.{way['way']}.chance")


def _edit(raw: dict[str, Any], address: str, value: Edit) -> None:
    first, *path = address.split(".")
    if first in _SECTIONS:
        _put(raw, [first, *path], value)
        return
    act = next((act for _, act in named_acts(raw.get("course") or []) if act.get(verb_of(act)) == first), None)
    if act is None:
        raise KeyError(f"no act is called {first}")
    if len(path) == 2 and path[1] == "chance":
        _rebalance(act["of"], path[0], value)
    elif path in (["skip"], ["before"]):
        act[path[0]] = value
    elif path in (["time"], ["after"]):
        act[path[0]] = dict(value) if isinstance(value, Mapping) else _stretched(act[path[0]], value)
    elif path == ["chances"]:
        _spread(act["of"], value)
    elif path == ["items"]:
        act["items"] = {**_items(raw, act), **value}
    else:
        _put(act, path, value)


def _put(inside: Any, path: list[str], value: Edit) -> None:
    for key in path[:-1]:
        inside = inside[key]
    if path[-1] == "hours" and value == "always":
        inside.pop("hours", None)
    elif isinstance(value, Mapping | list | tuple):
        inside[path[-1]] = value
    else:
        inside[path[-1]] = _changed(inside[path[-1]], value)


def _items(raw: Mapping[str, Any], act: Mapping[str, Any]) -> dict[str, float]:
    """What an act uses as the file says it: its own items, else those of its step."""
    return act.get("items") or raw["steps"].get(act.get("do"), {}).get("items") or {}


def _spread(ways: list[dict[str, Any]], chances: Any) -> None:
    """Chances of all ways of a choice."""
    if set(chances) != {way["way"] for way in ways}:
        raise KeyError(f"name each way once: {', '.join(way['way'] for way in ways)}")
    for way in ways:
        way["chance"] = chances[way["way"]]


def _stretched(time: Mapping[str, Any], value: Edit) -> dict[str, Any]:
    """All days of a distribution multiplied (a Weibull's shape is no number of days), or cut off at so many days."""
    if cap := _CAP.match(str(value)):
        return capped(Time.model_validate(time), float(cap[1])).model_dump(exclude_none=True)
    read = CHANGE.match(str(value))
    if not read or read[1] != "x":
        raise ValueError(f'"{value}" is no factor: write "x 0.5" or "at most 3", or name a number of the distribution')
    by = float(read[2])

    def scaled(of: Any) -> Any:
        if isinstance(of, Mapping):
            return {key: inner if key == "shape" else scaled(inner) for key, inner in of.items()}
        return [scaled(inner) for inner in of] if isinstance(of, list | tuple) else of * by

    return dict(scaled(time))


def _changed(old: Any, value: Edit) -> Any:
    if not isinstance(value, str):
        return value
    read = CHANGE.match(value)
    if not read:
        raise ValueError(f'"{value}" is no change: write a number, "x 0.5" or "+ 1"')
    by = float(read[2])
    return old * by if read[1] == "x" else old + (by if read[1] == "+" else -by)


def _rebalance(ways: list[dict[str, Any]], name: str, value: Edit) -> None:
    """One way's chance changed; the others keep their proportions."""
    way = next((way for way in ways if way["way"] == name), None)
    if way is None:
        raise KeyError(f"no way is called {name}")
    new = _changed(way["chance"], value)
    rest = sum(other["chance"] for other in ways if other is not way)
    for other in ways:
        if other is not way:
            other["chance"] = other["chance"] * (1 - new) / rest if rest else (1 - new) / (len(ways) - 1)
    way["chance"] = new


def _moved(raw: dict[str, Any]) -> dict[str, Any]:
    """Acts that are skipped are gone, acts that come before others stand there."""
    for course, act in list(named_acts(raw.get("course") or [])):
        if act.get("skip"):
            course.remove(act)
        elif target := act.pop("before", None):
            place = next((i for i, other in enumerate(course) if other.get(verb_of(other)) == target), None)
            if place is None:
                raise InputError(f"no act {target} stands in the same course as {act[verb_of(act)]}",
                                 where=str(raw.get("id", "")), mend="name an act of its own course")  # fmt: skip
            course.remove(act)
            place = next(i for i, other in enumerate(course) if other.get(verb_of(other)) == target)
            course.insert(place, act)
    return raw
