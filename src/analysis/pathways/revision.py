"""Revision (E5): what in a pathway the data of three or more months contradict.

Three questions, each answered over all months together with a 95 % interval, and in at least three single months:
is a required step left out by many, and are they the worse for it; is it mostly done at another time than asked for;
and does the standard stay fit stays without complication? The table asks for a decision; it takes none: who is left
without a step differs from who gets it, and nothing here adjusts for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.engine import Engine, sql_text
from analysis.errors import InputError
from analysis.pathways.variance import wilson

_SQL = "analysis.pathways"
COLUMNS = [
    "pathway", "step", "finding", "asked", "limit", "observed", "ci_low", "ci_high", "cases", "months",
    "months_against", "median_day", "harm_difference", "harm_low", "harm_high",
]  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """From when on something contradicts the pathway.

    omitted : part of a required step's stays · outside : part done at another time than asked for · days : distance of
    the median from the standard, as a part of it · harm : largest difference of the risk of harm that still counts as
    none · months : in which it must hold · cases : needed in all · group : stays of known harm that each side of a
    comparison must have.
    """

    omitted: float = 0.2
    outside: float = 0.5
    days: float = 0.2
    harm: float = 0.05
    months: int = 3
    cases: int = 30
    group: int = 10


def revision(engine: Engine, limits: Limits | None = None) -> pd.DataFrame:
    """What the data contradict, one row a finding.

    Parameters
    ----------
    engine : after `adhere_span` over three months or more; sees stays and outcomes.

    Returns
    -------
    pathway, step (empty for the standard stay), finding:
    omitted_without_harm, omitted_with_harm, omitted_harm_unclear : left out in more than `limit` of the stays; the
        difference of the risk of harm (left out less done; complication, death, unplanned readmission in 30 days) has a
        95 % interval (Newcombe) below `Limits.harm`, above zero, or neither; unclear and empty where a side has fewer
        than `Limits.group` stays.
    other_time : more than `limit` of those done were not done when asked for; median_day says when.
    standard_too_long, standard_too_short : the median days of uncomplicated stays are further from the standard
        (`limit`) than `Limits.days` allows.
    asked : of the step, as JSON. observed with its 95 % interval (Wilson; of a median by order statistics), cases,
    months with cases, and months_against: in how many of them it held.

    Raises
    ------
    InputError
        Fewer months than `Limits.months` were judged.
    """
    limits = limits or Limits()
    engine.make(_SQL, "revision_stays")
    stays = engine.frame("select * from revision_stays order by pathway, stay_id")
    if stays["month"].nunique() < limits.months:
        raise InputError(
            f"a revision needs {limits.months} months, {stays['month'].nunique()} have stays on a pathway",
            mend="judge a longer span (adhere_span)",
        )
    steps = engine.frame(sql_text(_SQL, "revision_steps"))
    days = engine.frame(sql_text(_SQL, "revision_days")).set_index(["pathway", "step"])
    found = [*_of_steps(steps, days, limits), *_of_standards(stays, limits)]
    return pd.DataFrame(found, columns=COLUMNS).sort_values(["pathway", "step", "finding"], ignore_index=True)


def _of_steps(steps: pd.DataFrame, days: pd.DataFrame, limits: Limits) -> Iterator[dict[str, Any]]:
    for key, months in steps.groupby(["pathway", "step"], sort=False):
        row = {"pathway": key[0], "step": key[1], "asked": days.loc[key, "asked"]}
        row["median_day"] = days.loc[key, "median_day"]
        omitted = _too_many(months["omitted"], months["expected"], limits.omitted, limits)
        if omitted:
            yield row | omitted | _harm(months, limits)
        outside = _too_many(months["outside"], months["timed"], limits.outside, limits)
        if outside:
            yield row | outside | {"finding": "other_time"}


def _too_many(count: pd.Series, of: pd.Series, limit: float, limits: Limits) -> dict[str, Any] | None:
    """The rate with its interval, where it lies above the limit for certain and in enough months."""
    against = int((count > limit * of).sum())
    if of.sum() < limits.cases or against < limits.months:
        return None
    low, high = wilson(pd.Series([count.sum()]), pd.Series([of.sum()]))
    if low[0] <= limit:
        return None
    told = {"limit": limit, "observed": count.sum() / of.sum(), "ci_low": low[0], "ci_high": high[0]}
    return told | {"cases": int(of.sum()), "months": int((of > 0).sum()), "months_against": against}


def _harm(months: pd.DataFrame, limits: Limits) -> dict[str, Any]:
    """Whether those left without the step fared worse."""
    total = months[["harmed_without", "known_without", "harmed_with", "known_with"]].sum()
    if min(total["known_without"], total["known_with"]) < limits.group:
        return {"finding": "omitted_harm_unclear"}
    low, high = confint_proportions_2indep(*total.to_numpy(float), method="newcomb", compare="diff")
    difference = total["harmed_without"] / total["known_without"] - total["harmed_with"] / total["known_with"]
    finding = "with_harm" if low > 0 else "without_harm" if high <= limits.harm else "harm_unclear"
    told = {"harm_difference": difference, "harm_low": low, "harm_high": high}
    return {"finding": f"omitted_{finding}"} | told


def _of_standards(stays: pd.DataFrame, limits: Limits) -> Iterator[dict[str, Any]]:
    for name, of_one in stays[stays["uncomplicated"]].groupby("pathway", sort=True):
        standard = float(of_one["standard_days"].iloc[0])
        low, middle, high = median_interval(of_one["days"].to_numpy(float))
        medians = of_one.groupby("month")["days"].median()
        longer = middle > standard
        against = medians > standard * (1 + limits.days) if longer else medians < standard * (1 - limits.days)
        far = abs(middle - standard) > limits.days * standard and not low <= standard <= high
        if len(of_one) >= limits.cases and far and against.sum() >= limits.months:
            yield {
                "pathway": name, "step": "", "finding": f"standard_too_{'short' if longer else 'long'}",
                "limit": standard, "observed": middle, "ci_low": low, "ci_high": high, "cases": len(of_one),
                "months": len(medians), "months_against": int(against.sum()),
            }  # fmt: skip


def median_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Median with its distribution-free 95 % interval: the order statistics whose ranks are binomial (n, 1/2)."""
    ordered = np.sort(values)
    least = int(stats.binom.ppf(0.025, len(ordered), 0.5))
    return (
        float(ordered[max(least - 1, 0)]),
        float(np.median(ordered)),
        float(ordered[min(len(ordered) - least, len(ordered) - 1)]),
    )
