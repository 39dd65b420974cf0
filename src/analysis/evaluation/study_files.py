"""parameters/studies/NAME.yaml: who is compared with whom, adjusted for what, on which outcomes; typed and checked."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, StringConstraints, model_validator

from analysis.errors import InputError
from analysis.evaluation.variables import MEASURED, variables
from analysis.settings import PeriodName, Settings, read_settings, yaml_nodes
from analysis.vocabulary import Named

Estimand = Literal["ATT", "ATE"]
Code = Annotated[str, StringConstraints(min_length=1)]


class Exclusion(Named):
    """Cases that are left out: `column` is one of `values`, or below / above a number, or (all empty) not known."""

    column: str
    values: list[str] = []
    below: float | None = None
    above: float | None = None


class Population(Settings):
    """Closed cases discharged from `first` to `last`, of these groups and departments, with one of the codes each.

    Diagnoses are beginnings of the principal one. Empty = all.
    """

    drgs: list[Code] = []
    departments: list[Code] = []
    diagnoses: list[Code] = []
    procedures: list[Code] = []
    first: PeriodName | None = None
    last: PeriodName | None = None
    exclusions: list[Exclusion] = []


class Arm(Named):
    """Who belongs to one side: any of these procedures, charged items, pathways entered, surgeons, ways of admission.

    A meeting (`mdt`) is a dated event: whoever leaves early never has one. So `by_day` is needed, and all who left up
    to that day are left out on both sides (a landmark; Anderson, Cain and Gelber 1983).
    """

    procedures: list[Code] = []
    items: list[Code] = []
    pathways: list[Code] = []
    physicians: list[Code] = []
    admission_types: list[Code] = []
    mdt: bool = False
    by_day: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def meetings_have_a_day(self) -> "Arm":
        if self.mdt != (self.by_day is not None):
            raise ValueError("a meeting needs by_day, the day up to which it counts (and nothing else does)")
        return self

    @property
    def codes(self) -> dict[str, list[str]]:
        names = ("procedures", "items", "pathways", "physicians", "admission_types")
        return {name: getattr(self, name) for name in names}

    @property
    def says_something(self) -> bool:
        return self.mdt or any(self.codes.values())


class Study(Named):
    """A comparison of a technique with another.

    Parameters
    ----------
    scenario : that it answers; its tables are kept under SCENARIO_id. control : who is compared; nothing = everybody
        else in the population.
    confounders : of variables.yaml, or measured:NAME. despite : those among them that treatment may change, with the
        reason why they are adjusted for all the same. negative_control : what the technique cannot change.
    outcomes : the first is the primary one. effect : the outcome set against cost on the cost-effectiveness plane.
    estimand : ATT (for those who had it) or ATE (for everybody). cluster : who is drawn whole. caliper : of matching,
        in standard deviations of the logit. file, lines : where it stands, for messages.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    scenario: Annotated[str, StringConstraints(pattern=r"^[A-F]\d+$")]
    question: Named
    basis: Named
    population: Population
    treatment: Arm
    control: Arm | None = None
    confounders: list[str] = Field(min_length=1)
    outcomes: list[str] = Field(min_length=1)
    effect: str
    negative_control: str | None = None
    estimand: Estimand = "ATT"
    cluster: Literal["surgeon", "hospital"] = "surgeon"
    despite: dict[str, Named] = {}
    caliper: float = Field(0.2, gt=0)
    file: str = Field("", exclude=True)
    lines: dict[str, int] = Field({}, exclude=True)

    @property
    def name(self) -> str:
        """Of the study's folder in outputs/NAME/studies."""
        return f"{self.scenario}_{self.id}"

    def where(self, key: str) -> str:
        """File, line and key, for a message."""
        line = self.lines.get(key) or self.lines.get(key.split(".")[0], 1)
        return f"{self.file or self.id}:{line} {key}"


def read_studies(folder: Path) -> dict[str, Study]:
    """All studies of a folder (parameters/studies/*.yaml) by id.

    Raises
    ------
    InputError
        No study there, one that cannot be read, or two of one id.
    """
    found: dict[str, Study] = {}
    for file in sorted(folder.glob("*.yaml")):
        study = read_study(file)
        if study.id in found:
            raise InputError(f"two studies have the id {study.id}", where=str(file), mend="give one another id")
        found[study.id] = study
    if not found:
        raise InputError("no study there", where=str(folder), mend="put a study file NAME.yaml there")
    return found


def read_study(file: Path) -> Study:
    """One study.

    Raises
    ------
    InputError
        Not YAML, a key or a value that is not known; a confounder that is none, or that treatment changes; an outcome
        that is none; a negative control that is adjusted for; sides defined by nothing or by the same code.
    """
    study = read_settings(file, Study)
    study = study.model_copy(update={"file": str(file), "lines": _lines(file.read_text("utf8"))})
    for what, key, mend in _faults(study):
        raise InputError(what, where=study.where(key), mend=mend)
    return study


def _faults(study: Study) -> Iterator[tuple[str, str, str]]:
    """What is wrong, under which key, and how to mend it."""
    known = variables()
    yield from _confounder_faults(study)
    for key, names in (("outcomes", study.outcomes), ("effect", [study.effect])):
        for name in set(names) - set(known.outcomes):
            yield f"there is no outcome {name}", key, _nearest(name, list(known.outcomes))
    if study.effect not in study.outcomes:
        yield f"the effect {study.effect} is no outcome of the study", "effect", "add it to outcomes"
    if (nothing := study.negative_control) is not None:
        if nothing in study.confounders:
            yield f"{nothing} is adjusted for, so it cannot be the negative control", "negative_control", "name another"
        if nothing not in {**known.confounders, **known.outcomes} and not nothing.startswith(MEASURED):
            yield f"there is no column {nothing}", "negative_control", _nearest(nothing, list(known.confounders))
    yield from _arm_faults(study)
    for number, exclusion in enumerate(study.population.exclusions):
        for what, mend in _exclusion_faults(exclusion):
            yield what, f"population.exclusions.{number}", mend


def _exclusion_faults(exclusion: Exclusion) -> Iterator[tuple[str, str]]:
    known, name = variables(), exclusion.column
    if name.startswith(MEASURED):
        return
    if name in {*known.outcomes, *known.after_treatment}:
        yield f"cases cannot be left out by {name}: it is not known before treatment", "take what was known before"
    elif name not in known.confounders:
        yield f"there is no column {name}", _nearest(name, list(known.confounders))
    elif known.confounders[name].kind != "number" and (exclusion.below, exclusion.above) != (None, None):
        yield f"{name} is no number: nothing is below or above", "name values: [...]"


def _confounder_faults(study: Study) -> Iterator[tuple[str, str, str]]:
    known = variables()
    for name in study.confounders:
        if name in known.severities and name in study.despite:
            continue
        if name in known.after_treatment:
            why = f"{name} is not known before treatment: {known.after_treatment[name].en}"
            yield why, "confounders", "leave it out"
        elif name not in known.confounders and not name.startswith(MEASURED):
            yield f"there is no confounder {name}", "confounders", _nearest(name, list(known.confounders))
    for name in sorted(set(study.despite) - (set(study.confounders) & set(known.severities))):
        yield f"{name} needs no reason under despite", "despite", "name there only a severity that is adjusted for"


def _arm_faults(study: Study) -> Iterator[tuple[str, str, str]]:
    arms = {"treatment": study.treatment} | ({"control": study.control} if study.control else {})
    for name, arm in arms.items():
        if not arm.says_something:
            yield f"nothing says who belongs to {name}", name, "name procedures, items, pathways, physicians or mdt"
    if study.control:
        for kind, codes in study.treatment.codes.items():
            if both := sorted(set(codes) & set(study.control.codes[kind])):
                yield (f"{both[0]} is on both sides", f"control.{kind}",
                       "a case cannot be treated and control: take it out of one")  # fmt: skip


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 3) or known
    return f"take one of: {', '.join(near)}"


def _lines(text: str) -> dict[str, int]:
    """Line of every key of a YAML file, keys of mappings within joined by dots, members of lists by their number."""
    found: dict[str, int] = {}

    def walk(node: Any, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            parts = [(key.value, key, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            parts = [(str(place), value, value) for place, value in enumerate(node.value)]
        else:
            return
        for name, mark, value in parts:
            inner = f"{path}.{name}" if path else name
            found[inner] = mark.start_mark.line + 1
            walk(value, inner)

    walk(yaml_nodes(text), "")
    return found
