"""Which cost a scope holds, worked by hand on three centres and a computed-in one."""

import pytest
from allocation_books import month_of, scheme_of

from analysis.costing.hospital_allocation import allocate

CLASSES = {"W": "clinical", "L": "technology", "A": "administration", "U": "administration"}
SCHEME = scheme_of(
    {"number": 0, "from_centres": ["U"], "to_classes": ["clinical", "technology", "administration"], "driver": "area"},
    {"number": 1, "from_class": "administration", "to_classes": ["technology", "clinical"], "driver": "staff"},
    {"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "orders"},
)
DRIVERS = {
    ("area", "*"): {"W": 2, "L": 1, "A": 1},
    ("staff", "*"): {"W": 1, "L": 1, "A": 1, "U": 1},
    ("orders", "*"): {"W": 1, "A": 1},
}
BOOKED = {
    "W": {"own": 100, "government": 10, "research": 1},
    "L": {"own": 200, "government": 20, "research": 2},
    "A": {"own": 400, "government": 40, "research": 4},
    "U": {"own": 80, "government": 0, "research": 0},
}


@pytest.mark.parametrize("method", ["direct", "step_down", "reciprocal"])
@pytest.mark.parametrize(
    ("scope", "clinical"),
    [
        ("medical_business", 100 + 200 + 60),  # utilities 80: 20 of them lie in administration
        ("medical", 100 + 200 + 400 + 80),
        ("medical_full", 100 + 200 + 400 + 80 + 70),
        ("hospital_full", 100 + 200 + 400 + 80 + 70 + 7),
    ],
)
def test_the_scope_decides_what_reaches_clinical_centres(scope, clinical, method):
    month = month_of(SCHEME, BOOKED, DRIVERS, CLASSES, fine=100)
    done = allocate(month, method, scope)
    assert done.held[:, 0].tolist() == [clinical * 100, 0, 0, 0]
    assert done.outside.sum() == (857 - clinical) * 100


def test_what_lies_outside_is_shown_where_it_was_booked():
    month = month_of(SCHEME, BOOKED, DRIVERS, CLASSES, fine=100)
    assert allocate(month, "step_down", "medical").outside[:, 0].tolist() == [1100, 2200, 4400, 0]
    business = allocate(month, "reciprocal", "medical_business")
    assert business.outside[:, 0].tolist() == [1100, 2200, 44400 + 2000, 0], "with the utilities computed in"
