"""Ninety per cent of the payment standard: DRGs by cost and stays in house by charges to date, worked by hand."""

import json

import pandas as pd

from analysis.audit.near_standard import near_standard_alerts
from analysis.engine import Engine

H = {"hospital_id": "H1"}


def _engine(cases: pd.DataFrame, basis: str = "weight_rate") -> Engine:
    engine = Engine()
    engine.put("cases", cases)
    standards = [("AA11", 10000, "*"), ("BB11", 20000, "*"), ("BB11", 24000, "3")]
    rows = [
        {**H, "drg_code": drg, "severity": severity, "standard": amount, "basis": basis}
        for drg, amount, severity in standards
    ]
    engine.put("standards", pd.DataFrame(rows))
    stays = [("i1", "AA11", "*", "D1"), ("i2", "BB11", "3", "D2"), ("i3", "BB11", "1", "D2"), ("i4", None, "*", "D1")]
    engine.put(
        "stays",
        pd.DataFrame([{**H, "stay_id": s, "drg_code": g, "severity": v, "department": d} for s, g, v, d in stays]),
    )
    charged = [
        ("i1", "drug", 5000),
        ("i1", "exam", 4000),
        ("i2", "drug", 21599),
        ("i3", "drug", 18000),
        ("i4", "drug", 90000),
    ]
    progress = [{**H, "stay_id": s, "method": "charge", "category": c, "amount": a} for s, c, a in charged]
    progress += [{**H, "stay_id": "i2", "method": "top_down", "category": "drugs", "amount": 99999}]
    engine.put("work_in_progress", pd.DataFrame(progress))
    engine.put(
        "departments", pd.DataFrame([{**H, "department": "D1", "head": "Li"}, {**H, "department": "D2", "head": None}])
    )
    return engine


def _cases(drg: str, number: int, cost: float | None, charge: float, standard: float, department: str = "D1"):
    row = {**H, "drg_code": drg, "department": department, "standard": standard, "charge_total": charge}
    return pd.DataFrame([row | {"cost_total": cost, "cost_complete": cost is not None}] * number)


def test_drgs_by_cost_and_stays_by_charges_to_date():
    """AA11 costs 9,000 of 10,000; BB11 costs 17,900 of 20,000 (89.5 %) though charged more; i2 lies one yuan below."""
    cases = pd.concat([_cases("AA11", 5, 9000, 1, 10000), _cases("BB11", 9, 17900, 30000, 20000, "D2")])
    alerts = near_standard_alerts(_engine(cases)).set_index(["scope", "subject"])
    assert set(alerts.index) == {("drg", "AA11"), ("stay", "i1"), ("stay", "i3")}
    row = alerts.loc[("drg", "AA11")]
    assert (row["kind"], row["observed"], row["expected"], row["limit"]) == ("cost_near_standard", 9000, 10000, 9000)
    assert json.loads(row["evidence"]) == {
        "measure": "cost", "drg_code": "AA11", "department": "D1", "head": "Li", "cases": 5, "share": 0.9
    }  # fmt: skip
    told = json.loads(alerts.loc[("stay", "i3"), "evidence"])
    assert told == {"measure": "charge", "drg_code": "BB11", "department": "D2", "share": 0.9}, (
        "no head known: none named"
    )


def test_charges_stand_in_where_no_cost_is_closed_and_few_cases_say_nothing():
    cases = pd.concat([_cases("AA11", 5, None, 9500, 10000), _cases("BB11", 4, None, 30000, 20000)])
    alerts = near_standard_alerts(_engine(cases))
    drgs = alerts[alerts["scope"] == "drg"]
    assert drgs["subject"].tolist() == ["AA11"] and json.loads(drgs["evidence"].iloc[0])["measure"] == "charge"


def test_the_mean_of_peers_is_no_standard_to_come_near():
    assert near_standard_alerts(_engine(_cases("AA11", 9, 9900, 9900, 10000), basis="peer_mean")).empty
