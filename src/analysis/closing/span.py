"""From when to when the data reach, and which periods must be closed in order."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import Hospital
from analysis.periods import Period

_NEVER = datetime(9999, 1, 1)


@dataclass(frozen=True)
class Span:
    """First and last period with data; months that have a ledger; from when charges and accounts are complete."""

    first: Period
    last: Period
    ledger: frozenset[str]
    charges_from: datetime
    accounts_from: datetime

    def chain(self, wanted: list[Period]) -> list[Period]:
        """All periods from the first of the data to the last that is wanted."""
        for period in wanted:
            if period.is_year != self.first.is_year or not self.first <= period <= self.last:
                raise InputError(
                    f"no data for {period.name}",
                    mend=f"the data reach from {self.first.name} to {self.last.name}; ask for a period among them",
                )
        end = max(wanted, default=self.last)
        periods = [self.first]
        while periods[-1] < end:
            periods.append(periods[-1].next)
        return periods

    def has_ledger(self, period: Period) -> bool:
        return period.name in self.ledger

    def check_ledger(self, period: Period) -> None:
        """A month after the accounts began that has no ledger cannot be closed."""
        if not self.ledger or self.has_ledger(period) or period.name < min(self.ledger):
            return
        raise InputError(
            f"month without ledger: {period.name}",
            where="table ledger, column month",
            rows=[f"ledger has {min(self.ledger)} to {max(self.ledger)}, {len(self.ledger)} months"],
            mend=f"bring the ledger of {period.name} and import again; later months cannot be closed before",
        )


def span_of(engine: Engine, hospital: Hospital) -> Span:
    """Read the reach of the data.

    Raises
    ------
    InputError
        No stay is discharged.
    """
    cut = 4 if hospital.card.date_precision == "year" else 7
    reach = engine.frame(
        """select strftime(min(discharged_at), '%Y-%m') as first, strftime(max(discharged_at), '%Y-%m') as last
        from stays where discharged_at is not null"""
    ).iloc[0]
    if pd.isna(reach["first"]):
        raise InputError("no discharged stay", where=str(hospital.folder / "stays.parquet"), mend="import discharges")
    ledger = frozenset(engine.frame("select distinct month from ledger")["month"])
    charges = [file.stem for file in hospital.files("charges")]
    if cut == 4 and ledger:
        raise InputError(
            "a monthly ledger in a folder whose dates are known by year only",
            where=f"{hospital.folder / 'source.yaml'}, date_precision; table ledger, column month",
            rows=[f"ledger has {min(ledger)} to {max(ledger)}"],
            mend="bring discharges with their months (date_precision: month), or leave the accounts out",
        )
    if ledger:
        _refuse_gap(engine, hospital)
    first = min([reach["first"][:cut], *(month[:cut] for month in ledger)])
    return Span(
        Period(first),
        Period(max([reach["last"][:cut], *(month[:cut] for month in ledger)])),
        ledger,
        max(Period(min(charges)).start, Period(first).start) if charges else _NEVER,
        Period(min(ledger)).start if ledger else _NEVER,
    )


def _refuse_gap(engine: Engine, hospital: Hospital) -> None:
    """A hospital that keeps accounts does not stand empty for years: one mistyped year would close all between."""
    gap = engine.frame(
        """select strftime(discharged_at, '%Y-%m') as month, stay_id,
            lag(strftime(discharged_at, '%Y-%m')) over (order by discharged_at, stay_id) as before,
            lag(stay_id) over (order by discharged_at, stay_id) as stay_before
        from stays where discharged_at is not null
        qualify discharged_at > lag(discharged_at) over (order by discharged_at, stay_id) + interval 24 month
        order by month, stay_id limit 3"""
    )
    if len(gap):
        raise InputError(
            "no discharge for more than two years: a mistyped year?",
            where=f"{hospital.folder / 'stays.parquet'}, column discharged_at",
            rows=[
                f"{row.before} (stay {row.stay_before}), then {row.month} (stay {row.stay_id})"
                for row in gap.itertuples()
            ],
            mend="correct the discharge, or leave out what lies before or after the gap, and import again",
        )
