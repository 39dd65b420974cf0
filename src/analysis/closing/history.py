"""What a period takes from the closed periods before it."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.closed_period import sound_table
from analysis.contract import period_tables
from analysis.periods import Period


def cases_of_year_before(folder: Path, first: Period, period: Period) -> pa.Table:
    """Closed cases of the calendar year before a period; no row in the first year.

    Parameters
    ----------
    folder : outputs/NAME; every period from `first` to the one before `period` is closed there.
    first : where the data begin.
    """
    wanted = [month for month in months_before(first, period) if month.year == period.year - 1]
    empty = period_tables()["cases"].arrow_schema().empty_table()
    return pa.concat_tables([empty, *(closed_rows(folder, month, "cases") for month in wanted)])


def months_before(first: Period, period: Period) -> list[Period]:
    """The periods from `first` on that lie before `period`; none where it is the first."""
    months = []
    while first < period:
        months.append(first)
        first = first.next
    return months


def closed_rows(folder: Path, month: Period, table: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows of a closed table; of the columns named, else of all."""
    return pq.read_table(sound_table(folder, month, table), columns=list(columns) if columns else None)
