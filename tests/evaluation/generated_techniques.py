"""Data sets of a technique that surgeons give to the healthier: costs are gamma, surgeons differ, the effect is known.

400 patients of 30 surgeons of unequal volume; half of the surgeons use the technique. Severity (0, 1, 2) and age raise
cost and complications and make the technique rarer; whoever has it costs 15 % less. Hands: log cost varies by 10 %.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.evaluation.study_files import Study, read_study

STUDIES = Path(__file__).parents[2] / "parameters" / "studies"
SURGEONS, CASES = 30, 400
RELATIVE, HANDS, SHAPE = 0.85, 0.10, 4.0
OUTCOMES = ("cost_total", "complication")


def generated(
    seed: int, cases: int = CASES, surgeons: int = SURGEONS, hands: float = HANDS
) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows as a cohort has them, and (n, 2) what the technique changes in each patient's expected cost and risk."""
    rng = np.random.default_rng([20260701, seed])
    volume = rng.gamma(3.0, size=surgeons)
    surgeon = rng.choice(surgeons, cases, p=volume / volume.sum())
    habit = rng.normal(0, hands, surgeons)[surgeon]
    severity = rng.choice(3, cases, p=(0.6, 0.3, 0.1))
    age = rng.normal(63, 10, cases)
    wish = 1 / (1 + np.exp(-(0.9 - 1.1 * severity - 0.05 * (age - 63))))
    treated = (surgeon % 2 == 0) & (rng.random(cases) < wish)
    expected = np.exp(10.2 + 0.30 * severity + 0.006 * (age - 63) + habit)
    risk = 1 / (1 + np.exp(-(-1.9 + 0.6 * severity + 0.02 * (age - 63))))
    less = risk * 0.6
    cost = rng.gamma(SHAPE, expected * np.where(treated, RELATIVE, 1.0) / SHAPE)
    complication = rng.random(cases) < np.where(treated, less, risk)
    rows = pd.DataFrame({
        "stay_id": [f"S{k:04d}" for k in range(cases)], "patient": [f"P{k:04d}" for k in range(cases)],
        "surgeon": [f"D{k:02d}" for k in surgeon], "treated": treated.astype(float), "age": age,
        "severity_on_admission": np.array(["none", "CC", "MCC"])[severity], "cost_total": cost,
        "complication": complication.astype(float),
    })  # fmt: skip
    return rows, np.column_stack([expected * (RELATIVE - 1), less - risk])


def true_effects(estimand: str) -> np.ndarray:
    """(2,) effect on cost and risk among all that could be drawn: 300 data sets of 2,000 patients."""
    sums, count = np.zeros(2), 0
    for seed in range(10_000_000, 10_000_300):
        rows, changes = generated(seed, 2000, 60)
        asked = rows["treated"].to_numpy() == 1 if estimand == "ATT" else np.ones(len(rows), bool)
        sums, count = sums + changes[asked].sum(axis=0), count + int(asked.sum())
    return sums / count


def study(estimand: str = "ATT") -> Study:
    """A study of these data sets."""
    shipped = read_study(STUDIES / "eras_gastrectomy.yaml")
    return shipped.model_copy(update={
        "confounders": ["age", "severity_on_admission"], "outcomes": list(OUTCOMES), "negative_control": None,
        "estimand": estimand,
    })  # fmt: skip
