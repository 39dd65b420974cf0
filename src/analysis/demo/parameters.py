"""What the demonstration hospital is made of: the files of parameters/demo, typed and checked."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import RootModel, ValidationError, field_validator

from analysis.errors import InputError
from analysis.settings import Settings, parameters_folder, read_settings

R = TypeVar("R", bound=Settings)


class Department(Settings):
    code: str
    name: str
    name_en: str
    specialty: str
    centres: str
    beds: int
    visits: float
    visit_charge: float
    visit_drug: float
    visit_consumable: float
    visit_exam: float
    pilot: bool
    technology: str

    def technology_shares(self) -> dict[str, float]:
        """Technology centres its clinic sends to, as shares of one."""
        parts = dict(part.split(":") for part in self.technology.split("|") if part)
        total = sum(float(weight) for weight in parts.values())
        return {centre: float(weight) / total for centre, weight in parts.items()}


class Centre(Settings):
    code: str
    name: str
    name_en: str
    class_: str
    department: str
    department_name: str
    department_name_en: str
    staff: float
    pay: float
    area: float
    equipment: float
    material_share: float


class Item(Settings):
    """One drug, consumable or service; what a file has no column for keeps the default."""

    code: str
    name: str
    name_en: str
    unit: str
    price: float
    kind: str
    fee_group: str = ""
    content: float | None = None
    base_unit: str = ""
    insurance_class: str = ""
    ratio: float = 0
    atc: str = ""
    antibacterial: bool = False
    origin: str = ""
    group: str = ""
    site: str = ""
    modality: str = ""
    high: bool = False
    approval: bool = False
    charged: bool = True
    performs: str = ""
    activity: str = ""
    resource: str = ""
    minutes: float = 0
    material: float = 0

    @field_validator("content", mode="before")
    @classmethod
    def _empty(cls, value: str) -> str | None:
        return value or None


class RecipeRow(Settings):
    """One row of care: which item, when in the stay, how likely (p), how much (q).

    `pick`: rows of a bundle with the same name exclude each other; `=name` rows follow the same decision.
    `flex`: quantity varies with the patient and the physician and is scaled to the group's charge.
    """

    bundle: str
    item: str
    when: str
    p: float
    q: float
    pick: str
    flex: bool


class Diagnosis(Settings):
    code: str
    name: str
    level: str
    excluded_by: str


class Procedure(Settings):
    code: str
    name: str


class Panel(Settings):
    panel: str
    item: str


class Drg(Settings):
    name: str
    name_en: str
    share: float
    charge: float
    drug: float
    consumable: float
    days: float
    against: float
    peer_days: float
    departments: dict[str, float]
    age: tuple[float, float, int, int]
    male: float
    emergency: float
    day: float = 0
    before_operation: float
    icu: tuple[float, int]
    died: float
    complication: float
    infection: float
    readmitted: float
    readmitted_as: str
    cured: float
    cc: float
    mcc: float
    low_risk: bool
    cycles: tuple[float, int] = (1, 0)
    tumours: bool = False
    diagnoses: dict[str, float]
    procedures: list[tuple[str, float] | tuple[str, float, str]]
    bundles: list[str]
    measurements: list[str]


class GroupRule(Settings):
    diagnoses: list[str] = []
    procedures: list[str] = []


class HospitalCard(Settings):
    id: str
    name: str
    name_en: str
    level: str
    region: str
    coefficient: float


class Calendar(Settings):
    stays: list[float]
    visits: list[float]
    winter_drgs: dict[str, float]
    admission_weekdays: list[float]
    visit_weekdays: list[float]


class Spread(Settings):
    stay: float
    drug: float
    consumable: float
    exam: float
    department: float
    physician_stay: float
    physician_use: float
    physician_quality: float


class Region(Settings):
    mean_charge: float
    drift: dict[int, float]
    cost_to_charge: float


class PriceReform(Settings):
    from_month: str
    factor: float
    kinds: list[str]


class Denials(Settings):
    per_stay: float
    mean: float
    sigma: float
    reasons: dict[str, float]


class Fund(Settings):
    quota_per_stay: dict[int, float]
    quota_balance: dict[int, float]
    regional_income_per_stay: float
    regional_growth: dict[str, float]
    regional_balance: float


class AccountRates(Settings):
    pay_growth: dict[int, float]
    clinic_staff_per_1000_visits: float
    ward_staff_per_bed: float
    clinic_pay: float
    ward_pay: float
    pay_months: list[float]
    ward_use_of_drugs: float
    ward_material_per_day: float
    clinic_material_per_visit: float
    depreciation_ward_per_bed: float
    depreciation_clinic_per_visit: float
    government_share: float
    amortisation_share: float
    risk_fund_share: float
    other_per_staff: float
    utilities: float
    research: dict[str, float]


class SurveyRates(Settings):
    satisfaction: float
    fee_transparency: float
    policy_knowledge: float
    booking: float
    respondents: int


class HospitalSettings(Settings):
    """hospital.yaml: the house itself, its calendar, its spread, its accounts and its insurer."""

    hospital: HospitalCard
    visits_per_stay: float
    stays_of_full_hospital: int
    physicians: int
    calendar: Calendar
    spread: Spread
    severity: dict[str, float]
    complication_stay: float
    payers: dict[str, tuple[float, float, float]]
    visit_payers: dict[str, float]
    missing: float
    blank_physicians: float
    refunds: float
    cancelled_orders: float
    rates: dict[int, float]
    region: Region
    price_reform: PriceReform
    denials: Denials
    fund: Fund
    accounts: AccountRates
    survey: SurveyRates


class Clinical(Settings):
    """clinical.yaml: comorbidities, complications, measurements, names and teams."""

    comorbidities: dict[str, tuple[float, float, str]]
    cc_codes: dict[str, float]
    mcc_codes: dict[str, float]
    complications: dict[str, dict[str, tuple[float, str]]]
    measurements: dict[str, tuple[float, float, float, float, str, int]]
    outpatient_diagnoses: dict[str, list[str]]
    tumours: dict[str, float]
    names: dict[str, str]
    titles: list[str]
    teams: dict[str, dict[str, list[str]]]


class Preparation(Settings):
    from_month: str
    level: float


class RollOut(Settings):
    title: str
    title_en: str
    preparation: Preparation
    pilots_from: str
    everyone_from: str
    ramp: list[float]
    department_spread: float
    effects: dict[str, float]
    survey: dict[str, float]


class Stories(Settings):
    """stories.yaml: one entry a switchable story."""

    roll_out: RollOut


class Drgs(RootModel[dict[str, Drg]]):
    pass


class Grouper(RootModel[dict[str, GroupRule]]):
    pass


@dataclass(frozen=True)
class DemoParameters:
    """Everything in parameters/demo."""

    settings: HospitalSettings
    clinical: Clinical
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
        stories=read_settings(folder / "stories.yaml", Stories),
        drgs=read_settings(folder / "drgs.yaml", Drgs).root,
        grouper=read_settings(folder / "grouper.yaml", Grouper).root,
        departments=read_rows(folder / "departments.csv", Department),
        centres=read_rows(folder / "centres.csv", Centre),
        items=[*drugs, *consumables, *services],
        recipes=read_rows(folder / "recipes.csv", RecipeRow),
        diagnoses=read_rows(folder / "diagnoses.csv", Diagnosis),
        procedures=read_rows(folder / "procedures.csv", Procedure),
        panels=read_rows(folder / "panels.csv", Panel),
    )


_RENAMED = {"class": ("insurance_class", "class_")}


def _plain(raw: dict[str, str], kind: type[Settings]) -> dict[str, str]:
    fields = kind.model_fields
    named = ((_name(column, fields), value) for column, value in raw.items())
    return {name: value for name, value in named if value != "" or fields[name].is_required()}


def _name(column: str, fields: Iterable[str]) -> str:
    return next((name for name in _RENAMED.get(column, ()) if name in fields), column)
