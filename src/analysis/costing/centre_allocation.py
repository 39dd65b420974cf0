"""The ledger of one period allocated to clinical centres and parted by setting, to the fen."""

import numpy as np
import pandas as pd

from analysis.costing.allocation import allocation_rows, plan, step_down
from analysis.costing.fen import money_rows, to_fen
from analysis.costing.scheme import CostingScheme
from analysis.costing.settings_split import split_settings
from analysis.engine import Engine
from analysis.periods import Period
from analysis.vocabulary import codes

_SQL = "analysis.costing"
_COLUMNS = {
    "allocations": ["hospital_id", "step", "from_centre", "to_centre", "cost_item", "driver", "fen"],
    "setting_parts": ["hospital_id", "cost_centre", "setting", "origin", "from_centre", "cost_item", "fen"],
    "unallocated_centres": ["hospital_id", "level", "method", "cost_centre", "cost_item", "reason", "fen"],
}


def allocate_centres(engine: Engine, period: Period, scheme: CostingScheme | None) -> None:
    """Make allocations, setting_parts, centre_costs, service_pools and unallocated_centres; empty without a scheme.

    Raises
    ------
    InputError
        A driver is missing, negative or sums to zero for a centre that has cost.
    """
    rows = _allocate(engine, period, scheme) if scheme else _nothing()
    for name, frame in rows.items():
        engine.put(name, money_rows(frame))
    for table in ("centre_costs", "service_pools"):
        engine.make(_SQL, table)


def _allocate(engine: Engine, period: Period, scheme: CostingScheme) -> dict[str, pd.DataFrame]:
    """Allocate every hospital's ledger of the month; one frame a table, money in fen."""
    month = {"month": period.name}
    ledger = engine.frame(
        """select hospital_id, cost_centre, cost_item, sum(amount) as amount from ledger where month = $month
        group by all order by all""",
        **month,
    )
    centres = engine.frame(
        "select hospital_id, cost_centre, class, coalesce(setting, 'both') as setting from cost_centres order by all"
    )
    drivers = engine.frame(
        "select hospital_id, driver, from_centre, cost_centre, quantity from drivers where month = $month order by all",
        **month,
    )
    workload = engine.frame(
        "select * from workload where month = $month order by hospital_id, cost_centre, setting", **month
    )
    results = [
        _allocate_hospital(
            hospital,
            period,
            scheme,
            *(frame[frame["hospital_id"] == hospital] for frame in (ledger, centres, drivers, workload)),
        )
        for hospital in ledger["hospital_id"].unique()
    ]
    if not results:
        return _nothing()
    return {name: pd.concat([result[name] for result in results], ignore_index=True) for name in results[0]}


def _allocate_hospital(
    hospital: str,
    period: Period,
    scheme: CostingScheme,
    ledger: pd.DataFrame,
    centres: pd.DataFrame,
    drivers: pd.DataFrame,
    workload: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    centres = centres.reset_index(drop=True)
    items = list(codes("cost_item"))
    known = ledger["cost_centre"].isin(centres["cost_centre"])
    direct = _matrix(ledger[known], centres, items)
    givings = plan(scheme, centres, drivers, direct, f"hospital {hospital}, {period.name}")
    flows = step_down(direct, givings)
    allocations = allocation_rows(centres, items, direct, givings, flows)
    stray = ledger[~known].assign(level="centre", method="all", reason="unknown_centre", fen=to_fen(ledger[~known]["amount"]))
    held = direct + sum(flows, np.zeros_like(direct))
    for giving, flow in zip(givings, flows, strict=True):
        held[giving.centre] -= flow.sum(axis=0)
    parts = split_settings(_received(allocations, centres), workload, scheme)
    idle = parts[parts["setting"] == "unallocated"].groupby(["cost_centre", "cost_item"], as_index=False)["fen"].sum()
    unallocated = [
        stray.drop(columns="amount"),
        _kept(held, centres, items).assign(level="centre", method="all", reason="not_taken_on"),
        idle.assign(level="setting", method="all", reason="no_workload"),
    ]
    tables = {
        "allocations": allocations,
        "setting_parts": parts,
        "unallocated_centres": pd.concat(unallocated, ignore_index=True),
    }
    return {name: frame.assign(hospital_id=hospital) for name, frame in tables.items()}


def _matrix(ledger: pd.DataFrame, centres: pd.DataFrame, items: list[str]) -> np.ndarray:
    """(centres, items) direct cost in fen; the ledger has one row a centre and item."""
    direct = np.zeros((len(centres), len(items)), np.int64)
    row = pd.Index(centres["cost_centre"]).get_indexer(ledger["cost_centre"])
    direct[row, pd.Index(items).get_indexer(ledger["cost_item"])] = to_fen(ledger["amount"].to_numpy())
    return direct


def _received(allocations: pd.DataFrame, centres: pd.DataFrame) -> pd.DataFrame:
    """What clinical centres received: direct cost (step 0, computed-in cost included) and by class of the giver."""
    master = centres.set_index("cost_centre")
    rows = allocations.assign(
        origin=allocations["from_centre"].map(master["class"]).where(allocations["step"] > 0, "direct"),
        setting=allocations["to_centre"].map(master["setting"]),
        cost_centre=allocations["to_centre"],
    )
    rows = rows[rows["cost_centre"].map(master["class"]) == "clinical"]
    rows["from_centre"] = rows["from_centre"].where(rows["origin"] == "technology", rows["to_centre"])
    key = ["cost_centre", "setting", "origin", "from_centre", "cost_item"]
    return rows.groupby(key, as_index=False)["fen"].sum()


def _kept(held: np.ndarray, centres: pd.DataFrame, items: list[str]) -> pd.DataFrame:
    """Cost that stayed in a centre that is not clinical, because no step of the scheme takes it on."""
    outside = centres["class"].ne("clinical").to_numpy()[:, None] & (held != 0)
    centre, item = np.nonzero(outside)
    codes_ = centres["cost_centre"].to_numpy()
    return pd.DataFrame(
        {"cost_centre": codes_[centre], "cost_item": np.asarray(items, object)[item], "fen": held[centre, item]}
    )


def _nothing() -> dict[str, pd.DataFrame]:
    return {
        name: pd.DataFrame({c: pd.Series(dtype="int64" if c in {"fen", "step"} else "str") for c in columns})
        for name, columns in _COLUMNS.items()
    }
