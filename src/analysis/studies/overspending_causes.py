"""Which causes make a DRG overspend: the variance tree, the causes by money, and what of them could be saved."""

import numpy as np
import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty, sum_kind
from analysis.presentation.pareto import Bar, pareto
from analysis.presentation.tables import Table
from analysis.presentation.variance_tree import Branch, variance_tree
from analysis.presentation.wording import listed, plural
from analysis.studies.cause_tree import EFFECTS, POOLS, below, causes_among, thing
from analysis.studies.cause_words import (
    cause_words,
    effect_words,
    lower,
    main_department,
    owner_words,
    reference_words,
    settings_of,
    thing_words,
)
from analysis.studies.overspending import Inquiry
from analysis.studies.wide import head, interval_heads

#: A part smaller than this share of the largest one is drawn together with others; rows drawn at most, bars at most.
_SMALL, _ROWS, _BARS = 0.04, 34, 12
#: Bars of less than this share of all that adds to the loss are not drawn, but for the first ones.
_SLIGHT, _LEAST_BARS = 0.005, 3
#: Names in the tree of what stands below the whole (cause -> zh, en).
_TRUNK = {"cost": ("成本与{}之差", "Cost against {}"), "payment": ("{}与支付之差", "{} against payment")}


def variance_of(inquiry: Inquiry) -> Finding:
    """The loss parted into categories, these into bundles and groups, these into effects; every level adds up."""
    report = inquiry.report
    question = report.say("差额由哪些项目、通过什么效应形成？", "Which items make the difference, and by which effect?")
    if inquiry.made is None:
        return inquiry.absent(question)
    rows = drawn(inquiry)
    kind = sum_kind(rows["amount"])
    figure = variance_tree(
        [Branch(row.name, row.depth, row.amount) for row in rows.itertuples(index=False)], report.style, kind
    )
    table = _tree_table(inquiry)
    first = inquiry.items[inquiry.items["depth"] == 2].nlargest(1, "amount_total")
    floor = settings_of(report).floor
    if first.empty or first["amount_total"].iloc[0] < floor:
        least = report.style.money(floor)
        text = report.say(
            f"没有哪一类成本高出基准 {least}以上。", f"No category costs {least} or more above the reference."
        )
    else:
        text = _tree_text(inquiry, first.iloc[0])
    return Finding(question, table, text, _tree_notes(inquiry), figure, listed=False)


def drawn(inquiry: Inquiry) -> pd.DataFrame:
    """Rows of the tree as drawn: name, depth, amount; small parts of a row together, a single effect in its name."""
    tree = inquiry.items
    least = _SMALL * float(tree.loc[tree["depth"] > 1, "amount_total"].abs().max())
    made = _parts(inquiry, 0, least)
    while len(made) > _ROWS:
        least *= 1.3
        made = _parts(inquiry, 0, least)
    return pd.DataFrame(made, columns=["name", "depth", "amount"])


def _parts(inquiry: Inquiry, at: int, least: float) -> list[tuple[str, int, float]]:
    """A row and what is drawn below it."""
    tree, report = inquiry.items, inquiry.report
    row = tree.iloc[at]
    parts = below(tree, at)
    parts = parts[parts["depth"] == row["depth"] + 1]
    large = parts if row["depth"] == 0 else parts[parts["amount_total"].abs() >= max(least, 0.005)]
    name, depth = branch_name(inquiry, row), int(row["depth"])
    if len(large) == 1 and large["effect"].iloc[0] in EFFECTS:
        how = effect_words(report, _category_of(inquiry, at), str(large["effect"].iloc[0]))
        if abs(large["amount_total"].iloc[0]) >= 0.9 * abs(row["amount_total"]):
            return [(report.say(f"{name}（{how}）", f"{name} ({how})"), depth, float(row["amount_total"]))]
    made = [(name, depth, float(row["amount_total"]))]
    for part in large.index:
        made += _parts(inquiry, int(part), least)
    rest, left = float(row["amount_total"] - large["amount_total"].sum()), len(parts) - len(large)
    if large.empty or not left or round(rest, 2) == 0:
        return made
    others = report.say(f"其余 {left} 项", plural(left, "other"))
    return [*made, (others, depth + 1, rest)]


def _category_of(inquiry: Inquiry, at: int) -> str:
    """The category in which a place of the tree stands."""
    above = inquiry.items.iloc[: at + 1]
    return str(above.loc[above["depth"] == 2, "cause"].iloc[-1]) if (above["depth"] == 2).any() else "*"


def branch_name(inquiry: Inquiry, row: pd.Series) -> str:
    """Name of a row of the tree: trunk, category, bundle, group, or effect."""
    report = inquiry.report
    if row["depth"] == 1 and row["cause"] in _TRUNK:
        what = reference_words(report, inquiry.baseline)
        zh, en = _TRUNK[row["cause"]]
        return report.say(zh.format(what), en.format(lower(what) if row["cause"] == "cost" else what))
    if row["depth"] == 0:
        return report.say("亏损", "Loss") if row["amount_total"] > 0 else report.say("盈余", "Surplus")
    if row["depth"] > 2 and row["leaf"] and row["effect"] != "total":
        how = effect_words(report, _category_of(inquiry, int(row.name)), row["effect"])  # type: ignore[call-overload]
        if how:
            return how[:1].upper() + how[1:]
    return thing_words(report, thing(row), inquiry.baseline)


def _tree_table(inquiry: Inquiry) -> Table:
    """All rows of the tree, indented, with intervals; those without money left out."""
    report, tree = inquiry.report, inquiry.items
    tree = tree[(tree["amount_total"].round(2) != 0) | (tree["depth"] < 2)]
    rows = tree.assign(what=["　" * int(row["depth"]) + branch_name(inquiry, row) for _, row in tree.iterrows()])
    heads = (
        head(report, "what", "项目与效应", "Items and effects"),
        head(report, "amount_per_case", "例均", "Per case", "money2"),
        head(report, "amount_total", "合计", "In all", "money2"),
        *interval_heads(report, "money"),
        head(report, "q_value", "q 值", "q-value", "number3"),
    )
    return Table(rows.reset_index(drop=True), heads, report.say("差异树", "Variance tree"), report.style)


def _tree_text(inquiry: Inquiry, first: pd.Series) -> str:
    report, money = inquiry.report, inquiry.report.style.money
    groups = causes_among(inquiry.rows, "item")
    groups = groups[(groups["category"] == first["cause"]) & (groups["thing"] != first["cause"])]
    groups = groups[groups["amount_total"] > 0].head(2)
    words = [f"{cause_words(report, row)} {money(row['amount_total'], signed=True)}" for _, row in groups.iterrows()]
    what, amount = thing_words(report, str(first["cause"])), money(float(first["amount_total"]), signed=True)
    zh, en = f"高于基准最多的是{what}（{amount}）", f"Most above the reference: {lower(what)} ({amount})"
    if words:
        zh, en = f"{zh}，其中{listed(words, 'zh')}", f"{en}, of it {listed([lower(w) for w in words], 'en')}"
    return report.say(zh + "。", en + ".")


def _tree_notes(inquiry: Inquiry) -> tuple[str, ...]:
    report = inquiry.report
    return (
        report.say(
            "每一层相加等于上一层，分毫不差；图中较小的部分合并，全部见工作簿。使用率 = 用到的病例占比，"
            "用量 = 用到者每例数量，品种结构 = 同组内用哪一种，单价 = 单位成本。",
            "Every level adds up to the one above it, to the fen; small parts are drawn together, the workbook has "
            "all. Quantity = of a case that uses it; choice of product = within a group of substitutes.",
        ),
    )


def causes_by_money(inquiry: Inquiry) -> Finding:
    """The causes that add to the loss, largest first, with 95 % intervals and which of them are beyond chance."""
    report = inquiry.report
    question = report.say("哪些原因最费钱，哪些可以认定？", "Which causes cost most, and which are certain?")
    if inquiry.made is None:
        return inquiry.absent(question)
    causes = named_causes(inquiry, "item")
    adding = causes[causes["amount_total"] > 0].reset_index(drop=True)
    if adding.empty:
        return Finding(question, None, report.say("没有抬高亏损的原因。", "No cause adds to the loss."))
    kind = sum_kind(adding["amount_total"])
    whole = float(adding["amount_total"].sum())
    drawn = adding[(adding["amount_total"] >= _SLIGHT * whole) | (adding.index < _LEAST_BARS)].head(_BARS)
    bars = [Bar(row.cause, row.amount_total, row.ci_low, row.ci_high, row.called) for row in drawn.itertuples()]
    figure = pareto(bars, whole, report.style, kind, report.say("累计占比", "so far"))
    table = causes_table(inquiry, causes, report.say("原因", "Causes"))
    return Finding(question, table, _causes_text(inquiry, adding, whole), _causes_notes(inquiry), figure, listed=False)


def named_causes(inquiry: Inquiry, view: str) -> pd.DataFrame:
    """Causes of a view with name, owner and whether they are called: beyond chance and above the floor."""
    report = inquiry.report
    causes = causes_among(inquiry.rows, view)
    floor, department = settings_of(report).floor, main_department(report, inquiry.drg)
    return causes.assign(
        cause=[cause_words(report, row, inquiry.baseline) for _, row in causes.iterrows()],
        preventable=causes["preventable"].where(causes["preventable"] > 0),
        called=causes["called"] & (causes["amount_total"].abs() >= floor),
        owned=[owner_words(report, owner, department) for owner in causes["owner"]],
    )


def causes_table(inquiry: Inquiry, causes: pd.DataFrame, sheet: str, on_page: tuple[int, ...] = ()) -> Table:
    """Causes with money, interval, what is avoidable and who owns it."""
    report = inquiry.report
    kind: Kind = sum_kind([*causes["amount_total"], *causes["ci_high"]])
    heads = (
        head(report, "cause", "原因", "Cause"),
        head(report, "amount_per_case", "例均", "Per case", "money"),
        head(report, "amount_total", "合计", "In all", kind),
        *interval_heads(report, kind),
        head(report, "certain", "认定", "Called"),
        head(report, "preventable", "可避免", "Avoidable", kind),
        head(report, "owned", "责任方", "Owner"),
    )
    mark = report.say("可认定", "yes"), report.say("–", "–")
    rows = causes.assign(certain=np.where(causes["called"], *mark))
    return Table(rows, heads, sheet, report.style, on_page=on_page)


def _causes_text(inquiry: Inquiry, adding: pd.DataFrame, whole: float) -> str:
    report, money = inquiry.report, inquiry.report.style.money
    first = adding[~adding["thing"].isin(POOLS)].head(3)
    words = [f"{row.cause} {money(row.amount_total)}" for row in first.itertuples()]
    share = report.style.write(first["amount_total"].sum() / whole, "percent0")
    called = int(adding["called"].sum())
    zh = f"最费钱的{len(words)}个原因是{listed(words, 'zh')}，占全部抬高因素的 {share}；"
    en = f"{listed(words, 'en')} are {share} of all that adds to the loss; "
    if len(words) == 1:
        zh, en = f"最费钱的原因是{words[0]}；", f"Most costly: {words[0]}; "
    known = adding["ci_low"].notna().any()
    zh += f"{len(adding)} 个原因中 {called} 个可认定不是偶然。" if known else "病例太集中，无法给出区间。"
    en += (
        f"{called} of {plural(len(adding), 'cause')} are beyond chance." if known else "too few clusters for intervals."
    )
    return report.say(zh, en)


def _causes_notes(inquiry: Inquiry) -> tuple[str, ...]:
    report, settings = inquiry.report, settings_of(inquiry.report)
    clusters = inquiry.rows["clusters"].iloc[0]
    drawn = "" if is_empty(clusters) else report.say(f"（{int(clusters)} 个聚类）", f" ({int(clusters)} clusters)")
    floor = report.style.money(settings.floor)
    return (
        report.say(
            f"实心 = 可认定：多重检验（Benjamini-Hochberg）后误报不超过 5%，且金额不低于 {floor}；"
            "空心 = 可能出于偶然或金额较小。使亏损减少的原因见工作簿。",
            f"Solid = called: at most 5 % false alarms after Benjamini-Hochberg, and {floor} or more; hollow = may be "
            "chance, or small. Causes that lessen the loss stand in the workbook.",
        ),
        report.say(
            f"横线为聚类自助法 95% 区间{drawn}，{settings.draws:,} 次抽样，每次重估基准。",
            f"Lines: 95 % intervals of a cluster bootstrap{drawn}, {settings.draws:,} draws, the baseline estimated "
            "anew in each.",
        ),
    )
