"""Starts at several times: effects of each cohort in each period against units not yet treated, and what two-way
fixed effects would have averaged instead.

Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), 200-230, and Goodman-Bacon (2021), same volume, 254-277,
through the package diff-diff. Units count alike; errors rest on many units a cohort (see `few_treated.py` where not).
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from diff_diff import BaconDecomposition, CallawaySantAnna

from analysis.evaluation.did import Estimate

#: Kinds of 2 x 2 comparisons in a two-way regression; the last sets later starters against units treated already.
KINDS = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier")


@dataclass(frozen=True)
class GroupTime:
    """Effects by cohort and period, and their averages.

    `cells`: cohort, period, effect, low, high; identified cells only. `simple`: average over all after their start.
    `dynamic`: since (periods since the start), effect, low, high. `overall`: mean of `dynamic` from 0 on.
    """

    cells: pd.DataFrame
    simple: Estimate
    dynamic: pd.DataFrame
    overall: float


def group_time(panel: pd.DataFrame) -> GroupTime:
    """Effects of each cohort against units not yet treated (never treated ones where there are any).

    Parameters
    ----------
    panel : `unit`, `period`, `value`, `first_treated` (a period, or None = never); units that lack a period are left
        out. A start after the last period is none. Periods in which a change leaks out before its start are left out
        of the panel by the caller: the reference of a cohort is the last period before its start.
    """
    rows, periods = _numbered(panel)
    control = "never_treated" if (rows["cohort"] == 0).any() else "not_yet_treated"
    with warnings.catch_warnings():  # cells without an estimate are left out below
        warnings.filterwarnings("ignore", message=r".*could not be estimated", category=UserWarning)
        made = CallawaySantAnna(control_group=control).fit(
            rows, outcome="value", unit="unit", time="time", first_treat="cohort"
        )
        simple, dynamic = made.aggregate("simple"), made.aggregate("event_study").to_dataframe()
    cells = made.to_dataframe().dropna(subset=["effect"])
    names = dict(enumerate(periods, 1))
    found = pd.DataFrame({
        "cohort": cells["group"].map(names), "period": cells["time"].map(names), "effect": cells["effect"],
        "low": cells["conf_int_lower"], "high": cells["conf_int_upper"],
    })  # fmt: skip
    heads = {"event_time": "since", "att": "effect", "conf_int_lower": "low", "conf_int_upper": "high"}
    dynamic = dynamic.rename(columns=heads)[list(heads.values())].reset_index(drop=True)
    overall = float(dynamic.loc[dynamic["since"] >= 0, "effect"].mean())
    return GroupTime(found.reset_index(drop=True), _estimate(simple), dynamic, overall)


def bacon_weights(panel: pd.DataFrame) -> pd.DataFrame:
    """What a two-way regression averages: `kind`, `weight` (sum 1), `effect`; one row a kind of comparison there is."""
    rows, _ = _numbered(panel)
    made = BaconDecomposition().fit(rows, outcome="value", unit="unit", time="time", first_treat="cohort")
    pairs = made.to_dataframe()
    parts = pairs.assign(part=pairs["weight"] * pairs["estimate"]).groupby("comparison_type")[["weight", "part"]].sum()
    parts = parts.reindex([kind for kind in KINDS if kind in parts.index])
    return pd.DataFrame({
        "kind": list(parts.index), "weight": parts["weight"].to_numpy(),
        "effect": (parts["part"] / parts["weight"]).to_numpy(),
    })  # fmt: skip


def _numbered(panel: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Whole units with `time` 1, 2, ... and `cohort` the time of their start, 0 = none."""
    periods = sorted(panel["period"].unique())
    whole = panel.groupby("unit")["period"].transform("nunique") == len(periods)
    number = {period: place for place, period in enumerate(periods, 1)}
    rows = panel[whole]
    cohort = rows["first_treated"].map(number).fillna(0).astype(int)
    return rows.assign(time=rows["period"].map(number).astype(int), cohort=cohort), periods


def _estimate(simple: Any) -> Estimate:
    numbers = (float(np.ravel(getattr(simple, name))[0]) for name in
               ("att", "conf_int_lower", "conf_int_upper", "se", "p_value"))  # fmt: skip
    return Estimate(*numbers)
