"""The periods on which limits were frozen, for figures that watch what is unusual."""

from analysis.audit.shifts import baseline_of
from analysis.periods import Period
from analysis.presentation.finding import Finding
from analysis.studies.report import Report


def frozen_on(report: Report) -> list[Period]:
    """Periods on which the limits of the report's period were frozen; none where too few are closed before it.

    Leaves the hospital's cases as `case_history`, the table that the statistics of the audit engine read.
    """
    baseline = baseline_of(report.period, report.periods[0])
    if baseline:
        select = "select * from cases where hospital_id = $hospital"
        report.engine.create("case_history", select, hospital=report.hospital)
    return baseline


def not_frozen(report: Report, question: str) -> Finding:
    """What is said where no limits are frozen yet."""
    text = report.say(
        "本期之前不足 12 个月，尚无冻结的控制限。", "Fewer than twelve months before: no limits are frozen yet."
    )
    return Finding(question, None, text)
