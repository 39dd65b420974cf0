"""Targets of indicators: parameters/targets/NAME.yaml."""

from pydantic import field_validator

from analysis.periods import Period
from analysis.settings import PeriodName, Settings
from analysis.vocabulary import codes


class Target(Settings):
    """A target in the indicator's own unit (shares as fractions), valid from a month on."""

    indicator: str
    value: float
    valid_from: PeriodName = "0001-01"
    source: str = ""

    @field_validator("indicator")
    @classmethod
    def known(cls, name: str) -> str:
        if name not in codes("indicator"):
            raise ValueError(f"unknown indicator {name!r}")
        return name


class Targets(Settings):
    targets: list[Target]

    def of(self, period: Period) -> dict[str, float]:
        """Target of each indicator in force in the period (the latest that has begun)."""
        begun = [t for t in self.targets if t.valid_from[: len(period.name)] <= period.name]
        return {t.indicator: t.value for t in sorted(begun, key=lambda t: t.valid_from)}
