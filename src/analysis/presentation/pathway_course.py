"""The course of a pathway as lines of stations: branches with their chances, complications and return as red arrows."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.pathways.acts import Choose, Complicate, Discharge, Do, Readmit, Spend, Until, Wait, name_of
from analysis.pathways.model import Pathway
from analysis.pathways.times import mean_of
from analysis.presentation.bars import short_label
from analysis.presentation.palette import ACCENT, BAD, GREY, INK, LIGHT
from analysis.vocabulary import Language

#: Inches: height of a line, least width of a station.
LINE_HEIGHT, _STATION = 1.6, 0.78
#: From so many mean days on they are told.
_TOLD = 0.05
_DAYS = {"zh": "{:.1f} 天", "en": "{:.1f} d"}
_BACK = {"zh": "{} {}，出院后约 {:.0f} 天", "en": "{} {}, some {:.0f} days after going home"}
_RED = {"color": BAD, "linewidth": 0.9}
_ARROW = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, **_RED}


class Line(NamedTuple):
    """Stations of one line, how many have room on each, whether it is the last and the only one."""

    stations: Sequence[Any]
    room: int
    last: bool
    only: bool


def course_lines(pathway: Pathway, width: float) -> list[Line]:
    """What a reader sees of a course, in lines of that many inches: what takes time, branches, complications, end."""
    seen = Do | Spend | Until | Wait | Choose | Complicate | Discharge
    stations = [act for act in pathway.course if isinstance(act, seen)]
    lines = math.ceil(len(stations) / int(width * 0.96 / _STATION))
    room = math.ceil(len(stations) / max(lines, 1))
    return [Line(stations[n * room : (n + 1) * room], room, n == lines - 1, lines == 1) for n in range(lines)]


def draw_line(axes: Axes, line: Line, pathway: Pathway, language: Language) -> None:
    """Draw one line; behind the last station the returns."""
    axes.set_xlim(0, line.room)
    axes.set_ylim(-1.02, 0.85)
    axes.axis("off")
    axes.plot([0.1, len(line.stations) - 0.5 if line.last else line.room], [0, 0], color=LIGHT, linewidth=2.5, zorder=0)
    for place, act in enumerate(line.stations):
        draw = {Choose: _choice, Complicate: _complication}.get(type(act), _station)
        draw(axes, place + 0.5, act, pathway, language)
    for number, back in enumerate(act for act in pathway.course if isinstance(act, Readmit) and line.last):
        text = _BACK[language].format(pathway.name(back.readmit, language), _chance(back.chance), mean_of(back.after))
        _return(axes, len(line.stations) - 0.5, 0.55 + 0.16 * number, text, line.only)


def mean_days(course: Sequence[Any]) -> float:
    """Mean days that a course takes by itself, the waiting for resources and calendars aside."""
    total = 0.0
    for act in course:
        if isinstance(act, Do | Spend) and act.time:
            total += mean_of(act.time) * getattr(act, "times", 1)
        if isinstance(act, Choose):
            total += sum(way.chance * mean_days(way.course) for way in act.of)
        if isinstance(act, Complicate):
            total += act.chance * mean_days(act.course)
    return total


def _station(axes: Axes, x: float, act: Any, pathway: Pathway, language: Language) -> None:
    time = getattr(act, "time", None)
    days = mean_of(time) * getattr(act, "times", 1) if time else 0.0
    square = isinstance(act, Do | Discharge)
    colour, mark, size = (ACCENT, "s", 8) if square else (GREY, "o", 6)
    axes.plot(x, 0, mark, color=colour, markersize=size, zorder=3)
    _name(axes, x, pathway.name(name_of(act), language))
    if days >= _TOLD:
        axes.text(x, -0.13, _DAYS[language].format(days), ha="center", va="top", fontsize=7, color=GREY)


def _choice(axes: Axes, x: float, act: Choose, pathway: Pathway, language: Language) -> None:
    """A diamond, its ways below it."""
    axes.plot(x, 0, "D", color="white", markeredgecolor=ACCENT, markersize=8, zorder=3)
    _name(axes, x, pathway.name(act.choose, language))
    y = -0.15
    for way in act.of:
        words = _broken(f"{_chance(way.chance)} {pathway.name(way.way, language)}", 16)[:2]
        days = mean_days(way.course)
        for text, colour in [*((word, ACCENT) for word in words), (f"+{_DAYS[language].format(days)}", GREY)]:
            if text[0] != "+" or days >= _TOLD:
                axes.text(x - 0.46, y, text, va="top", fontsize=6.5, color=colour)
                y -= 0.125
        y -= 0.03


def _complication(axes: Axes, x: float, act: Complicate, pathway: Pathway, language: Language) -> None:
    """Below the line, with an arrow down to it and one back."""
    axes.annotate("", (x - 0.3, -0.42), (x - 0.3, 0), arrowprops=_ARROW)
    axes.annotate("", (x + 0.3, 0), (x + 0.3, -0.42), arrowprops=_ARROW)
    axes.add_patch(Rectangle((x - 0.45, -0.92), 0.9, 0.5, facecolor="white", edgecolor=BAD, linewidth=0.9, zorder=2))
    figures = f"{_chance(act.chance)} · +{_DAYS[language].format(mean_days(act.course))}"
    text = "\n".join([*_broken(pathway.name(act.complicate, language), 13)[:2], figures])
    axes.text(x, -0.67, text, ha="center", va="center", fontsize=6.5, color=BAD, linespacing=1.1, zorder=3)


def _return(axes: Axes, x: float, y: float, text: str, only: bool) -> None:
    """From the last station over the others to the beginning of the line; upwards where that is another line."""
    if not only:
        axes.annotate(text, (x, 0.38), (x + 0.3, y), fontsize=7, color=BAD, arrowprops={**_ARROW, "arrowstyle": "<|-"})
        return
    axes.plot([x, x, 0.12, 0.12], [0.38, y, y, 0.1], linestyle=(0, (4, 2)), **_RED)
    axes.annotate("", (0.12, 0.0), (0.12, 0.15), arrowprops=_ARROW)
    axes.text(0.2, y + 0.03, text, va="bottom", fontsize=7, color=BAD)


def _name(axes: Axes, x: float, name: str) -> None:
    text = "\n".join(_broken(name, 14)[:2])
    axes.text(x, 0.13, text, ha="center", va="bottom", fontsize=7, color=INK, linespacing=1.1)


def _chance(chance: float) -> str:
    return f"{chance:.0%}" if chance >= 0.02 or chance == 0 else f"{chance:.1%}"


def _broken(text: str, most: int) -> list[str]:
    """Lines of at most `most` letters, broken at blanks; a Chinese letter counts twice and may end any line."""
    words = text.split(" ") if text.isascii() else list(text)
    lines, blank = [words[0]], " " if text.isascii() else ""
    for word in words[1:]:
        longer = f"{lines[-1]}{blank}{word}"
        if sum(2 if ord(letter) > 0x2E80 else 1 for letter in longer) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [short_label(line, most + 4) for line in lines]
