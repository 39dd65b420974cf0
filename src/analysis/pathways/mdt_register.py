"""The register of MDT meetings: who should have had one by the criteria, who had one, and how often by department.

Criteria (either is enough): two or more systems ill on admission; an expected stay of more than 30 % over the standard.
Who should have had one follows from what was known on admission; how long the stay became does not count.
"""

from datetime import datetime

import numpy as np
import pandas as pd

from analysis.engine import Engine
from analysis.pathways.variance import wilson
from analysis.settings import Settings

_SQL = "analysis.pathways"
_FLAGS = ("complication", "readmission")


class Criteria(Settings):
    """When a meeting should be called.

    systems : so many chapters of ICD-10 with a diagnosis on admission · mild : beginnings of codes that make no system
    ill by themselves · over : expected stay over the standard (0.3 = 30 %) · drgs : beginnings of the groups for which
    meetings are held at all; empty = all.
    """

    systems: int = 2
    mild: tuple[str, ...] = ("I10", "E78", "K29.5", "K76.0", "M81", "N40", "E04", "E55")
    over: float = 0.3
    drgs: tuple[str, ...] = ()


def mdt_register(engine: Engine, start: datetime, end: datetime, criteria: Criteria | None = None) -> pd.DataFrame:
    """Stays discharged from `start` on and before `end`, with criteria and meeting.

    Parameters
    ----------
    engine : sees stays, diagnoses, mdt, payment_standards, outcomes.

    Returns
    -------
    One row a stay: stay_id, patient_id, hospital_id, department, drg_code, age, sex, emergency, admitted_at,
    discharged_at, days, systems, expected_days, standard_days, by_systems, by_expected, wanted (any of the two), met_on
    (days from admission to the first meeting, NaN = none), days_to_meeting (from request), criterion, complication and
    readmission (unplanned within 30 days; 0, 1, NaN = not known).
    """
    criteria = criteria or Criteria()
    engine.make(
        _SQL, "mdt_register", start_at=start, end_at=end, mild=list(criteria.mild), systems=criteria.systems,
        over=criteria.over,
    )  # fmt: skip
    rows = engine.frame("select * from mdt_register order by stay_id")
    if criteria.drgs:
        rows = rows[rows["drg_code"].fillna("").str.startswith(criteria.drgs)].reset_index(drop=True)
    known = {name: rows[name].astype(object).map({True: 1.0, False: 0.0}).astype(float) for name in _FLAGS}
    return rows.assign(wanted=rows["by_systems"] | rows["by_expected"], **known)


def meeting_rates(register: pd.DataFrame, by: str = "department") -> pd.DataFrame:
    """How many of those who should have had a meeting had one.

    Returns
    -------
    One row a department (or drg_code): stays, wanted, held (of the wanted), rate, ci_low, ci_high (Wilson, 95 %; NaN
    where nobody should have), beside (meetings of stays that met no criterion); the largest number wanted first.
    """
    held = register["met_on"].notna()
    rows = register.assign(held=held & register["wanted"], beside=held & ~register["wanted"], stays=1)
    found = rows.groupby(by)[["stays", "wanted", "held", "beside"]].sum()
    low, high = wilson(found["held"], found["wanted"].where(found["wanted"] > 0))
    rate = found["held"] / found["wanted"].replace(0, np.nan)
    found = found.assign(rate=rate, ci_low=low, ci_high=high).reset_index()
    return found.sort_values(["wanted", by], ascending=[False, True], ignore_index=True)
