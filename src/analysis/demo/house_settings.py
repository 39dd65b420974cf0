"""What the YAML files of parameters/demo hold, apart from the lists: one typed class a file."""

from datetime import date

from pydantic import RootModel

from analysis.demo.capacity_settings import QueueRules, Shortage
from analysis.demo.listed import Drg, GroupRule
from analysis.demo.shock_settings import Shocks
from analysis.demo.supervision_settings import Approvals, Denials, Denied, FundGrowth
from analysis.settings import Settings


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
    admission_weekdays: list[float]
    visit_weekdays: list[float]


class Spread(Settings):
    stay: float
    drug: float
    consumable: float
    exam: float
    department: float


class Region(Settings):
    mean_charge: float
    drift: dict[int, float]
    cost_to_charge: float


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
    canaries: float
    cancelled_orders: float
    rates: dict[int, float]
    region: Region
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


class Resolution(Settings):
    decided: date
    due: date
    done: date | None = None
    owner: str
    text: str
    text_en: str


class Answers(Settings):
    explained: float
    days: tuple[int, int, int]


class Records(Settings):
    """records.yaml: registers and answers of people, resources, peers."""

    pathways: dict[str, tuple[str, float]]
    late_from: float
    variance_reasons: dict[str, list[str]]
    reason_of: dict[str, str]
    wrong_reasons: float
    mdt: dict[str, tuple[float, list[str], float]]
    mdt_after: float
    follow_ups: dict[str, float]
    follow_up_days: list[int]
    symptoms: list[str]
    resources: dict[str, tuple[float, float, float, float]]
    queues: QueueRules
    practical_share: float
    sampled: float
    coding_accuracy: dict[str, float]
    answers: Answers
    peers: dict[str, dict[int, float]]
    resolutions: list[Resolution]


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


class Practice(Settings):
    """A habit of some physicians: what it does stands in the files stories/*_lines.csv and *_stays.csv.

    `physicians`: share of the departments' physicians who have it, at least one each; `managed`: share of it that the
    roll-out takes away at full strength; `departments`, `teams`: empty for all. `always`: plain reality, a look-alike
    that cannot be left out. Of the stays it acts on: `pathway` they are registered on, `variance`: reason given where
    they are late, `procedures`: coded instead (empty: not done), `follow_up`: days of remote contacts after discharge.
    `denied`: what the insurer finds of it. `approvals`: share of the items needing one that are used without.
    """

    title: str
    title_en: str
    scenarios: list[str]
    departments: list[str] = []
    teams: list[str] = []
    physicians: float = 1
    from_month: str = "2020-01"
    until_month: str = "2099-12"
    managed: float = 0
    always: bool = False
    pathway: str = ""
    variance: str = ""
    procedures: dict[str, str] = {}
    follow_up: list[int] = []
    denied: Denied | None = None
    approvals: Approvals | None = None


class Practices(RootModel[dict[str, Practice]]):
    pass


class Shortages(RootModel[dict[str, Shortage]]):
    pass


class SurgeonQuality(Settings):
    """Surgeons with fewer complications also have shorter and cheaper stays: the same hands, not one by the other.

    `days_per_point`: days for each percentage point that a surgeon's complication rate stands above the group's; the
    charge follows the days.
    """

    title: str
    title_en: str
    scenarios: list[str]
    drgs: list[str]
    days_per_point: float


class Stories(Settings):
    """The folder stories: what can be switched off, and look-alikes that cannot."""

    roll_out: RollOut
    surgeon_quality: SurgeonQuality
    fund_growth: FundGrowth
    shortages: dict[str, Shortage]
    shocks: Shocks
    practices: dict[str, Practice]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, story in self.all.items() if not getattr(story, "always", False))

    @property
    def all(self) -> dict[str, Settings]:
        """Every story by its name, the look-alikes that are always there among them."""
        known = {"roll_out": self.roll_out, "surgeon_quality": self.surgeon_quality, "fund_growth": self.fund_growth}
        return {**known, **self.shortages, **self.practices, **dict(self.shocks)}


class Drgs(RootModel[dict[str, Drg]]):
    pass


class Grouper(RootModel[dict[str, GroupRule]]):
    pass
