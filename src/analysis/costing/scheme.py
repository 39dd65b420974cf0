"""How a hospital steps its cost down: parameters/costing/NAME.yaml."""

from typing import Literal

from pydantic import Field

from analysis.settings import Settings

CentreClass = Literal["clinical", "technology", "auxiliary", "administration"]


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
    """Steps in the order they are taken; per cost item the workload measure that parts a centre of both settings."""

    name: str
    source: str
    note: str = ""
    steps: list[Step]
    setting_split: dict[str, Literal["revenue", "drug_revenue", "consumable_revenue", "exam_revenue"]] = {}
    setting_split_default: Literal["revenue", "drug_revenue", "consumable_revenue", "exam_revenue"] = "revenue"
