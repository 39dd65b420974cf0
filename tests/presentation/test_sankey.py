"""The flow figure: bars true to scale, every name once and on a line of its own, nothing of the data as markup."""

import re
from itertools import pairwise

import pytest

from analysis.presentation.numbers import Style
from analysis.presentation.sankey import Flow, sankey

ZH = Style("zh")
EVIL = "<script>alert(1)</script>"


def texts(svg):
    """(text, y) of every text of the figure."""
    found = re.findall(r'<text[^>]*y="([\d.]+)"[^>]*>([^<]*)</text>', svg)
    found += [(y, t) for y, t in re.findall(r"<text[^>]*translate\([\d.]+ ([\d.]+)\)[^>]*>([^<]*)</text>", svg)]
    return [(text.replace("\u00a0", " "), float(y)) for y, text in found]


def draw(flows, most=18):
    groups = list(dict.fromkeys(flow.group for flow in flows))
    targets = sorted({flow.target for flow in flows})
    return sankey(flows, groups, targets, ZH, "money", small="其余 {} 个科室", most=most)


def test_names_carry_their_sums_and_shares():
    svg = draw(
        [Flow("本科室", "骨科", "人员", 60), Flow("本科室", "骨科", "药品", 20), Flow("医技", "检验科", "人员", 20)]
    )
    found = [text for text, _ in texts(svg)]
    assert {
        "骨科  80",
        "检验科  20",
        "本科室  80.0%",
        "医技  20.0%",
        "人员  80  80.0%",
        "药品  20  20.0%",
        "元",
    } == set(found)


def test_sixty_centres_each_have_a_line_and_the_small_are_one():
    flows = [Flow(f"类{i % 4}", f"科{i}", target, 1000.0 / (i + 1)) for i in range(60) for target in ("人员", "药品")]
    found = texts(draw(flows))
    names = [(text, y) for text, y in found if text.startswith(("科", "其余", "类"))]
    assert (
        sum(text.startswith("科") for text, _ in names) == 18 and sum(text.startswith("其余") for text, _ in names) == 4
    )
    heights = sorted(y for _, y in names)
    assert min(b - a for a, b in pairwise(heights)) > 8, "two names stand on one line"
    small = sum(float(text.split()[-1].replace(",", "")) for text, _ in names if text.startswith("其余"))
    assert small == pytest.approx(sum(2000 / (i + 1) for i in range(18, 60)), abs=4)


def test_corrections_are_not_drawn_and_names_are_text():
    svg = draw([Flow("a", EVIL, "人员", 10), Flow("a", "骨科", "人员", -5), Flow("a", "骨科", "药品", 0)])
    assert "<script" not in svg and "骨科" not in svg and "&lt;script" in svg


def test_the_figure_is_the_same_twice():
    flows = [Flow("a", f"科{i}", "人员", 5.0) for i in range(30)]
    assert draw(flows) == draw(flows)


def test_nothing_to_draw_is_an_empty_figure():
    assert draw([Flow("a", "骨科", "人员", -5)]).startswith("<svg")
