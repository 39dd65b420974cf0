"""A course can be followed: every way comes to the discharge, and what is held is given back."""

from collections.abc import Iterator, Sequence
from typing import Any

from analysis.pathways.acts import Choose, Complicate, Discharge, Give, Hold, Move, Readmit, branches_of, name_of
from analysis.pathways.model import Pathway

Fault = tuple[str, str]


def check_course(pathway: Pathway) -> list[Fault]:
    """What is wrong with a course, and how to mend it; an empty course is right."""
    if not pathway.course:
        return []
    faults: list[Fault] = [*_names(pathway.course)]
    held = _walk(pathway.course, frozenset(), faults, pathway.id)
    ends = [place for place, act in enumerate(pathway.course) if isinstance(act, Discharge)]
    if not ends:
        faults.append((f"{pathway.id} is a dead end: its course never comes to a discharge", "end it: discharge: home"))
    for act in pathway.course[ends[0] + 1 :] if ends else ():
        if not isinstance(act, Readmit):
            faults.append((f"{name_of(act)} comes after the discharge", "only readmit may follow it"))
    if held and ends:
        faults.append((f"{', '.join(sorted(held))} is never given back", "give it before the discharge"))
    return faults


def _names(course: Sequence[Any]) -> Iterator[Fault]:
    """Numbers are addressed by the names of acts, and draws too: each name once (holding and giving have none)."""
    seen: set[str] = set()
    pending = list(course)
    while pending:
        act = pending.pop(0)
        pending = [*(inner for branch in branches_of(act) for inner in branch), *pending]
        if isinstance(act, Hold | Move | Give | Discharge):
            continue
        if name_of(act) in seen:
            yield f"two acts are called {name_of(act)}", "give each a name of its own (a step done twice: times: 2)"
        seen.add(name_of(act))


def _walk(course: Sequence[Any], held: frozenset[str], faults: list[Fault], where: str) -> frozenset[str]:
    """What is held after a course that begins with `held`."""
    for act in course:
        if isinstance(act, Hold | Move):
            wanted = act.hold if isinstance(act, Hold) else act.move
            if wanted in held:
                faults.append((f"{wanted} is held twice in {where}", "give it back before"))
            held |= {wanted}
        if isinstance(act, Give | Move):
            if act.give not in held:
                faults.append((f"{act.give} is given back in {where} and was not held", "hold it before"))
            held -= {act.give}
        if isinstance(act, Choose | Complicate):
            held = _join(act, held, faults)
        if isinstance(act, Readmit):
            _readmitted(act, faults)
        if isinstance(act, Discharge) and where != act.discharge and held:
            faults.append((f"{', '.join(sorted(held))} is still held at the discharge", "give it before the discharge"))
    return held


def _join(act: Any, held: frozenset[str], faults: list[Fault]) -> frozenset[str]:
    """Behind a choice every way must hold the same; a complication's course must leave what it found."""
    after = {_walk(branch, held, faults, name_of(act)) for branch in branches_of(act)}
    if isinstance(act, Complicate):
        after.add(held)
    if len(after) > 1:
        uneven = sorted(frozenset.union(*after) - frozenset.intersection(*after))
        faults.append(
            (f"{', '.join(uneven)} is held on one way of {name_of(act)}, not on another", "let all ways agree")
        )
    return min(after, key=sorted)


def _readmitted(act: Readmit, faults: list[Fault]) -> None:
    """A readmission is a stay of its own: it begins with nothing and ends with nothing held."""
    held = _walk(act.course, frozenset(), faults, act.readmit)
    if held:
        faults.append((f"{', '.join(sorted(held))} is never given back in {act.readmit}", "give it at its end"))
