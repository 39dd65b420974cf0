"""Which rules do not run in a period, because departments disagreed with them too often before it began.

A month that is closed for the first time asks the answers dated before its first day. What it found is written in its
closed.json and holds for it ever after: answers that come later never change a closed month.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis.audit.precision import suspended_rules
from analysis.audit.rules import Rule
from analysis.closing.history import closed_rows, months_before
from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.periods import Period

#: Months of findings that are looked at.
_MONTHS = 24
_COLUMNS = ["finding_id", "rule_id", "rule_version", "outcome"]


def suspended_in(
    engine: Engine, folder: Path, first: Period, period: Period, rules: tuple[Rule, ...], card: Mapping[str, Any] | None
) -> dict[str, str]:
    """`ID VERSION` of the rules suspended in a period, with the reason.

    Parameters
    ----------
    engine : holds the contract table reviews.
    folder : outputs/NAME; every period from `first` to the one before `period` is closed there.
    card : closed.json of the period where it was closed before.
    """
    if card is not None:
        return dict(card.get("suspended", {}))
    asked = [rule for rule in rules if rule.target_precision]
    select = "select * from reviews r where r.kind = 'finding' and r.at < $start_at"
    answers = engine.frame(select, start_at=period.start)
    if not asked or answers.empty or period == first:
        return {}
    return suspended_rules(asked, answers, _findings(folder, first, period))


def _findings(folder: Path, first: Period, period: Period) -> pd.DataFrame:
    empty = period_tables()["findings"].arrow_schema().empty_table().select(_COLUMNS)
    late = months_before(first, period)[-_MONTHS:]
    return pa.concat_tables([empty, *(closed_rows(folder, month, "findings", _COLUMNS) for month in late)]).to_pandas()
