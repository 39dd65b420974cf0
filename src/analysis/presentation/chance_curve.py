"""Probabilities by a true rate: what a clause does to a hospital whose quality is known, by chance alone."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl

from analysis.presentation.numbers import Style
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Rates are written at every five points.
_STEP = 0.05


class Curve(NamedTuple):
    """One line: its name, its probabilities; `bad` red, `pale` dashed."""

    name: str
    values: Sequence[float]
    bad: bool = False
    pale: bool = False


def chance_curves(
    rates: Sequence[float], curves: Sequence[Curve], limits: Sequence[float], style: Style, across: str
) -> str:
    """Probability (up) by true rate (across), dashed lines where the clause has its limits."""
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.5)
        for curve in curves:
            dashes = (0, (4, 2)) if curve.pale else "solid"
            colour = BAD if curve.bad else ACCENT
            axes.plot(rates, curve.values, color=colour, linewidth=1.8, linestyle=dashes, label=curve.name)
        for limit in limits:
            axes.axvline(limit, color=GREY, linewidth=0.8, linestyle=(0, (2, 3)))
        axes.set_xlim(min(rates), max(rates))
        axes.set_ylim(0, 1.02)
        axes.set_xlabel(across, fontsize=8.5)
        axes.xaxis.set_major_locator(mpl.ticker.MultipleLocator(_STEP))
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, "percent0"))
        axes.yaxis.set_major_formatter(lambda value, _: style.write(value, "percent0"))
        axes.tick_params(labelsize=8, labelcolor=GREY)
        axes.grid(color=FAINT, linewidth=0.6)
        figure.legend(loc="outside upper left", ncols=2, fontsize=8, frameon=False, labelcolor=GREY)
        return to_svg(figure)
