"""Is cost within its budget? The seven cost items of the ledger, since January; the budget is not flexed for volume."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Chart, Table
from analysis.presentation.wording import listed
from analysis.studies.report import Report
from analysis.studies.wide import head
from analysis.vocabulary import codes, label

#: A cost item is red from here on.
_MUCH = 1.05


def cost_against_budget(report: Report) -> Finding:
    """Budget, actual, difference and use of the budget by cost item, year to date."""
    question = report.say("成本在预算之内吗？", "Is cost within its budget?")
    rows = report.sql("budget_items", **report.this_year.bounds).set_index("cost_item")
    if rows.empty or rows["budget"].isna().all() or rows["actual"].isna().all():
        return Finding(question, None, report.say("本期没有预算。", "The period holds no budget."))
    order = [item for item in codes("cost_item") if item in rows.index]
    rows = rows.loc[order].fillna(0.0)
    rows.loc["total"] = rows.sum()
    rows["item"] = [*(label("cost_item", item, report.language) for item in order), report.say("合计", "Total")]
    rows["over"] = rows["actual"] - rows["budget"]
    rows["use"] = rows["actual"] / rows["budget"].where(rows["budget"] > 0)
    money = sum_kind(rows["actual"])
    heads = (
        head(report, "item", "成本项目", "Cost item"),
        head(report, "budget", "预算", "Budget", money),
        head(report, "actual", "实际", "Actual", money),
        head(report, "over", "超支额", "Over budget", money),
        head(report, "use", "预算执行率", "Budget used", "percent1"),
    )
    red = [*((rows["over"] > (_MUCH - 1) * rows["budget"].clip(lower=0)).iloc[:-1]), rows["over"].iloc[-1] > 0]
    alarm = frozenset((i, name) for i, bad in enumerate(red) if bad for name in ("over", "use"))
    chart = Chart("bar", "item", ("budget", "actual"))
    sheet = report.say("预算执行", "Budget")
    table = Table(rows, heads, sheet, report.style, alarm=alarm, strong=frozenset({len(rows) - 1}), chart=chart)
    note = report.say(
        f"{report.this_year.words('zh')}；实际为总账全部成本中心的支出；预算为年初至今，未随工作量调整；"
        "红色：项目超过 105%，合计超过预算。",
        f"{report.this_year.words('en')}; actual: expense of all cost centres in the ledger. "
        "Budget to date, not flexed for volume; red: an item above 105 %, the total above its budget.",
    )
    return Finding(question, table, _text(report, rows), (note,), alarm=bool(any(red)))


def _text(report: Report, rows: pd.DataFrame) -> str:
    total, items = rows.iloc[-1], rows.iloc[:-1]
    amount = report.style.money(abs(total["over"]))
    used = report.style.write(total["use"], "percent1")
    over = items[items["over"] > 0].sort_values("over", ascending=False, kind="stable")
    write = report.style.write
    words = [
        f"{row.item} {report.style.money(row.over, signed=True)}{report.say('（', ' (')}{write(row.use, 'percent1')}"
        + report.say("）", ")")
        for row in over.head(3).itertuples()
    ]
    zh = f"年初至今预算执行 {used}，{'超支' if total['over'] > 0 else '结余'} {amount}"
    en = f"{used} of the budget to date is used, {amount} {'over' if total['over'] > 0 else 'under'} it"
    if words:
        zh, en = f"{zh}；超支的有{listed(words, 'zh')}", f"{en}; over: {listed(words, 'en')}"
    return report.say(zh + "。", en + ".")
