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
    for row, (middle, low, high) in enumerate(one.intervals):
        axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
        if is_empty(middle):
            continue
        colour = GREY if is_empty(low) or low <= 0 <= high else (ACCENT if (middle < 0) == one.less_is_better else BAD)
        axes.plot([low, high], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
        axes.plot(middle, row, "o", color=colour, markersize=4.5)
        axes.annotate(_signed(style, middle, one.kind), (middle, row), (3, 4), textcoords="offset points",
                      fontsize=7.5, color=colour)  # fmt: skip
    axes.set_ylim(len(one.intervals) - 0.5, -0.75)
    reach = max((abs(v) for each in one.intervals for v in each if not is_empty(v)), default=0.0)
    axes.set_xlim(-1.3 * (reach or 1), 1.5 * (reach or 1))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(3) if reach else mpl.ticker.FixedLocator([0.0]))
    axes.xaxis.set_major_formatter(lambda value, _: style.write(value, one.kind))
    axes.tick_params(axis="x", labelsize=7)
    axes.spines["left"].set_visible(False)


def _signed(style: Style, value: float, kind: Kind) -> str:
    text = style.write(value, kind)
    return f"+{text}" if value > 0 and not text.startswith("+") and text != style.write(0.0, kind) else text
