"""A department's full cost back to where it was booked: by hand, and against allocating each origin alone."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from allocation_books import month_of, scheme_of
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.costing.allocation import allocation_rows
from analysis.costing.hospital_allocation import allocate
from analysis.costing.trace import trace
from analysis.engine import open_engine
from analysis.errors import InputError
from analysis.fen import money_rows
from analysis.periods import Period

CLASSES = {"W": "clinical", "C": "clinical", "L": "technology", "A": "administration"}
SCHEME = scheme_of(
    {"number": 1, "from_class": "administration", "to_classes": ["technology", "clinical"], "driver": "staff"},
    {"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "orders"},
)
DRIVERS = {("staff", "*"): {"W": 2, "C": 1, "L": 1}, ("orders", "*"): {"W": 3, "C": 1, "A": 1}}
COST = {"W": [900, 300], "C": [400, 0], "L": [200, 0], "A": [100, 0]}


@pytest.fixture(scope="module")
def engine():
    with open_engine() as session:
        yield session


def closed(engine, month, method, departments=None):
    """What `open_period` would give for an allocated month; every clinical centre its own department by default."""
    done = allocate(month, method, "hospital_full")
    rows = allocation_rows(month.codes, month.items, done.direct, done.givings, done.flows)
    clinical = [
        {
            "cost_centre": code,
            "department": (departments or {}).get(code),
            "cost_item": item,
            "fen": int(done.held[i, k]),
        }
        for i, code in enumerate(month.codes)
        for k, item in enumerate(month.items)
        if month.classes[i] == "clinical"
    ]
    engine.put("allocations", money_rows(rows.assign(hospital_id="H", period="2023-05")))
    engine.put("centre_money", money_rows(pd.DataFrame(clinical).astype({"department": "str"})))
    engine.create(
        "centre_costs", "select 'H' as hospital_id, '2023-05' as period, *, amount as full_cost from centre_money"
    )
    engine.create(
        "names", "select 'H' as hospital_id, 'cost_centre' as kind, 'L' as code, '检验科' as name, 'Lab' as name_en"
    )
    return SimpleNamespace(sql=engine.frame, folder=Path("outputs/t"), period=Period("2023-05"))


def amounts(found):
    return found.set_index(["from_centre", "cost_item"])["amount"].to_dict()


def test_by_hand(engine):
    """Ward: its own 900 and 300; the office's 50 and, through the laboratory, 25 x 3/4; the laboratory's 200 x 3/4."""
    period = closed(
        engine,
        month_of(SCHEME, {c: {"own": a} for c, a in COST.items()}, DRIVERS, CLASSES, ["personnel", "drugs"], fine=100),
        "step_down",
    )
    found = trace(period, "W")
    assert amounts(found) == {
        ("A", "personnel"): 68.75,
        ("L", "personnel"): 150.0,
        ("W", "personnel"): 900.0,
        ("W", "drugs"): 300.0,
    }
    assert found["from_centre"].tolist() == ["A", "L", "W", "W"] and found["step"].tolist()[:2] == [1, 3]
    assert found["name"][1] == "检验科" and found["step"].isna().tolist() == [False, False, True, True]


def test_centres_that_serve_one_another(engine):
    """a = 100 + l / 5, l = 200 + a / 4. A yuan of the office: 1 / (1 - 1/20) x (1/2 + 1/4 x 3/5) = 0.6842 for the ward;
    of the laboratory: 1 / (1 - 1/20) x (3/5 + 1/5 x 1/2) = 0.7368.
    """
    period = closed(
        engine,
        month_of(SCHEME, {c: {"own": a} for c, a in COST.items()}, DRIVERS, CLASSES, ["personnel", "drugs"], fine=100),
        "reciprocal",
    )
    found = amounts(trace(period, "W"))
    assert found["A", "personnel"] == pytest.approx(68.42, abs=0.011) and found["W", "personnel"] == 900
    assert found["L", "personnel"] == pytest.approx(147.37, abs=0.011)


def test_a_department_of_two_centres(engine):
    """Ward and clinic together hold all of it: every origin comes back whole."""
    month = month_of(
        SCHEME, {c: {"own": a} for c, a in COST.items()}, DRIVERS, CLASSES, ["personnel", "drugs"], fine=100
    )
    period = closed(engine, month, "reciprocal", {"W": "D", "C": "D"})
    booked = {
        (c, item): a for c, found in COST.items() for item, a in zip(("personnel", "drugs"), found, strict=True) if a
    }
    assert amounts(trace(period, "D")) == booked


def test_an_unknown_department_is_an_error_that_lists_those_there(engine):
    period = closed(engine, month_of(SCHEME, {"W": 1, "C": 1, "L": 0, "A": 0}, DRIVERS, CLASSES, fine=100), "direct")
    with pytest.raises(InputError, match="no clinical cost of department X") as error:
        trace(period, "X")
    assert error.value.mend == "departments there: C, W"


def test_a_department_of_two_hospitals_needs_the_hospital(engine):
    period = closed(engine, month_of(SCHEME, {"W": 1, "C": 1, "L": 0, "A": 0}, DRIVERS, CLASSES, fine=100), "direct")
    for table in ("allocations", "centre_costs"):
        engine.create(
            table, f"select * from {table} union all by name select * replace ('K' as hospital_id) from {table}"
        )
    with pytest.raises(InputError, match="department W stands in several hospitals") as error:
        trace(period, "W")
    assert error.value.mend == "name one: H, K"
    assert trace(period, "W", "K")[["hospital_id", "amount"]].values.tolist() == [["K", 1.0]]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_trace_sums_to_the_full_cost_and_each_origin_brings_what_it_would_bring_alone(engine, data):
    names = [f"{kind}{i}" for kind in "wla" for i in range(data.draw(st.integers(1, 4)))]
    classes = {c: {"w": "clinical", "l": "technology", "a": "administration"}[c[0]] for c in names}
    method = data.draw(st.sampled_from(["direct", "step_down", "reciprocal"]))
    quantity = st.integers(0, 99)
    drivers = {(d, c): {r: data.draw(quantity) for r in names} | {"w0": 1} for d in ("staff", "orders") for c in names}
    cost = {c: data.draw(st.integers(-(10**6), 10**8)) for c in names}
    month = month_of(SCHEME, cost, drivers, classes, fine=1)
    found = trace(closed(engine, month, method), "w0")
    done = allocate(month, method, "hospital_full")
    held = int(done.held[names.index("w0"), 0])
    fen = dict(zip(found["from_centre"], np.rint(found["amount"] * 100).astype(int), strict=True))
    assert sum(fen.values()) == held
    origin = data.draw(st.sampled_from(names))
    alone = replace(month, booked={"own": month.booked["own"] * (month.codes == origin)[:, None]})
    brought = int(allocate(alone, method, "hospital_full").held[names.index("w0"), 0])
    assert abs(fen.get(origin, 0) - brought) <= 3 * len(names)
