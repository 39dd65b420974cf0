"""Closed periods for tests: fourteen months of a small hospital, or one year of bare discharges, written in a second.

Figures are plausible and seeded; department codes and names carry what must stay text (`=HYPERLINK`, `<script>`).
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from causes_example import example_causes
from closed_money import ITEM_NAMES, money_tables

from analysis.closed_period import write_period
from analysis.contract import Table, period_tables, schemas_id
from analysis.periods import Period, parse_range
from analysis.vocabulary import codes, vocabulary

HOSPITAL = "H1"
DEPARTMENTS = {
    "D01": ("心内科", "Cardiology"),
    "D02": ("骨科", "Orthopaedics"),
    "D03": ('=HYPERLINK("http://evil.example","神经内科")', "=HYPERLINK neurology"),
    "D04": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
}
DRGS = {
    "FR21": ("急性心肌梗死伴 MCC", "Myocardial infarction with MCC", 2.4),
    "FM19": ("经皮冠状动脉支架植入", "Coronary stent", 3.1),
    "IC29": ("膝关节置换", "Knee replacement", 3.6),
    "IF15": ("下肢骨折手术", "Fracture of the leg", 1.8),
    "BR23": ("脑缺血性疾患伴 CC", "Cerebral ischaemia with CC", 1.1),
    "BR25": ("脑缺血性疾患", "Cerebral ischaemia", 0.9),
    "GD25": ("阑尾切除术", "Appendectomy", 1.0),
    "HC35": ("胆囊切除术", "Cholecystectomy", 1.3),
}
RATE = 10000
ITEMS = codes("cost_item")
SHARES = dict(zip(ITEMS, (0.36, 0.24, 0.24, 0.08, 0.01, 0.01, 0.06), strict=True))


@dataclass(frozen=True)
class Small:
    """Where a small hospital was written: data folder, outputs root and the last period."""

    data: Path
    outputs: Path
    period: str


def write_small_hospital(root: Path, first: str = "2022-05", last: str = "2023-06", seed: int = 7) -> Small:
    """Fourteen closed months with ledger, charges, denials, fund and quality."""
    random = np.random.default_rng(seed)
    for i, period in enumerate(parse_range(f"{first}..{last}")):
        cases = _cases(random, period, 150)
        tables = _full_tables(random, cases, i)
        write_period(root / "outputs" / "small", period, shaped(tables), card_of(period, "small", "CNY", "zh"))
    return Small(root / "data" / "small", root / "outputs", last)


def write_bare_alliance(root: Path, hospitals: int = 3) -> Small:
    """One closed year of several hospitals that bring discharges and costs only; the standard is the peer mean."""
    random = np.random.default_rng(11)
    period = Period("2020")
    cases = pd.concat([_bare_cases(random, f"{100 + h}", period) for h in range(hospitals)], ignore_index=True)
    names = [
        {"hospital_id": h, "kind": "hospital", "code": h, "name": f"Hospital {h}"}
        for h in sorted(set(cases.hospital_id))
    ]
    names += [{"hospital_id": "*", "kind": "drg", "code": c, "name": n[1]} for c, n in DRGS.items()]
    tables = {
        "cases": cases,
        "drgs": _drgs(cases),
        "names": pd.DataFrame(names),
        "standards": _standards(sorted(set(cases.hospital_id)), "peer_mean"),
        "indicators": _indicators(cases, {}),
        "left_out": pd.DataFrame(
            {"what": ["cost of departments and cases", "fund balance"], "missing": ["ledger", "fund"]}
        ),
        "reconciliation": _checks(sorted(set(cases.hospital_id)), ["cases_drgs"]),
    }
    note = {
        "zh": "支付标准为同行均值，并非实际支付额。",
        "en": "The payment standard is the mean of peers, not what anybody paid.",
    }
    card = card_of(period, "bare", "USD", "en") | {
        "settings": {"note": note},
        "pack": {"name": "p", "basis": "peer_mean"},
    }
    write_period(root / "outputs" / "bare", period, shaped(tables), card)
    return Small(root / "data" / "bare", root / "outputs", "2020")


def card_of(period: Period, name: str, currency: str, language: str) -> dict:
    hospital = {
        "name": "示例医院",
        "name_en": "Example hospital",
        "language": language,
        "currency": currency,
        "closing": name,
    }
    return {
        "run_id": f"run-{period.name}",
        "period": period.name,
        "hospital": hospital,
        "settings": {"note": {}},
        "scheme": {},
        "pack": {"name": "pack", "source": "test", "basis": "weight_rate", "assumptions": ["test"]},
        "provisional": not period.is_year,
        "inputs": {"stays": "0123456789abcdef"},
        "open_checks": 0,
        "rows": {},
        "schemas": schemas_id(),
    }


def _cases(random: np.random.Generator, period: Period, n: int) -> pd.DataFrame:
    drg = random.choice(list(DRGS), n, p=[0.14, 0.16, 0.14, 0.12, 0.16, 0.14, 0.12, 0.02])
    home = {"FR": "D01", "FM": "D01", "IC": "D02", "IF": "D02", "BR": "D03", "GD": "D04", "HC": "D04"}
    weight = np.array([DRGS[code][2] for code in drg])
    payment = np.round(weight * RATE, 2)
    spread = random.lognormal(0, 0.22, n) * np.where(drg == "FM19", 1.14, 0.94)
    charge, cost = np.round(payment * spread * 1.02, 2), np.round(payment * spread, 2)
    day = random.integers(0, 28, n)
    stay = random.poisson(7, n) + 1
    left = np.array([np.datetime64(period.start, "us") + np.timedelta64(int(d), "D") for d in day])
    frame = pd.DataFrame(
        {
            "stay_id": [f"{period.name}-{i:05d}" for i in range(n)],
            "patient_id": [f"P{random.integers(0, 3000):05d}" for _ in range(n)],
            "hospital_id": HOSPITAL,
            "department": [home[code[:2]] for code in drg],
            "physician_id": "DOC1",
            "drg_code": drg,
            "drg_status": "provisional",
            "severity": "*",
            "payer": random.choice(["employee", "resident"], n),
            "disposition": "home",
            "admission_type": "elective",
            "admitted_at": left - stay.astype("timedelta64[D]"),
            "discharged_at": left,
            "length_of_stay": stay,
            "charge_total": charge,
            "charge_drug": charge * 0.3,
            "charge_consumable": charge * 0.26,
            "charge_exam": charge * 0.2,
            "charge_service": charge * 0.2,
            "charge_other": charge * 0.04,
            "cost_total": cost,
            "cost_complete": True,
            "weight": weight,
            "standard": payment,
            "payment": payment,
            "outlier": "normal",
            "claimed": payment * 0.7,
            "fund_paid": payment * 0.7,
            "self_paid": charge * 0.3,
            "denied": 0.0,
            "margin_payment": payment - charge,
            "margin_cost": payment - cost,
            "died": random.random(n) < 0.004,
            "complication": random.random(n) < 0.06,
            "satisfaction": np.round(random.normal(90, 4, n), 1),
            "readmitted_30d": None,
        }
    )
    for item in ITEMS:
        frame[f"cost_{item}"] = cost * SHARES[item]
    frame.loc[: n // 50, ["drg_code", "weight", "standard", "payment", "margin_cost", "margin_payment"]] = None
    frame.loc[: n // 50, "outlier"] = "ungrouped"
    frame.loc[n // 50 + 1 : n // 25, "outlier"] = "high"
    return frame


def _bare_cases(random: np.random.Generator, hospital: str, period: Period) -> pd.DataFrame:
    cases = _cases(random, Period(f"{period.name}-01"), 120)
    empty = [name for name in cases if name.startswith(("charge_d", "charge_c", "charge_e", "charge_s", "charge_o"))]
    empty += [f"cost_{item}" for item in ITEMS]
    empty += [
        "patient_id",
        "department",
        "physician_id",
        "payer",
        "claimed",
        "fund_paid",
        "self_paid",
        "denied",
        "admitted_at",
    ]
    empty += ["margin_payment", "complication", "satisfaction"]
    cases[empty] = None
    return cases.assign(hospital_id=hospital, stay_id=hospital + cases["stay_id"], discharged_at=period.start)


def _full_tables(random: np.random.Generator, cases: pd.DataFrame, month: int) -> dict[str, pd.DataFrame]:
    costs = _centre_costs(cases)
    denied = _denied(random, cases)
    names = [
        {
            "hospital_id": HOSPITAL,
            "kind": "hospital",
            "code": HOSPITAL,
            "name": "示例医院",
            "name_en": "Example hospital",
        }
    ]
    names += [_name(HOSPITAL, "department", code, *name) for code, name in DEPARTMENTS.items()]
    names += [_name("*", "drg", code, *name[:2]) for code, name in DRGS.items()]
    names += [_name("*", "item", code, *name) for code, name in ITEM_NAMES.items()]
    quota = float(cases["claimed"].sum())
    extra = {
        "fund_income": (quota, None),
        "fund_expenditure": (quota * (1.05 - month * 0.008), None),
        "fund_balance_rate": (quota * (month * 0.008 - 0.05), quota),
        "claimed": (quota, None),
        "payable": (quota * 0.97, None),
        "paid": (quota * 0.9, None),
        "denied_settlement": (quota * 0.01, None),
        "awaiting": (quota * 0.06, None),
        "denied_amount": (float(denied["amount"].sum()), None),
        "denial_rate": (float(denied["amount"].sum()), quota),
        "materials_per_100": (
            float(costs.loc[costs.cost_item == "materials", "full_cost"].sum()),
            float(cases.charge_total.sum()),
        ),
    }
    money = money_tables(HOSPITAL, cases, costs, month)
    standard = money["standard_costs"].groupby("drg_code")["amount"].sum().rename("standard_cost")
    return money | {
        "cases": cases,
        "drgs": _drgs(cases).merge(standard, on="drg_code"),
        "departments": _departments(cases, costs),
        "centre_costs": costs,
        "denied": denied,
        "findings": _findings(cases),
        "names": pd.DataFrame(names),
        "standards": _standards([HOSPITAL], "weight_rate"),
        "indicators": _indicators(cases, extra),
        "patient_days": cases[
            ["stay_id", "patient_id", "hospital_id", "department", "admitted_at", "discharged_at"]
        ].assign(cost_centre="01" + cases["department"], planned=False, days=cases["length_of_stay"]),
        "case_costs": _case_costs(cases),
        "causes": example_causes(HOSPITAL, "FM19"),
        "left_out": pd.DataFrame({"what": ["surveys"], "missing": ["surveys"]}),
        "reconciliation": _checks([HOSPITAL], ["ledger_clinical", "inpatient_cases", "cases_drgs", "paid_parts"]),
    }


def _name(hospital: str, kind: str, code: str, zh: str, en: str) -> dict[str, str]:
    return {"hospital_id": hospital, "kind": kind, "code": code, "name": zh, "name_en": en}


def _centre_costs(cases: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for department, part in cases.groupby("department"):
        for item in ITEMS:
            full = float(part[f"cost_{item}"].sum())
            parts = {"direct": 0.7, "from_administration": 0.08, "from_auxiliary": 0.07, "from_technology": 0.15}
            rows.append(
                {
                    "hospital_id": HOSPITAL,
                    "cost_centre": "01" + department,
                    "department": department,
                    "setting": "inpatient",
                    "cost_item": item,
                    "full_cost": full,
                    **{name: full * share for name, share in parts.items()},
                }
            )
    return pd.DataFrame(rows)


def _departments(cases: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    by = cases.groupby("department")
    frame = costs.groupby("department")[
        ["direct", "from_administration", "from_auxiliary", "from_technology", "full_cost"]
    ].sum()
    frame = frame.assign(
        cases=by.size(),
        weight=by["weight"].sum(),
        payment=by["payment"].sum(),
        case_charge=by["charge_total"].sum(),
        case_cost=by["cost_total"].sum(),
        margin=by["margin_cost"].sum(),
        margin_payment=by["margin_payment"].sum(),
        bed_days=by["length_of_stay"].sum(),
        revenue=by["charge_total"].sum(),
    )
    return frame.reset_index().assign(hospital_id=HOSPITAL, setting="inpatient", **{"class": "clinical"})


def _denied(random: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    some = cases.sample(12, random_state=int(random.integers(1e6)))
    return pd.DataFrame(
        {
            "denial_id": "N" + some["stay_id"],
            "hospital_id": HOSPITAL,
            "stay_id": some["stay_id"],
            "department": some["department"],
            "drg_code": some["drg_code"],
            "denied_on": some["discharged_at"].dt.date,
            "amount": random.integers(200, 3000, 12) * 1.0,
            "reason": random.choice(["over_testing", "off_label", "coding"], 12),
        }
    )


def _findings(cases: pd.DataFrame) -> pd.DataFrame:
    """Twenty a month; drawn by a generator of its own, so that every other figure stays as it was."""
    own = np.random.default_rng(int(cases["stay_id"].iloc[0][:7].replace("-", "")))
    some = cases.sample(20, random_state=int(own.integers(1e6)))
    kind = own.integers(0, 3, 20)
    return pd.DataFrame(
        {
            "finding_id": [hashlib.sha256(stay.encode()).hexdigest()[:16] for stay in some["stay_id"]],
            "rule_id": np.array(["A3.enzyme_panel", "A6.duplicate", "A4.danhong"])[kind],
            "rule_version": "1",
            "stage": "after",
            "result": np.array(["violation", "violation", "suspicious"])[kind],
            "nature": np.array(["not_compliant", "fraud", "unreasonable"])[kind],
            "outcome": np.where(own.random(20) < 0.9, "hit", "lacking_evidence"),
            "hospital_id": HOSPITAL,
            "stay_id": some["stay_id"],
            "patient_id": some["patient_id"],
            "department": some["department"],
            "physician_id": some["physician_id"],
            "service_date": some["discharged_at"].dt.date,
            "amount_at_risk": own.integers(20, 900, 20) * 1.0,
            "explanation_zh": "<script>alert(2)</script>",
            "explanation_en": "=HYPERLINK twice",
        }
    )


def _drgs(cases: pd.DataFrame) -> pd.DataFrame:
    by = cases.dropna(subset=["drg_code"]).groupby(["hospital_id", "drg_code"])
    frame = pd.DataFrame(
        {
            "cases": by.size(),
            "bed_days": by["length_of_stay"].sum(),
            "weight": by["weight"].mean(),
            "weight_total": by["weight"].sum(),
            "charge_total": by["charge_total"].sum(),
            "payment_total": by["payment"].sum(),
            "cost_total": by["cost_total"].sum(),
            "cost_cases": by.size(),
            "margin_cost_total": by["margin_cost"].sum(),
            "cost_per_case": by["cost_total"].mean(),
        }
    )
    return frame.reset_index()


def _standards(hospitals: list[str], basis: str) -> pd.DataFrame:
    rows = [
        {
            "hospital_id": h,
            "drg_code": code,
            "severity": "*",
            "weight": w,
            "standard": w * RATE,
            "basis": basis,
            "benchmark_charge": w * RATE * 1.03,
            "benchmark_cost": w * RATE * 0.97,
            "benchmark_days": 8.0,
            "low_risk": w < 1.05,
        }
        for h in hospitals
        for code, (_, _, w) in DRGS.items()
    ]
    return pd.DataFrame(rows)


def _case_costs(cases: pd.DataFrame) -> pd.DataFrame:
    """Top-down as the cases have it; bottom-up a tenth lower, so that the two disagree where a loss is small."""
    parts = []
    for method, factor in (("top_down", 1.0), ("bottom_up", 0.9)):
        for item in ITEMS:
            parts.append(
                pd.DataFrame(
                    {
                        "stay_id": cases["stay_id"],
                        "cost_centre": "01" + cases["department"],
                        "method": method,
                        "cost_item": item,
                        "amount": cases[f"cost_{item}"] * factor,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _checks(hospitals: list[str], checks: list[str]) -> pd.DataFrame:
    rows = [
        {
            "hospital_id": h,
            "check": check,
            "part": part,
            "expected": 1000.0,
            "found": 1000.0,
            "difference": 0.0,
            "must_tie": True,
            "passed": True,
        }
        for h in hospitals
        for check in checks
        for part in ("personnel", "drugs")
    ]
    rows += [
        {
            "hospital_id": h,
            "check": "late_charges",
            "part": "total",
            "expected": 0.0,
            "found": 12.5,
            "difference": 12.5,
            "must_tie": False,
            "passed": True,
        }
        for h in hospitals
    ]
    return pd.DataFrame(rows)


_TARGETS = {
    "drug_share": 0.4,
    "consumable_share": 0.25,
    "mean_stay": 7.5,
    "denial_rate": 0.01,
    "fund_balance_rate": 0.0,
    "charge_per_case": 21000,
    "satisfaction": 90,
    "cmi": 1.9,
    "complication_rate": 0.05,
}


def _indicators(cases: pd.DataFrame, extra: dict[str, tuple[float, float | None]]) -> pd.DataFrame:
    rows = []
    for hospital, all_cases in cases.groupby("hospital_id"):
        subjects = [("hospital", hospital, all_cases)]
        subjects += [
            ("department", d, part) for d, part in all_cases.dropna(subset=["department"]).groupby("department")
        ]
        for scope, subject, part in subjects:
            values = _of_cases(part) | (extra if scope == "hospital" else {})
            for name, (above, below) in values.items():
                if below == 0 or above is None:
                    continue
                scale = vocabulary().indicators[name].scale
                rows.append(
                    {
                        "hospital_id": hospital,
                        "scope": scope,
                        "subject": subject,
                        "indicator": name,
                        "numerator": above,
                        "denominator": below,
                        "value": above if below is None else above * scale / below,
                        "target": _TARGETS.get(name) if scope == "hospital" and extra else None,
                    }
                )
    return pd.DataFrame(rows)


def _of_cases(part: pd.DataFrame) -> dict[str, tuple[float, float | None]]:
    n, weight, charge = float(len(part)), float(part["weight"].sum()), float(part["charge_total"].sum())
    grouped = float(part["drg_code"].notna().sum())
    cost, graded = float(part["cost_total"].sum()), part[part["weight"].notna()]
    known = part.dropna(subset=["self_paid"])
    values: dict[str, tuple[float, float | None]] = {
        "discharges": (n, None),
        "total_weight": (weight, None),
        "cmi": (weight, grouped),
        "charge_per_case": (charge, n),
        "cost_per_case": (cost, n),
        "cost_per_weight": (float(graded["cost_total"].sum()), weight),
        "mean_stay": (float(part["length_of_stay"].sum()), n),
        "margin_cost": (float(part["margin_cost"].sum()), None),
        "payment_total": (float(part["payment"].sum()), None),
        "cost_total": (cost, None),
        "grouping_rate": (grouped, n),
        "high_outlier_rate": (float((part["outlier"] == "high").sum()), grouped),
        "low_outlier_rate": (0.0, grouped),
        "mortality": (float(part["died"].sum()), n),
        "low_risk_mortality": (0.0, n),
    }
    if len(known):
        values |= {
            "drug_share": (float(part["charge_drug"].sum()), charge),
            "self_paid_per_case": (float(part["self_paid"].sum()), n),
            "consumable_share": (float(part["charge_consumable"].sum()), charge),
            "complication_rate": (float(part["complication"].sum()), n),
            "satisfaction": (float(part["satisfaction"].sum()), n),
            "margin_payment": (float(part["margin_payment"].sum()), None),
        }
    return values


def shaped(tables: dict[str, pd.DataFrame]) -> dict[str, pa.Table]:
    return {name: _arrow(tables.get(name), table) for name, table in period_tables().items()}


def _arrow(frame: pd.DataFrame | None, table: Table) -> pa.Table:
    if frame is None:
        return table.arrow_schema().empty_table()
    arrays = []
    for column in table.columns.values():
        values = frame[column.name].tolist() if column.name in frame else [None] * len(frame)
        values = [None if value is None or value != value else value for value in values]
        if column.type in {"money", "quantity", "price"}:
            values = [None if value is None else Decimal(str(round(float(value), 2))) for value in values]
        arrays.append(pa.array(values, type=column.arrow_type))
    return pa.Table.from_arrays(arrays, schema=table.arrow_schema())
