"""Ledgers made by hypothesis through the whole costing of a month: nothing is lost, item by item, to the fen."""

from decimal import Decimal

import pytest
from hand_hospital import arrow_rows, hand_hospital
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analysis.contract import contract_tables
from analysis.costing.monthly import cost_period
from analysis.costing.scheme import CostingScheme
from analysis.engine import open_engine
from analysis.periods import Period
from analysis.vocabulary import codes

CLASSES = ("clinical", "technology", "auxiliary", "administration")
SCHEME = CostingScheme.model_validate(
    {
        "name": "t",
        "source": "t",
        "steps": [
            {"number": 0, "from_centres": ["administration0"], "to_classes": list(CLASSES), "driver": "q"},
            {"number": 1, "from_class": "administration", "to_classes": list(CLASSES[:3]), "driver": "q"},
            {"number": 2, "from_class": "auxiliary", "to_classes": list(CLASSES[:2]), "driver": "q"},
            {"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "direct_cost"},
        ],
        "setting_split": {"drugs": "drug_revenue"},
    }
)
money = st.integers(-(10**9), 10**11).map(lambda fen: Decimal(fen) / 100)


@st.composite
def hospitals(draw):
    """Centres of all classes and settings, an arbitrary ledger (strangers to the master too), drivers, workload."""
    centres = [(c, f"{c}{i}") for c in CLASSES for i in range(draw(st.integers(1, 3)))]
    setting = st.sampled_from(["inpatient", "outpatient", "both", None])
    master = [
        {
            "hospital_id": "H",
            "cost_centre": code,
            "name": code,
            "class": kind,
            "setting": draw(setting),
            "department": "D" if code == "clinical0" else None,
        }
        for kind, code in centres
    ]
    names = [code for _, code in centres] + ["stranger"]
    entries = draw(st.dictionaries(st.tuples(st.sampled_from(names), st.sampled_from(codes("cost_item"))), money))
    base = [("clinical0", "personnel", Decimal(1))]
    ledger = base + [(c, i, a) for (c, i), a in entries.items() if (c, i) != ("clinical0", "personnel")]
    work = [
        {
            "hospital_id": "H",
            "month": "2023-05",
            "cost_centre": code,
            "setting": s,
            "revenue": draw(st.integers(0, 9)),
            "drug_revenue": draw(st.integers(0, 9)),
        }
        for code in names[:-1]
        for s in ("inpatient", "outpatient")
    ]
    return {
        "cost_centres": master,
        "ledger": [
            {"hospital_id": "H", "month": "2023-05", "cost_centre": c, "cost_item": i, "funding": "own", "amount": a}
            for c, i, a in ledger
        ],
        "drivers": [
            {
                "hospital_id": "H",
                "month": "2023-05",
                "driver": "q",
                "from_centre": "*",
                "cost_centre": c,
                "quantity": draw(st.integers(1, 50)),
            }
            for c in names[:-1]
        ],
        "workload": work,
    }


@pytest.fixture(scope="module")
def engine():
    with open_engine() as session:
        rows = hand_hospital()
        for name, table in contract_tables().items():
            session.put(name, arrow_rows(table, rows.get(name, [])))
        yield session


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(hospitals())
def test_ledger_equals_clinical_plus_unallocated_and_reaches_patients(engine, tables):
    for name, rows in tables.items():
        engine.put(name, arrow_rows(contract_tables()[name], rows))
    least = engine.value(
        """select min(amount) from (
             select sum(amount) as amount from ledger where cost_centre like 'clinical%' group by cost_centre)"""
    )
    assume(least >= 0)  # a negative weight of the driver direct_cost is refused, see test_allocation
    cost_period(engine, Period("2023-05"), SCHEME)
    by_item = engine.frame(
        """select cost_item, sum(amount) as left_over from (
             select cost_item, amount from ledger
             union all select cost_item, -full_cost from centre_costs
             union all select cost_item, -amount from unallocated where level = 'centre')
           group by cost_item"""
    )
    assert (by_item["left_over"] == 0).all()
    for method in ("top_down", "bottom_up", "cost_to_income"):
        patients = engine.frame(
            """select cost_item, sum(amount) as left_over from (
                 select cost_item, full_cost as amount from centre_costs where setting = 'inpatient'
                 union all select cost_item, -amount from case_costs where method = $method
                 union all select cost_item, -amount from unallocated where level = 'case' and method = $method)
               group by cost_item""",
            method=method,
        )
        assert (patients["left_over"] == 0).all(), method
