"""What a dated event during a stay (an MDT meeting) does to the rest of it.

Whoever leaves early never has a meeting: comparing stays with one to stays without credits the meeting with the days
that had to be lived to reach it (immortal time), so a meeting that does nothing seems to make stays longer.

sequential : the primary one. Every day is a trial of its own among all who are in house and have had no meeting (Hernan
    and Robins 2016, emulating a target trial; risk sets as in Li, Propert and Rosenbaum 2001): those who meet on it
    against those who never do, counted from that day on. With the chance h of meeting on a day, given the day and what
    was known on admission, a patient who never meets stands for h(d) / prod_{t = d}^{last} (1 - h(t)) of those who meet
    on day d: the odds of meeting that day, and how unlikely it was to stay without one so long. What it does:
    the mean of those who met less the weighted mean of these.
hazard : a check, of days alone: chance of leaving on a day by logistic regression on day, what was known on admission
    and whether the meeting has been; the days that this makes of the rest of those who met, with and without it.
naive : with less without, from admission on. Shown because it is wrong.

Not to be cured by any: a meeting called because of what is not in the data (a bad turn yesterday). Intervals: estimate
+- t standard errors by a bootstrap of patients, every draw fitting all anew; t by the smaller side's (effective) size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.errors import InputError
from analysis.evaluation.adjusted_means import mean_of_draws
from analysis.evaluation.weighted_models import design_matrix, fit, predict

Floats = NDArray[np.float64]
#: Slopes are held near nought as if each had been seen a little: a column that few meet on does not run away.
_RIDGE = 1.0
_EDGE = 1e-6
#: The hazard model looks so many times the longest stay ahead.
_AHEAD = 2
LEAST = 10


@dataclass(frozen=True)
class MeetingEffect:
    """effects : estimand, method, outcome, estimate, ci_low, ci_high, note (codes joined by ";": met:N, never:N,
    effective:N = Kish's size of the weighted side) · means : outcome, met and never (weighted) as compared from the
    meeting on, naive_met and naive_never as they are.
    """

    effects: pd.DataFrame
    means: pd.DataFrame


@dataclass(frozen=True)
class _Days:
    """One row a day that a patient could have met on: in house at its end, and no meeting before it."""

    stay: NDArray[np.intp]
    day: Floats
    meets: Floats
    x: Floats


def meeting_effect(
    rows: pd.DataFrame, confounders: Sequence[str], outcomes: Sequence[str], *, label: str = "ATT", seed: int = 0,
    draws: int = 400, check: bool = True,
) -> MeetingEffect:  # fmt: skip
    """Effect of a meeting on those who had one.

    Parameters
    ----------
    rows : one stay a row: patient, days (nights, at least 1), met_on (days from admission to the first meeting, NaN =
        none; one on the day of leaving or later is none), the confounders (known on admission) and outcomes (0, 1; NaN
        = not known). The outcome `stay` is days less met_on: it needs no column.
    label : of the estimand. draws : of the bootstrap. check : with the method `hazard`.

    Raises
    ------
    InputError
        Fewer than ten stays on a side.
    """
    met_on = np.where(rows["met_on"] < rows["days"], rows["met_on"], np.nan).astype(float)
    met = ~np.isnan(met_on)
    if min(met.sum(), (~met).sum()) < LEAST:
        raise InputError(f"{met.sum()} stays with a meeting and {(~met).sum()} without: too few to compare",
                         where=label, mend=f"take more months or groups: {LEAST} of each are needed")  # fmt: skip
    design = design_matrix(rows, confounders).to_numpy(float)
    days = rows["days"].to_numpy(float)
    counts = _counts(rows["patient"], seed, draws)
    side = _never_side(_at_risk(days, met_on, design), counts, days, met)
    note, size = f"met:{met.sum()};never:{(~met).sum()}", min(met.sum(), side.size)
    found, means = [], []
    for outcome in ("stay", *outcomes):
        whole = days if outcome == "stay" else rows[outcome].to_numpy(float)
        rest = days - np.where(met, met_on, 0) if outcome == "stay" else whole
        known = ~np.isnan(whole)
        with_it, without = (_mean(whole, (one & known) * counts) for one in (met, ~met))
        after = _mean(rest, (met & known) * counts)
        never = side.mean(rest, known, outcome == "stay")
        found.append(_row(label, "naive", outcome, with_it - without, note, size))
        found.append(_row(label, "sequential", outcome, after - never, f"{note};effective:{side.size:.0f}", size))
        means.append((outcome, after[0], never[0], with_it[0], without[0]))
    if check:
        found.insert(2, _row(label, "hazard", "stay", _by_hazard(days, met_on, design, counts), note, size))
    columns = ["outcome", "met", "never", "naive_met", "naive_never"]
    return MeetingEffect(pd.DataFrame(found), pd.DataFrame(means, columns=columns))


def _counts(patients: pd.Series, seed: int, draws: int) -> Floats:
    """(1 + draws, n) how often each stay is in a draw of patients; the first is the data themselves."""
    code, names = pd.factorize(patients)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return np.vstack([np.ones(len(code)), drawn[:, code]])


def _time_terms(day: Floats) -> Floats:
    """What a chance may depend on of the day, (n, 4): the day of admission, log, linear, and a bend at a week."""
    return np.column_stack([day == 0, np.log1p(day), day / 10, np.maximum(day - 7, 0) / 10])


def _at_risk(days: Floats, met_on: Floats, design: Floats) -> _Days:
    last = np.where(np.isnan(met_on), days - 1, met_on).astype(int)
    stay = np.repeat(np.arange(len(days)), last + 1)
    day = (np.arange(len(stay)) - np.repeat(np.cumsum(last + 1) - (last + 1), last + 1)).astype(float)
    x = np.column_stack([_time_terms(day), design[stay], design[stay] * np.log1p(day)[:, None]])
    return _Days(stay, day, (met_on[stay] == day).astype(float), x)


@dataclass(frozen=True)
class _Never:
    """Those who never meet, a row a day, and whom they stand for: weights (draws, rows)."""

    stay: NDArray[np.intp]
    left: Floats
    weights: Floats

    def mean(self, value: Floats, known: NDArray[np.bool_], remaining: bool) -> Floats:
        """(draws,) weighted mean of an outcome, or of the days that remain."""
        return _mean(self.left if remaining else value[self.stay], self.weights * known[self.stay])

    @property
    def size(self) -> float:
        """Effective number of stays behind the weighted side."""
        by = np.bincount(self.stay, self.weights[0])
        return float(by.sum() ** 2 / (by**2).sum())


def _never_side(risk: _Days, counts: Floats, days: Floats, met: NDArray[np.bool_]) -> _Never:
    """Weights h(d) / prod_{t >= d} (1 - h(t)) of every day of those who never meet, the largest of a draw set to 1."""
    chance = predict(risk.x, fit(risk.x, risk.meets, counts[:, risk.stay], "logit", _RIDGE), "logit")
    chance = np.clip(chance, _EDGE, 1 - _EDGE)
    rows = ~met[risk.stay]
    stay, day, chance = risk.stay[rows], risk.day[rows], chance[:, rows]
    log_without = np.cumsum(np.log1p(-chance), axis=1)
    before = np.concatenate([np.zeros((len(chance), 1)), log_without[:, :-1]], axis=1)
    last = np.searchsorted(stay, stay, side="right") - 1
    drawn = counts[:, stay]
    log_weight = np.where(drawn > 0, np.log(chance) + before - log_without[:, last], -np.inf)
    weights = drawn * np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return _Never(stay, days[stay] - day, weights)


def _by_hazard(days: Floats, met_on: Floats, design: Floats, counts: Floats) -> Floats:
    """(draws,) days of the rest of those who met, with the meeting less without, by a model of leaving."""
    stay = np.repeat(np.arange(len(days)), days.astype(int))
    day = np.arange(len(stay)) - np.repeat(np.cumsum(days.astype(int)) - days.astype(int), days.astype(int))
    after = (day >= met_on[stay]).astype(float)
    x = np.column_stack([_time_terms(day.astype(float)), after, after * np.log1p(day), design[stay]])
    model = fit(x, (day == days[stay] - 1).astype(float), counts[:, stay], "logit", _RIDGE)
    who = np.flatnonzero(~np.isnan(met_on))
    with_it, without = (_rest(met_on[who], design[who], model, flag, _AHEAD * int(days.max())) for flag in (1.0, 0.0))
    return mean_of_draws(with_it - without, counts[:, who])


def _rest(met_on: Floats, design: Floats, model: Floats, after: float, horizon: int) -> Floats:
    """(draws, who) expected days from the meeting on."""
    staying = np.ones((len(model), len(met_on)))
    total = np.zeros_like(staying)
    for step in range(horizon):
        day = met_on + step
        extra = np.column_stack([np.full(len(day), after), after * np.log1p(day)])
        total += staying
        staying = staying * (1 - predict(np.column_stack([_time_terms(day), extra, design]), model, "logit"))
    return total


def _mean(value: Floats, weights: Floats) -> Floats:
    """(draws,) weighted means; what is not known has weight 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return weights @ np.nan_to_num(value) / weights.sum(axis=1)


def _row(label: str, method: str, outcome: str, values: Floats, note: str, size: float) -> dict[str, object]:
    half = float(stats.t.ppf(0.975, size - 1) * np.nanstd(values[1:], ddof=1))
    return {"estimand": label, "method": method, "outcome": outcome, "estimate": values[0], "ci_low": values[0] - half,
            "ci_high": values[0] + half, "note": note}  # fmt: skip
