"""The roll-out's true effect over generated hospitals: the interval that is quoted holds it as often as it says."""

import numpy as np
import pytest
from roll_out_panels import AFTER, BEFORE, PILOTS, Made, make
from scipy import stats

from analysis.evaluation.did import Estimate, flagged, pre_post, two_by_two
from analysis.evaluation.differences import differences
from analysis.evaluation.effects_in_units import in_units
from analysis.evaluation.few_treated import few_treated
from analysis.evaluation.panels import adjusted_panel, pooled, raw_panel

SETS = 1000


def intervals(made: Made) -> list[tuple[float, float, float, float]]:
    """Effect and interval a case by randomisation, by t, by clustered errors, and before and after."""
    panel = adjusted_panel(made.cells, "relative", BEFORE)
    found = few_treated(differences(panel, PILOTS, BEFORE, AFTER))
    clustered = two_by_two(flagged(panel, PILOTS, BEFORE, AFTER))
    index = (
        Estimate(found.effect, found.low, found.high), Estimate(found.effect, found.t_low, found.t_high), clustered,
    )  # fmt: skip
    per_case = [in_units(one, panel, "relative", PILOTS, AFTER).estimate for one in index]
    plain = pre_post(pooled(raw_panel(made.charged), PILOTS), BEFORE, AFTER)
    return [(one.effect, one.low, one.high, made.per_case) for one in (*per_case, plain)]


def held(rows: np.ndarray) -> int:
    return int(((rows[:, 1] <= rows[:, 3]) & (rows[:, 3] <= rows[:, 2])).sum())


def test_one_generated_hospital():
    """Fast: the effect is found, and the naive one is further off."""
    made = make(5)
    quoted, _, _, plain = intervals(made)
    assert quoted[1] < made.per_case < quoted[2] < 0
    assert abs(plain[0] - made.per_case) > abs(quoted[0] - made.per_case)
    assert -0.25 < made.relative < -0.12


def test_constant_prices_leave_the_truth_alone():
    """At the prices after, the joints of before cost what they would have; nothing changes after."""
    made = make(7)
    late = made.cells["period"].isin(AFTER)
    assert np.allclose(made.cells["amount"][late], made.charged["amount"][late])
    joints = made.cells[made.cells["group"] == "joints"].groupby(made.cells["period"] < "2022-04")["amount"].sum()
    charged = (
        made.charged[made.charged["group"] == "joints"].groupby(made.charged["period"] < "2022-04")["amount"].sum()
    )
    assert joints[True] < 0.8 * charged[True] and joints[False] == pytest.approx(charged[False])


@pytest.mark.slow
def test_coverage_of_the_pilots_true_effect():
    """1,000 independent hospitals: an exact binomial test must not reject 95 % at 1 %; before and after is biased."""
    every = np.array([intervals(make(seed)) for seed in range(50_000, 50_000 + SETS)])
    quoted, by_t, clustered, plain = (every[:, place] for place in range(4))
    told = {name: held(rows) for name, rows in
            (("quoted", quoted), ("t", by_t), ("clustered", clustered), ("plain", plain))}  # fmt: skip
    bias = {"quoted": (quoted[:, 0] - quoted[:, 3]).mean(), "plain": (plain[:, 0] - plain[:, 3]).mean()}
    print(told, bias, quoted[:, 3].mean(), (quoted[:, 2] - quoted[:, 1]).mean())
    assert stats.binomtest(told["quoted"], SETS, 0.95).pvalue > 0.01, told
    assert stats.binomtest(told["clustered"], SETS, 0.95).pvalue < 0.01, "three clusters: too narrow"
    assert abs(bias["quoted"]) < 0.02 * abs(quoted[:, 3].mean())
    assert bias["plain"] < 0.1 * quoted[:, 3].mean() and told["plain"] < 0.93 * SETS
