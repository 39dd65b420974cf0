"""The hand hospital as a source of CSV files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hand_hospital import hand_hospital
from hand_parameters import write_parameters
from robustness.source_files import Source

from benchmarks.corruptions.small_hospital import make_place, standing_in

ROOT = Path(__file__).parents[2]


def exported(place: Path) -> Source:
    """The hand hospital in PLACE, with its parameters; its files are still to be written."""
    write_parameters(place)
    (place / "source").mkdir()
    tables = hand_hospital()
    return Source(place, tables, {name: {"path": f"{name}.csv", "format": "csv"} for name in tables})


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The hand hospital, exported; change `tables`, call `write`, then the commands."""
    monkeypatch.chdir(tmp_path)
    return exported(tmp_path)


@pytest.fixture(scope="session")
def imported_and_closed(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The hand hospital, imported and closed once, to be copied."""
    source = exported(tmp_path_factory.mktemp("hand"))
    source.write()
    with standing_in(source.place):
        for ended in (source.bring(), source.close()):
            assert ended.code == 0, ended.text
    return source


@pytest.fixture(scope="session")
def small_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of a small demonstration hospital, exported, imported and closed."""
    return make_place(tmp_path_factory.mktemp("small") / "place", ROOT)


@pytest.fixture
def come_through(source: Source) -> Callable[..., Source]:
    """Import, check and close the source: all three must end well."""

    def go() -> Source:
        for ended in (source.bring(), source.check(), source.close("--period", "2023-05")):
            assert ended.code == 0, ended.text + ended.traceback
        return source

    return go
