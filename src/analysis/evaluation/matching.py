"""Matching on the logit of the propensity: for every treated case the nearest control within a caliper.

Caliper 0.2 standard deviations of the logit (Austin 2011, Pharmaceutical Statistics 10(2), 150-161): beyond it a
treated case has nobody alike and stays unmatched, and the estimate is for those who have.

Without replacement (1:1, the hardest to match first): pairs are independent, so the mean of the differences within
pairs has the error of a mean of pairs (Abadie and Spiess 2022, Journal of the American Statistical Association
117(538), 983-995). On top of it surgeons: those of the treated cases + those of the controls - their crossing (Cameron,
Gelbach and Miller 2011, Journal of Business and Economic Statistics 29(2), 238-249); the larger of the two, t with the
fewest clusters - 1.
With replacement (every treated case its nearest): the bootstrap is wrong, since a draw never matches as the sample does
(Abadie and Imbens 2008, Econometrica 76(6), 1537-1557). Error by Abadie and Imbens 2006 (Econometrica 74(1), 235-267),
with the variance within like cases from each case's nearest neighbour of its own side. Both take the propensity as
known, which for the ATT may err to either side (Abadie and Imbens 2016, Econometrica 84(2), 781-807).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Matches:
    """Pairs: places of treated cases and of their controls; `logit` (n,); cases : n."""

    treated: Places
    control: Places
    logit: Floats

    @property
    def weights(self) -> Floats:
        """(n,) how often each case is in a pair."""
        count = np.bincount(np.r_[self.treated, self.control], minlength=len(self.logit))
        return count.astype(float)


def match(chance: Floats, treated: Floats, caliper: float = 0.2, *, replace: bool = False) -> Matches:
    """Pairs of treated cases and nearest controls.

    Parameters
    ----------
    chance : (n,) propensity. caliper : in standard deviations of the logit over all cases.
    replace : whether a control may stand in several pairs. Without, treated cases choose in order of falling
        propensity; ties go to the case that stands first.
    """
    held = np.clip(chance, 1e-9, 1 - 1e-9)
    logit = np.log(held / (1 - held))
    reach = caliper * logit.std(ddof=1)
    cases, others = np.flatnonzero(treated == 1), np.flatnonzero(treated == 0)
    free = np.ones(len(others), bool)
    pairs = []
    for case in cases[np.argsort(-logit[cases], kind="stable")]:
        distance = np.where(free, np.abs(logit[others] - logit[case]), np.inf)
        nearest = int(distance.argmin())
        if distance[nearest] <= reach:
            pairs.append((case, others[nearest]))
            free[nearest] = replace
    found = np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2)
    return Matches(found[:, 0], found[:, 1], logit)


def paired_effect(
    outcome: Floats, matches: Matches, surgeons: ArrayLike, unseen: float = 0.0
) -> tuple[float, float, float]:
    """Effect in the matched treated cases, without replacement: difference, interval from, to.

    Pairs in which an outcome is not known are left out. `unseen`: variance that pairs do not show (no event at all).
    """
    gap, known = _gaps(outcome, matches)
    if len(gap) < 2:
        return float("nan"), float("nan"), float("nan")
    moved = (gap - gap.mean()) / len(gap)
    names = np.asarray(surgeons, object).astype(str)
    own, other = names[matches.treated[known]], names[matches.control[known]]
    crossing = own + "|" + other
    by_surgeon = _clustered(moved, own) + _clustered(moved, other) - _clustered(moved, crossing)
    by_pair = (moved**2).sum() * len(gap) / (len(gap) - 1)
    clusters = min(len(set(own)), len(set(other))) if by_surgeon > by_pair else len(gap)
    reach = stats.t.ppf(0.975, max(clusters - 1, 1)) * np.sqrt(max(by_pair, by_surgeon) + unseen)
    return float(gap.mean()), float(gap.mean() - reach), float(gap.mean() + reach)


def _gaps(outcome: Floats, matches: Matches) -> tuple[Floats, NDArray[np.bool_]]:
    """Differences within the pairs whose outcomes are both known, and which pairs those are."""
    gap = outcome[matches.treated] - outcome[matches.control]
    known = np.isfinite(gap)
    return gap[known], known


def _clustered(moved: Floats, codes: NDArray[np.str_]) -> float:
    """Variance of a sum whose parts go together within clusters; 0 where there is one cluster only."""
    code, names = pd.factorize(codes)
    return float((np.bincount(code, moved) ** 2).sum() * len(names) / (len(names) - 1)) if len(names) > 1 else 0.0


def replaced_effect(
    outcome: Floats, treated: Floats, matches: Matches, unseen: float = 0.0
) -> tuple[float, float, float]:
    """Effect in the matched treated cases, with replacement: difference, interval from, to (Abadie and Imbens 2006).

    variance = [ sum over pairs (gap - effect)^2 + sum over controls K (K - 1) s_j^2 ] / N1^2, K = how often a control
    is used, s_j^2 = half the squared difference of its outcome and that of the control nearest to it.
    """
    gap, known = _gaps(outcome, matches)
    if len(gap) < 2:
        return float("nan"), float("nan"), float("nan")
    used = np.bincount(matches.control[known], minlength=len(outcome)).astype(float)
    spread = _conditional_variance(outcome, treated, matches.logit, np.flatnonzero(used > 1))
    again = (used[used > 1] * (used[used > 1] - 1) * spread).sum()
    error = np.sqrt((((gap - gap.mean()) ** 2).sum() + again) / len(gap) ** 2 + unseen)
    reach = stats.norm.ppf(0.975) * error
    return float(gap.mean()), float(gap.mean() - reach), float(gap.mean() + reach)


def _conditional_variance(outcome: Floats, treated: Floats, logit: Floats, places: Places) -> Floats:
    """Half the squared difference of the outcomes of each place and of its nearest neighbour on its own side."""
    found = np.zeros(len(places))
    for row, place in enumerate(places):
        own = (treated == treated[place]) & np.isfinite(outcome)
        own[place] = False
        near = np.flatnonzero(own)[np.abs(logit[own] - logit[place]).argmin()]
        found[row] = (outcome[place] - outcome[near]) ** 2 / 2
    return found
