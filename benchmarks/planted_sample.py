"""Cases of the made-up hospital as the engine reads them: frames of a `Sample`."""

import numpy as np
import pandas as pd

from analysis.rootcause.samples import Sample
from benchmarks.planted_drg import ELEMENTS, GROUPS, ORDERED, REASONS, Cases


def physician_code(position: int) -> str:
    """Code of a physician by position."""
    return f"P{position:02d}"


def sample_of(cases: Cases, rng: np.random.Generator, hospital: str, side: str) -> Sample:
    """Cases as the engine reads them, with refunds and unknown physicians, to the fen."""
    n = len(cases.days)
    codes = np.array([physician_code(k) for k in range(cases.physician.max() + 1)])[cases.physician]
    elements = _elements(cases, rng)
    cost = elements.groupby("case")["cost"].sum().reindex(range(n)).to_numpy()
    age_band = pd.cut(cases.age, [0, 44, 59, 74, 200], labels=["0-44", "45-59", "60-74", "75+"]).astype(str)
    stays = np.array([f"{side}{i:05d}" for i in range(n)])
    frame = pd.DataFrame({
        "stay_id": stays, "period": "2023", "patient_id": stays, "hospital_id": hospital, "department": "01",
        "team": "T1", "physician_id": np.where(rng.random(n) < 0.02, "?", codes),
        "severity": cases.severity.astype(str), "age": cases.age, "age_band": age_band, "sex": "F",
        "admission_type": "elective", "variant": np.where(cases.variant == 1, "v1", "v0"),
        "payment": np.round(cases.payment, 2), "cost": cost,
        "length_of_stay": cases.days, "complication": cases.complication.astype(float),
        "infection": cases.infection.astype(float), "died": False, "coding_flag": cases.miscoded, "stratum": "",
    })  # fmt: skip
    case, reason = np.nonzero(cases.waits)
    waits = pd.DataFrame({"case": case, "reason": np.array(REASONS)[reason], "days": cases.waits[case, reason]})
    return Sample(frame, elements, waits)


def _elements(cases: Cases, rng: np.random.Generator) -> pd.DataFrame:
    group_of = {element: code for code, group in GROUPS.items() for element in group.members}
    case, j = np.nonzero(cases.quantity)
    names = np.array(ELEMENTS)[j]
    quantity, cost = np.round(cases.quantity[case, j], 4), np.round(cases.element_cost[case, j], 2)
    rows = pd.DataFrame({"case": case, "element": names, "quantity": quantity, "cost": cost})
    # one line in a hundred of what is ordered was booked twice and taken back
    twice = rows[rows["element"].map(group_of).isin(ORDERED) & (rng.random(len(rows)) < 0.01)]
    back = twice.assign(quantity=-twice["quantity"], cost=-twice["cost"])
    money = np.round(cases.rest, 2)
    rest = pd.DataFrame({"case": np.arange(len(money)), "element": "rest", "quantity": 1.0, "cost": money})
    rows = pd.concat([rows, twice, back, rest], ignore_index=True)
    rows["group"] = rows["element"].map(group_of).fillna("rest")
    rows["category"] = rows["group"].map({code: group.category for code, group in GROUPS.items()}).fillna("rest")
    return rows[["case", "element", "group", "category", "quantity", "cost"]]
