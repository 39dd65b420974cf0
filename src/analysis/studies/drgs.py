"""Which DRGs lose money, and which earn it? A loss is called so only where two costing methods agree."""

from collections.abc import Set
from dataclasses import replace

import pandas as pd

from analysis.presentation.bars import ranked_bars
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty, sum_kind
from analysis.presentation.tables import Chart, Table, columns
from analysis.presentation.wording import plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.hidden import hidden_departments, plan_drgs
from analysis.studies.report import SQL, Report
from analysis.studies.verdicts import called

_MOST = 10
#: Columns that stand in the workbook alone.
_WORKBOOK = {"weight", "regional_cost", "margin_per_case"}
#: Stands for the groups of a department shown in one row.
_REST = "*"


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
    """One row a DRG that may be shown, by margin over the last twelve months: drg_margins.sql with name and verdict."""
    if not report.engine.value("select count(*) from information_schema.tables where table_name = 'second_costs'"):
        report.engine.make(SQL, "second_costs", case_method=report.case_method)
    plan_drgs(report)
    rows = report.sql("drg_margins", **report.twelve.bounds, department=department)
    names = report.names("drg") | {_REST: report.say("其余", "Others")}
    rows["drg"] = [f"{code if code != _REST else ''} {names.get(code, '')}".strip() for code in rows["drg_code"]]
    rows["verdict"] = [
        "none" if row.drg_code == _REST else called(row.margin, row.margin_second) for row in rows.itertuples()
    ]
    return rows


def _over(rows: pd.DataFrame) -> pd.Series:
    """Rows whose cost exceeds their income, by every method there is."""
    return rows["verdict"].isin(["loss", "above"])


def _table(report: Report, rows: pd.DataFrame, sheet: str, in_figure: Set[str] = frozenset()) -> Table:
    rows = rows.assign(
        to_standard=rows["cost_per_case"] / rows["standard_cost"] - 1,
        to_region=rows["cost_per_case"] / rows["regional_cost"] - 1,
    )
    specs = [("drg", "text"), ("cases", "count"), ("payment_per_case", "money"), ("cost_per_case", "money")]
    specs += [("standard_cost", "money"), ("to_standard", "change"), ("to_region", "change")]
    specs += [("contribution_per_case", "money"), ("margin_per_case", "money")]
    specs += [("weight", "number3", "drgs"), ("regional_cost", "money")]
    specs += [("margin", sum_kind(rows["margin"])), ("months_over", "text_right"), ("verdict", "mark")]
    pairs = zip(rows["months_over"], rows["months"], strict=True)
    months = ["" if is_empty(b) else f"{int(a)} / {int(b)}" for a, b in pairs]
    gone = {"months_over"} if report.period.is_year else set()
    gone |= {name for name in ("standard_cost", "contribution_per_case", "to_standard") if rows[name].isna().all()}
    gone |= {"to_region", "regional_cost"} if report.by_peers or rows["regional_cost"].isna().all() else set()
    alarm = {(i, c) for i, over in enumerate(_over(rows)) if over for c in ("margin", "margin_per_case")}
    made = columns(report.style, *[spec for spec in specs if spec[0] not in gone], heads=report.heads)  # type: ignore[arg-type]
    heads = tuple(replace(one, on_page=one.name not in _WORKBOOK | in_figure) for one in made)
    chart = Chart("bar", "drg", ("margin",))
    return Table(rows.assign(months_over=months), heads, sheet, report.style, alarm=frozenset(alarm), chart=chart)


def _figure(report: Report, rows: pd.DataFrame) -> str:
    pale = rows["verdict"].isin(["unsure", "above"]).tolist()
    labels, values, bad = rows["drg"].tolist(), rows["margin"].tolist(), _over(rows).tolist()
    return ranked_bars(labels, values, report.style, sum_kind(values), bad=bad, pale=pale)


def _text(report: Report, rows: pd.DataFrame) -> str:
    over, unsure = rows[_over(rows)], int((rows["verdict"] == "unsure").sum())
    zh, en = "", ""
    if unsure:
        zh, en = f"；另有 {unsure} 个两种方法结论不一", f"; for {unsure} more the two methods differ"
    count = plural(len(rows), "DRG")
    if over.empty:
        return report.say(
            f"{len(rows)} 个病组中没有成本高于收入的{zh}。", f"None of {count} costs more than its income{en}."
        )
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
    return report.say(
        f"{len(rows)} 个病组中 {len(over)} 个亏损，共 {sum_over}；最多的是 {listing}{zh}。",
        f"{len(over)} of {count} {'loses' if len(over) == 1 else 'lose together'} {sum_over}; most: {listing}{en}.",
    )


def _notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    span = words + report.say("（单月病例少，多月合计）。", " (months together: one holds few cases of a DRG).")
    span = words + report.say("。", ".") if report.period.is_year else span
    if rows["margin_second"].notna().any():
        rule = report.say(
            "两种成本方法同为负才称亏损；空心条为两法不一。",
            "Called a loss only where two costing methods agree; hollow bars: they differ.",
        )
    else:
        rule = report.say(
            "亏损须两种成本方法一致才能认定；本期只有一种方法，条形以空心表示。",
            "A loss is called so only where two costing methods agree; the period has one, so bars are hollow.",
        )
    return (span, rule)
