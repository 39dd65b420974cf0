"""When a margin may be called a loss: two costing methods have to agree on its sign."""

from analysis.presentation.numbers import is_empty
from analysis.studies.hidden import is_made
from analysis.studies.report import SQL, Report
from analysis.vocabulary import label


def called(margin: float, second: float) -> str:
    """The mark of a margin by the cases' method and by a second one.

    Returns
    -------
    loss or surplus where both agree, unsure where they do not; with one method only above or below (its income).
    """
    if is_empty(second):
        return "above" if margin < 0 else "below"
    if (margin < 0) != (second < 0):
        return "unsure"
    return "loss" if margin < 0 else "surplus"


def make_other_costs(report: Report) -> None:
    """Make tables second_costs (the method that has to confirm a loss) and third_costs, once a report."""
    for name in ("second_costs", "third_costs"):
        if not is_made(report, name):
            report.engine.make(SQL, name, case_method=report.case_method)


def other_method(report: Report, table: str) -> str:
    """The method that second_costs or third_costs holds; empty where there is none."""
    return str(report.engine.value(f"select coalesce(min(method), '') from {table}"))


def methods_said(report: Report) -> tuple[str, str]:
    """Names of the two deciding methods in the report's language; the second is empty where there is one only."""
    second = other_method(report, "second_costs")
    names = [label("case_method", name, report.language) if name else "" for name in (report.case_method, second)]
    return (names[0], names[1]) if report.language == "zh" else (names[0].lower(), names[1].lower())


def range_said(report: Report, one: float, two: float) -> str:
    """Two amounts of money as a range, smaller first; one where they are written alike or the second is unknown."""
    low, high = (report.style.money(value) for value in sorted((one, one if is_empty(two) else two)))
    return low if low == high else report.say(f"{low}至 {high}", f"{low} to {high}")
