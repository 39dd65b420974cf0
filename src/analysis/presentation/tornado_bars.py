"""A tornado: how far a result moves when a number stands at its lower or upper limit, the largest move on top."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg


class Swing(NamedTuple):
    """One number: its name, the result at its limits, and whether the limits are assumed instead of measured."""

    name: str
    at_low: float
    at_high: float
    assumed: bool


def tornado_bars(swings: Sequence[Swing], middle: float, style: Style, kind: Kind, names: tuple[str, str, str]) -> str:
    """Bars from the result as it is (`middle`) to both limits: dark the upper, light the lower; outlined where assumed.

    Parameters
    ----------
    names : what the lower limit, the upper limit and assumed limits are called.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.23 * len(swings) + 0.75)
        for row, one in enumerate(swings):
            for value, colour in ((one.at_low, LIGHT), (one.at_high, ACCENT)):
                _bar(axes, row, middle, value, colour, one.assumed)
        axes.axvline(middle, color=INK, linewidth=0.9)
        if axes.get_xlim()[0] < 0 < axes.get_xlim()[1]:
            axes.axvline(0, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set_ylim(len(swings) - 0.4, -0.6)
        only_rows(axes, [one.name for one in swings])
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6))
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, kind))
        axes.set_xlabel(style.unit_of(kind), fontsize=8)
        handles = [Patch(facecolor=LIGHT, label=names[0]), Patch(facecolor=ACCENT, label=names[1]),
                   Patch(facecolor="white", edgecolor=GREY, hatch="////", label=names[2])]  # fmt: skip
        figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=8, frameon=False, labelcolor=GREY)
        return to_svg(figure)


def _bar(axes: Axes, row: int, middle: float, value: float, colour: str, assumed: bool) -> None:
    if not is_empty(value):
        look = {"facecolor": "white", "hatch": "////"} if assumed else {"facecolor": colour}
        axes.barh(row, value - middle, left=middle, height=0.62, edgecolor=colour, linewidth=0.9, **look)
