"""What studies keep beside the closed months."""

import json
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from filelock import FileLock

from analysis.errors import InputError
from analysis.studies.study_tables import read_studies, write_study

EFFECT = {"estimand": "pilots", "method": "did", "outcome": "cost", "estimate": -120.5}


def effects(**other):
    return pd.DataFrame([EFFECT | other])


def test_a_later_run_replaces_the_earlier_one_and_other_studies_stay(tmp_path):
    write_study(tmp_path, "D_first", {"effects": effects()}, {"run": 1})
    write_study(tmp_path, "D_second", {"effects": effects(estimate=7.0)}, {"run": 2})
    folder = write_study(tmp_path, "D_first", {"effects": effects(estimate=None, note="not identified")}, {"run": 3})
    read = read_studies(tmp_path, "effects").set_index("study")
    assert read["estimate"].isna().to_dict() == {"D_first": True, "D_second": False}
    assert read.loc["D_first", "note"] == "not identified"
    assert json.loads((folder / "study.json").read_text("utf8")) == {"run": 3}


def test_no_study_yet(tmp_path):
    assert read_studies(tmp_path, "scenario_outcomes").empty


@pytest.mark.parametrize(
    ("study", "tables", "told"),
    [
        ("../x", {"effects": effects()}, "cannot be called"),
        ("D", {"cases": effects()}, "studies do not write cases"),
        ("D", {"effects": pd.concat([effects(), effects()])}, "stand twice"),
    ],
)
def test_what_is_refused_leaves_the_last_good_study(tmp_path, study, tables, told):
    write_study(tmp_path, "D", {"effects": effects()}, {})
    with pytest.raises(InputError, match=told):
        write_study(tmp_path, study, tables, {})
    assert len(read_studies(tmp_path, "effects")) == 1


def test_two_that_are_written_at_once_are_both_there(tmp_path):
    """Pages of a pack are made side by side: whoever comes second waits."""
    lock = FileLock(tmp_path / "studies" / ".writing.lock")
    (tmp_path / "studies").mkdir()
    lock.acquire()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(write_study, tmp_path, "D", {"effects": effects()}, {})
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        lock.release()
        assert waiting.result(timeout=20).is_dir()
