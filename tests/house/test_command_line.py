"""`workbench` answers at once, ends with 1 on wrong data and with 2 on wrong usage, and never with a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.cli import _told
from analysis.engine import Engine, ProgramError

COMMANDS = ("demo", "import", "check", "close", "report", "run", "lab")
HEAVY = ("pandas", "duckdb", "pyarrow", "numpy", "matplotlib", "papermill", "nbconvert", "yaml", "pydantic")


def workbench(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analysis.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_names_every_command():
    done = workbench("--help")
    assert done.returncode == 0
    assert [name for name in COMMANDS if f" {name} " not in done.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str):
    assert workbench(command, "--help").returncode == 0


def test_starting_imports_nothing_heavy():
    script = f"import sys, analysis.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [("no-such-command",), ("close",), ("close", "data/x", "--no-such-option"), ("run", "x.ipynb", "-p", "k")],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], tmp_path: Path):
    assert workbench(*arguments, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("close", "data/nowhere"),
        ("close", "data/nowhere", "--period", "June"),
        ("close", "data/nowhere", "--period", "2023-06..2023-01"),
        ("import", "nowhere.yaml", "--out", "data/nowhere"),
        ("check", "data/nowhere"),
        ("lab", "nowhere.ipynb"),
        ("run", "nowhere.ipynb"),
        ("report", "nowhere.yaml", "--data", "data/nowhere", "--period", "2023-06"),
        ("demo", "--from", "2023-06", "--to", "2023-01"),
    ],
    ids=" ".join,
)
def test_wrong_input_ends_with_1_and_says_what_to_mend(arguments: tuple[str, ...], tmp_path: Path):
    done = workbench(*arguments, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("select", ["select nothing from nowhere", "select 1 as x where", "select unheard_of(1) as x"])
def test_a_fault_in_our_own_sql_is_not_told_as_damaged_data(select: str):
    with Engine() as engine, pytest.raises(ProgramError) as fault:
        engine.create("made", select)
    assert _told(fault.value) is None
