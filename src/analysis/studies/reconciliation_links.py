"""From the ledger to the DRGs, link by link: both sides, the difference, and what stayed on the way."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.studies.absent import COSTS, absent
from analysis.studies.links import by_item, by_method, link_finding, money_heads, tied
from analysis.studies.report import Report
from analysis.studies.wide import ITEMS, head, item_heads
from analysis.vocabulary import codes, label


def ledger_to_departments(report: Report) -> Finding:
    """Per cost item: ledger = clinical full cost (inpatient, outpatient, not parted) + unallocated centres."""
    question = report.say("总账的成本都到了科室吗？", "Has all of the ledger reached the departments?")
    rows = report.sql("link_ledger")
    if not len(rows) or not rows["ledger"].any():
        return absent(report, question, COSTS)
    rows = by_item(report, rows)
    heads = (
        ("ledger", "总账", "Ledger"),
        ("inpatient", "临床·住院", "Clinical, inpatients"),
        ("outpatient", "临床·门诊", "Clinical, outpatients"),
        ("unparted", "临床·未拆分", "Clinical, not parted"),
        ("unallocated", "未分配", "Unallocated"),
    )
    total = rows.iloc[-1]
    left = float(total["unallocated"] + total["unparted"])
    money, kept = report.style.money(total["ledger"]), report.style.money(left)
    text = report.say(
        f"总账 {money}，{tied(report, rows)}；" + (f"未到科室或未能拆分 {kept}。" if left else "没有未分配。"),
        f"Ledger {money}: {tied(report, rows)}; "
        + (f"{kept} reached no department or no setting." if left else "nothing is left unallocated."),
    )
    return link_finding(report, question, rows, heads, text, ("总账→科室", "Ledger to departments"))


def departments_to_services(report: Report) -> Finding:
    """Per cost item: inpatient full cost of the clinical centres = pools of the wards + pools of technology centres."""
    question = report.say("科室的住院成本都进了服务成本池吗？", "Has the inpatient cost reached the service pools?")
    rows = report.sql("link_pools")
    if rows.empty:
        return absent(report, question, COSTS)
    rows = by_item(report, rows)
    heads = (
        ("departments", "临床住院全成本", "Clinical inpatient full cost"),
        ("wards", "病房成本池", "Pools of wards"),
        ("technology", "医技成本池", "Pools of technology"),
    )
    total = rows.iloc[-1]
    share = report.style.write(total["technology"] / total["departments"] if total["departments"] else None, "percent1")
    text = report.say(
        f"住院全成本 {report.style.money(total['departments'])}，{tied(report, rows)}；医技执行的占 {share}。",
        f"Inpatient full cost {report.style.money(total['departments'])}: {tied(report, rows)}; {share} was performed "
        "by technology centres.",
    )
    return link_finding(report, question, rows, heads, text, ("科室→服务", "Departments to services"))


def services_to_items(report: Report) -> Finding:
    """Per performing centre: inpatient pool beside what service items bear by each method; for information."""
    question = report.say("服务项目承担了成本池的多少？", "How much of the pools do service items bear?")
    rows = report.sql("link_services")
    if rows.empty or rows[["activity", "equivalence", "ratio"]].isna().all(axis=None):
        return absent(report, question, "unit cost of service items", COSTS)
    rows = rows.sort_values(["family", "pool", "cost_centre"], ascending=[False, False, True], ignore_index=True)
    rows["name"] = report.named("cost_centre", rows["cost_centre"])
    rows.loc[len(rows)] = {**rows.select_dtypes("number").sum(), "name": report.say("合计", "Total"), "family": ""}
    heads: list[tuple[str, str, str]] = [
        ("pool", "住院成本池", "Inpatient pool"),
        ("own", "其中药品与材料", "Of it drugs, materials"),
    ]
    there = [name for name in codes("service_method") if rows[name].notna().any()]
    heads += [(name, label("service_method", name, "zh"), label("service_method", name, "en")) for name in there]
    heads.append(("idle", "闲置产能", "Idle capacity"))
    total = rows.iloc[-1]
    text = report.say(
        f"住院成本池 {report.style.money(total['pool'])}，其中药品与材料 {report.style.money(total['own'])}；"
        f"比例系数法下服务项目承担 {report.style.money(total['ratio'])}。",
        f"Inpatient pools {report.style.money(total['pool'])}, of which drugs and materials "
        f"{report.style.money(total['own'])}; by the ratio method service items bear "
        f"{report.style.money(total['ratio'])}.",
    )
    note = report.say(
        "仅列示：作业成本法只计已用分钟，闲置产能单列；床日承担的病房成本与单独收费的药品、材料不属于服务项目；"
        "有收费明细的门诊服务也计在项目内。",
        "Shown only: activity-based cost holds the minutes used, idle capacity stands apart; what a ward's beds carry "
        "and drugs and materials charged separately belong to no service item; outpatients' services with charge "
        "lines are counted too.",
    )
    shown = rows.index[(rows["family"] != "clinical")]
    columns = [head(report, "name", "执行科室", "Performing centre"), *money_heads(report, rows, heads)]
    sheet = report.say("服务→项目", "Pools to items")
    table = Table(rows, tuple(columns), sheet, report.style, strong=frozenset({len(rows) - 1}), on_page=tuple(shown))
    return Finding(question, table, text, (note,))


def departments_to_cases(report: Report) -> Finding:
    """Per method and cost item: inpatient full cost = costs of stays + what reached no stay."""
    question = report.say("住院成本都到了病例吗？", "Has the inpatient cost reached the stays?")
    rows = report.sql("link_cases", scope=report.scheme["scope"])
    if rows.empty:
        return absent(report, question, COSTS)
    heads = (
        ("departments", "住院全成本", "Inpatient full cost"),
        ("stays", "病例成本", "Costs of stays"),
        ("unallocated", "未分配", "Unallocated"),
    )
    return by_method(report, question, rows, heads, ("科室→病例", "Departments to stays"))


def stays_over_the_month(report: Report) -> Finding:
    """Per method and cost item: in house at the begin + the month = discharged + booked late + in house at the end."""
    question = report.say("病例成本跨月衔接吗？", "Do the stays' costs carry over from month to month?")
    previous = report.period.shift(-1).name
    rows = report.sql("link_stays", previous=previous, own=report.case_method)
    there = set(report.sql("methods_there", first=report.period.name, last=report.period.name)["method"])
    rows = rows[rows["method"].isin(there)]
    if rows.empty:
        return absent(report, question, COSTS)
    heads = (
        ("opening", "期初在院", "Opening in house"),
        ("month", "本月发生", "Cost of the month"),
        ("discharged", "出院病例", "Discharged"),
        ("late", "出院后补记", "Booked after discharge"),
        ("closing", "期末在院", "Closing in house"),
    )
    return by_method(report, question, rows, heads, ("病例跨月", "Stays over the month"))


def cases_to_drgs(report: Report) -> Finding:
    """Charges, income and cost of the discharged cases = DRGs + ungrouped + incomplete; and = departments."""
    question = report.say("病例、病组、科室三者一致吗？", "Do cases, DRGs and departments agree?")
    rows = report.sql("link_drgs")
    order = {"charges": ("费用", "Charges"), "income": ("DRG 收入", "DRG income"), "cost": ("全成本", "Full cost")}
    rows = rows.set_index("measure").reindex(list(order)).reset_index()
    rows = rows[(rows["cases"] != 0) | (rows["drgs"] != 0)].reset_index(drop=True)
    if rows.empty:
        return absent(report, question, COSTS)
    rows["name"] = [report.say(*order[name]) for name in rows["measure"]]
    specs = (
        ("cases", "病例", "Cases"),
        ("drgs", "病组", "DRGs"),
        ("ungrouped", "未入组", "Ungrouped"),
        ("incomplete", "成本不完整", "Cost incomplete"),
        ("difference", "差额", "Difference"),
        ("departments", "科室", "Departments"),
        ("difference_departments", "与科室之差", "Against departments"),
    )
    open_ones = (rows[["difference", "difference_departments"]].abs() > 0.005).any(axis=None)
    heads = [head(report, "name", "金额", "Amount"), *(head(report, *spec, "money2") for spec in specs)]
    text = report.say("两两相符，差额 0.00。", "All agree, difference 0.00.")
    if open_ones:
        text = report.say("存在差额，见表。", "They differ, see the table.")
    note = report.say(
        "成本不完整：入院早于账目起点的病例，不计入病组与科室的成本。",
        "Cost incomplete: cases that began before the accounts do; DRGs and departments leave their cost out.",
    )
    table = Table(rows, tuple(heads), report.say("病例→病组", "Cases to DRGs"), report.style)
    return Finding(question, table, text, (note,), alarm=bool(open_ones))


def unallocated_cost(report: Report) -> Finding:
    """Every cost that reached no clinical centre or no patient: where it stayed, by which method, and why."""
    question = report.say("哪些成本没有分出去，为什么？", "Which cost was not allocated, and why?")
    rows = report.sql("unallocated_rows")
    if rows.empty:
        if report.sql("clinical_costs").empty:
            return absent(report, question, COSTS)
        return Finding(question, None, report.say("没有未分配成本。", "No cost is left unallocated."))
    made = _by_reason(report, rows)
    sums = rows.groupby("method")["amount"].sum()
    words = [
        f"{label('unallocated_method', code, report.language)} {report.style.money(value)}"
        for code, value in sums.items()
    ]
    text = report.say("；".join(words) + "。", "; ".join(words) + ".")
    heads = [
        head(report, "method", "方法", "Method"),
        head(report, "level", "环节", "Level"),
        head(report, "centre", "成本中心", "Cost centre"),
        head(report, "reason", "原因", "Reason"),
        head(report, "amount", "金额", "Amount", "money2"),
    ]
    there = [item for item in ITEMS if item in made]
    heads += item_heads(report, "money2", items=there, on_page=False)
    table = Table(made, tuple(heads), report.say("未分配成本", "Unallocated cost"), report.style)
    note = report.say(
        "各病例方法各自分配一次，不能相加；“各方法”为到病例之前就未能分出的成本。",
        "Every method of case costing allocates anew, so the methods are not added up; `all methods`: left over before "
        "any stay.",
    )
    return Finding(question, table, text, (note,))


def _by_reason(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a method, level, reason and centre in words: the amount, and each cost item's part of it."""
    keys = ["method", "level", "reason", "cost_centre"]
    items = rows.pivot_table(index=keys, columns="cost_item", values="amount", aggfunc="sum").reset_index()
    made = rows.groupby(keys, as_index=False)["amount"].sum().merge(items, on=keys)
    made = made.sort_values(["method", "amount", "cost_centre"], ascending=[True, False, True], ignore_index=True)
    made["centre"] = report.named("cost_centre", made["cost_centre"])
    for name in ("method", "level", "reason"):
        made[name] = [label(f"unallocated_{name}", code, report.language) for code in made[name]]
    return made
