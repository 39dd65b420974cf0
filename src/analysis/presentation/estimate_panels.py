"""Estimates of several methods with their intervals: one small panel an outcome, one row a method."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, FAINT, GREY
from analysis.presentation.svg import WIDTH, chart_style, to_svg

_ACROSS = 3


class Estimates(NamedTuple):
    """One outcome: its name with its unit, how its values are written, and estimate, low and high of every method."""

    name: str
    kind: Kind
    values: Sequence[tuple[float | None, float | None, float | None]]


def estimate_panels(methods: Sequence[str], outcomes: Sequence[Estimates], style: Style, pale: frozenset[int]) -> str:
    """Panels with a line at no difference; rows in `pale` are grey, such as the comparison that adjusts for nothing."""
    across = min(_ACROSS, len(outcomes))
    down = -(-len(outcomes) // across)
    with mpl.rc_context(chart_style()):
        figure = Figure(figsize=(WIDTH, down * (0.2 * len(methods) + 0.75)), layout="constrained")
        panels = figure.subplots(down, across, squeeze=False, sharey=True).ravel()
        for axes, outcome in zip(panels, outcomes, strict=False):
            _panel(axes, outcome, style, pale)
        for axes in panels[len(outcomes) :]:
            axes.set_axis_off()
        panels[0].set_yticks(range(len(methods)), list(methods), fontsize=8)
        panels[0].set_ylim(len(methods) - 0.4, -0.6)
        return to_svg(figure)


def _panel(axes: Axes, outcome: Estimates, style: Style, pale: frozenset[int]) -> None:
    for row, (value, low, high) in enumerate(outcome.values):
        axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
        colour = GREY if row in pale else ACCENT
        if not is_empty(low) and not is_empty(high):
            axes.plot([low, high], [row, row], color=colour, linewidth=1.6)  # type: ignore[list-item]
        if not is_empty(value):
            axes.plot(value, row, "o", markerfacecolor="white" if row in pale else colour, color=colour, markersize=4.5)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_title(outcome.name, fontsize=8.5, loc="left")
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(3))
    axes.xaxis.set_major_formatter(lambda value, _: style.write(value, outcome.kind).split(" ")[0])
    axes.tick_params(axis="x", labelsize=7.5)
    axes.spines["left"].set_visible(False)
