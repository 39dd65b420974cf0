"""`workbench rules`: a file checked, two compared, wrong use told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.audit.rule_desk import check_file
from analysis.cli import app
from analysis.errors import InputError
from analysis.settings import parameters_folder

LOCAL = parameters_folder(Path(__file__).parent) / "rules" / "demo_local.yaml"


def _said(*words: str | Path) -> str:
    result = CliRunner().invoke(app, ["rules", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_file_is_counted():
    said = _said(LOCAL)
    assert "43 rules: 33 active, 10 shadow" in said
    assert "6 retest" in said


def test_two_files_are_compared(tmp_path: Path):
    other = tmp_path / "other.yaml"
    other.write_text(LOCAL.read_text("utf8").replace("{below: 65}", "{below: 60}"), "utf8")
    assert _said(LOCAL, other) == "A4.absorbable_stent (1) indications.1.age.below: 65 -> 60\n"
    assert _said(LOCAL, LOCAL) == "no rule differs\n"


def test_three_files_are_wrong_use():
    result = CliRunner().invoke(app, ["rules", *[str(LOCAL)] * 3])
    assert result.exit_code == 2


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    result = CliRunner().invoke(app, ["rules", str(tmp_path / "gone"), "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, InputError)
    assert not (tmp_path / "out").exists()


def test_a_file_is_checked_against_a_data_folder(tmp_path: Path):
    with pytest.raises(InputError, match="no such data folder"):
        check_file(LOCAL, tmp_path / "gone")
