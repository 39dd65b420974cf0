"""All letters the pages of a report can need: of the product's own words, of the notebooks, and of the names in it."""

import json
from functools import cache
from pathlib import Path

from analysis.settings import parameters_folder
from analysis.studies.report import Report

_WORDS = {".py", ".yaml", ".j2", ".css"}


def letters_of_reports(report: Report) -> str:
    """Letters of the package's texts, of the notebooks, of the card, and of every name of a code but physicians'."""
    names = report.engine.frame(
        "select distinct name || coalesce(name_en, '') as name from names where kind <> 'physician'"
    )
    return _own_letters() + "".join(names["name"]) + json.dumps(report.card, ensure_ascii=False)


@cache
def _own_letters() -> str:
    package = Path(__file__).parent.parent
    files = [file for file in package.rglob("*") if file.suffix in _WORDS]
    files += sorted((parameters_folder().parent / "notebooks").rglob("*.ipynb"))
    files += sorted((parameters_folder() / "studies").glob("*.yaml"))
    return "".join(sorted({letter for file in files for letter in file.read_text("utf8")}))
