"""Discovered variants: in which order the steps of a pathway were really begun, how often, and what that goes with."""

import pandas as pd

from analysis.engine import Engine, sql_text

_SQL = "analysis.pathways"


def discovered_variants(
    engine: Engine, costs: pd.DataFrame | None = None, most: int = 10, activities_only: bool = False
) -> pd.DataFrame:
    """The most frequent orders in which steps first happened, by pathway.

    Steps that began on one day are taken together ("head_ct + ecg > rehabilitation"): within a day the order of charge
    lines says little. Repetitions are no variant of their own.

    Parameters
    ----------
    engine : after `adhere_period` or `adhere_span`.
    costs : columns stay_id, cost; stays without one count in `cases`, not in `mean_cost`.
    most : variants of a pathway.
    activities_only : leave out what is given (steps known by charge lines alone, as drugs are): with them nearly every
        stay has an order of its own.

    Returns
    -------
    pathway, rank, variant, cases, share (of the pathway's stays), mean_days, median_days, mean_cost, costed (stays that
    mean_cost is of). Comparing variants says what goes together, not what one causes.
    """
    given = pd.DataFrame({"stay_id": [], "cost": []}) if costs is None else costs
    typed = pd.DataFrame({"stay_id": given["stay_id"].astype("str"), "cost": given["cost"].astype(float)})
    engine.put("variant_costs", typed)
    return engine.frame(sql_text(_SQL, "step_variants"), most=most, activities_only=activities_only)
