"""A small hospital with a roll-out, written as closed months: fourteen departments, three pilots, truth known."""

from pathlib import Path

import numpy as np
import pandas as pd
from closed_factory import Small, card_of, shaped

from analysis.closed_period import write_period
from analysis.periods import Period, parse_range

DEPARTMENTS = {f"{d:02d}": (f"科室{d}", f"Department {d}") for d in range(1, 15)}
PILOTS = ("01", "02", "03")
DRGS = {"IC29": 4.0, "IC19": 4.2, "AA11": 1.0, "AA21": 1.5}
#: Share of the charge taken away in full; the leak takes a tenth of it.
EFFECT = 0.25


def write_roll_out(root: Path, last: str = "2023-02", seed: int = 3, cases: int = 14) -> Small:
    """Closed months from 2021-01: pilots from 2022-07, everyone from 2023-01, implants cheaper from 2022-04."""
    random = np.random.default_rng(seed)
    for period in parse_range(f"2021-01..{last}"):
        rows, items = _month(random, period, cases)
        names = [{"hospital_id": "H1", "kind": "department", "code": code, "name": zh, "name_en": en}
                 for code, (zh, en) in DEPARTMENTS.items()]  # fmt: skip
        names.append({"hospital_id": "H1", "kind": "hospital", "code": "H1", "name": "医院", "name_en": "Hospital"})
        tables = {"cases": rows, "names": pd.DataFrame(names), "case_items": items}
        write_period(root / "outputs/rolled", period, shaped(tables), card_of(period, "rolled", "CNY", "zh"))
    return Small(root / "data/rolled", root / "outputs", last)


def strength(department: str, period: Period) -> float:
    pilot = department in PILOTS
    if (period >= Period("2022-07") and pilot) or period >= Period("2023-01"):
        return 1.0
    return 0.1 if pilot and period >= Period("2022-03") else 0.0


def _month(random: np.random.Generator, period: Period, cases: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, items = [], []
    for place, department in enumerate(DEPARTMENTS):
        many = 3 if department == "03" else cases
        drgs = random.choice(["AA11", "AA21"], many) if department != "02" else random.choice(list(DRGS), many)
        left = 1 - EFFECT * strength(department, period)
        for case, drg in enumerate(drgs):
            joint = drg.startswith("IC")
            price = (20_000.0 if period < Period("2022-04") else 8_000.0) if joint else 0.0
            care = 8_000 * DRGS[drg] * (1 + 0.01 * place) * random.lognormal(0, 0.25)
            stay = f"{period.name}-{department}-{case:02d}"
            rows.append(_case(random, stay, department, drg, (care + price) * left, price * left, period))
            if joint:
                items.append({"stay_id": stay, "item_code": "C201", "cost_centre": "C", "physician_id": "?",
                              "quantity": left, "amount": price * left, "cost": price * left})  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(items)


def _case(random, stay: str, department: str, drg: str, charge: float, implant: float, period: Period) -> dict:
    drug = (charge - implant) * random.uniform(0.25, 0.35)
    return {
        "stay_id": stay, "patient_id": stay, "hospital_id": "H1", "department": department, "drg_code": drg,
        "drg_status": "provisional", "severity": "*", "charge_total": charge, "charge_drug": drug,
        "charge_consumable": implant + 0.1 * charge, "charge_exam": 0.0, "charge_service": 0.0, "charge_other": 0.0,
        "cost_total": 0.9 * charge, "cost_complete": True, "outlier": "normal", "claimed": charge, "denied": 0.0,
        "length_of_stay": int(random.poisson(7)) + 1, "complication": bool(random.random() < 0.1),
        "readmitted_30d": bool(random.random() < 0.05), "disposition": "home",
        "admitted_at": np.datetime64(period.start, "us"),
        "discharged_at": np.datetime64(period.start, "us") + np.timedelta64(int(random.integers(8, 27)), "D"),
    }  # fmt: skip
