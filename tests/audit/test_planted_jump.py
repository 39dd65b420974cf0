"""The planted jump of a drug share (story drug_share_jump): silent before, found in its first month.

Gastrointestinal surgery has as many patients as in a hospital of 80,000 stays a year; the others are a twelfth of that.
Two thirds of its physicians take to the drug, so that its share of drugs moves by the ten points that the story is
meant for (35 % to 45 %); with a third of them it moves by five, which is found a month later or not at all.
"""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.closed_period import open_period
from analysis.closing import close
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.periods import parse_range

ROOT = Path(__file__).parents[2]
#: Gastrointestinal surgery, and how many times as many patients come to it, group by group, as usual.
_PLACE, _TIMES = "10", 12
_STORY = "drug_share_jump"


def crowded() -> DemoParameters:
    known = demo_parameters()
    drgs = {}
    for code, drg in known.drgs.items():
        weights = {place: share * (_TIMES if place == _PLACE else 1) for place, share in drg.departments.items()}
        whole = sum(weights.values())
        places = {place: weight / whole for place, weight in weights.items()}
        drgs[code] = drg.model_copy(update={"share": drg.share * whole, "departments": places})
    habit = known.stories.practices[_STORY].model_copy(update={"physicians": 2 / 3})
    stories = known.stories.model_copy(update={"practices": known.stories.practices | {_STORY: habit}})
    return replace(known, drgs=drgs, stories=stories)


@pytest.mark.slow
def test_a_new_drug_in_gastrointestinal_surgery_is_found_in_september_2022(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Closed from January 2021 on; the drug is D125, from September 2022."""
    from analysis.demo.generator import write_demo

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("analysis.demo.generator.demo_parameters", crowded)
    write_demo(tmp_path / "data/demo", 7, stays_per_year=6500, first="2021-01", last="2022-09")
    close(tmp_path / "data/demo", parse_range("2021-01..2022-09"), tmp_path / "outputs")
    months = [_shifts(tmp_path, month) for month in ("2022-07", "2022-08", "2022-09")]
    assert [("drug_share_shift", "10") in found.index for found in months] == [False, False, True]
    row = months[-1].loc[("drug_share_shift", "10")]
    told = json.loads(row["evidence"])
    print("JUMP", row[["observed", "expected", "limit", "q_value"]].to_dict(), told)
    assert told["cases"] >= 30
    assert row["observed"] > row["limit"] > row["expected"] and row["q_value"] < 0.03
    assert told["items"][0][0] == "D125" and told["volume"] > 4 * abs(told["mix"]) and abs(told["price"]) < 1


def _shifts(folder: Path, month: str) -> pd.DataFrame:
    return open_period(folder / "outputs/demo" / month).frame("alerts").set_index(["kind", "subject"])
