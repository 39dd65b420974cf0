"""Standard cost of a DRG by hand: the mean of the year before, or the pathway's quantities at the month's prices."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from analysis.costing.scheme import CostingScheme
from analysis.costing.standard_costs import PathwayCost, StandardCosts, standard_costs
from analysis.engine import Engine
from analysis.errors import InputError

FILE = Path("parameters/standard_costs/hand.yaml")
ITEMS = ("personnel", "materials", "drugs", "depreciation", "amortisation", "risk_fund", "other")
SCHEME = CostingScheme(name="hand", source="by hand", steps=[], bed_items=["materials", "drugs", "depreciation"])
MONEY = pa.decimal128(18, 2)


def past(stay: str, drg: str, outlier: str = "normal", complete: bool = True, **costs: float) -> dict[str, object]:
    money = {f"cost_{item}": Decimal(str(costs.get(item, 0))) for item in ITEMS}
    return {"stay_id": stay, "hospital_id": "H", "drg_code": drg, "outlier": outlier, "cost_complete": complete} | money


def hospital(engine: Engine, cases: list[dict]) -> None:
    """A theatre T (personnel 300, depreciation 100) and a ward W (personnel 500, depreciation 200, materials 90, drugs
    40); ten operations of 36 (material 6), twenty infusions of 11 (material 1) in W; drug 2.50, then 3.00; stent 900;
    patients spent 20 days in W and their own drugs came to 30, their materials to 50."""
    first = [past("none", "-")]
    engine.put("past_cases", pd.DataFrame(cases or first).iloc[: len(cases)])
    engine.put("cost_centres", pd.DataFrame({"hospital_id": "H", "cost_centre": ["T", "W"],
                                             "class": ["technology", "clinical"]}))  # fmt: skip
    pools = [("T", "personnel", 300), ("T", "depreciation", 100), ("W", "personnel", 500), ("W", "depreciation", 200)]
    pools += [("W", "materials", 90), ("W", "drugs", 40)]
    rows = [{"hospital_id": "H", "cost_centre": c, "cost_item": i, "total": Decimal(a), "inpatient": Decimal(a)}
            for c, i, a in pools]  # fmt: skip
    engine.put("service_pools", pd.DataFrame(rows))
    services = [("operation", "T", 10, 6, 36), ("infusion", "W", 20, 1, 11)]
    rows = [{"hospital_id": "H", "item_code": i, "cost_centre": c, "method": "activity", "volume": Decimal(v),
             "material": Decimal(m), "unit_cost": Decimal(u)} for i, c, v, m, u in services]  # fmt: skip
    engine.put("services", pd.DataFrame(rows))
    kinds = {
        "operation": "operation",
        "infusion": "treatment",
        "drug": "drug",
        "stent": "consumable",
        "rare": "imaging",
    }
    engine.put("items", pd.DataFrame({"item_code": list(kinds), "kind": list(kinds.values())}))
    days = [datetime(2023, 1, 1), datetime(2023, 6, 10), datetime(2023, 1, 1)]
    prices = {"item_code": ["drug", "drug", "stent"], "valid_from": days, "purchase_price": [2.5, 3.0, 900.0]}
    engine.put("prices", pd.DataFrame(prices))
    own = {"hospital_id": "H", "cost_centre": "W", "cost_item": ["drugs", "materials"], "amount": [30.0, 50.0]}
    engine.put("own_items", pd.DataFrame(own))
    stays = {"stay_id": ["a", "b"], "hospital_id": "H", "cost_centre": "W", "days": [12, 8]}
    engine.put("patient_days", pd.DataFrame(stays))


def made(cases: list[dict], pathways: dict[str, PathwayCost]) -> tuple[dict[tuple[str, str], dict], list[str]]:
    with Engine() as engine:
        hospital(engine, cases)
        standard_costs(engine, SCHEME, StandardCosts(name="hand", source="", pathways=pathways), FILE)
        rows = engine.frame("select * from standard_costs where amount <> 0 order by drg_code, cost_item")
        gaps = engine.frame("select drg_code || ' ' || missing as gap from standard_gaps order by all")["gap"].tolist()
    parts: dict[tuple[str, str], dict] = {}
    for row in rows.itertuples():
        parts.setdefault((row.drg_code, row.basis), {})[row.cost_item] = float(row.amount)
    return parts, gaps


TEN = [past(f"s{i}", "A", personnel=100, drugs=10 + i) for i in range(10)]


def test_history_is_the_mean_of_ten_normal_complete_cases():
    """Drugs 10 to 19: mean 14.50. The outlier, the incomplete case and the nine cases of B do not count."""
    others = [past("o", "A", outlier="high", drugs=9999), past("i", "A", complete=False, drugs=9999)]
    others += [past(f"b{i}", "B", drugs=1) for i in range(9)]
    assert made(TEN + others, {}) == ({("A", "history"): {"personnel": 100, "drugs": 14.5}}, [])


def test_a_pathway_overrides_the_history():
    """Operation 36: material 6, the rest 30 as the theatre's 300 : 100 -> personnel 22.50, depreciation 7.50.

    Two infusions in the ward: material 2; 20 to personnel, for its beds carry the depreciation. Four doses at the last
    price 3.00 = 12; a stent 900. Three days: depreciation 200 / 20 x 3 = 30; materials (90 - 50 own - 20 of infusions)
    / 20 x 3 = 3; drugs (40 - 30 own) / 20 x 3 = 1.50.
    """
    way = PathwayCost(days=3, items={"operation": 1, "infusion": 2, "drug": 4, "stent": 1})
    by_hand = {"personnel": 42.5, "depreciation": 37.5, "materials": 911.0, "drugs": 13.5}
    for centre in ("", "W"):
        parts, gaps = made(TEN, {"A": way.model_copy(update={"centre": centre})})
        assert parts == {("A", "pathway"): by_hand} and gaps == []


def test_a_pathway_of_which_an_item_has_no_cost_falls_back_and_says_so():
    parts, gaps = made(TEN, {"A": PathwayCost(items={"operation": 1, "rare": 1})})
    assert set(parts) == {("A", "history")} and gaps == ["A rare"]


def test_unknown_items_and_centres_are_told():
    with pytest.raises(InputError, match="2 unknown code") as caught:
        made([], {"A": PathwayCost(items={"nothing": 1}, centre="T", days=1)})
    told = str(caught.value)
    assert "A: item nothing" in told and "A: T is no clinical cost centre" in told and "hand.yaml" in told
