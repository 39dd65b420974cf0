"""The quarterly revision of the pathways: asked, found, how sure, and what the committee has to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.engine import Engine
from analysis.pathways.model import Pathway
from analysis.pathways.revision import Limits, revision
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import absent
from analysis.studies.adherence_book import WITHOUT, Followed, follow, judged_anew
from analysis.studies.pathway_words import asked_words
from analysis.studies.report import Report, Span
from analysis.studies.wide import head, interval_heads

LIMITS = Limits()
#: finding -> what is to be decided (zh, en).
_DECIDE = {
    "omitted_without_harm": ("仍作为必需步骤，还是改为可选？", "Keep it required, or make it optional?"),
    "omitted_with_harm": ("如何保证执行，由谁负责？", "How is it made sure of, and who owns that?"),
    "omitted_harm_unclear": ("先核对病历，再定必需或可选？", "Look into the records first, or decide now?"),
    "other_time": ("改期限，还是消除所等待的？", "Change the time asked for, or remove the wait?"),
    "standard_too_short": ("放宽标准，还是缩短住院？", "A longer standard, or shorter stays?"),
    "standard_too_long": ("下调标准住院日？", "A shorter standard?"),
}


@dataclass(frozen=True, eq=False)
class Quarter:
    """The last three months of a report, their stays judged anew; `live` is empty where that cannot be."""

    followed: Followed
    span: Span | None
    live: Engine | None

    @property
    def report(self) -> Report:
        return self.followed.report

    @property
    def library(self) -> Mapping[str, Pathway]:
        return self.followed.library

    @cached_property
    def stays(self) -> pd.DataFrame:
        """Stays of the span by pathway and month."""
        assert self.live is not None
        return self.live.frame(
            """select pathway, strftime(discharged_at, '%Y-%m') as month, count(*) as stays
            from pathway_stays group by all order by pathway, month"""
        )

    @cached_property
    def found(self) -> pd.DataFrame:
        """Rows of `revision`; none where not every month has stays on a pathway."""
        assert self.live is not None
        if self.stays["month"].nunique() < LIMITS.months:
            return pd.DataFrame(columns=["pathway", "finding"])
        return revision(self.live, LIMITS)

    def of(self, kind: str) -> pd.DataFrame:
        rows = self.found[self.found["finding"].str.startswith(kind)]
        return rows.reset_index(drop=True)

    def nothing(self, question: str) -> Finding | None:
        """What is said where nothing could be judged."""
        return absent(self.report, question, *WITHOUT) if self.live is None or self.stays.empty else None


def quarter_of(report: Report) -> Quarter:
    """The report's period and the two months before it."""
    followed = follow(report)
    span = None if report.period.is_year else report.span(report.period.shift(1 - LIMITS.months), report.period)
    whole = span is not None and span.whole
    return Quarter(followed, span, judged_anew(report, followed.library, span) if span and whole else None)


def covered(quarter: Quarter) -> Finding:
    """Which pathways have stays enough to be contradicted, and what counts as a contradiction."""
    report = quarter.report
    question = report.say("看了哪些路径、哪几个月？", "Which pathways and months were looked at?")
    if nothing := quarter.nothing(question):
        return nothing
    counts = quarter.stays.groupby("pathway")["stays"].sum()
    enough = counts[counts >= LIMITS.cases]
    few = [quarter.followed.name(code) for code in quarter.library if code not in enough.index]
    assert quarter.span is not None
    zh, en = (quarter.span.words(language) for language in ("zh", "en"))
    text = report.say(
        f"{zh}：{len(enough)} 条路径各有 {LIMITS.cases} 例以上，共 {enough.sum():,} 例；数据与 "
        f"{quarter.found['pathway'].nunique()} 条路径的要求不符，共 {len(quarter.found)} 处。",
        f"{en}: {plural(len(enough), 'pathway')} with {LIMITS.cases} stays and more, {enough.sum():,} in all; the data "
        f"contradict {quarter.found['pathway'].nunique()} of them in {plural(len(quarter.found), 'place')}.",
    )
    notes = [_criteria(report)]
    if few:
        notes.append(report.say(f"病例不足，未作判断：{listed(few, 'zh', 12, '条')}。",
                                f"Too few stays to say anything: {listed(few, 'en', 12)}."))  # fmt: skip
    return Finding(question, None, text, tuple(notes))


def _criteria(report: Report) -> str:
    """What counts as a contradiction."""
    return report.say(
        f"不符的判据：必需步骤遗漏超过 {LIMITS.omitted:.0%}；做了的一半以上不在要求的时间；无并发症住院的中位数偏离"
        f"标准 {LIMITS.days:.0%} 以上。须在全部月份合计中确定（95% 区间），且在 {LIMITS.months} 个月中各自成立。",
        f"A contradiction: a required step left out in more than {LIMITS.omitted:.0%}; more than half of those done at "
        f"another time than asked for; a median of uncomplicated stays more than {LIMITS.days:.0%} off the standard. "
        f"For certain over all months (95 % interval), and in each of {LIMITS.months} months.",
    )


def left_out(quarter: Quarter) -> Finding:
    """Required steps that many go without, and whether these fare worse."""
    report = quarter.report
    question = report.say(
        "哪些必需步骤多数人没做也无妨，哪些不做有害？",
        "Which required steps do many go without, and are they worse for it?",
    )
    if nothing := quarter.nothing(question):
        return nothing
    rows = quarter.of("omitted")
    if rows.empty:
        text = report.say(
            f"在病例足够的路径中，没有必需步骤被确定遗漏 {LIMITS.omitted:.0%} 以上。",
            f"In the pathways with enough stays no required step is surely left out by more than {LIMITS.omitted:.0%}.",
        )
        return Finding(question, None, text)
    rows = rows.assign(harm=[_points(report, row) for row in rows.to_dict("records")])
    harm = head(report, "harm", "未做者的伤害风险差", "Harm, without less with")
    table = _table(quarter, rows, "percent0", ("遗漏步骤", "Left out"), harm)
    worse = int(rows["finding"].eq("omitted_with_harm").sum())
    text = report.say(
        f"{len(rows)} 个必需步骤遗漏超过 {LIMITS.omitted:.0%}，其中 {worse} 个未做者的结局更差。",
        f"{plural(len(rows), 'required step')} left out by more than {LIMITS.omitted:.0%}; in {worse} of them those "
        "without fare worse.",
    )
    return Finding(question, table, text, (_harm_note(report),), alarm=bool(worse))


def _harm_note(report: Report) -> str:
    return report.say(
        "伤害 = 并发症、死亡或 30 天内非计划再入院；风险差为未做减做了（百分点，Newcombe 95% 区间），"
        "未按病情校正：未做者与做了者本来就不同。任一方不足 10 例不列。",
        "Harm: complication, death or unplanned readmission within 30 days; without less with, in points (Newcombe's "
        "95 % interval), not adjusted: who goes without differs from who gets it. Not shown where a side has fewer "
        "than ten.",
    )


def other_time(quarter: Quarter) -> Finding:
    """Required steps that are mostly done at another time than the pathway asks for."""
    report = quarter.report
    question = report.say("哪些步骤大多不在要求的时间做？", "Which steps are mostly done at another time?")
    if nothing := quarter.nothing(question):
        return nothing
    rows = quarter.of("other_time")
    if rows.empty:
        text = report.say(
            "在病例足够的路径中，没有步骤被确定大多不在要求的时间做。",
            "In the pathways with enough stays no required step is surely done mostly at another time.",
        )
        return Finding(question, None, text)
    table = _table(
        quarter,
        rows,
        "percent0",
        ("时间不符", "Other time"),
        head(report, "median_day", "一半在第几日前做", "Half done by day", "number1"),
    )
    text = report.say(
        f"{len(rows)} 个步骤过半不在要求的时间：{listed(_names(quarter, rows), 'zh', unit='个')}。",
        f"{plural(len(rows), 'step')} mostly done at another time: {listed(_names(quarter, rows), 'en')}.",
    )
    note = report.say(
        "做得晚可能是等待，也可能是要求不切实际；等待见“临床路径做到了吗”一页。",
        "Late may be a wait, or the pathway may ask for what cannot be; waits stand on the page on what was done.",
    )
    return Finding(question, table, text, (note,))


def standards(quarter: Quarter) -> Finding:
    """Standard stays that do not fit the stays without complication."""
    report = quarter.report
    question = report.say(
        "哪些标准住院日与无并发症的住院不符？", "Which standard stays do not fit stays without complication?"
    )
    if nothing := quarter.nothing(question):
        return nothing
    rows = quarter.of("standard")
    if rows.empty:
        text = report.say(
            "在病例足够的路径中，没有标准住院日被确定偏离无并发症住院的中位数。",
            "In the pathways with enough stays no standard is surely off the median of uncomplicated stays.",
        )
        return Finding(question, None, text)
    table = _table(quarter, rows, "number1", ("标准不符", "Standards"))
    names = [quarter.followed.name(code) for code in rows["pathway"]]
    text = report.say(
        f"{len(rows)} 条路径的标准住院日偏离中位数 {LIMITS.days:.0%} 以上：{listed(names, 'zh', unit='条')}。",
        f"{plural(len(rows), 'standard')} more than {LIMITS.days:.0%} off the median: {listed(names, 'en')}.",
    )
    note = report.say(
        "中位数的区间由顺序统计量得出（不依赖分布）；标准是应当达到的，不一定等于现状。",
        "Intervals of medians by order statistics (whatever the distribution); a standard says what should be, which "
        "need not be what is.",
    )
    return Finding(question, table, text, (note,))


def _table(quarter: Quarter, rows: pd.DataFrame, kind: Kind, sheet: tuple[str, str], *more: Column) -> Table:
    """Asked, found with its interval, cases, and what is to be decided."""
    report = quarter.report
    decide = [_DECIDE[finding][report.language == "en"] for finding in rows["finding"]]
    asked = [asked_words(report, quarter.library[p], s) for p, s in zip(rows["pathway"], rows["step"], strict=True)]
    shown = rows.assign(name=_names(quarter, rows), asked=asked, decide=decide)
    found = ("一般为（天）", "Median days") if kind == "number1" else ("不符的占", "Found otherwise")
    heads = (
        head(report, "name", "路径与步骤", "Step of a pathway"),
        head(report, "asked", "要求", "Asked for"),
        head(report, "observed", *found, kind),
        *interval_heads(report, kind),
        head(report, "cases", "例数", "Stays", "count"),
        *more,
        head(report, "decide", "请委员会决定", "To decide"),
    )
    return Table(shown, heads, report.say(*sheet), report.style)


def _names(quarter: Quarter, rows: pd.DataFrame) -> list[str]:
    followed = quarter.followed
    pairs = zip(rows["pathway"], rows["step"], strict=True)
    return [f"{followed.step(p, s)} · {followed.name(p)}" if s else followed.name(p) for p, s in pairs]


def _points(report: Report, row: dict) -> str:
    """The difference of the risks in points, with its interval; a dash where it cannot be told."""
    if is_empty(row["harm_difference"]):
        return report.say("病例不足", "too few")
    low, high = row["harm_low"] * 100, row["harm_high"] * 100
    between = report.say("至", "to")
    return f"{row['harm_difference'] * 100:+.0f} ({low:+.0f} {between} {high:+.0f})"
