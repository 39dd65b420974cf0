"""How much of a cause's money can be avoided, by the rules of the settings: one rule a cause, the first that fits.

none                of payment and case mix, of unused capacity: nobody on the ward can avoid it.
whole               all of it, whatever its sign.
excess              where it costs more than the reference: the parts of a thing above its reference, together at most
                    what the thing costs more on balance, and only where its interval leaves nought out, so that chance
                    is nobody's saving.
without_indication  what imported members of a group cost more than the cheapest domestic one in cases outside the
                    indications of the settings. It is counted from the cases themselves, so it may be more than the
                    cause's money against a reference that had the same habit.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.rootcause.samples import Sample
from analysis.rootcause.settings import Indication, RootCause


def without_indication(sample: Sample, drg: str, settings: RootCause) -> dict[str, float]:
    """Money of imported units in cases outside the indications, above the cheapest domestic member, by group.

    sum over such cases and imported members of quantity x (price paid - cheapest domestic price), where that is
    positive; prices are means over the sample. A group without a row of indications for the DRG, or without a domestic
    member among the cases, is left out.
    """
    found = {}
    for row in settings.indications:
        if drg in row.drgs:
            money = _above_domestic(sample, row)
            if money is not None:
                found[row.group] = found.get(row.group, 0.0) + money
    return found


def indicated(cases: pd.DataFrame, row: Indication) -> NDArray[np.bool_]:
    """(cases,) True where an imported member is accepted; a case of unknown age is not accused."""
    by_severity = cases["severity"].isin(row.severities).to_numpy()
    if row.age_from is None:
        return by_severity
    age = cases["age"].to_numpy(float)
    return by_severity | (age >= row.age_from) | np.isnan(age)


def _above_domestic(sample: Sample, row: Indication) -> float | None:
    elements = sample.elements
    if "origin" not in elements:
        return None
    members = elements[elements["group"] == row.group]
    sums = members.groupby(["origin", "element"])[["quantity", "cost"]].sum()
    sums = sums[(sums["quantity"] > 0) & (sums["cost"] > 0)]
    price = (sums["cost"] / sums["quantity"]).reset_index(name="price")
    domestic = price.loc[price["origin"] == "domestic", "price"]
    if domestic.empty:
        return None
    above = (price[price["origin"] == "imported"].set_index("element")["price"] - domestic.min()).clip(lower=0)
    outside = ~indicated(sample.cases, row)[members["case"].to_numpy()]
    used = members[outside]
    return float((used["quantity"] * used["element"].map(above).fillna(0.0)).sum())


def preventable_fen(
    rows: pd.DataFrame,
    above: NDArray[np.intp],
    things: NDArray[np.intp],
    settings: RootCause,
    imports: dict[str, float] | None = None,
) -> NDArray[np.int64]:
    """What can be avoided of every row of one view, in fen; a row with parts has the sum of theirs.

    Parameters
    ----------
    rows : category, cause, effect, fen (money of the row), sure (its interval leaves nought out, above it).
    above : (rows,) row of the parent, -1 for the first.
    things : (rows,) row of the thing that a row is part of (a bundle, a group, a driver); itself where it is the thing.
    imports : of `without_indication`.
    """
    leaf = ~np.isin(np.arange(len(rows)), above)
    kinds = [avoidable_of(settings, *row) for row in rows[["effect", "category", "cause"]].itertuples(index=False)]
    fen, sure = rows["fen"].to_numpy(np.int64), rows["sure"].to_numpy(bool)
    avoided = np.zeros(len(rows), np.int64)
    for at in np.flatnonzero(leaf):
        kind, share = kinds[at]
        if kind == "whole":
            avoided[at] = round(fen[at] * share)
        elif kind == "without_indication":
            avoided[at] = round(100 * (imports or {}).get(rows["cause"].iat[at], 0.0) * share)
    _excess(avoided, np.flatnonzero(leaf), kinds, fen, sure, things)
    for at in range(len(rows) - 1, 0, -1):
        avoided[above[at]] += avoided[at]
    return avoided


def _excess(
    avoided: NDArray[np.int64],
    leaves: NDArray[np.intp],
    kinds: Sequence[tuple[str, float]],
    fen: NDArray[np.int64],
    sure: NDArray[np.bool_],
    things: NDArray[np.intp],
) -> None:
    """Fill what rule `excess` gives: positive parts of a sure thing, scaled down to what it costs more on balance."""
    asked = [at for at in leaves if kinds[at][0] == "excess"]
    for thing in sorted({int(things[at]) for at in asked}):
        parts = [at for at in asked if things[at] == thing and fen[at] > 0]
        together = sum(int(fen[at]) for at in parts)
        if not sure[thing] or together <= 0:
            continue
        scale = min(1.0, max(0, int(fen[thing])) / together)
        for at in parts:
            avoided[at] = int(fen[at] * scale * kinds[at][1])


def avoidable_of(settings: RootCause, effect: str, category: str, cause: str) -> tuple[str, float]:
    """Rule and share of a cause; none where no row of the settings fits."""
    for row in settings.avoidable:
        if _fits(row.effect, effect) and _fits(row.category, category) and _fits(row.cause, cause):
            return row.avoidable, row.share
    return "none", 0.0


def owner_of(settings: RootCause, effect: str, category: str, cause: str, subject: str) -> str | None:
    """Who can change a cause; of waiting whoever the reason belongs to."""
    if effect == "stay" and settings.waiting.reasons.get(subject):
        return settings.waiting.reasons[subject]
    for row in settings.owned:
        if _fits(row.effect, effect) and _fits(row.category, category) and _fits(row.cause, cause):
            return row.owner
    return None


def _fits(asked: str | None, said: str) -> bool:
    return not asked or asked == said
