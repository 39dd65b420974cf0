"""A pathway whose numbers are known, simulated by the kernel; its log as the tables that a hospital would hand over.

admission - preparation - operation (theatre) - [leak, treated] - recovery - discharge; one of two implants.
"""

from collections.abc import Collection
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from hand_hospital import Rows, arrow_rows

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.pathways.assembling import assemble
from analysis.pathways.calibration import Calibration, calibrated
from analysis.pathways.contention import requests_of
from analysis.pathways.draws import key_of
from analysis.pathways.edits import edited
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.goodness import logged
from analysis.pathways.library import checked
from analysis.pathways.observed import observed_stays
from analysis.pathways.state import ARRIVED, ASKED, BEGAN, ENDED, LEFT, USED
from analysis.pathways.week import hours_of_week
from analysis.periods import Period

FILE = Path("planted.yaml")
READ = (
    "stays",
    "diagnoses",
    "procedures",
    "outcomes",
    "pathway_records",
    "charges",
    "events",
    "transfers",
    "capacities",
)
#: A Monday: moment 0 of the simulation.
START = datetime(2024, 1, 1)
TRUTH: dict[str, Any] = {
    "id": "planted", "version": "1", "zh": "路径", "en": "planted", "basis": {"zh": "测试", "en": "test"},
    "entry": {"drg": ["AA1"]}, "standard": {"days": 8},
    "steps": {"operation": {"zh": "手术", "en": "Operation", "activity": "surgery", "items": {"S1": 1},
                            "resource": "theatre"}},
    "resources": {"bed": {"units": 200}, "theatre": {"units": 50}},
    "arrivals": {"a_day": 1.0, "by_weekday": [2, 1, 1, 1, 1, 0.5, 0.5]},
    "course": [
        {"hold": "bed"},
        {"spend": "preparation", "time": {"gamma": {"mean": 2.0, "sd": 1.2}}},
        {"choose": "implant", "of": [
            {"way": "metal", "chance": 0.3, "course": [{"use": "metal_implant", "items": {"C1": 1}}]},
            {"way": "ceramic", "chance": 0.7, "course": [{"use": "ceramic_implant", "items": {"C2": 1}}]}]},
        {"do": "operation", "time": {"lognormal": {"mean": 0.12, "sd": 0.04}}},
        {"complicate": "leak", "chance": 0.25, "course": [
            {"spend": "leak_treated", "time": {"gamma": {"mean": 3.0, "sd": 1.5}}},
            {"use": "leak_drugs", "items": {"D1": 4}}]},
        {"use": "drugs", "items": {"D1": 6}},
        {"spend": "recovery", "time": {"weibull": {"shape": 2.0, "mean": 5.0}}},
        {"give": "bed"},
        {"discharge": "home"},
        {"readmit": "return", "chance": 0.1, "after": {"weibull": {"shape": 2, "mean": 9}}, "course": [
            {"hold": "bed"}, {"spend": "back", "time": {"gamma": {"mean": 4, "sd": 2}}}, {"give": "bed"}]},
    ],
}  # fmt: skip
#: What the file says before anything is measured: everything is wrong.
WRONG = {
    "preparation.time": {"gamma": {"mean": 5, "sd": 1}}, "implant.metal.chance": 0.5, "leak.chance": 0.5,
    "operation.time": {"gamma": {"mean": 1, "sd": 1}}, "leak_treated.time": {"gamma": {"mean": 9, "sd": 1}},
    "recovery.time": {"gamma": {"mean": 1, "sd": 1}}, "return.chance": 0.5, "drugs.items.D1": 1, "arrivals.a_day": 9,
}  # fmt: skip


def hospital(seed: int, patients: int, truth: dict[str, Any] | None = None) -> tuple[Rows, float]:
    """Tables of about so many patients, and the days in which they came. Quantities of drugs vary by Poisson."""
    raw = truth or TRUTH
    pathway = checked(edited(raw, {}), FILE)
    built = assemble([pathway])
    days = patients / pathway.arrivals.a_day
    log = logged(built, key_of(seed, 0), 0.0, days + 120)
    own = log[log["who"] == 0]
    came = {int(n): t for n, t in zip(*_of(own, ARRIVED, first=True), strict=True) if t < days}
    rows: Rows = {name: [] for name in READ}
    rng = np.random.default_rng(seed)
    for number in came:
        _patient(rows, own[own["number"] == number], number, built, rng)
    _others(rows, log[log["who"] > 0], days)
    for name, of in pathway.resources.items():
        for opens, closes in hours_of_week(of.hours or {"mon-sun": (0, 23.99)}):
            hours = (opens % 1 * 24, opens % 1 * 24 + (closes - opens) * 24)
            rows["capacities"].append(_capacity(name, int(opens), *hours, of.units))
    return rows, days


def theatre_for_all() -> dict[str, Any]:
    """The same with one theatre, open ten hours a day, that others use more: of these goes who waits for three days."""
    changed = deepcopy(TRUTH)
    others = {"a_day": 2.7, "time": {"gamma": {"mean": 0.12, "sd": 0.04}}, "patience": 3.0}
    changed["resources"]["theatre"] = {"units": 1, "hours": {"mon-sun": [8, 18]}, "others": others}
    return changed


def _of(log: np.ndarray, what: int, first: bool = False) -> tuple[np.ndarray, np.ndarray]:
    lines = log[log["what"] == what]
    kept = np.unique(lines["number"], return_index=True)[1] if first else slice(None)
    return lines["number"][kept], lines["time"][kept]


def _patient(rows: Rows, log: np.ndarray, number: int, built: Any, rng: np.random.Generator) -> None:
    """A stay for each time the patient came, with its events, charges and outcome."""
    stay, marks = -1, ()
    for line in log:
        step = built.steps.get(int(line["step"]), "")
        if line["what"] == ARRIVED:
            stay, marks = stay + 1, []
            name = f"P{number:05d}-{stay}"
            drg = "AA15" if stay == 0 else "ZZ99"
            rows["stays"].append({"stay_id": name, "patient_id": f"P{number:05d}", "hospital_id": "H", "drg_code": drg,
                                  "planned": stay == 0, "admitted_at": at(line["time"])})  # fmt: skip
        elif line["what"] == LEFT:
            rows["stays"][-1]["discharged_at"] = at(line["time"])
            rows["outcomes"].append({"stay_id": name, "complication": "leak_drugs" in marks})
        elif line["what"] == USED:
            marks.append(step)
            for item, quantity in built.used[int(line["of"])].items():
                drawn = rng.poisson(quantity) if item.startswith("D") else quantity
                rows["charges"].append(_charge(name, item, at(line["time"]), drawn, len(rows["charges"])))
        elif step == "operation":
            _event(rows["events"], name, "surgery", "theatre", line)
    if "discharged_at" not in rows["stays"][-1]:
        rows["stays"].pop()


def _event(events: list[dict[str, Any]], stay: str, activity: str, resource: str, line: Any) -> None:
    if line["what"] == ASKED:
        events.append({"event_id": f"{stay}{len(events)}", "stay_id": stay, "activity": activity, "resource": resource,
                       "requested_at": at(line["time"])})  # fmt: skip
    elif line["what"] in (BEGAN, ENDED):
        events[-1]["started_at" if line["what"] == BEGAN else "ended_at"] = at(line["time"])


def _others(rows: Rows, log: np.ndarray, days: float) -> None:
    """Stays of other pathways that used the theatre; who gave up left no event."""
    for number in np.unique(log["number"][(log["what"] == BEGAN) & (log["time"] < days)]):
        lines = log[log["number"] == number]
        if ENDED not in lines["what"]:
            continue
        name = f"O{number:05d}"
        moments = {int(line["what"]): at(line["time"]) for line in lines}
        rows["stays"].append({"stay_id": name, "hospital_id": "H", "drg_code": "XX99", "admitted_at": moments[ARRIVED],
                              "discharged_at": moments[ENDED] + timedelta(days=1)})  # fmt: skip
        rows["events"].append({"event_id": name, "stay_id": name, "activity": "surgery", "resource": "theatre",
                               "requested_at": moments[ASKED], "started_at": moments[BEGAN],
                               "ended_at": moments[ENDED]})  # fmt: skip


def _charge(stay: str, item: str, when: datetime, quantity: float, number: int) -> dict[str, Any]:
    return {"line_id": f"L{number}", "hospital_id": "H", "stay_id": stay, "charged_at": when, "item_code": item,
            "quantity": float(quantity)}  # fmt: skip


def _capacity(resource: str, day: int, opens: float, closes: float, units: int) -> dict[str, Any]:
    return {"hospital_id": "H", "resource": resource, "weekday": day + 1, "valid_from": START.date(),
            "opens_hour": float(opens), "closes_hour": float(closes), "units": units}  # fmt: skip


def at(days: float) -> datetime:
    return START + timedelta(days=float(days))


def calibrated_from(
    rows: Rows, days: float, raw: dict[str, Any] | None = None, missing: Collection[str] = ()
) -> Calibration:
    """The calibration of a file whose every number is wrong."""
    said = raw or edited(deepcopy(TRUTH), WRONG)
    pathway = checked(edited(said, {}), FILE)
    first, last = Period("2024"), Period("2030")
    with Engine() as engine:
        for name in READ:
            engine.put(name, arrow_rows(contract_tables()[name], rows.get(name, [])))
        find_pathway_stays(engine, first.start, last.end, {"planted": pathway})
        stays = observed_stays(engine, pathway, last.end)
        requests = requests_of(engine, pathway, first, last)
    return calibrated(said, FILE, stays, days, requests, missing=missing)
