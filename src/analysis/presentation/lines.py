"""Lines over periods: the last value written at the line's end, a red line where there is a limit."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK
from analysis.presentation.svg import WIDTH, chart_style, to_svg


class Series(NamedTuple):
    """One line: its name, how its values are written, its values (empty = unknown), its limit or target."""

    name: str
    kind: Kind
    values: Sequence[float | None]
    limit: float | None = None


def line(periods: Sequence[str], main: Series, style: Style, limit_name: str = "", other: Series | None = None) -> str:
    """One line in colour (red where its last value lies below the limit), an optional grey one for comparison."""
    with mpl.rc_context(chart_style()):
        figure = Figure(figsize=(WIDTH, 2.1), layout="constrained")
        axes = figure.subplots()
        if other is not None:
            _draw(axes, other, style, GREY, 1.2)
        last = _last(main.values)
        below = last is not None and main.limit is not None and last < main.limit
        _draw(axes, main, style, BAD if below else ACCENT, 2)
        if main.limit is not None:
            axes.axhline(main.limit, color=BAD, linewidth=0.9, linestyle=(0, (4, 3)))
            axes.text(0, main.limit, limit_name, color=BAD, fontsize=8, va="bottom")
        step = max(1, len(periods) // 6)
        ticks = list(range(len(periods) - 1, -1, -step))[::-1]
        axes.set_xticks(ticks, [periods[i] for i in ticks])
        axes.set_xlim(-0.3, (len(periods) - 1) * 1.2 + 0.3)
        _quiet(axes, main.kind, style, 4)
        return to_svg(figure)


def small_lines(periods: Sequence[str], series: Sequence[Series], style: Style) -> str:
    """Small charts side by side, the last value in the title, the limit dashed."""
    with mpl.rc_context(chart_style()):
        figure = Figure(figsize=(WIDTH, 1.6), layout="constrained")
        figure.get_layout_engine().set(wspace=0.06)  # type: ignore[union-attr]
        for axes, one in zip(figure.subplots(1, len(series), squeeze=False)[0], series, strict=True):
            _small(axes, periods, one, style)
        return to_svg(figure)


def _small(axes: Axes, periods: Sequence[str], one: Series, style: Style) -> None:
    y = _numbers(one.values)
    axes.plot(np.arange(len(y)), y, color=ACCENT, linewidth=1.5)
    known = np.flatnonzero(~np.isnan(y))
    if len(known):
        axes.plot(known[-1], y[known[-1]], "o", color=ACCENT, markersize=4)
    axes.set_title(f"{one.name}  {style.write(_last(one.values), one.kind)}", fontsize=9, loc="left", color=INK)
    if not is_empty(one.limit):
        axes.axhline(one.limit, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xticks([0, max(len(y) - 1, 0.5)], [periods[0], periods[-1]], fontsize=7.5)
    axes.get_xticklabels()[0].set_ha("left")
    axes.get_xticklabels()[-1].set_ha("right")
    _quiet(axes, one.kind, style, 3)
    axes.tick_params(axis="y", labelsize=7.5)


def _quiet(axes: Axes, kind: Kind, style: Style, most: int) -> None:
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(most, integer=kind == "count"))
    axes.yaxis.set_major_formatter(lambda value, _: style.write(value, kind))
    axes.tick_params(axis="y", labelcolor=GREY)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.spines["left"].set_visible(False)


def _draw(axes: Axes, one: Series, style: Style, colour: str, width: float) -> None:
    y = _numbers(one.values)
    axes.plot(np.arange(len(y)), y, color=colour, linewidth=width)
    known = np.flatnonzero(~np.isnan(y))
    if not len(known):
        return
    end = (float(known[-1]), float(y[known[-1]]))
    axes.plot(*end, "o", color=colour, markersize=4)
    text = f"{one.name}\n{style.write(end[1], one.kind)}"
    axes.annotate(text, end, (7, 0), textcoords="offset points", va="center", fontsize=8.5, color=colour)


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if is_empty(value) else value for value in values], dtype=float)


def _last(values: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(list(values)) if not is_empty(value)), None)
