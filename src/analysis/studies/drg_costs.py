"""The norm's reports on DRGs: cost in detail, its structure, and by service unit; the last twelve months together."""

import pandas as pd

from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.stacks import SHADES, Part, stacked_shares
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.hidden import plan_drgs
from analysis.studies.report import Report
from analysis.studies.wide import ITEMS, head, item_heads, table_money
from analysis.vocabulary import label

#: DRGs and service units on the page; the workbook has all.
_MOST, _MOST_UNITS = 18, 8


def drg_rows(report: Report) -> pd.DataFrame:
    """One row a DRG that may be shown, by total cost: cases, days and mean cost of a case by item; may be empty."""
    plan_drgs(report)
    rows = report.sql("drg_cost_items", **report.twelve.bounds)
    rows["drg"] = report.titled("drg", rows["drg_code"])
    return rows


def drg_cost_detail(report: Report) -> Finding:
    """Mean cost of a case of every DRG by the seven items."""
    question = report.say("每个病组一例花多少成本？", "What does a case of each DRG cost?")
    rows = drg_rows(report)
    if rows.empty or rows["personnel"].isna().all():
        return absent(report, question, COSTS)
    dear = rows.loc[rows["total"].idxmax()]
    big = rows.iloc[0]
    text = report.say(
        f"{len(rows)} 个病组：例均成本最高的是 {dear['drg']}（{report.style.money(dear['total'])}），"
        f"总成本最多的是 {big['drg']}（{report.style.money(big['cost_all'])}）。",
        f"{plural(len(rows), 'DRG')}: a case costs most in {dear['drg']} ({report.style.money(dear['total'])}), all "
        f"cases together in {big['drg']} ({report.style.money(big['cost_all'])}).",
    )
    heads = [
        head(report, "drg", "病组", "DRG"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "days", "平均住院日", "Mean stay", "number1"),
        *item_heads(report, "money"),
        head(report, "total", "例均成本", "Cost per case", "money"),
        head(report, "cost_all", "总成本", "Cost of all", table_money(rows["cost_all"])),
    ]
    sheet = report.say("病组成本明细", "DRG cost")
    table = Table(rows, tuple(heads), sheet, report.style, on_page=tuple(rows.index[:_MOST]))
    return Finding(question, table, text, _notes(report, rows))


def _notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    gone = int(report.sql("drg_cells", **report.twelve.bounds)["cases"].sum() - rows["cases"].sum())
    notes = [
        report.say(
            f"{words}，成本完整的出院病例，方案的病例方法；按总成本排序"
            + (f"，页面列前 {_MOST} 个，其余见工作簿。" if len(rows) > _MOST else "。"),
            f"{words}, discharged cases with complete cost, by the scheme's case method; by total cost"
            + (f", the first {_MOST}; the workbook has the rest." if len(rows) > _MOST else "."),
        )
    ]
    if gone >= LIMIT:
        notes.append(
            report.say(
                f"另有 {gone} 例未计入：未入组、成本未完整，或所在科室该病组不足 {LIMIT} 例。",
                f"{plural(gone, 'case')} not in it: ungrouped, without complete cost, or fewer than {LIMIT} of a DRG "
                "in a department.",
            )
        )
    return tuple(notes)


def drg_cost_structure(report: Report) -> Finding:
    """Shares of the seven cost items in every DRG."""
    question = report.say("病组成本由哪些项目构成？", "Which items make up the cost of the DRGs?")
    rows = drg_rows(report)
    if rows.empty or rows["personnel"].isna().all():
        return absent(report, question, COSTS)
    shares = rows.assign(**{item: rows[item] / rows["total"].where(rows["total"] != 0) for item in ITEMS})
    shown = shares.head(_MOST)
    parts = [
        Part(label("cost_item", item, report.language), shown[item].fillna(0).clip(lower=0).tolist(), colour)
        for item, colour in zip(ITEMS, SHADES, strict=True)
    ]
    all_items = (rows[list(ITEMS)].mul(rows["cases"], axis=0)).sum() / rows["cost_all"].sum()
    most = {item: shares.loc[shares[item].idxmax()] for item in ("materials", "drugs")}
    write = report.style.write
    words = [f"{row['drg']}（{write(row[item], 'percent1')}）" for item, row in most.items()]
    plain = [word.replace("（", " (").replace("）", ")") for word in words]
    text = report.say(
        f"卫生材料占 {write(all_items['materials'], 'percent1')}，最高的是 {words[0]}；"
        f"药品占 {write(all_items['drugs'], 'percent1')}，最高的是 {words[1]}。",
        f"Sanitary materials are {write(all_items['materials'], 'percent1')}, most in {plain[0]}; drugs "
        f"{write(all_items['drugs'], 'percent1')}, most in {plain[1]}.",
    )
    heads = [head(report, "drg", "病组", "DRG"), head(report, "cases", "例数", "Cases", "count")]
    heads += [*item_heads(report, "percent1"), head(report, "total", "例均成本", "Cost per case", "money")]
    table = Table(shares, tuple(heads), report.say("病组成本构成", "DRG cost structure"), report.style)
    figure = stacked_shares(shown["drg"].tolist(), parts, report.style)
    return Finding(question, table, text, _notes(report, rows), figure, listed=False)


def method_by_unit(report: Report) -> str:
    """The method that leaves cost where it arose: bottom-up, else cost-to-income; empty where there is neither."""
    there = set(report.sql("methods_there", **report.twelve.bounds)["method"])
    return next((name for name in ("bottom_up", "cost_to_income") if name in there), "")


def drg_service_units(report: Report) -> Finding:
    """Mean cost of a case of every DRG by the service unit where it arose: wards, laboratory, theatre and so on."""
    question = report.say("病组成本发生在哪些服务单元？", "In which service units does the cost of the DRGs arise?")
    method = method_by_unit(report)
    plan_drgs(report)
    rows = report.sql("drg_units", **report.twelve.bounds, method=method)
    if rows.empty:
        return absent(report, question, "cost of cases by service unit", COSTS)
    wide = _units(rows)
    wide["drg"] = report.titled("drg", wide["drg_code"])
    units = [name for name in wide.columns if name.startswith("unit_")]
    sums = (wide[units].mul(wide["cases"], axis=0)).sum()
    own = sums.reindex(["unit_drugs", "unit_materials"]).sum() / sums.sum()
    rest = sums.drop(["unit_drugs", "unit_materials"], errors="ignore")
    top = rest.sort_values(ascending=False, kind="stable").head(3)
    unit_names = {name: _unit_name(report, name) for name in units}
    words = [f"{unit_names[name]} {report.style.write(value / sums.sum(), 'percent1')}" for name, value in top.items()]
    bought = report.style.write(own, "percent1")
    text = report.say(
        f"药品与卫生材料占 {bought}，其余主要发生在{listed(words, 'zh')}。",
        f"Drugs and sanitary materials are {bought}; the rest arises mostly in {listed(words, 'en')}.",
    )
    note = report.say(
        f"{label('case_method', method, 'zh')}；病房含床位与护理等本病区成本；成本最少的医技科室只在工作簿中列出。",
        f"{label('case_method', method, 'en')} method; wards: cost of beds, nursing and all else the wards do; the "
        "centres with the least cost stand in the workbook only.",
    )
    return Finding(
        question,
        _units_table(report, wide, unit_names, method),
        text,
        (report.twelve.words(report.language) + report.say("；", "; ") + note,),
    )


def _units(rows: pd.DataFrame) -> pd.DataFrame:
    """DRGs by units: drugs, materials, the wards together, every technology centre."""
    apart = rows["unit"].isin(["drugs", "materials"]) | (rows["family"] == "technology")
    rows = rows.assign(unit="unit_" + rows["unit"].where(apart, "wards"))
    wide = rows.pivot_table(index=["drg_code", "cases"], columns="unit", values="amount", aggfunc="sum").fillna(0.0)
    order = (
        wide.mul(wide.index.get_level_values("cases"), axis=0).sum().sort_values(ascending=False, kind="stable").index
    )
    first = [name for name in ("unit_drugs", "unit_materials", "unit_wards") if name in order]
    wide = wide[[*first, *(name for name in order if name not in first)]]
    wide["total"] = wide.sum(axis=1)
    wide = wide.reset_index()
    wide["all"] = wide["total"] * wide["cases"]
    return wide.sort_values(["all", "drg_code"], ascending=[False, True], ignore_index=True)


def _unit_name(report: Report, name: str) -> str:
    code = name.removeprefix("unit_")
    if code in ("drugs", "materials"):
        return label("cost_item", code, report.language)
    return report.say("病房", "Wards") if code == "wards" else report.name("cost_centre", code)


def _units_table(report: Report, rows: pd.DataFrame, names: dict[str, str], method: str) -> Table:
    heads: list[Column] = [head(report, "drg", "病组", "DRG"), head(report, "cases", "例数", "Cases", "count")]
    for place, (name, text) in enumerate(names.items()):
        heads.append(head(report, name, text, text, "money", on_page=place < _MOST_UNITS))
    zh, en = (label("case_method", method, language) for language in ("zh", "en"))
    heads.append(head(report, "total", f"例均成本·{zh}", f"Cost per case, {en.lower()}", "money"))
    rows = rows.apply(lambda column: column.mask(column == 0) if column.name in names else column)
    sheet = report.say("病组服务单元成本", "DRG by service unit")
    return Table(rows, tuple(heads), sheet, report.style, on_page=tuple(rows.index[:_MOST]))
