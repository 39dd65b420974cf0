"""Closed months made up for statistics: cases with their items, in an engine as closing lays them out."""

import numpy as np
import pandas as pd

from analysis.engine import Engine
from analysis.periods import Period, parse_range


def months(first: str, last: str) -> list[Period]:
    return parse_range(f"{first}..{last}")


def drawn_cases(
    seed: int, periods: list[Period], department: str, drg: str, number: int, charge: float
) -> pd.DataFrame:
    """Cases of one department and DRG: lognormal charges, a drug share of 35 % on the average, three physicians."""
    random = np.random.default_rng([seed, *map(ord, department + drg)])
    size = number * len(periods)
    total = charge * random.lognormal(0, 0.4, size)
    share = random.beta(7, 13, size)
    return pd.DataFrame({
        "stay_id": [f"{department}{drg}{i:06d}" for i in range(size)],
        "hospital_id": "H1",
        "department": department,
        "physician_id": [f"P{department}{i % 3}" for i in range(size)],
        "drg_code": drg,
        "charge_total": total,
        "charge_drug": total * share,
        "charge_consumable": total * (1 - share) * 0.4,
        "charge_exam": total * (1 - share) * 0.3,
        "charge_service": total * (1 - share) * 0.3,
        "charge_other": 0.0,
        "period": np.repeat([period.name for period in periods], number),
    })  # fmt: skip


def add_drug(cases: pd.DataFrame, period: str, department: str, physicians: set[str], part: float) -> pd.DataFrame:
    """These physicians' cases of the month get a new drug NEW worth `part` of all else they were charged."""
    hit = cases["period"].eq(period) & cases["department"].eq(department) & cases["physician_id"].isin(physicians)
    new = cases["charge_total"].where(hit, 0.0) * part
    return cases.assign(new=new, charge_drug=cases["charge_drug"] + new, charge_total=cases["charge_total"] + new)


def engine_of(cases: pd.DataFrame, findings: pd.DataFrame | None = None) -> Engine:
    """Tables as closing gives them to the statistics: old drug OLD at 10 a piece, consumable C, service S, drug NEW."""
    engine = Engine()
    new = cases.get("new", pd.Series(0.0, index=cases.index))
    parts = [
        ("OLD", cases["charge_drug"] - new, 10.0),
        ("NEW", new, 100.0),
        ("C", cases["charge_consumable"], 50.0),
        ("S", cases["charge_exam"] + cases["charge_service"], 20.0),
    ]
    items = [
        cases[["stay_id", "physician_id", "period"]].assign(item_code=code, amount=amount, quantity=amount / price)
        for code, amount, price in parts
    ]
    lines = pd.concat(items)
    engine.put("past_items", lines[lines["amount"] > 0])
    engine.put("case_items", lines.head(0))
    engine.put(
        "items",
        pd.DataFrame({"item_code": ["OLD", "NEW", "C", "S"], "kind": ["drug", "drug", "consumable", "treatment"]}),
    )
    engine.put("case_history", cases)
    none = pd.DataFrame({"stay_id": pd.Series(dtype="str"), "outcome": pd.Series(dtype="str")})
    engine.put("finding_history", none if findings is None else findings)
    return engine
