"""An executed notebook as a Markdown document that a word processor takes: figures as files, tables of pipes, no HTML.

`pandoc NAME.md -o NAME.docx` makes the Word file.
"""

import json
import re
from pathlib import Path
from typing import Any

import nbformat

from analysis.files import write_text
from analysis.presentation.finding import BLOCKS_MIME
from analysis.reporting.font import page_font
from analysis.reporting.html import head_of
from analysis.studies.report import REPORT_MIME

_HEADING = re.compile(r"^(#+) +(.*)$", re.MULTILINE)
_OPENING = re.compile(r"<svg[^>]*>")
#: Counted words before a caption (zh, en).
_COUNTED = {"figure": ("图", "Figure"), "table": ("表", "Table")}


def write_markdown(notebook: nbformat.NotebookNode, language: str, folder: Path, name: str, title: str) -> list[Path]:
    """Write folder/NAME.md and, beside it, every figure as NAME_figure1.svg and so on.

    Parameters
    ----------
    notebook : executed; markdown cells of the other language are left out, and so is code.
    title : of the report, the document's subtitle.

    Returns
    -------
    The files, the document first.
    """
    document = _Document(name, language)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            document.add_words(cell)
        else:
            document.add_outputs(cell)
    head = _front(document, head_of(notebook), title)
    text = "\n\n".join([head, *document.parts]) + "\n"
    figures = [write_text(folder / file, svg) for file, svg in document.figures.items()]
    return [write_text(folder / f"{name}.md", text), *figures]


class _Document:
    """Parts of a document as they come, with the figures and tables counted."""

    def __init__(self, name: str, language: str) -> None:
        self.name, self.language = name, language
        self.title = ""
        self.parts: list[str] = []
        self.figures: dict[str, str] = {}
        self._counts = dict.fromkeys(_COUNTED, 0)

    def add_words(self, cell: nbformat.NotebookNode) -> None:
        """A markdown cell: its first H1 becomes the document's title, the other headings rise by one."""
        if ({"lang-zh", "lang-en"} - {f"lang-{self.language}"}) & set(cell.metadata.get("tags", [])):
            return
        words = _HEADING.sub(self._risen, cell.source).strip()
        if words:
            self.parts.append(words)

    def add_outputs(self, cell: nbformat.NotebookNode) -> None:
        """What a code cell shows."""
        for data in [output.data for output in cell.outputs if "data" in output]:
            if REPORT_MIME not in data:
                self.parts.extend(self._block(block) for block in data.get(BLOCKS_MIME, []))

    def _risen(self, found: re.Match[str]) -> str:
        if len(found[1]) > 1:
            return f"{found[1][1:]} {found[2]}"
        self.title = self.title or found[2]
        return ""

    def _block(self, block: dict[str, str]) -> str:
        kind, body = block["kind"], block["body"]
        if kind not in _COUNTED:
            return body
        caption = self._caption(kind, block["caption"])
        if kind == "table":
            return f"**{caption}**\n\n{body}"
        file = f"{self.name}_figure{self._counts[kind]}.svg"
        self.figures[file] = _alone(body)
        return f"![{caption}]({file})"

    def _caption(self, kind: str, text: str) -> str:
        self._counts[kind] += 1
        zh, en = _COUNTED[kind]
        word = f"{zh} {self._counts[kind]}　" if self.language == "zh" else f"{en} {self._counts[kind]}. "
        return word + re.sub(r"[\[\]\\]", "", text)


def _alone(svg: str) -> str:
    """An SVG that stands by itself: as a file it has to bring its letters with it."""
    return _OPENING.sub(lambda found: f"{found[0]}<style>{page_font(svg)}</style>", svg, count=1)


def _front(document: _Document, head: dict[str, Any], title: str) -> str:
    """The document's front matter; every value is quoted, so that nothing in a name is YAML."""
    lines = {
        "title": head.get("subject") or document.title,
        "subtitle": title,
        "author": " · ".join(part for part in (head.get("hospital"), head.get("department")) if part),
        "date": head.get("period", ""),
        "lang": "zh-CN" if document.language == "zh" else "en",
        "run": head.get("run_id", ""),
    }
    told = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in lines.items() if value]
    return "\n".join(["---", *told, "---"])
