"""Levels behind the money, by hand, and members that sum to their group."""

import pandas as pd
import pytest
from cause_samples import Case, cases, past, sample
from hypothesis import given, settings

from analysis.rootcause.item_levels import group_levels, member_effects
from analysis.rootcause.item_view import decompose, item_effects

_NOW = [
    Case({"contrast": (150, 750)}),
    Case({"contrast": (150, 750)}),
    *[Case({"contrast": (100, 500), "ct": (1, 300), "stent_i": (1, 10_000)}, stratum="severe")] * 3,
]
_BEFORE = [
    *[Case({"contrast": (100, 500)})] * 3,
    Case({"contrast": (100, 500), "ct": (1, 300), "stent_d": (1, 6000)}, stratum="severe"),
    Case({"contrast": (100, 500), "stent_i": (1, 9000)}, stratum="severe"),
]


def test_levels_by_hand():
    levels = group_levels(*decompose(sample(_NOW), past(_BEFORE), pooled_share=0.0)).set_index("group")
    # both strata weigh 1/2
    row = levels.loc["contrast"]
    assert row[["use_rate", "quantity", "unit_cost"]].tolist() == [1, 125, 5]
    assert row[["use_rate_0", "quantity_0", "unit_cost_0"]].tolist() == [1, 100, 5]
    row = levels.loc["ct"]
    assert row[["use_rate", "quantity", "volume", "unit_cost"]].tolist() == [0.5, 1, 0.5, 300]
    assert row[["use_rate_0", "quantity_0", "volume_0", "unit_cost_0"]].tolist() == [0.25, 1, 0.25, 300]
    assert levels.loc["stent", ["unit_cost", "unit_cost_0"]].tolist() == [10_000, 7500]


def test_members_by_hand():
    members = member_effects(*decompose(sample(_NOW), past(_BEFORE), pooled_share=0.0)).set_index("element")
    assert members.index.tolist() == ["stent_d", "stent_i"]
    assert members[["share", "share_0"]].values.tolist() == [[0, 0.5], [1, 0.5]]
    assert members.loc["stent_i", ["price", "price_0"]].tolist() == [10_000, 9000]
    # per case of the stratum -1/2 x 6,000 and 1/2 x 9,500; 1,000 x 3/4; times 1/2 and five cases
    assert members["substitution"].tolist() == [-7500.0, 11_875.0]
    assert members["price_effect"].tolist() == [0.0, 1875.0]


@settings(max_examples=25, deadline=None)
@given(cases(refunds=True), cases(refunds=True))
def test_members_sum_to_their_group(now, before):
    sides = decompose(sample(now), past(before), pooled_share=0.0)
    effects, members = item_effects(*sides), member_effects(*sides)
    for name, column in (("substitution", "substitution"), ("price", "price_effect")):
        whole = pd.Series(getattr(effects, name)[0], effects.layout.groups)
        for group, part in members.groupby("group")[column].sum().items():
            assert part == pytest.approx(whole[group], abs=1e-6)


def test_no_group_of_several_no_member():
    one = [Case({"ct": (1, 300)})]
    assert member_effects(*decompose(sample(one), past(one))).empty
