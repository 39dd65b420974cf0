"""A table as a Markdown pipe table that opens in any editor and turns into a Word table: plain text, no HTML."""

import re
import unicodedata
from typing import Any

from analysis.presentation.tables import MARKS, Column, Table

#: What Markdown, or pandoc's dialect of it, would read as markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|$~^@])")
#: Beginnings of a line that would make it a list, a rule or a quotation.
_BEGINNINGS = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")
#: A column is never narrower than this, so that a ruler of hyphens is one.
_NARROWEST = 3


def escaped(text: str) -> str:
    """Text in which nothing is markup: one line, every sign that means something behind a backslash."""
    line = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    return _BEGINNINGS.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", line)


def pipe_table(table: Table) -> str:
    """The rows and columns that the page shows, numbers to the right; trends are left to the page.

    Returns
    -------
    Lines of a pipe table. The hyphens of a column are as many as its widest cell is wide, from which pandoc takes the
    columns' shares of the page.
    """
    columns = [column for column in table.columns if column.on_page and column.kind != "trend"]
    places = table.on_page or tuple(range(len(table.rows)))
    cells = [[_cell(table, i, c, table.rows[c.name].iloc[i]) for c in columns] for i in places]
    heads = [escaped(column.heading) for column in columns]
    widths = [max(_NARROWEST, *(_width(row[j]) for row in [heads, *cells])) for j in range(len(columns))]
    rule = [
        "-" * width if c.kind == "text" else "-" * (width - 1) + ":" for c, width in zip(columns, widths, strict=True)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rule, *cells])


def _cell(table: Table, row: int, column: Column, value: Any) -> str:
    if column.kind == "mark":
        sign, zh, en, _ = MARKS[value]
        return f"{sign} {zh if table.style.language == 'zh' else en}".strip()
    text = escaped(table.style.write(value, table.kind(row, column)))
    return f"**{text}**" if text and row in table.strong else text


def _width(text: str) -> int:
    """Width of a text in letters; a Chinese one counts twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
