"""Whose cases cost more than expected, of whom nobody had asked: found on one half, measured on the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.rootcause.resampling import LEAST_CLUSTERS

#: What is known when a patient comes; what follows from the stay itself (days, complications) is no segment.
DIMENSIONS = (
    "severity", "age", "sex", "admission_type", "weekend", "variant", "payer", "department", "team", "physician_id",
    "hospital_id", "period",
)  # fmt: skip
COLUMNS = [
    "segment", "conditions", "cases", "clusters", "amount_per_case", "ci_low", "ci_high", "amount_total", "p_value",
]  # fmt: skip
#: From so many on physicians are dealt to the halves; what is constant in them is asked only then.
_MANY_PHYSICIANS = 40
_BY_PHYSICIAN = {"physician_id", "team", "department"}
#: Cuts of a number stand at its tenths.
_CUTS = np.arange(0.1, 1, 0.1)


@dataclass(frozen=True)
class Condition:
    """One condition: `sign` is =, >= or <=."""

    dimension: str
    sign: str
    value: str | float

    def __str__(self) -> str:
        value = f"{self.value:g}" if isinstance(self.value, float) else self.value
        return f"{self.dimension} {self.sign} {value}"


def find_segments(
    cases: pd.DataFrame,
    excess: NDArray[np.float64],
    cluster: Sequence[str] | pd.Series,
    *,
    dimensions: Sequence[str] = DIMENSIONS,
    most: int = 3,
    least: int = 15,
    level: float = 0.95,
    seed: int = 6,
) -> pd.DataFrame:
    """Segments of at most two conditions whose cases are dearer or cheaper than the others, honestly estimated.

    Clusters are dealt to two halves. On the first, segments are added one after the other: the largest gain z^2 less
    ln(conditions asked) for each of its conditions, z of what those before leave; chance gets through there, as the
    second half is there to stop it. On that, all are estimated together by least squares, with cluster-robust errors
    and t on the smaller number of clusters inside and outside less one, at 1 - (1 - level)/found: all intervals hold
    at once with probability `level`. A segment whose interval holds 0 there, or whose sign differs from the first
    half's, is not shown.

    Parameters
    ----------
    cases : (n,) one row a case; columns of `dimensions` that are absent are passed over. Numbers are cut at tenths.
    excess : (n,) money by which a case exceeds what was expected of it.
    cluster : (n,) physician or patient; a dimension that is constant in clusters should not be asked with few of them.
    most : segments at most. least : cases of a segment in each half.

    Returns
    -------
    COLUMNS, by |amount_total|: segment in words, its conditions as tuples, cases (of both halves), clusters (inside,
    second half), amount_per_case against the other cases with interval (second half), amount_total = per case x
    cases. Empty where nothing is found.
    """
    excess = np.asarray(excess, float)
    clusters = np.unique(np.asarray(cluster, dtype=str), return_inverse=True)[1]
    first = _first_half(clusters, seed)
    conditions, holds = _conditions(cases, dimensions)
    found, signs = _discovered(holds[first], excess[first], conditions, most, least)
    inside = np.array([holds[:, list(pair)].all(1) for pair in found]).reshape(len(found), len(cases)).T
    kept = inside[~first].sum(0) >= least if len(found) else np.zeros(0, bool)
    rows = _estimated(inside[~first][:, kept], excess[~first], clusters[~first], level)
    chosen = [pair for pair, keep in zip(found, kept, strict=True) if keep]
    rows["conditions"] = [tuple(conditions[c] for c in pair) for pair in chosen]
    rows["segment"] = [", ".join(map(str, pair)) for pair in rows["conditions"]]
    rows["cases"] = inside[:, kept].sum(0)
    rows["amount_total"] = rows["amount_per_case"] * rows["cases"]
    sure = (rows["ci_low"] > 0) & (np.array(signs)[kept] > 0) | (rows["ci_high"] < 0) & (np.array(signs)[kept] < 0)
    shown = rows[sure]
    return shown.reindex(shown["amount_total"].abs().sort_values(ascending=False, kind="stable").index)[
        COLUMNS
    ].reset_index(drop=True)


def clusters_for(cases: pd.DataFrame, dimensions: Sequence[str] = DIMENSIONS) -> tuple[pd.Series, tuple[str, ...]]:
    """What to deal to the halves, and which dimensions may then be asked.

    Physicians where 40 or more are known, so that each half has ten inside and outside a segment of half of them. Else
    patients; then what differs between physicians only (themselves, their team and department) is not asked, because
    the same few stand on both halves and chance among them would look confirmed.

    Parameters
    ----------
    cases : columns physician_id ("?" where unknown) and patient_id.

    Returns
    -------
    (n,) cluster of each case, and the dimensions.
    """
    physician, patient = cases["physician_id"].astype(str), cases["patient_id"].astype(str)
    unknown = physician.eq("?")
    if physician[~unknown].nunique() >= _MANY_PHYSICIANS:
        return physician.mask(unknown, "patient " + patient), tuple(dimensions)
    return patient, tuple(name for name in dimensions if name not in _BY_PHYSICIAN)


def _first_half(clusters: NDArray[np.intp], seed: int) -> NDArray[np.bool_]:
    """(n,) whether a case's cluster was dealt to the first half: clusters in a seeded order, until half the cases."""
    sizes = np.bincount(clusters)
    order = np.random.default_rng(seed).permutation(len(sizes))
    before = np.cumsum(sizes[order]) - sizes[order]
    return np.isin(clusters, order[before < len(clusters) / 2])


def _conditions(cases: pd.DataFrame, dimensions: Sequence[str]) -> tuple[list[Condition], NDArray[np.bool_]]:
    """All conditions that can be asked, and (n, conditions) whether they hold; unknown values meet none."""
    conditions: list[Condition] = []
    for name in dimensions:
        if name not in cases:
            continue
        values = cases[name]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            cuts = np.unique(values.dropna().quantile(_CUTS, interpolation="nearest"))
            conditions += [Condition(name, sign, float(cut)) for cut in cuts for sign in (">=", "<=")]
        else:
            conditions += [Condition(name, "=", value) for value in sorted(values.dropna().astype(str).unique())]
    holds = [_holds(cases[c.dimension], c) for c in conditions]
    return conditions, np.array(holds, bool).reshape(len(conditions), len(cases)).T


def _holds(values: pd.Series, condition: Condition) -> NDArray[np.bool_]:
    if condition.sign == "=":
        return (values.astype(str).eq(str(condition.value)) & values.notna()).to_numpy(bool)
    known = values.to_numpy(float)
    return known >= condition.value if condition.sign == ">=" else known <= condition.value


def _discovered(
    holds: NDArray[np.bool_], excess: NDArray[np.float64], conditions: list[Condition], most: int, least: int
) -> tuple[list[tuple[int, ...]], list[float]]:
    """The segments of the first half, as numbers of their conditions, and the signs of what they cost."""
    apart = np.array([[a.dimension != b.dimension for b in conditions] for a in conditions], bool)
    apart = apart.reshape(len(conditions), len(conditions)) | np.eye(len(conditions), dtype=bool)
    holding = holds.astype(float)
    count = holding.T @ holding
    allowed = np.triu(apart & (count >= least) & (len(excess) - count >= least))
    price = np.log(max(len(conditions), 2)) * (2 - np.eye(len(conditions)))
    found: list[tuple[int, ...]] = []
    signs: list[float] = []
    while len(found) < most and allowed.any():
        left = _left(holds, found, excess)
        total = holding.T @ (holding * left[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            z = total / np.sqrt(count * (1 - count / len(left)) * left.var())
        gain = np.where(allowed & np.isfinite(z), z**2 - price, -np.inf)
        one, two = np.unravel_index(gain.argmax(), gain.shape)
        if gain[one, two] <= 0:
            break
        found.append((int(one),) if one == two else (int(one), int(two)))
        signs.append(float(np.sign(z[one, two])))
        allowed[one, two] = False
    return found, signs


def _left(holds: NDArray[np.bool_], found: list[tuple[int, ...]], excess: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the segments found so far leave of the excess."""
    x = np.column_stack([np.ones(len(excess)), *[holds[:, list(pair)].all(1) for pair in found]])
    return excess - x @ np.linalg.lstsq(x, excess, rcond=None)[0]


def _estimated(
    inside: NDArray[np.bool_], excess: NDArray[np.float64], clusters: NDArray[np.intp], level: float
) -> pd.DataFrame:
    """Each segment's excess against the other cases, all together; no interval under ten clusters in or outside."""
    k = inside.shape[1]
    x = np.column_stack([np.ones(len(excess)), inside])
    bread = np.linalg.pinv(x.T @ x)
    beta = bread @ x.T @ excess
    names, place = np.unique(clusters, return_inverse=True)
    scores = np.zeros((len(names), k + 1))
    np.add.at(scores, place, x * (excess - x @ beta)[:, None])
    g = len(names)
    error = np.sqrt(np.diag(bread @ scores.T @ scores @ bread) * g / max(g - 1, 1))[1:]
    within = np.array([len(np.unique(place[inside[:, j]])) for j in range(k)], float)
    outside = np.array([len(np.unique(place[~inside[:, j]])) for j in range(k)], float)
    free = np.minimum(within, outside) - 1
    free[free < LEAST_CLUSTERS - 1] = np.nan
    reach = stats.t.ppf(1 - (1 - level) / (2 * max(k, 1)), free) * error
    p = np.minimum(2 * stats.t.sf(np.abs(beta[1:]) / error, free) * k, 1)
    return pd.DataFrame({
        "clusters": within.astype(int), "amount_per_case": beta[1:], "ci_low": beta[1:] - reach,
        "ci_high": beta[1:] + reach, "p_value": p,
    })  # fmt: skip
