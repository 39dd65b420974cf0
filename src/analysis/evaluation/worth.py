"""What a technique is worth: plane, ICER, net benefit, acceptability and budget impact from bootstrap pairs.

Effects are oriented so that more is better (complications avoided, not complications); costs are money a case.
Sources: Drummond et al., Methods for the Economic Evaluation of Health Care Programmes, 4th ed. 2015, ch. 5 and 11
(dominance, frontier, net benefit); Fenwick, O'Brien and Briggs, Health Economics 13 (2004) 405 (acceptability curve and
frontier); Sullivan et al., Value in Health 17 (2014) 5 (budget impact: a payer's cash, year by year, not discounted).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from heormodel.cea.ceac import ceac, ceaf
from heormodel.cea.frontier import icer_table as full_table
from heormodel.models.outcomes import Outcomes

from analysis.errors import InputError

#: North-east: dearer and better; south-east: cheaper and better; south-west: cheaper and worse; north-west: the rest.
Quadrant = Literal["NE", "SE", "SW", "NW"]
QUADRANTS: tuple[Quadrant, ...] = ("NE", "SE", "SW", "NW")
_STATUS = {"ND": "frontier", "D": "dominated", "ED": "extended"}
_OLD, _NEW = "old", "new"


def icer_table(names: Sequence[str], costs: Sequence[float], effects: Sequence[float]) -> pd.DataFrame:
    """Several alternatives side by side: who is dominated, and what each step along the frontier costs.

    Strictly dominated: another alternative costs no more, is no less effective and better in one of the two. Extended
    dominance: a mixture of two others gives as much for less (the ratio of a step would be above the next one's).
    Along what is left, ratio = (cost - cost of the step before) / (effect - effect of the step before).

    Parameters
    ----------
    names, costs, effects : one entry an alternative; effects so that more is better.

    Returns
    -------
    One row an alternative by cost: name, cost, effect, status (frontier, dominated, extended), by (alternatives that
    dominate it, joined by " + "; empty on the frontier), more_cost, more_effect, ratio (empty off the frontier and for
    the cheapest).

    Raises
    ------
    InputError
        Lists of different length, a name that stands twice, a value that is none.
    """
    if not len(names) == len(costs) == len(effects) > 0 or len(set(names)) < len(names):
        raise InputError("alternatives need a name of their own, a cost and an effect each", rows=list(map(str, names)))
    means = pd.DataFrame({"cost": costs, "effect": effects}, index=list(names), dtype=float)
    if not np.isfinite(means.to_numpy()).all():
        raise InputError("a cost or an effect is no number", rows=means[~np.isfinite(means).all(axis=1)].index.tolist())
    made = full_table(means)
    made = made.rename(columns={"inc_cost": "more_cost", "inc_effect": "more_effect", "icer": "ratio"})
    made["status"] = made["status"].map(_STATUS)
    frontier = made[made["status"] == "frontier"]
    made["by"] = [_dominators(row, made[made["status"] != "dominated"], frontier) for row in made.itertuples()]
    columns = ["name", "cost", "effect", "status", "by", "more_cost", "more_effect", "ratio"]
    return made.rename_axis("name").reset_index()[columns]


def _dominators(row: Any, standing: pd.DataFrame, frontier: pd.DataFrame) -> str:
    """The first alternative that dominates a row and is not dominated itself, or the two that mixed do."""
    cost, effect = row.cost, row.effect
    if row.status == "dominated":
        return str(standing.index[(standing["cost"] <= cost) & (standing["effect"] >= effect)][0])
    if row.status == "extended":
        below, above = frontier[frontier["effect"] < effect], frontier[frontier["effect"] >= effect]
        return f"{below.index[-1]} + {above.index[0]}"
    return ""


@dataclass(frozen=True)
class Plane:
    """Where the new technique stands against the old one.

    Parameters
    ----------
    cost, effect : mean differences (new - old); cost_low .. effect_high their 95 % intervals.
    quadrant : of the means. shares : part of the pairs in each quadrant, in the order of QUADRANTS.
    ratio : cost / effect of the means, only in NE (money for an effect gained) and SW (money saved for an effect given
        up); None in SE (dominant) and NW (dominated), where a ratio says nothing.
    ratio_low, ratio_high : its 95 % interval, only where 95 % of the pairs lie in the same quadrant; else the
        acceptability curve is what can be said.
    settled : 95 % of the pairs lie in one quadrant.
    """

    cost: float
    cost_low: float
    cost_high: float
    effect: float
    effect_low: float
    effect_high: float
    quadrant: Quadrant
    shares: tuple[float, float, float, float]
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    settled: bool


def plane(pairs: pd.DataFrame, cost: float | None = None, effect: float | None = None) -> Plane:
    """The cost-effectiveness plane of bootstrap pairs.

    Parameters
    ----------
    pairs : one row a bootstrap draw: cost and effect, each new - old.
    cost, effect : the estimates themselves where the means of the pairs are not to stand for them.
    """
    _check(pairs)
    money, gain = pairs["cost"].to_numpy(float), pairs["effect"].to_numpy(float)
    centre = (money.mean() if cost is None else cost, gain.mean() if effect is None else effect)
    quadrant = _quadrants(np.array([centre[0]]), np.array([centre[1]]))[0]
    where = _quadrants(money, gain)
    shares = tuple(float((where == name).mean()) for name in QUADRANTS)
    inside = where == quadrant
    settled = bool(inside.mean() >= 0.95)
    ratio = centre[0] / centre[1] if quadrant in ("NE", "SW") and centre[1] else None
    bounded = ratio is not None and settled and gain[inside].all()
    low, high = map(float, np.quantile(money[inside] / gain[inside], (0.025, 0.975))) if bounded else (None, None)
    spread = [float(end) for column in (money, gain) for end in np.quantile(column, (0.025, 0.975))]
    return Plane(
        float(centre[0]), *spread[:2], float(centre[1]), *spread[2:], quadrant, shares, ratio, low, high, settled
    )  # type: ignore[arg-type]


def net_benefit(pairs: pd.DataFrame, thresholds: Sequence[float]) -> pd.DataFrame:
    """Net monetary benefit of the new technique: threshold x effect - cost, with its 95 % interval.

    Returns
    -------
    One row a threshold (money for one unit of effect): threshold, benefit, ci_low, ci_high.
    """
    _check(pairs)
    rows = []
    for threshold in thresholds:
        benefit = threshold * pairs["effect"].to_numpy(float) - pairs["cost"].to_numpy(float)
        low, high = np.quantile(benefit, (0.025, 0.975))
        rows.append((float(threshold), float(benefit.mean()), float(low), float(high)))
    return pd.DataFrame(rows, columns=["threshold", "benefit", "ci_low", "ci_high"])


def acceptability(pairs: pd.DataFrame, thresholds: Sequence[float]) -> pd.DataFrame:
    """Acceptability curve and frontier: how probably the new technique is worth its money.

    Returns
    -------
    One row a threshold: threshold, probability (part of the pairs whose net benefit is above nought), chosen (old or
    new: whose expected net benefit is larger), probability_chosen (the acceptability frontier).
    """
    _check(pairs)
    gains = pairs[["cost", "effect"]].reset_index(drop=True).astype(float)
    both = [pd.DataFrame({_OLD: 0.0, _NEW: gains[name]}) for name in ("cost", "effect")]
    outcomes = Outcomes.from_wide(*both)
    curve, frontier = ceac(outcomes, thresholds), ceaf(outcomes, thresholds)
    return pd.DataFrame({
        "threshold": np.asarray(thresholds, dtype=float), "probability": curve[_NEW].to_numpy(),
        "chosen": frontier["intervention"].to_numpy(), "probability_chosen": frontier["prob"].to_numpy(),
    })  # fmt: skip


def budget_impact(
    difference: Sequence[float] | np.ndarray,
    eligible: Sequence[float],
    uptake: Sequence[float],
    uptake_now: float = 0.0,
) -> pd.DataFrame:
    """What a hospital's or a fund's yearly spending changes: eligible x (uptake - uptake now) x difference of cost.

    Cash of each year, not discounted. The interval is that of the difference of cost; eligible patients and uptake are
    assumptions that the reader is told.

    Parameters
    ----------
    difference : draws of the difference of cost a case, new - old (pairs["cost"]).
    eligible : patients a year, one entry a year.
    uptake : part of them that gets the new technique, one entry a year; `uptake_now`: part that has it already.

    Returns
    -------
    One row a year: year (1, 2 ...), eligible, uptake, cases (that change), impact, ci_low, ci_high, cumulative.
    """
    if len(eligible) != len(uptake) or not all(0 <= part <= 1 for part in (*uptake, uptake_now)):
        raise InputError("budget impact needs one uptake between 0 and 1 for each year of eligible patients")
    cases = np.asarray(eligible, dtype=float) * (np.asarray(uptake, dtype=float) - uptake_now)
    low, high = np.quantile(difference, (0.025, 0.975))
    ends = np.sort(np.outer(cases, (low, high)), axis=1)
    impact = cases * float(np.mean(difference))
    return pd.DataFrame({
        "year": np.arange(1, len(cases) + 1), "eligible": np.asarray(eligible, dtype=float),
        "uptake": np.asarray(uptake, dtype=float), "cases": cases,
        "impact": impact, "ci_low": ends[:, 0], "ci_high": ends[:, 1], "cumulative": impact.cumsum(),
    })  # fmt: skip


def _quadrants(cost: np.ndarray, effect: np.ndarray) -> np.ndarray:
    """Quadrant of each pair; on an axis the side that asks more of the new technique: dearer, and no better."""
    better = np.where(cost < 0, "SE", "NE")
    return np.where(effect > 0, better, np.where(cost < 0, "SW", "NW"))


def _check(pairs: pd.DataFrame) -> None:
    if missing := [name for name in ("cost", "effect") if name not in pairs]:
        raise InputError(
            f"pairs have no column {' and '.join(missing)}", mend="one row a draw: cost, effect, new - old"
        )
    if len(pairs) < 2 or not np.isfinite(pairs[["cost", "effect"]].to_numpy(float)).all():
        raise InputError("pairs need two draws or more, all of them numbers")
