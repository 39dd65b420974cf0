"""What is installed is what is written: every YAML, SQL and template file of the package is in the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tracked import ROOT, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a wheel built with the locked back end, without any network."""
    out: Path = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(zipfile.ZipFile(next(out.glob("*.whl"))).namelist())


def test_every_file_of_the_package_is_in_the_wheel(wheel: set[str]):
    source = ROOT / "src"
    mine = {path.relative_to(source).as_posix() for path in tracked() if path.is_relative_to(source)}
    assert mine <= wheel


def test_nothing_else_is_in_the_wheel(wheel: set[str]):
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"analysis", "drg_value_workbench"}
