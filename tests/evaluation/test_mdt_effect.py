"""What a meeting does to the rest of a stay: worked by hand, unbiased where naive readers are wrong, and covered.

`ward` is a small world: days are gamma by illness and complication, a meeting is planned on a day without regard to
them (twice as often for the ill), and whoever has left by then never has it. It multiplies the days left by `factor`
and saves a share of the complications.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import InputError
from analysis.evaluation.mdt_effect import meeting_effect


def ward(seed: int, patients: int, factor: float = 1.0, saved: float = 0.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stays as they are, and what the meeting changed in those who had one (columns stay, complication)."""
    random = np.random.default_rng(seed)
    ill = random.random(patients) < 0.4
    complication = random.random(patients) < np.where(ill, 0.35, 0.2)
    days = np.maximum(1, np.round(random.gamma(5, (9 + 4 * ill + 6 * complication) / 5)))
    planned = 1 + np.floor(random.exponential(7, patients))
    wanted = random.random(patients) < np.where(ill, 0.6, 0.3)
    met_on = np.where(wanted & (planned < days), planned, np.nan)
    met = ~np.isnan(met_on)
    shorter = np.where(met, met_on + np.maximum(1, np.round((days - met_on) * factor)), days)
    spared = met & complication & (random.random(patients) < saved)
    rows = pd.DataFrame({"patient": np.arange(patients), "days": shorter, "met_on": met_on, "ill": ill.astype(float),
                         "complication": (complication & ~spared).astype(float)})  # fmt: skip
    return rows, pd.DataFrame({"stay": (shorter - days)[met], "complication": -spared[met].astype(float)})


def by_method(rows: pd.DataFrame, **more) -> pd.DataFrame:
    found = meeting_effect(rows, ["ill"], ["complication"], **more).effects
    return found.set_index(["method", "outcome"])


def test_a_ward_worked_by_hand():
    """400 ill, half of whom meet on admission; 400 others, a quarter of whom do. Ill stay 4 nights, met 3; others 2.

    Who meets: 200 of 3 nights, 100 of 2, mean 8 / 3. Who never does and stands for them: odds 1 for the 200 ill, 1/3
    for the 300 others: (200 x 4 + 100 x 2) / 300 = 10 / 3, so -2 / 3. Naive: 8 / 3 less 1,400 / 500 = 2.8.
    Complications: none where met, half of the ill without, none of the others: 0 - 100 / 300, naive 0 - 100 / 500.
    """
    side = {"ill": [1, 1, 0, 0], "met_on": [0, np.nan, 0, np.nan], "days": [3, 4, 2, 2]}
    rows = pd.DataFrame(side).astype(float).loc[np.repeat(range(4), [200, 200, 100, 300])].reset_index(drop=True)
    rows["complication"] = ((rows["ill"] == 1) & rows["met_on"].isna() & (np.arange(800) % 2 == 0)).astype(float)
    found = by_method(rows.assign(patient=range(800)), draws=50)["estimate"]
    assert found["naive", "stay"] == pytest.approx(8 / 3 - 2.8)
    assert found["sequential", "stay"] == pytest.approx(-2 / 3, abs=0.02)
    assert found["naive", "complication"] == pytest.approx(-0.2)
    assert found["sequential", "complication"] == pytest.approx(-1 / 3, abs=0.01)


def test_a_meeting_that_does_nothing_seems_to_lengthen_stays():
    rows, _ = ward(1, 1500)
    found = by_method(rows, draws=40)
    assert found.loc[("naive", "stay"), "ci_low"] > 2
    for method in ("sequential", "hazard"):
        assert found.loc[(method, "stay"), "ci_low"] < 0 < found.loc[(method, "stay"), "ci_high"]


@pytest.mark.parametrize("method", ["sequential", "hazard"])
def test_what_it_does_is_found(method):
    rows, truth = ward(2, 1500, factor=0.5, saved=0.4)
    found = by_method(rows, draws=40)
    days = found.loc[(method, "stay")]
    assert days["estimate"] == pytest.approx(truth["stay"].mean(), abs=0.7)
    assert days["ci_high"] < 0 and found.loc[("naive", "stay"), "estimate"] > truth["stay"].mean() + 2
    spared = found.loc[("sequential", "complication")]
    assert spared["ci_low"] < truth["complication"].mean() < spared["ci_high"] < 0


def test_meetings_on_the_day_of_leaving_are_none_and_outcomes_may_be_unknown():
    rows, _ = ward(3, 400)
    late = rows.assign(met_on=rows["met_on"].fillna(rows["days"]))
    pd.testing.assert_frame_equal(by_method(rows, draws=20), by_method(late, draws=20))
    unknown = rows.assign(complication=rows["complication"].where(np.arange(400) % 3 > 0))
    assert by_method(unknown, draws=20).loc[("sequential", "complication")].notna().all()


def test_the_same_seed_draws_the_same_and_too_few_are_refused():
    rows, _ = ward(4, 300)
    pd.testing.assert_frame_equal(by_method(rows, draws=20, seed=5), by_method(rows, draws=20, seed=5))
    with pytest.raises(InputError, match="0 stays with a meeting and 300 without"):
        by_method(rows.assign(met_on=np.nan))


SETS = 1000


@pytest.mark.slow
@pytest.mark.parametrize(("factor", "saved"), [(1.0, 0.0), (0.5, 0.4)])
def test_intervals_cover_in_a_thousand_wards(factor: float, saved: float):
    """95 % intervals cover what the meeting does to all who have one (400,000 patients), by a binomial test at 1 %.

    Without any effect that is the rate of false effects. The naive interval must fail, or the wards prove nothing.
    """
    truth = ward(1, 400_000, factor, saved)[1].mean()
    covered = {("sequential", "stay"): 0, ("sequential", "complication"): 0, ("naive", "stay"): 0}
    for seed in range(SETS):
        found = by_method(ward(10_000 + seed, 300, factor, saved)[0], draws=120, check=False)
        for key in covered:
            covered[key] += found.loc[key, "ci_low"] <= truth[key[1]] <= found.loc[key, "ci_high"]
    for outcome in ("stay", "complication"):
        assert stats.binomtest(covered["sequential", outcome], SETS, 0.95, "less").pvalue > 0.01, covered
    assert covered["naive", "stay"] < 0.1 * SETS


def test_a_meeting_that_all_but_comes_by_itself_leaves_weights_that_can_be_told():
    """The ill nearly all meet on their first days; one of them stays years without: his weight is no infinity."""
    ill = np.repeat([1.0, 0.0], [400, 60])
    met_on = np.where(ill == 1, np.arange(460) % 2, np.nan)
    met_on[0] = np.nan
    rows = pd.DataFrame({"patient": range(460), "days": 6.0, "met_on": met_on, "ill": ill, "complication": 0.0})
    rows.loc[0, "days"] = 900.0
    with np.errstate(over="raise", invalid="raise"):
        found = by_method(rows, draws=20)
    assert np.isfinite(found["estimate"]).all()
