"""Findings of the last twelve months with the answers given so far: what every page about findings is made from."""

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.audit.reviews import CONFIRMED, read_reviews, standing
from analysis.audit.rule_files import RuleSet, read_rules
from analysis.contract import contract_tables
from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.settings import parameters_folder
from analysis.studies.report import Report

#: Which part of the money a finding belongs to.
STATES = ("confirmed", "open_violation", "open_suspicious", "explained")


def finding_book(report: Report, department: str = "") -> pd.DataFrame:
    """Hits of the last twelve months, one row a finding; rules in `shadow` accuse nobody and are left out.

    Returns
    -------
    finding_id, period, rule_id, rule_version, result, nature, department, physician_id, service_date, amount, status
    (last answer, else open), state (one of STATES), age_days (open ones: from the end of the period in which they were
    found to the end of the report's period) and weak (a test sooner than its minimum interval, and nothing else).
    """
    rows = report.sql("finding_book", **report.twelve.bounds, department=department)
    rule = rows["rule_id"] + " " + rows["rule_version"]
    rows = rows[~rule.isin(_shadows(report))].reset_index(drop=True)
    status = rows["finding_id"].map(standing(answers(report))["status"]).astype(object)
    rows["status"] = status.where(status.notna(), "open")
    is_open, violation = rows["status"].eq("open"), rows["result"].eq("violation")
    choices = [rows["status"].isin(CONFIRMED), is_open & violation, is_open & ~violation]
    rows["state"] = np.select(choices, STATES[:3], STATES[3])
    ends = {name: Period(name).end for name in rows["period"].unique()}
    rows["age_days"] = [(report.period.end - ends[name]).days for name in rows["period"]]
    rows["weak"] = rows["rule_id"].isin([rule.id for rule in rules_of(report).rules if rule.template == "retest"])
    return rows


def answers(report: Report) -> pd.DataFrame:
    """Answers in the data folder as they are when the page is made; none where the folder is not there."""
    if (report.data / "source.yaml").is_file():
        return read_reviews(open_hospital(report.data))
    return contract_tables()["reviews"].arrow_schema().empty_table().to_pandas()


def rule_titles(report: Report) -> dict[str, str]:
    """Titles of the rules that the period was closed with, by id; an id without one stands for itself."""
    return {rule.id: rule.title[report.language] for rule in rules_of(report).rules}


def rules_of(report: Report) -> RuleSet:
    """The rules of the closing settings as the parameter files have them now."""
    return _read(tuple(report.card.get("settings", {}).get("rules", [])))


@lru_cache(maxsize=2)
def _read(names: tuple[str, ...]) -> RuleSet:
    return read_rules(names, parameters_folder() / "rules")


def _shadows(report: Report) -> set[str]:
    return {rule for rule, status in report.card.get("rules", {}).items() if status == "shadow"}
