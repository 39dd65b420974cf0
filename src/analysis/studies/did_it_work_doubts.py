"""What could explain the effect instead: were the pilots like the others before, what threatens it, where it ends."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.evaluation.did import Estimate
from analysis.evaluation.effects_in_units import Effect, in_units
from analysis.evaluation.event_study import event_study, months_apart, trend_before
from analysis.presentation.event_study import Band, estimate_rows, event_study_figure
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed
from analysis.studies.did_it_work import Change
from analysis.studies.did_it_work_words import (
    effect_frame,
    effect_kind,
    effect_table,
    p_text,
    p_words,
    window,
    written,
)
from analysis.studies.wide import head


def alike_before(change: Change) -> Finding:
    """The event study: the pilots against the others month by month, and what a trend would have run to."""
    report, windows, outcome = change.report, change.windows, change.outcome
    question = report.say("推行之前，试点与其他科室走势一致吗？", "Were pilots and others alike before?")
    panel = change.panel(change.main)
    months = event_study(panel, change.study.treated, windows.before, windows.compared)
    effects = [_month_effect(change, row) for row in months.itertuples()]
    rows = effect_frame(effects).assign(month=months["period"], p=[p_text(p) for p in months["p"]])
    kind = effect_kind(outcome)
    table = effect_table(report, rows, [kind] * len(rows), report.say("逐月", "By month"),
                         head(report, "month", "月份", "Month"))  # fmt: skip
    periods = [*windows.compared, *windows.beyond]
    drawn = [(one.estimate.effect, one.estimate.low, one.estimate.high) for one in effects]
    figure = event_study_figure(periods, [*drawn, *[None] * len(windows.beyond)], _bands(change), report.style, kind)
    text, p = _alike_text(change, effects, list(months["before"]))
    note = report.say(
        "每月与其余“之前”月份相比，区间为科室随机化；仅凭偶然，二十个月中约有一个月不含零。看不出趋势差不等于没有。",
        "Each month against the other months before, randomisation over departments; by chance one month in twenty "
        "leaves zero out. No difference in trend seen does not mean there is none.",
    )
    return Finding(question, table, text, (note,), figure, alarm=p < 0.05, listed=False)


def _alike_text(change: Change, effects: Sequence[Effect], before: Sequence[bool]) -> tuple[str, float]:
    """Months before whose interval leaves zero out, what a trend would have run to, and its p."""
    report, windows, outcome = change.report, change.windows, change.outcome
    out = [one for one, before in zip(effects, before, strict=True) if before and one.estimate.clear]
    drift, p = _drift(change)
    comma = report.say("，", ", ")
    told, many = f"{written(report, outcome, drift)}{comma}{p_words(p)}", len(windows.before)
    text = report.say(
        f"之前 {many} 个月中有 {len(out)} 个月的区间不含零；趋势差外推到之后为 {told}。",
        f"Of {many} months before, {len(out)} have an interval without zero; the difference in trend, run on to the "
        f"months after, comes to {told}.",
    )
    return text, p


def _month_effect(change: Change, row: Any) -> Effect:
    estimate = Estimate(row.effect, row.low, row.high, p=row.p)
    return in_units(estimate, change.panel(change.main), change.outcome.scale, change.study.treated, [row.period])


def _drift(change: Change) -> tuple[Effect, float]:
    """The difference in trend before, times the months from the middle of before to the middle of after."""
    windows, panel = change.windows, change.panel(change.main)
    slope = trend_before(panel, change.study.treated, windows.before)
    months = months_apart(windows.before, windows.after, windows.compared)
    run = Estimate(slope.effect * months, slope.low * months, slope.high * months)
    return in_units(run, panel, change.outcome.scale, change.study.treated, windows.after), slope.p


def _bands(change: Change) -> list[Band]:
    """Before, preparation, after, and the months in which nobody is untreated."""
    windows, report = change.windows, change.report
    parts = (
        (windows.before, report.say("之前", "before"), False),
        (windows.leak, report.say("准备", "preparation"), True),
        (windows.after, report.say("试点", "pilots"), False),
        (windows.beyond, report.say("全院：无法识别", "everywhere: not identified"), True),
    )
    place, bands = 0, []
    for months, name, shaded in parts:
        if months:
            bands.append(Band(place, place + len(months) - 1, name, shaded))
            place += len(months)
    return bands


def threats(change: Change) -> Finding:
    """The effect estimated again as each threat asks: what changes, and whether the conclusion stands."""
    report, outcome = change.report, change.outcome
    question = report.say("还有什么能解释这个结果，影响多大？", "What else could explain it, and how far?")
    if not change.study.threats:
        return Finding(question, None, report.say("设置中没有列出威胁。", "The settings name no threat."))
    effects = [change.effect(change.main), *(change.under(one) for one in change.study.threats)]
    named = [(report.say("结论所用", "As concluded"), "")]
    named += [(report.say(one.zh, one.en), report.say(one.why_zh, one.why_en)) for one in change.study.threats]
    rows = effect_frame(effects).assign(threat=[name for name, _ in named], why=[why for _, why in named])
    kind = effect_kind(outcome)
    table = effect_table(
        report, rows, [kind] * len(rows), report.say("威胁", "Threats"), head(report, "threat", "改变", "Changed"),
        head(report, "why", "为什么", "Why"), strong=0,
    )  # fmt: skip
    ends = [(one.estimate.effect, one.estimate.low, one.estimate.high) for one in effects]
    figure = estimate_rows(list(rows["threat"]), ends, report.style, kind)
    return Finding(question, table, _threat_text(change, rows), (_threat_note(change),), figure)


def _threat_text(change: Change, rows: pd.DataFrame) -> str:
    """The threat that moves the effect most; the placebo for itself."""
    report, kind = change.report, effect_kind(change.outcome)
    moved = rows.assign(by=rows["effect"] - rows["effect"].iloc[0]).iloc[1:]
    real = [not one.late for one in change.study.threats]
    if not any(real):
        return report.say("只有安慰剂检验，见表。", "Placebos only: see the table.")
    first = moved[real].loc[moved[real]["by"].abs().idxmax()]
    kept = (moved[real]["low"] > 0) | (moved[real]["high"] < 0)
    now, by = (report.style.write(float(first[name]), kind) for name in ("effect", "by"))
    name, still, many = str(first["threat"]), int(kept.sum()), len(kept)
    return report.say(
        f"影响最大的是“{name}”：效果变为 {now}（差 {by}）；{many} 种改变中有 {still} 种区间仍不含零。",
        f"What moves it most: {name[:1].lower()}{name[1:]}; the effect becomes {now} (by {by}). In {still} of {many} "
        "the interval still leaves zero out.",
    )


def _threat_note(change: Change) -> str:
    also = change.report.say(change.study.also_zh, change.study.also_en)
    known = change.report.say(f"（如{also}）", f" ({also})") if also else ""
    return change.report.say(
        f"剔除病组或月份时，对象也随之改变，数字不必相同；未列出的同期事件{known}仍可能混入。",
        "Leaving groups or months out also changes whom the effect is on: figures need not agree. What else happened"
        f"{known} and is not listed may still be in it.",
    )


def after_everyone(change: Change) -> Finding:
    """From the month in which everyone begins there is nobody to compare with: said, and no number given."""
    report, windows = change.report, change.windows
    question = report.say("全院推行以后效果如何？", "What about the months after everyone began?")
    if not windows.beyond:
        text = report.say("所读月份内仍有未推行的科室。", "In the months read there are still departments not in it.")
        return Finding(question, None, text)
    span = window(report, windows.beyond)
    text = report.say(
        f"{span}：无法识别。所有科室都已推行，没有可比的对象，本报告不给数字。",
        f"{span}: not identified. Every department is in it and there is nobody to compare with; no number is given.",
    )
    rows = pd.DataFrame({
        "span": [window(report, windows.after), span],
        "others": [str(change.panel(change.main)["unit"].nunique() - len(change.study.treated)), "0"],
        "told": [written(report, change.outcome, change.effect(change.main)), report.say("无法识别", "not identified")],
    })  # fmt: skip
    heads = (
        head(report, "span", "时间", "When"),
        head(report, "others", "尚未推行的科室", "Departments not in it", "text_right"),
        head(report, "told", "效果", "Effect"),
    )
    note = report.say(
        "把试点当成对照再看其他科室，是“已处理对照已处理”的比较，试点自身仍在变化，得数会偏。",
        "To take pilots as a comparison for the others would set treated against treated: pilots change themselves.",
    )
    return Finding(question, Table(rows, heads, report.say("无法识别", "Not identified"), report.style), text, (note,))


def threats_named(change: Change) -> str:
    """The threats in one line, for the note of the written effects."""
    return listed([one.en for one in change.study.threats], "en", most=20)
