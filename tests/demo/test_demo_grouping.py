"""The group on a stay follows from its diagnoses and procedures by the rules handed over."""

from collections import defaultdict

import pyarrow.compute as pc

from analysis.demo.generator import DemoHospital
from analysis.engine import Engine


def _grouped(hospital: DemoHospital) -> dict[str, tuple[str | None, int]]:
    """A plain grouper: ADRGs by rank, rules of both kinds must both fit; then the level of the secondary codes."""
    tables = hospital.tables
    rules: dict[tuple[int, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for rule in tables["drg_rules"].to_pylist():
        if rule["year"] == 2023:
            rules[rule["rank"], rule["adrg"]][rule["kind"]].append(rule["code"])
    levels = {c["code"]: c for c in tables["complication_codes"].to_pylist() if c["year"] == 2023}
    endings = defaultdict(set)
    for code in tables["payment_standards"]["drg_code"].unique().to_pylist():
        endings[code[:3]].add(code[3])
    diagnoses, procedures = defaultdict(list), defaultdict(list)
    for row in sorted(tables["diagnoses"].to_pylist(), key=lambda r: r["position"]):
        diagnoses[row["stay_id"]].append(row["code"])
    for row in tables["procedures"].to_pylist():
        procedures[row["stay_id"]].append(row["code"])
    found = {}
    for stay, (principal, *others) in diagnoses.items():
        level = max((_level(levels.get(code), principal) for code in others), default=0)
        adrg = next((a for (_, a), rule in sorted(rules.items()) if _fits(rule, principal, procedures[stay])), None)
        found[stay] = (adrg and adrg + _ending(endings[adrg], level), level)
    return found


def _level(listed: dict | None, principal: str) -> int:
    if listed is None or principal.startswith(tuple((listed["excluded_by"] or "-").split(","))):
        return 0
    return 2 if listed["level"] == "MCC" else 1


def _fits(rule: dict[str, list[str]], principal: str, operations: list[str]) -> bool:
    by_diagnosis = "diagnosis" not in rule or principal.startswith(tuple(rule["diagnosis"]))
    by_operation = "procedure" not in rule or any(o.startswith(tuple(rule["procedure"])) for o in operations)
    return by_diagnosis and by_operation


def _ending(endings: set[str], level: int) -> str:
    if "9" in endings:
        return "9"
    if level == 2 and "1" in endings:
        return "1"
    return "3" if level and "3" in endings else "5"


def test_every_group_comes_out_again(small: DemoHospital):
    again = _grouped(small)
    left = small.tables["stays"].filter(pc.is_valid(small.tables["stays"]["discharged_at"]))
    stays = left.select(["stay_id", "drg_code", "severity"]).to_pylist()
    assert [s for s in stays if again[s["stay_id"]][0] != s["drg_code"]] == []
    assert [s for s in stays if {2: "1", 1: "3", 0: "5"}[again[s["stay_id"]][1]] != s["severity"]] == []


def test_thirty_groups(db: Engine):
    assert db.value("select count(distinct drg_code) from payment_standards") == 30
    assert db.value("select count(*) from payment_standards where payment is not null or severity <> '*'") == 0
    assert db.value("select count(*) from stays anti join payment_standards using (drg_code) where drg_code <> ''") == 0


def test_a_complication_is_coded_as_arisen_in_the_stay(db: Engine):
    wrong = db.value("""
        select count(*) from outcomes where complication
        and stay_id not in (select stay_id from diagnoses where present_on_admission is distinct from true)""")
    assert wrong == 0
