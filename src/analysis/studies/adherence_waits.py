"""Who waits for what on pathways, and which stays that made far too long."""

import pandas as pd

from analysis.pathways.variance import LEAST_SHARE, LEAST_WAIT, PART
from analysis.presentation.bars import ranked_bars
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.palette import ACCENT, LIGHT
from analysis.presentation.stacks import Part, stacked_shares
from analysis.presentation.tables import Table
from analysis.studies.adherence_book import Followed
from analysis.studies.report import Report
from analysis.studies.wide import head

_MOST = 12


def waits(followed: Followed) -> Finding:
    """Steps by the days that stays waited for them, from request to start."""
    report = followed.report
    question = report.say("谁在等什么？", "Who waits for what?")
    if nothing := followed.nothing(question):
        return nothing
    rows = wait_rows(followed)
    if rows.empty:
        text = report.say(
            "没有可用的申请与开始时间，或无人等待半天以上。", "No wait of half a day, or no times of requests."
        )
        return Finding(question, None, text)
    top = rows.head(_MOST)
    figure = ranked_bars(top["name"].tolist(), top["waited"].tolist(), report.style, "count")
    heads = (
        head(report, "name", "步骤", "Step"),
        head(report, "stays", "有此步骤的住院", "Stays with it", "count"),
        head(report, "share", "等待半天以上", "Waited half a day", "percent0"),
        head(report, "median", "其中位数（天）", "Median of these, days", "number1"),
        head(report, "late_tenth", "最长一成（天）", "Longest tenth, days", "number1"),
        head(report, "waited", "合计（天）", "Days in all", "count"),
    )
    table = Table(rows, heads, report.say("等待", "Waits"), report.style, on_page=tuple(range(min(_MOST, len(rows)))))
    note = report.say(
        "等待 = 申请（入院前的申请从入院起算）到开始，取每次住院的最长一次；条形为等待半天以上者的合计天数。"
        "等待不一定延长住院。",
        "A wait runs from the request (an earlier one from admission) to the start, the longest of a stay; bars: days "
        "of those who waited half a day or more. A wait need not lengthen the stay.",
    )
    return Finding(question, table, _waits_text(report, rows), (note,), figure)


def _waits_text(report: Report, rows: pd.DataFrame) -> str:
    first, total = rows.iloc[0], rows["waited"].sum()
    return report.say(
        f"{report.lately}路径步骤共等待 {total:,.0f} 天，其中{first['name']} {first['waited']:,.0f} 天，"
        f"{first['share']:.0%} 的住院等待半天以上，中位数 {first['median']:.1f} 天。",
        f"{total:,.0f} days were waited for steps {report.lately}; {first['waited']:,.0f} of them for {first['name']}: "
        f"{first['share']:.0%} waited half a day or more, {first['median']:.1f} days in the middle.",
    )


def wait_rows(followed: Followed) -> pd.DataFrame:
    """One row a step with a known wait in ten stays and more, most days waited first."""
    known = followed.rows[followed.rows["waiting_days"].notna()]
    long = known[known["waiting_days"] >= LEAST_WAIT]
    keys = ["pathway", "step"]
    made = long.groupby(keys)["waiting_days"].agg(waited="sum", median="median", late_tenth=lambda w: w.quantile(0.9))
    counts = known.groupby(keys)["stay_id"].nunique().rename("stays")
    made = made.join(counts).assign(share=lambda m: long.groupby(keys)["stay_id"].nunique() / m["stays"]).reset_index()
    made = made[made["stays"] >= LIMIT]
    made["name"] = followed.both(made["pathway"], made["step"])
    return made.sort_values(["waited", "name"], ascending=[False, True], ignore_index=True)


def over_standard(followed: Followed) -> Finding:
    """Stays more than 20 % over the standard: the step waited for, and whether the reason came in time."""
    report = followed.report
    question = report.say(
        "哪些住院超标准 20% 以上，在等哪一步？", "Which stays run 20 % over the standard, waiting for what?"
    )
    if nothing := followed.none_over(question):
        return nothing
    rows = over_rows(followed)
    heads = (
        head(report, "name", "路径", "Pathway"),
        head(report, "over", "超标准例数", "Stays over", "count"),
        head(report, "share", "占路径住院", "Of its stays", "percent0"),
        head(report, "extra", "超出天数", "Days over", "count"),
        head(report, "waiting", "有等待步骤", "A step waited for", "percent0"),
        head(report, "step", "其中最常等待", "Most of these for"),
        head(report, "in_time", "24 小时内报告原因", "Reason in 24 h", "percent0"),
        head(report, "absent", "未报告", "No reason", "percent0"),
    )
    sheet, shown = report.say("超标准住院", "Over the standard"), tuple(range(min(_MOST, len(rows))))
    table = Table(rows, heads, sheet, report.style, on_page=shown)
    return Finding(question, table, over_text(followed, rows), over_notes(followed), _over_figure(report, rows))


def _over_figure(report: Report, rows: pd.DataFrame) -> str:
    """Shares with and without a step waited for; none where every pathway has few such stays."""
    large = rows[rows["over"] >= LIMIT]
    if large.empty:
        return ""
    parts = [
        Part(report.say("找到等待的步骤", "A step waited for"), large["waiting"].tolist(), ACCENT),
        Part(report.say("未找到", "None found"), (1 - large["waiting"]).tolist(), LIGHT),
    ]
    return stacked_shares(large["name"].tolist(), parts, report.style, [f"{n:,}" for n in large["over"]])


def over_rows(followed: Followed) -> pd.DataFrame:
    """One row a pathway with stays over its standard, most days over first; forms where ten stays owe one."""
    over = followed.over.assign(extra=followed.over["days"] - followed.over["standard"])
    stays = followed.stays.groupby("pathway").size()
    made = []
    for pathway, of in over.groupby("pathway", sort=True):
        waited = of["waiting_step"].dropna()
        asked = _owed(of)
        asked = asked if len(asked) >= LIMIT else asked.head(0)
        made.append({
            "pathway": pathway, "name": followed.name(str(pathway)), "over": len(of), "extra": of["extra"].sum(),
            "share": len(of) / stays.get(pathway, len(of)), "waiting": len(waited) / len(of),
            "step": followed.step(str(pathway), str(waited.mode().iloc[0])) if len(waited) else "",
            "in_time": (asked == "in_time").mean(), "absent": (asked == "missing").mean(),
        })  # fmt: skip
    return pd.DataFrame(made).sort_values(["extra", "name"], ascending=[False, True], ignore_index=True)


def _owed(over: pd.DataFrame) -> pd.Series:
    """Forms of stays on the records whose day to give the reason has passed."""
    forms = over["form"].dropna()
    return forms[~forms.isin(["not_recorded", "due"])]


def over_text(followed: Followed, rows: pd.DataFrame) -> str:
    report, over = followed.report, followed.over
    named, days = over["waiting_step"].notna().mean(), f"{rows['extra'].sum():,.0f}"
    asked = _owed(over)
    text = report.say(
        f"{report.lately} {len(over):,} 例超过标准 {PART:.0%} 以上，共超 {days} 天；{named:.0%} 找到了等待的步骤。",
        f"{len(over):,} stays ran more than {PART:.0%} over {report.lately}, {days} days in all; for {named:.0%} of "
        "them a step waited for is found.",
    )
    if len(asked):
        in_time, none = (asked == "in_time").mean(), (asked == "missing").mean()
        text += report.say(
            f"登记在径且已到期的 {len(asked):,} 例中，{in_time:.0%} 在 24 小时内报告了原因，{none:.0%} 未报告。",
            f" Of {len(asked):,} that the records have on a pathway and whose day has passed, {in_time:.0%} gave the "
            f"reason within 24 hours, {none:.0%} gave none.",
        )
    return text


def over_notes(followed: Followed) -> tuple[str, ...]:
    return (
        followed.report.say(
            f"等待的步骤：最长一次等待不少于 {LEAST_WAIT} 天，且不少于超出天数的 {LEAST_SHARE:.0%}；"
            "未登记入径的住院不要求报告。有的住院长是因为病情，不是因为等待。",
            f"A step is named where its longest wait reaches {LEAST_WAIT} day and {LEAST_SHARE:.0%} of the days over. "
            "Stays that the records have on no pathway owe no form. Some stays are long by illness, not by waiting.",
        ),
    )
