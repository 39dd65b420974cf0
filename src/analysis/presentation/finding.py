"""A question answered: evidence and sentence travel together, into the notebook, the page and the workbook."""

import hashlib
import html
from dataclasses import dataclass
from typing import Any

from analysis.presentation.palette import ACCENT, BAD, GREY
from analysis.presentation.pipe_tables import escaped, pipe_table
from analysis.presentation.tables import Table

#: Under this MIME type a Finding carries its table's data in the executed notebook.
FINDING_MIME = "application/vnd.drg-workbench.finding+json"
#: Under this MIME type what is shown carries its blocks for a Markdown document.
BLOCKS_MIME = "application/vnd.drg-workbench.blocks+json"


@dataclass(frozen=True)
class Finding:
    """What one figure or table says about one question.

    Parameters
    ----------
    question : the heading it stands under.
    table : the evidence; None where the data do not give it.
    text : the one sentence, made from the evidence.
    caveats : what the reader must know about it.
    figure : SVG text, or "" where the table itself is the figure.
    alarm : something is wrong; the sentence is marked red.
    listed : False keeps the table off the page (the figure shows it); the workbook has it anyway.
    """

    question: str
    table: Table | None
    text: str
    caveats: tuple[str, ...] = ()
    figure: str = ""
    alarm: bool = False
    listed: bool = True

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": self.text, "text/html": self.to_html(), FINDING_MIME: self.to_payload()}
        return bundle | {BLOCKS_MIME: self.to_blocks()}

    def to_html(self) -> str:
        """Sentence, figure, table, caveats."""
        edge = BAD if self.alarm else ACCENT
        parts = [
            f'<p class="sentence" style="margin:6px 0 8px;padding:2px 0 2px 10px;border-left:3px solid {edge};'
            f'font-size:15px;line-height:1.5">{html.escape(self.text)}</p>'
        ]
        if self.figure:
            parts.append(f'<div class="figure" style="max-width:760px;margin:0 auto">{self.figure}</div>')
        if self.table is not None and self.listed:
            parts.append(self.table.to_html("t" + hashlib.sha256(self.table.sheet.encode()).hexdigest()[:8]))
        if self.caveats:
            notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.caveats)
            parts.append(
                f'<ul class="caveats" style="margin:4px 0 0;padding-left:16px;color:{GREY};'
                f'font-size:11.5px;line-height:1.45">{notes}</ul>'
            )
        return f'<div class="finding">{"".join(parts)}</div>'

    def to_blocks(self) -> list[dict[str, str]]:
        """What a document takes, in order: kind (text, figure, table, notes), caption and body (SVG or Markdown)."""
        caption = self.table.sheet if self.table is not None else self.question
        blocks = [{"kind": "text", "caption": "", "body": escaped(self.text)}]
        if self.figure:
            blocks.append({"kind": "figure", "caption": caption, "body": self.figure})
        if self.table is not None and self.listed:
            blocks.append({"kind": "table", "caption": caption, "body": pipe_table(self.table)})
        if self.caveats:
            notes = "\n".join(f"- {escaped(note)}" for note in self.caveats)
            blocks.append({"kind": "notes", "caption": "", "body": notes})
        return blocks

    def to_payload(self) -> dict[str, Any]:
        """What the workbook needs, as plain data."""
        return {
            "question": self.question,
            "text": self.text,
            "caveats": list(self.caveats),
            "alarm": self.alarm,
            "table": self.table.to_payload() if self.table is not None else None,
        }
