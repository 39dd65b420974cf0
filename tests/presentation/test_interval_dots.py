"""Dots with intervals: every row is named and carries its value; red and the year before only where given."""

import re

from analysis.presentation.interval_dots import interval_dots
from analysis.presentation.numbers import Style
from analysis.presentation.palette import ACCENT, BAD


def words(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def drawn(**more: object) -> str:
    bounds = ([0.2, 0.0], [0.4, 0.1])
    return interval_dots(["康复评定", "Statin"], [0.3, 0.02], bounds, Style("zh"), "percent0", **more)


def test_every_row_has_its_name_and_its_value():
    assert {"康复评定", "Statin", "30%", "2%"} <= set(words(drawn()))


def test_red_is_what_is_bad_and_nothing_else():
    assert BAD not in drawn() and ACCENT in drawn()
    svg = drawn(bad=[True, False])
    assert BAD in svg and ACCENT in svg


def test_the_year_before_is_drawn_where_there_is_one():
    names = ("近 12 个月", "上年同期")
    with_one, without = drawn(before=[0.45, None], names=names), drawn(before=[None, None], names=names)
    assert set(names) <= set(words(with_one)) and not set(names) & set(words(without))
    assert with_one.count("<use") > without.count("<use")
