"""Every method on the main outcome of a change: the one that is quoted, then its checks, before and after last."""

from functools import lru_cache

import pandas as pd

from analysis.evaluation.did import flagged, pre_post, two_by_two
from analysis.evaluation.effects_in_units import Effect, in_units
from analysis.evaluation.interrupted import Interrupted, interrupted
from analysis.evaluation.panels import complete_units, pooled, raw_panel, with_cohorts
from analysis.evaluation.staggered import group_time
from analysis.studies.did_it_work import Change
from analysis.studies.did_it_work_outcomes import OUTCOMES, Outcome, cells_of


@lru_cache(maxsize=4)
def by_method(change: Change) -> dict[str, Effect]:
    """Effect on the main outcome by each method, in the order in which they are shown."""
    panel, outcome = change.panel(change.main), change.outcome
    treated, before, after = change.study.treated, change.windows.before, change.windows.after
    units = (panel, outcome.scale, treated, after)
    return {
        "did_randomisation": change.effect(change.main),
        "did_cluster": in_units(two_by_two(flagged(panel, treated, before, after)), *units),
        "callaway_santanna": in_units(group_time(staggered(change)).simple, *units),
        "its": in_units(interrupted_series(change).effect, *units),
        "pre_post": naive(change, outcome),
    }


def staggered(change: Change) -> pd.DataFrame:
    """Departments with cases in every month of before and after, with their start; the leak is left out."""
    windows = change.windows
    months = windows.before + windows.after
    panel = change.panel(change.main)
    rows = panel[panel["period"].isin(months) & panel["unit"].isin(complete_units(panel, months))]
    return with_cohorts(rows, dict.fromkeys(change.study.treated, change.study.starts))


def interrupted_series(change: Change) -> Interrupted:
    """The pilots taken together, at equal case mix, against their own past."""
    series = pooled(change.panel(change.main), change.study.treated).loc[list(change.windows.compared)]
    waves = 1 if len(change.windows.before) >= 12 else 0
    return interrupted(series, change.windows.before, change.windows.after, harmonics=waves)


def naive(change: Change, outcome: Outcome) -> Effect:
    """What a reader of before and after would say: as charged, whoever came."""
    panel = raw_panel(cells_of(change.cases, outcome))
    series = pooled(panel, change.study.treated)
    found = pre_post(series, change.windows.before, change.windows.after)
    one = in_units(found, panel, outcome.scale, change.study.treated, change.windows.after)
    return Effect(found, one.share, one.cases)


def outcomes_known(change: Change) -> list[str]:
    """Outcomes of the study that the closed months hold."""
    return [name for name in OUTCOMES if name in change.study.outcomes and change.known(name)]
