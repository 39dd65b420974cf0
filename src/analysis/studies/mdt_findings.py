"""Who had an MDT meeting, who should have had one, and what the meetings did."""

import pandas as pd

from analysis.pathways.mdt_register import Criteria, meeting_rates
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.forest import Panel, forest
from analysis.presentation.interval_dots import interval_dots
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Table
from analysis.presentation.wording import plural
from analysis.studies.absent import absent
from analysis.studies.mdt_meetings import OUTCOMES, Meetings
from analysis.studies.report import Report
from analysis.studies.wide import head
from analysis.vocabulary import label

_KINDS: dict[str, Kind] = {"stay": "number1"} | dict.fromkeys(OUTCOMES, "points")
#: Fewer events among those who met do not bear an interval.
_FEW_EVENTS = 5


def who_had_one(meetings: Meetings) -> Finding:
    """MDT rate by department among those who met the criteria, with Wilson's interval."""
    report = meetings.report
    question = report.say("谁开了多学科会诊，谁应该开？", "Who had an MDT meeting, and who should have had one?")
    if meetings.register["met_on"].notna().sum() == 0:
        return absent(report, question)
    rows = meeting_rates(meetings.lately)
    rows = rows[rows["wanted"] >= LIMIT].reset_index(drop=True)
    if rows.empty:
        return absent(report, question)
    rows["name"] = report.named("department", rows["department"])
    figure = interval_dots(
        rows["name"].tolist(), rows["rate"].tolist(), (rows["ci_low"].tolist(), rows["ci_high"].tolist()),
        report.style, "percent0",
    )  # fmt: skip
    heads = (
        head(report, "name", "科室", "Department"),
        head(report, "stays", "住院例数", "Stays", "count"),
        head(report, "wanted", "符合启动条件", "Met the criteria", "count"),
        head(report, "rate", "已会诊", "Had a meeting", "percent0"),
        head(report, "ci_low", "区间下限", "From", "percent0"),
        head(report, "ci_high", "区间上限", "To", "percent0"),
    )
    sheet = report.say("会诊率", "MDT rate")
    return Finding(
        question, Table(rows, heads, sheet, report.style), _had_text(report, meetings), _notes(report), figure
    )


def _had_text(report: Report, meetings: Meetings) -> str:
    rows, groups = meetings.lately, len(meetings.groups)
    wanted, held = int(rows["wanted"].sum()), int((rows["wanted"] & rows["met_on"].notna()).sum())
    by = [_count(report, int(rows[name].sum())) for name in ("by_systems", "by_expected")]
    return report.say(
        f"{report.lately}开过会诊的 {groups} 个病组中，{wanted:,} 例入院时符合启动条件（两个及以上系统患病{by[0]}，"
        f"预计住院超标准三成{by[1]}），其中 {held / max(wanted, 1):.0%} 开了会诊。",
        f"In the {plural(groups, 'group')} with meetings, {wanted:,} stays met a criterion {report.lately} "
        f"(on admission two or more systems ill: {by[0]}; expected stay 30% over the standard: {by[1]}); "
        f"{held / max(wanted, 1):.0%} of them had a meeting.",
    )


def _count(report: Report, cases: int) -> str:
    """A number of stays; a small one is not told."""
    few = report.say(f"不足 {LIMIT} 例", f"fewer than {LIMIT}")
    return few if cases < LIMIT else report.say(f" {cases:,} 例", f"{cases:,}")


def _notes(report: Report) -> tuple[str, ...]:
    mild = "、".join(Criteria().mild)
    return (
        report.say(
            f"系统按入院时已有诊断的 ICD-10 章计，症状与因素（R、U–Z）及单独不构成系统患病的诊断（{mild}）"
            "不计；预计住院日为同病组、同样系统数的其他病例均值；线段为 95% Wilson 区间。",
            "Systems: chapters of ICD-10 with a diagnosis on admission, without symptoms and circumstances (R, U "
            f"to Z) and without {mild.replace('、', ', ')}; expected days: mean of other cases of the group "
            "with as many systems; lines: Wilson's 95% intervals.",
        ),
        report.say(
            f"符合条件不足 {LIMIT} 例的科室不列出。", f"Departments with fewer than {LIMIT} such stays are not shown."
        ),
    )


def what_it_did(meetings: Meetings) -> Finding:
    """The effect on days, complications and readmissions from the meeting on, beside the misleading comparison."""
    report = meetings.report
    question = report.say("会诊带来了什么？", "What did the meetings do?")
    if meetings.register["met_on"].notna().sum() == 0 or not meetings.effects:
        return absent(report, question)
    parts = [effect.effects.assign(population=name) for name, effect in meetings.effects.items()]
    rows = pd.concat(parts, ignore_index=True)
    few = _few_events(meetings)
    scarce = [key in few for key in zip(rows["population"], rows["outcome"], strict=True)]
    rows.loc[scarce, ["ci_low", "ci_high"]] = float("nan")
    rows["name"] = rows["population"].map(meetings.name)
    rows["way"] = [label("effect_method", method, report.language) for method in rows["method"]]
    rows["what"] = [_outcome(report, outcome) for outcome in rows["outcome"]]
    rows["kind"] = rows["outcome"].map(_KINDS)
    heads = (
        head(report, "name", "病例", "Stays of"),
        head(report, "what", "结局", "Outcome"),
        head(report, "way", "方法", "Method"),
        head(report, "estimate", "差值", "Difference", "by_row"),
        head(report, "ci_low", "区间下限", "From", "by_row"),
        head(report, "ci_high", "区间上限", "To", "by_row"),
    )
    table = Table(rows, heads, report.say("会诊效果", "Effect of meetings"), report.style, by_row=tuple(rows["kind"]))
    notes = (*_did_notes(report), *_few_notes(meetings, few))
    return Finding(question, table, _did_text(meetings), notes, _forest(meetings, rows))


def _outcome(report: Report, outcome: str) -> str:
    zh, en = {"stay": ("住院日", "Days"), "complication": ("并发症", "Complication"),
              "readmission": ("30 天再入院", "Readmission in 30 days")}[outcome]  # fmt: skip
    return report.say(zh, en)


def _forest(meetings: Meetings, rows: pd.DataFrame) -> str:
    """A panel an outcome; two rows a population: unadjusted, and from the meeting on."""
    report = meetings.report
    plans = [(name, method) for name in meetings.effects for method in ("naive", "sequential")]
    keyed = rows.set_index(["population", "method", "outcome"])[["estimate", "ci_low", "ci_high"]]
    panels = []
    for outcome, kind in _KINDS.items():
        unit = report.say("（百分点）", ", pts") if kind == "points" else ""
        found = [tuple(keyed.loc[(*plan, outcome)]) for plan in plans]
        panels.append(Panel(_outcome(report, outcome) + unit, kind, True, found))
    names = [f"{meetings.name(name)} · {label('effect_method', method, report.language)}" for name, method in plans]
    return forest(names, panels, report.style)


def _did_text(meetings: Meetings) -> str:
    report = meetings.report
    said = []
    for name, effect in meetings.effects.items():
        days = effect.effects.set_index(["outcome", "method"]).loc["stay"]
        one = days.loc["sequential"]
        sides = dict(part.split(":") for part in one["note"].split(";"))
        sure = one["ci_low"] > 0 or one["ci_high"] < 0
        naive, middle, low, high = (
            f"{value:+.1f}".replace("-", "−")
            for value in (days.loc["naive", "estimate"], one["estimate"], one["ci_low"], one["ci_high"])
        )
        said.append(
            report.say(
                f"{meetings.name(name)}（会诊 {sides['met']} 例）：会诊后住院日差 {middle} 天（{low} 至 "
                f"{high}，{'区间不含 0' if sure else '不能认定有作用'}），直接比较得 {naive} 天",
                f"{meetings.name(name)} ({sides['met']} with a meeting): {middle} days from the meeting on ({low} to "
                f"{high}, {'nought is outside' if sure else 'no effect can be claimed'}); comparing stays "
                f"says {naive}",
            )
        )
    zh, en = (meetings.span.words(language) for language in ("zh", "en"))
    return report.say(f"{zh}，" + "；".join(said) + "。", f"{en}. " + "; ".join(said) + ".")


def _few_events(meetings: Meetings) -> dict[tuple[str, str], str]:
    """Population and outcome -> `events of stays`, where those who met had too few for an interval."""
    few = {}
    for name, rows in meetings.populations():
        met = rows[rows["met_on"] < rows["days"]]
        for outcome in OUTCOMES if name in meetings.effects else ():
            known = met[outcome].dropna()
            if known.sum() < _FEW_EVENTS:
                few[name, outcome] = f"{known.sum():.0f} / {len(known)}"
    return few


def _few_notes(meetings: Meetings, few: dict[tuple[str, str], str]) -> tuple[str, ...]:
    if not few:
        return ()
    report = meetings.report
    told = [f"{meetings.name(name)} · {_outcome(report, outcome)} {count}" for (name, outcome), count in few.items()]
    note = report.say(
        f"会诊者中的事件不足 {_FEW_EVENTS} 例，不给出区间，也不作结论：{'；'.join(told)}。",
        f"Fewer than {_FEW_EVENTS} events among those who met, so no interval and no claim: {'; '.join(told)}.",
    )
    return (note,)


def _did_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "直接比较有误导：早出院的人等不到会诊，开了会诊的住院本来就更长（不死时间偏倚）。",
            "Comparing stays misleads: who leaves early never has a meeting, so stays with one were longer anyway "
            "(immortal time).",
        ),
        report.say(
            "逐日比较：会诊当日仍在院且未会诊者中，会诊者与始终未会诊者从当日起比较，"
            "按当日会诊的概率（年龄、性别、急诊、患病系统数、住院第几天）加权；"
            "离院风险模型为旁证。95% 区间由患者自助抽样得出。",
            "Day by day: among those in house without a meeting, those who meet that day against those who never do, "
            "from that day on, weighted by the chance of meeting (age, sex, emergency, systems ill, day of the stay); "
            "the model of leaving is a check. 95% intervals by a bootstrap of patients.",
        ),
        report.say(
            "若会诊因记录之外的病情变化而开，差值仍可能有偏；并发症按整次住院计，无发生时间。看了几个结局，"
            "其中一个的区间不含 0 可能出于偶然。",
            "Where meetings are called for what no record tells, the difference is still biased; complications are of "
            "the whole stay, for their time is not known. Several outcomes are looked at: one interval without nought "
            "may be chance.",
        ),
    )
