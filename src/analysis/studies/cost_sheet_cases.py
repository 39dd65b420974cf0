"""The cases of a DRG's cost sheet: who treats them, what they use, how their cost is spread."""

import pandas as pd

from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, note, protect
from analysis.presentation.distribution import histogram
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.services import chosen_method
from analysis.studies.wide import head, interval_heads
from analysis.vocabulary import label

_MOST = 20
_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


def items_used(report: Report, drg_code: str) -> Finding:
    """Drugs, consumables and service items of a case: how many cases use them, quantity, price, charge and cost."""
    question = report.say("一例用了哪些药品、耗材和服务？", "Which drugs, consumables and services does a case use?")
    rows = report.sql("sheet_items", **report.twelve.bounds, drg=drg_code, service_method=chosen_method(report))
    if rows.empty:
        return absent(report, question, "charges by category")
    cases = rows["cases"].iloc[0]
    rows = _per_case(report, rows, cases)
    top = [f"{row.item} {report.style.money(row.size)}" for row in rows.head(3).itertuples()]
    text = report.say(
        f"共用到 {len(rows)} 个项目，例均成本最高的是{listed(top, 'zh')}。",
        f"{plural(len(rows), 'item')} in use; most cost per case: {listed(top, 'en')}.",
    )
    heads = (
        head(report, "item_code", "编码", "Code", on_page=False),
        head(report, "item", "项目", "Item"),
        head(report, "kind_name", "类别", "Kind"),
        head(report, "use", "使用率", "Cases using it", "percent1"),
        head(report, "quantity_per_case", "例均用量", "Quantity per case", "number1"),
        head(report, "price", "单价", "Price", "money2"),
        head(report, "amount_per_case", "例均费用", "Charge per case", "money"),
        head(report, "cost_per_case", "例均成本", "Cost per case", "money"),
    )
    shown = tuple(rows.index[:_MOST])
    table = Table(rows, heads, report.say("项目用量", "Items"), report.style, on_page=shown)
    told = report.say(
        f"{report.twelve.words('zh')}，{cases} 例；列例均成本最高的 {len(shown)} 项。"
        "药品、耗材按采购成本，服务按单位成本。",
        f"{report.twelve.words('en')}, {cases:,} cases; the {len(shown)} that cost most. Drugs and consumables at "
        "purchase cost, services at their unit cost.",
    )
    return Finding(question, table, text, (told,))


def _per_case(report: Report, rows: pd.DataFrame, cases: int) -> pd.DataFrame:
    """Use, price and quantities of a case; what costs most (else: is charged most) first."""
    rows = rows.assign(
        item=report.named("item", rows["item_code"]),
        kind_name=[label("item_kind", code, report.language) if code else "" for code in rows["kind"]],
        use=rows["users"] / cases,
        price=rows["amount"] / rows["quantity"].where(rows["quantity"] != 0),
        **{f"{name}_per_case": rows[name] / cases for name in ("quantity", "amount", "cost")},
    )
    rows["size"] = rows["cost_per_case"].fillna(rows["amount_per_case"]).fillna(0.0)
    return rows.sort_values(["size", "item_code"], ascending=[False, True], ignore_index=True)


def treating_departments(report: Report, drg_code: str) -> Finding:
    """Departments that treat the DRG by principal procedure; cells under ten hidden."""
    question = report.say("哪些科室、以哪些主要手术收治？", "Which departments treat it, by which principal procedure?")
    rows = report.sql("sheet_cases", **report.twelve.bounds, drg=drg_code)
    if rows.empty:
        return absent(report, question, COSTS)
    by = _by_procedure(report, rows)
    safe = protect(by, "cases", ["days", "cost", "materials", "payment", "margin"])
    safe["procedure"] = safe["procedure"].where(safe["cases"] != SMALL, HIDDEN)
    heads = (
        head(report, "name", "科室", "Department"),
        head(report, "procedure", "主要手术编码", "Principal procedure"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "days", "平均住院日", "Mean stay", "number1"),
        head(report, "cost", "例均成本", "Cost per case", "money"),
        head(report, "materials", "其中卫生材料", "Of it materials", "money"),
        head(report, "payment", "例均收入", "Income per case", "money"),
        head(report, "margin", "例均盈亏", "Margin per case", "money"),
    )
    table = Table(safe, heads, report.say("科室与手术", "Departments"), report.style)
    shown = by[~safe["cases"].isin([SMALL, HIDDEN])]
    return Finding(question, table, _treated_text(report, by, shown), note(len(shown) < len(by), report.language))


def _by_procedure(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a department and principal procedure, those with most cases first: means of a case."""
    rows = rows.assign(department=rows["department"].fillna(""), procedure=rows["procedure"].fillna(""))
    by = rows.groupby(["department", "procedure"], as_index=False).agg(
        cases=("cost", "size"), days=("days", "mean"), cost=("cost", "mean"), materials=("materials", "mean"),
        payment=("payment", "mean"), margin=("margin", "mean"))  # fmt: skip
    by = by.sort_values(["cases", "department", "procedure"], ascending=[False, True, True], ignore_index=True)
    by["name"] = [name or report.say("未知", "Unknown") for name in report.named("department", by["department"])]
    return by.assign(procedure=by["procedure"].where(by["procedure"] != "", report.say("无手术", "none")))


def _treated_text(report: Report, by: pd.DataFrame, shown: pd.DataFrame) -> str:
    """How many departments and procedures; of the rows that may be told, the dearest and the cheapest."""
    count, procedures = by["department"].nunique(), by["procedure"].nunique()
    zh = f"{count} 个科室，{procedures} 种主要手术"
    en = f"{plural(count, 'department')}, {plural(procedures, 'principal procedure')}"
    if len(shown) > 1:
        ends = []
        for row in (shown.loc[shown["cost"].idxmax()], shown.loc[shown["cost"].idxmin()]):
            bracket = report.say("（{}）", " ({})").format(row["procedure"])
            ends.append(f"{row['name']}{bracket} {report.style.money(row['cost'])}")
        zh, en = f"{zh}；例均成本最高 {ends[0]}，最低 {ends[1]}", f"{en}; cost per case from {ends[1]} to {ends[0]}"
    return report.say(zh + "。", en + ".")


def physicians(report: Report, drg_code: str) -> Finding:
    """Cost per case of the physicians with ten cases or more, by pseudonym; not adjusted for severity."""
    question = report.say("医师之间例均成本差多少？", "How far do physicians differ in cost per case?")
    rows = report.sql("sheet_cases", **report.twelve.bounds, drg=drg_code)
    if rows.empty:
        return absent(report, question, COSTS)
    by = _by_physician(rows)
    if by.empty:
        text = report.say(f"没有医师满 {LIMIT} 例，不列示。", f"No physician has {LIMIT} cases: none is shown.")
        return Finding(question, None, text)
    heads = (
        head(report, "physician_id", "医师编码", "Physician"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "days", "平均住院日", "Mean stay", "number1"),
        head(report, "cost", "例均成本", "Cost per case", "money"),
        *interval_heads(report, "money", "low", "high"),
        head(report, "drugs", "药品", "Drugs", "money"),
        head(report, "materials", "卫生材料", "Materials", "money"),
        head(report, "margin", "例均盈亏", "Margin per case", "money"),
    )
    ends = report.style.money(by["cost"].iloc[0]), report.style.money(by["cost"].iloc[-1])
    text = report.say(
        f"{len(by)} 名医师满 {LIMIT} 例，例均成本 {ends[1]} 至 {ends[0]}。",
        f"{plural(len(by), 'physician')} with {LIMIT} cases or more, from {ends[1]} to {ends[0]} a case.",
    )
    told = report.say(
        "未按病情调整，区间只反映病例间波动：差异不等于优劣。仅供分析师使用，编码为化名，不外传。",
        "Not adjusted for severity, intervals for the spread of cases only: a difference is no judgement. For analysts "
        "only, codes are pseudonyms, not to be handed on.",
    )
    return Finding(question, Table(by, heads, report.say("医师", "Physicians"), report.style), text, (told,))


def _by_physician(rows: pd.DataFrame) -> pd.DataFrame:
    """Means of a case of every physician with enough cases, the dearest first; 95 % interval of the mean cost."""
    by = rows[rows["physician_id"].notna()].groupby("physician_id", as_index=False).agg(
        cases=("cost", "size"), days=("days", "mean"), cost=("cost", "mean"), spread=("cost", "std"),
        drugs=("drugs", "mean"), materials=("materials", "mean"), margin=("margin", "mean"))  # fmt: skip
    by = by[by["cases"] >= LIMIT].sort_values(["cost", "physician_id"], ascending=[False, True], ignore_index=True)
    half = 1.96 * by["spread"] / by["cases"] ** 0.5
    return by.assign(low=by["cost"] - half, high=by["cost"] + half)


def cost_distribution(report: Report, drg_code: str) -> Finding:
    """How the cases' costs are spread, and how many cost more than they bring."""
    question = report.say(
        "病例成本怎样分布，多少例高于收入？", "How is the cost spread, and how many cases exceed their income?"
    )
    rows = report.sql("sheet_cases", **report.twelve.bounds, drg=drg_code)
    if rows.empty:
        return absent(report, question, COSTS)
    if len(rows) < LIMIT:
        return Finding(
            question, None, report.say(f"不足 {LIMIT} 例，不列示。", f"Fewer than {LIMIT} cases: not shown.")
        )
    income = float(rows["payment"].mean()) if rows["payment"].notna().any() else None
    over = int((rows["margin"] < 0).sum())
    lines = [
        (report.say(f"第 {int(100 * s)} 百分位", f"{int(100 * s)}th percentile"), rows["cost"].quantile(s))
        for s in _SHARES
    ]
    lines.append((report.say("平均", "Mean"), rows["cost"].mean()))
    frame = pd.DataFrame(lines, columns=["measure", "cost"])
    share = report.style.write(over / len(rows), "percent1")
    middle, mean = (report.style.money(value) for value in (rows["cost"].median(), rows["cost"].mean()))
    text = report.say(
        f"{len(rows)} 例，中位数 {middle}，平均 {mean}；{over} 例（{share}）成本高于收入。",
        f"{len(rows):,} cases, median {middle}, mean {mean}; {over} ({share}) cost more than they bring.",
    )
    words = report.say("例均收入", "income per case"), report.say("平均成本", "mean cost")
    figure = histogram(rows["cost"].tolist(), report.style, "money", income, *words)
    heads = (head(report, "measure", "指标", "Measure"), head(report, "cost", "病例成本", "Cost of a case", "money"))
    table = Table(frame, heads, report.say("成本分布", "Distribution"), report.style)
    return Finding(question, table, text, (report.twelve.words(report.language) + report.say("。", "."),), figure)
