"""One DRG's cost sheet: what a case brings and costs, where the cost arises, and how far it is from its standard."""

import pandas as pd

from analysis.errors import InputError
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty
from analysis.presentation.tables import Chart, Table
from analysis.presentation.wording import listed
from analysis.studies.absent import COSTS, absent
from analysis.studies.drg_costs import method_by_unit
from analysis.studies.report import Report, Span
from analysis.studies.wide import ITEMS, head, item_heads, wide
from analysis.vocabulary import label

_MOST = 12


def chosen_drg(report: Report, drg_code: str = "") -> str:
    """The DRG of the sheet: the one named, else the one with ten cases or more that loses most in twelve months.

    Raises
    ------
    InputError
        No case of the DRG named in the last twelve months.
    """
    rows = report.sql("drg_choice", **report.twelve.bounds)
    if drg_code and drg_code not in set(rows["drg_code"]):
        raise InputError(
            f"no cases of DRG {drg_code!r} in {report.twelve.words('en')}",
            where=str(report.folder),
            mend=f"DRGs there: {listed(rows['drg_code'].tolist(), 'en', 40)}",
        )
    if drg_code or rows.empty:
        return drg_code
    many = rows[rows["cases"] >= LIMIT] if (rows["cases"] >= LIMIT).any() else rows
    order = ["margin", "cases"] if many["margin"].notna().any() else ["cases"]
    return str(many.sort_values(order, ascending=order == ["margin", "cases"], kind="stable")["drg_code"].iloc[0])


def case_account(report: Report, drg_code: str) -> Finding:
    """What a case of the DRG brings and costs: last twelve months beside the twelve before."""
    question = report.say("这个病组一例收多少、花多少？", "What does a case of this DRG bring, and what does it cost?")
    span, before = report.compared
    rows = _account(report, drg_code, span, "now")
    if rows is None:
        return absent(report, question)
    past = _account(report, drg_code, before, "before") if before else None
    rows = rows.join(past["before"]) if past is not None else rows.assign(before=None)
    rows = rows[rows["now"].notna()].reset_index(drop=True)
    values = dict(zip(rows["name"], rows["now"], strict=True))
    table = _account_table(report, rows)
    words = span.words(report.language)
    note = report.say(
        f"{words}；成本按成本完整的病例。固定成本：{_fixed(report)}；边际贡献 = 收入 − 变动成本。",
        f"{words}; cost over cases with complete cost. Fixed: {_fixed(report)}; contribution = income − variable cost.",
    )
    whole = report.say(
        "供分析师使用：含各科室全部病例；委员会页面不含不足 10 例的科室×病组。",
        "For analysts: every department's cases; the committee's pages leave out cells of fewer than ten.",
    )
    standard, basis = _standard_rows(report, drg_code, span)
    notes = (note, whole) if standard.empty or basis == "history" else (note, whole, _basis_note(report, basis))
    return Finding(question, table, _account_text(report, drg_code, values), notes, alarm=bool(table.alarm))


def _account_table(report: Report, rows: pd.DataFrame) -> Table:
    kinds: tuple[Kind, ...] = tuple(rows["kind"])
    texts = [report.style.with_unit(report.say(row.zh, row.en), row.kind) for row in rows.itertuples()]
    heads = [head(report, "measure", "指标", "Measure"), head(report, "now", "本期", "Now", "by_row")]
    if rows["before"].notna().any():
        heads.append(head(report, "before", "上年同期", "Year before", "by_row"))
    lost = rows["name"].isin(["margin", "contribution"]) & (rows["now"] < 0)
    sheet = report.say("病种成本核算单", "DRG cost sheet")
    return Table(
        rows.assign(measure=texts),
        tuple(heads),
        sheet,
        report.style,
        by_row=kinds,
        alarm=frozenset((row, "now") for row in rows.index[lost]),
    )


def _fixed(report: Report) -> str:
    names = [label("cost_item", item, report.language) for item in report.scheme["fixed_items"]]
    return listed(names if report.language == "zh" else [name.lower() for name in names], report.language, 7)


def _account(report: Report, drg_code: str, span: Span, column: str) -> pd.DataFrame | None:
    """The measures of a case over a span, or None where the DRG has no case in it."""
    sums = report.sql("sheet_months", **span.bounds, drg=drg_code).iloc[0]
    if is_empty(sums["cases"]):
        return None
    cases, costed = sums["cases"], sums["cost_cases"] or None
    per_cost = {name: sums[name] / costed if costed else None for name in
                ("cost", "fixed_cost", "variable_cost", "contribution", "margin")}  # fmt: skip
    standard = sums["standard_cost"]
    rows, basis = _standard_rows(report, drg_code, span)
    gap = None if rows.empty or is_empty(standard) else rows["actual"].sum() - rows["standard"].sum()
    zh, en = ("自下而上法成本", "Bottom-up cost") if basis == "bottom_up" else ("成本", "Cost")
    lines: list[tuple[str, str, str, Kind, object]] = [
        ("cases", "例数", "Cases", "count", cases),
        ("days", "平均住院日", "Mean stay (days)", "number1", sums["bed_days"] / cases),
        ("weight", "例均权重", "Weight of a case", "number3", sums["weight"]),
        ("charge", "次均费用", "Charge per case", "money", sums["charge"] / cases),
        ("payment", "例均 DRG 收入", "DRG income per case", "money", sums["payment"] / cases),
        ("cost", "例均成本", "Cost per case", "money", per_cost["cost"]),
        ("fixed", "其中固定成本", "Of it fixed", "money", per_cost["fixed_cost"]),
        ("variable", "其中变动成本", "Of it variable", "money", per_cost["variable_cost"]),
        ("contribution", "例均边际贡献", "Contribution per case", "money", per_cost["contribution"]),
        ("margin", "例均成本盈亏", "Cost margin per case", "money", per_cost["margin"]),
        ("margin_payment", "例均医保盈亏", "Payment margin per case", "money", sums["margin_payment"] / cases),
        ("standard", "例均标准成本", "Standard cost of a case", "money", standard),
        ("gap", f"{zh} − 标准成本", f"{en} − standard cost", "money", gap),
    ]
    frame = pd.DataFrame(lines, columns=["name", "zh", "en", "kind", column])
    return frame.assign(**{column: pd.to_numeric(frame[column])})


def _account_text(report: Report, drg_code: str, values: dict[str, float]) -> str:
    (title,) = report.titled("drg", [drg_code])
    money = {
        name: report.style.money(value, signed=name in ("margin", "contribution"))
        for name, value in values.items()
        if not is_empty(value)
    }
    if "cost" not in money:
        return report.say(
            f"{title}：{int(values['cases'])} 例，次均费用 {money.get('charge', '–')}；没有成本。",
            f"{title}: {int(values['cases'])} cases, charge per case {money.get('charge', '–')}; no cost.",
        )
    zh = f"{title}：例均收入 {money.get('payment', '–')}，例均成本 {money['cost']}"
    en = f"{title}: a case brings {money.get('payment', '–')} and costs {money['cost']}"
    if "margin" in money:
        zh += f"，成本盈亏 {money['margin']}，边际贡献 {money.get('contribution', '–')}"
        en += f": margin {money['margin']}, contribution {money.get('contribution', '–')}"
    return report.say(zh + "。", en + ".")


def unit_matrix(report: Report, drg_code: str) -> Finding:
    """Seven cost items of a case by the service unit where they arise."""
    question = report.say("一例的七项成本发生在哪些服务单元？", "Where do the seven items of a case's cost arise?")
    method = method_by_unit(report) or report.case_method
    rows = report.sql("sheet_units", **report.twelve.bounds, drg=drg_code, method=method)
    if rows.empty:
        return absent(report, question, COSTS)
    made = wide(rows.assign(amount=rows["amount"] / rows["cases"]), ["cost_centre"])
    made = made.sort_values(["total", "cost_centre"], ascending=[False, True], ignore_index=True)
    made["unit"] = report.named("cost_centre", made["cost_centre"])
    made.loc[len(made)] = {**made[[*ITEMS, "total"]].sum(), "unit": report.say("合计", "Total"), "cost_centre": ""}
    total = made.iloc[-1]["total"]
    top = made.iloc[:-1].head(3)
    words = [f"{row.unit} {report.style.write(row.total / total, 'percent1')}" for row in top.itertuples()]
    text = report.say(
        f"例均 {report.style.money(total)}，主要发生在{listed(words, 'zh')}。",
        f"{report.style.money(total)} a case, mostly in {listed(words, 'en')}.",
    )
    note = report.say(
        f"{label('case_method', method, 'zh')}，{report.twelve.words('zh')}；药品与材料记在开单病房。",
        f"{label('case_method', method, 'en')}, {report.twelve.words('en')}; drugs and materials stand at the ward "
        "that ordered them.",
    )
    return Finding(question, _unit_table(report, made), text, (note,))


def _unit_table(report: Report, rows: pd.DataFrame) -> Table:
    heads = (
        head(report, "unit", "服务单元", "Service unit"),
        *item_heads(report, "money"),
        head(report, "total", "合计", "Total", "money"),
    )
    last = len(rows) - 1
    shown = (*range(min(_MOST, last)), last)
    sheet = report.say("项目×服务单元", "Items by unit")
    return Table(rows, heads, sheet, report.style, strong=frozenset({last}), on_page=shown)


def standard_variance(report: Report, drg_code: str) -> Finding:
    """Actual against standard cost of a case, by cost item."""
    question = report.say("哪些成本项目高于标准成本？", "Which cost items exceed the standard cost?")
    rows, basis = _standard_rows(report, drg_code, report.twelve)
    if rows.empty:
        none = report.say(
            "没有标准成本：上年正常病例不足，也未设路径标准。",
            "No standard cost: too few normal cases in the year before, and no pathway sets one.",
        )
        return Finding(question, None, none)
    rows = _against_standard(report, rows)
    heads = (
        head(report, "item", "成本项目", "Cost item"),
        head(report, "actual", "例均成本", "Cost per case", "money"),
        head(report, "standard", "标准成本", "Standard cost", "money"),
        head(report, "difference", "差额", "Difference", "money"),
        head(report, "change", "差率", "Difference in %", "change"),
    )
    red = rows["difference"] > 0 if basis == "history" else []
    alarm = frozenset((i, "difference") for i, value in enumerate(red) if value)
    sheet = report.say("与标准成本之差", "Standard cost variance")
    chart = Chart("bar", "item", ("actual", "standard"))
    table = Table(rows, heads, sheet, report.style, strong=frozenset({len(rows) - 1}), alarm=alarm, chart=chart)
    return Finding(question, table, _variance_text(report, rows), (_basis_note(report, basis),))


def _standard_rows(report: Report, drg_code: str, span: Span) -> tuple[pd.DataFrame, str]:
    """Cost items of a case beside their standard, and what they are: history, pathway, bottom_up or mixed.

    A standard by pathway is compared with bottom-up cost where the periods hold it (`bottom_up`), as it was made so.
    """
    rows = report.sql("sheet_standard", **span.bounds, drg=drg_code)
    bases = sorted({*rows["basis"].dropna(), *rows["other_basis"].dropna()})
    if bases != ["pathway"]:
        return rows, "mixed" if len(bases) > 1 else "history"
    amounts = report.sql("sheet_bottom_up", **span.bounds, drg=drg_code).set_index("cost_item")["amount"]
    if amounts.empty:
        return rows, "pathway"
    return rows.assign(actual=rows["cost_item"].map(amounts).fillna(0.0) / rows["cases"]), "bottom_up"


def _basis_note(report: Report, basis: str) -> str:
    """What the standard is, and what it is compared with."""
    if basis == "history":
        return report.say(
            "标准成本依据：历史成本；只含有标准成本的月份。",
            "Basis of the standard: history; months with a standard only.",
        )
    method = "bottom_up" if basis == "bottom_up" else report.case_method
    zh, en = (label("case_method", method, language) for language in ("zh", "en"))
    which = (
        ("临床路径", "pathway")
        if basis != "mixed"
        else ("历史成本与临床路径（随月份不同）", "history and pathway, by month")
    )
    return report.say(
        f"标准成本依据：{which[0]}；实际成本按{zh}。路径标准按作业单价计、不含闲置产能，差额含闲置产能成本，不标红；只含有标准成本的月份。",
        f"Basis of the standard: {which[1]}; actual cost {en.lower()}. A pathway is priced without idle capacity: "
        "the difference includes it and is not shown red; months with a standard only.",
    )


def _against_standard(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The seven items in the norm's order and their total: actual, standard and the difference."""
    rows = rows.set_index("cost_item").reindex(list(ITEMS)).fillna({"actual": 0.0, "standard": 0.0})
    rows.loc["total", ["actual", "standard"]] = rows[["actual", "standard"]].sum()
    rows["difference"] = rows["actual"] - rows["standard"]
    rows["change"] = rows["difference"] / rows["standard"].where(rows["standard"] > 0)
    rows["item"] = [*(label("cost_item", item, report.language) for item in ITEMS), report.say("合计", "Total")]
    return rows


def _variance_text(report: Report, rows: pd.DataFrame) -> str:
    gap = report.style.money(rows["difference"].iloc[-1], signed=True)
    zh, en = f"例均成本与标准成本相差 {gap}", f"A case costs {gap} against its standard"
    over = rows.iloc[:-1].sort_values("difference", ascending=False, kind="stable").iloc[0]
    if over["difference"] > 0:
        more = report.style.money(over["difference"], signed=True)
        zh, en = f"{zh}，超出最多的是{over['item']}（{more}）", f"{en}; most above: {over['item'].lower()} ({more})"
    return report.say(zh + "。", en + ".")
