"""A ward, a laboratory and two patients in May 2023, small enough to be worked on paper, and their costs by any method.

Ward W: personnel 900.00, depreciation 300.00, drugs 100.00, materials 60.00. Laboratory L: personnel 200.00, materials
50.00, all ordered by the ward. a stays one day, b two. Drugs at purchase price: a 60.00, b 10.00.
Tests (10 minutes, coefficient 1, material 2.00, charged 30.00): a three, b one. Scans (20 minutes, coefficient 6,
material 10.00, charged 150.00): b one. Nursing by the ward (30 minutes, coefficient 1, charged 20.00): a one, b three.
So the laboratory worked 30 + 30 minutes, 3 + 7 coefficients and charged 90.00 + 180.00; the ward 30 + 90 minutes and
charged 20.00 + 60.00.
"""

from decimal import Decimal

from hand_hospital import Rows, arrow_rows, day

from analysis.contract import contract_tables
from analysis.costing.monthly import cost_period
from analysis.costing.scheme import CostingScheme
from analysis.engine import Engine
from analysis.periods import Period

SCHEME = {
    "name": "two patients",
    "source": "by hand",
    "steps": [{"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "ordered_revenue"}],
}
LINES = [
    # stay, item, quantity, charged, performed by
    ("a", "drug", 1, 60, "D"),
    ("b", "drug", 1, 10, "D"),
    ("a", "test", 3, 90, "LAB"),
    ("b", "test", 1, 30, "LAB"),
    ("b", "scan", 1, 150, "LAB"),
    ("a", "nursing", 1, 20, "D"),
    ("b", "nursing", 3, 60, "D"),
]
RECIPES = [("test", "L", 10, 1, 2), ("scan", "L", 20, 6, 10), ("nursing", "W", 30, 1, 0)]
LEDGER = [
    ("W", "personnel", 900),
    ("W", "depreciation", 300),
    ("W", "drugs", 100),
    ("W", "materials", 60),
    ("L", "personnel", 200),
    ("L", "materials", 50),
]
_KINDS = {"drug": "drug", "test": "laboratory", "scan": "imaging", "nursing": "nursing", "new": "laboratory"}


def two_patients(lines=LINES, recipes=RECIPES, ledger=LEDGER, ordered=270, minutes=100) -> Rows:
    """Tables of the hospital; recipes are item, centre, minutes, coefficient, material."""
    month = {"hospital_id": "H", "month": "2023-05"}
    centres = [("W", "clinical", "inpatient", "D"), ("L", "technology", None, "LAB")]
    return {
        "cost_centres": [
            {"hospital_id": "H", "cost_centre": c, "name": c, "class": kind, "setting": setting, "department": d}
            for c, kind, setting, d in centres
        ],
        "stays": [
            {"stay_id": s, "hospital_id": "H", "department": "D", "admitted_at": day("2023-05-10"), "discharged_at": e}
            for s, e in (("a", day("2023-05-11")), ("b", day("2023-05-12")))
        ],
        "items": [{"item_code": code, "name": code, "kind": kind} for code, kind in _KINDS.items()],
        "charges": [
            {"line_id": str(k), "hospital_id": "H", "stay_id": stay, "charged_at": day("2023-05-10"), "item_code": item,
             "quantity": quantity, "amount": amount, "ordering_department": "D", "performing_department": place}
            for k, (stay, item, quantity, amount, place) in enumerate(lines)
        ],
        "service_recipes": [
            {"item_code": item, "cost_centre": centre, "activity": "work", "minutes": float(time),
             "coefficient": float(coefficient), "material": material}
            for item, centre, time, coefficient, material in recipes
        ],
        "ledger": [
            month | {"cost_centre": centre, "cost_item": item, "funding": "own", "amount": amount}
            for centre, item, amount in ledger
        ],
        "drivers": [month | {"driver": "ordered_revenue", "from_centre": "L", "cost_centre": "W", "quantity": ordered}],
        "resources": [month | {"cost_centre": "L", "practical_minutes": float(minutes)}],
    }  # fmt: skip


def costed(engine: Engine, rows: Rows, **scheme) -> Engine:
    """The month's costing made in the engine."""
    for name, table in contract_tables().items():
        engine.put(name, arrow_rows(table, rows.get(name, [])))
    cost_period(engine, Period("2023-05"), CostingScheme.model_validate(SCHEME | scheme))
    return engine


def costs(engine: Engine, method: str) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Cost of a and b by (centre, cost item)."""
    rows = engine.arrow(
        """select cost_centre, cost_item, coalesce(sum(amount) filter (where stay_id = 'a'), 0) as a,
          coalesce(sum(amount) filter (where stay_id = 'b'), 0) as b
        from case_costs where method = $method group by all order by all""",
        method=method,
    ).to_pylist()
    return {(row["cost_centre"], row["cost_item"]): (float(row["a"]), float(row["b"])) for row in rows}
