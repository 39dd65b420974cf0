"""Which way a stay went, and whether it shows an act: by what the file says of it, else by its events and items."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analysis.pathways.acts import Choose, Complicate, Do, Readmit, Seen, Use, Way, branches_of, name_of
from analysis.pathways.model import Pathway
from analysis.pathways.observed import Observed, activities_of

#: What of `seen` is looked up in which table; admission and disposition stand in the stay itself.
_TABLES = {"activity": "events", "resource": "events", "items": "charges", "procedure": "procedures",
           "diagnosis": "diagnoses", "ward": "transfers"}  # fmt: skip


def way_of(act: Choose, pathway: Pathway, stay: Observed, missing: Collection[str] = ()) -> Way | None:
    """The first way that the stay shows, else the only one that nothing would show; None where that cannot be told.

    missing : tables that the hospital has not; what only they would show, nobody can tell.
    """
    if any(tables_of(way, pathway) & set(missing) for way in act.of):
        return None
    used = Counter(code for _, items, _ in acts_of(pathway) for code in items)
    shown = []
    for way in act.of:
        here = Counter(code for inner in every_act(way.course) for code in _items(inner, pathway))
        shown.append(shows(way, pathway, stay, [code for code in here if here[code] == used[code]]))
    rest = [way for way, seen in zip(act.of, shown, strict=True) if seen is None]
    if len(rest) > 1:
        return None
    return next((way for way, seen in zip(act.of, shown, strict=True) if seen), rest[0] if rest else None)


def shows(way: Way, pathway: Pathway, stay: Observed, own: Collection[str]) -> bool | None:
    """Whether a stay shows a way; None where nothing says how it would be seen.

    By its `seen`; else by the events of its steps, else by items that are used on this way and nowhere else (`own`).
    """
    if way.seen:
        return fits(way.seen, stay)
    activities = [name for act in every_act(way.course) for name in activities_of(act, pathway)]
    if activities:
        return any(name in stay.events for name in activities)
    return any(code in stay.items for code in own) if own else None


def tables_of(way: Way | Complicate, pathway: Pathway) -> set[str]:
    """Tables in which a way, or a complication, is looked up."""
    if way.seen:
        return {table for said, table in _TABLES.items() if getattr(way.seen, said)}
    inner = [] if isinstance(way, Complicate) else every_act(way.course)
    if any(activities_of(act, pathway) for act in inner):
        return {"events"}
    return {"charges"} if any(_items(act, pathway) for act in inner) else set()


def fits(seen: Seen, stay: Observed) -> bool:
    """Whether a stay shows all that is said."""

    def begins(kind: str, prefixes: Sequence[str]) -> bool:
        return not prefixes or any(code.startswith(prefixes) for code in stay.codes.get(kind, ()))

    return (
        (not seen.activity or seen.activity in stay.events)
        and (not seen.resource or any(e.resource == seen.resource for of in stay.events.values() for e in of))
        and (not seen.items or any(code in stay.items for code in seen.items))
        and begins("procedure", seen.procedure)
        and begins("diagnosis", seen.diagnosis)
        and (not seen.admission or stay.admission in seen.admission)
        and (not seen.disposition or stay.disposition in seen.disposition)
        and (not seen.ward or seen.ward in stay.wards)
    )


def every_act(course: Sequence[Any]) -> Sequence[Any]:
    """Acts of a course, those within others included."""
    return [found for act in course for found in (act, *(x for inner in branches_of(act) for x in every_act(inner)))]


def _items(act: Any, pathway: Pathway) -> Mapping[str, float]:
    """Items that an act uses when it is done once."""
    if isinstance(act, Do):
        return act.items or pathway.steps[act.do].items
    return act.items if isinstance(act, Use) else {}


def acts_of(pathway: Pathway) -> list[tuple[str, Mapping[str, float], int]]:
    """Acts of the course up to the discharge with the items that they use when done once, and how often they are."""
    return [
        (name_of(act), _items(act, pathway), act.times if isinstance(act, Do) else 1)
        for act in every_act([a for a in pathway.course if not isinstance(a, Readmit)])
    ]
