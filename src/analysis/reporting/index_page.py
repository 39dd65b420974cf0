"""index.html: the period's headline figures and a link to every page of it."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from analysis.files import write_text
from analysis.reporting.font import page_font

_TEMPLATES = Path(__file__).parent / "template"
#: How many findings of the overview stand on the index.
_FACTS = 6
_LANGUAGES = {"zh": "中文", "en": "English"}
#: Files of a page that the index leads to, and what it calls them (zh, en); figures stand beside their document.
NAMED = {
    ".html": ("网页", "Page"),
    ".pdf": ("PDF", "PDF"),
    ".xlsx": ("Excel", "Excel"),
    ".md": ("Markdown", "Markdown"),
}


def write_index(folder: Path, pages: list[dict[str, Any]], title: str, notes: list[str]) -> Path:
    """Write folder/index.html.

    Parameters
    ----------
    pages : rendered pages in order: subject, language, head, findings, files (names in the folder).
    notes : what did not come, such as PDFs without a browser.
    """
    first = pages[0]
    zh = first["language"] == "zh"
    facts = [{key: f[key] for key in ("question", "text", "alarm")} for f in first["findings"] if f["table"]][:_FACTS]
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
    page = environment.get_template("index.html.j2").render(
        zh=zh,
        head=first["head"],
        title=title,
        facts=facts,
        pages=[_row(page, zh) for page in pages],
        notes=notes,
        css=(_TEMPLATES / "workbench" / "page.css").read_text("utf8"),
    )
    return write_text(folder / "index.html", page.replace("/*font*/", page_font(page), 1))


def _row(page: dict[str, Any], zh: bool) -> dict[str, Any]:
    whole = f"{'全院' if zh else 'Hospital'} ({_LANGUAGES[page['language']]})"
    told = page["findings"][0] if page["subject"] and page["findings"] else {"text": "", "alarm": False}
    links = [{"file": quote(name), "name": NAMED[Path(name).suffix][0 if zh else 1]} for name in page["files"]]
    return {"subject": page["subject"] or whole, "links": links, "text": told["text"], "alarm": told["alarm"]}
