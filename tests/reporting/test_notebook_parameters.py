"""Parameters given to a notebook: of the default's type or an error that names parameter, type and notebook."""

from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError

from analysis.errors import InputError
from analysis.reporting import runner
from analysis.reporting.runner import execute, known_parameters

CELL = 'months = 12\nshare: float = 0.5\nshown = False\nname = "x"\ncodes = ["a", "b"]\nnothing = None\n# a remark'


def write(folder: Path, cell: str) -> Path:
    source = nbformat.v4.new_code_cell(cell, metadata={"tags": ["parameters"]})
    path = folder / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[source]), path)
    return path


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What the notebook gets of what the command line was given."""

    def call(**parameters: str) -> dict:
        monkeypatch.setattr(runner.papermill, "execute_notebook", lambda path, out, values, **_: values)
        return execute(write(tmp_path, CELL), parameters)  # type: ignore[return-value]

    return call


def test_defaults_are_read(tmp_path: Path):
    assert known_parameters(write(tmp_path, CELL)) == {
        "months": 12,
        "share": 0.5,
        "shown": False,
        "name": "x",
        "codes": ["a", "b"],
        "nothing": None,
    }


def test_texts_become_the_type_of_the_default(given):
    assert given(months="3", share="0.25", shown="Yes", name="5", codes="c, d", nothing="z") == {
        "months": 3,
        "share": 0.25,
        "shown": True,
        "name": "5",
        "codes": ["c", "d"],
        "nothing": "z",
    }
    assert given(shown="0") == {"shown": False}


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("months", "abc", "int"),
        ("months", "1.5", "int"),
        ("share", "half", "float"),
        ("shown", "maybe", "true or false"),
    ],
)
def test_a_value_of_another_type_names_parameter_type_and_notebook(given, name: str, value: str, wanted: str):
    with pytest.raises(InputError) as caught:
        given(**{name: value})
    told = str(caught.value)
    assert f"parameter {name}: '{value}' is not {wanted}" in told and "n.ipynb" in told


@pytest.mark.parametrize("cell", ["months = ", "months = len('x')", "import os", "a, b = 1, 2", "print('x')"])
def test_a_parameters_cell_is_read_and_never_run(tmp_path: Path, cell: str):
    with pytest.raises(InputError, match="parameters cell cannot be read") as caught:
        known_parameters(write(tmp_path, cell))
    assert "n.ipynb" in str(caught.value) and cell.strip() in str(caught.value)


def test_a_kernel_that_dies_names_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def die(*_: object, **__: object) -> None:
        raise DeadKernelError("Kernel died")

    monkeypatch.setattr(runner.papermill, "execute_notebook", die)
    with pytest.raises(InputError, match="process ended") as caught:
        execute(write(tmp_path, CELL), {})
    assert "n.ipynb" in str(caught.value)
