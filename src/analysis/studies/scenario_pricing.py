"""Simulated cases valued as real ones are: by the queries of costing, of the causes' elements, and of payment.

goods    : costing's case_items: quantity x purchase price, to the fen; that price is the scenario's unit cost.
services : the elements of causes: quantity x unit cost of a service.
days     : a day in bed is a service whose unit cost is the resource's cost a day; its category is `stay`.
payment  : price_period with the region's pack on the hospital's own standards. By its charges a simulated case may be
    an outlier; the kernel, which pays every stay the same, does not know that.
"""

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from analysis.contract import contract_tables
from analysis.engine import Engine, sql_text
from analysis.hospital import Hospital
from analysis.pathways.assembling import Cost
from analysis.payment.monthly import price_period
from analysis.payment.packs import RatePack
from analysis.periods import Period
from analysis.studies.scenario_cases import ScenarioCases

_COSTING = ("inpatient_centres", "performing_centres", "prices", "line_items", "case_items")
_GOODS = {"drug": "drug", "consumable": "consumable"}
#: Kind of item by category of cost, from which the engines tell the category again.
_KINDS = _GOODS | {"exam": "laboratory", "service": "treatment"}
_DAY = "stay"
CATEGORIES = ("drug", "consumable", "exam", "service", _DAY)
_EVER = {"start_at": datetime(1900, 1, 1), "end_at": datetime(2200, 1, 1), "service_method": "activity"}


def valued(
    cases: ScenarioCases, costs: Mapping[str, Cost], hospital: Hospital, pack: RatePack, period: Period
) -> pd.DataFrame:
    """Cost by category, charges and payment of every simulated stay that ended.

    Parameters
    ----------
    costs : of one unit of an item, as the simulation had them.
    hospital : its payment standards, level and coefficient.
    pack, period : how, and by the standards of which year, a stay is paid.

    Returns
    -------
    One row a stay: stay_id, drug, consumable, exam, service, stay (money by category), cost, charge, payment, outlier.
    """
    ended = cases.stays[cases.stays["discharged_at"].notna()]
    with Engine() as engine:
        _put(engine, cases, ended, costs)
        cost = _costs(engine, period, set(cases.days))
        for name in ("hospitals", "payment_standards"):
            engine.load(contract_tables()[name], hospital.files(name))
        engine.create("case_base", sql_text("analysis.studies", "scenario_case_base"))
        price_period(engine, period, pack)
        paid = engine.frame("select stay_id, payment, outlier from case_payments").set_index("stay_id")
        charge = engine.frame("select stay_id, charge_total as charge from case_base").set_index("stay_id")
    rows = cost.reindex(ended["stay_id"], fill_value=0.0)
    rows = rows.assign(cost=rows.sum(axis=1)).join(charge).join(paid)
    return rows.astype({"charge": float, "payment": float}).reset_index()


def _put(engine: Engine, cases: ScenarioCases, ended: pd.DataFrame, costs: Mapping[str, Cost]) -> None:
    """The tables of the contract that costing and payment read."""
    rows = [(code, code, _KINDS[cost.category], cost.amount) for code, cost in costs.items()]
    rows += [(code, code, "bed", cost) for code, cost in cases.days.items()]
    items = pd.DataFrame(rows, columns=["item_code", "name", "kind", "purchase_price"])
    charges = cases.charges[cases.charges["stay_id"].isin(ended["stay_id"])]
    for name, some in {"stays": ended, "charges": charges, "items": items}.items():
        engine.put(name, some.reindex(columns=list(contract_tables()[name].columns)))
        engine.put(name, engine.shaped(contract_tables()[name]))
    for name in ("item_prices", "cost_centres"):
        engine.attach(contract_tables()[name], [])
    services = items[~items["kind"].isin(_GOODS.values())]
    engine.put("service_costs", services[["item_code", "purchase_price"]])


def _costs(engine: Engine, period: Period, days: set[str]) -> pd.DataFrame:
    """Money by category (columns) of every stay (index)."""
    for name in _COSTING:
        engine.make("analysis.costing", name, **_EVER)
    named = {"period": period.name}
    engine.create("case_items", "select $period as period, * from case_items", **named)
    engine.create("services", _SERVICES, **named)
    engine.create("item_totals", "select $period as period, *, '' as substitution_group from items", **named)
    engine.create("cases", _CASES, **named)
    engine.create("patient_days", "select '' as stay_id, '' as period, '' as cost_centre, 0 as days where false")
    engine.create("case_costs", _NOTHING)
    groups = engine.frame("select distinct hospital_id, drg_code from stays order by all")
    elements = engine.frame(
        sql_text("analysis.rootcause", "sample_elements"), first=period.name, last=period.name, bed_items=[],
        hospital=groups["hospital_id"].iloc[0], drgs=groups["drg_code"].tolist(), with_days=False, method="bottom_up",
    )  # fmt: skip
    elements.loc[elements["element"].isin(days), "category"] = _DAY
    cost = elements.pivot_table(index="stay_id", columns="category", values="cost", aggfunc="sum", fill_value=0.0)
    return cost.reindex(columns=CATEGORIES, fill_value=0.0)


_NOTHING = """select '' as stay_id, '' as period, '' as cost_centre, '' as cost_item, 0.0 as amount, '' as method
    where false"""
_CASES = """select $period as period, stay_id, hospital_id, drg_code, true as cost_complete, 0 as payment,
    0 as cost_total from stays"""
#: Nobody's centre is named in a simulation, so all of it is performed in one.
_SERVICES = """select $period as period, s.hospital_id, c.item_code, '?' as cost_centre, 'activity' as method,
    cast(0 as double) as material, c.purchase_price as unit_cost
    from service_costs c cross join (select distinct hospital_id from stays) s"""
