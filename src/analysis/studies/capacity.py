"""Capacity that is paid for and not used: time-driven activity-based costing shows it apart from services."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.palette import LIGHT
from analysis.presentation.stacks import Part, stacked_shares
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.report import Report
from analysis.studies.services import not_costed
from analysis.studies.wide import head, table_money

_MOST = 20
_TABLES = (
    "实际产能（resources）与作业配方的分钟（service_recipes）",
    "practical minutes (resources) and the minutes of recipes (service_recipes)",
)


def idle_capacity(report: Report) -> Finding:
    """Practical capacity of every performing centre: used, estimated for outpatients, unused, and what that costs."""
    question = report.say("有多少产能闲置，花了多少钱？", "How much capacity stands idle, and what does it cost?")
    rows = report.sql("capacity")
    rows = rows[(rows["practical_minutes"] > 0) & rows["unused_minutes"].notna()]
    if rows.empty:
        return not_costed(report, question, *_TABLES)
    rows = rows.sort_values(["unused_cost", "cost_centre"], ascending=[False, True], ignore_index=True)
    rows["centre"] = report.named("cost_centre", rows["cost_centre"])
    rows["used_share"] = rows["used_minutes"].fillna(0) / rows["practical_minutes"]
    rows["estimated_share"] = rows["estimated_minutes"].fillna(0) / rows["practical_minutes"]
    rows["use"] = rows["used_share"] + rows["estimated_share"]
    idle, over = rows[rows["unused_minutes"] > 0], rows[rows["unused_minutes"] < 0]
    lost, cost = idle["unused_cost"].sum(), rows["cost"].sum()
    words = [f"{row.centre} {report.style.money(row.unused_cost)}" for row in idle.head(3).itertuples()]
    share = report.style.write(lost / cost if cost else None, "percent1")
    text = report.say(
        f"{len(idle)} 个科室有闲置产能，成本 {report.style.money(lost)}（占产能成本 {share}）："
        f"{listed(words, 'zh')}居前",
        f"{plural(len(idle), 'centre')} with idle capacity worth {report.style.money(lost)} ({share} of the cost of "
        f"capacity), most: {listed(words, 'en')}",
    )
    if len(over):
        text += report.say(
            f"；{len(over)} 个科室超出实际产能", f"; {plural(len(over), 'centre')} beyond practical capacity"
        )
    return Finding(question, _table(report, rows), text + report.say("。", "."), _notes(report), _figure(report, rows))


def _figure(report: Report, rows: pd.DataFrame) -> str:
    shown = rows[rows["family"] == "technology"] if (rows["family"] == "technology").any() else rows
    shown = shown.head(_MOST)
    parts = [
        Part(report.say("已用（明细）", "used (charge lines)"), shown["used_share"].tolist(), "#1f5a96"),
        Part(report.say("估计（门诊）", "estimated (outpatients)"), shown["estimated_share"].tolist(), "#9dbbd8"),
        Part(report.say("闲置", "idle"), (1 - shown["use"]).clip(lower=0).tolist(), LIGHT),
    ]
    ends = [report.style.money(value) if value > 0 else "" for value in shown["unused_cost"].fillna(0)]
    return stacked_shares(shown["centre"].tolist(), parts, report.style, ends)


def _table(report: Report, rows: pd.DataFrame) -> Table:
    money = table_money(rows["cost"])
    heads = (
        head(report, "cost_centre", "编码", "Code", on_page=False),
        head(report, "centre", "执行科室", "Performing centre"),
        head(report, "cost", "产能成本", "Cost of capacity", money),
        head(report, "practical_minutes", "实际产能（分钟）", "Practical minutes", "count"),
        head(report, "used_minutes", "已用分钟", "Used", "count"),
        head(report, "estimated_minutes", "估计分钟", "Estimated", "count"),
        head(report, "unused_minutes", "闲置分钟", "Idle", "count"),
        head(report, "use", "利用率", "Use", "percent1"),
        head(report, "rate", "每分钟成本", "Cost a minute", "money2"),
        head(report, "unused_cost", "闲置成本", "Cost of idle capacity", table_money(rows["unused_cost"])),
    )
    sheet = report.say("产能与闲置", "Idle capacity")
    alarm = frozenset((row, "unused_minutes") for row in rows.index[rows["unused_minutes"] < 0])
    shown = tuple(rows.index[:_MOST])
    return Table(rows, heads, sheet, report.style, alarm=alarm, on_page=shown)


def _notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "每分钟成本 = 产能成本 / 实际产能；闲置 = 实际产能 − 已用 − 估计，不计入服务项目单位成本。"
            "估计：没有收费明细的门诊收入按每元分钟数折算。负数表示超出实际产能。"
            "兼有门诊而门诊无收费明细的临床科室不计闲置。",
            "Cost a minute = cost of capacity / practical minutes; idle = practical − used − estimated, no part of "
            "any service's unit cost. Estimated: outpatient income without charge lines, at the minutes per yuan of "
            "the lines. Negative: more was worked than the practical capacity. Clinical centres whose outpatients "
            "leave no lines are not judged.",
        ),
    )
