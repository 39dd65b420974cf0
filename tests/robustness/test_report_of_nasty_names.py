"""Names that a browser or a spreadsheet would run, from the exported file to the page and the workbook."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from robustness.source_files import Source

from benchmarks.corruptions.commands import command

ROOT = Path(__file__).parents[2]
SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
PACK = {
    "title": {"zh": "报告", "en": f"Report {SCRIPT}"},
    "pages": [{"notebook": "committee/overview.ipynb", "name": "overview"}],
    "formats": ["xlsx"],
}


def named(source: Source) -> None:
    """Twelve more stays of June in a group and a department of such names (small groups are not shown)."""
    source.tables["departments"][0] |= {"name": SCRIPT, "name_en": SCRIPT}
    source.tables["hospitals"][0] |= {"name": FORMULA, "name_en": FORMULA}
    source.tables["payment_standards"][0]["name"] = FORMULA
    stay, line = source.tables["stays"][2], source.tables["charges"][4]
    for number in range(12):
        source.tables["stays"].append(stay | {"stay_id": f"n{number}", "patient_id": f"q{number}", "drg_code": "AA15"})
        source.tables["charges"].append(line | {"line_id": f"n{number}", "stay_id": f"n{number}"})


@pytest.mark.slow
def test_names_stay_names(source: Source, come_through: Callable[[], Source]):
    named(source)
    source.write()
    come_through()
    (source.place / "notebooks").symlink_to(ROOT / "notebooks")
    (source.place / "pack.yaml").write_text(yaml.safe_dump(PACK, allow_unicode=True), "utf8")
    words = ("report", "pack.yaml", "--data", "data/hand", "--period", "2023-06", "--language", "en")
    ended = command(*words)
    assert ended.code == 0, ended.text + ended.traceback
    month = source.place / "outputs/hand/2023-06"
    text = (month / "overview_en.html").read_text("utf8")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    assert "<script>alert" not in (month / "index.html").read_text("utf8")
    book = load_workbook(month / "overview_en.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert any(SCRIPT in text for text in texts) and any(FORMULA in text for text in texts)
