"""Intervals of several plans, one small panel an outcome with a scale of its own: left or right of no change."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY
from analysis.presentation.svg import WIDTH, chart_style, to_svg

_ACROSS = 4
#: Nought as it is written.
_NOUGHT = ("0", "0.0", "0.000")


class Panel(NamedTuple):
    """One outcome: heading, how it is written, whether less of it is better, (middle, low, high) of each plan."""

    heading: str
    kind: Kind
    less_is_better: bool
    intervals: Sequence[tuple[float, float, float]]


def forest(plans: Sequence[str], panels: Sequence[Panel], style: Style) -> str:
    """One row a plan in every panel: a dot and its 95 % interval; blue better, red worse, grey where 0 is within."""
    lines = math.ceil(len(panels) / _ACROSS)
    with mpl.rc_context(chart_style()):
        figure = Figure(figsize=(WIDTH, lines * (0.3 * len(plans) + 0.75)), layout="constrained")
        grid = figure.subplots(lines, _ACROSS, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(panels):
                axes.axis("off")
                continue
            _panel(axes, panels[place], style)
            shown = plans if place % _ACROSS == 0 else [""] * len(plans)
            axes.set_yticks(range(len(plans)), shown, fontsize=8)
        return to_svg(figure)


def _panel(axes: Axes, one: Panel, style: Style) -> None:
    axes.set_title(one.heading, fontsize=8.5, loc="left")
    axes.axvline(0, color=GREY, linewidth=0.8)
    ends = [v for each in one.intervals for v in each if not is_empty(v) and _bare(style, v, one.kind) not in _NOUGHT]
    for row, interval in enumerate(one.intervals):
        axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
        if not is_empty(interval[0]):
            _interval(axes, row, interval if ends else (0.0, 0.0, 0.0), one, style)
    axes.set_ylim(len(one.intervals) - 0.5, -0.75)
    reach = max(map(abs, ends), default=0.0)
    axes.set_xlim(-1.3 * (reach or 1), 1.5 * (reach or 1))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(3) if reach else mpl.ticker.FixedLocator([0.0]))
    axes.xaxis.set_major_formatter(lambda value, _: _bare(style, value, one.kind))
    axes.tick_params(axis="x", labelsize=7)
    axes.spines["left"].set_visible(False)


def _interval(axes: Axes, row: int, of: tuple[float, float, float], one: Panel, style: Style) -> None:
    """The dot, its interval and its value."""
    middle, low, high = of
    within = is_empty(low) or low <= 0 <= high
    colour = GREY if within else (ACCENT if (middle < 0) == one.less_is_better else BAD)
    axes.plot([low, high], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
    axes.plot(middle, row, "o", color=colour, markersize=4.5)
    text = _bare(style, middle, one.kind)
    axes.annotate(f"+{text}" if middle > 0 and text not in _NOUGHT else text, (middle, row), (3, 4),
                  textcoords="offset points", fontsize=7.5, color=colour)  # fmt: skip


def _bare(style: Style, value: float, kind: Kind) -> str:
    """The value without sign of plus and without unit; the heading has the unit."""
    return style.write(value, kind).removeprefix("+").split(" ")[0]
