"""No page, workbook or note of a report carries an identity: canaries of the demonstration hospital are looked for."""

import re
import subprocess
import zipfile
from pathlib import Path
from shutil import which

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from report_fixtures import PACK

from analysis.closing import close
from analysis.demo.folder import make_demo
from analysis.demo.identities import CANARY
from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.reporting.packs import render_pack

#: Codes of people and of what was done to them, in the demonstration hospital's form.
CODES = re.compile(r"\b(?:P\d{8}|S\d{8}|[LOE][0-9A-HJKMNP-TV-Z]{10}|N\d{8}|M\d{12}|V\d{9})\b")


def _text(path: Path) -> str:
    """Everything a reader can find in a file."""
    if path.suffix == ".pdf":
        return subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode("utf8", "replace") for name in book.namelist())
    return path.read_text("utf8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("canaries")
    make_demo(folder / "data" / "demo", 5, (), 2000, "2022-12", "2022-12")
    close(folder / "data" / "demo", [Period("2022-12")], folder / "outputs")
    files = render_pack(PACK, folder / "data" / "demo", "2022-12", ["zh", "en"], folder / "outputs")
    return folder / "data" / "demo", files


def _column(data: Path, table: str, column: str) -> set[str]:
    files = open_hospital(data).files(table)
    return {v for f in files for v in pc.unique(pq.read_table(f, columns=[column])[column]).to_pylist() if v}


def test_the_canaries_are_in_the_data(report: tuple[Path, list[Path]]):
    data, _ = report
    assert any(CANARY in patient for patient in _column(data, "visits", "patient_id"))
    texts = _column(data, "reviews", "note") | _column(data, "pathway_records", "variance_reason")
    assert any(CANARY in text for text in texts)


def test_no_file_carries_an_identity(report: tuple[Path, list[Path]]):
    data, files = report
    names = _column(data, "physicians", "name")
    readable = [f for f in files if f.suffix != ".pdf" or which("pdftotext")]
    assert len(readable) > 12
    for path in readable:
        text = _text(path)
        assert CANARY not in text and CANARY[:3] not in text, path.name
        assert not CODES.search(re.sub(r"data:[^\"')]+", "", text)), path.name
        assert not [name for name in names if len(name) > 2 and name in text], path.name
