"""Budgets, items, standard costs and caps of the small hospital of closed_factory, made from its cases."""

import numpy as np
import pandas as pd

ITEM_NAMES = {
    "D1": ("阿司匹林", "Aspirin"),
    **{f"C{i}": (f"耗材{i}", f"Consumable {i}") for i in range(1, 26)},
    "X1": ("<b>罕用支架</b>", "<b>Rare stent</b>"),
}
CATEGORIES = {"drug": 0.3, "consumable": 0.26, "exam": 0.2, "service": 0.2, "other": 0.04}


def money_tables(hospital: str, cases: pd.DataFrame, costs: pd.DataFrame, month: int) -> dict[str, pd.DataFrame]:
    """Closed tables item_totals, case_items, budget_use, standard_costs and drg_categories of one month."""
    grouped = cases.dropna(subset=["drg_code"])
    means = grouped.groupby("drg_code")[
        [name for name in cases if name.startswith("cost_") and name[5:] in _ITEMS]
    ].mean()
    standards = means.mul(0.97).rename_axis(columns="cost_item").stack().rename("amount").reset_index()
    items = _case_items(cases, month)
    return {
        "case_items": items.drop(columns=["department", "kind"]),
        "item_totals": items.groupby(["department", "item_code", "kind"], as_index=False)[
            ["quantity", "amount", "cost"]
        ]
        .sum()
        .assign(hospital_id=hospital),
        "budget_use": _budgets(hospital, costs),
        "standard_costs": standards.assign(
            hospital_id=hospital, basis="history", cases=20, cost_item=standards["cost_item"].str.removeprefix("cost_")
        ),
        "drg_categories": _caps(hospital, grouped),
    }


_ITEMS = {"personnel", "materials", "drugs", "depreciation", "amortisation", "risk_fund", "other"}


def _case_items(cases: pd.DataFrame, month: int) -> pd.DataFrame:
    """Every stay has the drug; the consumable Ci every i-th, dearer each month; the rare stent one stay a quarter."""
    parts = []
    for code in ITEM_NAMES:
        step = 1 if code == "D1" else len(cases) * 2 if code == "X1" else int(code[1:])
        if code == "X1" and month % 3:
            continue
        stays = cases.iloc[::step]
        price = 20.0 if code == "D1" else 5000.0 if code == "X1" else 30.0 * step * (1 + 0.01 * month)
        quantity = 2.0 + np.arange(len(stays)) % 3
        parts.append(
            pd.DataFrame(
                {
                    "stay_id": stays["stay_id"].to_numpy(),
                    "item_code": code,
                    "kind": "drug" if code == "D1" else "consumable",
                    "cost_centre": "01" + stays["department"].to_numpy(),
                    "department": stays["department"].to_numpy(),
                    "physician_id": "DOC1",
                    "quantity": quantity,
                    "amount": quantity * price,
                    "cost": quantity * price,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _budgets(hospital: str, costs: pd.DataFrame) -> pd.DataFrame:
    actual = costs.groupby("cost_item", as_index=False)["full_cost"].sum().rename(columns={"full_cost": "actual"})
    return actual.assign(hospital_id=hospital, scope="hospital", subject=hospital, budget=actual["actual"] * 0.98)


def _caps(hospital: str, grouped: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "hospital_id": hospital,
            "drg_code": drg,
            "category": category,
            "charge": part[f"charge_{category}"].sum(),
            "cap": part["standard"].mean() * share,
            "over_cap": int((part[f"charge_{category}"] > part["standard"] * share).sum()),
        }
        for drg, part in grouped.groupby("drg_code")
        for category, share in CATEGORIES.items()
    ]
    return pd.DataFrame(rows)
