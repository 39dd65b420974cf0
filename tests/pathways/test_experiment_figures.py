"""Forest and tornado: what is drawn is what was found."""

import re

from analysis.presentation.forest import Panel, forest
from analysis.presentation.numbers import Style
from analysis.presentation.palette import ACCENT, BAD
from analysis.presentation.tornado_bars import Swing, tornado_bars

STYLE = Style("en", "CNY")
NAMES = ("lower", "upper", "assumed")


def texts(svg: str) -> list[str]:
    return re.findall(r">([^<>\n]+)</text>", svg)


def drawn(svg: str, colour: str) -> int:
    return svg.count(f"stroke: {colour}") + svg.count(f"fill: {colour}")


def panel(middle: float, low: float, high: float, less: bool = True) -> str:
    return forest(["Plan"], [Panel("Days", "number1", less, [(middle, low, high)])], STYLE)


def test_better_is_blue_worse_red_and_chance_grey():
    better, worse, chance = panel(-2, -3, -1), panel(2, 1, 3), panel(1, -1, 3)
    assert drawn(better, ACCENT) and not drawn(better, BAD)
    assert drawn(worse, BAD) and not drawn(worse, ACCENT)
    assert not drawn(chance, ACCENT) and not drawn(chance, BAD)
    assert drawn(panel(2, 1, 3, less=False), ACCENT)


def test_values_stand_with_their_sign_and_a_plan_without_figures_has_none():
    assert "+2.0" in texts(panel(2, 1, 3)) and "−2.0" in texts(panel(-2, -3, -1))
    nothing = forest(["A", "B"], [Panel("Days", "number1", True, [(float("nan"),) * 3, (1.0, 0.5, 1.5)])], STYLE)
    assert [text for text in texts(nothing) if text.startswith("+")] == ["+1.0"]
    assert {"A", "B", "Days"} <= set(texts(nothing))


def test_no_difference_at_all_is_a_nought():
    svg = panel(0.0, 0.0, 0.0)
    assert "0.0" in texts(svg) and "+0.0" not in texts(svg)
    assert panel(0.001, -0.002, 0.004) == svg  # nothing that would be written


def test_points_are_written_without_their_unit():
    svg = forest(["Plan"], [Panel("Readmissions (points)", "points", True, [(0.15, 0.14, 0.16)])], STYLE)
    assert "+15.0" in texts(svg) and not [text for text in texts(svg) if "pts" in text]


def test_a_tornado_names_its_numbers_and_hatches_what_is_assumed():
    swings = [Swing("recovery: time", 100.0, 300.0, False), Swing("payment", 150.0, 250.0, True)]
    svg = tornado_bars(swings, 200.0, STYLE, "money", NAMES)
    assert {"recovery: time", "payment", *NAMES, "CNY"} <= set(texts(svg))
    measured = tornado_bars([swings[0]], 200.0, STYLE, "money", NAMES)
    assert svg.count("url(#") > measured.count("url(#")  # a hatch is a pattern
    missing = tornado_bars([swings[0]._replace(at_high=float("nan"))], 200.0, STYLE, "money", NAMES)
    assert missing != measured
