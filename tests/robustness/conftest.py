"""The hand hospital as a source of CSV files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from closing.conftest import PARAMETERS
from hand_hospital import hand_hospital
from robustness.source_files import Source


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """The hand hospital, exported; change `tables`, call `write`, then the commands."""
    for name, content in PARAMETERS.items():
        file = tmp_path / "parameters" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(content), "utf8")
    (tmp_path / "source").mkdir()
    monkeypatch.chdir(tmp_path)
    tables = hand_hospital()
    yield Source(tmp_path, tables, {name: {"path": f"{name}.csv", "format": "csv"} for name in tables})


@pytest.fixture
def come_through(source: Source) -> Callable[..., Source]:
    """Import, check and close the source: all three must end well."""

    def go() -> Source:
        for run in (source.bring, source.check, source.close):
            ended = run()
            assert ended.code == 0, ended.text + ended.traceback
        return source

    return go
