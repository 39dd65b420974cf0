"""Figures and tables of cost accounting: what is drawn and written is what was given."""

import re

import pandas as pd
import pytest

from analysis.presentation.distribution import histogram
from analysis.presentation.dots import Dots, method_dots
from analysis.presentation.numbers import Style
from analysis.presentation.stacks import SHADES, Part, stacked_shares
from analysis.presentation.tables import Column, Table


def words(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_shares_are_written_where_there_is_room():
    parts = [
        Part("personnel", [0.6, 0.3], SHADES[0]),
        Part("drugs", [0.38, 0.7], SHADES[1]),
        Part("risk", [0.02, 0.0], SHADES[2]),
    ]
    told = words(stacked_shares(["A", "B"], parts, Style("en"), ["CNY 1", ""]))
    assert {"A", "B", "personnel", "drugs", "risk", "60%", "38%", "30%", "70%", "CNY 1"} <= set(told)
    assert "2%" not in told and "0%" not in told


def test_beyond_the_whole_is_marked():
    parts = [Part("used", [1.2], SHADES[0])]
    within = stacked_shares(["A"], [Part("used", [0.9], SHADES[0])], Style("en"))
    assert "stroke-dasharray" in stacked_shares(["A"], parts, Style("en")) and "stroke-dasharray" not in within


def test_every_method_has_a_dot_in_every_row():
    dots = [Dots("top-down", [-100.0, 50.0]), Dots("bottom-up", [20.0, None])]
    svg = method_dots(["A", "B"], dots, Style("en"), "money")
    assert {"A", "B", "top-down", "bottom-up", "CNY"} <= set(words(svg))
    assert len(re.findall(r"<use ", svg)) >= 3


def test_the_tail_of_a_distribution_is_in_its_last_bar():
    svg = histogram([100.0] * 99 + [1e6], Style("zh"), "money", 500.0, "收入", "平均")
    told = words(svg)
    assert "收入 500" in told and "平均 10,099" in told


@pytest.fixture
def table() -> Table:
    rows = pd.DataFrame({"code": ["a", "b", "c"], "amount": [3.0, 2.0, 1.0], "detail": [9.0, 8.0, 7.0]})
    heads = (
        Column("code", "Code"),
        Column("amount", "Amount", "money"),
        Column("detail", "Detail", "money", on_page=False),
    )
    return Table(
        rows, heads, "Sheet", Style("en"), alarm=frozenset({(2, "amount")}), strong=frozenset({2}), on_page=(0, 2)
    )


def test_what_the_page_leaves_out_the_workbook_has(table: Table):
    html = table.to_html("t")
    assert ">a<" in html and ">b<" not in html and "Detail" not in html
    assert "<b>c</b>" in html and html.count("color:#b42318") == 1, "bold and red stay with their row"
    payload = table.to_payload()
    assert [row[0]["value"] for row in payload["rows"]] == ["a", "b", "c"]
    assert [column["heading"] for column in payload["columns"]] == ["Code", "Amount", "Detail"]
