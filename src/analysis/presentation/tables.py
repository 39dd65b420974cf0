"""A table that is shown and written to Excel from one description: rows, headings, and how each column is written."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
from great_tables import GT
from great_tables import html as raw_html

from analysis.contract import closed_tables
from analysis.presentation.headings import heading
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import BAD, GREY
from analysis.presentation.sparkline import sparkline
from analysis.vocabulary import Language

#: mark -> (sign, zh, en, shown red)
MARKS: dict[str, tuple[str, str, str, bool]] = {
    "met": ("✓", "达标", "met", False),
    "missed": ("▲", "未达标", "missed", True),
    "none": ("–", "", "", False),
    "better": ("↗", "好转", "better", False),
    "worse": ("↘", "变差", "worse", True),
    "same": ("→", "持平", "same", False),
    "passed": ("✓", "相符", "ties", False),
    "open": ("▲", "不符", "open", True),
    "shown": ("–", "仅列示", "shown only", False),
    "loss": ("▼", "亏损", "loss", True),
    "surplus": ("✓", "盈余", "surplus", False),
    "unsure": ("?", "两法不一", "unsure", False),
    "above": ("▽", "高于收入", "above income", False),
    "below": ("–", "低于收入", "below income", False),
    "watch": ("▲", "成本降、质量降", "cost and quality down", True),
}


@dataclass(frozen=True)
class Column:
    """One column: its name in the frame, its heading, and how its values are written (see numbers.Kind).

    `on_page`: False keeps it to the workbook.
    """

    name: str
    heading: str
    kind: Kind = "text"
    on_page: bool = True


@dataclass(frozen=True)
class Chart:
    """The native Excel chart of a table: one category column, its value columns."""

    kind: Literal["bar", "column", "line"]
    category: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows with a description of their columns.

    `by_row`: for columns of kind `by_row`, the kind of every row (rows of different units). `alarm`: (row, column)
    cells shown in red. `strong`: rows shown bold, such as a total. `sheet`: name of the Excel sheet. `on_page`: rows
    that the page shows, empty = all; the workbook has every row.
    """

    rows: pd.DataFrame
    columns: tuple[Column, ...]
    sheet: str
    style: Style = field(default_factory=Style)
    by_row: tuple[Kind, ...] = ()
    alarm: frozenset[tuple[int, str]] = frozenset()
    strong: frozenset[int] = frozenset()
    chart: Chart | None = None
    on_page: tuple[int, ...] = ()

    def kind(self, row: int, column: Column) -> Kind:
        """How one cell is written."""
        return self.by_row[row] if column.kind == "by_row" else column.kind

    def to_html(self, identifier: str) -> str:
        """The table as HTML by great_tables; every text that came from data is escaped."""
        shown = [column for column in self.columns if column.on_page]
        places = self.on_page or range(len(self.rows))
        cells = pd.DataFrame({c.name: [self._cell(i, c, self.rows[c.name].iloc[i]) for i in places] for c in shown})
        names = [column.name for column in shown]
        left = [column.name for column in shown if column.kind == "text"]
        right = [column.name for column in shown if column.kind not in {"text", "mark", "trend"}]
        middle = [name for name in names if name not in left and name not in right]
        made = GT(cells, id=identifier).fmt(str, columns=names)
        made = made.cols_label({c.name: raw_html(_broken(html.escape(c.heading))) for c in shown})
        for align, columns in (("left", left), ("right", right), ("center", middle)):
            if columns:
                made = made.cols_align(align=align, columns=columns)
        return made.tab_options(**_OPTIONS).as_raw_html()

    def to_payload(self) -> dict[str, Any]:
        """The table as plain data for the workbook: typed values, kinds, headings."""
        columns = [column for column in self.columns if column.kind != "trend"]
        return {
            "sheet": self.sheet,
            "columns": [{"name": c.name, "heading": c.heading, "kind": c.kind} for c in columns],
            "rows": [
                [
                    {"value": self._plain(i, c, value), "kind": self.kind(i, c)}
                    for c, value in zip(columns, row, strict=True)
                ]
                for i, row in enumerate(self.rows[[c.name for c in columns]].itertuples(index=False))
            ],
            "strong": sorted(self.strong),
            "chart": self.chart
            and {"kind": self.chart.kind, "category": self.chart.category, "values": self.chart.values},
            "units": [self.style.large[1], self.style.unit],
        }

    def _cell(self, row: int, column: Column, value: Any) -> str:
        if column.kind == "trend":
            return sparkline(value)
        if column.kind == "mark":
            sign, zh, en, red = MARKS[value]
            look = f"color:{BAD};font-weight:700" if red else f"color:{GREY}"
            return f'<span style="{look};white-space:nowrap">{sign} {zh if self.style.language == "zh" else en}</span>'
        text = html.escape(self.style.write(value, self.kind(row, column)))
        if column.kind not in {"text", "text_right"}:
            text = f'<span style="white-space:nowrap">{text}</span>'
        if (row, column.name) in self.alarm:
            text = f'<span style="color:{BAD};font-weight:700">{text}</span>'
        return f"<b>{text}</b>" if row in self.strong else text

    def _plain(self, row: int, column: Column, value: Any) -> Any:
        """A value as the workbook stores it: money in full, and so the row's label names the full unit."""
        if column.kind == "mark":
            return MARKS[value][1 if self.style.language == "zh" else 2]
        if column.kind == "text" and self.by_row and self.by_row[row] == "money_large":
            return value.removesuffix(self.style.with_unit("", "money_large")) + self.style.with_unit("", "money")
        if is_empty(value):
            return None
        return value.item() if hasattr(value, "item") else value


def column(name: str, style: Style, kind: Kind = "text", of: str = "", as_: str = "") -> Column:
    """A column with the heading of the closed table `of` (or of the report's own headings), its unit added.

    Parameters
    ----------
    name : column in the closed table, or a heading of headings.yaml where `of` is empty.
    as_ : name of the column in the frame where it differs.
    """
    language: Language = style.language
    text = closed_tables()[of].columns[name].label(language) if of else heading(name, language)
    return Column(as_ or name, style.with_unit(text, kind), kind)


def columns(
    style: Style, *specs: tuple[str, Kind] | tuple[str, Kind, str], heads: Mapping[str, str] = MappingProxyType({})
) -> tuple[Column, ...]:
    """Several columns, each as (name, kind) or (name, kind, closed table); `heads` gives a column another heading."""
    return tuple(
        column(heads.get(name, name), style, kind, *of, as_=name)  # type: ignore[misc]
        for name, kind, *of in specs
    )


def _broken(text: str) -> str:
    """Let a heading break before its unit."""
    return text.replace("（", "<br>（", 1).replace(" (", "<br>(", 1)


_OPTIONS = {
    "table_width": "100%",
    "table_font_size": "13px",
    "table_font_names": ["Noto Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"],
    "table_font_color": "#1f2328",
    "table_border_top_style": "none",
    "table_border_bottom_style": "none",
    "column_labels_font_size": "12px",
    "column_labels_border_top_style": "none",
    "column_labels_border_bottom_width": "1.5px",
    "column_labels_border_bottom_color": "#1f2328",
    "column_labels_padding": "3px",
    "column_labels_padding_horizontal": "6px",
    "table_body_hlines_color": "#e5e7eb",
    "table_body_border_top_color": "#1f2328",
    "table_body_border_top_width": "0px",
    "table_body_border_bottom_color": "#1f2328",
    "table_body_border_bottom_width": "1px",
    "data_row_padding": "3.5px",
    "data_row_padding_horizontal": "6px",
    "container_padding_y": "4px",
    "container_overflow_x": "auto",
}
