"""Who in house needs a look today: charges to date against the standard of the expected DRG, and what rules say."""

from datetime import datetime

import pandas as pd

from analysis.audit.moment import open_moment
from analysis.audit.watch import PART, watchlist
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Column, Table, columns
from analysis.studies.absent import absent
from analysis.studies.finding_book import rule_titles, rules_of
from analysis.studies.report import Report

_MOST = 30


def watched(report: Report, day: str = "") -> pd.DataFrame:
    """Rows of the watchlist at the end of a day (2023-06-15); without a day, at the end of the period.

    Raises
    ------
    InputError
        Not a day.
    """
    try:
        at = datetime.fromisoformat(f"{day}T23:59:59") if day else report.period.end
    except ValueError as error:
        raise InputError(f"not a day: {day!r}", mend="write it as 2023-06-15") from error
    moment = open_moment(open_hospital(report.data), at, rules_of(report).running())
    rows = watchlist(moment, report.closed.frame("standards"))
    moment.close()
    return rows[rows["hospital_id"] == report.hospital].reset_index(drop=True)


def watch_table(report: Report, day: str = "") -> Finding:
    """Stays in house at 90 % of their standard, or of which a rule speaks, furthest above the standard first."""
    question = report.say(
        "今天哪些在院患者需要关注，告知谁？", "Which patients in house need a look today, and who is told?"
    )
    if not (report.data / "source.yaml").is_file():
        return absent(report, question, "charges by category")
    rows = watched(report, day)
    due = rows[rows["alert"].astype(bool) | rows["findings"].gt(0)]
    over = int(rows["alert"].astype(bool).sum())
    when = day or f"{report.period.name} {report.say('月末', '(end of month)')}"
    said = int(rows["findings"].gt(0).sum())
    text = report.say(
        f"{when}在院 {len(rows)} 例：{over} 例费用已达预计病组标准的 {PART:.0%}，{said} 例触及规则。",
        f"{when}: {len(rows)} in house; {over} charged {PART:.0%} of the standard of their expected DRG; rules speak "
        f"of {said}.",
    )
    if due.empty:
        return Finding(question, None, text)
    table = Table(_shown(report, due.head(_MOST)), _heads(report), report.say("在院关注", "Watchlist"), report.style)
    note = report.say(
        "预计病组为暂定分组；提醒供科主任与医保专员核对，不作为扣减依据。",
        "The expected DRG is provisional; for the head of department to look at, never a ground for a deduction.",
    )
    return Finding(question, table, text, (note,), alarm=bool(over))


def _shown(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    titles = rule_titles(report)
    return pd.DataFrame({
        "department": report.named("department", rows["department"]), "head": rows["head"],
        "stay": rows["stay_id"], "drg": rows["drg_code"], "days": rows["days"], "used": rows["used"],
        "standard": rows["standard"], "share_of_standard": rows["share"],
        "rules_said": [_titles(said, titles) for said in rows["rules"]],
    }).reset_index(drop=True)  # fmt: skip


def _titles(said: object, titles: dict[str, str]) -> str:
    codes = said.split(", ") if isinstance(said, str) else []
    return "; ".join(titles.get(code.strip(), code.strip()) for code in codes if code.strip())


def _heads(report: Report) -> tuple[Column, ...]:
    specs = [("department", "text"), ("head", "text"), ("stay", "text"), ("drg", "text"), ("days", "count")]
    specs += [("used", "money"), ("standard", "money"), ("share_of_standard", "percent0"), ("rules_said", "text")]
    return columns(report.style, *specs)  # type: ignore[arg-type]
