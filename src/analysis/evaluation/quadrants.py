"""Quality beside cost: where a group stands, and whether its place can be told from the axes at all.

Quality: the group's own cases of the year before, severity by severity, say what would be expected; quality = sum of
weight x (share observed - share expected) in points, oriented so that more is better. Cost: sum of weight x (ratio - 1)
of full cost to the payment standard, of the consumable share to the year before's, and of the stay to the region's.
A place is told where both deviations are beyond chance after Benjamini-Hochberg over all groups and both axes.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.stats import false_discovery_control, norm

from analysis.evaluation.incentive_settings import Share
from analysis.settings import Settings

Outcome = Literal["cured", "recovered", "complication", "readmission"]
Spending = Literal["cost", "consumable", "stay"]
#: Better or worse quality, cheaper or dearer; one axis only; neither.
PLACES = ("better_cheaper", "better_dearer", "worse_cheaper", "worse_dearer", "better", "worse", "cheaper", "dearer")
UNCLEAR = "unclear"
#: Outcomes of which fewer are better.
_HARMS = {"complication", "readmission"}
#: A severity with fewer cases the year before is taken together with the others.
_LEAST = 10


class QuadrantSettings(Settings):
    """Weights of both axes, how many groups, and the chance of a false call."""

    groups: int = Field(10, ge=1)
    quality: dict[Outcome, Share] = {"cured": 0.15, "recovered": 0.15, "complication": 0.35, "readmission": 0.35}
    cost: dict[Spending, Share] = {"cost": 0.6, "consumable": 0.2, "stay": 0.2}
    false_calls: Share = 0.05

    @model_validator(mode="after")
    def adds_up(self) -> "QuadrantSettings":
        if any(abs(sum(weights.values()) - 1) > 1e-9 for weights in (self.quality, self.cost)):
            raise ValueError("the weights of each axis must add up to 1")
        return self


def quadrants(
    now: pd.DataFrame, before: pd.DataFrame, settings: QuadrantSettings, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Both deviations of each group with their 95 % intervals (Poisson bootstrap of the cases of both spans).

    Parameters
    ----------
    now, before : cases of the groups in both spans: group, severity, cured, recovered, complication, readmission (1, 0
        or empty), cost and standard (money; empty where not known), consumable and charge, stay and benchmark_days.

    Returns
    -------
    One row a group: group, cases, quality, quality_low, quality_high (points), cost, cost_low, cost_high (parts of 1),
    q_quality, q_cost, place (of PLACES, or UNCLEAR), and part_NAME: each part of an axis before weighting.
    """
    random = np.random.default_rng(seed)
    made = []
    for group in now["group"].drop_duplicates():
        cases, past = (frame[frame["group"] == group] for frame in (now, before))
        weights = [_weights(random, draws, len(frame)) for frame in (cases, past)]
        parts = _quality(cases, past, *weights) | _spending(cases, past, *weights)
        quality = _weighed(parts, settings.quality) * 100
        cost = _weighed(parts, settings.cost)
        made.append({"group": group, "cases": len(cases), **_told(quality, "quality"), **_told(cost, "cost"),
                     **{f"part_{name}": values[0] for name, values in parts.items()}})  # fmt: skip
    rows = pd.DataFrame(made)
    chance = rows[["p_quality", "p_cost"]].to_numpy(float)
    known = ~np.isnan(chance)
    q_values = np.full(chance.shape, np.nan)
    q_values[known] = false_discovery_control(chance[known]) if known.any() else []
    rows["q_quality"], rows["q_cost"] = q_values[:, 0], q_values[:, 1]
    rows["place"] = [_place(row, settings.false_calls) for row in rows.itertuples()]
    return rows.drop(columns=["p_quality", "p_cost"])


def _weights(random: np.random.Generator, draws: int, cases: int) -> np.ndarray:
    """First row: every case once (the estimate); the others Poisson(1) times."""
    return np.vstack([np.ones((1, cases)), random.poisson(1, (draws, cases))])


def _quality(now: pd.DataFrame, before: pd.DataFrame, w_now: np.ndarray, w_before: np.ndarray) -> dict[str, np.ndarray]:
    """Share observed less share expected of each outcome, more is better; one entry a draw."""
    counts = before["severity"].value_counts()
    levels = counts.index[counts >= _LEAST]
    mix, past = (frame["severity"].where(frame["severity"].isin(levels), "").fillna("") for frame in (now, before))
    made = {}
    for name in get_args(Outcome):
        seen, then = now[name].to_numpy(float), before[name].to_numpy(float)
        known, known_then = ~np.isnan(seen), ~np.isnan(then)
        expected = np.zeros(len(w_now))
        overall = _mean(w_before, then, known_then)
        for level in sorted(mix.unique()):
            own = _mean(w_before, then, known_then & (past == level).to_numpy())
            own = np.where(np.isnan(own), overall, own)
            expected += own * (w_now @ (known & (mix == level).to_numpy()))
        cases = w_now @ known
        gap = _mean(w_now, seen, known) - expected / np.where(cases > 0, cases, np.nan)
        made[name] = -gap if name in _HARMS else gap
    return made


def _spending(
    now: pd.DataFrame, before: pd.DataFrame, w_now: np.ndarray, w_before: np.ndarray
) -> dict[str, np.ndarray]:
    share, past = _ratio(now, w_now, "consumable", "charge"), _ratio(before, w_before, "consumable", "charge")
    return {
        "cost": _ratio(now, w_now, "cost", "standard") - 1,
        "consumable": share / np.where(past > 0, past, np.nan) - 1,
        "stay": _ratio(now, w_now, "stay", "benchmark_days") - 1,
    }


def _ratio(frame: pd.DataFrame, weights: np.ndarray, above: str, below: str) -> np.ndarray:
    both = frame[[above, below]].astype(float).to_numpy()
    sums = weights @ np.where(np.isnan(both).any(axis=1)[:, None], 0.0, both)
    return sums[:, 0] / np.where(sums[:, 1] > 0, sums[:, 1], np.nan)


def _mean(weights: np.ndarray, values: np.ndarray, known: np.ndarray) -> np.ndarray:
    count = weights @ known
    return (weights @ np.where(known, np.nan_to_num(values), 0.0)) / np.where(count > 0, count, np.nan)


def _weighed(parts: dict[str, np.ndarray], weights: Mapping[Any, float]) -> np.ndarray:
    """Weighted sum of the parts that are known, their weights scaled to 1."""
    known = {name: weight for name, weight in weights.items() if not np.isnan(parts[name][0])}
    total = sum(known.values())
    if not total:
        return np.full(len(next(iter(parts.values()))), np.nan)
    return sum(weight / total * parts[name] for name, weight in known.items())  # type: ignore[return-value]


def _told(values: np.ndarray, name: str) -> dict[str, float]:
    """Estimate, 95 % interval and two-sided chance by the bootstrap's standard error."""
    estimate, spread = float(values[0]), values[1:][~np.isnan(values[1:])]
    if np.isnan(estimate) or len(spread) < 2:
        return dict.fromkeys([name, f"{name}_low", f"{name}_high", f"p_{name}"], np.nan)
    low, high = np.quantile(spread, (0.025, 0.975))
    error = float(spread.std(ddof=1))
    chance = 2 * float(norm.sf(abs(estimate) / error)) if error > 0 else float(estimate == 0)
    return {name: estimate, f"{name}_low": float(low), f"{name}_high": float(high), f"p_{name}": chance}


def _place(row: Any, false_calls: float) -> str:
    """Name of the place: an axis whose deviation may be chance leaves its word out."""
    words = []
    if row.q_quality <= false_calls:
        words.append("better" if row.quality > 0 else "worse")
    if row.q_cost <= false_calls:
        words.append("cheaper" if row.cost < 0 else "dearer")
    return "_".join(words) or UNCLEAR
