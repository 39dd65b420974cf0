"""A hospital's month for allocation tests: centres, cost and drivers as small dictionaries."""

import numpy as np

from analysis.costing.hospital_allocation import Month, allocate
from analysis.costing.scheme import CostingScheme

#: Parts of a currency unit in which textbook answers are computed, so that their printed digits are exact.
FINE = 10**8
CLASSES = {"1": "clinical", "2": "technology", "3": "auxiliary", "4": "administration"}


def scheme_of(*steps: dict, **more) -> CostingScheme:
    return CostingScheme.model_validate({"name": "t", "source": "t", "steps": list(steps), **more})


def month_of(scheme, cost, drivers, classes, items=("other",), fine=FINE) -> Month:
    """`cost`: centre -> amount, or amounts by item, or {funding: amounts}; `drivers`: (driver, giver) -> quantities."""
    codes = np.array(list(cost), object)
    fundings = {f for amounts in cost.values() if isinstance(amounts, dict) for f in amounts} or {"own"}
    booked = {}
    for funding in sorted(fundings):
        mine = [a.get(funding, 0) if isinstance(a, dict) else a * (funding == "own") for a in cost.values()]
        rows = [np.broadcast_to(np.atleast_1d(np.asarray(a, float)), len(items)) for a in mine]
        booked[funding] = np.rint(np.array(rows) * fine).astype(np.int64)
    found = {key: np.array([float(q.get(code, 0)) for code in codes]) for key, q in drivers.items()}
    return Month(scheme, codes, np.array([classes[c] for c in codes], object), list(items), booked, found, "hospital H")


def full_cost(month: Month, allocation="step_down", scope="hospital_full", fine=FINE) -> dict[str, float]:
    """Full cost of every clinical centre over all items, in currency."""
    held = allocate(month, allocation, scope).held
    return {c: held[i].sum() / fine for i, c in enumerate(month.codes) if month.classes[i] == "clinical"}
