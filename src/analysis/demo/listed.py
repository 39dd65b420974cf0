"""What the lists of parameters/demo hold: one typed class a file of rows."""

from typing import Literal

from pydantic import field_validator

from analysis.settings import Settings


class Department(Settings):
    """A clinical department; `persons`: at work for each minute that a service of its ward lasts."""

    code: str
    name: str
    name_en: str
    specialty: str
    centres: str
    beds: int
    persons: float
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
    """A centre that is not clinical.

    `persons`: at work for each minute that one of its services lasts; `material_share`: of outpatients' revenue in a
    month without inpatients, for material that is not charged apart (else it is the inpatients' share).
    """

    code: str
    name: str
    name_en: str
    class_: str
    department: str
    department_name: str
    department_name_en: str
    staff: float
    persons: float
    pay: float
    area: float
    equipment: float
    material_share: float


class Item(Settings):
    """One drug, consumable or service; what a file has no column for keeps the default.

    `procedures`: codes of ICD-9-CM-3 (China), or their beginnings, of which a stay that is charged the item has one.
    """

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
    procedures: str = ""

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


class StoryLine(Settings):
    """What a story does to the charge lines of a stay.

    `effect`: add (item `to` as a recipe row), again (item `to`, or the same once more, beside lines of item `item`),
    instead (lines of `item` are of item `to`), omit (no line of `item`), twice (lines of `item` charged once more under
    the same order), corrected (the same, and given back); omit and instead spare lines of other stories. `condition`: a
    pandas expression over `facts.facts`; `p`: share of the stays (again, twice: of the lines) at full strength, or of
    the stays the story acted on where the condition names it; `when`, `q` as in a recipe row (again: factor on the
    quantity); `after`: minutes from the line to its repetition; `other_side` of the body; `ordered`: false where the
    line is charged without an order, and so never done. `from_month`, `until_month`: of admission, within those of the
    story.
    """

    story: str
    effect: Literal["add", "again", "instead", "omit", "twice", "corrected"]
    drgs: str
    condition: str = ""
    item: str = ""
    to: str = ""
    when: str = "once"
    p: float = 1
    q: float = 1
    ordered: bool = True
    after: int = 5
    other_side: bool = False
    from_month: str = "2020-01"
    until_month: str = "2099-12"


class StayEffect(Settings):
    """What a story does to a stay: share `p` of the stays that fulfil `condition`, at full strength.

    `days`: added, after the stay was multiplied by `stretch`; `complication`, `infection`, `readmitted`, `died`: added
    to the probability; `day_case`: treated without a night; `use`: factor on what varies with the patient.
    `after_meeting`: only where an MDT meeting is held, and `stretch` acts on the days after it. `after_operation`: the
    stay ends at the latest so many days after the operation. `only`: no more than so many stays. `idle`: so many days
    before the last one without care. `split`: what is long is left and entered again. `from_month`, `until_month`: of
    admission. `mark`: a
    name of its own for the stays of this row (it begins with the story's); `arises`: code of their complication;
    `measured`: value that is `rise` times as high from the second measurement on.
    """

    story: str
    drgs: str
    condition: str = ""
    p: float = 1
    days: float = 0
    stretch: float = 1
    complication: float = 0
    infection: float = 0
    readmitted: float = 0
    died: float = 0
    day_case: bool = False
    use: float = 1
    after_meeting: bool = False
    after_operation: int = 999
    only: int = 1_000_000
    idle: int = 0
    split: bool = False
    from_month: str = "2020-01"
    until_month: str = "2099-12"
    mark: str = ""
    arises: str = ""
    measured: str = ""
    rise: float = 1


class StoryGate(Settings):
    """A value that decides: where `condition` holds, a decision of a recipe is taken only by the habit of a story.

    `decision`: BUNDLE.NAME, whose `item` an insurer would deny; `p`: share of the stays behind the gate;
    `among`: factor on the decision's uniform number before the gate, where it is taken so much more often.
    """

    story: str
    decision: str
    item: str
    drgs: str
    condition: str
    p: float
    among: float = 1


class StoryCode(Settings):
    """What a story does to the front page of a stay.

    `effect`: principal (a principal diagnosis `code` is recorded as `to`), swap (the same, and the true one follows as
    secondary), add (secondary diagnosis `to`, where the principal one is `code`), omit (no secondary diagnosis of level
    or code `code`), uncoded (no procedure `code`). Codes are prefixes.
    """

    story: str
    drgs: str
    condition: str = ""
    p: float = 1
    effect: Literal["principal", "swap", "add", "omit", "uncoded"]
    code: str
    to: str = ""


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
