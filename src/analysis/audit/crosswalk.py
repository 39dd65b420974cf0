"""Where local items and national codes do not meet: what a national rule cannot see in this hospital."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import pandas as pd

from analysis.audit.rule_checks import codes_of
from analysis.audit.rules import Rule
from analysis.engine import Engine, sql_text


def crosswalk_report(engine: Engine, rules: Iterable[Rule] = (), day: date | None = None) -> pd.DataFrame:
    """Local items without a national code, and national codes of rules that no local item has.

    Parameters
    ----------
    engine : holds items and item_codes; a local code may carry a suffix after a hyphen (001102000030000-1).
    rules : their national codes are looked for; without rules only items are.
    day : on which codes are valid; without one, today's codes, those that are not ended.

    Returns
    -------
    gap (item_without_code, code_without_item), code, name, kind, rules (how many name the code); by gap and code.
    """
    named = Counter(code for rule in rules if rule.national for code in codes_of(rule))
    rows = pd.DataFrame(sorted(named.items()), columns=["code", "rules"]).astype({"code": "str", "rules": "int64"})
    engine.put("crosswalk_rules", rows)
    report = engine.frame(sql_text("analysis.audit", "crosswalk_gaps"), day=day or date.max)
    engine.drop("crosswalk_rules")
    return report


def crosswalk_said(report: pd.DataFrame) -> list[str]:
    """The report in two lines."""
    gaps = report["gap"].value_counts()
    return [
        f"{gaps.get('item_without_code', 0):,} local items have no national code",
        f"{gaps.get('code_without_item', 0):,} national codes of the rules are of no local item",
    ]
