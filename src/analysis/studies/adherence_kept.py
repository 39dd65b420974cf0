"""Which pathways are kept."""

import pandas as pd

from analysis.pathways.variance import PART, wilson
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.interval_dots import interval_dots
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed
from analysis.studies.adherence_book import Followed
from analysis.studies.report import Report
from analysis.studies.wide import head

#: Pathways in the table of the page; the figure and the workbook have all.
_MOST = 12


def kept_pathways(followed: Followed) -> Finding:
    """Stays on every pathway, how many had every step as asked for, days against the standard."""
    report = followed.report
    question = report.say("哪些路径得到了遵守？", "Which pathways are kept?")
    if nothing := followed.nothing(question):
        return nothing
    rows = pathway_rows(followed)
    lines = report.say(
        "线段为 95% Wilson 区间，红色为确定不到一半。", "Lines: Wilson's 95 % intervals; red: surely less than half."
    )
    sheet, shown = report.say("路径遵守", "Pathways kept"), tuple(range(min(_MOST, len(rows))))
    table = Table(rows, kept_heads(report), sheet, report.style, on_page=shown)
    return Finding(question, table, kept_text(followed, rows), (kept_note(report), lines), _figure(report, rows))


def kept_heads(report: Report) -> tuple[Column, ...]:
    return (
        head(report, "name", "路径", "Pathway"),
        head(report, "stays", "住院例数", "Stays", "count"),
        head(report, "kept", "全部按要求", "All as asked", "percent0"),
        head(report, "left_out", "有步骤遗漏", "A step left out", "percent0"),
        head(report, "late", "有步骤延迟", "A step late", "percent0"),
        head(report, "forbidden", "做了禁止的", "A forbidden one", "percent0"),
        head(report, "median", "住院日中位数", "Median days", "number1"),
        head(report, "standard", "标准住院日", "Standard days", "number1"),
        head(report, "over", f"超标准 {PART:.0%}", f"{PART:.0%} over it", "percent0"),
    )


def _figure(report: Report, rows: pd.DataFrame) -> str:
    shown = rows[rows["stays"] >= LIMIT]
    bounds = shown["kept_low"].tolist(), shown["kept_high"].tolist()
    bad = shown["kept_high"].lt(0.5).tolist()
    return interval_dots(shown["name"].tolist(), shown["kept"].tolist(), bounds, report.style, "percent0", bad=bad)


def pathway_rows(followed: Followed) -> pd.DataFrame:
    """One row a pathway, least kept first: stays, shares of stays, median days, standard, share over it."""
    rows, stays = followed.rows, followed.stays
    flags = {"left_out": "omitted", "late": "late", "forbidden": "forbidden"}
    for name, status in flags.items():
        marked = rows[rows["status"] == status].groupby(["pathway", "stay_id"]).size()
        index = pd.MultiIndex.from_frame(stays[["pathway", "stay_id"]])
        stays = stays.assign(**{name: index.isin(marked.index)})
    stays = stays.assign(over=stays["days"] > stays["standard"] * (1 + PART))
    by = stays.groupby("pathway", sort=True)
    made = by[["kept", *flags, "over"]].mean().astype(float)
    made = made.assign(stays=by.size(), median=by["days"].median(), standard=by["standard"].first())
    low, high = wilson((made["kept"] * made["stays"]).round(), made["stays"])
    made = made.assign(kept_low=low, kept_high=high, name=[followed.name(code) for code in made.index])
    return made.sort_values(["kept", "stays"], kind="stable").reset_index()


def kept_text(followed: Followed, rows: pd.DataFrame) -> str:
    report = followed.report
    large = rows[rows["stays"] >= LIMIT]
    all_kept = (rows["kept"] * rows["stays"]).sum() / rows["stays"].sum()
    few = large.loc[large["kept_high"] < 0.5, "name"].tolist()
    stays = int(rows["stays"].sum())
    text = report.say(
        f"{report.lately} {stays:,} 例住院在 {len(rows)} 条路径上，{all_kept:.0%} 的住院全部步骤按要求执行。",
        f"{stays:,} stays on {len(rows)} pathways {report.lately}; {all_kept:.0%} had every step as asked for.",
    )
    if few:
        text += report.say(
            f"不到一半的路径：{listed(few, 'zh', unit='条')}。", f" Kept by less than half: {listed(few, 'en')}."
        )
    return text


def kept_note(report: Report) -> str:
    """What it means that a pathway is kept."""
    return report.say(
        "“全部按要求”：必需步骤未遗漏，做了的未延迟、不超次数，未做禁止的步骤；有理由豁免或无法判断的不算违反。",
        "All as asked: nothing required left out, nothing late or too often, nothing forbidden; who is excused, or of "
        "whom nobody can tell, does not break it.",
    )
