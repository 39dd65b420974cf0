"""ICER table, plane and budget impact: worked by hand, and against every mixture tried one by one."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.evaluation.worth import budget_impact, icer_table, net_benefit, plane


def pairs(*rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["cost", "effect"], dtype=float)


def test_the_known_table_by_hand():
    """Costs 5, 12, 10, 25, 35, 55 thousand, effects 1, 1.5, 2, 3, 4, 5: usual care first, then A to E.

    By cost: usual care (5, 1), B (10, 2), A (12, 1.5), C (25, 3), D (35, 4), E (55, 5).
    A costs 2 more than B and gains half a unit less: dominated. Steps of the rest: B 5/1 = 5, C 15/1 = 15, D 10/1 = 10,
    E 20/1 = 20; the step to C costs more than the one after it, so a mixture of B and D beats C (half of each: 22.5 for
    3). Without C: D (35 - 10) / (4 - 2) = 12.5, E (55 - 35) / (5 - 4) = 20.
    """
    made = icer_table(
        ["usual", "A", "B", "C", "D", "E"], [5000, 12000, 10000, 25000, 35000, 55000], [1, 1.5, 2, 3, 4, 5]
    ).set_index("name")
    assert list(made.index) == ["usual", "B", "A", "C", "D", "E"]
    assert made["ratio"].dropna().to_dict() == {"B": 5000, "D": 12500, "E": 20000}
    assert made["status"].to_dict() == {
        "usual": "frontier", "B": "frontier", "A": "dominated", "C": "extended", "D": "frontier", "E": "frontier"
    }  # fmt: skip
    assert made.loc[["A", "C"], "by"].tolist() == ["B", "B + D"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=7, unique=True))
def test_the_frontier_is_what_no_alternative_and_no_mixture_beats(points: list[tuple[int, int]]):
    names = [f"T{i}" for i in range(len(points))]
    made = icer_table(names, [c for c, _ in points], [e for _, e in points]).set_index("name")
    for name, (cost, effect) in zip(names, points, strict=True):
        single = any(c <= cost and e >= effect and (c, e) != (cost, effect) for c, e in points)
        mixed = any(
            min(a[1], b[1]) < effect < max(a[1], b[1])
            and a[0] + (b[0] - a[0]) * (effect - a[1]) / (b[1] - a[1]) < cost - 1e-9
            for a, b in combinations(points, 2)
            if a[1] != b[1]
        )
        assert (made.loc[name, "status"] == "dominated") == single
        if not single:
            assert (made.loc[name, "status"] == "extended") == mixed
        assert (made.loc[name, "by"] == "") == (made.loc[name, "status"] == "frontier")
    ratios = made["ratio"].dropna()
    assert ratios.is_monotonic_increasing and (ratios > 0).all()


def test_an_alternative_named_twice_is_refused():
    with pytest.raises(InputError, match="name of their own"):
        icer_table(["A", "A"], [1, 2], [1, 2])
    with pytest.raises(InputError, match="no number"):
        icer_table(["A", "B"], [1, float("nan")], [1, 2])


@pytest.mark.parametrize(
    ("rows", "quadrant", "ratio"),
    [
        ([(1000, 0.1), (3000, 0.3)], "NE", 2000 / 0.2),
        ([(-1000, 0.1), (-3000, 0.3)], "SE", None),
        ([(-1000, -0.1), (-3000, -0.3)], "SW", 2000 / 0.2),
        ([(1000, -0.1), (3000, -0.3)], "NW", None),
    ],
)
def test_a_ratio_is_shown_only_where_it_means_something(rows: list, quadrant: str, ratio: float | None):
    """Dearer and better: 10,000 for an effect; cheaper and worse: 10,000 saved for an effect given up; else words."""
    made = plane(pairs(*rows))
    assert made.quadrant == quadrant and made.settled
    assert made.ratio == (None if ratio is None else pytest.approx(ratio))


def test_no_interval_of_a_ratio_whose_pairs_lie_on_both_sides():
    """Nine pairs dearer and better, one dearer and worse: the ratio of the means stands, its interval would run
    through infinity."""
    made = plane(pairs(*[(1000, 0.1)] * 9, (1000, -0.1)))
    assert made.quadrant == "NE" and made.ratio == pytest.approx(1000 / 0.08)
    assert made.shares == (0.9, 0, 0, 0.1) and not made.settled and made.ratio_low is None


def test_no_effect_at_all_has_no_ratio():
    made = plane(pairs((-100, 0), (-200, 0)))
    assert made.quadrant == "SW" and made.ratio is None and made.ratio_high is None


def test_estimates_given_stand_in_the_middle():
    made = plane(pairs((900, 0.1), (1100, 0.3)), cost=500, effect=0.25)
    assert (made.cost, made.effect, made.ratio) == (500, 0.25, 2000)
    assert made.cost_low == pytest.approx(905) and made.cost_high == pytest.approx(1095)


def test_net_benefit_by_hand():
    """At 10,000 for an effect: 10,000 x 0.1 - 500 = 500 and 10,000 x 0.3 - 1,500 = 1,500, mean 1,000."""
    made = net_benefit(pairs((500, 0.1), (1500, 0.3)), [0, 10000])
    assert made["benefit"].tolist() == [-1000, 1000]
    assert made.loc[1, ["ci_low", "ci_high"]].tolist() == pytest.approx([525, 1475])


def test_budget_impact_by_hand():
    """100 and 200 eligible, 10 % have it already, 30 % then 60 % will: 20 and 100 cases at -1,000 on average."""
    made = budget_impact([-2000.0, 0.0], [100, 200], [0.3, 0.6], 0.1)
    assert made["cases"].tolist() == pytest.approx([20, 100])
    assert made["impact"].tolist() == pytest.approx([-20000, -100000])
    assert made["cumulative"].tolist() == pytest.approx([-20000, -120000])
    assert made.loc[1, ["ci_low", "ci_high"]].tolist() == pytest.approx([-195000, -5000])


def test_uptake_falling_turns_the_interval_round():
    made = budget_impact(np.array([-2000.0, 0.0]), [100], [0.0], 0.5)
    assert made["impact"].tolist() == [50000] and made.loc[0, "ci_low"] < made.loc[0, "ci_high"]
    with pytest.raises(InputError, match="uptake"):
        budget_impact([1.0, 2.0], [100, 100], [0.5])
