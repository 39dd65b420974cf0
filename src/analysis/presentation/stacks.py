"""Stacked bars: one row a subject, its parts side by side, their names above the first row."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.presentation.bars import only_rows
from analysis.presentation.numbers import Style
from analysis.presentation.palette import BAD, GREY
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: From the accent to grey: neighbours differ in print too.
SHADES = ("#1f5a96", "#7ba4cf", "#c6d9ec", "#4b5563", "#8b93a0", "#b9bec7", "#dfe2e7")
_ROOM = 0.055


class Part(NamedTuple):
    """One part of every bar: its name, its share of the whole (a fraction) in every row, its colour."""

    name: str
    shares: Sequence[float]
    colour: str


def stacked_shares(labels: Sequence[str], parts: Sequence[Part], style: Style, ends: Sequence[str] = ()) -> str:
    """Bars of shares of a whole; a share wide enough is written into its part, `ends` stand behind the bars.

    The whole is marked where a bar goes beyond it.
    """
    reach = max(np.sum([part.shares for part in parts], axis=0).max(initial=1.0), 1.0)
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.23 * len(labels) + 0.55)
        left = np.zeros(len(labels))
        for part in parts:
            widths = np.asarray(part.shares, dtype=float)
            axes.barh(
                range(len(labels)), widths, left=left, height=0.68, color=part.colour, edgecolor="white", linewidth=0.5
            )
            _write_inside(axes, left, widths, part.colour, style, reach)
            left += widths
        for row, text in enumerate(ends):
            axes.text(reach * 1.01, row, text, va="center", ha="left", fontsize=8)
        if reach > 1.001:
            axes.axvline(1, color=BAD, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.set_xlim(0, reach * (1.14 if ends else 1.0))
        axes.set_ylim(len(labels) - 0.4, -0.6)
        only_rows(axes, labels)
        handles = [Patch(color=part.colour, label=part.name) for part in parts]
        figure.legend(handles=handles, loc="outside upper left", ncols=min(len(parts), 4), fontsize=8, frameon=False,
                      handlelength=1, handleheight=1, labelcolor=GREY)  # fmt: skip
        return to_svg(figure)


def _write_inside(axes: Axes, left: np.ndarray, widths: np.ndarray, colour: str, style: Style, reach: float) -> None:
    dark = sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) < 400
    for row, (start, width) in enumerate(zip(left, widths, strict=True)):
        if width >= _ROOM * reach:
            text = style.write(width, "percent0")
            axes.text(
                start + width / 2,
                row,
                text,
                va="center",
                ha="center",
                fontsize=7.5,
                color="white" if dark else "#1f2328",
            )
