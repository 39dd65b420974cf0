"""What the insurer denied: by reason and department; cells under ten denials are hidden."""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, note
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Column, Table, column
from analysis.presentation.wording import listed
from analysis.studies.absent import absent
from analysis.studies.hidden import plan_denials
from analysis.studies.report import Report
from analysis.vocabulary import codes, label

_MOST = 10
#: Stands for the departments shown in one row.
_REST = "*rest"


def denials_by_department(report: Report) -> Finding:
    """Amount denied in the last twelve months, departments x reasons."""
    question = report.say("为什么被拒付，是哪些科室？", "Why was money denied, and in which departments?")
    cells = report.sql("denial_cells", **report.twelve.bounds, department="")
    if cells.empty:
        return absent(report, question, "denials")
    if cells["denials"].sum() < LIMIT:
        return _too_few(report, question)
    every = _cross(cells, "denials")
    gone, no_department, no_reason = plan_denials(every)
    counts, money, pooled = _pooled(every, _cross(cells, "amount"), no_department)
    names = _names(report, money.index, pooled)
    gone = gone.reindex(counts.index, fill_value=True) & (counts > 0)
    rows = _department_rows(report, counts, money, names, gone, no_reason)
    hidden = bool(gone.any(axis=None) or no_reason.any())
    heads = [column("department", report.style)]
    kind = sum_kind(money.to_numpy().ravel())
    for reason in money.columns:
        heads.append(
            Column(reason, report.style.with_unit(label("denial_reason", reason, report.language), kind), kind)
        )
    heads += [column("total", report.style, kind), column("denied_cases", report.style, "count")]
    sheet = report.say("拒付", "Denials")
    table = Table(rows, tuple(heads), sheet, report.style, strong=frozenset({len(rows) - 1}))
    return Finding(question, table, _text(report, money, names[0], no_reason), _notes(report, hidden))


def _department_rows(
    report: Report,
    counts: pd.DataFrame,
    money: pd.DataFrame,
    names: list[str],
    hidden: pd.DataFrame,
    no_reason: pd.Series,
) -> pd.DataFrame:
    """One row a department with its total, and the totals of the reasons."""
    shown = np.where(counts.to_numpy() == 0, None, money.to_numpy().astype(object))
    cells = np.where(hidden.to_numpy(), HIDDEN, shown)
    rows = pd.DataFrame(cells, columns=money.columns, index=money.index, dtype=object)
    rows.insert(0, "department", names)
    rows["total"], rows["denied_cases"] = money.sum(axis=1), counts.sum(axis=1).astype(int)
    sums = money.sum().astype(object).mask(no_reason, HIDDEN).to_dict()
    whole = {"total": money.to_numpy().sum(), "denied_cases": int(counts.to_numpy().sum())}
    rows.loc["all"] = {"department": report.say("合计", "Total"), **sums, **whole}
    return rows


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
    gone, no_department, _ = plan_denials(_cross(every, "denials"))
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


def _cross(cells: pd.DataFrame, value: str) -> pd.DataFrame:
    wide = cells.pivot(index="department", columns="reason", values=value).fillna(0)
    return wide.reindex(columns=[reason for reason in codes("denial_reason") if reason in wide.columns])


def _pooled(counts: pd.DataFrame, money: pd.DataFrame, hidden: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The ten departments with most money; the others, and those hidden, in one row; how many they are."""
    place = money.sum(axis=1).rank(ascending=False, method="first")
    few = hidden | (place > _MOST)
    keys = counts.index.where(~few, _REST)
    order = list(money[~few].sum(axis=1).sort_values(ascending=False, kind="stable").index)
    order += [_REST] if few.any() else []
    return counts.groupby(keys).sum().loc[order], money.groupby(keys).sum().loc[order], int(few.sum())


def _names(report: Report, codes_shown: pd.Index, pooled: int) -> list[str]:
    names = report.names("department")
    rest = report.say(f"其余 {pooled} 个科室", f"{pooled} other departments")
    return [rest if code == _REST else names.get(code, code) for code in codes_shown]


def _text(report: Report, money: pd.DataFrame, first: str, no_reason: pd.Series) -> str:
    total = money.to_numpy().sum()
    told = money.sum()[~no_reason].sort_values(ascending=False, kind="stable").head(3)
    words = [
        f"{label('denial_reason', reason, report.language)} {report.style.write(value / total, 'percent1')}"
        for reason, value in told.items()
    ]
    zh, en = f"{report.lately}拒付 {report.style.money(total)}", f"{report.style.money(total)} denied {report.lately}"
    if words:
        zh, en = f"{zh}，主要原因：{listed(words, 'zh')}", f"{en}, chiefly {listed(words, 'en')}"
    if money.index[0] != _REST:
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
