"""What can be avoided, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.rootcause.preventable import avoidable_of, owner_of, preventable_fen, without_indication
from analysis.rootcause.samples import Sample
from analysis.rootcause.settings import RootCause

SETTINGS = RootCause.model_validate(
    {
        "indications": [{"drgs": ["IC29"], "group": "knee", "age_from": 70, "severities": ["1"]}],
        "waiting": {"reasons": {"mri": "imaging"}},
        "owners": {name: {"zh": name, "en": name} for name in ("imaging", "department", "procurement")},
        "owned": [
            {"effect": "stay", "owner": "department"},
            {"effect": "price", "category": "drug", "owner": "procurement"},
        ],
        "avoidable": [
            {"effect": "substitution", "avoidable": "without_indication"},
            {"effect": "quantity", "avoidable": "excess"},
            {"effect": "use_rate", "avoidable": "excess"},
            {"effect": "stay", "avoidable": "whole", "share": 0.5},
        ],
    }
)


def test_imports_outside_the_indications_at_the_price_difference() -> None:
    """Five cases: two imported for the old and severe, one of 60 years, one domestic, one of unknown age."""
    ages, severities = [75.0, 60.0, 60.0, 50.0, np.nan], ["5", "1", "5", "5", "5"]
    cases = pd.DataFrame({"age": ages, "severity": severities})
    rows = [(0, "I", 1, 14000), (1, "I", 1, 14000), (2, "I", 2, 28000), (3, "L", 1, 4000), (4, "I", 1, 14000)]
    elements = pd.DataFrame(rows, columns=["case", "element", "quantity", "cost"]).assign(group="knee")
    elements["origin"] = elements["element"].map({"I": "imported", "L": "domestic"})
    sample = Sample(cases, elements, pd.DataFrame())
    assert without_indication(sample, "IC29", SETTINGS) == {"knee": 20000.0}
    assert without_indication(sample, "FM19", SETTINGS) == {}
    nothing = Sample(cases, elements[elements["origin"] == "imported"], pd.DataFrame())
    assert without_indication(nothing, "IC29", SETTINGS) == {}


def tree(rows: list[tuple[int, str, str, int, bool]], imports: dict[str, float] | None = None) -> list[int]:
    """Rows (row above, cause, effect, fen, sure); groups are things."""
    above = np.array([row[0] for row in rows])
    frame = pd.DataFrame([row[1:] for row in rows], columns=["cause", "effect", "fen", "sure"]).assign(category="drug")
    things = np.array([row[0] if row[2] in ("use_rate", "quantity", "price", "substitution") else at
                       for at, row in enumerate(rows)])  # fmt: skip
    return preventable_fen(frame, above, things, SETTINGS, imports).tolist()


def test_excess_counts_no_more_than_the_thing_costs_more() -> None:
    rows = [
        (-1, "total", "total", 1000, True),
        (0, "A", "total", 600, True),
        (1, "A", "use_rate", -400, False),
        (1, "A", "quantity", 1000, True),  # 600 of it
        (0, "B", "total", 400, False),  # may be chance
        (4, "B", "quantity", 400, True),
    ]
    assert tree(rows) == [600, 600, 0, 600, 0, 0]


def test_what_costs_less_and_what_no_rule_names_is_not_avoidable() -> None:
    rows = [
        (-1, "total", "total", 0, True),
        (0, "A", "total", -50, True),
        (1, "A", "quantity", -50, True),
        (0, "B", "total", 50, True),
        (3, "B", "price", 50, True),
    ]
    assert tree(rows) == [0] * 5


def test_imports_count_from_the_cases_whatever_the_reference() -> None:
    rows = [(-1, "total", "total", 0, False), (0, "knee", "total", 0, False), (1, "knee", "substitution", 0, False)]
    assert tree(rows, {"knee": 20000.0}) == [2_000_000] * 3


def test_a_share_of_the_whole() -> None:
    assert tree([(-1, "total", "total", 300, False), (0, "stay_mri", "stay", 300, False)]) == [150, 150]


@pytest.mark.parametrize(
    ("effect", "category", "subject", "owner"),
    [("stay", "*", "mri", "imaging"), ("stay", "*", "other", "department"), ("price", "drug", "*", "procurement"),
     ("price", "exam", "*", None)],
)  # fmt: skip
def test_who_can_change_it(effect: str, category: str, subject: str, owner: str | None) -> None:
    assert owner_of(SETTINGS, effect, category, "x", subject) == owner


def test_a_cause_without_a_rule_is_not_avoidable() -> None:
    assert avoidable_of(SETTINGS, "payment", "*", "payment") == ("none", 0.0)
