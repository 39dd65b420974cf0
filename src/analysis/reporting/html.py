"""An executed notebook as one self-contained page: no code, no script, no request to anywhere."""

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter

from analysis.presentation.finding import FINDING_MIME
from analysis.studies.report import REPORT_MIME

_TEMPLATES = Path(__file__).parent / "template"


def make_page(notebook: nbformat.NotebookNode, language: str, font: Callable[[str], str], title: str = "") -> str:
    """Render the executed notebook in one language.

    Parameters
    ----------
    language : markdown cells tagged with the other language are left out.
    font : makes the page's @font-face from its text.
    title : name of the report, above the heading.
    """
    shown = _in_language(notebook, language)
    resources = {"page": head_of(notebook) | {"title": title, "language": language, "zh": language == "zh"}}
    page, _ = _exporter().from_notebook_node(shown, resources=resources)
    return page.replace("/*font*/", font(page), 1)


def head_of(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """What the opened report said of itself (hospital, period, provisional, run id); empty where none was opened."""
    return next((data[REPORT_MIME] for data in _outputs(notebook) if REPORT_MIME in data), {})


def findings_of(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Findings shown in the notebook, in order, as plain data."""
    return [data[FINDING_MIME] for data in _outputs(notebook) if FINDING_MIME in data]


def _outputs(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [output.data for cell in cells for output in cell.outputs if "data" in output]


def _in_language(notebook: nbformat.NotebookNode, language: str) -> nbformat.NotebookNode:
    """A copy without the other language, with sections marked at their H2."""
    shown = copy.deepcopy(notebook)
    other = {"lang-zh", "lang-en"} - {f"lang-{language}"}
    shown.cells = [cell for cell in shown.cells if not other & set(cell.metadata.get("tags", []))]
    for cell in shown.cells:
        cell.metadata["section"] = cell.cell_type == "markdown" and cell.source.startswith("## ")
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if not ("data" in o and REPORT_MIME in o.data)]
    return shown


@cache
def _exporter() -> HTMLExporter:
    return HTMLExporter(
        template_name="workbench",
        extra_template_basedirs=[str(_TEMPLATES)],
        require_js_url="",
        mathjax_url="",
        jquery_url="",
        mermaid_js_url="",
        embed_images=True,
        exclude_anchor_links=True,
    )
