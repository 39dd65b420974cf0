"""A waterfall: from one level to another by steps, each bar beginning where the one before ended."""

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes

from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, BAD, GREY
from analysis.presentation.svg import chart_style, new_figure, to_svg


def waterfall(
    labels: Sequence[str], values: Sequence[float], style: Style, kind: Kind, rise_is_bad: bool = False
) -> str:
    """First value = where it starts, last = where it ends, between them the steps: they must close.

    Parameters
    ----------
    labels : one a row, from the top down.
    values : start, steps, end, in the currency.
    rise_is_bad : steps up are red, as where the bars are cost.

    Raises
    ------
    ValueError
        Start and steps do not come to the end.
    """
    start, *steps, end = values
    if abs(start + sum(steps) - end) >= 0.005:
        raise ValueError("the steps do not lead from the first value to the last")
    levels = [start]
    for step in steps:
        levels.append(levels[-1] + step)
    bars = [(0.0, start, GREY)]
    colours = (BAD, ACCENT) if rise_is_bad else (ACCENT, BAD)
    bars += [(level, step, colours[step < 0]) for level, step in zip(levels, steps, strict=False)]
    bars.append((0.0, end, GREY))
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.27 * len(labels) + 0.25)
        _draw(axes, bars, style, kind)
        for row, level in enumerate(levels):
            axes.plot([level, level], [row, row + 1], color=GREY, linewidth=0.7, zorder=0)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.7)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.text(
            1, 1, style.unit_of(kind), transform=axes.transAxes, ha="right", va="bottom", fontsize=7.5, color=GREY
        )
        return to_svg(figure)


def _draw(axes: Axes, bars: Sequence[tuple[float, float, str]], style: Style, kind: Kind) -> None:
    """Bars with their values written beyond the end they point to; steps carry their sign."""
    ends = [end for left, width, _ in bars for end in (left, left + width)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = (high - low or 1) * 0.01
    axes.set_xlim(low - 12 * room, high + 12 * room)
    for row, (left, width, colour) in enumerate(bars):
        axes.barh(row, width, left=left, height=0.6, color=colour)
        text = style.write(width, kind)
        if 0 < row < len(bars) - 1 and width > 0:
            text = f"+{text}"
        right = width >= 0
        place = left + width + (room if right else -room)
        axes.text(place, row, text, va="center", ha="left" if right else "right", fontsize=8.5)
