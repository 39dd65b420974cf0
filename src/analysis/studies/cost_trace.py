"""Where a department's full cost was booked: from every centre of the hospital, through all steps."""

import pandas as pd

from analysis.costing.trace import trace
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.sankey import Flow, sankey
from analysis.presentation.tables import Column, Table, column
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import table_money
from analysis.vocabulary import codes, label

#: From here on yuan are too many digits for a figure.
_MILLIONS = 1e7
_CLASSES = {1: "administration", 2: "auxiliary", 3: "technology"}


def cost_origins(report: Report, department: str = "") -> Finding:
    """Every yuan of a department's full cost in the month, back to the centre and cost item where it was booked.

    Parameters
    ----------
    department : code; by default the report's own, else the one with the highest full cost.
    """
    question = report.say("本科室的全成本最初发生在哪里？", "Where was the department's full cost booked?")
    costs = report.closed.sql(
        """select coalesce(department, cost_centre) as department, sum(full_cost) as amount from centre_costs
        where hospital_id = $hospital and exists (select 1 from allocations where hospital_id = $hospital)
        group by all order by amount desc, department""",
        hospital=report.hospital,
    )
    if costs.empty:
        return absent(report, question, COSTS)
    department = department or report.department or str(costs["department"][0])
    rows = trace(report.closed, department, report.hospital)
    rows["group"] = [_group(report, step) for step in rows["step"]]
    rows["centre"] = (rows["name_en"] if report.language == "en" else rows["name"]).fillna(rows["name"])
    rows["centre"] = rows["centre"].fillna(rows["from_centre"])
    table = _table(report, rows)
    return Finding(question, table, _sentence(report, rows, department), _notes(report, rows), _figure(report, rows))


def _group(report: Report, step: int) -> str:
    if pd.isna(step):
        return report.say("本科室", "The department itself")
    if step == 0:
        return report.say("公共费用计入", "Computed in")
    if step in _CLASSES:
        return label("centre_class", _CLASSES[step], report.language)
    return report.say(f"第 {step} 步", f"Step {step}")


def _figure(report: Report, rows: pd.DataFrame) -> str:
    items = {item: label("cost_item", item, report.language) for item in codes("cost_item")}
    flows = [
        Flow(group, centre, items[item], amount)
        for group, centre, item, amount in rows[["group", "centre", "cost_item", "amount"]].itertuples(index=False)
    ]
    steps = sorted(set(rows["step"].fillna(-1)))
    groups = [_group(report, pd.NA if step < 0 else step) for step in steps]
    small = report.say("其余 {} 个科室", "{} smaller centres")
    kind: Kind = "money_large" if rows["amount"].sum() >= _MILLIONS else "money"
    return sankey(flows, groups, list(items.values()), report.style, kind, small=small)


def _table(report: Report, rows: pd.DataFrame) -> Table:
    """One row a centre, one column a cost item."""
    items = [item for item in codes("cost_item") if item in set(rows["cost_item"])]
    wide = rows.pivot_table(
        index=["group", "from_centre", "centre"], columns="cost_item", values="amount", aggfunc="sum"
    )
    wide = wide.reindex(columns=items).assign(total=rows.groupby(["group", "from_centre", "centre"])["amount"].sum())
    wide = wide.reset_index().sort_values(["total", "from_centre"], ascending=[False, True], ignore_index=True)
    money = table_money(wide["total"])
    heads = (
        Column("group", report.say("类别", "Class")),
        Column("centre", report.say("成本发生科室", "Booked at")),
        *(Column(i, report.style.with_unit(label("cost_item", i, report.language), money), money) for i in items),
        column("total", report.style, money),
    )
    return Table(wide.drop(columns="from_centre"), heads, report.say("成本来源", "Cost origins"), report.style)


def _sentence(report: Report, rows: pd.DataFrame, department: str) -> str:
    total, own = rows["amount"].sum(), rows.loc[rows["step"].isna(), "amount"].sum()
    name, money = report.name("department", department), report.style.money
    others = rows[rows["step"].notna()].groupby("centre")["amount"].sum()
    text = report.say(
        f"{name}全成本 {money(total)}，其中 {own / total:.1%} 直接记在本科室" if total else f"{name}没有成本",
        f"{name} cost {money(total)}, {own / total:.1%} of it booked at the department itself"
        if total
        else f"{name} cost nothing",
    )
    if others.empty:
        return text + report.say("。", ".")
    most = others.idxmax()
    return text + report.say(
        f"；来自其他 {len(others)} 个科室的部分中，{most}最多（{money(others[most])}）。",
        f"; of what {len(others)} other centres brought, {most} brought most ({money(others[most])}).",
    )


def _notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    notes = [
        report.say(
            "按每一步分摊逐级追溯到费用最初入账的科室和成本项目，各项合计等于科室全成本，分毫不差。",
            "Walked back through every step to the centre and cost item where it was booked; the parts sum to the "
            "department's full cost to the fen.",
        )
    ]
    negative = rows.loc[rows["amount"] < 0, "amount"].sum()
    if negative:
        amount = report.style.money(negative)
        notes.append(
            report.say(
                f"冲减 {amount} 未画在图中，见表。", f"Corrections of {amount} are in the table, not in the figure."
            )
        )
    return tuple(notes)
