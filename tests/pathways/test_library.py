"""Pathway files: what is right comes through, what is wrong is refused with file, step and mend."""

import copy
from pathlib import Path

import pytest
import yaml

from analysis.errors import InputError
from analysis.pathways.edits import parameters
from analysis.pathways.library import checked, read_library, read_pathway

FILE = Path(__file__).parent / "haemorrhage.yaml"
ITEMS = {"CT", "REHAB", "DRUG"}


@pytest.fixture
def raw():
    return copy.deepcopy(yaml.safe_load(FILE.read_text("utf8")))


def refusal(raw, items=ITEMS):
    with pytest.raises(InputError) as error:
        checked(raw, FILE, items)
    assert str(FILE) in str(error.value)
    return str(error.value)


def test_a_right_pathway_is_read(tmp_path):
    pathway = read_pathway(FILE, ITEMS)
    assert pathway.id == "haemorrhage"
    assert [type(act).__name__ for act in pathway.course[:3]] == ["Hold", "Do", "Choose"]
    (tmp_path / FILE.name).write_text(FILE.read_text("utf8"), "utf8")
    assert list(read_library(tmp_path, ITEMS)) == ["haemorrhage"]
    (tmp_path / FILE.name).rename(tmp_path / "one.yaml")
    with pytest.raises(InputError, match=r"haemorrhage stands in a file of another name.*\n.*\n.*haemorrhage\.yaml"):
        read_library(tmp_path, ITEMS)


def test_a_dead_end(raw):
    raw["course"] = [act for act in raw["course"] if "discharge" not in act and "readmit" not in act]
    assert "dead end" in refusal(raw)


def test_chances_that_do_not_sum_to_one(raw):
    raw["course"][2]["of"][1]["chance"] = 0.65
    assert "chances of severity sum to 0.9, not to 1" in refusal(raw)


@pytest.mark.parametrize("change", [{"units": 0}, {"units": 2, "hours": {"mon": [8, 8]}}])
def test_a_resource_without_capacity(raw, change):
    raw["resources"]["therapy"] = change
    assert "therapy has no capacity" in refusal(raw)


def test_an_unknown_item():
    raw = yaml.safe_load(FILE.read_text("utf8"))
    said = refusal(raw, {"CT", "REHAB"})
    assert "antibiotic uses item DRUG" in said and "table items" in said


def test_negative_time(raw):
    raw["course"][1]["time"] = {"constant": -1}
    assert "do head_ct" in (said := refusal(raw)) and "greater than or equal to 0" in said


def test_two_distributions_at_once(raw):
    raw["course"][1]["time"] = {"constant": 1, "exponential": {"mean": 1}}
    assert "one distribution, of constant, exponential" in refusal(raw)


def test_an_unknown_verb_names_the_known_ones(raw):
    raw["course"][1] = {"perform": "head_ct"}
    assert "an act says one of: hold, move" in refusal(raw)


def test_an_unknown_step_resource_clock_and_calendar(raw):
    for act, told in [({"do": "scan"}, "does scan, which is no step"), ({"hold": "cot"}, "cot, which is no resource"),
                      ({"until": "x", "clock": "op", "time": {"constant": 1}}, "clock op, which never starts"),
                      ({"wait": "office"}, "waits for office, which is no calendar")]:  # fmt: skip
        changed = copy.deepcopy(raw)
        changed["course"].insert(1, act)
        assert told in refusal(changed)


def test_a_bed_never_given_back(raw):
    raw["course"] = [act for act in raw["course"] if act != {"give": "bed"}]
    assert "bed is never given back" in refusal(raw)


def test_a_bed_given_back_on_one_way_only(raw):
    raw["course"][2]["of"][0]["course"].append({"give": "bed"})
    assert "bed is held on one way of severity, not on another" in refusal(raw)


def test_a_name_that_stands_twice(raw):
    raw["course"].insert(3, {"spend": "treated", "time": {"constant": 1}})
    assert "two acts are called treated" in refusal(raw)


def test_parameters_have_addresses(raw):
    found = parameters(raw)
    assert found["severity.severe.chance"] == 0.25
    assert found["treated.time.lognormal.mean"] == 4
    assert found["relapse.after.weibull.shape"] == 1.2
    assert found["resources.bed.units"] == 12
    assert found["antibiotic.items.DRUG"] == 6


def test_edits_change_what_they_name(raw):
    edits = {"severity.severe.chance": 0.5, "treated.time.lognormal.mean": "x 0.5", "resources.bed.units": "+ 3",
             "pneumonia.skip": True, "rehabilitation.before": "severity"}  # fmt: skip
    changed = read_pathway(FILE, ITEMS, {k: v for k, v in edits.items() if k != "pneumonia.skip"})
    ways = changed.course[3].of
    assert [way.chance for way in ways] == [0.5, 0.5]
    assert changed.resources["bed"].units == 15
    assert changed.course[4].course[0].time.lognormal.mean == 2
    assert changed.course[2].do == "rehabilitation"
    assert all(getattr(act, "complicate", "") != "pneumonia" for act in read_pathway(FILE, ITEMS, edits).course)


def test_an_address_that_is_not_there(raw):
    with pytest.raises(InputError, match=r"no such number to change: treated\.time\.gamma\.mean"):
        read_pathway(FILE, ITEMS, {"treated.time.gamma.mean": 1})
    with pytest.raises(InputError, match="no act is called surgery") as error:
        read_pathway(FILE, ITEMS, {"surgery.chance": 1})
    assert "acts of the course" in error.value.mend and "relapse" in error.value.mend


def test_days_of_a_step_that_end_before_they_begin(raw):
    step = next(iter(raw["steps"]))
    raw["steps"][step]["day"] = [5, 1]
    assert f"step {step} ends on day 1, before it begins on day 5" in refusal(raw)
    for day in ([5, -1], [-2, -1], [2, 2]):
        raw["steps"][step]["day"] = day
        assert checked(raw, FILE, ITEMS).steps[step].day == tuple(day)


def test_what_follows_from_a_wrong_value_is_not_told_beside_it(raw):
    raw["course"][2]["of"][0]["chance"] = -1
    said = refusal(raw)
    assert said.startswith("1 wrong value(s)") and "chance" in said and "at least 2 items" not in said
    raw["course"][2]["of"] = raw["course"][2]["of"][1:]
    assert "at least 2 items" in refusal(raw)
