"""A bundle price with an outcome clause: how it is written, and what the clause does to a year by chance alone.

parameters/contracts/NAME.yaml. The clause looks at the year's rate of unplanned readmissions: above `penalty_above` a
part of the year's bundle income is taken, below `reward_below` a part is added. `tested`: only where the rate could
not easily be on the other side (one-sided exact binomial test at 5 %).
"""

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.stats import binom

from analysis.evaluation.incentive_settings import Share
from analysis.settings import Settings
from analysis.vocabulary import Named

_LEVEL = 0.05


class Clause(Settings):
    """Outcome clause; shares of the year's bundle income."""

    penalty_above: Share = 0.10
    penalty: Share = 0.05
    reward_below: Share = 0.05
    reward: Share = 0.03

    @model_validator(mode="after")
    def in_order(self) -> "Clause":
        if self.reward_below > self.penalty_above:
            raise ValueError("reward_below must not be above penalty_above")
        return self


class Form(Named):
    """One form of contract. drg: as paid today, a readmission is paid again. bundle: one price, readmission included.

    `clause`: none; observed = the rate as counted; tested = only beyond chance.
    """

    payment: Literal["drg", "bundle"]
    clause: Literal["none", "observed", "tested"] = "none"


class Contract(Named):
    """A value contract on the stays of `drgs`. `price`: of a bundle; empty = today's mean payment of an episode.

    `days`: within which an unplanned readmission belongs to the episode. `discount`: taken off the price.
    `forms`: the first is what the others are compared with.
    """

    drgs: list[str]
    price: float | None = Field(None, gt=0)
    discount: Share = 0
    days: int = Field(30, ge=1, le=30)
    clause: Clause = Clause()
    forms: dict[str, Form]
    source: str
    assumption: str = ""


def adjustment(clause: Clause, form: Form, readmitted: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Part of the year's bundle income that the clause adds (+) or takes (-): one entry a year."""
    if form.clause == "none":
        return np.zeros(len(cases))
    rate = readmitted / np.maximum(cases, 1)
    above, below = rate > clause.penalty_above, rate < clause.reward_below
    if form.clause == "tested":
        above &= binom.sf(readmitted - 1, cases, clause.penalty_above) <= _LEVEL
        below &= binom.cdf(readmitted, cases, clause.reward_below) <= _LEVEL
    return np.where(cases > 0, clause.reward * below - clause.penalty * above, 0.0)


def by_chance(clause: Clause, form: Form, cases: int, rates: tuple[float, ...]) -> pd.DataFrame:
    """What a year of `cases` brings a hospital whose true rate of readmission is known: exact binomial, no simulation.

    Returns
    -------
    One row a true rate: rate, penalty and reward (probabilities), expected (part of the bundle income).
    """
    counts = np.arange(cases + 1)
    effect = adjustment(clause, form, counts, np.full(cases + 1, cases))
    rows = []
    for rate in rates:
        chance = binom.pmf(counts, cases, rate)
        rows.append((rate, chance[effect < 0].sum(), chance[effect > 0].sum(), float(chance @ effect)))
    return pd.DataFrame(rows, columns=["rate", "penalty", "reward", "expected"])


def least_cases(clause: Clause, rate: float, wrong: float = _LEVEL, most: int = 5000) -> int | None:
    """Cases a year from which on a hospital of a true rate below the limit is penalised no more often than `wrong`.

    The smallest n with P(X / n > penalty_above) <= wrong for n and every larger n up to `most`; X ~ Binomial(n, rate).
    None where there is none.
    """
    cases = np.arange(1, most + 1)
    chance = binom.sf(np.floor(clause.penalty_above * cases + 1e-9), cases, rate)
    last = np.flatnonzero(chance > wrong)
    if not len(last):
        return 1
    return int(cases[last[-1]] + 1) if last[-1] + 1 < most else None
