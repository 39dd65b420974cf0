"""A hospital small enough to be worked by hand, and a way to write any such hospital to a data folder."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from analysis.contract import Table, contract_tables
from analysis.hospital import save_card, save_table
from analysis.settings import SourceCard

Rows = dict[str, list[dict[str, Any]]]


def arrow_rows(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as the schema wants them; columns not given are empty."""
    columns = {}
    for column in table.columns.values():
        values = [row.get(column.name) for row in rows]
        if pa.types.is_decimal(column.arrow_type):
            step = Decimal(1).scaleb(-column.arrow_type.scale)
            values = [None if v is None else Decimal(str(v)).quantize(step) for v in values]
        columns[column.name] = pa.array(values, column.arrow_type)
    return pa.table(columns)


def write_hospital(folder: Path, rows: Rows, **card: str) -> Path:
    """Write rows as a data folder."""
    for name, table_rows in rows.items():
        table = contract_tables()[name]
        save_table(folder, table, arrow_rows(table, table_rows))
    save_card(folder, SourceCard(**({"name": "手算医院", "name_en": "Hand hospital", "closing": "hand"} | card)))
    return folder


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hand_hospital() -> Rows:
    """One ward W, one clinic C, a laboratory L, an office A; May and June 2023; three stays.

    May: s1 (20 May - 3 June) 12 nights, s2 (30 - 31 May) 1 night. June: s1 2 nights, s3 (10 - 14 June) 4 nights.
    Ledger of each month: office 100.00 personnel, laboratory 200.00 personnel, ward 900.00 personnel and 300.00 drugs,
    clinic 400.00 personnel. Staff W 2, C 1, L 1: office -> W 50, C 25, L 25. Orders W 3, C 1: laboratory 225.00 ->
    W 168.75, C 56.25. Ward full cost: personnel 1,118.75, drugs 300.00; clinic 481.25.
    """
    months = ("2023-05", "2023-06")
    ledger = [("A", "personnel", 100), ("L", "personnel", 200), ("W", "personnel", 900), ("W", "drugs", 300)]
    ledger.append(("C", "personnel", 400))
    drivers = [("staff", "W", 2), ("staff", "C", 1), ("staff", "L", 1), ("orders", "W", 3), ("orders", "C", 1)]
    stays = [
        ("s1", "p1", "2023-05-20 10:00", "2023-06-03 09:00", "AA15", 3000),
        ("s2", "p2", "2023-05-30 10:00", "2023-05-31 09:00", "AA15", 100),
        ("s3", "p2", "2023-06-10 10:00", "2023-06-14 09:00", None, 500),
    ]
    lines = [
        ("l1", "s1", "2023-05-21 08:00", "drug", 1, 120),
        ("l2", "s1", "2023-06-01 08:00", "care", 1, 2880),
        ("l3", "s2", "2023-05-30 12:00", "drug", 1, 60),
        ("l4", "s2", "2023-05-30 12:00", "care", 1, 40),
        ("l5", "s3", "2023-06-11 12:00", "care", 1, 560),
        ("l6", "s3", "2023-06-12 12:00", "care", -1, -60),
    ]
    centres = [("A", "administration", None, None), ("L", "technology", None, None)]
    centres += [("W", "clinical", "inpatient", "D"), ("C", "clinical", "outpatient", "D")]
    return {
        "hospitals": [
            {
                "hospital_id": "H",
                "name": "手算医院",
                "name_en": "Hand hospital",
                "level": "tertiary",
                "coefficient": 1.0,
            }
        ],
        "departments": [{"hospital_id": "H", "department": "D", "name": "内科", "name_en": "Medicine", "beds": 4}],
        "stays": [
            {
                "stay_id": stay,
                "patient_id": patient,
                "hospital_id": "H",
                "department": "D",
                "admitted_at": day(begin),
                "discharged_at": day(end),
                "drg_code": drg,
                "drg_status": "final",
                "charge_total": charge,
                "claimed": charge,
                "fund_paid": charge * 0.6,
                "self_paid": charge * 0.4,
                "settled_on": day(end).date(),
                "planned": False,
            }
            for stay, patient, begin, end, drg, charge in stays
        ],
        "items": [
            {"item_code": "drug", "name": "药", "kind": "drug", "purchase_price": 60, "list_price": 60},
            {"item_code": "care", "name": "护理", "kind": "nursing"},
        ],
        "charges": [
            {
                "line_id": line,
                "hospital_id": "H",
                "stay_id": stay,
                "charged_at": day(at),
                "item_code": item,
                "quantity": quantity * (2 if line == "l1" else 1),
                "amount": amount,
                "ordering_department": "D",
                "unit_price": abs(amount) / (2 if line == "l1" else 1),
            }
            for line, stay, at, item, quantity, amount in lines
        ],
        "cost_centres": [
            {"hospital_id": "H", "cost_centre": c, "name": c, "class": kind, "setting": setting, "department": d}
            for c, kind, setting, d in centres
        ],
        "ledger": [
            {"hospital_id": "H", "month": m, "cost_centre": c, "cost_item": item, "funding": "own", "amount": amount}
            for m in months
            for c, item, amount in ledger
        ],
        "drivers": [
            {"hospital_id": "H", "month": m, "driver": d, "from_centre": "*", "cost_centre": c, "quantity": q}
            for m in months
            for d, c, q in drivers
        ],
        "workload": [
            {
                "hospital_id": "H",
                "month": m,
                "cost_centre": "W",
                "setting": "inpatient",
                "bed_days": nights,
                "revenue": revenue,
                "drug_revenue": drug,
                "consumable_revenue": 0,
                "exam_revenue": 0,
            }
            for m, nights, revenue, drug in (("2023-05", 13, 220, 180), ("2023-06", 6, 3380, 0))
        ],
        "payment_standards": [
            {
                "year": 2023,
                "drg_code": "AA15",
                "severity": "*",
                "name": "组",
                "weight": 0.2,
                "benchmark_charge": 1000,
                "benchmark_days": 5.0,
                "low_risk": True,
            }
        ],
        "denials": [
            {
                "denial_id": "d1",
                "hospital_id": "H",
                "stay_id": "s2",
                "settled_on": date(2023, 5, 31),
                "denied_on": date(2023, 6, 20),
                "amount": 15,
                "reason": "coding",
            }
        ],
    }
