"""Pathway files read and checked: what cannot be followed or simulated is refused, with file, step and mend."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from yaml import YAMLError

from analysis.errors import InputError
from analysis.pathways.acts import Choose, Complicate, Do, Readmit, Until, Use, Wait, branches_of, name_of, verb_of
from analysis.pathways.course_checks import check_course
from analysis.pathways.edits import edited
from analysis.pathways.model import Pathway
from analysis.settings import safe_yaml


def read_library(folder: Path, items: Collection[str] | None = None) -> dict[str, Pathway]:
    """All pathways of a folder (parameters/pathways/*.yaml) by id, in the order of their files."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError("no pathway there", where=str(folder), mend="put a pathway file NAME.yaml there")
    library: dict[str, Pathway] = {}
    for file in files:
        pathway = read_pathway(file, items)
        if pathway.id != file.stem:
            raise InputError(f"the pathway {pathway.id} stands in a file of another name", where=str(file),
                             mend=f"call the file {pathway.id}.yaml, or the pathway {file.stem}")  # fmt: skip
        library[pathway.id] = pathway
    return library


def read_pathway(
    file: Path, items: Collection[str] | None = None, edits: Mapping[str, float | str | bool] | None = None
) -> Pathway:
    """One pathway, with a scenario's edits (`edits.edited`).

    Parameters
    ----------
    items : the hospital's item codes; without them unknown items are not looked for.

    Raises
    ------
    InputError
        Not YAML; a key, verb, step, resource, clock, calendar or item unknown; chances that do not sum to 1; negative
        time; a resource without units; a unit never given back; a way that never reaches the discharge.
    """
    return checked(edited(read_raw(file), edits or {}, file), file, items)


def read_raw(file: Path) -> dict[str, Any]:
    """A pathway file as it is written."""
    if not file.is_file():
        near = ", ".join(sorted(p.stem for p in file.parent.glob("*.yaml"))) or "none"
        raise InputError("pathway file not found", where=str(file), mend=f"pathways there: {near}")
    try:
        raw = safe_yaml(file.read_text("utf8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise InputError("not a readable YAML file", where=str(file), rows=[str(error)], mend="save it as UTF-8 YAML") \
            from error  # fmt: skip
    if not isinstance(raw, dict):
        raise InputError("not a pathway", where=str(file), mend="begin with id, version, zh, en")
    return raw


def checked(raw: Mapping[str, Any], file: Path, items: Collection[str] | None = None) -> Pathway:
    """A pathway from what a file says; InputError as `read_pathway`."""
    try:
        pathway = Pathway.model_validate(raw)
    except ValidationError as error:
        wrong = [e for e in error.errors() if not _follows(e, error.errors())]
        rows = [f"{_place(raw, e['loc'])}: {e['msg']}" for e in wrong[:5]]
        raise InputError(
            f"{len(wrong)} wrong value(s) in a pathway",
            where=str(file),
            rows=rows,
            mend="docs/pathways.md lists the keys of a pathway, of its steps and of its course",
        ) from error
    faults = [*_unknown(pathway, items), *_impossible(pathway), *check_course(pathway)]
    if faults:
        what, mend = faults[0]
        raise InputError(what, where=str(file), rows=[fault for fault, _ in faults[1:5]], mend=mend)
    return pathway


def acts(course: Collection[Any]) -> Iterator[Any]:
    """All acts of a course and of the courses within, in order."""
    for act in course:
        yield act
        for inner in branches_of(act):
            yield from acts(inner)


def _follows(error: Any, others: Collection[Any]) -> bool:
    """A list is only too short because one of its members, told by itself, was left out of it."""
    where = error["loc"]
    return error["type"] == "too_short" and any(
        one is not error and len(one["loc"]) > len(where) and one["loc"][: len(where)] == where for one in others
    )


def _place(raw: Any, where: tuple[str | int, ...]) -> str:
    """Where an error stands, acts by their name instead of their number."""
    told: list[str] = []
    for part in where:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            if part not in ("", *map(str, told)) and not str(part).startswith("function"):
                told.append(str(part))
            continue
        verb = verb_of(raw) if isinstance(raw, dict) and isinstance(part, int) else None
        told.append(f"{verb} {raw[verb]}" if verb else str(part))
    return ".".join(told) or "(file)"


def _unknown(pathway: Pathway, items: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """Names that nothing answers to."""
    steps, named = ", ".join(pathway.steps), ", ".join(pathway.resources)
    clocks = {"admission", *(act.start for act in acts(pathway.course) if verb_of(act) == "start")}
    for act in acts(pathway.course):
        if isinstance(act, Do) and act.do not in pathway.steps:
            yield f"the course does {act.do}, which is no step", f"name one of the steps: {steps}"
        for resource in _resources(act, pathway):
            if resource not in pathway.resources:
                yield f"{name_of(act)} needs {resource}, which is no resource", f"name one of the resources: {named}"
        if isinstance(act, Until) and act.clock not in clocks:
            yield (
                f"{act.until} looks at the clock {act.clock}, which never starts",
                "start it, or take admission",
            )
        if isinstance(act, Wait) and act.wait not in pathway.calendars:
            yield f"the course waits for {act.wait}, which is no calendar", "describe it under calendars"
    for name, step in pathway.steps.items():
        if step.after not in (None, "admission", *pathway.steps):
            yield f"step {name} comes after {step.after}, which is no step", f"name one of the steps: {steps}"
    if items is not None:
        for name, code in _used(pathway):
            if code not in items:
                yield f"{name} uses item {code}, which the hospital does not know", "take a code of the table items"


def _resources(act: Any, pathway: Pathway) -> list[str]:
    found = [getattr(act, verb, None) for verb in ("hold", "move", "give")]
    if isinstance(act, Do) and act.do in pathway.steps:
        found.append(pathway.steps[act.do].resource)
    return [name for name in found if name]


def _used(pathway: Pathway) -> Iterator[tuple[str, str]]:
    for name, step in pathway.steps.items():
        yield from ((f"step {name}", code) for code in step.items)
    for act in acts(pathway.course):
        if isinstance(act, Do | Use):
            yield from ((name_of(act), code) for code in act.items)


def _impossible(pathway: Pathway) -> Iterator[tuple[str, str]]:
    """Numbers that cannot be."""
    for name, resource in pathway.resources.items():
        open_hours = [b - a for a, b in (resource.hours or {"mon": (0, 24)}).values()]
        if resource.units == 0 or max(open_hours) <= 0:
            yield (
                f"resource {name} has no capacity: nobody would ever get it",
                "give it units, and hours",
            )
    for act in acts(pathway.course):
        if isinstance(act, Choose) and abs(sum(way.chance for way in act.of) - 1) > 1e-9:
            total = sum(way.chance for way in act.of)
            yield f"the chances of {act.choose} sum to {total:g}, not to 1", "every patient must go one way"
        if isinstance(act, Complicate | Readmit) and not act.course:
            yield f"{name_of(act)} has no course of its own", "say what follows: course: [...]"
    for name, step in pathway.steps.items():
        if step.day and step.day[0] * step.day[1] > 0 and step.day[0] > step.day[1]:
            yield f"step {name} ends on day {step.day[1]}, before it begins on day {step.day[0]}", "day: [first, last]"
        if step.least is not None and step.most is not None and step.least > step.most:
            yield f"step {name} asks for at least {step.least} and at most {step.most}", "let least be at most most"
    if pathway.course and pathway.arrivals is None:
        yield "there is a course, but nobody comes", "say arrivals: {a_day: ...}"
