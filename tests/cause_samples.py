"""Samples of few cases, written by hand or drawn by hypothesis, for what parts a loss."""

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.samples import Sample

#: element -> group, category
CATALOGUE = {
    "stent_d": ("stent", "consumable"),
    "stent_i": ("stent", "consumable"),
    "contrast": ("contrast", "drug"),
    "saline": ("saline", "drug"),
    "ct": ("ct", "exam"),
    "ward": ("ward", "stay"),
}


@dataclass
class Case:
    """A case: element -> (quantity, cost); what they leave of `cost` is rest."""

    items: dict[str, tuple[float, float]]
    payment: float = 0.0
    stratum: str = "mild"
    physician: str = "a"
    rest: float = 0.0
    patient: str = field(default="")

    @property
    def cost(self) -> float:
        return float(sum(Decimal(str(cost)) for _, cost in self.items.values()) + Decimal(str(self.rest)))


def sample(cases: list[Case]) -> Sample:
    """Sample of these cases, rows in their order."""
    rows = [
        (place, element, *CATALOGUE[element], quantity, cost)
        for place, case in enumerate(cases)
        for element, (quantity, cost) in case.items.items()
    ]
    rows += [(place, "rest", "rest", "rest", 1.0, case.rest) for place, case in enumerate(cases) if case.rest]
    elements = pd.DataFrame(rows, columns=["case", "element", "group", "category", "quantity", "cost"])
    table = pd.DataFrame(
        {
            "stay_id": [f"s{place}" for place in range(len(cases))],
            "patient_id": [case.patient or f"p{place}" for place, case in enumerate(cases)],
            "hospital_id": "H",
            "physician_id": [case.physician for case in cases],
            "stratum": [case.stratum for case in cases],
            "payment": [case.payment for case in cases],
            "cost": [case.cost for case in cases],
        }
    )
    elements = elements.astype({"case": np.int64, "quantity": float, "cost": float})
    return Sample(table, elements, pd.DataFrame(columns=["case", "reason", "days"]))


def past(cases: list[Case], **more: object) -> Baseline:
    """A baseline estimated from these cases."""
    return Baseline("own_past", sample(cases), None, **more)


def shuffled(given: Sample, seed: int) -> Sample:
    """The same cases and elements in another order of rows."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(given.cases))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    elements = given.elements.assign(case=place[given.elements["case"].to_numpy()])
    elements = elements.iloc[draw.permutation(len(elements))].reset_index(drop=True)
    return Sample(given.cases.iloc[order].reset_index(drop=True), elements, given.waits)


_MONEY = st.integers(0, 2_000_000).map(lambda fen: fen / 100)


@st.composite
def _items(draw: st.DrawFn, refunds: bool) -> dict[str, tuple[float, float]]:
    chosen = draw(st.lists(st.sampled_from(sorted(CATALOGUE)), unique=True))
    items = {}
    for element in chosen:
        quantity, cost = float(draw(st.integers(1, 6))), draw(_MONEY)
        if refunds:
            quantity, cost = draw(
                st.sampled_from([(quantity, cost), (-quantity, -cost), (0.0, cost), (quantity, -cost)])
            )
        items[element] = (quantity, cost)
    return items


def cases(refunds: bool = False, least: int = 1) -> st.SearchStrategy[list[Case]]:
    """Cases with any of the catalogue's elements; with refunds: also negative ones, and cost without quantity."""
    one = st.builds(
        Case,
        items=_items(refunds),
        payment=_MONEY,
        stratum=st.sampled_from(["mild", "severe"]),
        physician=st.sampled_from(["a", "b", "c", "?"]),
        rest=st.sampled_from([0.0, 12.34, 500.0]),
    )
    return st.lists(one, min_size=least, max_size=6)
