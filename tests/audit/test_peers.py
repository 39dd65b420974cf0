"""Peer outliers: who charges, or is found, more than the same DRGs of the others; chance and mix are no outlier."""

import json

import pandas as pd
from audit_history import drawn_cases, engine_of, months

from analysis.audit.peers import judged_units, peer_alerts
from analysis.audit.shifts import baseline_of
from analysis.periods import Period

MONTH = Period("2022-09")
HISTORY = months("2021-01", "2022-09")


def _cases() -> pd.DataFrame:
    """Twelve departments, one of which treats only the dear group."""
    parts = [drawn_cases(1, HISTORY, f"{d:02d}", drg, 12, charge) for d in range(1, 12) for drg, charge in _GROUPS]
    return pd.concat([*parts, drawn_cases(1, HISTORY, "12", "GB19", 12, 26000)], ignore_index=True)


_GROUPS = (("GB19", 26000), ("GD29", 9000))


def test_one_dear_physician_is_found_and_says_by_what():
    cases = _cases()
    dear = cases["physician_id"].eq("P020") & cases["period"].gt("2022-06")
    cases["charge_drug"] += cases["charge_total"].where(dear, 0) * 1.5
    cases["charge_total"] += cases["charge_total"].where(dear, 0) * 1.5
    alerts = peer_alerts(engine_of(cases), baseline_of(MONTH, HISTORY[0]), MONTH)
    found = alerts[alerts["scope"] == "physician"]
    assert found["subject"].tolist() == ["P020"] and set(alerts["kind"]) == {"peer_outlier_charge"}
    row = found.iloc[0]
    assert row["expected"] < row["limit"] < row["observed"]
    told = json.loads(row["evidence"])
    assert max(told["above"], key=told["above"].get) == "drug" and told["above"]["drug"] > 2000


def test_chance_and_dear_groups_are_no_outlier():
    engine = engine_of(_cases())
    baseline = baseline_of(MONTH, HISTORY[0])
    assert peer_alerts(engine, baseline, MONTH).empty
    units = judged_units(engine, baseline, MONTH).set_index(["scope", "subject"])
    assert abs(units.loc[("department", "12"), "z"]) < 2, "its mean charge is far above all others', its groups' is not"


def test_nobody_is_judged_without_a_name_or_a_baseline():
    cases = _cases().assign(physician_id=None)
    units = judged_units(engine_of(cases), baseline_of(MONTH, HISTORY[0]), MONTH)
    assert set(units["scope"]) == {"department"}
    assert peer_alerts(engine_of(cases), [], MONTH).empty


def test_findings_far_above_the_peers_are_told_and_one_finding_is_not():
    """One case in twenty is found; a physician with half of hers stands out, another with one in few does not."""
    cases = _cases()
    hers = cases[(cases["physician_id"] == "P030") & (cases["period"] > "2021-09")]
    stays = [*cases["stay_id"][::20], *hers["stay_id"][::2]]
    findings = pd.DataFrame({"stay_id": sorted(set(stays)), "outcome": "hit"})
    alerts = peer_alerts(engine_of(cases, findings), baseline_of(MONTH, HISTORY[0]), MONTH)
    found = alerts[(alerts["kind"] == "peer_outlier_findings") & (alerts["scope"] == "physician")]
    assert found["subject"].tolist() == ["P030"]
    assert json.loads(found.iloc[0]["evidence"])["eb05"] > 2
    lacking = findings.assign(outcome="lacking_evidence")
    assert peer_alerts(engine_of(cases, lacking), baseline_of(MONTH, HISTORY[0]), MONTH).empty
