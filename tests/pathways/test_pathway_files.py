"""The pathways and scenarios that the workbench brings along, on the demonstration hospital's items and costs.

item_costs.csv: what an item cost the demonstration hospital (seed 7, 8,000 stays a year) from May to December 2022, by
its closed tables: goods at purchase price, services by activity; blood, which they do not cost, at its price.
"""

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.pathways.acts import Do, name_of
from analysis.pathways.assembling import Assembled, Cost, assemble, unpriced
from analysis.pathways.edits import edited
from analysis.pathways.library import acts, checked, read_library
from analysis.pathways.model import Pathway
from analysis.pathways.outcomes import Interval, interval, outcomes, unstable
from analysis.pathways.replications import Replications, replicate
from analysis.pathways.scenarios import Scenario, read_scenarios, redesigned
from analysis.settings import safe_yaml

HERE = Path(__file__).parent
PARAMETERS = HERE.parents[1] / "parameters"
FOLDER = PARAMETERS / "pathways"
DEMO = PARAMETERS / "demo"
KINDS = {"S": "service", "C": "consumable", "D": "drug"}
#: Days of a stay today, by scenarios C3 and E3 or the hospital of 2022, and with the scenario; within 6 %.
DAYS = {
    "early_rehabilitation": (14, 10),
    "dissection_ct_at_once": (15.8, 13.9),
    "one_stop_examinations": (7, 5.5),
    "domestic_knee_implants": (8.6, 8.6),
    "domestic_plates": (9.8, 9.8),
    "abi_gate": (12, 11.7),
    "cataract_day_surgery": (2.8, 0.41),
    "gastrectomy_eras": (12, 8),
    "mdt_lung_diabetes": (14, 9),
    "mdt_pancreas": (18, 12),
    "disc_home_on_day_three": (7.0, 5.2),
}
#: What a scenario is for, and the way it moves it.
MOVES = {
    "early_rehabilitation": {"stay": -1, "waiting": -1, "cost": -1},
    "dissection_ct_at_once": {"stay": -1, "cost": -1},
    "one_stop_examinations": {"stay": -1, "cost": -1},
    "domestic_knee_implants": {"cost": -1, "margin": 1},
    "domestic_plates": {"cost": -1, "margin": 1},
    "abi_gate": {"cost": -1, "stay": -1},
    "cataract_day_surgery": {"stay": -1, "cost": -1},
    "gastrectomy_eras": {"stay": -1, "complication": -1, "cost": -1},
    "mdt_lung_diabetes": {"stay": -1, "complication": -1},
    "mdt_pancreas": {"stay": -1, "readmission": -1},
    "disc_home_on_day_three": {"stay": -1, "readmission": 1},
}


def _column(file: str, column: str) -> set[str]:
    with (DEMO / file).open(encoding="utf8") as lines:
        return {row[column] for row in csv.DictReader(lines)}


@cache
def _items() -> frozenset[str]:
    return frozenset(set().union(*(_column(f"{kind}.csv", "code") for kind in ("services", "drugs", "consumables"))))


@cache
def _costs() -> dict[str, Cost]:
    with (HERE / "item_costs.csv").open(encoding="utf8") as lines:
        return {row["item"]: Cost(KINDS[row["item"][0]], float(row["cost"])) for row in csv.DictReader(lines)}


LIBRARY = read_library(FOLDER, _items())
SCENARIOS = read_scenarios(FOLDER / "scenarios", FOLDER, _items())
SIMULATED = [name for name, pathway in LIBRARY.items() if pathway.course]


@cache
def _run(name: str) -> tuple[Assembled, Replications]:
    """Fifty replications of two years after half a year, of a pathway or of a scenario's."""
    pathway = LIBRARY[name] if name in LIBRARY else redesigned(SCENARIOS[name], FOLDER, _items())
    built = assemble([pathway], _costs())
    of = replicate(built.program, 50, seed=7, warm=180, horizon=910, categories=len(built.categories), threads=2)
    return built, of


def _outcomes(name: str) -> dict[str, np.ndarray]:
    built, of = _run(name)
    return outcomes(of, built)


def _difference(name: str, outcome: str) -> Interval:
    return interval(_outcomes(name)[outcome] - _outcomes(SCENARIOS[name].pathway)[outcome])


def test_every_scenario_of_the_brief_has_its_pathway():
    assert set(SCENARIOS) == set(DAYS) == set(MOVES)
    assert {s.pathway for s in SCENARIOS.values()} == set(SIMULATED)
    kept = {"cerebral_infarction", "acute_myocardial_infarction", "heart_failure", "knee_replacement", "appendicitis",
            "cholecystectomy", "gastric_cancer", "pneumonia", "copd", "caesarean_section", "cataract"}  # fmt: skip
    assert kept <= set(LIBRARY)
    assert {record for p in LIBRARY.values() for record in p.entry.records} >= kept


@pytest.mark.parametrize("pathway", LIBRARY.values(), ids=LIBRARY)
def test_names_what_the_hospital_has(pathway: Pathway):
    assert (FOLDER / f"{pathway.id}.yaml").is_file()
    assert 8 <= len(pathway.steps) <= 15
    activities, resources = _column("services.csv", "activity"), _column("services.csv", "resource")
    resources |= {"emergency_theatre", "one_stop"}
    codes = _column("diagnoses.csv", "code")
    groups = (DEMO / "drgs.yaml").read_text("utf8")
    for name, step in pathway.steps.items():
        assert step.activity is None or step.activity in activities, name
        assert step.resource is None or step.resource in resources, name
        assert step.activity or step.items, name
        assert step.need == "forbidden" or step.day or step.after, f"{name}: when?"
    assert all(f"\n{drg}: " in groups for drg in pathway.entry.drg)
    for begin in (*pathway.entry.diagnosis, *pathway.entry.any_diagnosis):
        assert any(code.startswith(begin) for code in codes) or begin == "E10.5"
    assert all(any(c.startswith(p) for c in _column("procedures.csv", "code")) for p in pathway.entry.procedure)


@pytest.mark.parametrize("name", SIMULATED)
def test_course_rests_near_its_standard(name: str):
    """Stable; stay at most 55 % above (today's waits are in it) and 15 % below the standard, cost 10 % outside."""
    pathway = LIBRARY[name]
    assert unpriced(pathway, _costs()) == []
    assert unstable(_run(name)[1], _run(name)[0]) == []
    found = {outcome: interval(values) for outcome, values in _outcomes(name).items()}
    assert 0.85 * pathway.standard.days < found["stay"].mean < 1.55 * pathway.standard.days
    assert 0.9 * pathway.standard.cost.least < found["cost"].mean < 1.1 * pathway.standard.cost.most
    done = {act.do for act in acts(pathway.course) if isinstance(act, Do)}
    assert done & {step for step, said in pathway.steps.items() if said.need == "required"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_moves_what_it_is_for(name: str):
    assert unstable(_run(name)[1], _run(name)[0]) == []
    for outcome, way in MOVES[name].items():
        change = _difference(name, outcome)
        assert way * change.mean > 0 and change.low * change.high > 0, (outcome, change)
    for which, days in zip((SCENARIOS[name].pathway, name), DAYS[name], strict=True):
        assert interval(_outcomes(which)["stay"]).mean == pytest.approx(days, rel=0.06), which


def test_rates_are_those_of_the_scenarios():
    assert _difference("gastrectomy_eras", "complication").mean == pytest.approx(-0.07, abs=0.01)
    assert _difference("mdt_lung_diabetes", "complication").mean == pytest.approx(-0.10, abs=0.02)
    assert _difference("mdt_pancreas", "readmission").mean == pytest.approx(-0.12, abs=0.02)
    assert _difference("disc_home_on_day_three", "readmission").mean == pytest.approx(0.15, abs=0.015)


def test_day_three_is_a_perverse_optimum():
    """A stay is cheaper, a patient is not: those who come back cost more than the days that were saved."""

    def of_a_patient(name: str) -> np.ndarray:
        classes = _run(name)[1].classes
        return classes["cost"].sum(axis=1) / classes["arrivals"].sum(axis=1)

    assert _difference("disc_home_on_day_three", "cost").high < 0
    more = interval(of_a_patient("disc_home_on_day_three") - of_a_patient("lumbar_disc"))
    assert more.low > 0


def test_scenario_that_names_nothing_is_refused(tmp_path: Path):
    def refused(pathway: str, edit: str) -> str:
        (tmp_path / "s.yaml").write_text(
            f"pathway: {pathway}\nzh: 一\nen: one\nbasis: {{zh: 一, en: one}}\nedits: {{{edit}}}\n", "utf8"
        )
        with pytest.raises(InputError) as caught:
            read_scenarios(tmp_path, FOLDER, _items())
        return str(caught.value)

    assert "pathway file not found" in refused("knee", "implant.domestic.chance: 0.6")
    told = refused("knee_replacement", "implant.foreign.chance: 0.6")
    assert "implant.foreign.chance" in told and "s.yaml" in told and "implant.domestic.chance" in told
    assert "no factor" in refused("knee_replacement", "recovery.time: 3")
    assert "no act is called walking" in refused("knee_replacement", "walking.time: x 2")
    assert "readmission" in refused("knee_replacement", "readmission.chance: x 100")
    (tmp_path / "s.yaml").unlink()
    with pytest.raises(InputError, match="no scenario there"):
        read_scenarios(tmp_path, FOLDER)


def test_a_whole_time_is_stretched_whatever_its_distribution():
    base, changed = LIBRARY["gastric_cancer"], redesigned(SCENARIOS["gastrectomy_eras"], FOLDER, _items())
    before, after = ({a.spend: a.time for a in acts(p.course) if hasattr(a, "spend")} for p in (base, changed))
    assert after["recovery"].gamma.mean == pytest.approx(0.66 * before["recovery"].gamma.mean)
    assert after["recovery"].gamma.sd == pytest.approx(0.66 * before["recovery"].gamma.sd)
    assert after["complication_treated"] == before["complication_treated"]


def test_a_scenario_may_hold_every_edit_of_the_language(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "pathway: knee_replacement\nzh: 试\nen: Trial\nbasis: {zh: 设, en: assumed}\nedits:\n"
        "  recovery.time: {gamma: {mean: 3, sd: 2}}\n  implant.chances: {imported: 0.2, domestic: 0.8}\n"
        "  resources.bed.hours: {mon-fri: [8, 18]}\n  arrivals.by_weekday: [2, 1, 1, 1, 1, 0.5, 0.5]\n",
        "utf8",
    )
    changed = redesigned(read_scenarios(tmp_path, FOLDER, _items())["s"], FOLDER, _items())
    recovery = next(act for act in acts(changed.course) if getattr(act, "spend", "") == "recovery")
    ways = next(act for act in acts(changed.course) if getattr(act, "choose", "") == "implant").of
    assert (recovery.time.gamma.mean, recovery.time.gamma.sd) == (3, 2)
    assert {way.way: way.chance for way in ways} == {"imported": 0.2, "domestic": 0.8}
    assert changed.resources["bed"].hours == {"mon-fri": (8, 18)} and changed.arrivals.by_weekday[0] == 2


def test_the_example_of_the_language_is_right():
    """The YAML blocks of docs/pathways.md can be read as they stand there."""
    blocks = re.findall(r"```yaml\n(.*?)```", (HERE.parents[1] / "docs" / "pathways.md").read_text("utf8"), re.DOTALL)
    pathway = checked(edited(safe_yaml(blocks[0]), {}), Path("docs/pathways.md"), _items())
    assert [name_of(act) for act in pathway.course][-2:] == ["home", "readmission"]
    scenario = Scenario.model_validate(safe_yaml(blocks[1]))
    assert redesigned(scenario, FOLDER).id == "gastric_cancer"
    told = (HERE.parents[1] / "docs" / "pathways.md").read_text("utf8")
    assert all(f"`{name}`" in told for name in SCENARIOS)
