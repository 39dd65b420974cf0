"""What both sides of a comparison are counted by: common clusters, strata, groups and elements."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.samples import REST, Sample

#: category, group, element
Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Layout:
    """Common lists of both sides, each in the order of its codes.

    cluster : column of `Sample.cases` that is drawn in the bootstrap.
    clusters, strata, groups, elements : codes; a group is a group within one category.
    group_category : (G,) category of each group.
    element_group : (J,) index of the group of each element, ascending.
    pooled : (G,) groups of spending: `rest`, and `other_<category>` of all that is small. Their quantity is money.
    places : (category, group, element) of a sample -> index of the element.
    """

    cluster: str
    clusters: list[str]
    strata: list[str]
    groups: list[str]
    group_category: list[str]
    elements: list[str]
    element_group: NDArray[np.intp]
    pooled: NDArray[np.bool_]
    places: dict[Triple, int]

    @property
    def members(self) -> NDArray[np.intp]:
        """Elements of the groups that have several."""
        return np.flatnonzero(np.bincount(self.element_group, minlength=len(self.groups))[self.element_group] > 1)


def cluster_codes(cases: pd.DataFrame, cluster: str) -> "pd.Series[str]":
    """Cluster of each case: hospital and code; a case of an unknown physician (?) is in a cluster with its patient."""
    codes = cases[cluster].astype(str)
    codes = codes.where(codes != "?", "?" + cases["patient_id"].astype(str))
    return cases["hospital_id"].astype(str) + "/" + codes


def common_layout(
    actual: Sample, baseline: Baseline, cluster: str = "physician_id", pooled_share: float = 0.002,
    keep: Collection[str] = (),
) -> Layout:  # fmt: skip
    """Layout of a sample and its baseline.

    Groups of less than `pooled_share` of the cost on both sides are pooled into `other_<category>`, unless they are in
    `keep` or a standard is supplied for them. Against the payment standard, which has no items, all without a
    standard is `rest`.

    Parameters
    ----------
    actual : cases with their strata.
    baseline : what they are compared with.
    cluster : physician_id or patient_id.
    pooled_share : of the cost of a side.
    keep : codes of groups that are never pooled (of bundles).
    """
    samples = [actual] if baseline.sample is None else [actual, baseline.sample]
    spent = [_spent(sample.elements) for sample in samples]
    if baseline.profile is not None:
        spent.append(_spent_by_profile(baseline.profile, actual))
    standards = set() if baseline.standards is None else set(baseline.standards["group"])
    triples = sorted({triple for side in spent for triple in side} | {(REST, REST, REST)})
    if baseline.kind == "standard":
        placed = {triple: triple if triple[1] in standards else (REST, REST, REST) for triple in triples}
    else:
        small = _small(spent, pooled_share, standards | set(keep))
        placed = {triple: _pool(triple[0]) if triple[:2] in small else triple for triple in triples}
    return _layout(samples, cluster, placed)


def coded(elements: pd.DataFrame) -> tuple[list[Triple], NDArray[np.intp]]:
    """Distinct (category, group, element) of element rows, and the place of each row's among them."""
    columns = [pd.factorize(elements[name]) for name in ("category", "group", "element")]
    key = np.zeros(len(elements), np.int64)
    for codes, values in columns:
        key = key * max(1, len(values)) + codes
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    names = [np.asarray(values, dtype=object)[codes[first]].tolist() for codes, values in columns]
    return list(zip(*names, strict=True)), inverse


def _spent(elements: pd.DataFrame) -> dict[Triple, float]:
    triples, inverse = coded(elements)
    return dict(zip(triples, np.bincount(inverse, elements["cost"], len(triples)).tolist(), strict=True))


def paid_prices(elements: pd.DataFrame) -> dict[Triple, float]:
    """Mean cost per unit of every element; nothing where refunds leave no quantity or a negative cost."""
    triples, inverse = coded(elements)
    cost, quantity = (np.bincount(inverse, elements[name], len(triples)) for name in ("cost", "quantity"))
    known = (quantity > 0) & (cost >= 0)
    return {triple: float(cost[j] / quantity[j]) for j, triple in enumerate(triples) if known[j]}


def _spent_by_profile(profile: pd.DataFrame, actual: Sample) -> dict[Triple, float]:
    """What the profile's elements would cost the cases; without a price, at what was paid, else nothing."""
    paid, spent = paid_prices(actual.elements), {}
    for row in profile.to_dict("records"):
        triple = (row["category"], row["group"], row["element"])
        price = paid.get(triple, 0.0) if pd.isna(row["price"]) else row["price"]
        spent[triple] = len(actual.cases) * float(row["use_rate"] * row["quantity"] * row["share"] * price)
    return spent


def _small(spent: list[dict[Triple, float]], least: float, kept: set[str]) -> set[tuple[str, str]]:
    """(category, group) of less than the least share of every side's cost."""
    shares: dict[tuple[str, str], float] = {}
    for side in spent:
        total = sum(abs(cost) for cost in side.values()) or 1.0
        of_group: dict[tuple[str, str], float] = {}
        for triple, cost in side.items():
            of_group[triple[:2]] = of_group.get(triple[:2], 0.0) + abs(cost) / total
        for group, share in of_group.items():
            shares[group] = max(shares.get(group, 0.0), share)
    return {group for group, share in shares.items() if round(share, 9) < least and group[1] not in kept}


def _pool(category: str) -> Triple:
    return (category, f"other_{category}", f"other_{category}")


def _layout(samples: list[Sample], cluster: str, placed: dict[Triple, Triple]) -> Layout:
    """Number what is there."""
    placed = {triple: (REST, REST, REST) if triple[0] == REST else to for triple, to in placed.items()}
    elements = sorted(set(placed.values()))
    groups = sorted({triple[:2] for triple in elements})
    place = {triple: j for j, triple in enumerate(elements)}
    group_place = {group: g for g, group in enumerate(groups)}
    codes = set().union(*(cluster_codes(sample.cases, cluster).unique() for sample in samples))
    return Layout(
        cluster=cluster,
        clusters=sorted(codes),
        strata=sorted(set().union(*(sample.cases["stratum"].unique() for sample in samples))),
        groups=[group for _, group in groups],
        group_category=[category for category, _ in groups],
        elements=[element for *_, element in elements],
        element_group=np.array([group_place[triple[:2]] for triple in elements], dtype=np.intp),
        pooled=np.array([group in ((REST, REST), _pool(group[0])[:2]) for group in groups]),
        places={triple: place[to] for triple, to in placed.items()},
    )
