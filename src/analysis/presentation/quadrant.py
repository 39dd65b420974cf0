"""Two axes that cross at what was expected: a dot a group with its intervals, and what each corner means."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes

from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Where a name can stand beside its dot, and how much room it takes, as parts of the chart.
_SIDES = ((0.04, 0.045), (0.04, -0.045), (-0.04, 0.045), (-0.04, -0.045), (0.0, 0.09), (0.0, -0.09))
_ROOM = (0.065, 0.055)


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
        _frame(axes, spots)
        for spot in spots:
            _draw(axes, spot)
        _name(axes, spots)
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


def _name(axes: Axes, spots: Sequence[Spot]) -> None:
    """Names beside their dots, at the first of six sides where no other name or dot stands."""
    taken = [tuple(axes.transLimits.transform((spot.x, spot.y))) for spot in spots]
    for spot, place in zip(spots, list(taken), strict=True):
        sides = [(place[0] + across, place[1] + along) for across, along in _SIDES]
        free = next((side for side in sides if all(_apart(side, other) for other in taken if other != place)), sides[0])
        taken.append(free)
        axes.text(*free, spot.name, transform=axes.transAxes, ha="center", va="center", fontsize=8, color=INK, zorder=4)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) > _ROOM[0] or abs(one[1] - other[1]) > _ROOM[1]


def _frame(axes: Axes, spots: Sequence[Spot]) -> None:
    """Axes through nought, as far to either side as the dots' intervals reach."""
    reach_x = max([abs(end) for spot in spots for end in spot.x_ends], default=1) * 1.08 or 1
    reach_y = max([abs(end) for spot in spots for end in spot.y_ends], default=1) * 1.15 or 1
    axes.set_xlim(-reach_x, reach_x)
    axes.set_ylim(-reach_y, reach_y)
    axes.axhline(0, color=GREY, linewidth=1, zorder=0.9)
    axes.axvline(0, color=GREY, linewidth=1, zorder=0.9)
    axes.set_axisbelow(True)
    axes.grid(color=FAINT, linewidth=0.6)
