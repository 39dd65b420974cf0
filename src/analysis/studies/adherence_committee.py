"""The committee's page on pathways: the same figures as the analyst's, short, with small groups hidden."""

import pandas as pd

from analysis.presentation.disclosure import hidden_groups, note, protect
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.studies.adherence_book import Followed
from analysis.studies.adherence_causes import cause_figure, cause_notes, cause_rows, cause_table, cause_text
from analysis.studies.adherence_kept import kept_heads, kept_note, kept_text, pathway_rows
from analysis.studies.adherence_omitted import omission_figure, omission_notes, omission_rows, omission_text
from analysis.studies.adherence_waits import over_notes, over_rows, over_text
from analysis.studies.wide import head, interval_heads

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
    heads = tuple(one for one in kept_heads(report) if one.name in shown)
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
        *interval_heads(report, "percent0"),
        head(report, "before", "上年同期", "Year before", "percent0"),
    )
    table = Table(top, heads, report.say("遗漏步骤", "Left out"), report.style)
    text, figure = omission_text(followed, many), omission_figure(followed, top)
    return Finding(question, table, text, omission_notes(report), figure, listed=False)


def too_long(followed: Followed) -> Finding:
    """Stays more than 20 % over the standard: what was waited for, and whether the reason came in time."""
    report = followed.report
    question = report.say("哪些住院超标准 20% 以上，在等什么？", "Which stays run 20 % over, waiting for what?")
    if nothing := followed.none_over(question):
        return nothing
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
    if nothing := followed.none_over(question):
        return nothing
    every = cause_rows(followed)
    gone = hidden_groups(every["over"].iloc[1:])
    rows = pd.concat([every.head(1), every.iloc[1:][~gone]]).head(_PATHWAYS).reset_index(drop=True)
    figure = cause_figure(report, rows)
    text, notes = cause_text(followed, every), cause_notes(report)
    return Finding(question, cause_table(report, rows), text, notes, figure, listed=False)
