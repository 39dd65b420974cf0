"""Causes of many DRGs: both views, intervals, false discoveries, who can change what, and what can be avoided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contract import period_tables
from analysis.fen import to_micro
from analysis.rootcause.baselines import Baseline
from analysis.rootcause.cause_rows import CauseTree, cause_tree, node_amounts
from analysis.rootcause.cause_views import Judge, View, told
from analysis.rootcause.driver_rows import driver_amounts, driver_tree, named_clusters
from analysis.rootcause.driver_view import DriverEffects, driver_effects
from analysis.rootcause.item_view import ItemEffects, item_effects
from analysis.rootcause.layout import Layout, common_layout
from analysis.rootcause.physicians import physician_effects
from analysis.rootcause.preventable import without_indication
from analysis.rootcause.reference import Reference, make_reference
from analysis.rootcause.resampling import cluster_weights, effective_clusters
from analysis.rootcause.samples import Sample, with_strata
from analysis.rootcause.settings import RootCause
from analysis.rootcause.significance import q_values
from analysis.rootcause.sums import ClusterSums, cluster_sums

Floats = NDArray[np.float64]
_UNKNOWN = "?"


@dataclass(frozen=True)
class Explained:
    """One DRG explained.

    Parameters
    ----------
    sample, baseline : with their strata.
    cluster : column of the cases that was drawn: physician_id or patient_id.
    clusters : how many have cases; effective : as many equal ones tell as much (the smaller side).
    weights : (1 + draws, clusters of the layout), the first row all ones.
    items, drivers : effects of both views; the first draw is the cases as they are.
    rows : causes with q_value, material, called and p_value beside the columns of the closed table.
    notes : (what, why).
    """

    sample: Sample
    baseline: Baseline
    cluster: str
    clusters: int
    effective: float
    weights: Floats
    items: ItemEffects
    drivers: DriverEffects
    rows: pd.DataFrame
    notes: tuple[tuple[str, str], ...]


def explain_samples(
    samples: Mapping[str, Sample],
    baselines: Mapping[str, Baseline],
    settings: RootCause,
    *,
    hospital: str,
    months: Mapping[str, int],
    draws: int | None = None,
) -> dict[str, Explained]:
    """Explain every DRG that has a baseline.

    Parameters
    ----------
    samples, baselines : by DRG.
    months : length of each DRG's window.
    draws : of the bootstrap; default as in the settings.

    Returns
    -------
    By DRG, in order of its code. q-values are judged over all DRGs given.
    """
    found = {}
    for drg in sorted(set(samples) & set(baselines)):
        found[drg] = explain_sample(
            samples[drg], baselines[drg], drg, settings, hospital=hospital, months=months[drg], draws=draws
        )
    if not found:
        return {}
    every = pd.concat([one.rows for one in found.values()], keys=list(found))
    judged = _q_values(every.reset_index(drop=True), settings.floor).set_index(every.index.get_level_values(0))
    return {drg: replace(one, rows=judged.loc[[drg]].reset_index(drop=True)) for drg, one in found.items()}


def causes_of(explained: Mapping[str, Explained]) -> pd.DataFrame:
    """Rows of the closed table `causes`."""
    columns = list(period_tables()["causes"].columns)
    parts = [one.rows.reindex(columns=columns) for one in explained.values()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def explain_sample(
    sample: Sample,
    baseline: Baseline,
    drg: str,
    settings: RootCause,
    *,
    hospital: str,
    months: int,
    draws: int | None = None,
) -> Explained:
    """Explain one DRG; its q-values are judged within the DRG alone."""
    sample, baseline = _with_strata(sample, baseline, settings.least_stratum)
    cluster, notes = _cluster(sample, settings.least_clusters)
    bundles = settings.bundles_of(drg)
    kept = {group for groups in bundles.values() for group in groups} | _indicated(settings, drg)
    layout = common_layout(sample, baseline, cluster, settings.pooled_share, sorted(kept))
    sums, reference = cluster_sums(sample, layout), make_reference(baseline, layout, sample)
    clusters, effective = _effective(sums, reference)
    count = (settings.draws if draws is None else draws) if clusters >= settings.least_clusters else 0
    notes += [] if count else [("interval", "few_clusters")]
    weights = _weights(len(layout.clusters), count, settings.seed)
    items = item_effects(sums, reference, weights)
    drivers = driver_effects(sample, baseline, layout, items, weights, least=settings.least_stratum)
    judge = Judge(settings, effective, weights)
    item_tree = cause_tree(layout, items.supplied, bundles)
    item_money = node_amounts(items, item_tree)
    imports = without_indication(sample, drg, settings)
    parts = [
        told(View("item", item_tree, item_money), len(sample.cases), layout, judge, imports),
        _driver_rows(drivers, layout, sample, judge, _exact(item_money[0], item_tree)),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(hospital_id=hospital, drg_code=drg, baseline=baseline.kind, months=months, clusters=clusters)
    return Explained(
        sample, baseline, cluster, clusters, effective, weights, items, drivers,
        _q_values(rows, settings.floor), tuple(notes) + drivers.notes,
    )  # fmt: skip


def _q_values(rows: pd.DataFrame, floor: float) -> pd.DataFrame:
    """As `q_values`, to six decimals: what the order of adding leaves has no trace."""
    found = q_values(rows, floor)
    return found.assign(q_value=found["q_value"].round(6))


def _weights(clusters: int, draws: int, seed: int) -> Floats:
    """(1 + draws, clusters) the cases as they are, then the draws."""
    ones = np.ones((1, clusters))
    return np.concatenate([ones, cluster_weights(clusters, draws, seed)]) if draws else ones


def _with_strata(sample: Sample, baseline: Baseline, least: int) -> tuple[Sample, Baseline]:
    """Both with strata; peers of one another have the same."""
    alone = baseline.sample is None or baseline.robust
    sample, other = with_strata(sample, None if alone else baseline.sample, least)
    return sample, replace(baseline, sample=sample if baseline.robust else other)


def _cluster(sample: Sample, least: int) -> tuple[str, list[tuple[str, str]]]:
    """What is drawn: physicians, else patients where too few are known."""
    known = sample.cases.loc[sample.cases["physician_id"] != _UNKNOWN, "physician_id"].nunique()
    return ("physician_id", []) if known >= least else ("patient_id", [("clusters", "patients")])


def _indicated(settings: RootCause, drg: str) -> set[str]:
    return {row.group for row in settings.indications if drg in row.drgs}


def _effective(sums: ClusterSums, reference: Reference) -> tuple[int, float]:
    """Clusters with cases, and how many equal ones tell as much: of the side that has fewer."""
    sides = [sums.cases.sum(axis=1)]
    if reference.sums is not None and not reference.robust:
        sides.append(reference.sums.cases.sum(axis=1))
    return int(min((side > 0).sum() for side in sides)), min(effective_clusters(side) for side in sides)


def _exact(money: Floats, tree: CauseTree) -> int:
    """Whole loss in ten-thousandths of a fen, as the leaves of a tree add up to it."""
    leaves = np.setdiff1d(np.arange(len(money)), tree.above)
    return int(to_micro(money[leaves]).sum())


def _driver_rows(drivers: DriverEffects, layout: Layout, sample: Sample, judge: Judge, exact: int) -> pd.DataFrame:
    """Rows of the driver view; `rest` takes what rounding to ten-thousandths of a fen leaves of the same loss."""
    physicians = physician_effects(sample) if drivers.physicians.size else None
    named = named_clusters(physicians, layout) if physicians is not None else {}
    tree = driver_tree(drivers, named)
    money = driver_amounts(drivers, tree, named)
    rest = int(np.flatnonzero(tree.nodes["cause"] == "rest")[0])
    money[0, rest] += (exact - _exact(money[0], tree)) / 1_000_000
    rows = told(View("driver", tree, money), len(sample.cases), layout, judge, {})
    if not named:
        return rows
    known = dict(zip(physicians["physician_id"], physicians["reliability"], strict=True))
    own = (rows["cause"] == "physician") & rows["subject"].isin(named)
    return rows.assign(reliability=rows["subject"].where(own).map(known).round(6))
