"""Every check finds what it is for, in rows small enough to count by hand: (failing, judged) and the example shown."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hand_hospital import arrow_rows, day

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.settings import SourceCard
from analysis.sources.check_catalogue import catalogue
from analysis.sources.checks import make_checks

CARD = SourceCard(name="甲", name_en="A", closing="x")


def verdict(check_id: str, rows: dict, precision: str = "second") -> tuple[int, int, list[str]]:
    card = CARD.model_copy(update={"date_precision": precision})
    check = next(c for c in make_checks(card, frozenset(rows)) if c.id == check_id)
    with Engine() as engine:
        for name, table_rows in rows.items():
            engine.put(name, arrow_rows(contract_tables()[name], table_rows))
        found = engine.arrow(check.select()).to_pylist()[0]
    return found["failing"], found["of"], found["examples"] or []


def stay(number: int, begin: str = "2023-06-01 10:00", end: str | None = "2023-06-05 09:00", **more) -> dict:
    times = {"admitted_at": day(begin), "discharged_at": end and day(end)}
    return {"stay_id": f"s{number}", "hospital_id": "H", **times, **more}


def line(number: int, at: str = "2023-06-02 08:00", quantity=1, price=10, amount=10, **more) -> dict:
    money = {"quantity": quantity, "unit_price": price, "amount": amount}
    item = {"item_code": "i", "stay_id": "s1", "hospital_id": "H"}
    return {"line_id": f"l{number}", "charged_at": day(at), **item, **money, **more}


def month(name: str, **more) -> dict:
    return {"hospital_id": "H", "month": name, **more}


def ledger(name: str, centre: str = "W", amount=1, **more) -> dict:
    return month(name, cost_centre=centre, cost_item="other", funding="own", amount=amount, **more)


def driver(name: str, quantity, centre: str = "W", kind: str = "staff") -> dict:
    return month(name, driver=kind, from_centre="*", cost_centre=centre, quantity=quantity)


CENTRES = [{"hospital_id": "H", "cost_centre": c, "name": c, "class": "clinical"} for c in ("W", "C")]
STAYS = [stay(1), stay(2)]
DIAGNOSIS = {"stay_id": "s1", "position": 1, "code": "I21", "system": "icd10"}
EVENT = {"stay_id": "s1", "activity": "mri", "started_at": day("2023-06-02 08:00")}
WORKLOAD = {"cost_centre": "W", "setting": "inpatient", "revenue": 100, "drug_revenue": 60, "exam_revenue": 40}

CASES = [
    ("repeated_key:stays", {"stays": [stay(1), stay(1), stay(2)]}, (1, 2), "stay_id s1, copies 2"),
    ("empty_required:stays.hospital_id", {"stays": [stay(1), stay(2, hospital_id=None)]}, (1, 2), "stay_id s2"),
    ("outside_list:stays.sex", {"stays": [stay(1, sex="F"), stay(2, sex="X"), stay(3)]}, (1, 2), "stay_id s2, sex X"),
    ("orphan:stays.hospital_id", {"stays": STAYS, "hospitals": [{"hospital_id": "Z", "name": "Z"}]}, (2, 2), "s1"),
    (
        "orphan:ledger.cost_centre",
        {
            "ledger": [ledger("2023-05"), ledger("2023-05", "Z"), ledger("2023-05", hospital_id="K")],
            "cost_centres": CENTRES,
        },
        (2, 3),
        "cost_centre Z",
    ),
    (
        "time_order:procedures.ended_at",
        {
            "procedures": [
                {"stay_id": "s1", "position": n, "started_at": day("2023-06-02 09:00"), "ended_at": day(end)}
                for n, end in enumerate(("2023-06-02 08:00", "2023-06-02 10:00"))
            ]
        },
        (1, 2),
        "ended_at 2023-06-02 08:00:00",
    ),
    (
        "negative:stays.charge_total",
        {"stays": [stay(1, charge_total=-1), stay(2, charge_total=0), stay(3)]},
        (1, 2),
        "-1.00",
    ),
    ("outside_range:stays.age", {"stays": [stay(1, age=0), stay(2, age=121), stay(3)]}, (1, 2), "age 121"),
    (
        "unknown_department:stays.department",
        {
            "stays": [stay(1, department="D"), stay(2, department="E"), stay(3)],
            "departments": [{"hospital_id": "H", "department": "D", "name": "D"}],
        },
        (1, 2),
        "department E",
    ),
    (
        "month_gap:ledger",
        {"ledger": [ledger("2022-12"), ledger("2023-02"), ledger("2023-03")]},
        (1, 4),
        "month 2023-01",
    ),
    ("month_gap:charges", {"charges": [line(1), line(2, "2023-08-01 00:00")]}, (1, 3), "month 2023-07"),
    (
        "month_drop:charges",
        {
            "charges": [line(100 * m + n, f"2023-0{m}-01 08:00") for m in (1, 2, 3) for n in range(40)]
            + [line(900 + n, "2023-04-01 08:00") for n in range(19)]
        },
        (1, 3),
        "month 2023-04, lines 19, usual 40.0",
    ),
    ("stays_without_department", {"stays": [stay(1), stay(2, department="D")]}, (1, 2), "stay_id s1"),
    ("stays_without_physician", {"stays": [stay(1), stay(2, physician_id="P")]}, (1, 2), "stay_id s1"),
    (
        "charges_without_physician",
        {"charges": [line(1), line(2, physician_id="P"), line(3, quantity=-1)]},
        (1, 2),
        "l1",
    ),
    ("stays_without_patient", {"stays": [stay(1), stay(2, patient_id="P")]}, (1, 2), "stay_id s1"),
    ("stays_without_age", {"stays": [stay(1), stay(2, age=3), stay(3, age_band="50-")]}, (1, 3), "stay_id s1"),
    ("stays_without_length", {"stays": [stay(1), stay(2, admitted_at=None)]}, (1, 2), "stay_id s2"),
    (
        "stays_without_charge",
        {"stays": [stay(1, charge_total=0), stay(2, charge_total=1), stay(3), stay(4, end=None)]},
        (2, 3),
        "stay_id s1",
    ),
    ("stays_ungrouped", {"stays": [stay(1, drg_code="A"), stay(2), stay(3, end=None)]}, (1, 2), "stay_id s2"),
    (
        "stays_without_diagnosis",
        {
            "stays": [stay(1), stay(2), stay(3, end=None)],
            "diagnoses": [DIAGNOSIS, DIAGNOSIS | {"stay_id": "s2", "position": 2}],
        },
        (1, 2),
        "stay_id s2",
    ),
    (
        "stays_without_lines",
        {
            "stays": [stay(1), stay(2), stay(3, "2023-05-01"), stay(4, end=None)],
            "charges": [line(1, "2023-06-01 08:00")],
        },
        (1, 2),
        "stay_id s2",
    ),
    (
        "duplicate_lines",
        {
            "charges": [
                line(1),
                line(2),
                line(3, quantity=2),
                line(4, "2023-06-03"),
                line(5, quantity=-1),
                line(6, quantity=-1),
            ]
        },
        (1, 3),
        "line_id l1, charged_at 2023-06-02 08:00:00, item_code i, copies 2",
    ),
    ("line_sign", {"charges": [line(1), line(2, quantity=-1), line(3, quantity=-1, amount=-10)]}, (1, 3), "line_id l2"),
    (
        "line_without_money",
        {"charges": [line(1), line(2, amount=0), line(3, amount=-1), line(4, quantity=-1, amount=-10)]},
        (2, 3),
        "line_id l2",
    ),
    (
        "refund_of_nothing",
        {"charges": [line(1), line(2, refund_of="l1"), line(3, refund_of="l9")]},
        (1, 2),
        "refund_of l9",
    ),
    (
        "line_amount",
        {
            "charges": [
                line(1, quantity=3, price=Decimal("3.335"), amount=10),
                line(2, amount=Decimal("10.02")),
                line(3),
            ]
        },
        (1, 3),
        "amount 10.02",
    ),
    (
        "lines_settlement",
        {
            "stays": [stay(1, charge_total=20), stay(2, charge_total=11), stay(3, "2023-05-01", charge_total=5)],
            "charges": [line(1, "2023-06-01"), line(2), line(3, stay_id="s2"), line(4, stay_id="s3")],
        },
        (1, 2),
        "stay_id s2, charge_total 11.00, lines 10.00",
    ),
    (
        "paid_parts",
        {
            "stays": [
                stay(1, charge_total=10, fund_paid=6, self_paid=4),
                stay(2, charge_total=10, fund_paid=6, self_paid=3),
                stay(3),
            ]
        },
        (1, 2),
        "stay_id s2",
    ),
    (
        "outside_catalogue",
        {"stays": [stay(1, self_paid=4, out_of_catalogue=4), stay(2, self_paid=4, out_of_catalogue=5)]},
        (1, 2),
        "stay_id s2",
    ),
    (
        "visit_parts",
        {
            "visits": [
                {"visit_id": v, "charge_total": 9, "fund_paid": paid, "self_paid": 4}
                for v, paid in (("v1", 5), ("v2", 4))
            ]
        },
        (1, 2),
        "visit_id v2",
    ),
    (
        "settlement_parts",
        {
            "settlements": [
                month("2023-05", payer=p, payable=100, paid=80, denied=5, awaiting=a)
                for p, a in (("employee", 15), ("resident", 14))
            ]
        },
        (1, 2),
        "payer resident",
    ),
    (
        "workload_parts",
        {"workload": [month("2023-05", **WORKLOAD), month("2023-06", **WORKLOAD | {"consumable_revenue": 1})]},
        (1, 2),
        "month 2023-06",
    ),
    (
        "died_twice_told",
        {
            "stays": [stay(1, disposition="died"), stay(2, disposition="home"), stay(3, disposition="home"), stay(4)],
            "outcomes": [
                {"stay_id": f"s{n}", "died": died} for n, died in ((1, True), (2, True), (3, False), (4, True))
            ],
        },
        (1, 3),
        "stay_id s2",
    ),
    (
        "transfers_cover",
        {
            "stays": [stay(1), stay(2), stay(3), stay(4)],
            "transfers": [
                {"stay_id": s, "cost_centre": "W", "from_time": day(a), "to_time": day(b)}
                for s, a, b in (
                    ("s1", "2023-06-01 10:00", "2023-06-03 12:00"),
                    ("s1", "2023-06-03 12:00", "2023-06-05 09:00"),
                    ("s2", "2023-06-01 10:00", "2023-06-05 08:00"),
                    ("s3", "2023-06-01 10:00", "2023-06-03 12:00"),
                    ("s3", "2023-06-03 11:00", "2023-06-05 09:00"),
                )
            ],
        },
        (2, 3),
        "stay_id s2",
    ),
    (
        "stays_without_transfers",
        {"stays": STAYS, "transfers": [{"stay_id": "s1", "from_time": day("2023-06-01")}]},
        (1, 2),
        "stay_id s2",
    ),
    (
        "driver_zero",
        {"drivers": [driver("2023-05", 1), driver("2023-05", 0, "C"), driver("2023-06", 0), driver("2023-06", 0, "C")]},
        (1, 2),
        "hospital_id H, month 2023-06, driver staff, from_centre *",
    ),
    (
        "driver_missing",
        {
            "ledger": [ledger("2023-05"), ledger("2023-06")],
            "drivers": [driver("2023-05", 1), driver("2023-06", 1), driver("2023-05", 1, kind="area")],
            "cost_centres": CENTRES,
        },
        (1, 4),
        "month 2023-06, driver area",
    ),
    (
        "driver_missing_centre",
        {
            "ledger": [ledger("2023-05"), ledger("2023-05", "C")],
            "drivers": [driver("2023-05", 1)],
            "cost_centres": CENTRES,
        },
        (1, 2),
        "cost_centre C",
    ),
    (
        "charges_before_admission",
        {"stays": [stay(1)], "charges": [line(1, "2023-06-01 07:00"), line(2, "2023-05-31 23:00")]},
        (1, 2),
        "line_id l2",
    ),
    (
        "charges_after_discharge",
        {
            "stays": [stay(1), stay(2, end=None)],
            "charges": [line(1, "2023-06-05 23:00"), line(2, "2023-06-06"), line(3, stay_id="s2")],
        },
        (1, 2),
        "line_id l2",
    ),
    (
        "procedures_outside_stay",
        {
            "stays": [stay(1)],
            "procedures": [
                {"stay_id": "s1", "position": n, "started_at": day(at)}
                for n, at in enumerate(("2023-06-01 08:00", "2023-06-06", "2023-05-31"))
            ],
        },
        (2, 3),
        "position 1",
    ),
    (
        "events_outside_stay",
        {
            "stays": [stay(1)],
            "events": [EVENT | {"event_id": "e1"}, EVENT | {"event_id": "e2", "started_at": day("2023-07-01")}],
        },
        (1, 2),
        "event_id e2",
    ),
    (
        "stays_overlap",
        {
            "stays": [
                stay(1, patient_id="p"),
                stay(2, "2023-06-04", "2023-06-06", patient_id="p"),
                stay(3, "2023-06-06", "2023-06-07", patient_id="p"),
                stay(4, "2023-06-04", patient_id="q"),
            ]
        },
        (1, 4),
        "stay_id s2",
    ),
    (
        "stays_left_open",
        {"stays": [stay(1), stay(2, "2022-11-01", None), stay(3, "2023-05-01", None)]},
        (1, 3),
        "stay_id s2",
    ),
    ("times_implausible", {"stays": [stay(1), stay(2, end="9999-12-31"), stay(3, "1899-12-30")]}, (2, 3), "stay_id s2"),
    (
        "discharges_without_ledger",
        {"stays": [stay(1), stay(2, end="2023-07-01"), stay(3, end=None)], "ledger": [ledger("2023-06")]},
        (1, 2),
        "month 2023-07",
    ),
]


@pytest.mark.parametrize(("check_id", "rows", "counts", "example"), CASES, ids=[case[0] for case in CASES])
def test_check_finds_what_it_is_for(check_id, rows, counts, example):
    failing, of, examples = verdict(check_id, rows)
    assert (failing, of) == counts
    assert example in examples[0]


def test_every_check_of_the_catalogue_is_tried():
    tried = {case[0].split(":")[0] for case in CASES} | {"time_order", "orphan"}
    book = catalogue()
    listed = {"time_order", "negative", "outside_range", "unknown_department", "month_gap", "month_drop"}
    generated = {"repeated_key", "empty_required", "outside_list", "orphan"}
    assert tried == listed | generated | set(book.single)


def test_days_are_compared_where_the_source_knows_only_days():
    same_day = {"stays": [stay(1, "2023-06-05 10:00", "2023-06-05 00:00")]}
    assert verdict("time_order:stays.discharged_at", same_day)[0] == 1
    assert verdict("time_order:stays.discharged_at", same_day, "day")[0] == 0


def test_a_first_month_that_only_leads_in_is_no_drop():
    lines = [line(n, "2022-12-31 08:00") for n in range(3)]
    lines += [line(100 * m + n, f"2023-0{m}-01 08:00") for m in (1, 2, 3) for n in range(40)]
    assert verdict("month_drop:charges", {"charges": lines})[:2] == (0, 3)


def test_a_year_has_no_months_to_drop():
    checks = make_checks(CARD.model_copy(update={"date_precision": "year"}), frozenset({"stays"}))
    assert not [check.id for check in checks if check.id.startswith("month_drop")]


SAMPLE = {
    "code": "x",
    "text": "x",
    "month": "2023-06",
    "integer": 1,
    "number": 1.0,
    "quantity": 1,
    "money": 1,
    "price": 1,
    "date": date(2023, 6, 1),
    "timestamp": datetime(2023, 6, 1),
    "flag": True,
}


def test_every_check_runs_on_every_table():
    """One row in each table of the contract: no check is broken SQL, and no two have one id."""
    checks = make_checks(CARD, frozenset(contract_tables()))
    assert len({check.id for check in checks}) == len(checks) > 300
    with Engine() as engine:
        for name, table in contract_tables().items():
            engine.put(name, arrow_rows(table, [{c.name: SAMPLE[c.type] for c in table.columns.values()}]))
        for check in checks:
            found = engine.arrow(check.select()).to_pylist()[0]
            assert found["failing"] <= found["of"], check.id
