"""What the insurer denied: by reason and department; cells under ten denials are hidden."""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, hidden_cells, note
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Column, Table, column
from analysis.presentation.wording import listed
from analysis.studies.absent import absent
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
    counts, money = _cross(cells, "denials"), _cross(cells, "amount")
    counts, money, pooled = _pooled(counts, money)
    names = _names(report, money.index, pooled)
    grid, hidden = _protected(counts, money)
    reasons = list(money.columns)
    rows = pd.DataFrame(grid, columns=reasons, index=money.index, dtype=object)
    rows.insert(0, "department", names)
    totals = _with_total(counts.sum(axis=1), money.sum(axis=1))
    rows["total"], rows["denied_cases"] = totals
    bottom = {"department": report.say("合计", "Total"), **money.sum().to_dict()}
    rows.loc["all"] = bottom | {"total": money.to_numpy().sum(), "denied_cases": int(counts.to_numpy().sum())}
    heads = [column("department", report.style)]
    heads += [
        Column(r, report.style.with_unit(label("denial_reason", r, report.language), "money_large"), "money_large")
        for r in reasons
    ]
    heads += [column("total", report.style, "money_large"), column("denied_cases", report.style, "count")]
    sheet = report.say("拒付", "Denials")
    table = Table(rows, tuple(heads), sheet, report.style, strong=frozenset({len(rows) - 1}))
    return Finding(question, table, _text(report, money, names[0]), _notes(report, bool(hidden)))


def department_denials(report: Report, department: str) -> Finding:
    """Denials of a department by reason over the last twelve months."""
    question = report.say("本科室为什么被拒付？", "Why was the department denied money?")
    cells = report.sql("denial_cells", **report.twelve.bounds, department=department)
    if cells.empty:
        return absent(report, question, "denials")
    total = int(cells["denials"].sum())
    if total < LIMIT:
        text = report.say(
            f"近 12 个月拒付不足 {LIMIT} 笔，不分原因列示。",
            f"Fewer than {LIMIT} denials in twelve months: reasons are not shown.",
        )
        return Finding(question, None, text)
    cells = cells.sort_values(["amount", "reason"], ascending=[False, True], kind="stable")
    hidden = hidden_cells(cells["denials"].to_numpy().reshape(1, -1), columns=False)[0]
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


def _pooled(counts: pd.DataFrame, money: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The ten departments with most money; the others, and those under ten denials, in one row; how many they are."""
    place = money.sum(axis=1).rank(ascending=False, method="first")
    few = (counts.sum(axis=1) < LIMIT) | (place > _MOST)
    if few.any() and counts[few].to_numpy().sum() < LIMIT and (~few).any():
        few[counts[~few].sum(axis=1).idxmin()] = True
    keys = counts.index.where(~few, _REST)
    order = list(money[~few].sum(axis=1).sort_values(ascending=False, kind="stable").index)
    order += [_REST] if few.any() else []
    return counts.groupby(keys).sum().loc[order], money.groupby(keys).sum().loc[order], int(few.sum())


def _names(report: Report, codes_shown: pd.Index, pooled: int) -> list[str]:
    names = report.names("department")
    rest = report.say(f"其余 {pooled} 个科室", f"{pooled} other departments")
    return [rest if code == _REST else names.get(code, code) for code in codes_shown]


def _protected(counts: pd.DataFrame, money: pd.DataFrame) -> tuple[np.ndarray, int]:
    hidden = hidden_cells(counts.to_numpy())
    shown = np.where(counts.to_numpy() == 0, None, money.to_numpy().astype(object))
    return np.where(hidden, HIDDEN, shown), int(hidden.sum())


def _with_total(counts: pd.Series, money: pd.Series) -> tuple[list[object], list[object]]:
    """Row totals; hidden where the pooled row itself stays under ten."""
    small = counts < LIMIT
    return money.astype(object).mask(small, HIDDEN).tolist(), counts.astype(int).astype(object).mask(
        small, SMALL
    ).tolist()


def _text(report: Report, money: pd.DataFrame, first: str) -> str:
    total = money.to_numpy().sum()
    reasons = money.sum().sort_values(ascending=False, kind="stable").head(3)
    words = [
        f"{label('denial_reason', reason, report.language)} {report.style.write(value / total, 'percent1')}"
        for reason, value in reasons.items()
    ]
    share = money.iloc[0].sum() / total
    amount, part = report.style.money(total), report.style.write(share, "percent1")
    return report.say(
        f"近 12 个月拒付 {amount}，主要原因：{listed(words, 'zh')}；最多的是{first}，占 {part}。",
        f"{amount} denied in twelve months, chiefly {listed(words, 'en')}; most in {first} ({part}).",
    )


def _department_text(report: Report, cells: pd.DataFrame, hidden: np.ndarray, total: int) -> str:
    amount = report.style.money(cells["amount"].sum())
    zh, en = f"近 12 个月拒付 {total} 笔、{amount}", f"{total} denials, {amount} in twelve months"
    if hidden.all():
        zh, en = zh + "；各原因均不足 10 笔，不分列", en + "; each reason stands under ten and is not shown"
    if not hidden[0]:
        name = label("denial_reason", cells["reason"].iloc[0], report.language)
        share = report.style.write(cells["amount"].iloc[0] / cells["amount"].sum(), "percent1")
        zh, en = f"{zh}，其中{name}占 {share}", f"{en}, {share} of it for {name.lower()}"
    return report.say(zh + "。", en + ".")


def _notes(report: Report, hidden: bool) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    basis = report.say(f"{words}，按拒付月统计。", f"{words}, by month of denial.")
    return (basis, *note(hidden, report.language))
