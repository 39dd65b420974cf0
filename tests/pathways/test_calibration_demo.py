"""Pathways of the demonstration hospital, calibrated from its tables: do they look like it?"""

from pathlib import Path

import pytest

from analysis.demo.generator import write_demo
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.pathways.calibration import calibrate
from analysis.periods import Period

FOLDER = Path(__file__).parents[2] / "parameters" / "pathways"
#: With a course; lung cancer with diabetes has some fifteen patients a year, too few to tell.
CALIBRATED = (
    "aortic_dissection", "bile_duct_exploration", "cataract", "cerebral_haemorrhage", "diabetic_foot",
    "fracture_fixation", "gastric_cancer", "knee_replacement", "lumbar_disc", "pancreatic_cancer",
)  # fmt: skip
FIRST, LAST = Period("2022-07"), Period("2023-06")
#: Waited for by the plan of the demonstration (docs/demo-hospital.md), by pathway; nothing else is.
QUEUES = {"aortic_dissection": {"ct_angiography"}, "bile_duct_exploration": {"mri"}, "lumbar_disc": {"mri"},
          "cerebral_haemorrhage": {"rehabilitation"}}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    write_demo(folder, 3, stays_per_year=1200, first="2023-01", last="2023-04")
    with Engine() as engine:
        hospital = open_hospital(folder)
        hospital.attach(engine)
        yield engine, hospital


def test_a_small_hospital_is_calibrated_or_refused(small):
    engine, hospital = small
    first, last = Period("2023-01"), Period("2023-04")
    lines = engine.value("select count(*) from events")
    found = calibrate(engine, hospital, first, last, "cataract", FOLDER)
    assert found.pathway.id == "cataract" and 0 < found.pathway.arrivals.a_day < 0.5
    assert {"address", "family", "value", "sd", "cases", "ci_low", "ci_high", "basis", "why"} == set(found.report)
    assert engine.value("select count(*) from events") == lines  # all months are seen again
    with pytest.raises(InputError, match="too few to calibrate"):
        calibrate(engine, hospital, first, last, "pancreatic_cancer", FOLDER)
    with pytest.raises(InputError, match="no course"):
        calibrate(engine, hospital, first, last, "pneumonia", FOLDER)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    write_demo(folder, 11, stays_per_year=8000, first="2022-05", last="2023-08")
    with Engine() as engine:
        hospital = open_hospital(folder)
        hospital.attach(engine)
        yield {name: calibrate(engine, hospital, FIRST, LAST, name, FOLDER) for name in CALIBRATED}


@pytest.mark.slow
def test_cycle_times_are_as_alike_as_chance_lets_them_be(large):
    ratios = {name: one.goodness.set_index("what").loc["cycle_time", "ratio"] for name, one in large.items()}
    assert max(ratios.values()) < 1.5, ratios


@pytest.mark.slow
def test_the_planted_queues_are_found_and_no_others(large):
    for name, one in large.items():
        table = one.contention
        found = set(table.loc[table["verdict"] == "contended", "resource"]) if len(table) else set()
        assert found == QUEUES.get(name, set()), name
