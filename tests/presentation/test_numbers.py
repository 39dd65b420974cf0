"""Numbers are written with the digits they carry, in both languages and currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.presentation.numbers import EXCEL_FORMATS, Style, difference, sum_kind

ZH, EN, USD = Style("zh"), Style("en"), Style("en", "USD")


@pytest.mark.parametrize(
    ("value", "kind", "zh"),
    [
        (0.3614, "percent1", "36.1%"),
        (0.00154, "percent2", "0.15%"),
        (1234567.5, "money_large", "123.5"),
        (8450.49, "money", "8,450"),
        (-8450.49, "money", "−8,450"),
        (12.5, "money2", "12.50"),
        (1.0984, "number3", "1.098"),
        (7.96, "number1", "8.0"),
        (4109, "count", "4,109"),
        (0.084, "change", "+8.4%"),
        (-0.0672, "points", "−6.7 百分点"),
        (-0.0001, "points", "0.0 百分点"),
        (float("nan"), "money", "–"),
        (None, "percent1", "–"),
        ("<10", "count", "<10"),
        ("心内科", "text", "心内科"),
    ],
)
def test_written(value: object, kind: str, zh: str):
    assert ZH.write(value, kind) == zh  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "zh", "en", "usd"),
    [
        (99999, "99,999 元", "CNY 99,999", "USD 99,999"),
        (1183421, "118.3 万元", "CNY 1,180,000", "USD 1,180,000"),
        (-523456.7, "−52.3 万元", "CNY −523,000", "USD −523,000"),
    ],
)
def test_money_in_sentences(value: float, zh: str, en: str, usd: str):
    assert (ZH.money(value), EN.money(value), USD.money(value)) == (zh, en, usd)


def test_units_of_headings():
    assert ZH.with_unit("全成本", "money_large") == "全成本（万元）"
    assert EN.with_unit("Full cost", "money_large") == "Full cost (CNY 10k)"
    assert USD.with_unit("Full cost", "money_large") == "Full cost (USD thousand)"
    assert USD.write(123456, "money_large") == "123.5"
    assert ZH.with_unit("药占比", "percent1") == "药占比"


def test_differences_of_shares_are_points_and_of_money_relative():
    assert difference(0.29, 0.30, "percent1") == pytest.approx(-0.01)
    assert difference(110.0, 100.0, "money") == pytest.approx(0.1)
    assert difference(110.0, -5.0, "money") is None
    assert difference("<10", 5.0, "count") is None


@given(st.floats(-1e12, 1e12), st.sampled_from([kind for kind in EXCEL_FORMATS if kind != "points"]))
def test_no_number_is_written_with_a_plain_hyphen_or_minus_zero(value: float, kind: str):
    text = ZH.write(value, kind)  # type: ignore[arg-type]
    assert "-" not in text
    assert not text.startswith("−0") or any(digit in text for digit in "123456789")


def test_sums_are_written_in_the_large_unit_from_a_hundred_thousand():
    assert sum_kind([99999, -5, None, "*"]) == "money"
    assert sum_kind([5, -100000.0]) == "money_large"
    assert sum_kind([]) == "money"
