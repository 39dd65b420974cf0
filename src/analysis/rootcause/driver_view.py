"""The driver view: the same loss by complications, days, physicians' practice and coding instead of items.

Everything is refitted in every draw of the clusters. Per case, within the strata (w = mean of both sides' shares),
differences are actual less reference:

    complication = difference in rate x (b + day x more days), likewise infection and coding
    stay_<reason> = difference in days waited for this reason x day
    stay_other   = (difference in days - days waited - days that complications, infections and coding bring) x day
    physician    = mean less typical physician, of what remains between physicians; less the same of the reference
    rest         = what remains of the cost

day (marginal cost of a day) and b come from least squares of cost on days and conditions within side and stratum; more
days from that of days without waiting on conditions. Nothing counts twice: a complication takes its days with it, but
not the days waited, which are their reason's; a physician has what his complications and days do not tell. These are
associations at equal severity, age and variant, no proof of cause.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.driver_fit import Fit, fitted, usable
from analysis.rootcause.driver_gaps import gaps_of_samples, gaps_of_targets, gaps_of_typical, targets_of
from analysis.rootcause.driver_sums import CONDITIONS, DAYS, FIRST_WAIT, Side, side_sums
from analysis.rootcause.item_view import ItemEffects
from analysis.rootcause.layout import Layout
from analysis.rootcause.practice import normal_scores, physician_draws, practice_draws, practice_of
from analysis.rootcause.samples import Sample

Floats = NDArray[np.float64]
#: Physicians needed to tell a typical one.
_LEAST_FOR_TYPICAL = 10


@dataclass(frozen=True)
class DriverEffects:
    """Money of the drivers over the actual cases, leading axis draws.

    payment, cost : (D,) of the item view; their sum is the loss.
    drivers : (D,) by name: mix, complication, infection, coding, stay_<reason>, stay_other, physician, rest; their sum
        is `cost`. A driver that cannot be told is not there and its money is in `rest`.
    day : (D,) cost of one more day.
    conditions : (D,) by name, cost that goes with a case of it, its days included, waiting left out.
    physicians : (D, K) what each cluster of the layout adds to the driver `physician`, shrunken; no columns where the
        driver is left out.
    notes : (driver, why) of what was left out; why is unknown (on a side), few (cases with it, or without), collinear,
        still (no variation), no_reference, few_physicians.
    """

    payment: Floats
    cost: Floats
    drivers: Mapping[str, Floats]
    day: Floats
    conditions: Mapping[str, Floats]
    physicians: Floats
    notes: tuple[tuple[str, str], ...] = ()


def driver_effects(
    actual: Sample,
    baseline: Baseline,
    layout: Layout,
    items: ItemEffects,
    weights: Floats | None = None,
    *,
    least: int = 5,
) -> DriverEffects:
    """Part the loss over drivers.

    Against a pathway or the payment standard the reference is the pathway's days, no waiting and no coding error;
    complications and infections have none and are left out.

    Parameters
    ----------
    actual, baseline : with strata.
    layout : of both (`common_layout`); its clusters are the columns of the weights.
    items : effects of the item view for the same weights, so that both views part the same money.
    weights : (D, K) of `cluster_weights`; None = as observed, D = 1.
    least : cases with and without a condition that are needed to tell what it costs.
    """
    weights = np.ones((1, len(layout.clusters))) if weights is None else weights
    samples = [actual] if baseline.sample is None or baseline.robust else [actual, baseline.sample]
    reasons = sorted(set().union(*(sample.waits["reason"] for sample in samples)))
    used, notes = usable(samples, least)
    conditions = [CONDITIONS[column] for column in used]
    sides = [side_sums(sample, layout, reasons, used) for sample in samples]
    drawn = [_with_cases(side, weights) for side in sides]
    fit = fitted(sides, drawn, len(used))
    physicians = np.array(["/?" not in code for code in layout.clusters]) & (layout.cluster == "physician_id")
    if baseline.robust:
        gaps = gaps_of_typical(sides[0], drawn[0], physicians)
    elif len(sides) == 2:
        gaps = gaps_of_samples(sides[0], drawn[0], sides[1], drawn[1])
    else:
        named = targets_of(reasons, conditions, _pathway_days(baseline.profile))
        gaps = gaps_of_targets(sides[0], drawn[0], named)
    drivers = _priced(gaps, fit, reasons, conditions, notes)
    each = _practice(sides, weights, len(used), physicians, notes, drivers)
    money = {"mix": items.mix} | {name: len(actual.cases) * value for name, value in drivers.items()}
    money["rest"] = items.cost - sum(money.values())
    beyond = dict(zip(conditions, fit.total.T, strict=True))
    return DriverEffects(items.payment, items.cost, money, fit.day, beyond, len(actual.cases) * each, tuple(notes))


def _with_cases(side: Side, weights: Floats) -> Floats:
    """A draw that holds no case of this side keeps the side as it was observed."""
    return np.where((weights @ side.cases.sum(axis=1) > 0)[:, None], weights, 1.0)


def _priced(
    gaps: Floats, fit: Fit, reasons: list[str], conditions: list[str], notes: list[tuple[str, str]]
) -> dict[str, Floats]:
    """Drivers per case from differences (D, V) and what they cost."""
    waits, rates = gaps[:, FIRST_WAIT : FIRST_WAIT + len(reasons)], gaps[:, FIRST_WAIT + len(reasons) :]
    there = ~np.isnan(rates).any(axis=0)
    notes += [(name, "no_reference") for name, known in zip(conditions, there, strict=True) if not known]
    drivers = {name: rates[:, i] * fit.total[:, i] for i, name in enumerate(conditions) if there[i]}
    if not fit.day.any():
        notes.append(("stay", "still"))
        return drivers
    drivers |= {f"stay_{reason}": waits[:, i] * fit.day for i, reason in enumerate(reasons)}
    if np.isnan(gaps[:, DAYS]).any():
        notes.append(("stay_other", "no_reference"))
        return drivers
    brought = (np.where(there, rates, 0.0) * fit.more_days).sum(axis=1)
    drivers["stay_other"] = drivers.get("stay_other", 0.0) + (gaps[:, DAYS] - waits.sum(axis=1) - brought) * fit.day
    return drivers


def _practice(
    sides: list[Side],
    weights: Floats,
    conditions: int,
    known: NDArray[np.bool_],
    notes: list[tuple[str, str]],
    drivers: dict[str, Floats],
) -> Floats:
    """Puts `physician` among the drivers per case; returns (D, K) each cluster's part, empty where it is left out."""
    if any((side.full.sum(axis=1)[known] > 0).sum() < _LEAST_FOR_TYPICAL for side in sides):
        notes.append(("physician", "few_physicians"))
        return np.empty((len(weights), 0))
    fit = fitted(sides, [np.ones((1, len(known)))] * len(sides), conditions)
    found = [practice_of(side, fit, known) for side in sides]
    scores = normal_scores(weights)
    drivers["physician"] = practice_draws(found, scores)
    return physician_draws(found, scores)


def _pathway_days(profile: pd.DataFrame | None) -> float:
    """Days in bed of a profile, NaN where it names none."""
    if profile is None or not (profile["category"] == "stay").any():
        return float("nan")
    rows = profile[profile["category"] == "stay"]
    return float((rows["use_rate"] * rows["quantity"] * rows["share"]).sum())
