"""Which rule invites gaming: behaviours as counterfactual changes of the cases, and what every rule pays for each."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.evaluation.incentive_rules import HARMS, SUMS, books, pay
from analysis.evaluation.incentive_settings import Behaviour, Conduct, Incentives


def gaming(cases: pd.DataFrame, denied: pd.DataFrame, bonuses: pd.DataFrame, settings: Incentives) -> pd.DataFrame:
    """What each behaviour would have brought every department by each rule, had it done it all year.

    Parameters
    ----------
    cases, denied, bonuses : as incentive_rules.books takes them.

    Returns
    -------
    One row a behaviour and rule: behaviour, rule, affected (cases changed), gain (sum over departments of the rule's
    amount with the behaviour less without), per_hundred (gain for 100 cases changed), winners (departments that gain).
    """
    before = books(cases, denied, bonuses)
    rules = {name: rule for name, rule in settings.rules.items() if rule.kind != "technique"}
    paid = {name: pay(rule, before, settings).set_index("unit")["amount"] for name, rule in rules.items()}
    made = []
    for name, behaviour in settings.behaviours.items():
        touched = chosen(cases, behaviour)
        changed = _CHANGES[behaviour.conduct](cases, touched, behaviour)
        after = books(changed, denied, bonuses)
        for rule_name, rule in rules.items():
            gain = pay(rule, after, settings).set_index("unit")["amount"] - paid[rule_name]
            hundreds = max(int(touched.sum()), 1) / 100
            made.append(
                (name, rule_name, int(touched.sum()), gain.sum(), gain.sum() / hundreds, int((gain > 0.5).sum()))
            )
    columns = ["behaviour", "rule", "affected", "gain", "per_hundred", "winners"]
    return pd.DataFrame(made, columns=columns)


def chosen(cases: pd.DataFrame, behaviour: Behaviour) -> np.ndarray:
    """Cases that a behaviour touches: `share` of each unit's cases, evenly spread.

    Cost is put off only where it pays: from months that lose (payment margin) into the next, if that one earns.
    """
    rank = cases.groupby("unit")["stay_id"].rank(method="first").to_numpy()
    even = np.floor(rank * behaviour.share + 1e-9) > np.floor((rank - 1) * behaviour.share + 1e-9)
    return even & _bears_later(cases) if behaviour.conduct == "postpone_cost" else even


def _bears_later(cases: pd.DataFrame) -> np.ndarray:
    """True for cases of a unit's month that loses before one that earns."""
    months = cases.groupby(["unit", "month"])["payment_margin"].sum().unstack("month").sort_index(axis=1)
    later = (months < 0) & (months.shift(-1, axis=1) > 0)
    return later.stack().reindex(pd.MultiIndex.from_frame(cases[["unit", "month"]]), fill_value=False).to_numpy()


def _early_discharge(cases: pd.DataFrame, touched: np.ndarray, how: Behaviour) -> pd.DataFrame:
    """Home `days` earlier: `day_cost` of a mean day's cost is saved for each; some come back and are paid again."""
    days = np.minimum(how.days, (cases["length_of_stay"] - 1).clip(lower=0)) * touched
    saved = how.day_cost * days / cases["length_of_stay"].clip(lower=1)
    back = how.readmissions * (days > 0)
    made = cases.copy()
    charge = cases["payment"] - cases["payment_margin"]
    made["cost"] = cases["cost"] * (1 - saved + back)
    made["payment_margin"] = cases["payment"] * (1 + back) - charge * (1 - saved + back)
    for name in ("payment", "costed_payment", "claimed", "cases"):
        made[name] = cases[name] * (1 + back)
    made["observed_readmission"] = np.minimum(cases["observed_readmission"] + back, 1 + back)
    for harm in HARMS:
        made[f"expected_{harm}"] = cases[f"expected_{harm}"] * (1 + back)
    return made


def _upcoding(cases: pd.DataFrame, touched: np.ndarray, how: Behaviour) -> pd.DataFrame:
    """Paid `income` more for the same care."""
    return _paid_more(cases, how.income * touched)


def _mild_cases(cases: pd.DataFrame, touched: np.ndarray, how: Behaviour) -> pd.DataFrame:
    """The cases dearest for their income are sent elsewhere: as many as `touched`."""
    dear = (cases["cost"] / cases["costed_payment"].where(cases["costed_payment"] > 0)).fillna(0)
    rank = dear.groupby(cases["unit"]).rank(method="first", ascending=False)
    gone = rank.to_numpy() <= pd.Series(touched).groupby(cases["unit"]).transform("sum").to_numpy()
    made = cases.copy()
    made[SUMS] = made[SUMS].mul(~gone, axis=0)
    return made


def _split_stays(cases: pd.DataFrame, touched: np.ndarray, how: Behaviour) -> pd.DataFrame:
    """One stay made two, each paid in full; `cost` more for the second admission, which is planned."""
    made = _paid_more(cases, 1.0 * touched)
    more = how.cost * touched
    made["payment_margin"] -= (cases["payment"] - cases["payment_margin"]) * more
    made["cost"] = cases["cost"] * (1 + more)
    made["cases"] = cases["cases"] * (1 + touched)
    for harm in HARMS:
        made[f"expected_{harm}"] = cases[f"expected_{harm}"] * (1 + touched)
    return made


def _shift_to_patient(cases: pd.DataFrame, touched: np.ndarray, how: Behaviour) -> pd.DataFrame:
    """Drugs and material bought outside by the patient: `cost` of the stay's charges and cost is on no bill."""
    made, less = cases.copy(), how.cost * touched
    made["payment_margin"] += (cases["payment"] - cases["payment_margin"]) * less
    made["cost"] = cases["cost"] * (1 - less)
    return made


def _postpone_cost(cases: pd.DataFrame, touched: np.ndarray, how: Behaviour) -> pd.DataFrame:
    """`cost` of what these cases take is booked in the month after; the year as a whole stays the same."""
    moved = how.cost * touched
    made, later = cases.copy(), cases[touched].copy()
    charge = cases["payment"] - cases["payment_margin"]
    made["cost"], made["payment_margin"] = cases["cost"] * (1 - moved), cases["payment_margin"] + charge * moved
    later[SUMS] = 0.0
    later["cost"], later["payment_margin"] = cases.loc[touched, "cost"] * how.cost, -charge[touched] * how.cost
    later["month"] = [f"{month[:5]}{int(month[5:]) + 1:02d}" for month in later["month"]]
    return pd.concat([made, later], ignore_index=True)


def _paid_more(cases: pd.DataFrame, more: np.ndarray) -> pd.DataFrame:
    made = cases.copy()
    made["payment_margin"] = cases["payment_margin"] + cases["payment"] * more
    for name in ("payment", "costed_payment", "claimed"):
        made[name] = cases[name] * (1 + more)
    return made


_CHANGES: dict[Conduct, Callable[[pd.DataFrame, np.ndarray, Behaviour], pd.DataFrame]] = {
    "early_discharge": _early_discharge,
    "upcoding": _upcoding,
    "mild_cases": _mild_cases,
    "split_stays": _split_stays,
    "shift_to_patient": _shift_to_patient,
    "postpone_cost": _postpone_cost,
}
