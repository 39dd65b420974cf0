"""The ledger of one period allocated to clinical centres and parted by setting, to the fen."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.costing import centre_rows as rows
from analysis.costing.allocation import allocation_rows
from analysis.costing.bases import check_shares, quantities
from analysis.costing.hospital_allocation import Allocated, Month, allocate, received
from analysis.costing.scheme import Allocation, CostingScheme, Scope
from analysis.costing.scopes import SCOPES
from analysis.costing.settings_split import setting_weights, split_settings
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.fen import money_rows, to_fen
from analysis.periods import Period
from analysis.vocabulary import codes

_SQL = "analysis.costing"
#: What a method and scope give, and the clinical centres' part of it by setting (`split_settings`).
Parted = tuple[Allocated, NDArray[np.int64]]
_METHODS: tuple[Allocation, ...] = ("direct", "step_down", "reciprocal")
_READ = {
    "centres": """select hospital_id, cost_centre, class, coalesce(setting, 'both') as setting
        from cost_centres order by all""",
    "ledger": """select hospital_id, cost_centre, cost_item, funding, sum(amount) as amount
        from ledger where month = $month group by all order by all""",
    "drivers": """select hospital_id, driver, from_centre, cost_centre, quantity
        from drivers where month = $month order by all""",
    "workload": "select * from workload where month = $month order by hospital_id, cost_centre, setting",
}


def allocate_centres(engine: Engine, period: Period, scheme: CostingScheme | None) -> None:
    """Make allocations, setting_parts, centre_costs, alternative_costs, service_pools and unallocated_centres.

    All are empty without a scheme. `alternatives_left_out` (hospital_id, allocation, cost_scope, reason) tells which
    other method or scope could not be computed for want of drivers; only the scheme's own must be.

    Raises
    ------
    InputError
        A driver is missing, negative or sums to zero for a centre that has cost; shares that do not sum to 1; an order
        that gives back; a code in the scheme that no hospital knows.
    """
    tables = _allocate(engine, period, scheme) if scheme else {}
    for name, columns in rows.COLUMNS.items():
        found = tables.get(name, [])
        frame = pd.concat(found or [rows.empty(columns)], ignore_index=True)[columns]
        engine.put(name, money_rows(frame) if "fen" in columns else frame)
    for table in ("centre_costs", "service_pools"):
        engine.make(_SQL, table)


def _allocate(engine: Engine, period: Period, scheme: CostingScheme) -> dict[str, list[pd.DataFrame]]:
    """Frames of every table, one a hospital, money in fen."""
    read = {name: engine.frame(select, month=period.name) for name, select in _READ.items()}
    _check_codes(scheme, read["centres"])
    tables: dict[str, list[pd.DataFrame]] = {}
    for hospital in read["ledger"]["hospital_id"].unique():
        own = {name: frame[frame["hospital_id"] == hospital].reset_index(drop=True) for name, frame in read.items()}
        for name, frame in _hospital(f"hospital {hospital}, {period.name}", scheme, **own).items():
            tables.setdefault(name, []).append(frame.assign(hospital_id=hospital))
    return tables


def _hospital(
    where: str,
    scheme: CostingScheme,
    centres: pd.DataFrame,
    ledger: pd.DataFrame,
    drivers: pd.DataFrame,
    workload: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    ledger["fen"] = to_fen(ledger.pop("amount"))
    known = ledger["cost_centre"].isin(centres["cost_centre"])
    month = _month(where, scheme, centres, ledger[known], drivers)
    weights = setting_weights(workload, month.codes, month.items, scheme)

    def parted(allocation: Allocation, scope: Scope) -> Parted:
        done = allocate(month, allocation, scope)
        clinical = received(month, done) * (month.classes == "clinical")[None, :, None]
        return done, split_settings(clinical, centres["setting"].to_numpy(), weights)

    done, parts = parted(scheme.allocation, scheme.scope)
    return {
        "allocations": allocation_rows(month.codes, month.items, done.direct, done.givings, done.flows),
        "setting_parts": rows.setting_parts(month, parts),
        "unallocated_centres": rows.unallocated(month, done, parts, ledger[~known]),
        **_alternatives(month, parted),
    }


def _alternatives(month: Month, parted: Callable[[Allocation, Scope], Parted]) -> dict[str, pd.DataFrame]:
    """What other methods and scopes would give, and for want of which drivers some cannot be computed."""
    others, missing = [], []
    for allocation, scope in _others(month.scheme):
        try:
            others.append(rows.alternative(month, parted(allocation, scope)[1], allocation, scope))
        except InputError as error:
            missing.append({"allocation": allocation, "cost_scope": scope, "reason": error.what})
    return {
        "alternative_costs": pd.concat(others or [rows.empty(rows.COLUMNS["alternative_costs"])], ignore_index=True),
        "alternatives_left_out": pd.DataFrame(missing, columns=["allocation", "cost_scope", "reason"], dtype="str"),
    }


def _others(scheme: CostingScheme) -> list[tuple[Allocation, Scope]]:
    """The other methods at the scheme's scope and the other scopes by the scheme's method."""
    methods = [(method, scheme.scope) for method in _METHODS if method != scheme.allocation]
    return methods + [(scheme.allocation, scope) for scope in SCOPES if scope != scheme.scope]


def _month(
    where: str, scheme: CostingScheme, centres: pd.DataFrame, ledger: pd.DataFrame, drivers: pd.DataFrame
) -> Month:
    items = list(codes("cost_item"))
    master = centres["cost_centre"].to_numpy()
    booked = {
        funding: rows.matrix(entries, master, items) for funding, entries in ledger.groupby("funding", dropna=False)
    }
    booked = booked or {"own": rows.matrix(ledger, master, items)}
    found = quantities(drivers, master)
    check_shares(found, scheme.share_drivers, master, where)
    return Month(scheme, master, centres["class"].to_numpy(), items, booked, found, where)


def _check_codes(scheme: CostingScheme, centres: pd.DataFrame) -> None:
    """A code that no hospital of the folder knows is a slip of the pen: its rule would silently do nothing."""
    known = set(centres["cost_centre"])
    named = {
        (f"steps.{place}.{key}", code)
        for place, step in enumerate(scheme.steps)
        for key, found in (("from_centres", step.from_centres), ("drivers", step.drivers))
        for code in found
    }
    strange = sorted((key, code) for key, code in named if code not in known)
    if strange:
        raise InputError(
            f"the costing scheme names {len(strange)} cost centre(s) that are not in the master",
            where=f"parameters/costing/{scheme.name}.yaml, checked against table cost_centres",
            rows=[f"{key}: {code}" for key, code in strange[:5]],
            mend="correct the codes in the scheme, or bring the centres in cost_centres",
        )
