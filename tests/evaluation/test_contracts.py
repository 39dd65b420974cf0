"""Value contract: its clause by hand, what of it is chance, and simulated years that add up."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis.errors import InputError
from analysis.evaluation.contract_exposure import Episodes, outcomes, results, risk_sources, simulate_years
from analysis.evaluation.value_contract import Contract, adjustment, by_chance, least_cases
from analysis.settings import parameters_folder, read_settings

CONTRACT = read_settings(parameters_folder() / "contracts/diabetic_foot.yaml", Contract)
OBSERVED, TESTED = CONTRACT.forms["bundle_outcome"], CONTRACT.forms["bundle_tested"]


def episodes(count: int = 100, again: int = 8, cost: float = 15000.0) -> Episodes:
    """As many episodes a year as there are: 12,000 paid each, returns cost 10,000 and are paid 9,000."""
    ones = np.ones(count)
    return Episodes(cost * ones, 12000 * ones, np.full(again, 10000.0), np.full(again, 9000.0), float(count))


def test_the_clause_by_hand():
    """Of 100: 11 come back, above 10 %: 5 % taken; 10 is not above; 5 is not below 5 %; 4 is: 3 % added."""
    back = np.array([11, 10, 5, 4])
    assert adjustment(CONTRACT.clause, OBSERVED, back, np.full(4, 100)).tolist() == [-0.05, 0, 0, 0.03]
    assert adjustment(CONTRACT.clause, CONTRACT.forms["bundle"], back, np.full(4, 100)).tolist() == [0] * 4
    assert adjustment(CONTRACT.clause, OBSERVED, np.array([0]), np.array([0])).tolist() == [0], "no cases, no reward"


def test_beyond_chance_asks_more():
    """Of 100 at a true 10 %: P(X >= 15) = 0.073, P(X >= 16) = 0.040: from 16 on it is penalised, not from 11 on."""
    assert binom.sf(14, 100, 0.1) > 0.05 > binom.sf(15, 100, 0.1)
    assert adjustment(CONTRACT.clause, TESTED, np.array([15, 16]), np.full(2, 100)).tolist() == [0, -0.05]


def test_chance_alone_by_hand():
    """Ten cases at a true 8 %: penalised from two returns on, 1 - 0.92^10 - 10 x 0.08 x 0.92^9; none: rewarded."""
    made = by_chance(CONTRACT.clause, OBSERVED, 10, (0.08,)).iloc[0]
    none, one = 0.92**10, 10 * 0.08 * 0.92**9
    assert made["penalty"] == pytest.approx(1 - none - one) and made["reward"] == pytest.approx(none)
    assert made["expected"] == pytest.approx(0.03 * none - 0.05 * (1 - none - one))


def test_the_clause_told_by_chance_is_what_simulation_gives():
    """A hospital of a known 8 %: simulated years with only chance moving are penalised as the binomial says."""
    years = simulate_years(episodes(), 20000, moving=("chance",))
    clause = results(CONTRACT, episodes(), years)["bundle_outcome"]["clause"]
    exact = by_chance(CONTRACT.clause, OBSERVED, 100, (0.08,)).iloc[0]
    assert (clause < 0).mean() == pytest.approx(exact["penalty"], abs=0.01)
    assert (clause > 0).mean() == pytest.approx(exact["reward"], abs=0.01)


def test_least_cases_is_the_last_time_chance_penalises_too_often():
    needed = least_cases(CONTRACT.clause, 0.05)
    chance = [binom.sf(np.floor(0.1 * n + 1e-9), n, 0.05) for n in (needed - 1, *range(needed, needed + 200))]
    assert chance[0] > 0.05 >= max(chance[1:])
    assert least_cases(CONTRACT.clause, 0.1) is None, "at the limit no volume is enough"


def test_results_add_up_year_by_year():
    """Nothing moves: 100 episodes, 8 return. Paid 1,200,000 + 72,000 today, cost 1,500,000 + 80,000; the bundle's price
    is the mean payment, 12,720, so that both forms pay the same; 8 % is neither penalised nor rewarded."""
    made = results(CONTRACT, episodes(), simulate_years(episodes(), 3, moving=()))
    for name in CONTRACT.forms:
        assert made[name]["insurer"].tolist() == pytest.approx([1_272_000] * 3)
        assert made[name]["hospital"].tolist() == pytest.approx([1_272_000 - 1_580_000] * 3)


def test_a_penalty_moves_money_from_hospital_to_insurer():
    made = results(CONTRACT, episodes(again=12), simulate_years(episodes(again=12), 500, seed=1))
    gap = made["bundle_outcome"] - made["bundle"]
    assert gap["hospital"].tolist() == pytest.approx(gap["insurer"].tolist())
    assert (made["bundle_outcome"]["clause"] < 0).mean() > 0.3
    rows = outcomes(made).set_index(["scenario", "outcome"])
    assert rows.loc[("bundle_outcome", "penalty"), "changed"] == (made["bundle_outcome"]["clause"] < 0).mean()
    low, mean, high = rows.loc[("bundle_outcome", "insurer_paid"), ["ci_low", "difference", "ci_high"]]
    assert low < mean < high


def test_under_a_bundle_a_return_is_the_hospital_s_and_not_the_insurer_s():
    """What moves by chance of return alone: today the insurer pays for it, under the bundle the hospital bears it."""
    rows = risk_sources(CONTRACT, episodes(), 1000).set_index(["form", "source"])
    assert rows.loc[("bundle", "chance"), "insurer"] == pytest.approx(0, abs=1e-6)
    assert rows.loc[("drg", "chance"), "insurer"] == pytest.approx(9000 * np.sqrt(100 * 0.08 * 0.92), rel=0.1)
    assert rows.loc[("bundle", "chance"), "hospital"] == pytest.approx(10000 * np.sqrt(100 * 0.08 * 0.92), rel=0.1)
    assert rows.loc[("drg", "chance"), "hospital"] == pytest.approx(1000 * np.sqrt(100 * 0.08 * 0.92), rel=0.1)


def test_years_spread_as_the_episodes_they_are_drawn_from():
    """Costs of 5,000 and 25,000 in equal parts: a year of 100 spreads by sqrt(2 x 100) x 10,000, half of the variance
    because their mean is not known better than from 100 episodes."""
    costs = np.where(np.arange(100) % 2, 5000.0, 25000.0)
    known = Episodes(costs, np.full(100, 12000.0), np.empty(0), np.empty(0), 100.0)
    years = simulate_years(known, 4000, moving=("costs",))
    assert years.cost.std() == pytest.approx(np.sqrt(200) * 10000, rel=0.06)
    assert years.cost.mean() == pytest.approx(1_500_000, rel=0.01)


def test_too_few_episodes_are_refused():
    with pytest.raises(InputError, match="9 closed episodes are too few"):
        simulate_years(episodes(count=9, again=0))


def test_limits_the_wrong_way_round_are_refused():
    raw = CONTRACT.model_dump()
    raw["clause"] |= {"reward_below": 0.2}
    with pytest.raises(ValueError, match="reward_below must not be above"):
        Contract.model_validate(raw)


def test_the_same_seed_gives_the_same_years():
    one, two = (outcomes(results(CONTRACT, episodes(), simulate_years(episodes(), 200, 5))) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
