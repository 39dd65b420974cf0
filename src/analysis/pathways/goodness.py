"""Does a simulated pathway look like the real one: earth mover's distance, against what chance alone would give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.pathways.acts import Do
from analysis.pathways.assembling import Assembled, assemble
from analysis.pathways.course_rows import address_of
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.library import acts
from analysis.pathways.model import Pathway
from analysis.pathways.state import ARRIVED, ASKED, BEGAN, LEFT, USED, make_state

Floats = NDArray[np.float64]
#: Days of warm-up, and patients that are simulated.
WARM, PATIENTS = 180.0, 20_000
#: Fewer observations are not compared.
LEAST = 20
_SLOTS = 1 << 14


@dataclass(frozen=True)
class Likeness:
    """Earth mover's distance of two sets of durations in days, and its noise floor.

    distance : between observed and simulated · floor : median distance of random halves of the observed, scaled to
    their whole number · ratio : distance / floor; a calibrated model should stay below 1.5.
    """

    distance: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.distance / self.floor if self.floor > 0 else np.inf


@dataclass(frozen=True)
class Followed:
    """Simulated patients: days of their first stay; of each step days from admission to its start, and days waited."""

    days: Floats
    began: dict[str, Floats]
    waited: dict[str, Floats]


def likeness(observed: ArrayLike, simulated: ArrayLike, *, halves: int = 200, seed: int = 1) -> Likeness:
    """Compare durations that were observed with simulated ones.

    The floor is what two samples of the same size of one population differ by: halves of n/2 differ sqrt(2) times as
    much as samples of n, so their median distance is divided by sqrt(2).
    """
    real, made = np.asarray(observed, float), np.asarray(simulated, float)
    rng = np.random.default_rng(seed)
    apart = []
    for _ in range(halves):
        shuffled = rng.permutation(real)
        apart.append(stats.wasserstein_distance(shuffled[: len(real) // 2], shuffled[len(real) // 2 :]))
    return Likeness(float(stats.wasserstein_distance(real, made)), float(np.median(apart) / np.sqrt(2)))


def goodness(
    pathway: Pathway, days: Sequence[float], began: Mapping[str, Sequence[float]], *, seed: int = 0
) -> pd.DataFrame:
    """Likeness of a simulated pathway: `cycle_time` (days of a stay), and when each step began after admission.

    Returns
    -------
    what, distance, noise_floor, ratio, cases, mean, simulated_mean (days).
    """
    made = follow(pathway, seed=seed)
    pairs = {"cycle_time": (days, made.days)} | {
        step: (of, made.began[step]) for step, of in began.items() if len(of) >= LEAST and len(made.began.get(step, ()))
    }
    rows = []
    for what, (real, simulated) in pairs.items():
        alike = likeness(real, simulated, seed=seed)
        rows.append((what, alike.distance, alike.floor, alike.ratio, len(real), np.mean(real), np.mean(simulated)))
    columns = ["what", "distance", "noise_floor", "ratio", "cases", "mean", "simulated_mean"]
    return pd.DataFrame(rows, columns=columns)


def follow(pathway: Pathway, *, seed: int = 0, patients: int = PATIENTS) -> Followed:
    """Simulate about so many patients of a pathway in one run, and tell what happened to each."""
    built = assemble([pathway])
    horizon = WARM + patients / (pathway.arrivals.a_day if pathway.arrivals else 1.0)
    log = logged(built, key_of(seed, 0), WARM, horizon)
    return followed(log[log["who"] == 0], built, pathway, WARM)


def logged(built: Assembled, key: np.uint64, warm: float, horizon: float) -> np.ndarray:
    """The log of one run: run twice, first to learn how long it is."""
    lines = 1
    for _ in range(2):
        state = make_state(built.program, _SLOTS, len(built.categories), log=lines)
        run(built.program, state, key, warm, horizon)
        lines = int(state.house[0].logged)
    return np.asarray(state.log)


def followed(log: np.ndarray, built: Assembled, pathway: Pathway, warm: float) -> Followed:
    """Patients who came behind the warm-up and whose first stay has ended; of each its first stay."""
    lines = pd.DataFrame(log)
    came = lines[lines["what"] == ARRIVED].groupby("number")["time"].first()
    left = lines[lines["what"] == LEFT].groupby("number")["time"].first()
    came = came[(came >= warm) & came.index.isin(left.index)]
    left = left[came.index]
    lines = lines[lines["number"].isin(came.index)]
    lines = lines[lines["time"].to_numpy() <= left[lines["number"]].to_numpy()]
    began, waited = {}, {}
    for act in acts(pathway.course):
        if isinstance(act, Do) and address_of(act.do) in built.steps:
            own = lines[lines["step"] == address_of(act.do)]
            by_kind = {
                kind: own[own["what"] == kind].groupby("number")["time"].first() for kind in (ASKED, BEGAN, USED)
            }
            start = by_kind[BEGAN] if len(by_kind[BEGAN]) else by_kind[USED]
            began[act.do] = (start - came[start.index]).to_numpy()
            waited[act.do] = (by_kind[BEGAN] - by_kind[ASKED]).to_numpy()
    return Followed((left - came).to_numpy(), began, waited)
