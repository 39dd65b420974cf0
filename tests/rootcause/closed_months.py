"""Closed months worked by hand, or drawn: tables of rows, written as closing writes them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from hand_hospital import Rows, arrow_rows, day

from analysis.closed_period import write_period
from analysis.contract import period_tables, schemas_id
from analysis.periods import Period

HOSPITAL = "H1"
CARD = {"schemas": schemas_id(), "scheme": {}, "settings": {}}


def month_tables(rows: Rows) -> dict[str, pa.Table]:
    """Every closed table; those without rows are empty."""
    found = {name: arrow_rows(table, rows.get(name, [])) for name, table in period_tables().items()}
    return {name: table.cast(period_tables()[name].arrow_schema()) for name, table in found.items()}


def write_month(folder: Path, period: str, rows: Rows) -> None:
    write_period(folder, Period(period), month_tables(rows), CARD | {"period": period})


def case(stay: str, admitted: str, discharged: str, payment: float, **more: object) -> dict[str, object]:
    """A complete case of FM19."""
    fixed = {"hospital_id": HOSPITAL, "drg_code": "FM19", "cost_complete": True, "outlier": "normal", "severity": "5"}
    days = (day(discharged).date() - day(admitted).date()).days
    told = {"stay_id": stay, "admitted_at": day(admitted), "discharged_at": day(discharged), "payment": payment}
    return fixed | told | {"length_of_stay": max(days, 1), "cost_total": 0, "age": 60} | more


def cost(stay: str, centre: str, item: str, amount: float, method: str = "bottom_up") -> dict[str, object]:
    return {"stay_id": stay, "cost_centre": centre, "method": method, "cost_item": item, "amount": amount}


def used(stay: str, item: str, quantity: float, **more: object) -> dict[str, object]:
    """Item of a stay, ordered by the ward W."""
    row = {"stay_id": stay, "item_code": item, "cost_centre": "W", "physician_id": "P1", "quantity": quantity}
    return row | {"performing_centre": "W"} | more


def total(item: str, kind: str, **more: object) -> dict[str, object]:
    """Master data of an item, as the use of items carries it."""
    return {"hospital_id": HOSPITAL, "department": "D", "item_code": item, "kind": kind, "quantity": 1} | more


def lain(stay: str, days: int, centre: str = "W") -> dict[str, object]:
    return {"stay_id": stay, "hospital_id": HOSPITAL, "cost_centre": centre, "days": days}


def unit(item: str, centre: str, unit_cost: float, method: str = "activity", **more: object) -> dict[str, object]:
    row = {"hospital_id": HOSPITAL, "item_code": item, "cost_centre": centre, "method": method, "volume": 1}
    return row | {"unit_cost": unit_cost} | more


ITEMS = [
    total("D1", "drug", substitution_group="contrast", content=100, base_unit="ml", origin="imported"),
    total("D2", "drug", substitution_group="contrast", content=50, base_unit="ml", origin="domestic"),
    total("C1", "consumable", substitution_group="stent", origin="imported"),
    total("C2", "consumable", substitution_group="stent", origin="domestic"),
    total("S1", "imaging"),
]


def drawn_month(seed: int, month: str = "2023-06", cases: int = 60, loss: float = 4000.0) -> Rows:
    """A month of FM19 in which everything varies: stents, contrast medium, a service, days, waits, physicians."""
    random = np.random.default_rng(seed)
    rows: Rows = {name: [] for name in ("cases", "case_items", "case_costs", "patient_days", "stay_waits")}
    rows |= {"item_totals": ITEMS, "services": [unit("S1", "T", 31.25), unit("S1", "T", 40, "ratio")]}
    for number in range(cases):
        stay, days = f"{month}-{number:03d}", int(random.integers(2, 7))
        stents, bottles = int(random.integers(1, 4)), int(random.integers(1, 3))
        imported = bool(random.random() < 0.6)
        price = 13600 if imported else 8900
        amounts = {"stents": stents * price, "contrast": bottles * 392, "service": 40.0 + random.integers(0, 30)}
        bed = days * 130 + int(random.integers(0, 40))
        rows["case_costs"] += [
            cost(stay, "W", "materials", amounts["stents"]),
            cost(stay, "W", "drugs", amounts["contrast"]),
            cost(stay, "T", "personnel", amounts["service"]),
            cost(stay, "W", "depreciation", bed),
            cost(stay, "W", "personnel", 812.37),
        ]
        whole = sum(amounts.values()) + bed + 812.37
        rows["case_costs"].append(cost(stay, "W", "personnel", round(whole * 0.99, 2), "top_down"))
        rows["case_items"] += [
            used(stay, "C1" if imported else "C2", stents, cost=amounts["stents"]),
            used(stay, "D1", bottles, cost=amounts["contrast"]),
            used(stay, "S1", 1, performing_centre="T"),
        ]
        rows["patient_days"].append(lain(stay, days))
        if random.random() < 0.4:
            wait = {"stay_id": stay, "hospital_id": HOSPITAL, "reason": "mri", "waits": 1, "days": random.random() * 2}
            rows["stay_waits"].append(wait)
        told = {"physician_id": f"P{number % 14:02d}", "patient_id": f"N{number}", "severity": "53"[number % 3 == 0]}
        told |= {"complication": bool(random.random() < 0.2), "age": int(random.integers(40, 85))}
        ends = {"admitted": f"{month}-{20 - days:02d}", "discharged": f"{month}-20"}
        paid = round(23_000 - loss + 300 * float(random.standard_normal()), 2)
        rows["cases"].append(case(stay, ends["admitted"], ends["discharged"], paid, cost_total=whole, **told))
    return rows
