"""How often departments agree with a rule, and which rules have been wrong too often to go on."""

import math
from collections.abc import Iterable

import pandas as pd

from analysis.audit.reviews import CONFIRMED, standing
from analysis.audit.rules import Rule

_Z = 1.959964
#: Answers without which no rule is suspended.
LEAST_ANSWERS = 10


def rule_precision(findings: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Precision of every rule version: agreed / answered, with Wilson's 95 % interval.

    A finding is answered where its last answer is not `open`, and agreed with where that is accepted, rectified or
    verified. Findings that lack evidence claim nothing and do not count.

    Parameters
    ----------
    findings : finding_id, rule_id, rule_version, outcome.
    reviews : of `read_reviews`.

    Returns
    -------
    One row a rule version: rule_id, rule_version, findings, answered, agreed, precision, low, high (empty unanswered).
    """
    hits = findings[findings["outcome"] == "hit"].drop_duplicates("finding_id")
    status = hits["finding_id"].map(standing(reviews)["status"])
    rows = hits.assign(answered=status.notna() & (status != "open"), agreed=status.isin(CONFIRMED))
    by = rows.groupby(["rule_id", "rule_version"], sort=True)
    found = by[["answered", "agreed"]].sum().assign(findings=by.size()).reset_index()
    found["precision"] = found["agreed"] / found["answered"].where(found["answered"] > 0)
    bounds = [wilson(int(row.agreed), int(row.answered)) for row in found.itertuples()]
    found["low"], found["high"] = [low for low, _ in bounds], [high for _, high in bounds]
    return found[["rule_id", "rule_version", "findings", "answered", "agreed", "precision", "low", "high"]]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion p = hits / n; NaN of none.

    (p + z2 / 2n -+ z sqrt(p (1 - p) / n + z2 / 4n2)) / (1 + z2 / n), z2 = 1.96 squared.
    """
    if not of:
        return math.nan, math.nan
    p, z2 = hits / of, _Z**2
    middle, half = p + z2 / (2 * of), _Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of**2))
    return max(0.0, (middle - half) / (1 + z2 / of)), min(1.0, (middle + half) / (1 + z2 / of))


def suspended_rules(rules: Iterable[Rule], reviews: pd.DataFrame, findings: pd.DataFrame) -> dict[str, str]:
    """Rule versions whose precision lies below their target beyond chance.

    That is: ten answers, and the whole Wilson interval below the target. A new version of the rule starts anew.

    Parameters
    ----------
    reviews, findings : answers and findings known at the time the question is asked.

    Returns
    -------
    `ID VERSION` -> the reason, e.g. `agreed 6 of 24 (25 %, at most 45 %), target 70 %`.
    """
    targets = {(rule.id, rule.version): rule.target_precision for rule in rules if rule.target_precision}
    suspended = {}
    for row in rule_precision(findings, reviews).itertuples():
        target = targets.get((row.rule_id, row.rule_version))
        if target is not None and row.answered >= LEAST_ANSWERS and row.high < target:
            suspended[f"{row.rule_id} {row.rule_version}"] = (
                f"agreed {row.agreed} of {row.answered} ({row.precision:.0%}, at most {row.high:.0%}), "
                f"target {target:.0%}"
            )
    return suspended
