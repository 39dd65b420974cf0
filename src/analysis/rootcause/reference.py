"""The other side of the item view: cases, a supplied profile or the payment standard, under supplied item standards."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError
from analysis.rootcause.baselines import Baseline
from analysis.rootcause.layout import REST, Layout, paid_prices
from analysis.rootcause.levels import Stack, levels_of
from analysis.rootcause.samples import Sample
from analysis.rootcause.split import Floats, Levels
from analysis.rootcause.sums import ClusterSums, cluster_sums
from analysis.rootcause.typical_levels import ClusterRatios, typical_levels


@dataclass(frozen=True)
class Profile:
    """Supplied levels, all strata alike; NaN = not told, the other side's.

    use_rate, per_user, unit : (G,); part, price : (M,) of the members of groups of several.
    paid : (G,) and member_paid (M,) mean cost per unit at the hospital, where a price is not told.
    """

    use_rate: Floats
    per_user: Floats
    unit: Floats
    part: Floats
    price: Floats
    paid: Floats
    member_paid: Floats


@dataclass(frozen=True)
class Reference:
    """A baseline in the numbers of a layout.

    Attributes
    ----------
    kind : of the baseline.
    sums : of its cases, None without any.
    profile : supplied, None without.
    robust : the levels are those of the typical cluster of `sums`; not where clusters are patients, none is typical.
    use_rate, per_user, unit : (G,) supplied item standards, NaN where none is.
    """

    kind: str
    sums: ClusterSums | None
    profile: Profile | None
    robust: bool
    use_rate: Floats
    per_user: Floats
    unit: Floats

    @property
    def supplied(self) -> NDArray[np.bool_]:
        """(G,) a number of the group was supplied, not estimated."""
        standards = ~np.isnan([self.use_rate, self.per_user, self.unit]).all(axis=0)
        return standards if self.profile is None else np.ones_like(standards)


def make_reference(baseline: Baseline, layout: Layout, actual: Sample) -> Reference:
    """Count a baseline by a layout.

    Parameters
    ----------
    baseline, layout : the layout was made from this baseline.
    actual : whose mean prices stand where the profile names none.

    Raises
    ------
    InputError
        The profile names an item that has no price: neither supplied nor paid by the hospital.
    """
    sums = None if baseline.sample is None else cluster_sums(baseline.sample, layout)
    profile = None if baseline.profile is None else make_profile(baseline.profile, layout, actual)
    standards = {name: np.full(len(layout.groups), np.nan) for name in ("use_rate", "quantity", "price")}
    if baseline.standards is not None:
        rows = baseline.standards.set_index("group").reindex(layout.groups)
        standards = {name: rows[name].to_numpy(float) for name in standards}
    use_rate, per_user, unit = standards.values()
    robust = baseline.robust and layout.cluster != "patient_id"
    return Reference(baseline.kind, sums, profile, robust, use_rate, per_user, unit)


def make_profile(rows: pd.DataFrame, layout: Layout, actual: Sample) -> Profile:
    """Profile in the layout's numbers; small groups pooled: used by 1 - prod(1 - u) of the cases, at what they cost."""
    triples = [tuple(row) for row in rows[["category", "group", "element"]].itertuples(index=False)]
    paid = paid_prices(actual.elements)
    rows = rows.assign(j=[layout.places[triple] for triple in triples], paid=[paid.get(x, np.nan) for x in triples])
    rows["g"] = layout.element_group[rows["j"]]
    rows["money"] = rows["price"].astype(float).fillna(rows["paid"])
    used = rows["use_rate"] * rows["quantity"] * rows["share"] > 0
    unknown = rows[used & rows["money"].isna()]
    if len(unknown):
        raise InputError("an item of the profile has no price", where="standard cost of the DRG",
                         rows=unknown["element"].astype(str).head(5).tolist(),
                         mend="give it a price in the profile: the cases that are explained never used it")  # fmt: skip
    pooled = layout.pooled[rows["g"]]
    return _profile(_pools(rows[pooled]), rows[~pooled], layout)


def _pools(rows: pd.DataFrame) -> pd.DataFrame:
    """Pools (g, use_rate, quantity = money per user)."""
    groups = rows.groupby(["g", "group"], sort=True)["use_rate"].first().reset_index()
    spent = (rows["use_rate"] * rows["quantity"] * rows["share"] * rows["money"].fillna(0.0)).groupby(rows["g"]).sum()
    pools = pd.DataFrame({"use_rate": 1 - (1 - groups["use_rate"]).groupby(groups["g"]).prod()})
    pools["quantity"] = spent / pools["use_rate"].where(pools["use_rate"] > 0)
    return pools


def _profile(pools: pd.DataFrame, rows: pd.DataFrame, layout: Layout) -> Profile:
    use_rate, (per_user, unit, paid) = np.zeros(len(layout.groups)), np.full((3, len(layout.groups)), np.nan)
    groups = rows.drop_duplicates("g")
    use_rate[groups["g"]], per_user[groups["g"]] = groups["use_rate"], groups["quantity"]
    use_rate[pools.index], per_user[pools.index], unit[layout.pooled] = pools["use_rate"], pools["quantity"], 1.0
    part, price, cost = np.zeros(len(layout.elements)), *np.full((2, len(layout.elements)), np.nan)
    told = rows["price"].astype(float).where(~np.isclose(rows["price"].astype(float), rows["paid"], rtol=1e-9, atol=0))
    part[rows["j"]], price[rows["j"]], cost[rows["j"]] = rows["share"], told, rows["paid"]
    single = np.bincount(layout.element_group, minlength=len(layout.groups))[layout.element_group] == 1
    single &= ~layout.pooled[layout.element_group]
    unit[layout.element_group[single]], paid[layout.element_group[single]] = price[single], cost[single]
    members = layout.members
    unused = use_rate[layout.element_group[members]] == 0
    return Profile(
        use_rate, per_user, unit, np.where(unused, np.nan, part[members]), price[members], paid, cost[members]
    )


def reference_levels(
    reference: Reference,
    stacked: Stack | None,
    ratios: ClusterRatios | None,
    actual: Levels,
    weights: Floats,
    layout: Layout,
) -> Levels:
    """Levels of the baseline in every draw, NaN where undefined.

    Parameters
    ----------
    stacked : sums of the baseline's cases, None without any.
    ratios : of its clusters where the typical one is meant, else None.
    actual : levels of the cases that are explained, in the same draws; a profile takes its strata and untold prices
        from them.
    weights : (D, K).
    """
    if stacked is not None:
        levels, _ = levels_of(stacked, weights)
        if ratios is not None:
            levels = typical_levels(stacked, ratios, levels, weights)
    elif reference.profile is not None:
        levels = _profile_levels(reference.profile, actual, layout)
    else:
        unknown = {name: np.full_like(getattr(actual, name), np.nan) for name in _LEVELS}
        levels = Levels(share=actual.share, odd=np.zeros_like(actual.odd), **unknown)
    return _with_standards(levels, reference, layout)


_LEVELS = ("cost", "use_rate", "per_user", "unit", "part", "price")


def _profile_levels(profile: Profile, actual: Levels, layout: Layout) -> Levels:
    shape = actual.use_rate.shape
    price = _told(profile.price, actual.price, profile.member_paid)
    unit = _told(profile.unit, actual.unit, profile.paid)
    groups, starts = np.unique(layout.element_group[layout.members], return_index=True)
    if len(groups):
        worth = np.where(profile.part > 0, profile.part * np.where(profile.part > 0, price, 0.0), 0.0 * profile.part)
        unit[..., groups] = np.add.reduceat(worth, starts, axis=-1)
    use_rate = np.broadcast_to(profile.use_rate, shape).copy()
    per_user = np.broadcast_to(profile.per_user, shape).copy()
    unit[..., profile.use_rate == 0] = np.nan
    part = np.broadcast_to(profile.part, price.shape).copy()
    price[..., ~(profile.part > 0)] = np.nan
    cost = np.nan_to_num(use_rate * per_user * unit)
    return Levels(actual.share, cost, use_rate, per_user, unit, part, price, np.zeros(shape, bool))


def _told(supplied: Floats, drawn: Floats, observed: Floats) -> Floats:
    """What is supplied, else the hospital's own in the draw and stratum, else its own over all cases."""
    return np.where(np.isnan(supplied), np.where(np.isnan(drawn), observed, drawn), supplied)


def _with_standards(levels: Levels, reference: Reference, layout: Layout) -> Levels:
    """Levels with the supplied standards in their place; a supplied price scales the members' prices."""
    given = ~np.isnan([reference.use_rate, reference.per_user, reference.unit])
    if not given.any():
        return levels
    priced = given[2][layout.element_group[layout.members]]
    price = levels.price.copy()
    if priced.any():
        g = layout.element_group[layout.members][priced]
        scale = reference.unit[g] / levels.unit[..., g]
        scaled = price[..., priced] * scale
        price[..., priced] = np.where(np.isfinite(scale), scaled, reference.unit[g])
    placed = {
        name: np.where(known, values, getattr(levels, name))
        for name, known, values in zip(
            ("use_rate", "per_user", "unit"),
            given,
            (reference.use_rate, reference.per_user, reference.unit),
            strict=True,
        )
    }
    return replace(levels, price=price, odd=levels.odd & ~given.any(axis=0), **placed)


def rest_group(layout: Layout) -> int:
    """Index of the group `rest`."""
    return next(g for g, code in enumerate(layout.group_category) if code == REST)
