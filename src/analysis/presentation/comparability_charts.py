"""Are two groups comparable: differences before and after adjustment, and how far their propensity scores overlap."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

_LOOKS = (("o", "white", GREY), ("D", ACCENT, ACCENT), ("^", "white", ACCENT), ("s", LIGHT, GREY))
_BINS = 25


class Balance(NamedTuple):
    """One way of comparing: its name and the size of every variable's standardised difference (empty = unknown)."""

    name: str
    values: Sequence[float | None]


def love_plot(labels: Sequence[str], ways: Sequence[Balance], limit: float, axis: str) -> str:
    """One row a variable, one mark a way of comparing; the limit of what counts as balanced is a dashed line."""
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.25 * len(labels) + 1.0)
        for row in range(len(labels)):
            axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
        for (marker, fill, edge), way in zip(_LOOKS, ways, strict=False):
            known = [(abs(value), row) for row, value in enumerate(way.values) if not is_empty(value)]  # type: ignore[arg-type]
            look = {"facecolor": fill, "edgecolor": edge, "linewidth": 1.1, "zorder": 3}
            axes.scatter(*zip(*known, strict=True), s=30, marker=marker, label=way.name, **look)  # type: ignore[arg-type]
        axes.axvline(limit, color=BAD, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.set_ylim(len(labels) - 0.4, -0.6)
        only_rows(axes, labels)
        axes.set_xlim(0, max(axes.get_xlim()[1], limit * 1.5))
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.2f}")
        axes.set_xlabel(axis, fontsize=8)
        figure.legend(loc="outside upper left", ncols=len(ways), fontsize=8, frameon=False, labelcolor=GREY)
        return to_svg(figure)


def overlap_chart(
    treated: Sequence[float], others: Sequence[float], shared: tuple[float, float], names: tuple[str, str], axis: str
) -> str:
    """Propensity scores of the treated upwards, of the others downwards, shares of each group; shared range shaded."""
    edges = np.linspace(0, 1, _BINS + 1)
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.4)
        axes.axvspan(*shared, color=FAINT, zorder=0)
        for scores, sign, colour, name in ((treated, 1, ACCENT, names[0]), (others, -1, GREY, names[1])):
            shares = np.histogram(scores, edges)[0] / max(len(scores), 1)
            axes.bar(edges[:-1], sign * shares, width=1 / _BINS, align="edge", color=colour, linewidth=0, label=name)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_xlim(0, 1)
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0%}")
        axes.tick_params(axis="y", labelcolor=GREY)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(axis, fontsize=8)
        figure.legend(loc="outside upper left", ncols=2, fontsize=8, frameon=False, labelcolor=GREY)
        return to_svg(figure)
