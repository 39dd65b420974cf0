"""Standard cost of a DRG: from the normal cases of the year before, or from the pathway where one is set.

history: mean cost per cost item of the DRG's normal (outlier = normal), complete cases of the calendar year before,
from ten cases on: constant within a year, none in the first year.
pathway: quantities of items and days of parameters/standard_costs/NAME.yaml at the month's prices: drugs and materials
at purchase price, services at their activity-based unit cost (which holds no unused capacity), days at what the beds of
the wards cost a day. A pathway of which an item has no cost in the month falls back to history, and says so.
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field

from analysis.costing.scheme import CostingScheme
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.settings import Settings

_SQL = "analysis.costing"
_MIN_CASES = 10


class PathwayCost(Settings):
    """What a case of a DRG needs: quantities of items, days in bed, and whose days (`centre`; empty = of all wards)."""

    note: str = ""
    days: float = Field(0, ge=0)
    centre: str = ""
    items: dict[str, Annotated[float, Field(gt=0)]]


class StandardCosts(Settings):
    """parameters/standard_costs/NAME.yaml: pathways by DRG; they override the history."""

    name: str
    source: str
    note: str = ""
    pathways: dict[str, PathwayCost] = {}


def standard_costs(engine: Engine, scheme: CostingScheme | None, standards: StandardCosts, file: Path) -> None:
    """Make `standard_costs`, `standard_items`, `standard_gaps` (drg_code, missing: what a pathway lacks in the month).

    Reads past_cases (cases of the calendar year before), items, prices, services, service_pools, own_items,
    patient_days and cost_centres.

    Raises
    ------
    InputError
        A pathway names an item or a cost centre that the data do not have.
    """
    _check_codes(engine, standards, file)
    rows = [(drg, item, q) for drg, way in standards.pathways.items() for item, q in way.items.items()]
    engine.put("pathway_items", pd.DataFrame(rows, columns=["drg_code", "item_code", "quantity"]).astype(_TYPES))
    days = [(drg, way.centre, way.days) for drg, way in standards.pathways.items()]
    engine.put("pathway_days", pd.DataFrame(days, columns=["drg_code", "cost_centre", "quantity"]).astype(_DAYS))
    engine.put("bed_items", pd.DataFrame({"cost_item": scheme.bed_items if scheme else []}, dtype="str"))
    engine.make(_SQL, "standard_services")
    engine.make(_SQL, "standard_days")
    engine.make(_SQL, "standard_pathways")
    engine.make(_SQL, "standard_gaps")
    engine.make(_SQL, "standard_items")
    engine.make(_SQL, "standard_costs", min_cases=_MIN_CASES)


_TYPES = {"drg_code": "str", "item_code": "str", "quantity": "float"}
_DAYS = {"drg_code": "str", "cost_centre": "str", "quantity": "float"}


def _check_codes(engine: Engine, standards: StandardCosts, file: Path) -> None:
    items = set(engine.frame("select item_code from items")["item_code"])
    centres = set(engine.frame("select cost_centre from cost_centres where class = 'clinical'")["cost_centre"])
    rows = [
        f"{drg}: item {item} is not in the items of the hospital"
        for drg, way in standards.pathways.items()
        for item in way.items
        if item not in items
    ]
    rows += [
        f"{drg}: {way.centre} is no clinical cost centre"
        for drg, way in standards.pathways.items()
        if way.centre and way.centre not in centres
    ]
    if rows:
        raise InputError(
            f"{len(rows)} unknown code(s) in the standard costs",
            where=f"{file}, pathways",
            rows=rows[:5],
            mend="name an item of table items, or a clinical centre of table cost_centres; or take the line out",
        )
