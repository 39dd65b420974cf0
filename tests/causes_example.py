"""Causes of one DRG written by hand: every level adds up; what is above 0 adds to the loss."""

import pandas as pd

#: view, level, parent, cause, effect, amount, half the interval's width (0 = none), q-value, owner, avoidable.
_ROWS = [
    ("item", 0, "*", "total", "total", 100_000, 30_000, 0.001, None, None),
    ("item", 1, "total", "payment", "payment", 20_000, 15_000, 0.02, "insurance", 0),
    ("item", 1, "total", "cost", "total", 80_000, 20_000, 0.001, None, None),
    ("item", 2, "cost", "mix", "mix", 5_000, 9_000, 0.4, "insurance", 0),
    ("item", 2, "cost", "contrast_and_devices", "total", 50_000, 11_000, 0.001, None, None),
    ("item", 3, "contrast_and_devices", "C1", "total", 30_000, 8_000, 0.001, None, None),
    ("item", 4, "C1", "C1", "quantity", 28_000, 8_000, 0.001, "department", 28_000),
    ("item", 4, "C1", "C1", "price", 2_000, 900, 0.04, "procurement", 1_000),
    ("item", 3, "contrast_and_devices", "C2", "total", 20_000, 9_000, 0.01, None, None),
    ("item", 4, "C2", "C2", "quantity", 20_000, 9_000, 0.01, "department", 9_000),
    ("item", 2, "cost", "drug", "total", -3_000, 4_000, 0.5, None, None),
    ("item", 3, "drug", "D1", "total", -3_000, 4_000, 0.5, None, None),
    ("item", 4, "D1", "D1", "price", -4_000, 3_000, 0.2, "procurement", 0),
    ("item", 4, "D1", "D1", "use_rate", 1_000, 3_000, 0.7, "department", 1_000),
    ("item", 2, "cost", "stay", "total", 25_000, 12_000, 0.03, None, None),
    ("item", 3, "stay", "01D01", "total", 25_000, 12_000, 0.03, None, None),
    ("item", 4, "01D01", "01D01", "quantity", 25_000, 12_000, 0.03, "department", 25_000),
    ("item", 2, "cost", "rest", "rest", 3_000, 0, None, "operations", 0),
    ("driver", 0, "*", "total", "total", 100_000, 30_000, 0.001, None, None),
    ("driver", 1, "total", "payment", "payment", 20_000, 15_000, 0.02, "insurance", 0),
    ("driver", 1, "total", "cost", "total", 80_000, 20_000, 0.001, None, None),
    ("driver", 2, "cost", "mix", "mix", 5_000, 9_000, 0.4, "insurance", 0),
    ("driver", 2, "cost", "complication", "complication", 12_000, 14_000, 0.2, "quality", 12_000),
    ("driver", 2, "cost", "stay_rehabilitation", "stay", 30_000, 10_000, 0.001, "rehabilitation", 30_000),
    ("driver", 2, "cost", "stay_other", "stay", -4_000, 5_000, 0.3, "department", 0),
    ("driver", 2, "cost", "physician", "physician", 8_000, 9_000, 0.3, "department", 8_000),
    ("driver", 2, "cost", "rest", "rest", 29_000, 20_000, 0.1, "operations", 0),
]
_COLUMNS = ["view", "level", "parent", "cause", "effect", "amount_total", "half", "q_value", "owner", "preventable"]


def example_causes(hospital: str, drg: str, cases: int = 40, times: float = 1.0, months: int = 12) -> pd.DataFrame:
    """Rows of the closed table `causes` of one DRG; `times` makes all money larger."""
    rows = pd.DataFrame(_ROWS, columns=_COLUMNS)
    for name in ("amount_total", "half", "preventable"):
        rows[name] = rows[name] * times
    low, high = rows["amount_total"] - rows["half"], rows["amount_total"] + rows["half"]
    return rows.assign(
        hospital_id=hospital,
        drg_code=drg,
        baseline="standard_cost",
        subject="*",
        amount_per_case=(rows["amount_total"] / cases).round(2),
        ci_low=low.where(rows["half"] > 0),
        ci_high=high.where(rows["half"] > 0),
        basis="estimated",
        months=months,
        cases=cases,
        clusters=14,
        reliability=None,
        rank=1,
    ).drop(columns="half")
