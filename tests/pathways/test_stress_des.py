"""STRESS-DES: twenty items, each from the run; what a run does not say stands as not given."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from analysis.pathways.library import read_pathway
from analysis.pathways.scenarios import Scenario
from analysis.pathways.stress_des import ITEMS, NOT_GIVEN, Told, stress_des

PATHWAY = read_pathway(Path(__file__).parent / "haemorrhage.yaml")
PLAN = Scenario.model_validate(
    {"pathway": "haemorrhage", "zh": "多一张床", "en": "One bed more", "basis": {"zh": "设想", "en": "an assumption"},
     "edits": {"resources.bed.units": 13}})  # fmt: skip
MEASURED = pd.DataFrame(
    [("pneumonia.chance", "beta", 87, "measured"), ("payment", "", None, "file")],
    columns=["address", "family", "cases", "basis"],
)
FULL = Told(
    PATHWAY, {"one_more": PLAN}, MEASURED, ("某院，2022年", "a hospital, 2022"), (("住院日", "days of a stay"),),
    drawn=True, seed=41, warm=63.0, settled=True, days=730.0, follow=90.0, unpaid_within=30.0, replications=57,
    limit=("至半宽 0.1 天", "until 0.1 days"), draws=100,
)  # fmt: skip
#: Item -> what of the run fills it, and words that must then be in it.
FROM = {
    "1.1": ("plans", "Haemorrhage"), "1.2": ("outcomes", "days of a stay"), "1.3": ("plans", "One bed more"),
    "2.1": ("drawn", "figure"), "2.3": ("plans", "resources.bed.units = 13"), "3.1": ("source", "a hospital, 2022"),
    "3.2": ("measured", "87"), "3.3": ("measured", "1 parameters from data, 1 from"), "3.4": ("plans", "an assumption"),
    "4.1": ("warm", "63 days (chosen by MSER-5)"), "4.2": ("days", "730"), "4.3": ("replications", "57 replications"),
    "5.2": ("seed", "seed 41"),
}  # fmt: skip
EMPTY = {"plans": {}, "outcomes": (), "drawn": False, "source": ("", "")}


def items(told: Told) -> pd.DataFrame:
    return stress_des(told).set_index("number")


def test_twenty_items_in_order():
    rows = stress_des(FULL)
    assert len(rows) == 20 and rows["number"].is_monotonic_increasing and rows["number"].is_unique
    assert list(rows["number"]) == [number for number, *_ in ITEMS]
    assert (rows[["item_zh", "item_en", "zh", "en"]] != "").all(axis=None)


@pytest.mark.parametrize("number", FROM)
def test_an_item_is_what_the_run_says_and_nothing_without_it(number: str):
    field, words = FROM[number]
    assert words in items(FULL).loc[number, "en"] and items(FULL).loc[number, "given"]
    without = items(dataclasses.replace(FULL, **{field: EMPTY.get(field)}))
    if number == "3.4":  # the pathway file's numbers are an assumption of their own
        assert words not in without.loc[number, "en"]
        return
    assert tuple(without.loc[number, ["zh", "en"]]) == NOT_GIVEN and not without.loc[number, "given"]


def test_the_estimation_tells_of_everything_that_was_done():
    text = items(FULL).loc["4.3", "en"]
    for words in ("until 0.1 days", "within 30 days are not paid again", "100 draws"):
        assert words in text
    less = items(dataclasses.replace(FULL, draws=None, unpaid_within=0.0, limit=("", ""))).loc["4.3", "en"]
    assert less == "57 replications, paired 95 % t intervals"


def test_a_warm_up_that_did_not_settle_is_told():
    assert "did not settle" in items(dataclasses.replace(FULL, settled=False)).loc["4.1", "en"]
    assert "given beforehand" in items(dataclasses.replace(FULL, settled=None)).loc["4.1", "en"]


def test_logic_and_components_are_those_of_the_pathway():
    rows = items(FULL)
    assert rows.loc["2.2", "en"].startswith("bed → Head CT → severity") and "relapse" in rows.loc["2.2", "en"]
    assert "resources, each with a queue: bed 12, therapy 2" in rows.loc["2.5", "en"]
    assert "calendars: rounds" in rows.loc["2.5", "en"] and "complications: pneumonia" in rows.loc["2.5", "en"]
    assert "by weekday and hour" in rows.loc["2.4", "en"]
    even = PATHWAY.model_copy(update={"arrivals": PATHWAY.arrivals.model_copy(update={"by_weekday": (1.0,) * 7})})
    assert "homogeneous" in items(dataclasses.replace(FULL, pathway=even)).loc["2.4", "en"]
