"""Cases for the driver view: written out by hand, or drawn with known effects."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.driver_view import DriverEffects, driver_effects
from analysis.rootcause.item_view import decompose, item_effects
from analysis.rootcause.samples import Sample

_FACTS = {
    "period": "2023-06", "hospital_id": "H", "department": "01", "team": "A", "severity": "5", "age": 60,
    "age_band": "60-74", "sex": "F", "admission_type": "elective", "variant": "v", "payment": 10_000.0,
    "length_of_stay": 5.0, "complication": 0.0, "infection": 0.0, "died": False, "coding_flag": False, "stratum": "all",
}  # fmt: skip


def made(cases: Mapping[str, object], waits: Mapping[str, list[float]] | None = None, side: str = "a") -> Sample:
    """A sample of columns, with one element a case; physicians P0, P1, ... in turn where none are given.

    waits : reason -> days of each case.
    """
    n = len(cases["cost"])  # type: ignore[arg-type]
    names = [f"{side}{i:05d}" for i in range(n)]
    facts = _FACTS | {"stay_id": names, "patient_id": names, "physician_id": [f"P{i % 4}" for i in range(n)]}
    frame = pd.DataFrame(facts | dict(cases), index=range(n))
    elements = pd.DataFrame({"case": range(n), "element": "all", "group": "all", "category": "drug", "quantity": 1.0})
    rows = [(i, reason, day) for reason, days in (waits or {}).items() for i, day in enumerate(days) if day]
    return Sample(frame, elements.assign(cost=frame["cost"]), pd.DataFrame(rows, columns=["case", "reason", "days"]))


def drivers(
    actual: Sample, baseline: Baseline, weights: np.ndarray | None = None, cluster: str = "physician_id", **more: object
) -> DriverEffects:
    """Driver view on top of the item view, for the same weights."""
    sums, reference = decompose(actual, baseline, cluster=cluster)
    return driver_effects(actual, baseline, sums.layout, item_effects(sums, reference, weights), weights, **more)


def per_case(effects: DriverEffects, cases: int) -> dict[str, float]:
    """Money a case of each driver, as observed."""
    return {name: float(money[0]) / cases for name, money in effects.drivers.items()}


def past(sample: Sample) -> Baseline:
    return Baseline("own_past", sample, None)


def drawn(
    seed: int, cases: int = 600, physicians: int = 20, *, side: str = "a", factors: np.ndarray | None = None,
    complication: float = 0.1, wait: float = 0.4, prices: float = 1.0,
) -> Sample:  # fmt: skip
    """Cases with cost = 8,000 x severity x physician's factor x noise + 600 a day + 4,000 a complication.

    A complication brings five days, a wait (share `wait`, reason mri) two; severe cases stay two days longer.
    """
    random = np.random.default_rng(seed)
    who = random.integers(physicians, size=cases)
    severe = random.random(cases) < 0.3
    ill = random.random(cases) < complication
    waited = 2.0 * (random.random(cases) < wait)
    days = 4.0 + 2 * severe + random.poisson(2, cases) + 5 * ill + waited
    factor = np.ones(physicians) if factors is None else factors
    own = 8_000 * prices * (1 + 0.4 * severe) * factor[who] * random.gamma(16, 1 / 16, cases)
    columns = {
        "physician_id": [f"P{j:02d}" for j in who], "severity": np.where(severe, "1", "5"), "length_of_stay": days,
        "complication": ill.astype(float), "stratum": np.where(severe, "1", "5"),
        "cost": np.round(own + 600 * days + 4_000 * ill, 2), "payment": 14_000.0,
    }  # fmt: skip
    return made(columns, {"mri": list(waited)}, side)
