"""Cost of one period: from the ledger to clinical centres, settings and patients.

Reads the contract tables attached to the engine and leaves there, under the names of the closed period: allocations,
centre_costs, alternative_costs, service_pools, unallocated, patient_days, case_items, case_costs, services,
centre_capacity.
"""

from analysis.costing.centre_allocation import allocate_centres
from analysis.costing.patients import cost_patients
from analysis.costing.scheme import CostingScheme
from analysis.costing.service_items import cost_services
from analysis.engine import Engine
from analysis.periods import Period

_SQL = "analysis.costing"
#: Tables made in this order: what the lines of the month say, and what their services took.
_OF_LINES = (
    "inpatient_centres",
    "performing_centres",
    "patient_days",
    "prices",
    "line_items",
    "case_items",
    "case_kinds",
    "own_items",
)
_OF_SERVICES = ("recipes", "service_lines", "service_shares")


def cost_period(engine: Engine, period: Period, scheme: CostingScheme | None) -> None:
    """Cost the period; without a scheme (no ledger) only days and charge lines are counted.

    Raises
    ------
    InputError
        A driver is missing, negative or sums to zero for a centre that has cost.
    """
    values = {
        "start_at": period.start,
        "end_at": period.end,
        "service_method": scheme.service_method if scheme else "ratio",
    }
    for table in _OF_LINES:
        engine.make(_SQL, table, **values)
    allocate_centres(engine, period, scheme)
    for table in _OF_SERVICES:
        engine.make(_SQL, table, **values)
    cost_services(engine, period, scheme)
    cost_patients(engine, scheme)
