"""The planted jump of a drug share (story drug_share_jump) at full size: silent before, found in its first month."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.closed_period import open_period
from analysis.closing import close
from analysis.periods import parse_range

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_new_drug_in_gastrointestinal_surgery_is_found_in_september_2022(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """80,000 stays a year, closed from January 2021 on; the drug is D125, from September 2022."""
    from analysis.demo.generator import write_demo

    monkeypatch.chdir(ROOT)
    write_demo(tmp_path / "data/demo", 7, stays_per_year=80_000, first="2021-01", last="2022-09")
    close(tmp_path / "data/demo", parse_range("2021-01..2022-09"), tmp_path / "outputs")
    months = [_shifts(tmp_path, month) for month in ("2022-07", "2022-08", "2022-09")]
    assert [("drug_share_shift", "10") in found.index for found in months] == [False, False, True]
    row = months[-1].loc[("drug_share_shift", "10")]
    told = json.loads(row["evidence"])
    assert row["observed"] > row["limit"] > row["expected"] and row["q_value"] < 0.03
    assert told["items"][0][0] == "D125" and told["volume"] > 4 * abs(told["mix"]) and abs(told["price"]) < 1


def _shifts(folder: Path, month: str) -> pd.DataFrame:
    return open_period(folder / "outputs/demo" / month).frame("alerts").set_index(["kind", "subject"])
