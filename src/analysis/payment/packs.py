"""Rate packs: how a region pays for a time (parameters/payment/NAME.yaml); a past month keeps its own pack."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from analysis.errors import InputError
from analysis.periods import Period
from analysis.settings import PeriodName, Settings, read_settings
from analysis.vocabulary import codes


class PeerMean(Settings):
    """Standard = mean cost of all hospitals' cases of a DRG and severity; of the DRG where these are too few."""

    min_cases: int = Field(5, ge=1)
    min_hospitals: int = Field(3, ge=1)


class Outliers(Settings):
    """A case below `low` or above `high` times its standard; empty = no such rule.

    Low outliers are paid what was charged. High outliers are paid the standard plus what exceeds high x standard.
    """

    low: float | None = Field(None, gt=0, lt=1)
    high: float | None = Field(None, gt=1)
    high_by_level: dict[Literal["tertiary", "secondary", "primary"], float] = {}


class RatePack(Settings):
    """How cases are paid for a time.

    `basis`: published (payment_standards.payment), weight_rate (weight x rate x coefficient) or peer_mean;
    `outside_drg`: payers that pay what was charged.
    """

    name: str
    source: str
    date: date
    assumptions: list[str]
    valid_from: PeriodName
    valid_to: PeriodName
    basis: Literal["published", "weight_rate", "peer_mean"]
    rate: float | None = Field(None, gt=0)
    peer: PeerMean = PeerMean()
    outliers: Outliers = Outliers()
    outside_drg: list[str] = []
    charges_comparable: bool = True

    @field_validator("outside_drg")
    @classmethod
    def known_payers(cls, payers: list[str]) -> list[str]:
        if strangers := sorted(set(payers) - set(codes("payer"))):
            raise ValueError(f"unknown payer(s) {', '.join(strangers)}; known: {', '.join(codes('payer'))}")
        return payers

    @model_validator(mode="after")
    def has_what_its_basis_needs(self) -> "RatePack":
        if self.basis == "weight_rate" and self.rate is None:
            raise ValueError("basis weight_rate needs a rate")
        return self

    def covers(self, period: Period) -> bool:
        return self.valid_from[: len(period.name)] <= period.name <= self.valid_to[: len(period.name)]


def pack_for(period: Period, names: list[str], folder: Path) -> RatePack:
    """The one pack among `names` that is valid in the period.

    Raises
    ------
    InputError
        None or several are valid.
    """
    packs = [read_settings(folder / f"{name}.yaml", RatePack) for name in names]
    valid = [pack for pack in packs if pack.covers(period)]
    if len(valid) != 1:
        raise InputError(
            f"{len(valid)} rate packs are valid in {period.name}, one is needed",
            where=str(folder),
            rows=[f"{pack.name}: {pack.valid_from} to {pack.valid_to}" for pack in packs],
            mend="add the pack of that time to parameters/closing, or mend valid_from / valid_to",
        )
    return valid[0]
