"""What the insurer denied: by reason and department; cells under ten denials are hidden."""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, note
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table, column
from analysis.presentation.wording import listed
from analysis.studies.absent import absent
from analysis.studies.by_reason import REST, ByReason, by_reason, crossed
from analysis.studies.hidden import plan_denials
from analysis.studies.report import Report
from analysis.vocabulary import label


def denials_by_department(report: Report) -> Finding:
    """Amount denied in the last twelve months, departments x reasons."""
    question = report.say("为什么被拒付，是哪些科室？", "Why was money denied, and in which departments?")
    cells = report.sql("denial_cells", **report.twelve.bounds, department="")
    if cells.empty:
        return absent(report, question, "denials")
    if cells["denials"].sum() < LIMIT:
        return _too_few(report, question)
    sheet = report.say("拒付", "Denials")
    made = by_reason(report, cells.rename(columns={"denials": "count"}), "denial_reason", "denied_cases", sheet)
    return Finding(question, made.table, _text(report, made), _notes(report, made.hidden))


def _too_few(report: Report, question: str) -> Finding:
    text = report.say(
        f"{report.lately}拒付不足 {LIMIT} 笔，或会使这样的科室被倒推，不分原因列示。",
        f"Fewer than {LIMIT} denials {report.lately}, or they give such a department away: no reasons are shown.",
    )
    return Finding(question, None, text)


def department_denials(report: Report, department: str) -> Finding:
    """Denials of a department by reason over the last twelve months."""
    question = report.say("本科室为什么被拒付？", "Why was the department denied money?")
    every = report.sql("denial_cells", **report.twelve.bounds, department="")
    cells = every[every["department"] == department]
    if cells.empty:
        return absent(report, question, "denials")
    gone, no_department, _ = plan_denials(crossed(every, "denial_reason", "denials"))
    total = int(cells["denials"].sum())
    if no_department[department]:
        return _too_few(report, question)
    cells = cells.sort_values(["amount", "reason"], ascending=[False, True], kind="stable").reset_index(drop=True)
    hidden = gone.loc[department, cells["reason"]].to_numpy()
    if hidden.all():
        return Finding(question, None, _department_text(report, cells, hidden, total), _notes(report, hidden=False))
    sheet = report.say("拒付", "Denials")
    rows = _reason_rows(report, cells, hidden)
    heads = [column("reason", report.style), column("denied_cases", report.style, "count")]
    heads += [column("amount", report.style, "money"), column("share", report.style, "percent1")]
    table = Table(rows, tuple(heads), sheet, report.style, strong=frozenset({len(rows) - 1}))
    return Finding(question, table, _department_text(report, cells, hidden, total), _notes(report, bool(hidden.any())))


def _reason_rows(report: Report, cells: pd.DataFrame, hidden: np.ndarray) -> pd.DataFrame:
    """One row a reason, small ones hidden, and the total."""
    small = cells["denials"].to_numpy() < LIMIT
    rows = pd.DataFrame({
        "reason": [label("denial_reason", reason, report.language) for reason in cells["reason"]],
        "denied_cases": cells["denials"].astype(object).mask(hidden, HIDDEN).mask(small, SMALL).to_numpy(),
        "amount": cells["amount"].astype(object).mask(hidden, HIDDEN).to_numpy(),
        "share": (cells["amount"] / cells["amount"].sum()).astype(object).mask(hidden, HIDDEN).to_numpy(),
    })  # fmt: skip
    total = {"denied_cases": int(cells["denials"].sum()), "amount": cells["amount"].sum(), "share": 1.0}
    rows.loc[len(rows)] = {"reason": report.say("合计", "Total"), **total}
    return rows


def _text(report: Report, made: ByReason) -> str:
    money, first = made.money, made.first
    total = money.to_numpy().sum()
    told = money.sum()[~made.no_reason].sort_values(ascending=False, kind="stable").head(3)
    words = [
        f"{label('denial_reason', reason, report.language)} {report.style.write(value / total, 'percent1')}"
        for reason, value in told.items()
    ]
    zh, en = f"{report.lately}拒付 {report.style.money(total)}", f"{report.style.money(total)} denied {report.lately}"
    if words:
        zh, en = f"{zh}，主要原因：{listed(words, 'zh')}", f"{en}, chiefly {listed(words, 'en')}"
    if money.index[0] != REST:
        part = report.style.write(money.iloc[0].sum() / total, "percent1")
        zh, en = f"{zh}；最多的是{first}，占 {part}", f"{en}; most in {first} ({part})"
    return report.say(zh + "。", en + ".")


def _department_text(report: Report, cells: pd.DataFrame, hidden: np.ndarray, total: int) -> str:
    amount = report.style.money(cells["amount"].sum())
    zh, en = f"{report.lately}拒付 {total} 笔、{amount}", f"{total} denials, {amount} {report.lately}"
    if hidden.all():
        zh, en = zh + "；按原因分列会显出不足 10 笔的类别，不分列", en + "; reasons would give away fewer than ten"
    if not hidden[0]:
        name = label("denial_reason", cells["reason"].iloc[0], report.language)
        share = report.style.write(cells["amount"].iloc[0] / cells["amount"].sum(), "percent1")
        zh, en = f"{zh}，其中{name}占 {share}", f"{en}, {share} of it for {name.lower()}"
    return report.say(zh + "。", en + ".")


def _notes(report: Report, hidden: bool) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    basis = report.say(f"{words}，按拒付月统计。", f"{words}, by month of denial.")
    return (basis, *note(hidden, report.language))
