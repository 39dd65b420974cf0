"""The committee's page on pathways: the same figures as the analyst's, short, with small groups hidden."""

import pandas as pd

from analysis.pathways.variance import PART
from analysis.presentation.disclosure import hidden_groups, note, protect
from analysis.presentation.finding import Finding
from analysis.presentation.stacks import SHADES, Part, stacked_shares
from analysis.presentation.tables import Table
from analysis.studies.adherence_book import Followed
from analysis.studies.adherence_causes import cause_notes, cause_rows, cause_text, class_name
from analysis.studies.adherence_kept import kept_note, kept_text, pathway_rows
from analysis.studies.adherence_omitted import omission_figure, omission_notes, omission_rows, omission_text
from analysis.studies.adherence_waits import over_notes, over_rows, over_text
from analysis.studies.wide import head
from analysis.vocabulary import codes

#: Steps shown, each expected of so many stays: fewer let a count be worked out of a rate.
_STEPS, _LEAST = 8, 30
_PATHWAYS = 12


def kept(followed: Followed) -> Finding:
    """Stays on every pathway, the share with every step as asked for, days against the standard."""
    report = followed.report
    question = report.say("哪些路径得到了遵守？", "Which pathways are kept?")
    if nothing := followed.nothing(question):
        return nothing
    rows = pathway_rows(followed)
    shares = ["kept", "left_out", "late", "over", "median"]
    hidden = hidden_groups(rows["stays"])
    shown = protect(rows[["name", "stays", *shares, "standard"]], "stays", shares)
    heads = (
        head(report, "name", "路径", "Pathway"),
        head(report, "stays", "住院例数", "Stays", "count"),
        head(report, "kept", "全部按要求", "All as asked", "percent0"),
        head(report, "left_out", "有步骤遗漏", "A step left out", "percent0"),
        head(report, "late", "有步骤延迟", "A step late", "percent0"),
        head(report, "median", "住院日中位数", "Median days", "number1"),
        head(report, "standard", "标准住院日", "Standard days", "number1"),
        head(report, "over", f"超标准 {PART:.0%}", f"{PART:.0%} over it", "percent0"),
    )
    table = Table(shown, heads, report.say("路径遵守", "Pathways kept"), report.style)
    notes = (kept_note(report), *note(bool(hidden.any()), report.language))
    return Finding(question, table, kept_text(followed, rows), notes)


def left_out(followed: Followed) -> Finding:
    """The required steps most often left out, with intervals and the year before."""
    report = followed.report
    question = report.say("哪些必需步骤常被遗漏？", "Which required steps are often left out?")
    if nothing := followed.nothing(question):
        return nothing
    rows = omission_rows(followed)
    many = rows[rows["expected"] >= _LEAST].reset_index(drop=True)
    top = many.head(_STEPS)
    if top.empty:
        text = report.say(f"没有应做例数达到 {_LEAST} 的必需步骤。", f"No required step was due in {_LEAST} stays.")
        return Finding(question, None, text)
    heads = (
        head(report, "name", "步骤", "Step"),
        head(report, "expected", "应做例数", "Should have it", "count"),
        head(report, "rate", "遗漏率", "Left out", "percent0"),
        head(report, "ci_low", "区间下限", "Interval from", "percent0"),
        head(report, "ci_high", "区间上限", "Interval to", "percent0"),
        head(report, "before", "上年同期", "Year before", "percent0"),
    )
    table = Table(top, heads, report.say("遗漏步骤", "Left out"), report.style)
    text, figure = omission_text(followed, many), omission_figure(followed, top)
    return Finding(question, table, text, omission_notes(report), figure, listed=False)


def too_long(followed: Followed) -> Finding:
    """Stays more than 20 % over the standard: what was waited for, and whether the reason came in time."""
    report = followed.report
    question = report.say("哪些住院超标准 20% 以上，在等什么？", "Which stays run 20 % over, waiting for what?")
    if nothing := followed.nothing(question):
        return nothing
    if followed.over.empty:
        return Finding(question, None, report.say("没有超标准 20% 以上的住院。", "No stay is 20 % over its standard."))
    rows = over_rows(followed).head(_PATHWAYS)
    derived = ["share", "extra", "waiting", "step", "in_time", "absent"]
    hidden = hidden_groups(over_rows(followed)["over"])[: len(rows)]
    shown = protect(rows[["name", "over", *derived]], "over", derived, hidden=hidden)
    heads = (
        head(report, "name", "路径", "Pathway"),
        head(report, "over", "超标准例数", "Stays over", "count"),
        head(report, "share", "占路径住院", "Of its stays", "percent0"),
        head(report, "extra", "超出天数", "Days over", "count"),
        head(report, "waiting", "有等待步骤", "A step waited for", "percent0"),
        head(report, "step", "其中最常等待", "Most of these for"),
        head(report, "in_time", "24 小时内报告", "Reason in 24 h", "percent0"),
        head(report, "absent", "未报告", "No reason", "percent0"),
    )
    table = Table(shown, heads, report.say("超标准住院", "Over the standard"), report.style)
    notes = (*over_notes(followed), *note(bool(hidden.any()), report.language))
    return Finding(question, table, over_text(followed, over_rows(followed)), notes)


def whose(followed: Followed) -> Finding:
    """Cause classes of the stays far over the standard, of all and of the pathways with most of them."""
    report = followed.report
    question = report.say("变异属于谁？", "Whose variance is it?")
    if nothing := followed.nothing(question):
        return nothing
    if followed.over.empty:
        return Finding(question, None, report.say("没有超标准 20% 以上的住院。", "No stay is 20 % over its standard."))
    every = cause_rows(followed)
    gone = hidden_groups(every["over"].iloc[1:])
    rows = pd.concat([every.head(1), every.iloc[1:][~gone]]).head(_PATHWAYS).reset_index(drop=True)
    classes = (*codes("cause_class"), "unknown")
    shades = (*SHADES[:3], SHADES[-1])
    parts = [Part(class_name(report, c), rows[c].tolist(), s) for c, s in zip(classes, shades, strict=True)]
    figure = stacked_shares(rows["name"].tolist(), parts, report.style, [f"{n:,}" for n in rows["over"]])
    heads = (
        head(report, "name", "路径", "Pathway"),
        head(report, "over", "超标准例数", "Stays over", "count"),
        *(head(report, c, class_name(report, c), class_name(report, c), "percent0") for c in classes),
    )
    table = Table(rows, heads, report.say("变异类别", "Cause classes"), report.style, strong=frozenset({0}))
    return Finding(question, table, cause_text(followed, every), cause_notes(report), figure, listed=False)
