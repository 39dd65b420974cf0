"""A variance tree: every row is parted into the indented rows below it; bars of all depths on one scale."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes

from analysis.presentation.bars import short_label
from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Part of the width that the names take, and how far a depth is indented.
_NAMES, _INDENT = 0.44, 0.022
#: Height of a bar and size of its letters by depth; deeper ones look like the last.
_LOOKS = ((0.72, 9.0), (0.6, 8.5), (0.46, 8.0), (0.34, 7.5))


class Branch(NamedTuple):
    """One row: its name, how deep it stands (0 = the whole), its money (above 0 = it adds to the loss)."""

    name: str
    depth: int
    amount: float


def variance_tree(branches: Sequence[Branch], style: Style, kind: Kind) -> str:
    """Rows from the whole down, each followed by its parts; red adds to the loss, blue takes from it."""
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.205 * len(branches) + 0.25)
        low, high = _limits(axes, [branch.amount for branch in branches])
        for row, branch in enumerate(branches):
            _draw(axes, row, branch, style.write(branch.amount, kind), (high - low) * 0.008)
        _connect(axes, branches)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.set_ylim(len(branches) - 0.4, -0.6)
        axes.text(
            1, 1, style.unit_of(kind), transform=axes.transAxes, ha="right", va="bottom", fontsize=7.5, color=GREY
        )
        axes.set_axis_off()
        return to_svg(figure)


def _limits(axes: Axes, amounts: Sequence[float]) -> tuple[float, float]:
    """Bars in the right part, with room for the values at both ends."""
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    room = 0.13 * (high - low or 1)
    low, high = low - (room if low < 0 else 0), high + room
    axes.set_xlim(low - (high - low) * _NAMES / (1 - _NAMES), high)
    return low, high


def _draw(axes: Axes, row: int, branch: Branch, text: str, gap: float) -> None:
    height, size = _LOOKS[min(branch.depth, len(_LOOKS) - 1)]
    colour = BAD if branch.amount > 0 else ACCENT
    axes.axhline(row + 0.5, color=FAINT, linewidth=0.6, zorder=0)
    axes.barh(row, branch.amount, height=height, color=colour, alpha=1 - 0.18 * min(branch.depth, 3))
    right = branch.amount >= 0
    axes.text(
        branch.amount + (gap if right else -gap), row, text, va="center", ha="left" if right else "right",
        fontsize=size,
    )  # fmt: skip
    name = short_label(branch.name, 50 - 3 * branch.depth)
    axes.text(
        _INDENT * (branch.depth + 0.3), row, name, transform=axes.get_yaxis_transform(), va="center", ha="left",
        fontsize=size, color=INK if branch.depth < 3 else GREY,
    )  # fmt: skip


def _connect(axes: Axes, branches: Sequence[Branch]) -> None:
    """A line from every row down to the last of its parts."""
    for row, branch in enumerate(branches):
        below = []
        for place in range(row + 1, len(branches)):
            if branches[place].depth <= branch.depth:
                break
            if branches[place].depth == branch.depth + 1:
                below.append(place)
        x = _INDENT * (branch.depth + 0.75)
        if below:
            axes.plot([x, x], [row + 0.4, below[-1]], transform=axes.get_yaxis_transform(), color=LIGHT, linewidth=0.9)
        for place in below:
            ends = [x, x + _INDENT * 0.4]
            axes.plot(ends, [place, place], transform=axes.get_yaxis_transform(), color=LIGHT, linewidth=0.9)
