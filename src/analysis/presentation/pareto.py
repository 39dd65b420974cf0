"""Causes by money: a bar and its interval a row, hollow where chance may have made it, the running share beside it."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import BAD, FAINT, GREY, INK
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Letters of a cause's name.
_NAMES = 52


class Bar(NamedTuple):
    """One cause: its name, its money, the interval (empty = none), whether it is called."""

    name: str
    amount: float
    low: float | None
    high: float | None
    called: bool


def pareto(bars: Sequence[Bar], whole: float, style: Style, kind: Kind, share_name: str) -> str:
    """Causes that add to a loss, the largest first, each with its 95 % interval.

    Parameters
    ----------
    whole : all that adds to the loss, drawn or not: the running share is of it.
    share_name : heading of the running share.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.24 * len(bars) + 0.45)
        ends = [value for bar in bars for value in (bar.amount, bar.low, bar.high) if not is_empty(value)]
        low, high = min(0.0, *ends), max(0.0, *ends)  # type: ignore[type-var]
        axes.set_xlim(low - 0.02 * (high - low), high + 0.34 * (high - low))  # type: ignore[operator]
        running = np.cumsum([bar.amount for bar in bars]) / whole
        for row, bar in enumerate(bars):
            _draw(axes, row, bar)
            _write(axes, row, 0.83, style.write(bar.amount, kind), INK)
            _write(axes, row, 1.0, style.write(running[row], "percent0"), GREY)
        _write(axes, -0.95, 0.83, style.unit_of(kind), GREY)
        _write(axes, -0.95, 1.0, share_name, GREY)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.set_ylim(len(bars) - 0.4, -1.3)
        only_rows(axes, [bar.name for bar in bars], _NAMES)
        return to_svg(figure)


def _draw(axes: Axes, row: int, bar: Bar) -> None:
    axes.axhline(row + 0.5, color=FAINT, linewidth=0.6, zorder=0)
    axes.barh(row, bar.amount, height=0.6, color=BAD if bar.called else "white", edgecolor=BAD, linewidth=0.9)
    if not is_empty(bar.low):
        axes.plot([bar.low, bar.high], [row, row], color=INK, linewidth=1.1, solid_capstyle="butt")  # type: ignore[list-item]
        for end in (bar.low, bar.high):
            axes.plot([end, end], [row - 0.14, row + 0.14], color=INK, linewidth=1.1)  # type: ignore[list-item]


def _write(axes: Axes, row: float, x: float, text: str, colour: str) -> None:
    size = 8.5 if row >= 0 else 7.5
    axes.text(x, row, text, transform=axes.get_yaxis_transform(), va="center", ha="right", fontsize=size, color=colour)
