"""Cost of one period: from the ledger to clinical centres, settings and patients.

Reads the contract tables attached to the engine and leaves there, under the names of the closed period: allocations,
centre_costs, alternative_costs, service_pools, unallocated, patient_days, case_items, case_costs, services,
centre_capacity.
"""

import pandas as pd

from analysis.costing.cases import top_down
from analysis.costing.centre_allocation import allocate_centres
from analysis.costing.fen import money_rows, to_fen
from analysis.costing.scheme import CostingScheme
from analysis.engine import Engine
from analysis.periods import Period

_SQL = "analysis.costing"


def cost_period(engine: Engine, period: Period, scheme: CostingScheme | None) -> None:
    """Cost the period; without a scheme (no ledger) only days and charge lines are counted.

    Raises
    ------
    InputError
        A driver is missing, negative or sums to zero for a centre that has cost.
    """
    window = {"start_at": period.start, "end_at": period.end}
    for table in ("inpatient_centres", "patient_days", "prices", "case_items", "case_kinds", "own_items"):
        engine.make(_SQL, table, **window)
    allocate_centres(engine, period, scheme)
    pools = engine.frame(
        """select hospital_id, cost_centre, cost_item, full_cost from centre_costs where setting = 'inpatient'
        order by hospital_id, cost_centre, cost_item"""
    )
    pools["fen"] = to_fen(pools.pop("full_cost"))
    days = engine.frame(
        "select stay_id, hospital_id, cost_centre, days from patient_days order by stay_id, cost_centre"
    )
    own = engine.frame("select * from own_items order by stay_id, cost_centre, cost_item")
    own["fen"] = to_fen(own.pop("amount"))
    costs, lost = top_down(pools, days, own)
    engine.put("case_costs", money_rows(costs.assign(method="top_down")))
    lost = lost.assign(level="case", method="top_down", reason="no_patients")
    engine.put("lost", money_rows(lost))
    engine.create("unallocated", "select * from unallocated_centres union all by name select * from lost")
