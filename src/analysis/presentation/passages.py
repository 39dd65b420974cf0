"""Paragraphs of a report, each under a word of its own: abstract, methods, limits."""

import html
from dataclasses import dataclass
from typing import Any, NamedTuple

from analysis.presentation.finding import BLOCKS_MIME, FINDING_MIME
from analysis.presentation.pipe_tables import escaped


class Passage(NamedTuple):
    """One paragraph: the word it begins with, and its text; either may be empty."""

    head: str
    text: str


@dataclass(frozen=True)
class Passages:
    """Paragraphs that answer a section's question in words.

    Parameters
    ----------
    question : the heading they stand under.
    parts : the paragraphs in order.
    """

    question: str
    parts: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """All paragraphs, a line each."""
        return "\n".join(": ".join(filter(None, part)) for part in self.parts)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        blocks = [{"kind": "text", "caption": "", "body": _markdown(part)} for part in self.parts]
        shown = {"text/plain": self.text, "text/html": self.to_html()}
        return shown | {FINDING_MIME: self.to_payload(), BLOCKS_MIME: blocks}

    def to_html(self) -> str:
        """A paragraph a part, its word bold."""
        return f'<div class="passages">{"".join(_paragraph(part) for part in self.parts)}</div>'

    def to_payload(self) -> dict[str, Any]:
        """What the workbook lists of it, as plain data."""
        return {"question": self.question, "text": self.text, "caveats": [], "alarm": False, "table": None}


def _paragraph(part: Passage) -> str:
    head = f"<b>{html.escape(part.head)}</b>&ensp;" if part.head else ""
    return f"<p>{head}{html.escape(part.text)}</p>"


def _markdown(part: Passage) -> str:
    return f"**{escaped(part.head)}** {escaped(part.text)}".strip() if part.head else escaped(part.text)
