"""Flows between two columns of names: where something came from and what it became.

Bars are true to scale; every name keeps a line of its own, so that sixty centres stay readable: the small ones of a
group are drawn as one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from analysis.presentation.bars import short_label
from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, GREY, INK
from analysis.presentation.svg import WIDTH, chart_style, to_svg

#: A line of text, the height of all bars together, and where the columns stand: inches.
_LINE, _BARS, _LEFT, _RIGHT, _BAR = 0.185, 2.6, 3.05, 5.35, 0.13
_TINTS = (ACCENT, "#8b93a1", "#a3946a", "#6f9f8f", "#4f8fb8", "#a58ba0", "#b7a99a")
#: Letters that fit beside a bar; a Chinese one counts twice.
_LETTERS = 34
#: Between a name and its amount: ordinary blanks run together in SVG.
_GAP = "\u00a0\u00a0"


class Flow(NamedTuple):
    """One amount from a name of a group on the left to a name on the right."""

    group: str
    name: str
    target: str
    amount: float


class _Bar(NamedTuple):
    """A name with its amount, and the upper end of its bar in inches from above."""

    group: str
    name: str
    amount: float
    top: float


def sankey(
    flows: Sequence[Flow],
    groups: Sequence[str],
    targets: Sequence[str],
    style: Style,
    kind: Kind,
    *,
    small: str,
    most: int = 18,
) -> str:
    """Flows as bands between the names on the left, by group, and the names on the right.

    Parameters
    ----------
    flows : amounts of one name to one target are added; those that are not positive are not drawn (the caller says so).
    groups, targets : in the order from above; the names of a group stand by amount.
    small : what the small names of a group are called together, with `{}` for their number.
    most : names on the left that are drawn on their own.
    """
    flows = [flow for flow in flows if flow.amount > 0]
    drawn = sorted(_merged(flows, small, most), key=lambda flow: groups.index(flow.group))
    total = sum(flow.amount for flow in drawn) or 1.0
    left = _column([(flow.group, flow.name, flow.amount) for flow in drawn], total, headed=True)
    ending = sorted(drawn, key=lambda flow: targets.index(flow.target))
    right = _column([("", flow.target, flow.amount) for flow in ending], total, headed=False)
    height = max(_foot(left, total), _foot(right, total)) + 0.05
    right = _spread(right, height - _foot(right, total))
    tints = {group: _TINTS[place % len(_TINTS)] for place, group in enumerate(groups)}
    with mpl.rc_context(chart_style()):
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        _draw_bands(axes, ending, left, right, total, tints)
        _draw_names(axes, left, style, kind, total, tints, right=False)
        _draw_names(axes, right, style, kind, total, {"": GREY}, right=True)
        axes.text(WIDTH, 0.0, style.unit_of(kind), ha="right", va="top", fontsize=7.5, color=GREY)
        return to_svg(figure)


def _merged(flows: Sequence[Flow], small: str, most: int) -> list[Flow]:
    """One flow a group, name and target, larger names first; the names beyond the `most` largest are one a group."""
    size: dict[tuple[str, str], float] = {}
    for flow in flows:
        size[flow.group, flow.name] = size.get((flow.group, flow.name), 0.0) + flow.amount
    ranked = sorted(size, key=lambda key: -size[key])
    beyond = [group for group, _ in ranked[most:]]
    called = {key: small.format(beyond.count(key[0])) for key in ranked[most:] if beyond.count(key[0]) > 1}
    amounts: dict[tuple[str, str, str], float] = {}
    for key in ranked:
        for flow in flows:
            if (flow.group, flow.name) == key:
                place = (flow.group, called.get(key, flow.name), flow.target)
                amounts[place] = amounts.get(place, 0.0) + flow.amount
    return [Flow(*place, amount) for place, amount in amounts.items()]


def _column(rows: Sequence[tuple[str, str, float]], total: float, *, headed: bool) -> list[_Bar]:
    """Names one below the other, each at least a line high; a headed group begins with a line for its heading."""
    sums: dict[tuple[str, str], float] = {}
    for group, name, amount in rows:
        sums[group, name] = sums.get((group, name), 0.0) + amount
    bars: list[_Bar] = []
    top = _LINE
    for (group, name), amount in sums.items():
        if headed and (not bars or bars[-1].group != group):
            top += _LINE * (1.35 if bars else 1.0)
        tall = amount / total * _BARS
        slot = max(tall + 0.03, _LINE)
        bars.append(_Bar(group, name, amount, top + (slot - tall) / 2))
        top += slot
    return bars


def _spread(bars: list[_Bar], room: float) -> list[_Bar]:
    """The bars of the shorter column apart from one another, so that bands stay flat."""
    return [bar._replace(top=bar.top + room * (place + 0.5) / (len(bars) + 1)) for place, bar in enumerate(bars)]


def _foot(bars: list[_Bar], total: float) -> float:
    return max((bar.top + max(bar.amount / total * _BARS, _LINE) for bar in bars), default=_LINE)


def _draw_bands(
    axes: Axes, flows: list[Flow], left: list[_Bar], right: list[_Bar], total: float, tints: dict[str, str]
) -> None:
    begins = {(bar.group, bar.name): bar.top for bar in left}
    ends = {bar.name: bar.top for bar in right}
    middle = (_LEFT + _BAR + _RIGHT) / 2
    x = (_LEFT + _BAR, middle, middle, _RIGHT)
    steps = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    for flow in flows:  # bands leave a bar and reach one in the order of the other side
        tall = flow.amount / total * _BARS
        a, b = begins[flow.group, flow.name], ends[flow.target]
        begins[flow.group, flow.name] += tall
        ends[flow.target] += tall
        upper = list(zip(x, (a, a, b, b), strict=True))
        lower = list(zip(x[::-1], (b + tall, b + tall, a + tall, a + tall), strict=True))
        band = Path([*upper, *lower, upper[0]], steps)
        axes.add_patch(PathPatch(band, facecolor=tints[flow.group], edgecolor="none", alpha=0.38))


def _draw_names(
    axes: Axes, bars: list[_Bar], style: Style, kind: Kind, total: float, tints: dict[str, str], *, right: bool
) -> None:
    edge, side = (_RIGHT + _BAR + 0.07, "left") if right else (_LEFT - 0.07, "right")
    before = None
    for bar in bars:
        tall = bar.amount / total * _BARS
        x = _RIGHT if right else _LEFT
        axes.add_patch(Rectangle((x, bar.top), _BAR, max(tall, 0.008), color=tints[bar.group], linewidth=0))
        middle = bar.top + tall / 2
        text = f"{short_label(bar.name, _LETTERS)}{_GAP}{style.write(bar.amount, kind)}"
        if right:
            text += f"{_GAP}{style.write(bar.amount / total, 'percent1')}"
        axes.text(edge, middle, text, ha=side, va="center", fontsize=8, color=INK)
        if bar.group and bar.group != before:
            share = style.write(sum(b.amount for b in bars if b.group == bar.group) / total, "percent1")
            y = middle - max(tall, _LINE) / 2 - _LINE * 0.55
            heading = f"{bar.group}{_GAP}{share}"
            axes.text(edge, y, heading, ha=side, va="center", fontsize=8.5, color=tints[bar.group])
        before = bar.group
