"""Who gave how much to whom by which driver, and what the cost is under another scope."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import head, table_money
from analysis.vocabulary import codes, label

_CLASSES = {"administration": "行政", "auxiliary": "医辅", "technology": "医技", "clinical": "临床"}
#: Drivers that demonstration and norm use; another one is shown by its own name.
_DRIVERS = {
    "area": ("房屋面积", "floor area"),
    "staff": ("人员数", "staff"),
    "visits": ("诊疗人次", "visits"),
    "inpatients": ("住院人次", "inpatients"),
    "prescriptions": ("处方量", "prescriptions"),
    "sterilised_units": ("消毒件数", "sterilised units"),
    "ordered_revenue": ("申请收入", "ordered revenue"),
    "ordered_workload": ("申请工作量", "ordered workload"),
    "direct_cost": ("直接成本", "direct cost"),
}


def allocation_summary(report: Report) -> Finding:
    """Every serving centre: in which step it gave how much to which class of centres, by which driver."""
    question = report.say("谁在哪一步按什么参数分出了多少？", "Who gave how much, in which step, by which driver?")
    rows = report.sql("allocation_steps")
    if rows.empty:
        return absent(report, question, COSTS)
    rows["centre"] = report.named("cost_centre", rows["from_centre"])
    rows["driver"] = [report.say(*_DRIVERS.get(code, (code, code))) for code in rows["driver"]]
    rows["step_name"] = [report.say(f"第 {step} 步", f"Step {step}") for step in rows["step"]]
    rows = rows.sort_values(["step", "total", "from_centre"], ascending=[True, False, True], ignore_index=True)
    given = rows.groupby("step", sort=True)["total"].sum()
    parts = [
        report.say(f"第 {step} 步 {report.style.money(value)}", f"step {step} {report.style.money(value)}")
        for step, value in given.items()
    ]
    text = report.say(
        f"{rows['from_centre'].nunique()} 个科室分出成本：{'，'.join(parts)}。",
        f"{plural(rows['from_centre'].nunique(), 'centre')} gave cost on: {', '.join(parts)}.",
    )
    return Finding(question, _summary_table(report, rows), text, _summary_notes(report))


def _summary_table(report: Report, rows: pd.DataFrame) -> Table:
    money = table_money(rows["total"])
    heads = [
        head(report, "step_name", "步骤", "Step"),
        head(report, "centre", "分出科室", "Giving centre"),
        head(report, "driver", "分摊参数", "Driver"),
        *(
            head(report, name, f"至{zh}", f"To {name}", money)
            for name, zh in _CLASSES.items()
            if rows[name].notna().any()
        ),
        head(report, "total", "合计", "Total", money),
        head(report, "receivers", "受益科室数", "Receivers", "count"),
    ]
    return Table(rows, tuple(heads), report.say("分摊汇总", "Allocation summary"), report.style)


def _summary_notes(report: Report) -> tuple[str, ...]:
    name = label("allocation_method", report.scheme["allocation"], report.language)
    return (
        report.say(
            f"分摊方法：{name}，七项成本逐项进行；分出额含上一步收到的成本，各步不能相加。",
            f"Method: {name}, each of the seven items on its own; what a centre gives holds what it had received "
            "before, so the steps are not added up.",
        ),
    )


def cost_scopes(report: Report) -> Finding:
    """Clinical full cost under the four scopes of the norm, side by side, as the scheme allocates."""
    question = report.say("四种成本口径各是多少？", "What is the cost under each of the four scopes?")
    own = report.scheme["scope"]
    rows = report.sql("scope_costs", allocation=report.scheme["allocation"], own=own)
    if rows.empty:
        return absent(report, question, COSTS)
    rows = rows.set_index("cost_scope").reindex(
        [code for code in codes("cost_scope") if code in set(rows["cost_scope"])]
    )
    rows["scope"] = [label("cost_scope", code, report.language) for code in rows.index]
    rows["more"] = rows["total"].diff()
    rows["share"] = rows["total"] / rows["total"].max()
    ends = [f"{row.scope} {report.style.money(row.total)}" for row in rows.iloc[[0, -1]].itertuples()]
    apart = report.style.write(1 - rows["share"].min(), "percent1")
    text = report.say(f"从{ends[0]}到{ends[1]}，相差 {apart}。", f"From {ends[0]} to {ends[1]}: {apart} apart.")
    if len(rows) == 1:
        text = ends[0] + report.say("。", ".")
    notes = (_scope_note(report, own),)
    if len(rows) < len(codes("cost_scope")):
        notes += (report.say("本期只算了所列口径。", "Only the scopes listed were computed for the period."),)
    return Finding(question, _scope_table(report, rows), text, notes)


def _scope_table(report: Report, rows: pd.DataFrame) -> Table:
    money = table_money(rows["total"])
    heads = (
        head(report, "scope", "成本口径", "Scope"),
        head(report, "inpatient", "住院", "Inpatients", money),
        head(report, "outpatient", "门诊", "Outpatients", money),
        head(report, "unallocated", "未拆分", "Not parted", money),
        head(report, "total", "合计", "Total", money),
        head(report, "more", "比上一口径多", "More than the one above", money),
        head(report, "share", "占最大口径", "Of the widest", "percent1"),
    )
    return Table(rows, heads, report.say("成本口径", "Cost scopes"), report.style)


def _scope_note(report: Report, own: str) -> str:
    name = label("cost_scope", own, report.language)
    return report.say(
        "医疗业务成本 = 临床、医技、医辅的成本；医疗成本另加行政后勤；医疗全成本另加财政项目折旧摊销；"
        f"医院全成本另加科教项目与其他。本报告其余各表按{name}。",
        "Medical business cost: clinical, technology and auxiliary centres; medical cost adds administration; medical "
        "full cost adds depreciation and amortisation funded by government; hospital full cost adds research and "
        f"teaching and the rest. All other tables here: {name.lower()}.",
    )
