"""The engine's answer to a planted comparison: every leaf cause of both views with interval, q-value and truth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.driver_view import driver_effects
from analysis.rootcause.intervals import judged
from analysis.rootcause.item_view import EFFECTS, decompose, item_effects
from analysis.rootcause.resampling import LEAST_CLUSTERS, cluster_weights, effective_clusters
from analysis.rootcause.samples import with_strata
from analysis.rootcause.significance import q_values
from benchmarks.planted_causes import ITEM_KINDS, Plant, Planted

FLOOR = 10_000.0


def causes_of(planted: Planted, draws: int = 2_000, seed: int = 20230601) -> pd.DataFrame:
    """Leaf causes of both views: view, effect, subject, amount_total, ci_low, ci_high, p_value, q_value, called.

    Mix and payment are the same in both views and stand in the item view only.
    """
    actual, baseline = with_strata(planted.actual, planted.baseline)
    reference = Baseline("own_past", baseline, None)
    cluster = "physician_id" if planted.physicians >= LEAST_CLUSTERS else "patient_id"
    sums, other = decompose(actual, reference, cluster=cluster)
    weights = np.vstack([np.ones((1, len(sums.clusters))), cluster_weights(len(sums.clusters), draws, seed)])
    items = item_effects(sums, other, weights)
    drivers = driver_effects(actual, reference, sums.layout, items, weights)
    names, values = zip(*_leaves(items, drivers), strict=True)
    values = np.column_stack(values)
    clusters = min(effective_clusters(side.cases.sum(axis=1)) for side in (sums, other.sums))
    found = judged(values[0], values[1:], clusters, weights=weights[1:])
    rows = pd.DataFrame(names, columns=["view", "effect", "subject", "category"])
    rows = rows.assign(amount_total=values[0], ci_low=found.low, ci_high=found.high, p_value=found.p)
    rows = rows.assign(hospital_id="H1", drg_code="X", baseline="own_past", error=values[1:].std(axis=0, ddof=1))
    return q_values(rows, FLOOR)


def _leaves(items, drivers):
    yield ("item", "payment", "", "payment"), items.payment
    yield ("item", "mix", "", "mix"), items.mix
    for g, (code, category) in enumerate(zip(items.layout.groups, items.layout.group_category, strict=True)):
        for effect in EFFECTS:
            values = getattr(items, effect)[:, g]
            if np.abs(values).max() > 1e-6:
                yield ("item", effect, code, category), values
    for name, values in drivers.drivers.items():
        if name != "mix":
            effect, _, subject = name.partition("_")
            yield ("driver", effect, subject, name), values


@dataclass(frozen=True)
class Answer:
    """What the engine says of one plant.

    covered, held : the interval holds the expected truth, the truth of these very cases. called. first : it is the first
    cause called in its view (the largest amount of those called). close : the money error is at most max(10 %, two
    standard errors).
    """

    kind: str
    subject: str
    truth: float
    expected: float
    amount: float
    error: float
    covered: bool
    held: bool
    called: bool
    first: bool
    close: bool


def answers(rows: pd.DataFrame, planted: Planted) -> list[Answer]:
    """Look the plants up among the causes, each in the view in which it is one cause."""
    return [_answer(rows, *one) for one in zip(planted.plants, planted.truth, planted.expected, strict=True)]


def _answer(rows: pd.DataFrame, plant: Plant, truth: float, expected: float) -> Answer:
    of_view = rows[rows["view"].eq("item" if plant.kind in ITEM_KINDS else "driver")]
    own = of_view[of_view["effect"].eq(plant.kind) & of_view["subject"].eq(plant.subject)]
    if own.empty:
        return Answer(plant.kind, plant.subject, truth, expected, 0.0, 0.0, False, False, False, False, False)
    row = own.iloc[0]
    first = of_view[of_view["called"]].sort_values("amount_total", ascending=False).index[:1]
    return Answer(
        plant.kind, plant.subject, truth, expected, float(row["amount_total"]), float(row["error"]),
        covered=bool(row["ci_low"] <= expected <= row["ci_high"]),
        held=bool(row["ci_low"] <= truth <= row["ci_high"]),
        called=bool(row["called"]),
        first=row.name in first,
        close=bool(abs(row["amount_total"] - truth) <= max(0.1 * abs(truth), 2 * row["error"])),
    )  # fmt: skip
