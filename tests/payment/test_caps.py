"""A payment standard parted into caps: the brief's worked example, the default from history, and what is refused."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.payment.caps import CATEGORIES, Cap, Caps, caps_of_period, part_standard

FILE = Path("parameters/caps/hand.yaml")
APPENDICITIS = {"drug": 2000, "consumable": 3000, "service": 2500, "other": 500}


def case(stay: str, drg: str, standard: float, **charges: float) -> dict[str, object]:
    parts = {f"charge_{category}": charges.get(category, 0.0) for category in CATEGORIES}
    money = parts | {"charge_total": sum(parts.values()), "standard": standard}
    text = {"stay_id": stay, "hospital_id": "H", "drg_code": drg, "outlier": "normal"}
    return text | {name: Decimal(str(value)) for name, value in money.items()}


def caps_of(caps: dict[str, Cap], cases: list[dict], past: list[dict]) -> dict[str, dict[str, float]]:
    with Engine() as engine:
        engine.put("cases", pd.DataFrame(cases))
        engine.put("past_cases", pd.DataFrame(past or cases).iloc[: len(past)])
        caps_of_period(engine, Caps(name="hand", source="by hand", drgs=caps), FILE)
        rows = engine.frame("select * from caps order by all")
    made: dict[str, dict[str, float]] = {}
    for row in rows.dropna(subset="cap").itertuples():
        made.setdefault(row.drg_code, {})[row.category] = float(row.cap)
    return made


def test_acute_appendicitis_as_the_brief_has_it():
    """8,000 = drugs 2,000 + consumables 3,000 + services, examinations among them, 2,500 + other 500."""
    for cap in (
        Cap(amounts=APPENDICITIS, counted_in={"exam": "service"}),
        Cap(shares={name: amount / 8000 for name, amount in APPENDICITIS.items()}, counted_in={"exam": "service"}),
    ):
        assert caps_of({"G": cap}, [case("a", "G", 8000, drug=1)], [])["G"] == APPENDICITIS


def test_what_amounts_leave_goes_to_the_categories_not_named():
    """8,400 - 7,500 = 900 left for examinations and other, whose history is 2 : 1; without a history all to other."""
    cap = Cap(amounts={"drug": 2000, "consumable": 3000, "service": 2500})
    past = {"drug": 0.7, "exam": 0.2, "other": 0.1}
    assert part_standard(Decimal(8400), cap, past) == APPENDICITIS | {"exam": 600, "other": 300}
    assert part_standard(Decimal(8400), cap, {}) == APPENDICITIS | {"exam": 0, "other": 900}
    assert part_standard(Decimal(8400), Cap(amounts=APPENDICITIS | {"exam": 0}), past)["other"] == 900


def test_by_default_the_charges_of_normal_cases_within_their_standard():
    """Ten cases of drug 300 and service 500 within 1,000 (3 : 5); those above it, outliers and nine cases do not count.

    The mean standard of the month is (1,000 + 1,100.01) / 2 = 1,050.005, to the fen 1,050.01 (half away from zero):
    3/8 = 393.75375, 5/8 = 656.25625; the fen left over goes to the larger remainder.
    """
    past = [case(f"p{i}", "G", 1000, drug=300, service=500) for i in range(10)]
    past += [case("over", "G", 1000, drug=2000)]
    past += [case("low", "G", 1000, consumable=100) | {"outlier": "low"}]
    past += [case(f"few{i}", "F", 1000, drug=300) for i in range(9)]
    now = [case("a", "G", 1000, drug=1), case("b", "G", 1100.01, drug=1), case("c", "F", 1000, drug=1)]
    made = caps_of({}, now, past)
    assert made == {"G": {"drug": 393.75, "consumable": 0, "exam": 0, "service": 656.26, "other": 0}}


@pytest.mark.parametrize(
    ("cap", "told"),
    [
        (Cap(shares={"drug": 0.5, "service": 0.3}), "shares sum to 0.8"),
        (Cap(shares={"drug": 1}, amounts={"service": 1}), "both shares and amounts"),
        (Cap(amounts={"drug": 8000.01}), "amounts exceed the payment standard"),
        (Cap(shares={"drug": 0.5, "exam": 0.5}, counted_in={"exam": "drug"}), "exam has a cap and is counted in"),
        (Cap(shares={"drug": 1}, counted_in={"exam": "service"}), "counted in service, which has no cap"),
    ],
)
def test_what_cannot_be_a_cap_is_told_with_file_drg_and_mend(cap: Cap, told: str):
    with pytest.raises(InputError, match=told) as caught:
        caps_of({"GD29": cap}, [case("a", "GD29", 8000, drug=1)], [])
    assert "GD29" in str(caught.value) and str(FILE) in str(caught.value) and caught.value.mend


@given(
    st.integers(1, 10**9),
    st.dictionaries(st.sampled_from(CATEGORIES), st.floats(0, 1), max_size=5),
    st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 10**6), max_size=5),
)
def test_caps_sum_to_the_standard_to_the_fen(fen: int, history: dict[str, float], weights: dict[str, int]):
    standard, whole = Decimal(fen) / 100, sum(weights.values())
    rules = [None]
    if whole:
        rules.append(Cap(shares={name: weight / whole for name, weight in weights.items()}))
        rules.append(Cap(amounts={n: Decimal(int(fen * 0.9 * w / whole)) / 100 for n, w in weights.items()}))
    for rule in rules:
        parts = part_standard(standard, rule, history)
        assert not parts or sum(parts.values()) == standard
        assert all(part >= 0 for part in parts.values())
        assert parts or (rule is None and not any(history.values()))
