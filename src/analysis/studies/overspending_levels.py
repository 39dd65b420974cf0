"""What stands behind the money: how many cases use an item, how much of it, at what cost, here and in the reference."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Table
from analysis.studies.cause_tree import CATEGORIES, POOLS
from analysis.studies.cause_words import settings_of, thing_words, unit_words
from analysis.studies.overspending import Inquiry
from analysis.studies.report import Report
from analysis.studies.wide import head

_MOST = 12


def use_and_price(inquiry: Inquiry) -> Finding:
    """Use rate, quantity per user and unit cost of the groups that move the cost most, beside the reference."""
    report = inquiry.report
    question = report.say("用得多、用得勤，还是买得贵？", "Is it how often, how much, or how dear?")
    if inquiry.made is None:
        return inquiry.absent(question)
    rows = _rows(inquiry)
    if rows.empty:
        return Finding(question, None, report.say("没有项目与基准不同。", "No item differs from the reference."))
    heads = (
        head(report, "name", "项目", "Item"),
        head(report, "use_rate", "使用率", "Use rate", "percent0"),
        head(report, "use_rate_0", "基准", "Reference", "percent0"),
        head(report, "quantity", "每例用量", "Quantity", "number1"),
        head(report, "quantity_0", "基准", "Reference", "number1"),
        head(report, "unit", "单位", "Unit"),
        head(report, "unit_cost", "单位成本", "Unit cost", "money2"),
        head(report, "unit_cost_0", "基准", "Reference", "money2"),
        head(report, "amount_total", "合计影响", "Effect in all", sum_kind(rows["amount_total"])),
    )
    supplied = {row.group for row in settings_of(report).standards if row.drg == inquiry.drg}
    shown = rows.index[(rows.index < _MOST) | rows["group"].isin(supplied)]
    table = Table(rows, heads, report.say("用量与价格", "Use and price"), report.style, on_page=tuple(shown))
    return Finding(question, table, _text(inquiry, rows), _notes(report))


def _rows(inquiry: Inquiry) -> pd.DataFrame:
    """One row a group, the one that moves the cost most first; pools have no quantity and stand elsewhere."""
    report, tree = inquiry.report, inquiry.items
    groups = tree[(tree["depth"] == 3) & (tree["amount_total"].round(2) != 0)]
    levels = inquiry.made.levels  # type: ignore[union-attr]
    rows = levels[~levels["pooled"]].merge(groups[["cause", "amount_total"]], left_on="group", right_on="cause")
    rows = rows[~rows["group"].isin(POOLS) & rows["category"].isin(CATEGORIES)]
    order = rows["amount_total"].abs().sort_values(ascending=False, kind="stable").index
    rows = rows.loc[order].reset_index(drop=True)
    for end in ("", "_0"):
        known = [f"quantity{end}", f"unit_cost{end}"]
        rows[known] = rows[known].where(rows[f"use_rate{end}"] > 0)
    return rows.assign(
        name=[thing_words(report, code) for code in rows["group"]],
        unit=[unit_words(report, row.category, row.group) for row in rows.itertuples()],
    )


def _text(inquiry: Inquiry, rows: pd.DataFrame) -> str:
    """The group that adds most, by the effect it mostly works by."""
    report = inquiry.report
    adding = rows[rows["amount_total"] > 0]
    if adding.empty:
        return report.say("没有项目使成本高于基准。", "No item costs more than in the reference.")
    first = adding.iloc[0]
    told = {"use_rate": _use, "quantity": _quantity}.get(_through(inquiry, str(first["group"])), _price)
    zh, en = told(report, first)
    money = report.style.money(float(first["amount_total"]), signed=True)
    return report.say(f"{first['name']}：{zh}，共 {money}。", f"{first['name']}: {en}; {money} in all.")


def _through(inquiry: Inquiry, group: str) -> str:
    """The effect that moves a group most, whether or not it stands in a bundle."""
    rows = inquiry.rows[(inquiry.rows["view"] == "item") & (inquiry.rows["cause"] == group)]
    leaves = rows[rows["effect"] != "total"]
    return str(leaves.loc[leaves["amount_total"].idxmax(), "effect"]) if len(leaves) else ""


def _use(report: Report, row: pd.Series) -> tuple[str, str]:
    now, before = (report.style.write(row[name], "percent0") for name in ("use_rate", "use_rate_0"))
    return f"{now} 的病例使用，基准为 {before}", f"{now} of the cases use it, {before} in the reference"


def _quantity(report: Report, row: pd.Series) -> tuple[str, str]:
    now, before = (report.style.write(row[name], "number1") for name in ("quantity", "quantity_0"))
    unit = f" {row['unit']}" if row["unit"] else ""
    return (
        f"使用者每例 {now}{unit}，基准为 {before}{unit}",
        f"a case that uses it takes {now}{unit}, {before}{unit} in the reference",
    )


def _price(report: Report, row: pd.Series) -> tuple[str, str]:
    now, before = (report.style.money(float(row[name])) for name in ("unit_cost", "unit_cost_0"))
    return f"单位成本 {now}，基准为 {before}", f"a unit costs {now}, {before} in the reference"


def _notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "各层（严重程度、年龄、术式）按两侧平均占比加权；用量 = 用到的病例每例数量，可换算的按含量单位计；"
            "单位成本含组内用哪一种。页面列影响最大及参数设有标准的项目，其余见工作簿。",
            "Strata (severity, age, procedure) weighted alike on both sides; quantity of a case that uses it, in units "
            "of content where these are known; unit cost includes which product of a group. The page lists what moves "
            "the cost most and what the settings set a standard for, the workbook all.",
        ),
    )
