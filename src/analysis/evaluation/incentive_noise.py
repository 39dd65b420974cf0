"""How much of what a rule pays is chance: the cases of the year drawn again."""

import numpy as np
import pandas as pd

from analysis.evaluation.incentive_rules import HARMS, SUMS, pay
from analysis.evaluation.incentive_settings import Incentives


def redrawn(
    cases: pd.DataFrame,
    denied: pd.DataFrame,
    bonuses: pd.DataFrame,
    prior: float = 5,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Books of the same departments in years that might have been: a Poisson bootstrap of cases and denials.

    Each case (and each denial) counts Poisson(1) times a draw: who came varies as chance varies it; unit costs, prices
    and practice stay. Harms are drawn anew, Poisson((observed + prior) / (expected + prior) x expected of the draw): a
    department that happened to have none could have had some.

    Parameters
    ----------
    cases, denied, bonuses : as incentive_rules.books takes them.

    Returns
    -------
    Rows as of incentive_rules.books with column `draw`; `unit` is unique over draws ("03 17"), `subject` is the unit.
    """
    frame = bonuses.groupby(["unit", "month"], as_index=False)["bonus"].sum()
    place = pd.Series(frame.index, index=pd.MultiIndex.from_frame(frame[["unit", "month"]]))
    random = np.random.default_rng(seed)
    sums = _sums(cases, SUMS, place, draws, random)
    lost = _sums(denied, ["denied"], place, draws, random)
    wide = pd.concat([frame] * draws, ignore_index=True)
    wide["draw"] = np.repeat(np.arange(draws), len(frame))
    for number, name in enumerate(SUMS):
        wide[name] = sums[:, number].ravel()
    wide["denied"] = lost[:, 0].ravel()
    for harm in HARMS:
        names = [f"observed_{harm}", f"expected_{harm}"]
        year = cases.groupby("unit")[names].sum() + max(prior, 0.5)
        rate = wide["unit"].map(year[names[0]] / year[names[1]]).fillna(1.0)
        wide[names[0]] = random.poisson(rate * wide[names[1]]).astype(float)
    return wide.assign(subject=wide["unit"], unit=wide["unit"] + " " + wide["draw"].astype(str))


def _sums(
    rows: pd.DataFrame, names: list[str], place: pd.Series, draws: int, random: np.random.Generator
) -> np.ndarray:
    """Sums over rows drawn again: draws x names x places."""
    where = place.reindex(pd.MultiIndex.from_frame(rows[["unit", "month"]])).to_numpy()
    known = ~np.isnan(where.astype(float))
    values, bins = rows.loc[known, names].to_numpy(float), where[known].astype(int)
    made = np.zeros((draws, len(names), len(place)))
    for draw in range(draws):
        times = random.poisson(1, len(values))
        for number in range(len(names)):
            made[draw, number] = np.bincount(bins, values[:, number] * times, len(place))
    return made


def noise(books: pd.DataFrame, drawn: pd.DataFrame, settings: Incentives) -> pd.DataFrame:
    """Chance in each rule's payment.

    With a = amount / bonus of the unit: share = mean over units of the variance of a over draws / variance of a between
    units (at most 1): the part of what tells departments apart that another draw of the same patients would change.
    Units without cases or bonus are left out of it.

    Parameters
    ----------
    books : the year as it was. drawn : of `redrawn`.

    Returns
    -------
    One row a rule and unit: rule, unit, amount, ci_low, ci_high (95 % of draws), noise (the rule's share; empty where
    all units get the same).
    """
    made, cases = [], books.groupby("unit")["cases"].sum()
    for name, rule in settings.rules.items():
        if rule.kind == "technique":
            continue
        paid = pay(rule, books, settings)
        again = pay(rule, drawn, settings).merge(drawn[["unit", "subject"]].drop_duplicates(), on="unit")
        ends = again.groupby("subject")["amount"].quantile([0.025, 0.975]).unstack().reindex(paid["unit"])
        counted = paid[(paid["bonus"] > 0) & (paid["unit"].map(cases) > 0)]
        between = float((counted["amount"] / counted["bonus"]).var(ddof=1))
        inside = (again["amount"] / again["bonus"]).groupby(again["subject"]).var(ddof=1).reindex(counted["unit"])
        share = min(float(inside.mean()) / between, 1.0) if between > 0 else np.nan
        made.append(paid[["unit", "amount"]].assign(
            rule=name, ci_low=ends[0.025].to_numpy(), ci_high=ends[0.975].to_numpy(), noise=share))  # fmt: skip
    return pd.concat(made, ignore_index=True)[["rule", "unit", "amount", "ci_low", "ci_high", "noise"]]


def at_break_even(drawn: pd.DataFrame, settings: Incentives) -> pd.Series:
    """What each rule on margins would pay or take in all if every unit broke even in every month: chance alone.

    Margins of the drawn years less their mean over draws, unit by unit and month by month; a rule that takes the whole
    of a deficit and returns half of a surplus takes on average a quarter of E|margin|.

    Returns
    -------
    Sum over units of the mean amount within floor and cap, by rule; rules that do not look at margins are left out.
    """
    place = [drawn["subject"], drawn["month"]]
    charged = drawn["payment_margin"] - drawn["payment_margin"].groupby(place).transform("mean")
    margin = drawn["costed_payment"] - drawn["cost"]
    costed = margin - margin.groupby(place).transform("mean")
    even = drawn.assign(payment_margin=charged, cost=drawn["costed_payment"] - costed)
    draws = drawn["draw"].nunique()
    rules = {name: rule for name, rule in settings.rules.items() if rule.kind == "margin"}
    return pd.Series({name: pay(rule, even, settings)["amount"].sum() / draws for name, rule in rules.items()})
