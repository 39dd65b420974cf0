"""The cost-effectiveness plane as a cloud of draws, and the acceptability curve beside its frontier."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, FAINT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Draws that a cloud shows: more make the page heavy and the cloud no clearer.
_MOST = 500


def plane_chart(
    cost: Sequence[float],
    effect: Sequence[float],
    estimate: tuple[float, float],
    style: Style,
    words: tuple[str, str],
    effect_kind: Kind = "number1",
    corners: tuple[str, str, str, str] = ("", "", "", ""),
) -> str:
    """Differences of effect (across) and of cost (up), one pale dot a draw, the estimate dark.

    Parameters
    ----------
    estimate : (cost, effect). words : names of the axes, effect first.
    corners : words in the corners: upper left, upper right, lower left, lower right.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(3.0)
        money, gain = np.asarray(cost, float)[:_MOST], np.asarray(effect, float)[:_MOST]
        axes.scatter(gain, money, s=5, color=ACCENT, alpha=0.25, linewidth=0, zorder=2)
        axes.plot(estimate[1], estimate[0], "D", color=INK, markersize=6, zorder=3)
        axes.axhline(0, color=GREY, linewidth=0.9)
        axes.axvline(0, color=GREY, linewidth=0.9)
        axes.set_xlim(_with_zero(gain))
        axes.set_ylim(_with_zero(money))
        _in_corners(axes, corners)
        axes.set_xlabel(words[0], fontsize=8.5)
        axes.set_ylabel(words[1], fontsize=8.5)
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, effect_kind))
        axes.yaxis.set_major_formatter(lambda value, _: style.write(value, "money"))
        axes.tick_params(labelsize=8, labelcolor=GREY)
        axes.grid(color=FAINT, linewidth=0.6)
        return to_svg(figure)


def _with_zero(values: np.ndarray) -> tuple[float, float]:
    """Limits of an axis that hold the values and zero, with some room."""
    low, high = min(values.min(), 0), max(values.max(), 0)
    room = 0.08 * (high - low or 1)
    return low - room, high + room


def _in_corners(axes: Axes, words: tuple[str, str, str, str]) -> None:
    for (across, along), text in zip(((0.01, 0.97), (0.99, 0.97), (0.01, 0.03), (0.99, 0.03)), words, strict=True):
        sides = {"ha": "left" if across < 0.5 else "right", "va": "top" if along > 0.5 else "bottom"}
        axes.text(across, along, text, transform=axes.transAxes, color=GREY, fontsize=8, **sides)


def acceptability_chart(
    thresholds: Sequence[float],
    probability: Sequence[float],
    frontier: Sequence[float],
    style: Style,
    words: Sequence[str],
) -> str:
    """Probability that the new technique is worth its money by what an effect is worth; the frontier pale behind it.

    Parameters
    ----------
    words : names of the axis across, of the curve and of the frontier.
    """
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.2)
        axes.plot(thresholds, frontier, color=LIGHT, linewidth=5, solid_capstyle="round", label=words[2], zorder=1)
        axes.plot(thresholds, probability, color=ACCENT, linewidth=1.8, label=words[1], zorder=2)
        axes.axhline(0.5, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set_ylim(0, 1.03)
        axes.set_xlabel(words[0], fontsize=8.5)
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, "money"))
        axes.yaxis.set_major_formatter(lambda value, _: style.write(value, "percent0"))
        axes.tick_params(labelsize=8, labelcolor=GREY)
        axes.grid(color=FAINT, linewidth=0.6)
        figure.legend(loc="outside upper left", ncols=2, fontsize=8, frameon=False, labelcolor=GREY)
        return to_svg(figure)
