"""What the demonstration hospital is made of: the files of parameters/demo, typed and checked."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from analysis.demo.house_settings import (
    Clinical,
    Drgs,
    Grouper,
    HospitalSettings,
    Practices,
    Records,
    RollOut,
    Shortages,
    Stories,
    SurgeonQuality,
)  # fmt: skip
from analysis.demo.listed import (
    Centre,
    Department,
    Diagnosis,
    Drg,
    GroupRule,
    Item,
    Panel,
    Procedure,
    RecipeRow,
    StayEffect,
    StoryCode,
    StoryGate,
    StoryLine,
)  # fmt: skip
from analysis.demo.shock_settings import Shocks
from analysis.demo.supervision_settings import FundGrowth
from analysis.errors import InputError
from analysis.settings import Settings, parameters_folder, read_settings

R = TypeVar("R", bound=Settings)


@dataclass(frozen=True)
class DemoParameters:
    """Everything in parameters/demo."""

    settings: HospitalSettings
    clinical: Clinical
    records: Records
    stories: Stories
    drgs: dict[str, Drg]
    grouper: dict[str, GroupRule]
    departments: list[Department]
    centres: list[Centre]
    items: list[Item]
    recipes: list[RecipeRow]
    diagnoses: list[Diagnosis]
    procedures: list[Procedure]
    panels: list[Panel]
    story_lines: list[StoryLine]
    story_stays: list[StayEffect]
    story_codes: list[StoryCode]
    story_gates: list[StoryGate]


def read_rows(path: Path, kind: type[R], fixed: Mapping[str, str] | None = None) -> list[R]:
    """Rows of a CSV file as `kind`; a column named `class` is read as `class_`, an empty cell as the default.

    Raises
    ------
    InputError
        File missing, a column unknown or a value of the wrong type: with file, line and column.
    """
    if not path.is_file():
        raise InputError(
            "parameter file not found", where=str(path), mend="restore parameters/demo from the repository"
        )
    rows: list[R] = []
    with path.open(encoding="utf8", newline="") as file:
        for line, raw in enumerate(csv.DictReader(file), start=2):
            try:
                rows.append(kind.model_validate({**_plain(raw, kind), **(fixed or {})}))
            except ValidationError as error:
                wrong = [f"line {line}, {e['loc'][0]}: {e['msg']}" for e in error.errors()[:3]]
                raise InputError("wrong row", where=str(path), rows=wrong, mend="correct the row") from error
    return rows


def demo_parameters(folder: Path | None = None) -> DemoParameters:
    """Read parameters/demo (or the same files in `folder`)."""
    folder = folder or parameters_folder() / "demo"
    drugs = read_rows(folder / "drugs.csv", Item, {"kind": "drug", "fee_group": "western_drug"})
    consumables = read_rows(folder / "consumables.csv", Item, {"kind": "consumable", "fee_group": "consumable"})
    services = read_rows(folder / "services.csv", Item)
    return DemoParameters(
        settings=read_settings(folder / "hospital.yaml", HospitalSettings),
        clinical=read_settings(folder / "clinical.yaml", Clinical),
        records=read_settings(folder / "records.yaml", Records),
        stories=_stories(folder / "stories"),
        drgs=read_settings(folder / "drgs.yaml", Drgs).root,
        grouper=read_settings(folder / "grouper.yaml", Grouper).root,
        departments=read_rows(folder / "departments.csv", Department),
        centres=read_rows(folder / "centres.csv", Centre),
        items=[*drugs, *consumables, *services],
        recipes=read_rows(folder / "recipes.csv", RecipeRow),
        diagnoses=read_rows(folder / "diagnoses.csv", Diagnosis),
        procedures=read_rows(folder / "procedures.csv", Procedure),
        panels=read_rows(folder / "panels.csv", Panel),
        story_lines=[row for file in _all(folder, "*_lines.csv") for row in read_rows(file, StoryLine)],
        story_stays=[row for file in _all(folder, "*_stays.csv") for row in read_rows(file, StayEffect)],
        story_codes=[row for file in _all(folder, "*_codes.csv") for row in read_rows(file, StoryCode)],
        story_gates=[row for file in _all(folder, "*_gates.csv") for row in read_rows(file, StoryGate)],
    )


def _stories(folder: Path) -> Stories:
    """The files that are one story each, and the habits of every other YAML file."""
    alone = ("roll_out", "surgeon_quality", "waiting", "shocks", "fund_growth")
    families = [file for file in sorted(folder.glob("*.yaml")) if file.stem not in alone]
    habits = [read_settings(file, Practices).root for file in families]
    return Stories(
        roll_out=read_settings(folder / "roll_out.yaml", RollOut),
        surgeon_quality=read_settings(folder / "surgeon_quality.yaml", SurgeonQuality),
        fund_growth=read_settings(folder / "fund_growth.yaml", FundGrowth),
        shocks=read_settings(folder / "shocks.yaml", Shocks),
        shortages=read_settings(folder / "waiting.yaml", Shortages).root,
        practices={name: habit for family in habits for name, habit in family.items()},
    )


def _all(folder: Path, pattern: str) -> list[Path]:
    return sorted((folder / "stories").glob(pattern))


_RENAMED = {"class": ("insurance_class", "class_")}


def _plain(raw: dict[str, str], kind: type[Settings]) -> dict[str, str]:
    fields = kind.model_fields
    named = ((_name(column, fields), value) for column, value in raw.items())
    return {name: value for name, value in named if value != "" or fields[name].is_required()}


def _name(column: str, fields: Iterable[str]) -> str:
    return next((name for name in _RENAMED.get(column, ()) if name in fields), column)
