"""Which DRGs lose money, and which earn it? A loss is called so only where two costing methods agree."""

from collections.abc import Set
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.presentation.bars import ranked_bars
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty, sum_kind
from analysis.presentation.tables import Chart, Table, columns
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.hidden import hidden_departments, plan_drgs
from analysis.studies.report import Report
from analysis.studies.verdicts import called, make_other_costs, methods_said, other_method, range_said
from analysis.vocabulary import label

_MOST = 10
#: Columns that stand in the workbook alone.
_WORKBOOK = {"basis", "weight", "regional_cost", "margin_per_case"}
#: Stands for the groups of a department shown in one row.
_REST = "*"
#: Stands behind a DRG whose row is without some departments' cases.
_PART = " †"
#: Behind a DRG whose standard is a pathway.
_BY_PATHWAY = " ‡"


def worst_and_best_drgs(report: Report) -> Finding:
    """The ten DRGs that lose most and the ten that earn most, by cost margin over the last twelve months."""
    question = report.say("哪些病组亏损最多，哪些盈余最多？", "Which DRGs lose most, which earn most?")
    rows = drg_margins(report)
    if rows.empty:
        return _none_shown(report, question, "")
    chosen = rows if len(rows) <= 2 * _MOST else pd.concat([rows.head(_MOST), rows.tail(_MOST)])
    left = len(rows) - len(chosen)
    table = _table(report, chosen, report.say("病组盈亏", "DRGs"), in_figure={"margin"})
    text = _text(report, rows)
    notes = _notes(report, rows)
    if left:
        notes += (report.say(f"中间 {left} 个病组未列出。", f"{plural(left, 'DRG')} in between not listed."),)
    gone = int(report.sql("drg_cells", **report.twelve.bounds)["cases"].sum() - rows["cases"].sum())
    if gone >= LIMIT:
        notes += (
            report.say(
                f"另有 {gone} 例未计入：未入组、成本未完整，或所在科室该病组不足 {LIMIT} 例。",
                f"{plural(gone, 'case')} not in it: ungrouped, without complete cost, or fewer than {LIMIT} of a DRG "
                "in a department.",
            ),
        )
    return Finding(question, table, text, notes, _figure(report, chosen), bool(_over(rows).any()))


def department_drgs(report: Report, department: str) -> Finding:
    """DRGs of a department by cost margin over the last twelve months; those hidden stand in one row."""
    question = report.say("本科室哪些病组亏损？", "Which of its DRGs lose money?")
    rows = drg_margins(report, department)
    shown = rows[rows["drg_code"] != _REST]
    if shown.empty or department in hidden_departments(report, report.twelve):
        return _none_shown(report, question, department)
    notes = _notes(report, shown)
    if len(rows) > len(shown):
        notes += (
            report.say(
                f"其余：不足 {LIMIT} 例的病组、未入组病例，以及为防止倒推而一并归入的病组。",
                f"Others: DRGs under {LIMIT} cases, cases without a DRG, and DRGs that would give these away.",
            ),
        )
    return Finding(
        question,
        _table(report, rows, report.say("病组", "DRGs")),
        _text(report, shown),
        notes,
        alarm=bool(_over(shown).any()),
    )


def _none_shown(report: Report, question: str, department: str) -> Finding:
    """Why no DRG is shown: none has a cost, all are small, or the rest would give the small ones away."""
    cells = report.sql("drg_cells", **report.twelve.bounds)
    cells = cells[cells["drg_code"].notna() & ((cells["department"] == department) | (department == ""))]
    groups = cells.groupby("drg_code")[["cases", "priced"]].sum()
    if not groups["priced"].sum():
        return absent(report, question, COSTS)
    if (groups["cases"] < LIMIT).all():
        text = report.say(
            f"各病组均不足 {LIMIT} 例，不列示。", f"Every DRG has fewer than {LIMIT} cases: none is shown."
        )
    else:
        text = report.say(
            f"病组不列示：其余病组会使不足 {LIMIT} 例的病组或未入组病例被倒推。",
            f"No DRG is shown: the larger ones would give away groups, or cases without one, of fewer than {LIMIT}.",
        )
    return Finding(question, None, text)


def drg_margins(report: Report, department: str = "") -> pd.DataFrame:
    """One row a DRG that may be shown, by margin over the last twelve months: drg_margins.sql with name and verdict.

    standard_actual: the cost of a case that its standard is compared with, by the method that made the standard: of a
    pathway bottom-up, where the period holds it; else as the cases have it. title: the name, marked where the row is
    without some departments' cases.
    """
    make_other_costs(report)
    plan_drgs(report)
    rows = report.sql("drg_margins", **report.twelve.bounds, department=department)
    names = report.names("drg") | {_REST: report.say("其余", "Others")}
    rows["drg"] = [f"{code if code != _REST else ''} {names.get(code, '')}".strip() for code in rows["drg_code"]]
    rows["title"] = [f"{row.drg}{_PART if row.part else ''}" for row in rows.itertuples()]
    rows["verdict"] = [
        "none" if row.drg_code == _REST else called(row.margin, row.margin_second) for row in rows.itertuples()
    ]
    actual = rows["cost_per_case"]
    if other_method(report, "second_costs") == "bottom_up":
        bottom_up = rows["payment_per_case"] - rows["margin_second"] / rows["priced"]
        actual = bottom_up.where((rows["standard_basis"] == "pathway") & bottom_up.notna(), actual)
    rows["basis"] = [
        None if is_empty(basis) or is_empty(standard) else label("standard_cost_basis", basis, report.language)
        for basis, standard in zip(rows["standard_basis"], rows["standard_cost"], strict=True)
    ]
    return rows.assign(standard_actual=actual)


def part_note(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    """What the sign behind a DRG means, where one has it."""
    if not rows["part"].any():
        return ()
    return (
        report.say(
            f"† 不含部分科室的病例（该科室该病组不足 {LIMIT} 例，或为防倒推），并非全院合计。",
            f"† without the cases of some departments (fewer than {LIMIT} there, or so that these cannot be worked "
            "out): not the whole hospital.",
        ),
    )


def _by_pathway(rows: pd.DataFrame) -> pd.Series:
    return rows["standard_basis"].eq("pathway") & rows["standard_cost"].notna()


def pathway_note(report: Report, rows: pd.DataFrame, sign: str = "") -> tuple[str, ...]:
    """What a standard by pathway holds and is compared with, where a row has one; `sign` marks these rows."""
    if not _by_pathway(rows).any():
        return ()
    compared = "bottom_up" if other_method(report, "second_costs") == "bottom_up" else report.case_method
    (own, own_en), (zh, en) = ([label("case_method", name, language) for language in ("zh", "en")]
                               for name in (report.case_method, compared))  # fmt: skip
    return (
        report.say(
            f"{sign}路径标准按作业单价计、不含闲置产能，与{zh}实际成本比较，差额含闲置产能成本；"
            f"历史标准与全成本（{own}）比较。",
            f"{sign}A standard by pathway, at activity prices without idle capacity, is compared with {en.lower()} "
            f"cost: the difference includes idle capacity. One by history is compared with full cost "
            f"({own_en.lower()}).",
        ),
    )


def _over(rows: pd.DataFrame) -> pd.Series:
    """Rows whose cost exceeds their income, by every method there is."""
    return rows["verdict"].isin(["loss", "above"])


def _table(report: Report, rows: pd.DataFrame, sheet: str, in_figure: Set[str] = frozenset()) -> Table:
    rows = rows.assign(
        drg=rows["title"] + np.where(_by_pathway(rows), _BY_PATHWAY, ""),
        to_standard=rows["standard_actual"] / rows["standard_cost"] - 1,
        to_region=rows["cost_per_case"] / rows["regional_cost"] - 1,
    )
    specs = [("drg", "text"), ("cases", "count"), ("payment_per_case", "money"), ("cost_per_case", "money")]
    specs += [("standard_cost", "money"), ("basis", "text", "standard_costs"), ("to_standard", "change")]
    specs += [("to_region", "change")]
    specs += [("contribution_per_case", "money"), ("margin_per_case", "money")]
    specs += [("weight", "number3", "drgs"), ("regional_cost", "money")]
    specs += [("margin", sum_kind(rows["margin"])), ("months_over", "text_right"), ("verdict", "mark")]
    pairs = zip(rows["months_over"], rows["months"], strict=True)
    months = ["" if is_empty(b) else f"{int(a)} / {int(b)}" for a, b in pairs]
    gone = {"months_over"} if report.period.is_year else set()
    maybe = ("standard_cost", "basis", "contribution_per_case", "to_standard")
    gone |= {name for name in maybe if rows[name].isna().all()}
    gone |= {"to_region", "regional_cost"} if report.by_peers or rows["regional_cost"].isna().all() else set()
    alarm = {(i, c) for i, over in enumerate(_over(rows)) if over for c in ("margin", "margin_per_case")}
    made = columns(report.style, *[spec for spec in specs if spec[0] not in gone], heads=report.heads)  # type: ignore[arg-type]
    heads = tuple(replace(one, on_page=one.name not in _WORKBOOK | in_figure) for one in made)
    chart = Chart("bar", "drg", ("margin",))
    return Table(rows.assign(months_over=months), heads, sheet, report.style, alarm=frozenset(alarm), chart=chart)


def _figure(report: Report, rows: pd.DataFrame) -> str:
    pale = rows["verdict"].isin(["unsure", "above"]).tolist()
    labels, values, bad = rows["title"].tolist(), rows["margin"].tolist(), _over(rows).tolist()
    return ranked_bars(labels, values, report.style, sum_kind(values), bad=bad, pale=pale)


def _text(report: Report, rows: pd.DataFrame) -> str:
    over, unsure = rows[_over(rows)], int((rows["verdict"] == "unsure").sum())
    zh, en = "", ""
    if unsure:
        zh, en = f"；另有 {unsure} 个两种方法结论不一", f"; for {unsure} more the two methods differ"
    count = plural(len(rows), "DRG")
    if over.empty:
        if unsure:
            return report.say(
                f"{len(rows)} 个病组中没有两法均亏的，{unsure} 个两法不一。",
                f"None of {count} costs more than its income by both methods, for {unsure} they differ.",
            )
        return report.say(f"{len(rows)} 个病组中没有成本高于收入的。", f"None of {count} costs more than its income.")
    sum_over = report.style.money(-over["margin"].sum())
    which = [f"{row.drg} {report.style.money(row.margin, signed=True)}" for row in over.head(3).itertuples()]
    listing = report.say("；", "; ").join(which)
    if (over["verdict"] == "above").all():
        return report.say(
            f"{len(rows)} 个病组中 {len(over)} 个成本高于收入，共 {sum_over}"
            f"（仅一种成本方法，尚不称亏损）；最多的是 {listing}。",
            f"{len(over)} of {count} cost more than their income, by {sum_over} (one costing method, so not yet called "
            f"a loss); most: {listing}.",
        )
    lost = range_said(report, -over["margin"].sum(), -over["margin_second"].sum())
    return report.say(
        f"{len(rows)} 个病组中 {len(over)} 个两法均亏，共 {lost}；最多的是 {listing}{zh}。",
        f"{len(over)} of {count} {'loses' if len(over) == 1 else 'lose together'} {lost} by the two methods; most: "
        f"{listing}{en}.",
    )


def _notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    span = words + report.say("（单月病例少，多月合计）。", " (months together: one holds few cases of a DRG).")
    span = words + report.say("。", ".") if report.period.is_year else span
    if rows["margin_second"].notna().any():
        one, two = methods_said(report)
        rule = report.say(
            f"{one}与{two}同为负才称亏损，金额与排序按{one}；空心条为两法不一。",
            f"Called a loss only where {one} and {two} agree; amounts and order by {one}; hollow bars: they differ.",
        )
    else:
        rule = report.say(
            "亏损须两种成本方法一致才能认定；本期只有一种方法，条形以空心表示。",
            "A loss is called so only where two costing methods agree; the period has one, so bars are hollow.",
        )
    return (span, rule, *_third_note(report, rows), *pathway_note(report, rows, "‡ "), *part_note(report, rows))


def _third_note(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    """The losses that a third method does not confirm."""
    losses = rows[(rows["verdict"] == "loss") & rows["margin_third"].notna()]
    denied = losses.loc[losses["margin_third"] >= 0, "drg"].tolist()
    if losses.empty:
        return ()
    third = label("case_method", other_method(report, "third_costs"), report.language)
    if not denied:
        return (report.say(f"{third}也均为负。", f"{third} confirms each of these losses."),)
    return (
        report.say(
            f"按第三种方法（{third}）不亏，请谨慎：{listed(denied, 'zh', 6)}。",
            f"No loss by a third method ({third.lower()}), so with caution: {listed(denied, 'en', 6)}.",
        ),
    )
