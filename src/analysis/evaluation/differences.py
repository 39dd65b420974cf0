"""Each unit's own before and after, months' common movement taken off: one number a unit, so that nothing is serial.

Collapsing a panel to one difference a unit is the remedy of Bertrand, Duflo and Mullainathan (2004), Quarterly Journal
of Economics 119(1), 249-275, for errors that hang together over time.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

Floats = np.ndarray


def net_of_months(panel: pd.DataFrame, treated: Collection[str], before: Collection[str]) -> pd.DataFrame:
    """The panel with `net`: value less the month's effect, from weighted value ~ unit + month of untreated cells.

    Untreated cells are all of the units not treated and those of the treated in `before` (imputation, as Borusyak,
    Jaravel and Spiess 2024, Review of Economic Studies 91(6), 3253-3285). Months without an untreated cell have none.
    """
    free = ~panel["unit"].isin(set(treated)) | panel["period"].isin(set(before))
    units, _ = pd.factorize(panel["unit"])
    months, periods = pd.factorize(panel["period"], sort=True)
    effects = _month_effects(panel["value"].to_numpy(float), panel["weight"].to_numpy(float), units, months, free)
    known = np.isin(np.arange(len(periods)), months[free])
    effects[~known] = np.nan
    return panel.assign(net=panel["value"].to_numpy(float) - effects[months])


def _month_effects(y: Floats, w: Floats, units: Floats, months: Floats, free: pd.Series) -> Floats:
    """Effect of each month: the units' own levels are swept out, the normal equations of the months solved."""
    keep = free.to_numpy()
    y, w, units, months = y[keep], w[keep], units[keep], months[keep]
    size, count = months.max() + 1, units.max() + 1
    table, sums = np.zeros((count, size)), np.zeros((count, size))
    np.add.at(table, (units, months), w)
    np.add.at(sums, (units, months), w * y)
    total = np.where(table.sum(1) > 0, table.sum(1), 1.0)
    inside = np.diag(table.sum(0)) - table.T @ (table / total[:, None])
    right = sums.sum(0) - table.T @ (sums.sum(1) / total)
    return np.linalg.lstsq(inside, right, rcond=None)[0]


def differences(
    panel: pd.DataFrame, treated: Collection[str], before: Collection[str], after: Collection[str]
) -> pd.DataFrame:
    """One row a unit: how its mean after differs from its mean before, the months' movement taken off.

    Parameters
    ----------
    panel : `unit`, `period`, `value`, `weight`, `cases`, `spread` (see `panels.py`); every unit's mean is weighted.

    Returns
    -------
    `unit`, `treated`, `difference`, `weight` (of the months after), `noise` (variance of the difference by chance of
    whose case came: the unit's variance of a case x cases / weight^2, of both sides), `cases` (after). Units that lack
    a side are left out.
    """
    net = net_of_months(panel, treated, before)
    sides = {name: _side(net, periods) for name, periods in (("before", before), ("after", after))}
    rows = sides["before"].add_suffix("_0").join(sides["after"], how="inner").reset_index()
    made = rows.assign(
        treated=rows["unit"].isin(set(treated)), difference=rows["mean"] - rows["mean_0"],
        noise=rows["unit"].map(_case_variance(panel)) * (_thin(rows, "") + _thin(rows, "_0")),
    )  # fmt: skip
    return made[["unit", "treated", "difference", "weight", "noise", "cases"]].dropna().reset_index(drop=True)


def _case_variance(panel: pd.DataFrame) -> pd.Series:
    """Variance of one case about what it was expected to come to, by unit."""
    sums = panel.groupby("unit")[["spread", "cases"]].sum()
    return sums["spread"] / sums["cases"]


def _thin(rows: pd.DataFrame, end: str) -> pd.Series:
    return rows[f"cases{end}"] / rows[f"weight{end}"] ** 2


def _side(net: pd.DataFrame, periods: Collection[str]) -> pd.DataFrame:
    rows = net[net["period"].isin(set(periods))].dropna(subset=["net"])
    sums = rows.assign(mean=rows["net"] * rows["weight"]).groupby("unit")[["mean", "weight", "cases"]].sum()
    return sums.assign(mean=sums["mean"] / sums["weight"])


def slopes(panel: pd.DataFrame, treated: Collection[str], before: Collection[str]) -> pd.DataFrame:
    """One row a unit: its trend a month over `before`, the months' common movement off; columns of `differences`."""
    net = net_of_months(panel, treated, before)
    rows = net[net["period"].isin(set(before))]
    order = {period: place for place, period in enumerate(sorted(set(before)))}
    time = rows["period"].map(order).astype(float)
    frame = rows.assign(t=time, wt=time * rows["weight"], wy=rows["net"] * rows["weight"])
    means = frame.groupby("unit")[["weight", "wt", "wy"]].transform("sum")
    t, y = frame["t"] - means["wt"] / means["weight"], frame["net"] - means["wy"] / means["weight"]
    made = frame.assign(tt=t**2 * frame["weight"], ty=t * y * frame["weight"], tn=t**2 * frame["cases"])
    sums = made.groupby("unit")[["tt", "ty", "tn", "weight", "cases"]].sum().reset_index()
    sums = sums[sums["tt"] > 0]
    noise = sums["unit"].map(_case_variance(panel)) * sums["tn"] / sums["tt"] ** 2
    return sums.assign(treated=sums["unit"].isin(set(treated)), difference=sums["ty"] / sums["tt"], noise=noise)[
        ["unit", "treated", "difference", "weight", "noise", "cases"]
    ].reset_index(drop=True)
