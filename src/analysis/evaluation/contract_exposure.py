"""The hospital's and the insurer's result under a value contract: years simulated from the episodes of closed months.

A year: N ~ Poisson(episodes a year); true rate ~ Beta(x + 1/2, n - x + 1/2) from x readmissions of n episodes
(Jeffreys); X ~ Binomial(N, rate); costs and payments of the episodes drawn from a bootstrap sample of the closed ones
(so that both what the mean is and who comes is uncertain), those of readmissions likewise. Result of the hospital =
what it is paid less full cost of episodes and readmissions; of the insurer = what it pays.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.evaluation.value_contract import Contract, adjustment

Source = Literal["volume", "rate", "chance", "costs"]
SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True, eq=False)
class Episodes:
    """Closed episodes: cost and payment of each index stay, of each readmission, and how many come in a year."""

    cost: np.ndarray
    payment: np.ndarray
    again_cost: np.ndarray
    again_payment: np.ndarray
    a_year: float

    @property
    def rate(self) -> float:
        return len(self.again_cost) / len(self.cost)

    @property
    def mean_payment(self) -> float:
        """Payment of an episode as paid today, its readmission included."""
        return float((self.payment.sum() + self.again_payment.sum()) / len(self.cost))


@dataclass(frozen=True, eq=False)
class Years:
    """Simulated years: cases, readmitted, and money of each year."""

    cases: np.ndarray
    readmitted: np.ndarray
    cost: np.ndarray
    paid_today: np.ndarray


def simulate_years(episodes: Episodes, years: int = 4000, seed: int = 0, moving: Collection[Source] = SOURCES) -> Years:
    """Years that might come.

    Parameters
    ----------
    moving : which sources of uncertainty move; the others stand at their means.

    Raises
    ------
    InputError
        Fewer than ten episodes: too few to say anything about a year.
    """
    count, again = len(episodes.cost), len(episodes.again_cost)
    if count < 10:
        raise InputError(f"{count} closed episodes are too few for a contract", mend="take more months or more DRGs")
    random = np.random.default_rng(seed)
    cases = random.poisson(episodes.a_year, years) if "volume" in moving else np.full(years, round(episodes.a_year))
    rate = random.beta(again + 0.5, count - again + 0.5, years) if "rate" in moving else np.full(years, episodes.rate)
    back = random.binomial(cases, rate) if "chance" in moving else cases * rate
    costs = "costs" in moving
    first = _sums(random, np.column_stack([episodes.cost, episodes.payment]), cases, costs)
    second = _sums(random, np.column_stack([episodes.again_cost, episodes.again_payment]), back, costs)
    return Years(cases, back, first[:, 0] + second[:, 0], first[:, 1] + second[:, 1])


def _sums(random: np.random.Generator, values: np.ndarray, counts: np.ndarray, moving: bool) -> np.ndarray:
    """Sums of `counts` rows a year drawn from a bootstrap sample of `values`; at their mean where they do not move."""
    if not len(values):
        return np.zeros((len(counts), 2))
    if not moving:
        return counts[:, None] * values.mean(axis=0)
    whole = np.floor(counts).astype(int)
    made = np.empty((len(counts), values.shape[1]))
    for year, number in enumerate(whole):
        sample = values[random.integers(0, len(values), len(values))]
        made[year] = sample[random.integers(0, len(values), number)].sum(axis=0)
        made[year] += (counts[year] - number) * sample.mean(axis=0)
    return made


def results(contract: Contract, episodes: Episodes, years: Years) -> dict[str, pd.DataFrame]:
    """Every year under each form of the contract.

    Returns
    -------
    Frames by form, one row a year: insurer (paid), hospital (paid - cost), clause (money that the clause moved), rate.
    """
    price = (contract.price or episodes.mean_payment) * (1 - contract.discount)
    made = {}
    for name, form in contract.forms.items():
        paid = years.cases * price if form.payment == "bundle" else years.paid_today
        moved = paid * adjustment(contract.clause, form, years.readmitted, years.cases)
        made[name] = pd.DataFrame({
            "insurer": paid + moved, "hospital": paid + moved - years.cost, "clause": moved,
            "rate": years.readmitted / np.maximum(years.cases, 1),
        })  # fmt: skip
    return made


def outcomes(made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What changes from the first form to each other one, year by year on the same draws.

    Returns
    -------
    Rows of table scenario_outcomes without study: scenario, outcome (hospital_result, insurer_paid, loss, penalty,
    reward: the last three as probabilities), baseline, changed, difference, ci_low, ci_high (95 % of years; empty for
    probabilities).
    """
    names = list(made)
    first, rows = made[names[0]], []
    for name in names[1:]:
        other = made[name]
        for outcome, column in (("hospital_result", "hospital"), ("insurer_paid", "insurer")):
            gap = other[column] - first[column]
            ends = gap.quantile([0.025, 0.975])
            rows.append((name, outcome, first[column].mean(), other[column].mean(), gap.mean(), *ends))
        for outcome, column, sign in (("loss", "hospital", -1), ("penalty", "clause", -1), ("reward", "clause", 1)):
            before, after = (float((sign * frame[column] > 0).mean()) for frame in (first, other))
            rows.append((name, outcome, before, after, after - before, np.nan, np.nan))
    columns = ["scenario", "outcome", "baseline", "changed", "difference", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


def risk_sources(contract: Contract, episodes: Episodes, years: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Who carries which risk: spread of a year's result with one source of uncertainty moving alone.

    Returns
    -------
    One row a form and source (volume, rate = not knowing it, chance = who comes back, costs, all): form, source,
    hospital, insurer (standard deviations of a year's money).
    """
    rows = []
    for source in (*SOURCES, "all"):
        moving = SOURCES if source == "all" else (source,)
        made = results(contract, episodes, simulate_years(episodes, years, seed, moving))  # type: ignore[arg-type]
        rows += [(name, source, frame["hospital"].std(), frame["insurer"].std()) for name, frame in made.items()]
    return pd.DataFrame(rows, columns=["form", "source", "hospital", "insurer"])
