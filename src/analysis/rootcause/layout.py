"""What both sides of a comparison are counted by: common clusters, strata, groups and elements."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from analysis.rootcause.baselines import Baseline
    from analysis.rootcause.samples import Sample

REST = "rest"
_KEY = ["category", "group", "element"]


@dataclass(frozen=True)
class Layout:
    """Common lists of both sides, each in the order of its codes.

    cluster : column of `Sample.cases` that is drawn in the bootstrap.
    clusters, strata, groups, elements : codes; a group is a group within one category.
    group_category : (G,) category of each group.
    element_group : (J,) index of the group of each element, ascending.
    pooled : (G,) groups of spending: `rest`, and `other_<category>` of all that is small. Their quantity is money.
    places : (category, group, element) of the samples -> index of the element.
    """

    cluster: str
    clusters: list[str]
    strata: list[str]
    groups: list[str]
    group_category: list[str]
    elements: list[str]
    element_group: NDArray[np.intp]
    pooled: NDArray[np.bool_]
    places: "pd.Series[int]"

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
    actual: "Sample", baseline: "Baseline", cluster: str = "physician_id", pooled_share: float = 0.002,
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
        spent.append(_spent_by_profile(baseline.profile, spent[0], samples[0].elements, len(actual.cases)))
    table = pd.concat([*spent, pd.Series(0.0, pd.MultiIndex.from_tuples([(REST, REST, REST)], names=_KEY))], axis=1)
    table = table.fillna(0.0).sort_index()
    standards = set() if baseline.standards is None else set(baseline.standards["group"])
    if baseline.kind == "standard":
        pooled = ~table.index.get_level_values("group").isin(standards)
        names = pd.DataFrame({"category": REST, "group": REST}, index=table.index)
    else:
        pooled = _small(table, pooled_share, standards | set(keep))
        categories = table.index.get_level_values("category")
        names = pd.DataFrame({"category": categories, "group": "other_" + categories}, index=table.index)
        names.loc[categories == REST, "group"] = REST
    return _layout(samples, cluster, table.index, pooled, names)


def _spent(elements: pd.DataFrame) -> "pd.Series[float]":
    return elements.groupby(_KEY, sort=True)["cost"].sum()


def _spent_by_profile(
    profile: pd.DataFrame, spent: "pd.Series[float]", elements: pd.DataFrame, cases: int
) -> "pd.Series[float]":
    """What the profile's elements would cost that many cases; without a price, at what was paid, else nothing."""
    paid = spent / elements.groupby(_KEY, sort=True)["quantity"].sum()
    rows = profile.set_index(_KEY)
    price = rows["price"].astype(float).fillna(paid.replace([np.inf, -np.inf], np.nan)).fillna(0.0)
    return (cases * rows["use_rate"] * rows["quantity"] * rows["share"] * price).groupby(level=_KEY).sum()


def _small(table: pd.DataFrame, least: float, kept: set[str]) -> NDArray[np.bool_]:
    """(elements,) of `rest`, or of a group that is small on every side."""
    groups = table.abs().groupby(level=["category", "group"]).transform("sum")
    shares = (groups / table.abs().sum().replace(0.0, 1.0)).max(axis=1)
    small = (shares.round(9) < least) & ~table.index.get_level_values("group").isin(kept)
    return (small | (table.index.get_level_values("category") == REST)).to_numpy()


def _layout(
    samples: "list[Sample]", cluster: str, index: pd.MultiIndex, pooled: NDArray[np.bool_], names: pd.DataFrame
) -> Layout:
    """Number what is there; a pooled element becomes the one element of its pool."""
    found = index.to_frame(index=False)
    pool = names.reset_index(drop=True)
    for column, code in (("category", pool["category"]), ("group", pool["group"]), ("element", pool["group"])):
        found[column] = found[column].where(~pooled, code)
    found["pooled"] = pooled
    elements = found.drop_duplicates().sort_values(_KEY).reset_index(drop=True)
    groups = elements.drop_duplicates(["category", "group"]).reset_index(drop=True)
    key = pd.MultiIndex.from_frame(elements[_KEY])
    group_key = pd.MultiIndex.from_frame(groups[["category", "group"]])
    return Layout(
        cluster=cluster,
        clusters=sorted(set().union(*(cluster_codes(sample.cases, cluster) for sample in samples))),
        strata=sorted(set().union(*(sample.cases["stratum"] for sample in samples))),
        groups=groups["group"].tolist(),
        group_category=groups["category"].tolist(),
        elements=elements["element"].tolist(),
        element_group=group_key.get_indexer(pd.MultiIndex.from_frame(elements[["category", "group"]])),
        pooled=groups["pooled"].to_numpy(bool),
        places=pd.Series(key.get_indexer(pd.MultiIndex.from_frame(found[_KEY])), index=index),
    )
