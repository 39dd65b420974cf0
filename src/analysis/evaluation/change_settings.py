"""parameters/studies/changes/NAME.yaml: a change that some departments began before others, and what threatens it."""

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from analysis.periods import Period
from analysis.settings import PeriodName, read_settings
from analysis.vocabulary import Named

OutcomeName = Literal[
    "charge", "cost", "drug_share", "consumable_share", "stay", "denial_rate", "readmission", "complication"
]


class Threat(Named):
    """One thing that could explain the effect instead, and what is estimated again to see how far.

    Empty = as in the study. `drgs`, `departments` (of the others), `months`: left out. `base`, `late`: first and last
    month of before and after. `as_charged`: prices not held constant. `unadjusted`: case mix not adjusted.
    """

    id: str
    why_zh: str
    why_en: str
    drgs: list[str] = []
    departments: list[str] = []
    months: list[PeriodName] = []
    base: tuple[PeriodName, PeriodName] | None = None
    late: tuple[PeriodName, PeriodName] | None = None
    as_charged: bool = False
    unadjusted: bool = False

    @model_validator(mode="after")
    def changes_something(self) -> "Threat":
        if not self.model_fields_set - {"id", "zh", "en", "why_zh", "why_en"}:
            raise ValueError(f"{self.id}: say what is to be estimated otherwise")
        return self


class ConstantPrices(Named):
    """Items whose price changed for reasons outside: all months are valued at the prices of the months after."""

    items: list[str]


class ChangeStudy(Named):
    """Who began, when, until when others had not; outcomes, `main` the one asked for first; threats in order.

    `also_zh`, `also_en`: what else happened in these months and cannot be taken out.
    """

    id: str
    treated: list[str]
    starts: PeriodName
    leak_from: PeriodName | None = None
    others_start: PeriodName | None = None
    main: OutcomeName = "charge"
    outcomes: list[OutcomeName]
    constant_prices: ConstantPrices | None = None
    threats: list[Threat] = []
    also_zh: str = ""
    also_en: str = ""

    @model_validator(mode="after")
    def in_order(self) -> "ChangeStudy":
        dates = [date for date in (self.leak_from, self.starts, self.others_start) if date]
        if dates != sorted(set(dates)):
            raise ValueError("leak_from, starts, others_start: each later than the one before")
        if self.main not in self.outcomes:
            raise ValueError(f"main: {self.main} is none of the outcomes")
        ids = [threat.id for threat in self.threats]
        if len(set(ids)) < len(ids):
            raise ValueError("threats: each needs an id of its own")
        return self

    @property
    def last_before(self) -> Period:
        """The last month that counts as before."""
        return Period(self.leak_from or self.starts).previous


def read_change(folder: Path, name: str) -> ChangeStudy:
    """Read parameters/studies/changes/NAME.yaml; InputError where it is none."""
    return read_settings(folder / "studies" / "changes" / f"{name}.yaml", ChangeStudy)
