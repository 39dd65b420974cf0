"""Dots with their intervals: one row a subject, the value written at the right."""

from collections.abc import Sequence

import matplotlib as mpl

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg


def interval_dots(
    labels: Sequence[str],
    values: Sequence[float],
    bounds: tuple[Sequence[float], Sequence[float]],
    style: Style,
    kind: Kind,
    *,
    before: Sequence[float | None] = (),
    bad: Sequence[bool] = (),
    names: tuple[str, str] = ("", ""),
) -> str:
    """One row a subject from the first down: a dot on the line of its interval, red where `bad`.

    Parameters
    ----------
    bounds : lower and upper ends. before : what it was, a hollow grey dot; empty = none.
    names : of (now, before), written above the first row's dots' place where there is a before.
    """
    reach = max(*bounds[1], *(value for value in before if not is_empty(value)), 1e-9)
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.225 * len(labels) + 0.4)
        for row, (value, low, high) in enumerate(zip(values, *bounds, strict=True)):
            _dot(axes, row, (value, low, high), BAD if bad and bad[row] else ACCENT)
            axes.text(1, row, style.write(value, kind), transform=axes.get_yaxis_transform(), va="center", ha="right")
            if before and not is_empty(before[row]):
                axes.plot(before[row], row, "o", color="white", markeredgecolor=GREY, markersize=4.5, zorder=2)
        axes.axvline(0, color=LIGHT, linewidth=0.8)
        axes.set_xlim(-0.015 * reach, reach * 1.16)
        axes.set_ylim(len(labels) - 0.4, -1.1)
        only_rows(axes, labels, most=52)
        if before and any(not is_empty(value) for value in before):
            _legend(axes, names)
        return to_svg(figure)


def _dot(axes: mpl.axes.Axes, row: int, of: tuple[float, float, float], colour: str) -> None:
    """A value on the line of its interval."""
    value, low, high = of
    axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
    axes.plot([low, high], [row, row], color=colour, linewidth=2.2, alpha=0.35, solid_capstyle="butt", zorder=1)
    axes.plot(value, row, "o", color=colour, markersize=5.5, zorder=3)


def _legend(axes: mpl.axes.Axes, names: tuple[str, str]) -> None:
    looks = ({"color": ACCENT}, {"color": "white", "markeredgecolor": GREY})
    handles = [
        mpl.lines.Line2D([], [], marker="o", linestyle="", markersize=5, label=name, **look)
        for name, look in zip(names, looks, strict=True)
    ]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=8, frameon=False, labelcolor=GREY,
        borderaxespad=0, handletextpad=0.2,
    )  # fmt: skip
