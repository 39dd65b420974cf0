"""The paired difference: by hand on a few lines and stays, and written beside a small hospital."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.demo.folder import make_demo
from analysis.demo.truth import paired_difference, write_truth
from analysis.engine import Engine
from analysis.errors import InputError

LINES = ["line_id", "stay_id", "item_code", "physician_id", "ordering_department", "charged_at", "quantity", "amount"]
STAYS = [
    "stay_id",
    "patient_id",
    "department",
    "physician_id",
    "admitted_at",
    "discharged_at",
    "drg_code",
    "charge_total",
]
OUTCOMES = ["stay_id", "complication", "infection", "died"]
DAY = [pd.Timestamp(2023, 1, day) for day in range(1, 10)]


def test_lines_and_stays_by_hand():
    same = ("L1", "S1", "D001", "D1", "01", DAY[1], 2, 8.0)
    with_story = [
        same,
        ("L2", "S1", "C101", "D1", "01", DAY[1], 1, 100.0),
        ("L3", "S2", "S101", "D1", "01", DAY[2], 1, 5.0),
    ]
    without = [
        same,
        ("L2", "S1", "C102", "D1", "01", DAY[1], 1, 60.0),
        ("L4", "S3", "D001", "D1", "01", DAY[3], 3, 12.0),
    ]
    stays = [
        ("S1", "P1", "01", "D1", DAY[0], DAY[4], "FM19", 108.0),
        ("S2", "P2", "01", "D1", DAY[0], DAY[3], "FR39", 5.0),
        ("S4", "P4", "01", "D1", DAY[0], DAY[3], "FR39", 7.0),
    ]
    untold = [
        ("S1", "P1", "01", "D1", DAY[0], DAY[2], "FM29", 68.0),
        ("S3", "P3", "01", "D1", DAY[0], DAY[3], "FR39", 12.0),
        ("S4", "P4", "01", "D1", DAY[0], DAY[3], "FR39", 7.0),
    ]
    with Engine() as engine:
        for name, columns, rows in (
            ("charges", LINES, with_story), ("charges_without", LINES, without),
            ("stays", STAYS, stays), ("stays_without", STAYS, untold),
            ("outcomes", OUTCOMES, [("S1", True, False, False)]),
            ("outcomes_without", OUTCOMES, [("S1", False, False, False)]),
        ):  # fmt: skip
            engine.put(name, pd.DataFrame(rows, columns=columns))
        found = paired_difference(engine)
    lines = found["lines"].to_pandas().set_index("line_id")
    assert lines["difference"].to_dict() == {"L2": "changed", "L3": "added", "L4": "taken_away"}
    assert lines["amount"].to_dict() == {"L2": 40.0, "L3": 5.0, "L4": -12.0}
    assert lines["quantity"].to_dict() == {"L2": 0, "L3": 1, "L4": -3}
    assert tuple(lines.loc["L2", ["item_code", "item_code_without", "month"]]) == ("C101", "C102", "2023-01")
    stays = found["stays"].to_pandas().set_index("stay_id")
    assert stays["difference"].to_dict() == {"S1": "changed", "S2": "added", "S3": "taken_away"}
    assert tuple(stays.loc["S1", ["drg_code", "drg_code_without", "days", "days_without"]]) == ("FM19", "FM29", 4, 2)
    assert stays.loc["S1", "complication"] and not stays.loc["S1", "complication_without"]


def test_it_is_written_beside_the_hospital(tmp_path: Path):
    folder = tmp_path / "demo"
    make_demo(folder, 11, (), 300, "2022-05", "2022-06")
    written = write_truth(folder, ["respiratory_failure_uncoded"])
    assert [path.name for path in written] == [
        "respiratory_failure_uncoded_lines.parquet", "respiratory_failure_uncoded_stays.parquet",
    ]  # fmt: skip
    assert pq.read_table(written[0]).num_rows == 0
    assert not (folder / "truth" / ".without").exists()


def test_truth_of_what_was_left_out_is_refused(tmp_path: Path):
    make_demo(tmp_path / "demo", 11, ("contrast_volume",), 100, "2022-05", "2022-05")
    with pytest.raises(InputError, match="made without: contrast_volume"):
        write_truth(tmp_path / "demo", ["contrast_volume"])
    with pytest.raises(InputError, match="not a demonstration hospital"):
        write_truth(tmp_path, [])
