"""Planted truth: what a technique changes is found under confounding by severity, and the plain difference is wrong.

Fast: a few made-up data sets. Slow: a thousand of them, and the demonstration hospital beside itself without ERAS.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from generated_techniques import OUTCOMES, STUDIES, generated, study, true_effects
from scipy import stats

from analysis.contract import contract_tables
from analysis.demo.assembly import pieces
from analysis.demo.parameters import demo_parameters
from analysis.demo.world import build_world
from analysis.engine import Engine
from analysis.evaluation.cohorts import Cohort, cohort
from analysis.evaluation.outcome_effects import PRIMARY, outcome_effects, sample_of
from analysis.evaluation.study_files import read_study
from analysis.evaluation.techniques import EFFECT_COLUMNS, compare_techniques

TRUE = np.array([-4476.6, -0.06172])  # true_effects("ATT"), tested below


def found_in(seed: int, draws: int) -> dict[tuple[str, str], tuple[float, float, float]]:
    rows, _ = generated(seed)
    sample = sample_of(rows, study(), np.full(len(rows), np.nan), 0, seed, draws)
    return {
        (name, one.method): (one.estimate, one.low, one.high)
        for name in OUTCOMES
        for one in outcome_effects(sample, name)
    }


@pytest.mark.slow
def test_the_truth_that_data_sets_are_held_against():
    assert true_effects("ATT") == pytest.approx(TRUE, rel=1e-4)


def test_adjusted_estimates_stand_about_the_truth_and_the_plain_ones_do_not():
    told = pd.DataFrame([{k: v[0] for k, v in found_in(seed, 2).items()} for seed in range(40)])
    for place, outcome in enumerate(OUTCOMES):
        for method in ("aipw", "ipw", "matching"):
            error = told[outcome, method] - TRUE[place]
            assert abs(error.mean()) < 3 * error.std(ddof=1) / np.sqrt(len(error)), (outcome, method)
        error = told[outcome, "naive"] - TRUE[place]
        assert error.mean() < -3 * error.std(ddof=1) / np.sqrt(len(error)), (
            outcome
        )  # the healthier flatter the technique


def test_a_comparison_is_whole_and_the_same_each_time():
    rows, _ = generated(1)
    asked = study()
    one, two = (compare_techniques(Cohort(pd.DataFrame(), rows), asked, seed=3, draws=60) for _ in range(2))
    assert list(one.effects) == EFFECT_COLUMNS and not one.effects.duplicated(["estimand", "method", "outcome"]).any()
    for part in ("effects", "balance", "overlap", "pairs", "propensity", "means", "e_values"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(two, part))
    assert list(one.pairs)[:3] == ["draw", "cost", "effect"] and len(one.pairs) == 60
    assert one.pairs["effect"].to_numpy() == pytest.approx(-one.pairs["complication"].to_numpy())
    row = one.effects.set_index(["outcome", "method"]).loc[("cost_total", PRIMARY)]
    assert one.pairs["cost"].mean() == pytest.approx(row["estimate"], abs=(row["ci_high"] - row["ci_low"]) / 8)
    after = one.balance["smd_weighted"].abs().max()
    assert after < 0.1 < one.balance["smd_before"].abs().max()


def test_an_effect_for_all_is_told_beside_one_for_the_treated():
    rows, changes = generated(7, 1500, 60)
    found = compare_techniques(Cohort(pd.DataFrame(), rows), study("ATE"), draws=30).effects
    kept = found.set_index(["outcome", "method"]).loc[("cost_total", PRIMARY)]
    assert kept["estimand"] == "ATE"
    assert kept["ci_low"] < changes[:, 0].mean() < kept["ci_high"]


def test_the_grouper_s_severity_would_hide_the_harm_that_is_spared():
    """Complications raise the grouper's severity: adjusting for it compares complicated cases with complicated ones."""
    rows, _ = generated(3, 2500, 60)
    raised = np.where(rows["complication"] == 1, "MCC", rows["severity_on_admission"])
    estimates = []
    for severity in (rows["severity_on_admission"], raised):
        sample = sample_of(rows.assign(severity_on_admission=severity), study(), np.full(len(rows), np.nan), 0, 1, 2)
        estimates.append(next(o.estimate for o in outcome_effects(sample, "complication") if o.method == PRIMARY))
    assert estimates[0] == pytest.approx(TRUE[1], abs=0.025)
    assert estimates[1] > estimates[0] / 2  # more than half of the effect is gone


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    """A thousand data sets: an exact binomial test must not reject 95 % at 1 % for AIPW, and must for the naive one."""
    first, count = 2000, 1000
    hits: dict[tuple[str, str], int] = {}
    for seed in range(first, first + count):
        for key, (_, low, high) in found_in(seed, 200).items():
            hits[key] = hits.get(key, 0) + bool(low <= TRUE[OUTCOMES.index(key[0])] <= high)
    for outcome in OUTCOMES:
        assert stats.binomtest(hits[outcome, PRIMARY], count, 0.95).pvalue > 0.01, (outcome, hits[outcome, PRIMARY])
        assert stats.binomtest(hits[outcome, "naive"], count, 0.95, alternative="less").pvalue < 1e-6
    assert hits["cost_total", "naive"] < 0.75 * count


# ── the demonstration hospital beside itself without ERAS ───────────────────────────────────────────

_CASES = """
select strftime(s.discharged_at, '%Y-%m') as period, s.stay_id, s.patient_id, s.hospital_id, s.department,
  s.physician_id, s.drg_code, s.severity, s.age, s.age_band, s.sex, s.payer, s.admission_type, s.disposition,
  d.code as principal_diagnosis, p.code as principal_procedure, s.admitted_at, s.discharged_at,
  greatest(date_diff('day', cast(s.admitted_at as date), cast(s.discharged_at as date)), 1) as length_of_stay,
  s.charge_total, s.charge_total as cost_total, true as cost_complete,
  o.died, o.complication, o.infection, o.cured, o.satisfaction
from stays s left join diagnoses d on d.stay_id = s.stay_id and d.position = 1
left join procedures p on p.stay_id = s.stay_id and p.position = 1 left join outcomes o on o.stay_id = s.stay_id
where s.discharged_at is not null"""
_TABLES = ("stays", "diagnoses", "procedures", "outcomes", "pathway_records", "complication_codes", "measurements")


def gastrectomies(seed: int, without: tuple[str, ...]) -> Engine:
    """Two years of a hospital that does little but gastrectomies."""
    known = demo_parameters()
    drgs = {
        code: drg.model_copy(update={"share": 60 if code == "GB19" else drg.share / 10})
        for code, drg in known.drgs.items()
    }
    engine, parts = Engine(), {name: [] for name in _TABLES}
    for name, rows in pieces(build_world(replace(known, drgs=drgs), seed, without, 500, "2022-01", "2023-12")):
        if name in parts:
            parts[name].append(rows)
    for name, rows in parts.items():
        engine.put(name, pa.concat_tables(rows))
    for name in ("mdt", "visits", "charges"):
        engine.attach(contract_tables()[name], [])
    engine.put("cases", engine.frame(_CASES))
    return engine


def beside_itself(seed: int) -> pd.DataFrame:
    """Estimate, interval and truth of every method and outcome: effects of one seed with their paired differences."""
    outcomes = ["charge_total", "length_of_stay", "complication"]
    asked = read_study(STUDIES / "eras_same_surgeons.yaml").model_copy(
        update={"outcomes": outcomes, "negative_control": None}
    )
    with gastrectomies(seed, ()) as engine:
        chosen = cohort(engine, asked)
    with gastrectomies(seed, ("eras_gastrectomy",)) as engine:
        names = ", ".join(f"cast({name} as double) as {name}" for name in outcomes)
        without = engine.frame(f"select stay_id, {names} from cases").set_index("stay_id")
    found = compare_techniques(chosen, asked, draws=400)
    kept = chosen.rows[found.propensity["kept"].to_numpy() & (chosen.rows["treated"] == 1).to_numpy()]
    pairs = kept.set_index("stay_id")[outcomes] - without.reindex(kept["stay_id"])
    return found.effects.assign(truth=found.effects["outcome"].map(pairs.mean()), seed=seed)


@pytest.mark.slow
def test_eras_beside_the_hospital_without_it():
    """Ten hospitals: surgeons compared with themselves stand about the truth, the plain difference flatters ERAS."""
    told = pd.concat([beside_itself(seed) for seed in range(101, 111)])
    told["error"] = told["estimate"] - told["truth"]
    told["held"] = (told["ci_low"] <= told["truth"]) & (told["truth"] <= told["ci_high"])
    one = told[told["method"] == PRIMARY].groupby("outcome")
    distance = one["error"].mean() / (one["error"].std() / np.sqrt(one.size()))
    assert distance.abs().max() < 3, distance
    assert told.loc[told["method"] == PRIMARY, "held"].sum() >= 25  # of 30; P(fewer | 95 %) = 0.3 %
    plain = told[told["method"] == "naive"]
    error = plain.groupby("outcome")["error"]
    assert (error.mean() < 0).all(), error.mean()
    assert error.mean()["charge_total"] < -3 * error.std()["charge_total"] / np.sqrt(10)
    assert stats.binomtest(int(plain["held"].sum()), len(plain), 0.95, alternative="less").pvalue < 0.01
