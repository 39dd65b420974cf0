"""How a hospital steps its cost down and brings it to patients: parameters/costing/NAME.yaml."""

from typing import Literal

from pydantic import Field

from analysis.settings import Settings

CentreClass = Literal["clinical", "technology", "auxiliary", "administration"]
CostItem = Literal["personnel", "materials", "drugs", "depreciation", "amortisation", "risk_fund", "other"]
Revenue = Literal["revenue", "drug_revenue", "consumable_revenue", "exam_revenue"]


class Step(Settings):
    """One step: who gives, who receives, by which driver.

    Givers are a class or named centres; `drivers` names another driver for single centres. `direct_cost` as a driver
    means the receivers' own direct cost. `fallback` is the driver of a month in which the named one is missing or sums
    to zero (a laboratory that nobody used); without it such a month cannot be closed.
    """

    number: int = Field(ge=0)
    from_class: CentreClass | None = None
    from_centres: list[str] = []
    to_classes: list[CentreClass]
    driver: str
    drivers: dict[str, str] = {}
    fallback: str = ""


class CostingScheme(Settings):
    """Steps in the order they are taken, and how clinical cost reaches settings, services and patients.

    `allocation`: direct (straight to clinical centres), step_down (in the order of the steps) or reciprocal (service
    centres serve one another, solved at once). `scope`: which cost is allocated. `case_method`: the method whose cost
    the closed cases, DRGs and margins carry; the others stand beside it in case_costs. `service_method`: by what a
    service item bears its centre's cost in the bottom-up method. `fixed_items`: cost items that do not change with the
    number of cases. `bed_items`: cost items of a ward that its beds carry, by patient days; the others its services.
    `setting_split`: per cost item the workload measure that parts a centre of both settings.
    """

    name: str
    source: str
    note: str = ""
    steps: list[Step]
    allocation: Literal["direct", "step_down", "reciprocal"] = "step_down"
    scope: Literal["medical_business", "medical", "medical_full", "hospital_full"] = "hospital_full"
    case_method: Literal["top_down", "bottom_up", "cost_to_income"] = "top_down"
    service_method: Literal["activity", "equivalence", "ratio"] = "activity"
    fixed_items: list[CostItem] = ["personnel", "depreciation", "amortisation"]
    bed_items: list[CostItem] = ["materials", "drugs", "depreciation", "amortisation", "risk_fund", "other"]
    setting_split: dict[str, Revenue] = {}
    setting_split_default: Revenue = "revenue"
