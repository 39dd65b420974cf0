"""Month by month: how the treated stood against the others, before and after the start, with honest intervals."""

from collections.abc import Sequence

import pandas as pd

from analysis.evaluation.differences import differences, slopes
from analysis.evaluation.few_treated import FewTreated, few_treated


def event_study(
    panel: pd.DataFrame, treated: Sequence[str], before: Sequence[str], periods: Sequence[str], *, seed: int = 0
) -> pd.DataFrame:
    """Difference of treated and others in each period, against their difference in `before`.

    A period of `before` is set against the other ones: it does not stand on both sides. Intervals by `few_treated`, so
    that a period before the start outside its interval is a sign that the groups were not alike.

    Returns
    -------
    `period`, `effect`, `low`, `high`, `p`, `before`; in order of `periods`.
    """
    rows = []
    for period in periods:
        base = [other for other in before if other != period]
        found = few_treated(differences(panel, treated, base, [period]), seed=seed)
        rows.append((period, found.effect, found.low, found.high, found.p, period in set(before)))
    return pd.DataFrame(rows, columns=["period", "effect", "low", "high", "p", "before"])


def trend_before(panel: pd.DataFrame, treated: Sequence[str], before: Sequence[str], *, seed: int = 0) -> FewTreated:
    """Slope a period of the treated against the others before the start, by the same inference."""
    return few_treated(slopes(panel, treated, before), seed=seed)


def months_apart(before: Sequence[str], after: Sequence[str], periods: Sequence[str]) -> float:
    """Periods from the middle of `before` to the middle of `after`: how far a trend would have run on."""
    place = {period: index for index, period in enumerate(periods)}
    middle = [sum(place[period] for period in side) / len(side) for side in (before, after)]
    return middle[1] - middle[0]
