"""Scenarios on a calibrated pathway come out at what the generator's counterfactual says, seed after seed.

The hospital of 2022 without the tested stories is calibrated; the scenario changes just what the story plants, for all.
A story acts on some surgeons' healthier patients, so the truth is a world in which it acts on everyone of its group,
against the world without it: the paired difference of the very same stays, over three years of the same seed. Allowed:
a tenth, or two standard errors of truth and simulation together (calibration's numbers drawn anew).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("analysis.demo.generator")

from analysis.demo import practices
from analysis.demo.book import waited
from analysis.demo.generator import write_demo
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.demo.patients import Stays, draw_stays
from analysis.demo.recipes import compile_recipes
from analysis.demo.staff import draw_physicians
from analysis.demo.waiting import make_book
from analysis.demo.world import build_world
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.pathways.calibration import Calibration, calibrate
from analysis.pathways.edits import edited
from analysis.pathways.experiment import compare
from analysis.pathways.library import checked, read_raw
from analysis.periods import Period

FOLDER = Path(__file__).parents[2] / "parameters" / "pathways"
KNOWN = demo_parameters()
SEEDS = (941, 942)
SHORTAGE = "rehabilitation_shortage"


@dataclass(frozen=True)
class Case:
    """A story, its group and pathway, the edits of the hospital as it is and as it would be, and what is compared."""

    story: str
    group: str
    pathway: str
    before: dict[str, object]
    after: dict[str, object]
    outcomes: tuple[str, ...]


CASES = [
    Case("cataract_day_surgery", "CB39", "cataract", {},
         {"setting.day_surgery.chance": 1.0}, ("stay",)),
    Case("eras_gastrectomy", "GB19", "gastric_cancer", {},
         {"preparation.time": "x 0.64", "recovery.time": "x 0.64", "complication_treated.time": "x 0.64",
          "complication.chance": "- 0.07"}, ("stay", "complication")),
    Case("lumbar_day_three", "IB39", "lumbar_disc", {},
         {"fit_for_home.time": "at most 3", "complication_treated.skip": True, "readmission.chance": "+ 0.15"},
         ("readmission",)),
    Case(SHORTAGE, "BR19", "cerebral_haemorrhage", {}, {"resources.rehabilitation.units": "x 4"}, ("stay",)),
]  # fmt: skip
TESTED = tuple(case.story for case in CASES if case.story != SHORTAGE)


def everyone(story: str) -> DemoParameters:
    """The generator's parameters with a story that acts on every stay of its group, from the beginning."""
    practice = KNOWN.stories.practices[story]
    always = practice.model_copy(update={"physicians": 1.0, "departments": [], "from_month": "2020-01"})
    stories = KNOWN.stories.model_copy(update={"practices": KNOWN.stories.practices | {story: always}})
    rows = [row.model_copy(update={"p": 1.0}) if row.story == story else row for row in KNOWN.story_stays]
    return replace(KNOWN, stories=stories, story_stays=rows)


@cache
def drawn(seed: int, without: tuple[str, ...], forall: str = "") -> pd.DataFrame:
    """Stays of 2021 to 2023 by number, as queues leave them: group, stay, complication, readmission, stories."""
    world = build_world(everyone(forall) if forall else KNOWN, seed, without, 8000, "2021-01", "2023-12")
    planned, _ = draw_stays(world, draw_physicians(world))
    stays = waited(world, make_book(world, compile_recipes(world)), planned)
    simple = {f.name: getattr(stays, f.name) for f in fields(Stays) if getattr(stays, f.name).ndim == 1}
    rows = pd.DataFrame(simple | {"group": np.array(world.drg_codes)[stays.drg]})
    rows = rows.join(pd.DataFrame(stays.touched, columns=practices.touches(world)), rsuffix="_touched")
    rows = rows.sort_values(["person", "admitted"])
    later = rows.groupby("person")["admitted"].shift(-1) - rows["discharged"]
    planned_next = rows.groupby("person")["planned"].shift(-1).eq(True)
    rows["readmission"] = ((later < 31 * 86400) & ~planned_next).astype(float)
    rows["stay"] = (rows["discharged"] - rows["admitted"]) / 86400
    rows["month"] = pd.to_datetime(rows["admitted"], unit="s").dt.strftime("%Y-%m")
    return rows.set_index("number")


def truth(seed: int, case: Case) -> dict[str, tuple[float, float]]:
    """Outcome -> paired difference and its standard error."""
    if case.story == SHORTAGE:  # the scenario takes it away
        before, after = drawn(seed, ()), drawn(seed, (SHORTAGE,))
        chosen = before[(before["group"] == case.group) & before["month"].between("2022-01", "2022-12")].index
    else:
        others = tuple(story for story in TESTED if story != case.story)
        before, after = drawn(seed, TESTED), drawn(seed, others, case.story)
        chosen = after[(after["group"] == case.group) & after[case.story]].index
    chosen = chosen.intersection(before.index).intersection(after.index)
    each = {name: after.loc[chosen, name].astype(float) - before.loc[chosen, name] for name in case.outcomes}
    return {name: (float(d.mean()), float(max(d.std(), 0.3) / np.sqrt(len(d)))) for name, d in each.items()}


def simulated(found: Calibration, case: Case) -> dict[str, tuple[float, float]]:
    """Outcome -> difference, and how far calibration's uncertainty moves it."""
    file = FOLDER / f"{case.pathway}.yaml"

    def differences(edits: dict, replications: int) -> pd.Series:
        sides = [checked(edited(read_raw(file), [edits, more], file), file) for more in (case.before, case.after)]
        return compare(*sides, {}, replications=replications, warm=90, days=365).set_index("outcome")["difference"]

    middle = differences(found.edits, 20)
    drawn_anew = pd.DataFrame([differences(edits, 3) for edits in found.draws(12, seed=5)])
    return {name: (float(middle[name]), float(drawn_anew[name].std())) for name in case.outcomes}


@pytest.fixture(scope="module", params=SEEDS)
def hospital(request, tmp_path_factory) -> tuple[int, Callable[[str], Calibration]]:
    """Seed, and calibration of a pathway on the year 2022 without the tested stories."""
    folder = tmp_path_factory.mktemp("effects") / "demo"
    write_demo(folder, request.param, TESTED, first="2022-01", last="2022-12")
    opened = open_hospital(folder)
    with Engine() as engine:
        opened.attach(engine)
        year = Period("2022-01"), Period("2022-12")
        yield request.param, lambda name: calibrate(engine, opened, *year, name, FOLDER)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.story}-{case.outcomes[0]}")
def test_a_scenario_does_what_the_story_does(hospital, case: Case):
    seed, calibrated = hospital
    planted, found = truth(seed, case), simulated(calibrated(case.pathway), case)
    for outcome, (value, error) in planted.items():
        guess, spread = found[outcome]
        print(f"{seed} {case.story} {outcome}: truth {value:.3f} ({error:.3f}), simulated {guess:.3f} ({spread:.3f})")
        assert abs(guess - value) <= max(0.1 * abs(value), 2 * np.hypot(error, spread)), (outcome, value, guess)
