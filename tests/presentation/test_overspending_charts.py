"""Variance tree and Pareto: what is drawn and written is what was given."""

import re

import pytest

from analysis.presentation.numbers import Style
from analysis.presentation.palette import ACCENT, BAD
from analysis.presentation.pareto import Bar, pareto
from analysis.presentation.variance_tree import Branch, variance_tree
from analysis.presentation.waterfall import waterfall


def words(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_every_branch_is_named_with_its_money():
    branches = [Branch("Loss", 0, 412_345.0), Branch("Drugs", 1, -60_000.0), Branch("Stents", 1, 472_345.0)]
    svg = variance_tree(branches, Style("en"), "money_large")
    assert {"Loss", "41.2", "Drugs", "−6.0", "Stents", "47.2", "CNY 10k"} <= set(words(svg))
    assert svg.count(f"fill: {BAD}") == 2 and svg.count(f"fill: {ACCENT}") == 1, "red adds to the loss, blue takes"


def test_a_tree_that_saves_has_room_on_both_sides():
    branches = [Branch("盈余", 0, -5_000.0), Branch("药品", 1, -5_000.0)]
    assert {"盈余", "药品", "−5,000", "元"} <= set(words(variance_tree(branches, Style("zh"), "money")))


def test_a_long_name_is_cut_and_never_runs_into_the_bars():
    branches = [Branch("Loss", 0, 1.0), Branch("x" * 90, 2, 1.0)]
    name = next(word for word in words(variance_tree(branches, Style("en"), "money")) if word.startswith("xx"))
    assert len(name) < 50 and name.endswith("…")


@pytest.fixture
def bars() -> list[Bar]:
    return [
        Bar("Contrast", 300_000, 250_000, 350_000, called=True),
        Bar("Days", 100_000, -20_000, 220_000, called=False),
        Bar("Drugs", 50_000, None, None, called=False),
    ]


def test_a_cause_stands_with_its_money_and_the_running_share(bars: list[Bar]):
    told = words(pareto(bars, 500_000, Style("en"), "money_large", "running share"))
    assert {"Contrast", "30.0", "60%", "Days", "10.0", "80%", "Drugs", "5.0", "90%", "running share"} <= set(told)


def test_only_what_is_called_is_solid_and_only_what_is_known_has_an_interval(bars: list[Bar]):
    svg = pareto(bars, 450_000, Style("en"), "money_large", "share")
    solid = re.findall(rf'style="fill: {BAD}; stroke: {BAD}', svg)
    hollow = re.findall(rf'style="fill: #ffffff; stroke: {BAD}', svg)
    assert (len(solid), len(hollow)) == (1, 2)
    whole = pareto(bars[:1], 450_000, Style("en"), "money_large", "share")
    bare = pareto([bars[0]._replace(low=None, high=None)], 450_000, Style("en"), "money_large", "share")
    assert whole.count("<path") - bare.count("<path") == 3, "a line and its two ends"


def test_where_bars_are_cost_a_rise_is_red():
    args = (["Paid", "More", "Less", "Cost"], [100.0, 50.0, -20.0, 130.0], Style("en"), "money")
    cost, margin = waterfall(*args, rise_is_bad=True), waterfall(*args)
    first = [svg.index(f"fill: {BAD}") < svg.index(f"fill: {ACCENT}") for svg in (cost, margin)]
    assert first == [True, False]
