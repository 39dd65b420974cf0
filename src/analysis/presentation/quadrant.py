"""Two axes that cross at what was expected: a dot a group with its intervals, and what each corner means."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes

from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg


class Spot(NamedTuple):
    """One group: its name, its place and the ends of its intervals; `told`: it can be told from both axes; `bad`."""

    name: str
    x: float
    y: float
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    told: bool
    bad: bool = False


class Axis(NamedTuple):
    """What an axis shows and how its values are written."""

    name: str
    kind: Kind


def quadrant_chart(spots: Sequence[Spot], x: Axis, y: Axis, corners: tuple[str, str, str, str], style: Style) -> str:
    """Dots between two axes: hollow where the place is not told, red where it is bad.

    Parameters
    ----------
    corners : words in the corners: upper left, upper right, lower left, lower right.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(3.5)
        for spot in spots:
            _draw(axes, spot)
        _frame(axes, spots)
        for (across, along), words in zip(
            ((0.01, 0.97), (0.99, 0.97), (0.01, 0.03), (0.99, 0.03)), corners, strict=True
        ):
            sides = {"ha": "left" if across < 0.5 else "right", "va": "top" if along > 0.5 else "bottom"}
            axes.text(across, along, words, transform=axes.transAxes, color=GREY, fontsize=8.5, **sides)
        axes.set_xlabel(x.name, fontsize=8.5)
        axes.set_ylabel(y.name, fontsize=8.5)
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, x.kind))
        axes.yaxis.set_major_formatter(lambda value, _: style.write(value, y.kind))
        axes.tick_params(labelsize=8, labelcolor=GREY)
        return to_svg(figure)


def _draw(axes: Axes, spot: Spot) -> None:
    colour = (BAD if spot.bad else ACCENT) if spot.told else GREY
    axes.plot(spot.x_ends, (spot.y, spot.y), color=LIGHT, linewidth=1.1, zorder=1)
    axes.plot((spot.x, spot.x), spot.y_ends, color=LIGHT, linewidth=1.1, zorder=1)
    face = colour if spot.told else "white"
    axes.plot(spot.x, spot.y, "o", markersize=6, markerfacecolor=face, markeredgecolor=colour, zorder=3)
    axes.annotate(spot.name, (spot.x, spot.y), (5, 4), textcoords="offset points", fontsize=8, color=INK, zorder=4)


def _frame(axes: Axes, spots: Sequence[Spot]) -> None:
    """Axes through nought, as far to either side as the dots' intervals reach."""
    reach_x = max([abs(end) for spot in spots for end in spot.x_ends], default=1) * 1.08 or 1
    reach_y = max([abs(end) for spot in spots for end in spot.y_ends], default=1) * 1.15 or 1
    axes.set_xlim(-reach_x, reach_x)
    axes.set_ylim(-reach_y, reach_y)
    axes.axhline(0, color=GREY, linewidth=0.9, zorder=0)
    axes.axvline(0, color=GREY, linewidth=0.9, zorder=0)
    axes.grid(color=FAINT, linewidth=0.6, zorder=0)
