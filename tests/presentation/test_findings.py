"""A Finding shows its evidence and carries it: escaped in HTML, typed in the payload."""

import pandas as pd
import pytest

from analysis.periods import Period
from analysis.presentation.bars import dumbbells, paired_bars, ranked_bars
from analysis.presentation.finding import FINDING_MIME, Finding
from analysis.presentation.lines import Series, line, small_lines
from analysis.presentation.numbers import Style
from analysis.presentation.sparkline import Trend, sparkline
from analysis.presentation.tables import MARKS, Chart, Column, Table, column, columns
from analysis.presentation.wording import listed, period_words, plural, span_words

EVIL = '<script>alert("x")</script> & $x$'
ZH = Style("zh")


def table(**more: object) -> Table:
    rows = pd.DataFrame(
        {"name": [EVIL, "骨科"], "cases": [12, "<10"], "margin": [-123456.78, None], "state": ["missed", "met"]}
    )
    heads = (
        Column("name", EVIL),
        column("cases", ZH, "count"),
        column("margin", ZH, "money_large"),
        Column("state", "状态", "mark"),
    )
    return Table(rows, heads, "盈亏", ZH, chart=Chart("bar", "name", ("margin",)), **more)  # type: ignore[arg-type]


def test_text_from_data_is_escaped():
    shown = Finding("问题？", table(), EVIL, (EVIL,)).to_html()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 4


def test_numbers_marks_and_suppressed_cells_are_shown():
    shown = table(alarm=frozenset({(0, "margin")}), strong=frozenset({1})).to_html("t")
    assert "−12.3" in shown and "（万元）" in shown and "&lt;10" in shown and "未达标" in shown


def test_the_payload_is_what_is_shown_with_full_precision():
    payload = Finding("问题？", table(), "一句话。")._repr_mimebundle_()[FINDING_MIME]
    first, second = payload["table"]["rows"]
    assert [cell["value"] for cell in first] == [EVIL, 12, -123456.78, "未达标"]
    assert [cell["value"] for cell in second] == ["骨科", "<10", None, "达标"]
    assert payload["table"]["chart"] == {"kind": "bar", "category": "name", "values": ("margin",)}


def test_headings_come_from_the_closed_tables_and_the_headings_file():
    made = columns(
        Style("en"), ("cases", "count"), ("weight", "number3", "drgs"), ("span", "by_row"), heads={"span": "so_far"}
    )
    assert [c.heading for c in made] == ["Cases", "Weight", "Year to date"]
    with pytest.raises(KeyError):
        column("no_such_heading", ZH)


def test_charts_keep_letters_as_text_and_write_values():
    bars = ranked_bars(["心内科", EVIL], [-120000, 50000], ZH, "money_large", bad=[True, False], pale=[False, True])
    assert ">心内科</text>" in bars and "−12.0" in bars and "万元" in bars
    assert "<script" not in bars and "$x$" in bars
    both = paired_bars(["人员经费"], [5e6], [4e6], ZH, "money_large", ("本期", "上年同期"))
    assert "500.0  本期" in both and "400.0  上年同期" in both
    dots = dumbbells(["骨科", "儿科"], [9000, None], [9500, 8000], ZH, "money", ("上年", "本年"), [True, False])
    assert "9,500" in dots and "上年" in dots
    run = line(["2023-05", "2023-06"], Series("当年累计", "percent1", [0.02, -0.01], 0.0), ZH, "红线")
    assert "−1.0%" in run and "红线" in run
    small = small_lines(["2023-04", "2023-05", "2023-06"], [Series("例数", "count", [12, None, 15])], ZH)
    assert "例数  15" in small


def test_charts_are_the_same_twice():
    one, two = (ranked_bars(["A", "B"], [1.0, 2.0], ZH, "count") for _ in range(2))
    assert one == two


def test_sparkline_is_red_where_the_target_is_missed_and_empty_where_little_is_known():
    assert sparkline(Trend([1, None, 2])) == ""
    assert "#b42318" in sparkline(Trend([1, 2, 3], bad=True))
    assert "#b42318" not in sparkline(Trend([1, 1, 1]))


def test_every_mark_has_words_in_both_languages():
    assert [code for code, (sign, zh, en, _) in MARKS.items() if not sign or bool(zh) != bool(en)] == []


def test_small_words():
    june = Period("2023-06")
    assert period_words(june, "zh") == "2023 年 6 月" and period_words(june, "en") == "June 2023"
    assert period_words(Period("2020"), "zh") == "2020 年"
    assert span_words(Period("2022-07"), june, "en") == "July 2022 to June 2023"
    assert listed(["a", "b", "c"], "en") == "a, b and c" and listed(["甲", "乙"], "zh") == "甲、乙"
    assert listed(list("abcde"), "en", 3) == "a, b, c and 2 more"
    assert plural(1, "check") == "1 check" and plural(2, "DRG") == "2 DRGs"


@pytest.mark.parametrize(
    ("language", "shown", "stored"), [("zh", "盈亏（万元）", "盈亏（元）"), ("en", "Margin (CNY 10k)", "Margin (CNY)")]
)
def test_a_row_of_money_names_the_unit_it_is_written_in(language, shown, stored):
    """On the page 487,601.03 is 48.8 in ten thousands; the workbook stores it in full, and its label says so."""
    style = Style(language)
    label = style.with_unit("盈亏" if language == "zh" else "Margin", "money_large")
    rows = pd.DataFrame({"indicator": [label, "CMI"], "now": [487601.03, 1.1]})
    heads = columns(style, ("indicator", "text"), ("now", "by_row"))
    made = Table(rows, heads, "指标", style, by_row=("money_large", "number3"))
    assert label == shown and shown in made.to_html("t") and "48.8" in made.to_html("t")
    values = [[cell["value"] for cell in row] for row in made.to_payload()["rows"]]
    assert values == [[stored, 487601.03], ["CMI", 1.1]]
