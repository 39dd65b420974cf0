"""Service items: income against cost by centre and method, and the items that cost more than their price."""

import pandas as pd

from analysis.presentation.bars import ranked_bars
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import head, table_money
from analysis.vocabulary import codes, label

METHODS = tuple(codes("service_method"))
_LINES = ("带执行科室的收费明细（charges）", "charge lines with their performing department (charges)")
_MOST = 15


def not_costed(report: Report, question: str, zh: str, en: str) -> Finding:
    """What a month with accounts would need besides them; without accounts, which tables are missing.

    Parameters
    ----------
    zh, en : the tables that are needed, in words.
    """
    if report.sql("clinical_costs").empty:
        return absent(report, question, "unit cost of service items", COSTS)
    return Finding(question, None, report.say(f"未计算：需要{zh}。", f"Not computed: this needs {en}."))


def service_rows(report: Report) -> pd.DataFrame:
    """One row a service item x performing centre with names, chosen method's cost and a verdict; may be empty.

    `verdict`: loss or surplus where at least two methods agree, else unsure; with one method above or below.
    """
    rows = report.sql("service_wide")
    rows["item"] = report.named("item", rows["item_code"])
    rows["centre"] = report.named("cost_centre", rows["cost_centre"])
    method = chosen_method(report)
    rows["unit_cost"], rows["cost"] = rows[f"unit_{method}"], rows[f"cost_{method}"]
    rows["margin"] = rows["revenue"] - rows["cost"]
    rows["verdict"] = [_verdict(row.methods, row.over) for row in rows.itertuples()]
    return rows


def chosen_method(report: Report) -> str:
    """The scheme's method of costing service items."""
    return str(report.scheme["service_method"])


def _verdict(methods: int, over: int) -> str:
    if not methods:
        return "none"
    if methods == 1:
        return "above" if over else "below"
    if over in (0, methods):
        return "loss" if over else "surplus"
    return "loss" if over >= 2 else "unsure"


def service_summary(report: Report) -> Finding:
    """Income and cost of services by performing centre and method, and how many items cost more than they bring."""
    question = report.say("服务项目收入抵得上成本吗？", "Does the income of services cover their cost?")
    rows = service_rows(report)
    if rows.empty:
        return not_costed(report, question, *_LINES)
    made = _summary(report, rows)
    total = made.iloc[-1]
    methods = [name for name in METHODS if made[f"cost_{name}"].notna().any()]
    costs = [f"{_method(report, name)} {report.style.money(total[f'cost_{name}'])}" for name in methods]
    text = report.say(
        f"{int(total['items'])} 个“项目×执行科室”收入 {report.style.money(total['revenue'])}；"
        f"成本：{listed(costs, 'zh')}；{int(total['losing'])} 个成本高于价格。",
        f"{plural(int(total['items']), 'item in its centre', 'items in their centres')}: income "
        f"{report.style.money(total['revenue'])}; cost: {listed(costs, 'en')}; {int(total['losing'])} cost more than "
        "their price.",
    )
    return Finding(question, _summary_table(report, made, methods), text, _summary_notes(report))


def _method(report: Report, name: str) -> str:
    text = label("service_method", name, report.language)
    return text if report.language == "zh" else text.lower()


def _summary(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a centre (technology first, by income), a row of the wards together, the total last."""
    sums = ["revenue", "cost", *(f"cost_{name}" for name in METHODS)]
    rows = rows.assign(losing=rows["verdict"].isin(["loss", "above"]), items=1)
    by = rows.groupby(["family", "cost_centre", "centre"], as_index=False)
    made = (
        by[[*sums, "items", "losing"]].sum(min_count=1).sort_values(["revenue", "cost_centre"], ascending=[False, True])
    )
    made["level"] = 2
    together = []
    for family in ("technology", "clinical"):
        one = made[made["family"] == family]
        name = label("centre_class", family, report.language)
        row = one[[*sums, "items", "losing"]].sum(min_count=1).to_frame().T.assign(family=family, centre=name, level=1)
        together += [row, one] if len(one) else []
    rest = made[~made["family"].isin(["technology", "clinical"])]
    total = made[[*sums, "items", "losing"]].sum(min_count=1).to_frame().T
    total = total.assign(family="", centre=report.say("合计", "Total"), level=0)
    made = pd.concat([*together, rest, total], ignore_index=True)
    return made.assign(margin=made["revenue"] - made["cost"])


def _summary_table(report: Report, rows: pd.DataFrame, methods: list[str]) -> Table:
    money = table_money(rows["revenue"])
    heads = [
        head(report, "centre", "执行科室", "Performing centre"),
        head(report, "items", "项目数", "Items", "count"),
        head(report, "revenue", "收入", "Income", money),
    ]
    heads += [head(report, f"cost_{name}", *_cost_heads(name), money) for name in methods]
    heads.append(head(report, "margin", "盈亏", "Margin", money))
    heads.append(head(report, "losing", "高于价格项目", "Items over price", "count"))
    strong = frozenset(rows.index[rows["level"] < 2])
    shown = (rows["level"] < 2) | (rows["family"] == "technology")
    sheet = report.say("服务项目汇总", "Service items")
    return Table(rows, tuple(heads), sheet, report.style, strong=strong, on_page=tuple(rows.index[shown]))


def _cost_heads(method: str) -> tuple[str, str]:
    return (
        f"成本·{label('service_method', method, 'zh')[:-1]}",
        f"Cost, {label('service_method', method, 'en').lower()}",
    )


def _summary_notes(report: Report) -> tuple[str, ...]:
    method = _method(report, chosen_method(report))
    return (
        report.say(
            f"不含药品与单独收费材料。盈亏按{method}；作业成本法按实际产能的分钟费率，不含闲置产能，其余两法分尽全部成本。",
            f"Without drugs and separately charged materials. Margin by the {method} method; activity-based cost is "
            "minutes at the rate of practical capacity, without idle capacity; the other two share out the whole cost.",
        ),
        report.say(
            "至少两种方法单位成本高于价格才计为高于价格（只有一种方法时按该法）。",
            "Over price: the unit cost exceeds the price by at least two methods (by the one where there is one).",
        ),
    )


def services_over_price(report: Report) -> Finding:
    """Items whose unit cost exceeds their price by at least two methods; the workbook has every item."""
    question = report.say("哪些服务项目的单位成本高于价格？", "Which services cost more than their price?")
    rows = service_rows(report)
    if rows.empty:
        return not_costed(report, question, *_LINES)
    rows = rows.assign(losing=rows["verdict"].isin(["loss", "above"]))
    rows = rows.sort_values(["losing", "margin", "item_code", "cost_centre"], ascending=[False, True, True, True])
    rows = rows.reset_index(drop=True)
    bad = rows[rows["losing"]]
    table = _detail_table(report, rows, tuple(range(min(max(len(bad), 1), _MOST))))
    if bad.empty:
        return Finding(question, table, report.say("没有。", "None does."))
    lost = bad.loc[bad["margin"] < 0]
    text = _over_text(report, bad, lost)
    return Finding(
        question, table, text, _detail_notes(report, len(bad)), _losses(report, lost.head(_MOST)), alarm=True
    )


def _over_text(report: Report, bad: pd.DataFrame, lost: pd.DataFrame) -> str:
    """How many items are over their price, and the money of those that are so by the scheme's method."""
    method, money = _method(report, chosen_method(report)), report.style.money(-lost["margin"].sum())
    two = bool((bad["verdict"] == "loss").all())
    zh = f"{len(bad)} 个项目的单位成本高于价格" + ("（至少两种方法）" if two else "")
    en = f"{plural(len(bad), 'item')} over price" + (" by two methods" if two else "")
    if lost.empty:
        return report.say(f"{zh}；按{method}均不亏损。", f"{en}; none of them by the {method} method.")
    words = [f"{row.item} {report.style.money(row.margin, signed=True)}" for row in lost.head(3).itertuples()]
    return report.say(
        f"{zh}；其中按{method}亏损的 {len(lost)} 个，共亏 {money}，最多的是{listed(words, 'zh')}。",
        f"{en}; {len(lost):,} of them by the {method} method, {money}; most: {listed(words, 'en')}.",
    )


def _losses(report: Report, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    labels = [f"{row.item} · {row.centre}" for row in rows.itertuples()]
    values = rows["margin"].tolist()
    return ranked_bars(labels, values, report.style, sum_kind(values), bad=[True] * len(labels))


def _detail_table(report: Report, rows: pd.DataFrame, shown: tuple[int, ...]) -> Table:
    money = table_money(rows["revenue"])
    heads: list[Column] = [
        head(report, "item_code", "项目编码", "Item code", on_page=False),
        head(report, "item", "服务项目", "Service item"),
        head(report, "cost_centre", "科室编码", "Centre code", on_page=False),
        head(report, "centre", "执行科室", "Performing centre"),
        head(report, "volume", "服务量", "Volume", "count"),
        head(report, "minutes", "分钟", "Minutes", "count", on_page=False),
        head(report, "material", "单位直接材料", "Material of one", "money2", on_page=False),
        head(report, "unit_price", "价格", "Price", "money2"),
        head(report, "direct_unit_cost", "单位直接成本", "Direct unit cost", "money2", on_page=False),
    ]
    for name in METHODS:
        words = label("service_method", name, "zh")[:-1], label("service_method", name, "en")
        heads.append(head(report, f"unit_{name}", f"单位成本·{words[0]}", f"Unit cost, {words[1].lower()}", "money2"))
    heads += [
        head(report, "revenue", "收入", "Income", money, on_page=False),
        head(report, "cost", "成本", "Cost", money, on_page=False),
        head(report, "margin", "盈亏", "Margin", "money"),
        head(report, "verdict", "判定", "Verdict", "mark"),
    ]
    heads = [column for column in heads if column.kind in {"text", "mark"} or rows[column.name].notna().any()]
    sheet = report.say("服务项目明细", "Service items in detail")
    return Table(rows, tuple(heads), sheet, report.style, on_page=shown)


def _detail_notes(report: Report, bad: int) -> tuple[str, ...]:
    shown = min(bad, _MOST)
    return (
        report.say(
            f"列出亏损最多的 {shown} 个，工作簿有全部项目。价格为平均收费单价；盈亏按本方案的方法。",
            f"The {shown} that lose most; the workbook has all items. Price: mean price charged; margin by the "
            "scheme's method.",
        ),
    )
