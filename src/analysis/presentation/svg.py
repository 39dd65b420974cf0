"""Matplotlib set up for the pages: quiet axes, Chinese letters, and SVG whose text stays text.

The page embeds the font, so letters are sharp, can be searched, and never turn into boxes.
"""

import io
import re
from functools import cache

import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.presentation.palette import GREY, INK, LIGHT

FONT = "Noto Sans SC"
WIDTH = 7.4
_NAMED_PARTS = re.compile(r' id="(?:figure|axes|patch|line2d|text|[xy]tick|matplotlib\.axis|LineCollection)_\d+"')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


@cache
def chart_style() -> dict[str, object]:
    """Settings for `matplotlib.rc_context`."""
    font_manager.fontManager.addfont(pylopdf_fonts_zh_cn.sans_path())
    return {
        "font.family": [FONT, "DejaVu Sans"],
        "font.size": 9,
        "svg.fonttype": "none",
        "svg.hashsalt": "workbench",
        "text.parse_math": False,
        "text.color": INK,
        "axes.edgecolor": LIGHT,
        "axes.linewidth": 0.8,
        "axes.labelcolor": GREY,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": GREY,
        "ytick.color": INK,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "figure.facecolor": "white",
    }


def new_figure(height: float) -> tuple[Figure, Axes]:
    """One set of axes as wide as the page; `height` in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def to_svg(figure: Figure) -> str:
    """SVG without prologue, as wide as its place."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    view = re.search(r'viewBox="([^"]+)"', text).group(1)  # type: ignore[union-attr]
    body = text[text.index(">", text.index("<svg")) + 1 :]
    head = f'<svg viewBox="{view}" style="width:100%;height:auto;display:block" role="img"'
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{head} {spaces}>{_NAMED_PARTS.sub('', _METADATA.sub('', body))}"
