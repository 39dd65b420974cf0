"""A study of a technique run for a report: its cases, the comparison and what it is worth, ready for every section."""

import html
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from scipy import stats

from analysis.closed_period import closed_periods, open_periods, read_card
from analysis.errors import InputError
from analysis.evaluation.cohorts import Cohort, read_cohort
from analysis.evaluation.outcome_effects import PRIMARY
from analysis.evaluation.study_files import Study, read_study
from analysis.evaluation.techniques import Comparison, compare_techniques
from analysis.evaluation.variables import Variable, variable
from analysis.evaluation.worth import Plane, plane
from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.presentation.wording import span_words
from analysis.settings import parameters_folder
from analysis.studies.case_study_words import LEVEL, design_words, spaced
from analysis.studies.report import REPORT_MIME, Report
from analysis.studies.study_tables import write_study

#: Half-width of the level's interval in standard deviations of a normal law.
_NORMAL = float(stats.norm.ppf((1 + LEVEL) / 2))


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """A study run: the report it is told in, its file, the months it reads, its cases and what was found.

    Parameters
    ----------
    months : closed months whose discharges are read, in order. seed, draws : of the bootstrap.
    """

    report: Report
    study: Study
    months: tuple[Period, ...]
    cohort: Cohort
    comparison: Comparison
    seed: int
    draws: int

    @property
    def title(self) -> str:
        """Study, design, hospital."""
        return self.report.say(
            f"{self.study.zh}：{design_words(self.study)[0]}与经济学评价",
            f"{self.study.en}: {design_words(self.study)[1]} with an economic evaluation",
        )

    def say(self, zh: str, en: str) -> str:
        """The one of two wordings that the report's language asks for."""
        return self.report.say(spaced(zh), en)

    @property
    def counts(self) -> tuple[int, int]:
        """Cases on both sides: treated, and those they are compared with."""
        treated = self.cohort.rows["treated"]
        return int((treated == 1).sum()), int((treated == 0).sum())

    @property
    def primary(self) -> Variable:
        """The study's first outcome."""
        return variable(self.study.outcomes[0])

    @property
    def provisional(self) -> tuple[Period, ...]:
        """Months among those read whose grouping and payment may still change."""
        cards = {month: read_card(self.report.folder, month) for month in self.months}
        return tuple(month for month, card in cards.items() if card and card.get("provisional"))

    @cached_property
    def plane(self) -> Plane | None:
        """Where the technique stands between cost and effect; None where either is not known."""
        if self.pairs.empty:
            return None
        return plane(self.pairs, self.cost_estimate[0], self.gain_estimate[0])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Draws of cost and effect about their estimates, as wide as the intervals that the report gives.

        The intervals take their width from t with the degrees of freedom that few surgeons leave, the draws do not. So
        that plane, curve and budget say the same as the table of effects, each draw keeps its rank and with it how cost
        and effect go together, and takes the place of that rank in a normal law with the interval of its estimate. No
        rows where cost or effect is not known.
        """
        drawn = self.comparison.pairs[["cost", "effect"]]
        known = {"cost": self.cost_estimate, "effect": self.gain_estimate}
        if drawn.empty or drawn.isna().any(axis=None) or any(math.isnan(end) for one in known.values() for end in one):
            return drawn.iloc[:0]
        return drawn.apply(lambda column: _as_wide(column, known[str(column.name)]))

    @property
    def cost_estimate(self) -> tuple[float, float, float]:
        """Difference of cost with its interval."""
        return self.estimate("cost_total" if "cost_total" in self.study.outcomes else "charge_total")

    @property
    def gain_estimate(self) -> tuple[float, float, float]:
        """Difference of the study's effect with its interval, turned so that more is better."""
        value, low, high = self.estimate(self.study.effect)
        return (-value, -high, -low) if variable(self.study.effect).better == "lower" else (value, low, high)

    def estimate(self, outcome: str, method: str = PRIMARY) -> tuple[float, float, float]:
        """Difference of an outcome with the ends of its interval; the primary method's where none is named."""
        rows = self.comparison.effects
        row = rows[(rows["outcome"] == outcome) & (rows["method"] == method)]
        return tuple(row[["estimate", "ci_low", "ci_high"]].iloc[0]) if len(row) else (float("nan"),) * 3  # type: ignore[return-value]

    def words(self, language: str) -> str:
        """The months read, in words."""
        return span_words(self.months[0], self.months[-1], "zh" if language == "zh" else "en")

    def head(self) -> dict[str, Any]:
        """What stands at the top of the page and in the document's front matter."""
        return self.report.head() | {"period": self.words(self.report.language), "subject": self.title,
                                     "provisional": bool(self.provisional)}  # fmt: skip

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": self.title, "text/html": f"<p>{html.escape(self.title)}</p>", REPORT_MIME: self.head()}


def examine(
    report: Report, study: str, first: str = "", last: str = "", *, seed: int = 0, draws: int = 1000
) -> CaseStudy:
    """Run a study of parameters/studies over closed months.

    Parameters
    ----------
    study : its file's name without .yaml.
    first, last : months, such as 2022-01; empty = the study's own, else the first closed month and the report's.

    Raises
    ------
    InputError
        No such study, months that are not closed, too few cases on a side.
    """
    asked = read_study(parameters_folder() / "studies" / f"{study}.yaml")
    months = _months(report, asked, first, last)
    asked = asked.model_copy(update={"population": asked.population.model_copy(
        update={"first": months[0].name, "last": months[-1].name})})  # fmt: skip
    closed = open_periods(report.folder, months[0].name, months[-1].name)
    if len(there := sorted(closed.frame("cases")["hospital_id"].unique())) > 1:
        raise InputError(f"{len(there)} hospitals in one folder", where=str(report.folder), rows=there[:5],
                         mend="a study is of one hospital: give it a data folder of its own")  # fmt: skip
    cohort = read_cohort(closed, open_hospital(report.data), asked)
    return CaseStudy(
        report, asked, months, cohort, compare_techniques(cohort, asked, seed=seed, draws=draws), seed, draws
    )


def keep(case: CaseStudy) -> None:
    """Write the study's effects beside the closed months: outputs/NAME/studies/SCENARIO_study."""
    cards = {month.name: (read_card(case.report.folder, month) or {}).get("run_id") for month in case.months}
    made_from = {"study": case.study.model_dump(mode="json"), "runs": cards, "seed": case.seed, "draws": case.draws}
    write_study(case.report.folder, case.study.name, {"effects": case.comparison.effects}, made_from)


def _as_wide(draws: pd.Series, estimate: tuple[float, float, float]) -> pd.Series:
    """Draws in their order, spread as a normal law about an estimate that has its interval."""
    value, low, high = estimate
    scores = stats.norm.ppf((draws.rank() - 0.5) / len(draws))
    return value + scores * (high - low) / (2 * _NORMAL)


def _months(report: Report, study: Study, first: str, last: str) -> tuple[Period, ...]:
    """The closed months from first to last."""
    there = closed_periods(report.folder)
    begin = Period(first or max(study.population.first or there[0].name, there[0].name))
    end = Period(last or min(study.population.last or report.period.name, report.period.name))
    chosen = tuple(month for month in there if begin <= month <= end)
    if not chosen or begin not in there or end not in there:
        raise InputError(f"not closed: {begin.name} to {end.name}", where=str(report.folder),
                         mend=f"closed there: {there[0].name} to {there[-1].name}")  # fmt: skip
    return chosen
