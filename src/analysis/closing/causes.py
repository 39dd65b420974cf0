"""Causes of the DRGs that overspend: the last table of a period, made from its own tables and the months before."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from analysis.closed_period import ClosedPeriods, Unwritten
from analysis.closing.history import months_before
from analysis.closing.parameters import Parameters
from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.periods import Period
from analysis.rootcause.monthly import causes_of_month


def causes_table(
    engine: Engine,
    parameters: Parameters,
    folder: Path,
    first: Period,
    period: Period,
    tables: Mapping[str, pa.Table],
    card: Mapping[str, Any],
) -> pa.Table:
    """Closed table `causes`; empty where the closing settings name no root-cause settings.

    Parameters
    ----------
    folder : outputs/NAME; every period from `first` to the one before `period` is closed there.
    tables : of the period, as they will be written.
    card : what its closed.json will say.
    """
    schema = period_tables()["causes"].arrow_schema()
    if not parameters.settings.rootcause:
        return schema.empty_table()
    month = ClosedPeriods(folder, (period,), Unwritten(period, tables, card))
    rows = causes_of_month(month, months_before(first, period), parameters.rootcause)
    engine.put("causes_closed", pa.Table.from_pandas(rows, schema, preserve_index=False))
    return engine.shaped(period_tables()["causes"], "causes_closed")
