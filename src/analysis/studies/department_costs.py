"""The norm's reports on departments: direct cost, clinical full cost, and what the full cost consists of."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Chart, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import ITEMS, head, item_heads, table_money, wide
from analysis.vocabulary import codes, label

_PARTS = ("direct", "from_administration", "from_auxiliary", "from_technology")
#: How many centres of a class, and how many clinical centres, the page shows; the workbook has all.
_MOST, _MOST_CLINICAL = 4, 15


def direct_cost(report: Report) -> Finding:
    """Direct cost of every cost centre by the seven items, by class, utilities and property computed in."""
    question = report.say("各科室的直接成本是多少？", "What is each department's direct cost?")
    rows = report.sql("direct_costs")
    if rows.empty:
        return absent(report, question, COSTS)
    made = _by_class(rows)
    made["centre"] = [
        report.name("cost_centre", row.cost_centre) if row.cost_centre else _family(report, row.family)
        for row in made.itertuples()
    ]
    made["class"] = [_family(report, code) for code in made["family"]]
    table = _direct_table(report, made)
    return Finding(question, table, _direct_text(report, made), _direct_notes(report, made, table))


def _by_class(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a centre, above them their class (level 0), the total in the last row."""
    centres = wide(rows, ["family", "cost_centre"]).assign(level=1)
    inside = rows.groupby(["family", "cost_centre"])["computed_in"].sum()
    centres["computed_in"] = inside.reindex(list(zip(centres["family"], centres["cost_centre"], strict=True))).tolist()
    sums = [*ITEMS, "total", "computed_in"]
    classes = centres.groupby("family", as_index=False)[sums].sum().assign(level=0, cost_centre="")
    every = classes[sums].sum().round(2).to_frame().T.assign(level=0, cost_centre="", family="total")
    made = pd.concat([classes, centres])
    order = [*codes("centre_class"), *codes("unallocated_reason"), ""]
    made["rank"] = [order.index(family) for family in made["family"]]
    made = made.sort_values(["rank", "level", "total", "cost_centre"], ascending=[True, True, False, True])
    made = made[(made["total"] != 0) | (made["computed_in"] != 0)]
    return pd.concat([made, every], ignore_index=True)


def _family(report: Report, code: str) -> str:
    if code == "total":
        return report.say("合计", "Total")
    if not code:
        return report.say("类别未知", "Class unknown")
    kind = "unallocated_reason" if code in codes("unallocated_reason") else "centre_class"
    return label(kind, code, report.language)


def _direct_table(report: Report, rows: pd.DataFrame) -> Table:
    money = table_money(rows["total"])
    heads = [
        head(report, "class", "类别", "Class", on_page=False),
        head(report, "cost_centre", "编码", "Code", on_page=False),
        head(report, "centre", "科室", "Cost centre"),
        *item_heads(report, money),
        head(report, "total", "合计", "Total", money),
        head(report, "computed_in", "其中公用计入", "Computed in", money),
    ]
    shown = (rows["level"] == 0) | (rows.groupby("family").cumcount() <= _MOST)
    return Table(
        rows,
        tuple(heads),
        report.say("科室直接成本", "Direct cost"),
        report.style,
        strong=frozenset(rows.index[rows["level"] == 0]),
        on_page=tuple(rows.index[shown]),
    )


def _direct_text(report: Report, rows: pd.DataFrame) -> str:
    total = rows["total"].iloc[-1]
    parts = rows[(rows["level"] == 0) & (rows["family"] != "total")]
    words = [f"{row.centre} {report.style.write(row.total / total, 'percent1')}" for row in parts.itertuples()]
    money = report.style.money(total)
    return report.say(
        f"直接成本合计 {money}：{listed(words, 'zh', 6)}。",
        f"Direct cost {money}: {listed(words, 'en', 6)}.",
    )


def _direct_notes(report: Report, rows: pd.DataFrame, table: Table) -> tuple[str, ...]:
    moved = float(rows.loc[(rows["level"] == 1) & (rows["computed_in"] > 0), "computed_in"].sum())
    notes = []
    if moved:
        money = report.style.money(moved)
        notes.append(
            report.say(
                f"公用成本（水电、房屋等）{money} 已先计入受益科室，记账科室相应为负。",
                f"Shared cost (utilities, property) of {money} is computed into the centres that use it, and taken off "
                "where it was booked.",
            )
        )
    left = len(rows) - len(table.on_page)
    if left:
        notes.append(
            report.say(
                f"各类只列成本最高的 {_MOST} 个科室，其余 {left} 个见工作簿。",
                f"Of each class the {_MOST} dearest centres; the workbook has the other {left}.",
            )
        )
    return tuple(notes)


def clinical_full_cost(report: Report) -> Finding:
    """Full cost of every clinical centre: direct, allocated and full, in the workbook for each of the seven items."""
    question = report.say(
        "临床科室的全成本是多少，多少是分摊来的？", "What is the clinical full cost, and how much of it is allocated?"
    )
    rows = report.sql("clinical_costs")
    if rows.empty:
        return absent(report, question, COSTS)
    made = _clinical_rows(rows)
    made["centre"] = [
        report.name("cost_centre", code) if code else report.say("合计", "Total") for code in made["cost_centre"]
    ]
    centres, total = made.iloc[:-1], made.iloc[-1]
    dear = centres.loc[centres["share"].idxmax()] if len(centres) else total
    write = report.style.write
    text = report.say(
        f"{len(centres)} 个临床成本中心全成本 {report.style.money(total['full_cost'])}，其中直接成本 "
        f"{write(1 - total['share'], 'percent1')}、分摊 {write(total['share'], 'percent1')}；"
        f"分摊占比最高的是{dear['centre']}（{write(dear['share'], 'percent1')}）。",
        f"{plural(len(centres), 'clinical centre')}: full cost {report.style.money(total['full_cost'])}, "
        f"{write(1 - total['share'], 'percent1')} direct and {write(total['share'], 'percent1')} allocated; the "
        f"largest allocated share has {dear['centre']} ({write(dear['share'], 'percent1')}).",
    )
    return Finding(question, _clinical_table(report, made), text, _clinical_notes(report, len(centres)))


def _clinical_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a centre by full cost, the total last; columns ITEM_direct, ITEM_indirect, ITEM_full and the parts."""
    values = ("direct", "indirect", "full_cost")
    by_item = [wide(rows, ["cost_centre"], name, f"_{name}").set_index("cost_centre") for name in values]
    sums = rows.groupby("cost_centre")[[*_PARTS, "indirect", "full_cost"]].sum()
    made = pd.concat([sums, *by_item], axis=1).sort_values("full_cost", ascending=False, kind="stable")
    made.loc[""] = made.sum().round(2)
    made["share"] = (made["indirect"] / made["full_cost"].where(made["full_cost"] != 0)).fillna(0.0)
    return made.rename_axis("cost_centre").reset_index()


def _clinical_table(report: Report, rows: pd.DataFrame) -> Table:
    money = table_money(rows["full_cost"])
    heads = [
        head(report, "cost_centre", "编码", "Code", on_page=False),
        head(report, "centre", "临床科室", "Clinical centre"),
        head(report, "direct", "直接成本", "Direct", money),
        head(report, "from_administration", "管理分摊", "From administration", money),
        head(report, "from_auxiliary", "医辅分摊", "From auxiliary", money),
        head(report, "from_technology", "医技分摊", "From technology", money),
        head(report, "full_cost", "全成本", "Full cost", money),
        head(report, "share", "分摊占比", "Allocated", "percent1"),
    ]
    words = {"direct": ("直接", "direct"), "indirect": ("间接", "indirect"), "full_cost": ("全成本", "full")}
    for item in ITEMS:
        for name, text in words.items():
            heads += item_heads(report, money, f"_{name}", (f"·{text[0]}", text[1]), (item,), on_page=False)
    last = len(rows) - 1
    shown = (*range(min(_MOST_CLINICAL, last)), last)
    sheet = report.say("临床全成本", "Clinical full cost")
    return Table(rows, tuple(heads), sheet, report.style, strong=frozenset({last}), on_page=shown)


def _clinical_notes(report: Report, centres: int) -> tuple[str, ...]:
    note = report.say(
        "含门诊、住院与无工作量未拆分部分；工作簿另列七项成本各自的直接、间接与全成本。",
        "Inpatients, outpatients and what no workload parts; the workbook has direct, indirect and full cost of each "
        "of the seven items.",
    )
    if centres <= _MOST_CLINICAL:
        return (note,)
    more = report.say(
        f"页面只列全成本最高的 {_MOST_CLINICAL} 个。", f"The page shows the {_MOST_CLINICAL} dearest of them."
    )
    return (note, more)


def full_cost_structure(report: Report) -> Finding:
    """The month's clinical full cost by cost item and class of the giver, with shares."""
    question = report.say("全成本由哪些项目构成？", "Which items make up the full cost?")
    bounds = {"first": report.period.name, "last": report.period.name}
    rows = report.sql("cost_items", **bounds, department="").set_index("cost_item")
    if rows.empty:
        return absent(report, question, COSTS)
    rows = rows.reindex(list(ITEMS)).fillna(0.0)
    rows.loc["total"] = rows.sum().round(2)
    rows["share"] = rows["full_cost"] / rows["full_cost"].iloc[-1]
    rows["own"] = rows["direct"] / rows["full_cost"].where(rows["full_cost"] != 0)
    rows["item"] = [*(label("cost_item", item, report.language) for item in ITEMS), report.say("合计", "Total")]
    top = rows.iloc[:-1].sort_values("share", ascending=False, kind="stable").head(3)
    words = [f"{row.item} {report.style.write(row.share, 'percent1')}" for row in top.itertuples()]
    money = report.style.money(rows["full_cost"].iloc[-1])
    text = report.say(
        f"全成本 {money}，主要是{listed(words, 'zh')}。", f"Full cost {money}, mostly {listed(words, 'en')}."
    )
    return Finding(question, _structure_table(report, rows), text)


def _structure_table(report: Report, rows: pd.DataFrame) -> Table:
    money = table_money(rows["full_cost"])
    names = {"direct": ("直接成本", "Direct"), "from_administration": ("管理分摊", "From administration")}
    names |= {"from_auxiliary": ("医辅分摊", "From auxiliary"), "from_technology": ("医技分摊", "From technology")}
    names |= {"full_cost": ("全成本", "Full cost")}
    heads = [head(report, "item", "成本项目", "Cost item")]
    heads += [head(report, name, *words, money) for name, words in names.items()]
    heads.append(head(report, "share", "占全成本", "Share of full cost", "percent1"))
    heads.append(head(report, "own", "其中直接", "Of it direct", "percent1"))
    sheet = report.say("全成本构成", "Full cost structure")
    chart = Chart("bar", "item", _PARTS)
    return Table(rows, tuple(heads), sheet, report.style, strong=frozenset({len(rows) - 1}), chart=chart)
