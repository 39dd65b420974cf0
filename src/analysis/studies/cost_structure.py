"""What the cost consists of: seven items, each direct or allocated in three steps, against last year."""

import pandas as pd

from analysis.presentation.bars import paired_bars
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty, sum_kind
from analysis.presentation.tables import Chart, Column, Table, column
from analysis.presentation.wording import listed
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.vocabulary import codes, label

_CLASSES = ("direct", "from_administration", "from_auxiliary", "from_technology")


def cost_structure(report: Report, department: str = "") -> Finding:
    """Seven cost items by class of allocation over the span compared with last year; hospital or one department."""
    question = report.say("成本由什么构成，什么涨了？", "What does the cost consist of, and what has grown?")
    span, before = report.compared
    rows = report.sql("cost_items", **span.bounds, department=department).set_index("cost_item")
    if rows.empty:
        return absent(report, question, COSTS)
    past = report.sql("cost_items", **before.bounds, department=department).set_index("cost_item") if before else None
    order = [item for item in codes("cost_item") if item in rows.index]
    rows = rows.loc[order]
    rows["before"] = past["full_cost"].reindex(order) if past is not None else float("nan")
    rows.loc["total"] = rows.sum(min_count=1)
    rows["item"] = [*(label("cost_item", item, report.language) for item in order), report.say("合计", "Total")]
    rows["share"] = rows["full_cost"] / rows.loc["total", "full_cost"]
    rows["change"] = rows["full_cost"] / rows["before"].where(rows["before"] > 0) - 1
    table = _table(report, rows, has_past=past is not None)
    items = rows.drop(index="total")
    names = (report.say("本期", "now"), report.say("上年同期", "year before"))
    figure = paired_bars(
        list(items["item"]),
        list(items["full_cost"]),
        list(items["before"]),
        report.style,
        sum_kind(items["full_cost"]),
        names,
    )
    notes = (_note(report, department),)
    text = _text(report, items, rows.loc["total"])
    return Finding(question, table, text, notes, figure if not department else "", listed=bool(department))


def _table(report: Report, rows: pd.DataFrame, has_past: bool) -> Table:
    style, money = report.style, sum_kind(rows["full_cost"])
    heads = [Column("item", report.say("成本项目", "Cost item"))]
    heads += [column(name, style, money, of="centre_costs") for name in (*_CLASSES, "full_cost")]  # type: ignore[arg-type]
    heads.append(column("share", style, "percent1"))
    if has_past:
        heads += [column("before", style, money), column("change", style, "change")]  # type: ignore[arg-type]
    chart = Chart("bar", "item", _CLASSES)
    sheet = report.say("成本构成", "Cost structure")
    return Table(rows, tuple(heads), sheet, style, strong=frozenset({len(rows) - 1}), chart=chart)


def _text(report: Report, items: pd.DataFrame, total: pd.Series) -> str:
    top = items.sort_values("full_cost", ascending=False, kind="stable").head(2)
    words = [f"{row['item']} {report.style.write(row['share'], 'percent1')}" for _, row in top.iterrows()]
    money = report.style.money(total["full_cost"])
    allocated = report.style.write(1 - total["direct"] / total["full_cost"], "percent1")
    zh = f"全成本 {money}，其中{listed(words, 'zh')}；分摊而来的占 {allocated}"
    en = f"Full cost {money}, of which {listed(words, 'en')}; {allocated} is allocated from other departments"
    if not is_empty(total["change"]):
        grown = items.assign(more=items["full_cost"] - items["before"]).sort_values("more", kind="stable").iloc[-1]
        zh += f"；同比 {report.style.write(total['change'], 'change')}，增加最多的是{grown['item']}"
        en += f"; {report.style.write(total['change'], 'change')} on the year before, grown most: {grown['item']}"
        if grown["more"] <= 0:
            zh, en = zh.rsplit("，", 1)[0], en.rsplit(", grown most", 1)[0]
    return report.say(zh + "。", en + ".")


def _note(report: Report, department: str) -> str:
    span, before = report.compared
    words = span.words(report.language)
    past = report.say(f"，对照 {before.words('zh')}", f" against {before.words('en')}") if before else ""
    whose = (
        report.say("本科室", "the department's")
        if department
        else report.say("各临床科室", "all clinical departments'")
    )
    return report.say(
        f"{words}{past}；{whose}全成本（含门诊与未分配部分），按权责发生当月计；逐项分三步分摊。",
        f"{words}{past}; {whose} full cost (outpatients and unallocated included), accrued; stepped item by item.",
    )
