"""Figures of a change: the treated against the others month by month, estimates of several methods with their
intervals, and a series beside what it would have been by its own past."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg


class Band(NamedTuple):
    """Months from place `first` to `last`, what is written above them, and whether they are shaded."""

    first: int
    last: int
    name: str
    shaded: bool


def event_study_figure(
    periods: Sequence[str],
    estimates: Sequence[tuple[float, float, float] | None],
    bands: Sequence[Band],
    style: Style,
    kind: Kind,
) -> str:
    """A dot and its 95 % interval a month against zero; months without an estimate stay empty.

    Parameters
    ----------
    estimates : (effect, low, high) of each period, None = not identified; in colour where zero lies outside.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.7)
        for band in bands:
            if band.shaded:
                axes.axvspan(band.first - 0.5, band.last + 0.5, color=FAINT, zorder=0)
            axes.text(
                (band.first + band.last) / 2, 1.01, band.name, transform=axes.get_xaxis_transform(), ha="center",
                va="bottom", fontsize=8, color=GREY,
            )  # fmt: skip
        axes.axhline(0, color=GREY, linewidth=0.9)
        for place, one in enumerate(estimates):
            if one is not None:
                _stroke(axes, place, one)
        _months(axes, periods)
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
        axes.yaxis.set_major_formatter(lambda value, _: style.write(value, kind))
        axes.set_ylabel(style.unit_of(kind), fontsize=8)
        return to_svg(figure)


def _stroke(axes: Axes, place: int, one: tuple[float, float, float]) -> None:
    """One month: in colour where its interval leaves zero out."""
    effect, low, high = one
    colour = ACCENT if low > 0 or high < 0 else GREY
    axes.plot([place, place], [low, high], color=colour, linewidth=1.6, alpha=0.6, solid_capstyle="butt")
    axes.plot(place, effect, "o", color=colour, markersize=4)


def _months(axes: Axes, periods: Sequence[str]) -> None:
    step = max(1, -(-len(periods) // 12))
    ticks = list(range(0, len(periods), step))
    axes.set_xticks(ticks, [periods[tick] for tick in ticks], fontsize=7.5)
    axes.set_xlim(-0.7, len(periods) - 0.3)
    axes.tick_params(axis="y", labelsize=8, labelcolor=GREY)
    axes.grid(axis="y", color=FAINT, linewidth=0.7)


def estimate_rows(
    labels: Sequence[str],
    estimates: Sequence[tuple[float, float, float]],
    style: Style,
    kind: Kind,
    *,
    main: int = 0,
    doubtful: frozenset[int] = frozenset(),
) -> str:
    """One row an estimate: a dot on its interval, the value at the right; `main` strong with its dot's line drawn
    through all rows, `doubtful` rows red."""
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.3 * len(labels) + 0.35)
        for row, (effect, low, high) in enumerate(estimates):
            colour = BAD if row in doubtful else ACCENT if row == main else GREY
            axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
            if not is_empty(low):
                axes.plot([low, high], [row, row], color=colour, linewidth=2.4, alpha=0.45, solid_capstyle="butt")
            if not is_empty(effect):
                axes.plot(effect, row, "o", color=colour, markersize=6 if row == main else 5)
            axes.text(1.01, row, style.write(effect, kind), transform=axes.get_yaxis_transform(), va="center",
                      fontsize=8.5, color=INK if row == main else GREY)  # fmt: skip
        axes.axvline(0, color=LIGHT, linewidth=1)
        axes.axvline(estimates[main][0], color=ACCENT, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set_ylim(len(labels) - 0.5, -0.6)
        only_rows(axes, labels, 60)
        return to_svg(figure)


def past_and_present(
    periods: Sequence[str], values: Sequence[float], without: Sequence[float], start: int, names: tuple[str, str],
    style: Style, kind: Kind,
) -> str:  # fmt: skip
    """A series as dots, and from `start` on dashed what it would have been; `names` of the two."""
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.3)
        x, y, line = np.arange(len(values)), np.asarray(values, float), np.asarray(without, float)
        axes.axvline(start - 0.5, color=GREY, linewidth=0.8)
        axes.plot(x, y, "o", color=ACCENT, markersize=4, label=names[0])
        axes.plot(x[:start], line[:start], color=GREY, linewidth=1.2)
        axes.plot(x[start:], line[start:], color=GREY, linewidth=1.4, linestyle=(0, (4, 3)), label=names[1])
        axes.legend(fontsize=8, frameon=False, labelcolor=GREY, loc="lower left")
        _months(axes, periods)
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4))
        axes.yaxis.set_major_formatter(lambda value, _: style.write(value, kind))
        axes.set_ylabel(style.unit_of(kind), fontsize=8)
        return to_svg(figure)
