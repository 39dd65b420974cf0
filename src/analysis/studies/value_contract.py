"""What would a bundle price with an outcome clause pay, and who carries which risk?"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.evaluation.contract_exposure import Episodes, Years, outcomes, results, risk_sources, simulate_years
from analysis.evaluation.value_contract import Contract
from analysis.presentation.disclosure import LIMIT
from analysis.settings import parameters_folder, read_settings
from analysis.studies.report import Report, Span
from analysis.studies.study_tables import write_study

_SEED = 4


@dataclass(frozen=True, eq=False)
class Exposure:
    """A contract on a hospital's closed episodes, simulated."""

    report: Report
    name: str
    contract: Contract
    span: Span
    rows: pd.DataFrame

    @cached_property
    def episodes(self) -> Episodes:
        """Costs and payments of the episodes; of a return whose month is not closed, the mean of the others'."""
        again = self.rows.loc[self.rows["readmitted"], ["again_cost", "again_payment"]].astype(float)
        again = again.fillna(again.mean()).fillna(self.rows[["cost", "payment"]].mean().rename(
            {"cost": "again_cost", "payment": "again_payment"}))  # fmt: skip
        return Episodes(
            self.rows["cost"].to_numpy(float), self.rows["payment"].to_numpy(float), again["again_cost"].to_numpy(),
            again["again_payment"].to_numpy(), 12 * len(self.rows) / len(self.span.periods),
        )  # fmt: skip

    @cached_property
    def years(self) -> Years:
        return simulate_years(self.episodes, seed=_SEED)

    @cached_property
    def made(self) -> dict[str, pd.DataFrame]:
        """Every simulated year under each form."""
        return results(self.contract, self.episodes, self.years)

    @cached_property
    def risks(self) -> pd.DataFrame:
        """Spread of both results by source (contract_exposure.risk_sources)."""
        return risk_sources(self.contract, self.episodes, seed=_SEED)

    @property
    def price(self) -> float:
        return (self.contract.price or self.episodes.mean_payment) * (1 - self.contract.discount)

    @property
    def cases(self) -> int:
        """Episodes a year, as a whole number."""
        return round(self.episodes.a_year)


def expose(report: Report, name: str = "diabetic_foot", department: str = "") -> Exposure:
    """The contract of parameters/contracts/NAME.yaml on the last twelve months whose returns are known.

    Parameters
    ----------
    department : only its episodes; empty = the whole hospital.

    Raises
    ------
    InputError
        No such contract; fewer than ten episodes with complete cost and known follow-up.
    """
    contract = read_settings(parameters_folder() / "contracts" / f"{name}.yaml", Contract)
    last = report.followed_up
    span = report.span(last if last.is_year else last.shift(-11), last) if last else None
    if span is None:
        raise InputError("no month whose 30 days of follow-up have passed", where=str(report.folder),
                         mend="close one month more")  # fmt: skip
    rows = report.sql("value_episodes", **span.bounds, drgs=contract.drgs, days=contract.days)
    rows = rows[rows["department"] == department] if department else rows
    if len(rows) < LIMIT:
        few = f"{len(rows)} episodes of {', '.join(contract.drgs)} with complete cost: too few for a contract"
        raise InputError(few, where=str(report.folder), mend="close more months, or name more DRGs")
    return Exposure(report, name, contract, span, rows.reset_index(drop=True))


def keep_contract(exposure: Exposure) -> Path:
    """Write what each form changes against the first as study F4_NAME: table scenario_outcomes."""
    made_from = {
        "period": exposure.report.period.name, "run_id": exposure.report.card["run_id"], "contract": exposure.name,
        "episodes": len(exposure.rows), "seed": _SEED,
    }  # fmt: skip
    tables = {"scenario_outcomes": outcomes(exposure.made).replace({np.nan: None})}
    return write_study(exposure.report.folder, f"F4_{exposure.name}", tables, made_from)
