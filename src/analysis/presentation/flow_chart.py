"""The flow of a study's cases: who was left out at each step, and how many stand on each side."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes

from analysis.presentation.palette import ACCENT, GREY, INK, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

#: Inches of one step; place of the main boxes, of what is left out, and how far the two sides stand from the middle.
_STEP, _MAIN, _SIDE, _APART = 0.54, 0.27, 0.56, 0.16


class Step(NamedTuple):
    """One step: who is left out (empty for the first), how many, and how many are kept."""

    left: str
    kept: str


def flow_chart(steps: Sequence[Step], sides: Sequence[str]) -> str:
    """Boxes from the top down, what each step left out beside the arrow, the sides at the bottom."""
    rows = len(steps) + 1
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(_STEP * rows)
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(rows - 0.5, -0.5)
        for place, step in enumerate(steps):
            _box(axes, _MAIN, place, step.kept, LIGHT)
            if place:
                _arrow(axes, (_MAIN, place - 0.72), (_MAIN, place - 0.28))
            if step.left:
                _box(axes, _SIDE, place - 0.5, step.left, LIGHT, "left")
                _arrow(axes, (_MAIN, place - 0.5), (_SIDE - 0.015, place - 0.5))
        for place, side in zip((_MAIN - _APART, _MAIN + _APART), sides, strict=True):
            _arrow(axes, (_MAIN, rows - 2 + 0.28), (place, rows - 1 - 0.28))
            _box(axes, place, rows - 1, side, ACCENT)
        return to_svg(figure)


def _box(axes: Axes, x: float, y: float, text: str, edge: str, side: str = "center") -> None:
    look = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": edge}
    axes.text(x, y, text, ha=side, va="center", fontsize=8.5, color=INK, bbox=look, zorder=3, linespacing=1.3)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": GREY, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 2}
    axes.annotate("", end, start, arrowprops=look, zorder=1)
