"""Bar and dot charts: one row a subject, values written at the data."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from analysis.presentation.numbers import Kind, Style, is_empty
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, LIGHT
from analysis.presentation.svg import chart_style, new_figure, to_svg

Values = Sequence[float | None]
#: From so many bars on they stand closer, so that their table fits on the same page.
_MANY = 15


def ranked_bars(
    labels: Sequence[str],
    values: Sequence[float],
    style: Style,
    kind: Kind,
    *,
    bad: Sequence[bool] = (),
    pale: Sequence[bool] = (),
) -> str:
    """Horizontal bars from the first row down, values at their ends; `bad` red, `pale` outlined only."""
    pale = list(pale) or [False] * len(labels)
    colours = [BAD if wrong else ACCENT for wrong in list(bad) or [False] * len(labels)]
    fills = ["white" if p else colour for p, colour in zip(pale, colours, strict=True)]
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure((0.21 if len(labels) < _MANY else 0.18) * len(labels) + 0.2)
        rows = np.arange(len(labels))
        axes.barh(rows, values, height=0.62, color=fills, edgecolor=colours, linewidth=0.9)
        _write_at_ends(axes, values, [style.write(value, kind) for value in values])
        _name_unit(axes, style.unit_of(kind))
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        only_rows(axes, labels)
        return to_svg(figure)


def paired_bars(
    labels: Sequence[str], now: Sequence[float], then: Values, style: Style, kind: Kind, names: tuple[str, str]
) -> str:
    """Horizontal bars of two times: `names` are (now, then), written at the first row; then is grey."""
    reach = max([*now, *[value for value in then if not is_empty(value)]], default=1) or 1
    if all(is_empty(value) for value in then):
        return ranked_bars(labels, now, style, kind)
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.36 * len(labels) + 0.2)
        rows = np.arange(len(labels))
        axes.barh(rows + 0.23, [0 if is_empty(v) else v for v in then], height=0.26, color=LIGHT)
        axes.barh(rows - 0.13, now, height=0.4, color=ACCENT)
        for i, (new, old) in enumerate(zip(now, then, strict=True)):
            tail = f"  {names[0]}" if i == 0 else ""
            axes.text(new + reach * 0.01, i - 0.13, style.write(new, kind) + tail, va="center", fontsize=8.5)
            if not is_empty(old):
                tail = f"  {names[1]}" if i == 0 else ""
                text = style.write(old, kind) + tail
                axes.text(old + reach * 0.01, i + 0.25, text, va="center", fontsize=7, color=GREY)
        _name_unit(axes, style.unit_of(kind))
        axes.set_xlim(0, reach * 1.25)
        axes.set_ylim(len(rows) - 0.4, -0.5)
        only_rows(axes, labels)
        return to_svg(figure)


def dumbbells(
    labels: Sequence[str],
    then: Values,
    now: Sequence[float],
    style: Style,
    kind: Kind,
    names: tuple[str, str],
    bad: Sequence[bool],
) -> str:
    """One row a subject: grey dot then, coloured dot now (red where `bad`); `names` are (then, now)."""
    points = [value for value in [*then, *now] if not is_empty(value)]
    room = (max(points) - min(points) or abs(max(points)) or 1) * 0.06
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(0.205 * len(labels) + 0.3)
        axes.set_xlim(min(points) - room, max(points) + room * 2.4)
        for i, (old, new, wrong) in enumerate(zip(then, now, bad, strict=True)):
            _dumbbell(axes, i, old, new, BAD if wrong else ACCENT)
            _at_right(axes, i, style.write(new, kind))
        _name_dots(axes, then[0], now[0], names, BAD if bad[0] else ACCENT)
        axes.set_ylim(len(labels) - 0.4, -1.2)
        only_rows(axes, labels)
        return to_svg(figure)


def _name_unit(axes: Axes, unit: str) -> None:
    """The unit of the values, small, above the right end."""
    if unit:
        axes.text(1, 1, unit, transform=axes.transAxes, ha="right", va="bottom", fontsize=7.5, color=GREY)


def _dumbbell(axes: Axes, row: int, old: float | None, new: float, colour: str) -> None:
    axes.axhline(row, color=FAINT, linewidth=0.7, zorder=0)
    axes.plot(new, row, "o", color=colour, markersize=5.5, zorder=3)
    if not is_empty(old):
        axes.plot([old, new], [row, row], color=colour, linewidth=1.4, alpha=0.45, zorder=1)  # type: ignore[list-item]
        axes.plot(old, row, "o", color=GREY, markersize=3.8, zorder=2)


def _at_right(axes: Axes, row: int, text: str) -> None:
    axes.text(1, row, text, transform=axes.get_yaxis_transform(), va="center", ha="right", fontsize=8.5)


def _name_dots(axes: Axes, then: float | None, now: float, names: tuple[str, str], colour: str) -> None:
    if is_empty(then):
        return
    sides = ("right", "left") if then <= now else ("left", "right")  # type: ignore[operator]
    for x, text, tint, side in zip((then, now), names, (GREY, colour), sides, strict=True):
        axes.text(x, -0.68, text, ha=side, va="center", fontsize=7.5, color=tint)


def _write_at_ends(axes: Axes, values: Sequence[float], texts: Sequence[str]) -> None:
    low, high = min([0, *values]), max([0, *values])
    span = (high - low) or 1
    axes.set_xlim(low - span * (0.16 if low < 0 else 0), high + span * (0.16 if high > 0 else 0))
    for i, (value, text) in enumerate(zip(values, texts, strict=True)):
        side, shift = ("right", -0.008) if value < 0 else ("left", 0.008)
        axes.text(value + span * shift, i, text, va="center", ha=side, fontsize=8.5)


def short_label(label: str, most: int = 40) -> str:
    """A label cut so that the bars keep their room; a Chinese letter counts twice. The table has it in full."""
    widths = np.cumsum([2 if ord(letter) > 0x2E80 else 1 for letter in label])
    return label if not len(widths) or widths[-1] <= most else label[: int((widths < most).sum())] + "…"


def only_rows(axes: Axes, labels: Sequence[str], most: int = 40) -> None:
    """Leave nothing of the axes but the labels of the rows, each cut to `most` letters."""
    axes.set_yticks(range(len(labels)), [short_label(label, most) for label in labels])
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
