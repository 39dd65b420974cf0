"""What drugs and materials cost: each line at the purchase price of its time, summed, then rounded once."""

from datetime import date
from decimal import Decimal

import pytest
from hand_hospital import arrow_rows, day

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.periods import Period

ITEMS = [
    # item, kind, price in the master
    ("changes", "drug", "9.00"),
    ("steady", "consumable", "1.255"),
    ("unpriced", "drug", None),
    ("loses_price", "consumable", "9.00"),
    ("service", "nursing", None),
]
PRICES = [
    ("changes", date(2023, 5, 16), "3.00"),
    ("changes", date(2023, 2, 1), "2.00"),
    ("changes", date(2023, 6, 1), "50.00"),
    ("loses_price", date(2023, 5, 11), None),
]
LINES = [
    # item, day, quantity, amount; cost
    ("changes", "2023-05-01", 5, "20.00"),  # 5 x 2.00: of February, though the master and June say otherwise
    ("changes", "2023-05-16", 2, "8.00"),  # 2 x 3.00
    ("changes", "2023-05-20", -1, "-4.00"),  # a refund, at the price of its day
    ("steady", "2023-05-03", 1, "2.00"),  # 3 x 1.255 = 3.765, rounded once
    ("steady", "2023-05-04", 1, "2.00"),
    ("steady", "2023-05-05", 1, "2.00"),
    ("unpriced", "2023-05-03", 2, "7.50"),  # sold at cost
    ("loses_price", "2023-05-10", 1, "11.00"),  # 9.00
    ("loses_price", "2023-05-12", 1, "11.00"),  # no price any more: 11.00
    ("service", "2023-05-03", 1, "30.00"),
    ("steady", "2023-06-03", 1, "2.00"),  # next month's
]
_TABLES = ("inpatient_centres", "performing_centres", "prices", "line_items", "case_items", "case_kinds", "own_items")
COST = {"changes": "13.00", "steady": "3.77", "unpriced": "7.50", "loses_price": "20.00", "service": None}


@pytest.fixture
def engine():
    rows = {
        "items": [{"item_code": c, "name": c, "kind": k, "purchase_price": p and Decimal(p)} for c, k, p in ITEMS],
        "item_prices": [{"item_code": c, "valid_from": d, "purchase_price": p and Decimal(p)} for c, d, p in PRICES],
        "stays": [{"stay_id": "S", "hospital_id": "H", "department": "D", "admitted_at": day("2023-04-30")}],
        "cost_centres": [{"hospital_id": "H", "cost_centre": "W", "name": "W", "class": "clinical", "department": "D"}],
        "charges": [
            {
                "line_id": str(number),
                "hospital_id": "H",
                "stay_id": "S",
                "item_code": item,
                "charged_at": day(charged),
                "quantity": Decimal(quantity),
                "amount": Decimal(amount),
            }
            for number, (item, charged, quantity, amount) in enumerate(LINES)
        ],
    }
    with Engine() as engine:
        for name, listed in rows.items():
            engine.put(name, arrow_rows(contract_tables()[name], listed))
        month = Period("2023-05")
        for name in _TABLES:
            engine.make("analysis.costing", name, start_at=month.start, end_at=month.end)
        yield engine


def test_lines_cost_what_was_paid_at_their_time(engine: Engine):
    rows = engine.arrow("select item_code, cost from case_items").to_pylist()
    assert {row["item_code"]: row["cost"] for row in rows} == {c: p and Decimal(p) for c, p in COST.items()}


def test_own_items_are_drugs_and_materials_without_services(engine: Engine):
    rows = engine.arrow("select * from own_items order by cost_item").to_pylist()
    assert [(r["stay_id"], r["cost_centre"], r["cost_item"], r["amount"]) for r in rows] == [
        ("S", "W", "drugs", Decimal("20.50")),
        ("S", "W", "materials", Decimal("23.77")),
    ]
