"""Dots of several methods on one line a subject, and where the sign changes."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Marker and colour of the first, second ... method.
_LOOKS = (("o", ACCENT, ACCENT), ("s", GREY, GREY), ("D", "white", ACCENT), ("^", "white", GREY), ("v", LIGHT, GREY))


class Dots(NamedTuple):
    """One method: its name and its value in every row (empty = none)."""

    name: str
    values: Sequence[float | None]


def method_dots(labels: Sequence[str], methods: Sequence[Dots], style: Style, kind: Kind) -> str:
    """One row a subject, one dot a method, a bar from the lowest to the highest; red left of zero, where a loss is."""
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.25 * len(labels) + 0.75)
        for row in range(len(labels)):
            _range(axes, row, [one.values[row] for one in methods])
        for place, one in enumerate(methods):
            marker, fill, edge = _LOOKS[place % len(_LOOKS)]
            known = [(value, row) for row, value in enumerate(one.values) if not is_empty(value)]
            axes.scatter(
                *zip(*known, strict=True), s=30, marker=marker, facecolor=fill, edgecolor=edge, linewidth=1.1, zorder=3
            )
        axes.set_ylim(len(labels) - 0.4, -0.6)
        only_rows(axes, labels)
        low = min(0.0, axes.get_xlim()[0])
        axes.axvspan(low, 0, color=BAD, alpha=0.05, linewidth=0, zorder=0)
        axes.set_xlim(low, max(axes.get_xlim()[1], -0.1 * low))
        axes.axvline(0, color=BAD, linewidth=0.9)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6))
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, kind))
        axes.set_xlabel(style.unit_of(kind), fontsize=8)
        handles = [_handle(one.name, *_LOOKS[place % len(_LOOKS)]) for place, one in enumerate(methods)]
        figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=8, frameon=False, labelcolor=GREY)
        return to_svg(figure)


def _range(axes: Axes, row: int, values: Sequence[float | None]) -> None:
    known = [value for value in values if not is_empty(value)]
    axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
    if known:
        axes.plot([min(known), max(known)], [row, row], color=LIGHT, linewidth=4, solid_capstyle="round", zorder=1)  # type: ignore[type-var]


def _handle(name: str, marker: str, fill: str, edge: str) -> Line2D:
    look = {"markerfacecolor": fill, "markeredgecolor": edge, "markersize": 5.5}
    return Line2D([], [], linestyle="", marker=marker, label=name, **look)  # type: ignore[arg-type]
