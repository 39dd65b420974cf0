"""Where a department's full cost was booked: the allocations of a closed period walked backwards.

With d the direct cost of all centres, F the flows between them and A = F / what each giver held, what centre c ends up
with is d (I - A)^-1 e_c: origin o brings d_o x [(I - A)^-1]_oc. That holds for the chain of step-down as well as for
centres that serve one another. Source: input-output analysis (Leontief inverse), any textbook.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.closed_period import ClosedPeriods
from analysis.errors import InputError

_FLOWS = """select period, cost_item, step, from_centre, to_centre, cast(sum(amount) * 100 as bigint) as fen
    from allocations where hospital_id = $hospital group by all order by all"""
_CENTRES = """select distinct hospital_id, cost_centre from centre_costs
    where coalesce(department, cost_centre) = $department and hospital_id = coalesce($hospital, hospital_id)
    order by all"""
_TOTALS = """select period, cost_item, cast(sum(full_cost) * 100 as bigint) as fen from centre_costs
    where coalesce(department, cost_centre) = $department and hospital_id = $hospital group by all order by all"""
_NAMES = """select code as from_centre, name, name_en from names
    where hospital_id = $hospital and kind = 'cost_centre' order by all"""
#: Most fen by which flows that were rounded one by one may miss the full cost of an item before they are split anew.
_ROUNDING = 100


def trace(period: ClosedPeriods, department: str, hospital: str | None = None) -> pd.DataFrame:
    """Every yuan of a department's clinical full cost back to where it was booked.

    Parameters
    ----------
    period : of `open_period` (or `open_periods`: then over all of them). Only the closed tables allocations,
        centre_costs and names are read.
    department : code; the cost centre's code where it belongs to no department.
    hospital : needed where several hospitals of an alliance have this department.

    Returns
    -------
    hospital_id, step, from_centre, name, name_en, cost_item, amount (currency): the part that was booked as this cost
    item at this centre. step: in which the centre gives, 0 = computed in, empty = the department's own. Per cost item
    the amounts sum to the full cost (inpatient, outpatient and unallocated) to the fen.

    Raises
    ------
    InputError
        Unknown department, one of several hospitals, or tables that do not fit together.
    """
    centres = period.sql(_CENTRES, department=department, hospital=hospital)
    hospital = _only_hospital(period, department, centres)
    flows = period.sql(_FLOWS, hospital=hospital)
    totals = period.sql(_TOTALS, department=department, hospital=hospital)
    parts = []
    for (month, item), total in totals.set_index(["period", "cost_item"])["fen"].items():
        own = flows[(flows["period"] == month) & (flows["cost_item"] == item)]
        origins, fen = _origins(own, centres["cost_centre"].to_numpy(), int(total))
        parts.append(pd.DataFrame({"from_centre": origins, "cost_item": item, "fen": fen}))
    found = pd.concat(parts).groupby(["from_centre", "cost_item"], as_index=False)["fen"].sum()
    found = found[found["fen"] != 0].merge(_steps(flows), on="from_centre", how="left")
    found = found.merge(period.sql(_NAMES, hospital=hospital), on="from_centre", how="left")
    found = found.assign(hospital_id=hospital, amount=found["fen"] / 100)
    columns = ["hospital_id", "step", "from_centre", "name", "name_en", "cost_item", "amount"]
    return found.sort_values(["step", "from_centre", "cost_item"], ignore_index=True)[columns]


def _origins(flows: pd.DataFrame, centres: NDArray, total: int) -> tuple[NDArray, NDArray[np.int64]]:
    """Codes of the origins and the fen each brings to the department's centres; the fen sum to `total`."""
    codes, places = np.unique(flows[["from_centre", "to_centre"]].to_numpy(str), return_inverse=True)
    giver, receiver = places.reshape(-1, 2).T
    moved = np.zeros((len(codes), len(codes)))
    np.add.at(moved, (giver, receiver), flows["fen"].to_numpy(float))
    direct = np.diag(moved).copy()
    np.fill_diagonal(moved, 0.0)
    held = direct + moved.sum(axis=0)
    onward = np.divide(moved, held[:, None], out=np.zeros_like(moved), where=held[:, None] != 0)
    share = np.linalg.solve(np.eye(len(codes)) - onward, np.isin(codes, centres).astype(float))
    return codes, _whole(direct * share, total)


def _whole(exact: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Fen that sum to the total: each rounded down, the rest one each to the largest remainders."""
    if abs(exact.sum() - total) > _ROUNDING:
        raise InputError(
            f"allocations bring {exact.sum() / 100:.2f} where centre_costs have {total / 100:.2f}",
            where="closed tables allocations and centre_costs",
            mend="close the period again",
        )
    fen = np.floor(exact).astype(np.int64)
    brings = np.flatnonzero(exact)
    order = brings[np.argsort((fen - exact)[brings], kind="stable")]
    every, some = divmod(total - int(fen.sum()), max(len(order), 1))
    fen[order] += every + (np.arange(len(order)) < some)
    return fen


def _steps(flows: pd.DataFrame) -> pd.DataFrame:
    """from_centre, step: the first step in which a centre gives to another."""
    given = flows[flows["from_centre"] != flows["to_centre"]]
    return given.groupby("from_centre", as_index=False)["step"].min().astype({"step": "Int64"})


def _only_hospital(period: ClosedPeriods, department: str, centres: pd.DataFrame) -> str:
    hospitals = centres["hospital_id"].unique()
    if len(hospitals) == 1:
        return str(hospitals[0])
    known = period.sql("select distinct coalesce(department, cost_centre) as code from centre_costs order by code")[
        "code"
    ]
    where = f"closed table centre_costs of {period.folder / period.period.name}"
    if len(hospitals):
        what, mend = f"department {department} stands in several hospitals", f"name one: {', '.join(hospitals[:5])}"
    else:
        what, mend = f"no clinical cost of department {department}", f"departments there: {', '.join(known[:12])}"
    raise InputError(what, where=where, mend=mend)
