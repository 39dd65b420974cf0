"""The year that incentive rules are tried on: the last calendar year whose margins are settled, and its books."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.evaluation.gaming import gaming
from analysis.evaluation.incentive_noise import at_break_even, noise, redrawn
from analysis.evaluation.incentive_rules import books, prepared
from analysis.evaluation.incentive_settings import Incentives, Rule
from analysis.periods import Period
from analysis.settings import parameters_folder, read_settings
from analysis.studies.report import Report

_SEED, _DRAWS = 20, 200


@dataclass(frozen=True, eq=False)
class IncentiveYear:
    """A settled year: cases as rules see them, denials, bonuses.

    `left_out`: cases still provisional that were left out (settled after the turn of the year).
    """

    year: int
    settings: Incentives
    cases: pd.DataFrame
    denied: pd.DataFrame
    bonuses: pd.DataFrame
    left_out: int

    @property
    def rules(self) -> dict[str, Rule]:
        """Rules that are paid from books, in the file's order."""
        return {name: rule for name, rule in self.settings.rules.items() if rule.kind != "technique"}

    @cached_property
    def books(self) -> pd.DataFrame:
        """One row a department and month (incentive_rules.books)."""
        return books(self.cases, self.denied, self.bonuses)

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """Books of years that might have been (incentive_noise.redrawn)."""
        return redrawn(self.cases, self.denied, self.bonuses, self.settings.composite.prior, _DRAWS, _SEED)

    @cached_property
    def noise(self) -> pd.DataFrame:
        """Payments with what of them is chance (incentive_noise.noise)."""
        return noise(self.books, self.drawn, self.settings)

    @cached_property
    def at_break_even(self) -> pd.Series:
        """What rules on margins pay by chance alone, were every department to break even."""
        return at_break_even(self.drawn, self.settings)

    @cached_property
    def gaming(self) -> pd.DataFrame:
        """What each behaviour brings by each rule (gaming.gaming)."""
        return gaming(self.cases, self.denied, self.bonuses, self.settings)


@lru_cache(maxsize=2)
def incentive_year(report: Report, year: int = 0, name: str = "") -> IncentiveYear:
    """The cases, denials and bonuses of a settled calendar year.

    Parameters
    ----------
    year : 0 = the last one up to the report's period that is closed whole and settled.
    name : of parameters/incentives/NAME.yaml; empty = called as the hospital's closing settings.

    Raises
    ------
    InputError
        No such file or year; the year is provisional; no bonuses.
    """
    name = name or str(report.card["hospital"]["closing"])
    settings = read_settings(parameters_folder() / "incentives" / f"{name}.yaml", Incentives)
    chosen = _settled_year(report, year, settings.provisional_most)
    rows = _rows(report, chosen)
    settled = rows[rows["drg_status"].ne("provisional") & rows["department"].notna()]
    bounds = {"first": f"{chosen}-01", "last": f"{chosen}-12"}
    denied, bonuses = report.sql("value_denied", **bounds), _bonuses(report, chosen)
    left_out = int(rows["drg_status"].eq("provisional").sum())
    return IncentiveYear(chosen, settings, prepared(settled), denied, bonuses, left_out)


def settled(report: Report) -> IncentiveYear | str:
    """The settled year, or a sentence that says why there is none."""
    try:
        return incentive_year(report)
    except InputError as error:
        why = "; ".join([error.what, *error.rows])
        return report.say(
            "未测算：激励规则只用已清算的完整年度，并需要奖金表与规则文件（parameters/incentives）。",
            f"Not computed, rules are tried on a settled year only: {why}.",
        )


def _settled_year(report: Report, year: int, most: float) -> int:
    """The year asked for, or the last one that can be had; why not is an error."""
    years = [year] if year else sorted({period.year for period in report.periods}, reverse=True)
    problems = []
    for one in years:
        months = [Period(f"{one}-{month:02d}") for month in range(1, 13)]
        if missing := [period.name for period in months if period not in report.periods]:
            problems.append(f"{one}: {len(missing)} months are not among those closed up to {report.period.name}")
            continue
        share = float(_rows(report, one)["drg_status"].eq("provisional").mean())
        if share <= most:
            return one
        problems.append(f"{one}: {share:.0%} of the cases are provisional, margins may change with clearing")
    raise InputError("no settled year to try incentive rules on", where=str(report.folder), rows=problems,
                     mend="close the twelve months of a year whose clearing is done")  # fmt: skip


def _rows(report: Report, year: int) -> pd.DataFrame:
    return report.sql("value_cases", first=f"{year}-01", last=f"{year}-12")


def _bonuses(report: Report, year: int) -> pd.DataFrame:
    """Bonuses before any rule, of the data folder: unit, month, bonus."""
    file = report.data / "bonuses.parquet"
    if not file.exists():
        raise InputError("incentive rules need what bonuses are", where=str(report.data), mend="import table bonuses")
    with Engine() as engine:
        engine.attach(contract_tables()["bonuses"], [file])
        return engine.frame(
            """select department as unit, cast(month as varchar) as month, cast(amount as double) as bonus from bonuses
            where hospital_id = $hospital and cast(month as varchar) like $year order by unit, month""",
            hospital=report.hospital, year=f"{year}-%",
        )  # fmt: skip
