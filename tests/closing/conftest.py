"""A project folder with the hand hospital and the parameters it is closed with."""

from pathlib import Path

import pytest
from hand_hospital import hand_hospital, write_hospital
from hand_parameters import write_parameters


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with parameters/ and data/hand."""
    write_parameters(tmp_path)
    write_hospital(tmp_path / "data" / "hand", hand_hospital())
    monkeypatch.chdir(tmp_path)
    return tmp_path
