"""Effects of a panel's scale in the units a reader thinks in: money or days a case, and per cent; points of a share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.evaluation.did import Estimate
from analysis.evaluation.differences import differences
from analysis.evaluation.few_treated import few_treated
from analysis.evaluation.panels import Scale


@dataclass(frozen=True)
class Effect:
    """`estimate` a case (or in points); `share` of what the treated would have come to, on the relative scale only.

    `cases`: of the treated, after.
    """

    estimate: Estimate
    share: Estimate | None
    cases: int


def effect_of(
    panel: pd.DataFrame, scale: Scale, treated: Sequence[str], before: Sequence[str], after: Sequence[str]
) -> Effect:
    """The treated against the others, after against before, by randomisation over units (`few_treated.py`)."""
    found = few_treated(differences(panel, treated, before, after))
    return in_units(Estimate(found.effect, found.low, found.high, p=found.p), panel, scale, treated, after)


def in_units(
    estimate: Estimate, panel: pd.DataFrame, scale: Scale, treated: Sequence[str], after: Sequence[str]
) -> Effect:
    """An effect on the panel's scale in units of a case, and as a share of observed - effect.

    An interval without bounds (too few units to refute anything) has none: NaN.
    """
    rows = panel[panel["unit"].isin(set(treated)) & panel["period"].isin(set(after))]
    cases = int(rows["cases"].sum())
    ends = np.array([estimate.effect, estimate.low, estimate.high])
    ends[np.isinf(ends)] = np.nan
    if scale == "difference":
        return Effect(Estimate(*ends.tolist(), p=estimate.p), None, cases)
    one = float(rows["weight"].sum()) / cases
    now = float(rows["value"] @ rows["weight"] / rows["weight"].sum())
    per_case, share = (ends * one).tolist(), (ends / np.maximum(now - ends, 1e-9)).tolist()
    return Effect(Estimate(*per_case, p=estimate.p), Estimate(*share, p=estimate.p), cases)
