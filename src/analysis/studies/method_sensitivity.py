"""What the choice of the costing method changes: margins of DRGs and departments by every method side by side."""

from itertools import combinations

import pandas as pd

from analysis.presentation.disclosure import LIMIT
from analysis.presentation.dots import Dots, method_dots
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.hidden import hidden_departments, is_made, plan_drgs
from analysis.studies.report import SQL, Report
from analysis.studies.verdicts import called
from analysis.studies.wide import head
from analysis.vocabulary import codes, label

#: DRGs drawn: those that change sign, filled up with those nearest to it.
_LEAST, _MOST = 10, 18


def method_margins(report: Report, level: str) -> tuple[pd.DataFrame, list[str]]:
    """Margin per case by every method that all months of the last twelve hold.

    Parameters
    ----------
    level : `drg_code` (cells that must not be told left out) or `department` (those under ten left out).

    Returns
    -------
    Frame indexed by the code: cases, one column a method (margin per case), `turns` = not all of one sign, `verdict` by
    the cases' method and the second one; and the methods, the cases' own first.
    """
    plan_drgs(report)
    if not is_made(report, "stay_methods"):
        report.engine.make(SQL, "stay_methods")
    span = report.twelve
    cells = report.sql("method_cells", **span.bounds, periods=len(span.periods))
    if level == "drg_code":
        cells = cells[cells["counted"] & cells["drg_code"].notna()]
    else:
        cells = cells[cells["department"].notna() & ~cells["department"].isin(hidden_departments(report, span))]
    sums = cells.groupby([level, "method"])[["cases", "margin"]].sum()
    wide = (sums["margin"] / sums["cases"]).unstack("method")
    methods = _ordered(report, wide.columns)
    wide = wide[methods].assign(cases=sums["cases"].groupby(level=0).max())
    wide = wide[wide["cases"] >= LIMIT]
    if not methods:
        return wide, methods
    losing = (wide[methods] < 0).sum(axis=1)
    wide["turns"] = (losing > 0) & (losing < len(methods))
    second = second_method(methods)
    pairs = zip(wide[methods[0]], wide[second] if second else [None] * len(wide), strict=True)
    return wide.assign(verdict=[called(*pair) for pair in pairs]).sort_values(methods[0], kind="stable"), methods


def _ordered(report: Report, there: pd.Index) -> list[str]:
    """The cases' own method first, then as the vocabulary lists them, variants by allocation last."""
    order = sorted(there, key=lambda name: (name.startswith("top_down_"), list(codes("case_method")).index(name)))
    own = [name for name in order if name == report.case_method]
    return own + [name for name in order if name not in own]


def second_method(methods: list[str]) -> str:
    """The method that has to confirm a loss: bottom-up where there is one, else cost-to-income, else top-down."""
    order = ("bottom_up", "cost_to_income", "top_down")
    return next((name for name in order if name in methods[1:]), "")


def drg_margins_by_method(report: Report) -> Finding:
    """Margin per case of every DRG by every method; drawn for those whose sign depends on the method."""
    question = report.say(
        "换一种成本方法，哪些病组由亏变盈？", "Which DRGs turn from loss to surplus by another method?"
    )
    rows, methods = method_margins(report, "drg_code")
    if rows.empty or not methods:
        return absent(report, question, COSTS)
    rows = rows.assign(subject=report.titled("drg", rows.index))
    if len(methods) == 1:
        return _one_method(report, question, rows, methods)
    turning, drawn = rows[rows["turns"]], _drawn(rows, methods)
    counts = rows["verdict"].value_counts()
    lost, unsure = int(counts.get("loss", 0)), int(counts.get("unsure", 0))
    which = listed(turning["subject"].tolist(), report.language, 3, "个")
    text = report.say(
        f"{len(rows)} 个病组按 {len(methods)} 种方法：{lost} 个两法均亏（可称亏损），{unsure} 个两法不一；"
        + (f"{len(turning)} 个的盈亏方向随方法改变：{which}。" if len(turning) else "没有病组改变盈亏方向。"),
        f"{plural(len(rows), 'DRG')} by {len(methods)} methods: {lost} at a loss by both deciding methods, {unsure} "
        "where these differ; "
        + (f"{len(turning)} change sign with the method: {which}." if len(turning) else "none changes sign."),
    )
    dots = [Dots(label("case_method", name, report.language), drawn[name].tolist()) for name in methods]
    figure = method_dots(drawn["subject"].tolist(), dots, report.style, "money")
    sheet = report.say("病组·各方法", "DRGs by method")
    table = _table(report, rows, methods, sheet, ("病组", "DRG"), list(drawn.index))
    return Finding(question, table, text, _notes(report, methods), figure)


def _drawn(rows: pd.DataFrame, methods: list[str]) -> pd.DataFrame:
    """The rows that change sign, filled up with those nearest to it."""
    turning, near = rows[rows["turns"]], rows[~rows["turns"]]
    near = near.loc[near[methods].abs().min(axis=1).sort_values(kind="stable").index]
    drawn = pd.concat([turning, near.head(max(_LEAST - len(turning), 0))]).head(_MOST)
    return drawn.sort_values(methods[0], kind="stable")


def _one_method(report: Report, question: str, rows: pd.DataFrame, methods: list[str]) -> Finding:
    name = label("case_method", methods[0], report.language)
    text = report.say(
        f"本期只有{name}，无从比较，也不据以称亏损。",
        f"The period holds {name.lower()} only: nothing to compare, and nothing is called a loss.",
    )
    sheet = report.say("病组·各方法", "DRGs by method")
    return Finding(question, _table(report, rows, methods, sheet, ("病组", "DRG"), list(rows.index[:_MOST])), text)


def _table(
    report: Report, rows: pd.DataFrame, methods: list[str], sheet: str, subject: tuple[str, str], shown: list[str]
) -> Table:
    heads = [head(report, "subject", *subject), head(report, "cases", "例数", "Cases", "count")]
    heads += [
        head(report, name, *(label("case_method", name, lang) for lang in ("zh", "en")), "money") for name in methods
    ]  # type: ignore[arg-type]
    heads.append(head(report, "verdict", "判定", "Verdict", "mark"))
    alarm = {(i, name) for name in methods for i, value in enumerate(rows[name]) if value < 0}
    places = tuple(rows.index.get_loc(code) for code in shown)
    return Table(rows, tuple(heads), sheet, report.style, alarm=frozenset(alarm), on_page=places)  # type: ignore[arg-type]


def _notes(report: Report, methods: list[str]) -> tuple[str, ...]:
    span, second = report.twelve.words(report.language), second_method(methods)
    own = label("case_method", methods[0], report.language)
    other = label("case_method", second, report.language) if second else ""
    return (
        report.say(
            f"{span}，成本完整的出院病例；例均成本盈亏 = DRG 收入 − 全成本。{own}与{other}同为负才称亏损。",
            f"{span}, discharged cases with complete cost; margin per case = DRG income − full cost. Called a loss "
            f"only where {own.lower()} and {other.lower()} are both negative.",
        ),
        report.say(
            f"不足 {LIMIT} 例的科室×病组不计入，页面列方向改变者和最接近盈亏平衡者，其余见工作簿。",
            f"Without departments' cells of fewer than {LIMIT} cases; the page lists those that change sign and "
            "those nearest to it, the workbook all.",
        ),
    )


def department_margins_by_method(report: Report) -> Finding:
    """Margin per case of every department by every method."""
    question = report.say("哪些科室的盈亏方向随方法改变？", "Which departments change sign with the method?")
    rows, methods = method_margins(report, "department")
    if rows.empty or not methods:
        return absent(report, question, COSTS)
    rows = rows.assign(subject=report.named("department", rows.index))
    turning = rows[rows["turns"]]
    if len(methods) == 1:
        text = report.say("本期只有一种方法，无从比较。", "The period holds one method: nothing to compare.")
    elif turning.empty:
        text = report.say(f"{len(rows)} 个科室均不随方法改变方向。", f"None of {plural(len(rows), 'department')} does.")
    else:
        which = listed(turning["subject"].tolist(), report.language, 4, "个")
        text = report.say(
            f"{len(rows)} 个科室中 {len(turning)} 个改变：{which}。",
            f"{len(turning)} of {plural(len(rows), 'department')}: {which}.",
        )
    sheet = report.say("科室·各方法", "Departments by method")
    table = _table(report, rows, methods, sheet, ("科室", "Department"), list(rows.index))
    note = report.say(
        f"例均成本盈亏；不足 {LIMIT} 例的科室及为防倒推而隐去的科室不列。",
        f"Margin per case; without departments of fewer than {LIMIT} cases and those that would give them away.",
    )
    return Finding(question, table, text, (note,))


def method_agreement(report: Report) -> Finding:
    """Spearman's rank correlation of margins per case between every two methods, sign changes, largest rank change."""
    question = report.say("各方法对病组和科室的排名一致吗？", "Do the methods rank DRGs and departments alike?")
    drgs, methods = method_margins(report, "drg_code")
    departments, _ = method_margins(report, "department")
    if not methods:
        return absent(report, question, COSTS)
    if len(methods) < 2 or len(drgs) < 3:
        text = report.say("方法或病组太少，无从比较。", "Too few methods or DRGs to compare.")
        return Finding(question, None, text)
    pairs = [pair for pair in combinations(methods, 2) if methods[0] in pair or not _variant(pair)]
    rows = pd.DataFrame([_pair(report, drgs, departments, *pair) for pair in pairs])
    low = rows.loc[rows["drgs"].idxmin()]
    text = report.say(
        f"病组排名的等级相关系数最低为 {low['drgs']:.3f}（{low['pair']}）；"
        f"该对方法下 {low['turned']} 个病组盈亏方向不同。",
        f"Lowest rank correlation of DRGs: {low['drgs']:.3f} ({low['pair']}), with {plural(int(low['turned']), 'DRG')} "
        "of another sign.",
    )
    heads = (
        head(report, "pair", "两种方法", "Two methods"),
        head(report, "drgs", "病组等级相关", "Spearman, DRGs", "number3"),
        head(report, "departments", "科室等级相关", "Spearman, departments", "number3"),
        head(report, "turned", "方向不同的病组", "DRGs of another sign", "count"),
        head(report, "turned_departments", "方向不同的科室", "Departments of another sign", "count"),
        head(report, "moved", "名次变动最大", "Largest change of rank", "count"),
        head(report, "mover", "该病组", "Of the DRG"),
    )
    table = Table(rows, heads, report.say("方法一致性", "Agreement"), report.style)
    note = report.say("按例均成本盈亏排名；1 = 排名完全一致。", "Ranked by margin per case; 1 = the same order.")
    return Finding(question, table, text, (note,))


def _variant(pair: tuple[str, str]) -> bool:
    """One of the two is top-down after another allocation."""
    return any(name.startswith("top_down_") for name in pair)


def _pair(report: Report, drgs: pd.DataFrame, departments: pd.DataFrame, one: str, two: str) -> dict[str, object]:
    moves = (drgs[one].rank() - drgs[two].rank()).abs()
    signs = [((frame[one] < 0) != (frame[two] < 0)).sum() for frame in (drgs, departments)]
    several = len(departments) > 2
    return {
        "pair": f"{label('case_method', one, report.language)} – {label('case_method', two, report.language)}",
        "drgs": float(drgs[one].corr(drgs[two], method="spearman")),
        "departments": float(departments[one].corr(departments[two], method="spearman")) if several else None,
        "turned": int(signs[0]),
        "turned_departments": int(signs[1]),
        "moved": int(moves.max()),
        "mover": report.titled("drg", [moves.idxmax()])[0],
    }
