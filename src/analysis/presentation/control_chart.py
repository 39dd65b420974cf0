"""Figures of statistics that watch: a series with its frozen limits, and a funnel of peers."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Cases named on the funnel's axis.
_TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000)


def control_chart(
    periods: Sequence[str],
    values: Sequence[float],
    limits: tuple[float, float, float],
    names: tuple[str, str],
    alarm: bool,
) -> str:
    """Monthly values, the last one judged by limits that the others froze.

    Parameters
    ----------
    values : in points, NaN = too few cases; the last is the month judged.
    limits : low, mean, high.
    names : of the limits and of the mean.
    """
    low, mean, high = limits
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.2)
        x, y = np.arange(len(values)), np.asarray(values, dtype=float)
        axes.fill_between([-0.3, len(y) - 0.7], low, high, color=FAINT, zorder=0)
        for level, name, style in ((high, names[0], (0, (4, 3))), (mean, names[1], "-"), (low, "", (0, (4, 3)))):
            axes.axhline(level, color=GREY, linewidth=0.8, linestyle=style)
            axes.text(len(y) - 0.5, level, name, color=GREY, fontsize=8, va="bottom")
        axes.plot(x, y, color=ACCENT, linewidth=1.3, marker="o", markersize=3)
        axes.plot(x[-1], y[-1], "o", color=BAD if alarm else ACCENT, markersize=7)
        step = -(-len(y) // 7)
        ticks = list(range(len(y) - 1, -1, -step))[::-1]
        axes.set_xticks(ticks, [periods[i] for i in ticks])
        axes.set_xlim(-0.3, len(y) * 1.12)
        _quiet(axes)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:+.1f}")
        return to_svg(figure)


def funnel_plot(
    cases: Sequence[float], ratios: Sequence[float], bounds: tuple[np.ndarray, np.ndarray, np.ndarray],
    labels: Sequence[str], heads: tuple[str, str],
) -> str:  # fmt: skip
    """Observed / expected against the number of cases, with the limits of 95 and 99.8 %.

    Parameters
    ----------
    bounds : cases, upper limit of 95 % and of 99.8 % there (the lower ones are their inverse).
    labels : name of a point beyond the limit, else empty.
    heads : of the axes, cases and ratio.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(3.0)
        x, wide, wider = bounds
        for limit, style in ((wide, (0, (4, 3))), (wider, "-")):
            axes.plot(x, limit, color=GREY, linewidth=0.8, linestyle=style)
            axes.plot(x, 1 / limit, color=GREY, linewidth=0.8, linestyle=style)
        axes.axhline(1, color=GREY, linewidth=0.8)
        out = np.array([bool(label) for label in labels], dtype=bool)
        points, heights = np.asarray(cases, dtype=float), np.asarray(ratios, dtype=float)
        axes.scatter(points[~out], heights[~out], s=12, color=ACCENT, alpha=0.7, linewidths=0)
        axes.scatter(points[out], heights[out], s=22, color=BAD, linewidths=0)
        for at, label in enumerate(labels):
            if label:
                axes.annotate(
                    label, (points[at], heights[at]), (5, 3), textcoords="offset points", fontsize=8, color=BAD
                )
        axes.text(x[-1], wider[-1], " 99.8 %", fontsize=7.5, color=GREY, va="bottom", ha="right")
        axes.text(x[-1], wide[-1], " 95 %", fontsize=7.5, color=GREY, va="bottom", ha="right")
        axes.set_xlabel(heads[0], fontsize=8.5)
        axes.set_ylabel(heads[1], fontsize=8.5)
        axes.set_xscale("log")
        axes.set_xticks([tick for tick in _TICKS if x[0] <= tick <= x[-1]])
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
        _quiet(axes)
        return to_svg(figure)


def _quiet(axes: Axes) -> None:
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", labelcolor=INK, labelsize=8.5)
