"""Segments: a planted one is found and measured, chance is not shown, the order of rows and names changes nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis.rootcause.segments import COLUMNS, clusters_for, find_segments

DIMENSIONS = ["severity", "age", "sex", "weekend", "department", "team", "period"]


def made(seed: int, n: int, effect: float = 0.0, physicians: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Cases at 20,000, gamma of CV 0.5; women over 80 cost `effect` more; physicians differ by 5 %."""
    rng = np.random.default_rng(seed)
    cases = pd.DataFrame({
        "severity": rng.choice(["0", "1", "2"], n, p=[0.5, 0.3, 0.2]), "age": np.rint(rng.normal(70, 12, n)),
        "sex": rng.choice(["F", "M"], n), "weekend": rng.random(n) < 2 / 7,
        "department": rng.choice(["01", "02"], n, p=[0.8, 0.2]), "team": rng.choice(["01A", "01B", "02A"], n),
        "period": rng.choice([f"2023-{m:02d}" for m in range(1, 13)], n),
    })  # fmt: skip
    clusters = physicians or n
    cases["cluster"] = [f"c{k}" for k in rng.integers(0, clusters, n)]
    level = np.exp(rng.normal(0, 0.05 if physicians else 0, clusters))[cases["cluster"].str[1:].astype(int)]
    mean = 20_000 * level * (1 + effect * ((cases["age"] >= 80) & (cases["sex"] == "F")).to_numpy())
    return cases, mean * rng.gamma(4, 1 / 4, n) - 20_000


def found_in(cases: pd.DataFrame, excess: np.ndarray, **options) -> pd.DataFrame:
    return find_segments(cases, excess, cases["cluster"], dimensions=DIMENSIONS, **options)


def asked(found: pd.DataFrame) -> set[str]:
    return {condition.dimension for pair in found["conditions"] for condition in pair}


def test_a_planted_segment_is_found_and_measured():
    """Women over 80 (a tenth of the cases) cost 30 % more: in words, in money, by sex and age, and by nothing else."""
    cases, excess = made(71, 4000, effect=0.3)
    found = found_in(cases, excess)
    assert list(found.columns) == COLUMNS and len(found) == 1
    row = found.iloc[0]
    assert row["segment"].startswith("age >= ") and row["segment"].endswith(", sex = F")
    assert row["ci_low"] < 6000 < row["ci_high"] and row["ci_low"] > 0
    assert row["amount_total"] == pytest.approx(row["amount_per_case"] * row["cases"])


@pytest.mark.parametrize("physicians", [0, 40])
def test_planted_ones_are_found(physicians: int):
    hits = [asked(found_in(*made(seed, 3000, 0.3, physicians), seed=seed)) for seed in range(500, 520)]
    assert sum(dimensions == {"age", "sex"} for dimensions in hits) >= 12
    assert sum(bool(dimensions & {"age", "sex"}) for dimensions in hits) >= 17


def shown_by_chance(seeds: range, n: int, physicians: int) -> int:
    return sum(len(found_in(*made(seed, n, 0, physicians), seed=seed)) > 0 for seed in seeds)


@pytest.mark.parametrize("physicians", [0, 30])
def test_nothing_is_shown_where_nothing_was_planted(physicians: int):
    assert shown_by_chance(range(60), 500, physicians) <= binom.ppf(0.99, 60, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "physicians"), [(300, 0), (1000, 0), (1000, 30), (2500, 60)])
def test_nothing_is_shown_in_a_thousand_hospitals_of_chance(n: int, physicians: int):
    assert shown_by_chance(range(10_000, 10_250), n, physicians) <= binom.ppf(0.99, 250, 0.05)


@pytest.mark.slow
def test_intervals_hold_what_the_found_segment_truly_costs():
    """The truth of whatever segment is shown: its expected excess over the other cases."""
    missed, shown = 0, 0
    for seed in range(20_000, 20_200):
        cases, excess = made(seed, 2000, 0.4)
        for row in found_in(cases, excess, seed=seed).head(1).itertuples():
            inside = np.all([_holds(cases, c) for c in row.conditions], axis=0)
            planted = ((cases["age"] >= 80) & (cases["sex"] == "F")).to_numpy() * 8000.0
            truth = planted[inside].mean() - planted[~inside].mean()
            shown, missed = shown + 1, missed + (not row.ci_low <= truth <= row.ci_high)
    assert shown >= 150 and missed <= binom.ppf(0.99, shown, 0.05)


def _holds(cases: pd.DataFrame, condition) -> np.ndarray:
    values = cases[condition.dimension]
    if condition.sign == "=":
        return values.astype(str).eq(str(condition.value)).to_numpy()
    return (values >= condition.value if condition.sign == ">=" else values <= condition.value).to_numpy()


def test_rows_in_another_order_say_the_same():
    cases, excess = made(72, 2000, effect=0.5)
    plain = found_in(cases, excess)
    order = np.random.default_rng(1).permutation(len(cases))
    turned = found_in(cases.iloc[order].reset_index(drop=True), excess[order])
    assert len(plain) and plain["segment"].tolist() == turned["segment"].tolist()
    numbers = ["cases", "clusters", "amount_per_case", "ci_low", "ci_high", "amount_total", "p_value"]
    assert turned[numbers].to_numpy(float) == pytest.approx(plain[numbers].to_numpy(float))


def test_what_is_unknown_meets_no_condition_and_few_cases_find_nothing():
    cases, excess = made(73, 2000, effect=0.5)
    cases.loc[cases["sex"] == "F", "sex"] = None
    assert all("sex = F" not in segment and "None" not in segment for segment in found_in(cases, excess)["segment"])
    few = cases.head(12)
    assert found_in(few, excess[:12]).empty and found_in(few, np.zeros(12)).empty
    assert find_segments(few, excess[:12], few["cluster"], dimensions=["absent"]).empty


def test_few_clusters_bear_no_segment():
    cases, excess = made(74, 3000, effect=1.0)
    assert not found_in(cases, excess).empty
    assert found_in(cases.assign(cluster=cases["cluster"].str[-1]), excess).empty, "five clusters in a half"


def test_few_physicians_are_no_clusters_and_their_teams_no_question():
    """Twelve physicians who differ by a tenth, six in a team: patients are dealt, and the team is not asked."""
    cases, _ = made(75, 3000)
    rng = np.random.default_rng(75)
    doctor = rng.integers(0, 12, len(cases))
    excess = 20_000 * (np.exp(rng.normal(0, 0.1, 12))[doctor] * rng.gamma(4, 1 / 4, len(cases)) - 1)
    cases = cases.assign(
        physician_id=[f"p{d}" for d in doctor], patient_id=cases["cluster"], team=(doctor < 6).astype(str)
    )
    clusters, dimensions = clusters_for(cases, DIMENSIONS)
    assert clusters.equals(cases["patient_id"]) and not {"team", "department"} & set(dimensions)
    assert find_segments(cases, excess, clusters, dimensions=dimensions).empty
    many = cases.assign(physician_id=[f"p{d}" for d in rng.integers(0, 80, len(cases))])
    many.loc[:9, "physician_id"] = "?"
    clusters, dimensions = clusters_for(many, DIMENSIONS)
    assert list(dimensions) == DIMENSIONS and clusters[10:].equals(many["physician_id"][10:])
    assert clusters[:10].nunique() == 10, "whose physician is unknown stands for himself"
