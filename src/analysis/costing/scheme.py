"""How a hospital allocates its cost and brings it to patients: parameters/costing/NAME.yaml."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from analysis.settings import Settings

CentreClass = Literal["clinical", "technology", "auxiliary", "administration"]
CostItem = Literal["personnel", "materials", "drugs", "depreciation", "amortisation", "risk_fund", "other"]
Revenue = Literal["revenue", "drug_revenue", "consumable_revenue", "exam_revenue"]
Allocation = Literal["direct", "step_down", "reciprocal"]
Scope = Literal["medical_business", "medical", "medical_full", "hospital_full"]
#: How far shares of one may miss it: drivers carry four decimals, so thirds come to 0.9999.
SHARE_TOLERANCE = 1e-3


class Mix(Settings):
    """Several drivers, each for its share of the cost; the shares sum to 1: `{mix: {beds: 0.6, transports: 0.4}}`."""

    mix: dict[str, Annotated[float, Field(gt=0)]]

    @field_validator("mix")
    @classmethod
    def _whole(cls, mix: dict[str, float]) -> dict[str, float]:
        if abs(sum(mix.values()) - 1) > SHARE_TOLERANCE:
            raise ValueError(f"the shares sum to {sum(mix.values()):g}, not to 1")
        return mix


def _kind(value: Any) -> str:
    """Which form of a basis was written; the form's own check tells what is missing."""
    keys = set(value) if isinstance(value, dict) else set(getattr(type(value), "model_fields", ()))
    if keys & {"items", "rest"}:
        return "items"
    if keys & {"fixed", "variable"}:
        return "dual"
    return "mix" if keys else "name"


_Driver = Annotated[Annotated[str, Tag("name")] | Annotated[Mix, Tag("mix")], Discriminator(_kind)]


class ByItem(Settings):
    """Another driver for single cost items: `{items: {personnel: staff}, rest: inpatients}`."""

    items: dict[CostItem, _Driver]
    rest: _Driver


class DualRate(Settings):
    """Fixed cost by capacity, variable cost by use: `{fixed: beds, variable: sterilised_units}`."""

    fixed: _Driver
    variable: _Driver


Basis = Annotated[
    Annotated[str, Tag("name")] | Annotated[Mix, Tag("mix")] | Annotated[ByItem, Tag("items")]
    | Annotated[DualRate, Tag("dual")],
    Discriminator(_kind),
]  # fmt: skip


class Step(Settings):
    """One step: who gives, who receives, on which basis.

    Givers are a class (in the order of their codes) or named centres (in the order of naming), one after another; who
    has given receives no more. `driver` is a driver's name, a mixture, one by cost item, or dual-rate; `drivers` gives
    single centres another basis. `direct_cost` as a driver means the receivers' own booked cost. `fallback` is the
    driver of a month in which the named one is missing or sums to zero (a laboratory that nobody used); without it such
    a month cannot be closed.

    A step with the number 0 computes shared cost (utilities, property) in: it makes the direct cost, comes first under
    every method, and its centres receive nothing. `to_classes` of the other steps hold for step_down; under direct
    only clinical centres receive, under reciprocal every centre that has a quantity of the driver.
    """

    number: int = Field(ge=0)
    from_class: CentreClass | None = None
    from_centres: list[str] = []
    to_classes: list[CentreClass]
    driver: Basis
    drivers: dict[str, Basis] = {}
    fallback: str = ""

    @model_validator(mode="after")
    def _one_kind_of_givers(self) -> "Step":
        if bool(self.from_centres) == bool(self.from_class):
            raise ValueError("name either from_class or from_centres")
        return self


class CostingScheme(Settings):
    """Steps in the order they are taken, and how clinical cost reaches settings, services and patients.

    `allocation`: direct (straight to clinical centres), step_down (in the order of the steps) or reciprocal (service
    centres serve one another, solved at once). `scope`: which cost is allocated (costing/scopes.py). `share_drivers`:
    drivers that are shares of one. `case_method`: the method whose cost the closed cases, DRGs and margins carry; the
    others stand beside it in case_costs. `service_method`: by what a service item bears its centre's cost in the
    bottom-up method. `fixed_items`: cost items that do not change with the number of cases. `bed_items`: cost items of
    a ward that its beds carry, by patient days; the others its services. `setting_split`: per cost item the workload
    measure that parts a centre of both settings.
    """

    name: str
    source: str
    note: str = ""
    steps: list[Step]
    share_drivers: list[str] = []
    allocation: Allocation = "step_down"
    scope: Scope = "hospital_full"
    case_method: Literal["top_down", "bottom_up", "cost_to_income"] = "top_down"
    service_method: Literal["activity", "equivalence", "ratio"] = "activity"
    fixed_items: list[CostItem] = ["personnel", "depreciation", "amortisation"]
    bed_items: list[CostItem] = ["materials", "drugs", "depreciation", "amortisation", "risk_fund", "other"]
    setting_split: dict[CostItem, Revenue] = {}
    setting_split_default: Revenue = "revenue"
