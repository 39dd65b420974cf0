"""Fixtures of the report tests: a small hospital and a bare alliance, closed once a session."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from closed_factory import Small, write_bare_alliance, write_small_hospital

from analysis.reporting.packs import render_pack
from analysis.studies.committee import open_report
from analysis.studies.report import Report

ROOT = Path(__file__).parents[1]
OVERVIEW = ROOT / "notebooks/committee/overview.ipynb"
DEPARTMENT = ROOT / "notebooks/committee/department.ipynb"
PATHWAYS = ROOT / "notebooks/committee/pathways.ipynb"
REVISION = ROOT / "notebooks/committee/pathway_revision.ipynb"
START_HERE = ROOT / "notebooks/start_here.ipynb"
PACK = ROOT / "parameters/packs/monthly_committee.yaml"
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Fourteen months with ledger, charges, denials, fund and quality."""
    return write_small_hospital(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """One year of five hospitals: discharges and costs only."""
    return write_bare_alliance(tmp_path_factory.mktemp("bare"), hospitals=5)


@dataclass(frozen=True)
class Pages:
    """The committee's pack of the small hospital, rendered: its folder, the files in order, the steps told."""

    folder: Path
    files: list[Path]
    steps: list[str]


@pytest.fixture(scope="session")
def pages(small: Small) -> Pages:
    steps: list[str] = []
    files = render_pack(PACK, small.data, small.period, ["zh", "en"], small.outputs, progress=steps.append)
    return Pages(small.outputs / "small" / small.period, files, steps)


def opened(small: Small, language: str = "zh", hospital: str = "", department: str = "") -> Report:
    return open_report(str(small.data), small.period, str(small.outputs), language, hospital, department)


def parameters(small: Small, **more: str) -> dict[str, str]:
    """Parameters of a notebook for the small hospital."""
    return {"data": str(small.data), "outputs": str(small.outputs), "period": small.period, **more}
