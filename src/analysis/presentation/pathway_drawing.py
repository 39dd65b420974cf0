"""A pathway as a picture: what is asked for on which day, and below it the course with its branches.

One row a step: a box over the days on which it is expected, required filled, optional outlined, forbidden red and
crossed; an arrow to what must follow it.
"""

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.pathways.model import Pathway, Step
from analysis.presentation.bars import short_label
from analysis.presentation.palette import ACCENT, BAD, FAINT, GREY, INK
from analysis.presentation.pathway_course import LINE_HEIGHT, course_lines, draw_line
from analysis.presentation.svg import WIDTH, chart_style, to_svg
from analysis.vocabulary import Language

#: Inches: height of a row and of what is above the rows; left of the days for the names, right of them for the notes.
_ROW, _EDGE, _NAMES, _NOTES = 0.215, 0.5, 2.45, 1.85
_DAYS = 1 - (_NAMES + _NOTES) / WIDTH
_SIGNS = {"required": "●", "optional": "○", "forbidden": "×"}
_TINTS = {"required": (INK, ACCENT), "optional": (GREY, GREY), "forbidden": (BAD, BAD)}
_WORDS = {
    "zh": {
        "required": "必需",
        "optional": "可选",
        "forbidden": "不应出现",
        "day": "住院日",
        "least": "至少 {} 次",
        "most": "至多 {} 次",
        "within": "{} 小时内",
        "unless": "有例外",
    },
    "en": {
        "required": "required",
        "optional": "optional",
        "forbidden": "forbidden",
        "day": "day of the stay",
        "least": "at least {}",
        "most": "at most {}",
        "within": "within {} h",
        "unless": "exceptions",
    },
}


def pathway_drawing(pathway: Pathway, language: Language) -> str:
    """The picture as SVG, as wide as a page; without a course only the steps."""
    with mpl.rc_context(chart_style()):
        return to_svg(pathway_figure(pathway, language))


def pathway_figure(pathway: Pathway, language: Language) -> Figure:
    """The picture as a figure, to be made and saved within `chart_style`."""
    rows = _in_order(pathway.steps)
    lines = course_lines(pathway, WIDTH)
    above = _EDGE + _ROW * (len(rows) + 0.4)
    height = above + len(lines) * LINE_HEIGHT
    figure = Figure(figsize=(WIDTH, height))
    _draw_steps(
        figure.add_axes((_NAMES / WIDTH, 1 - above / height, _DAYS, (above - _EDGE) / height)), pathway, rows, language
    )
    for place, line in enumerate(lines):
        bottom = (len(lines) - 1 - place) * LINE_HEIGHT / height
        draw_line(figure.add_axes((0.02, bottom, 0.96, LINE_HEIGHT / height)), line, pathway, language)
    return figure


def _in_order(steps: Mapping[str, Step]) -> list[str]:
    """Names of steps by the day they begin, what is forbidden behind the others."""
    spans = step_days(steps, math.inf)
    return sorted(steps, key=lambda name: (steps[name].need == "forbidden", spans[name][0]))


def step_days(steps: Mapping[str, Step], last: float) -> dict[str, tuple[float, float]]:
    """First and last day of each step; 1 = day of admission, `last` = day of discharge. What says no day has all."""

    def of(name: str, seen: tuple[str, ...] = ()) -> tuple[float, float]:
        step = steps[name]
        if step.day:
            first, to = (day if day > 0 else last + 1 + day for day in step.day)
        elif step.after and name not in seen:
            first = 1.0 if step.after == "admission" else of(step.after, (*seen, name))[0]
            to = first + math.ceil((step.within_hours or 24) / 24)
        else:
            first, to = 1.0, last
        return max(1.0, min(first, last)), max(1.0, min(to, last))

    return {name: of(name) for name in steps}


def _draw_steps(axes: Axes, pathway: Pathway, rows: Sequence[str], language: Language) -> None:
    last, words = max(math.ceil(pathway.standard.days), 3), _WORDS[language]
    spans = step_days(pathway.steps, float(last))
    axes.set_xlim(0.5, last + 0.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    for day in range(1, last + 1, 2):
        axes.axvspan(day - 0.5, day + 0.5, color=FAINT, linewidth=0, zorder=0)
    for place, name in enumerate(rows):
        step = pathway.steps[name]
        _box(axes, place, spans[name], step)
        _label(axes, place, step, language, words)
        if step.after in pathway.steps:
            before = str(step.after)
            _follows(axes, (spans[before][0], rows.index(before)), (spans[name][0], place))
    _scale(axes, last, words, 1 + 0.24 / (_ROW * len(rows)))


def _box(axes: Axes, place: int, span: tuple[float, float], step: Step) -> None:
    first, to = span
    fill = ACCENT if step.need == "required" else "white"
    hatch, alpha = ("////", 0.55) if step.need == "forbidden" else (None, 1.0)
    look = {"facecolor": fill, "edgecolor": _TINTS[step.need][1], "hatch": hatch, "alpha": alpha, "zorder": 2}
    axes.add_patch(Rectangle((first - 0.42, place - 0.3), to - first + 0.84, 0.6, **look))


def _label(axes: Axes, place: int, step: Step, language: Language, words: Mapping[str, str]) -> None:
    """The sign and name on the left; how often, how soon and whether there are exceptions on the right."""
    across = {"transform": axes.get_yaxis_transform(), "va": "center"}
    name = f"{short_label(getattr(step, language), 36)}  {_SIGNS[step.need]}"
    axes.text(-0.02, place, name, ha="right", fontsize=8, color=_TINTS[step.need][0], **across)
    notes = [words[key].format(getattr(step, key)) for key in ("least", "most") if getattr(step, key) is not None]
    notes += [words["within"].format(f"{step.within_hours:g}")] if step.within_hours else []
    notes += [words["unless"]] if step.unless.model_fields_set else []
    axes.text(1.015, place, " · ".join(notes), fontsize=7, color=GREY, **across)


def _follows(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    bend = -0.35 if end[1] > start[1] else 0.35
    look = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.8, "connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", (end[0] + 0.1, end[1] - 0.3), (start[0] + 0.1, start[1] + 0.3), arrowprops=look, zorder=4)


def _scale(axes: Axes, last: int, words: Mapping[str, str], above: float) -> None:
    """Days above the rows, and what the signs mean."""
    axes.set_xticks(range(1, last + 1, 1 if last <= 14 else 2))
    axes.tick_params(labelsize=7.5, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    look = {"transform": axes.transAxes, "fontsize": 7.5, "color": GREY, "va": "bottom"}
    axes.text(0, above, words["day"], **look)
    key = "   ".join(f"{sign} {words[need]}" for need, sign in _SIGNS.items())
    axes.text(1 + _NOTES / (WIDTH * _DAYS), above, key, ha="right", **look)
