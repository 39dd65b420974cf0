"""How cases are distributed: a histogram with the mean and a line that matters."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np

from analysis.presentation.numbers import Kind, Style
from analysis.presentation.palette import ACCENT, BAD, GREY
from analysis.presentation.svg import chart_style, new_figure, to_svg

_BINS = 24


def histogram(
    values: Sequence[float], style: Style, kind: Kind, mark: float | None, mark_name: str, mean_name: str
) -> str:
    """Cases by value; what lies above `mark` red. The last bin takes all above the 99th percentile.

    Parameters
    ----------
    mark : a limit such as the income of a case; None = none.
    """
    data = np.asarray(values, dtype=float)
    top = float(np.quantile(data, 0.99)) if len(data) > 1 else float(data.max())
    edges = np.linspace(min(float(data.min()), top), max(top, float(data.min()) + 1), _BINS + 1)
    counts, _ = np.histogram(np.clip(data, edges[0], edges[-1]), bins=edges)
    middles, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    with mpl.rc_context(chart_style()):
        figure, axes = new_figure(2.3)
        colours = [BAD if mark is not None and middle > mark else ACCENT for middle in middles]
        axes.bar(middles, counts, width=width * 0.92, color=colours)
        high = counts.max() * 1.28
        lines = [(float(data.mean()), mean_name, GREY, 1.0)]
        lines += [(float(mark), mark_name, BAD, 0.88)] if mark is not None else []
        for value, name, colour, height in lines:
            axes.axvline(value, color=colour, linewidth=1.1, linestyle=(0, (4, 3)), ymax=height)
            right = value >= max(line[0] for line in lines)
            text = f" {name} {style.write(value, kind)} "
            axes.text(
                value, high * (height - 0.01), text, color=colour, fontsize=8, va="top", ha="left" if right else "right"
            )
        axes.set_ylim(0, high)
        axes.xaxis.set_major_formatter(lambda value, _: style.write(value, kind))
        axes.set_xlabel(style.unit_of(kind), fontsize=8)
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, integer=True))
        axes.tick_params(axis="y", labelcolor=GREY)
        axes.spines["left"].set_visible(False)
        return to_svg(figure)
