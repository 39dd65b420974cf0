"""Cost scopes: which of the booked cost is allocated.

Source: national cost-accounting norm for public hospitals (2021), as retold in docs/architecture.md. The norm speaks of
government-funded depreciation and amortisation; here whatever the ledger books under a funding follows that funding.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.costing.scheme import Scope

SCOPES: tuple[Scope, ...] = ("medical_business", "medical", "medical_full", "hospital_full")
#: scope -> fundings it holds; None = whatever is booked.
_FUNDINGS: dict[Scope, frozenset[str] | None] = {
    "medical_business": frozenset({"own"}),
    "medical": frozenset({"own"}),
    "medical_full": frozenset({"own", "government"}),
    "hospital_full": None,
}


def holds_administration(scope: Scope) -> bool:
    """Whether the scope holds the cost of administration; medical business cost does not."""
    return scope != "medical_business"


def booked_within(booked: Mapping[str, NDArray[np.int64]], scope: Scope) -> NDArray[np.int64]:
    """(centres, items) cost of the fundings that a scope holds.

    Parameters
    ----------
    booked : (centres, items) by funding.
    """
    fundings = _FUNDINGS[scope]
    nothing = np.zeros_like(next(iter(booked.values())))
    return sum((cost for funding, cost in booked.items() if fundings is None or funding in fundings), nothing)
