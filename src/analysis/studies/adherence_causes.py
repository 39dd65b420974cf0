"""Whose variance it is: disease, treatment or system."""

import pandas as pd

from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.stacks import SHADES, Part, stacked_shares
from analysis.presentation.tables import Table
from analysis.studies.adherence_book import Followed
from analysis.studies.report import Report
from analysis.studies.wide import head
from analysis.vocabulary import codes, label

_CLASSES = tuple(codes("cause_class"))
_UNKNOWN = "unknown"
_MOST = 12
_BASES = {
    "form": ("原因表", "form"),
    "step": ("等待的步骤", "step waited for"),
    "complication": ("并发症", "complication"),
}


def whose_variance(followed: Followed) -> Finding:
    """Stays far over the standard by cause class, and by what it is known."""
    report = followed.report
    question = report.say("变异属于谁：疾病、治疗还是系统？", "Whose variance is it: disease, treatment or system?")
    if nothing := followed.none_over(question):
        return nothing
    rows = cause_rows(followed)
    figure = cause_figure(report, rows[rows["over"] >= LIMIT].head(_MOST))
    return Finding(question, cause_table(report, rows), cause_text(followed, rows), cause_notes(report), figure)


def cause_table(report: Report, rows: pd.DataFrame) -> Table:
    names = {one: class_name(report, one) for one in (*_CLASSES, _UNKNOWN)}
    heads = (
        head(report, "name", "路径", "Pathway"),
        head(report, "over", "超标准例数", "Stays over", "count"),
        *(head(report, one, name, name, "percent0") for one, name in names.items()),
    )
    return Table(rows, heads, report.say("变异类别", "Cause classes"), report.style, strong=frozenset({0}))


def cause_figure(report: Report, rows: pd.DataFrame) -> str:
    """Stacked shares of the classes; what is not known in the last shade."""
    parts = [Part(class_name(report, one), rows[one].tolist(), SHADES[place]) for place, one in enumerate(_CLASSES)]
    parts.append(Part(class_name(report, _UNKNOWN), rows[_UNKNOWN].tolist(), SHADES[-1]))
    return stacked_shares(rows["name"].tolist(), parts, report.style, [f"{n:,}" for n in rows["over"]])


def class_name(report: Report, code: str) -> str:
    return report.say("未知", "Unknown") if code == _UNKNOWN else label("cause_class", code, report.language)


def cause_rows(followed: Followed) -> pd.DataFrame:
    """Shares of the cause classes among stays over the standard: all of them, then by pathway."""
    over = followed.over.assign(cause=followed.over["cause_class"].fillna(_UNKNOWN))
    made = []
    for pathway, of in [("", over), *over.groupby("pathway", sort=True)]:
        name = followed.name(str(pathway)) if pathway else followed.report.say("合计", "All")
        shares = of["cause"].value_counts(normalize=True)
        made.append({"name": name, "over": len(of), **{one: shares.get(one, 0.0) for one in (*_CLASSES, _UNKNOWN)}})
    rows = pd.DataFrame(made)
    return pd.concat(
        [rows.head(1), rows.iloc[1:].sort_values(["over", "name"], ascending=[False, True])], ignore_index=True
    )


def cause_text(followed: Followed, rows: pd.DataFrame) -> str:
    report, whole = followed.report, rows.iloc[0]
    known = followed.over["basis"].value_counts()
    told = [f"{class_name(report, one)} {whole[one]:.0%}" for one in (*_CLASSES, _UNKNOWN)]
    bases = [f"{report.say(*_BASES[one])} {known[one]:,}" for one in _BASES if known.get(one, 0)]
    return report.say(
        f"{whole['over']:,} 例超标准住院：{'、'.join(told)}；依据：{'、'.join(bases) or '无'}。",
        f"{whole['over']:,} stays over the standard: {', '.join(told).lower()}; known by "
        f"{', '.join(bases) or 'nothing'}.",
    )


def cause_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "先看原因表所填；没有则看等待步骤所属类别；再没有而有并发症的归疾病因素；其余未知，不作推测。"
            "原因表由科室自填，可能有误。",
            "The reason form says first; else the class of the step waited for; else a complication counts as disease; "
            "all others stay unknown. Forms are filled by the departments themselves and may be wrong.",
        ),
    )
