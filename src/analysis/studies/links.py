"""Tables of the reconciliation: both sides of a link per cost item, their difference, and whether they tie."""

from collections.abc import Sequence

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import plural
from analysis.studies.report import Report
from analysis.studies.wide import ITEMS, head, table_money
from analysis.vocabulary import codes, label

#: Smallest money: what is less apart than half of it ties.
_FEN = 0.01


def by_item(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the norm's order with names, the total last."""
    rows = rows.set_index("cost_item").reindex([item for item in ITEMS if item in set(rows["cost_item"])])
    rows.loc["total"] = rows.sum().round(2)
    rows["name"] = [
        label("cost_item", code, report.language) if code != "total" else report.say("合计", "Total")
        for code in rows.index
    ]
    return rows.reset_index()


def by_method(
    report: Report, question: str, rows: pd.DataFrame, heads: Sequence[tuple[str, str, str]], sheet: tuple[str, str]
) -> Finding:
    """A link that every method of case costing has to keep: methods on the page, their cost items in the workbook."""
    parts = []
    order = [name for name in codes("case_method") if name in set(rows["method"])]
    for method in order:
        one = by_item(report, rows[rows["method"] == method].drop(columns="method"))
        name = label("case_method", method, report.language)
        total = one.iloc[[-1]].assign(name=name)
        parts += [total, one.iloc[:-1].assign(name=[f"{name} · {item}" for item in one["name"].iloc[:-1]])]
    made = pd.concat(parts, ignore_index=True)
    methods = made.index[made["cost_item"] == "total"]
    text = report.say(
        f"{len(order)} 种病例方法，{tied(report, made)}。",
        f"{plural(len(order), 'method')} of case costing: {tied(report, made)}.",
    )
    return link_finding(report, question, made, heads, text, sheet, tuple(methods))


def link_finding(
    report: Report,
    question: str,
    rows: pd.DataFrame,
    heads: Sequence[tuple[str, str, str]],
    text: str,
    sheet: tuple[str, str],
    shown: tuple[int, ...] = (),
) -> Finding:
    """A link as a Finding: rows with `name`, `cost_item` and `difference`, the columns of both sides, and its check."""
    open_ones = rows["difference"].abs() > _FEN / 2
    rows = rows.assign(state=["open" if wrong else "passed" for wrong in open_ones])
    columns = [head(report, "name", "成本项目", "Cost item"), *money_heads(report, rows, heads)]
    columns.append(head(report, "difference", "差额", "Difference", "money2"))
    columns.append(head(report, "state", "核对", "Check", "mark"))
    strong = frozenset(rows.index[rows["cost_item"] == "total"])
    table = Table(rows, tuple(columns), report.say(*sheet), report.style, strong=strong, on_page=shown)
    return Finding(question, table, text, alarm=bool(open_ones.any()))


def money_heads(report: Report, rows: pd.DataFrame, specs: Sequence[tuple[str, str, str]]) -> list[Column]:
    """Columns (name, zh, en) of money, all in the unit that the largest of them asks for."""
    kind = table_money(rows[[name for name, _, _ in specs]].to_numpy().ravel())
    return [head(report, *spec, "money2" if kind == "money" else kind) for spec in specs]


def tied(report: Report, rows: pd.DataFrame) -> str:
    """Whether every row ties, for a sentence."""
    wrong = int((rows["difference"].abs() > _FEN / 2).sum())
    if wrong:
        return report.say(f"{wrong} 项不符", f"{plural(wrong, 'line')} open")
    return report.say("逐项相符（差额 0.00）", "every item ties (difference 0.00)")
