"""What a period takes from closed periods before it: the cases of the calendar year before."""

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
    empty = period_tables()["cases"].arrow_schema().empty_table()
    months = [first]
    while months[-1].next < period:
        months.append(months[-1].next)
    wanted = [month for month in months if month.year == period.year - 1]
    return pa.concat_tables([empty, *(pq.read_table(sound_table(folder, month, "cases")) for month in wanted)])
