"""Where do cost and quality fall together? Departments that save, beside their readmissions and complications."""

import pandas as pd

from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table, columns
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import absent
from analysis.studies.chance import beyond_chance
from analysis.studies.report import Report, Span

#: Departments listed where cost fell; those whose quality fell too always are.
_MOST = 10


def cost_and_quality(report: Report) -> Finding:
    """Departments whose cost per weight unit and whose quality both fell against the year before."""
    question = report.say("哪些科室成本与质量同时下降？", "Where do cost and quality fall together?")
    span, before = report.compared
    if before is None:
        return Finding(question, None, report.say("尚无上年同期可比。", "There is no year before to compare with."))
    rows = _compared(report, span, before)
    if rows.empty or rows[["readmission", "complication"]].isna().all(axis=None):
        return absent(report, question, "complications and satisfaction")
    falling = rows[(rows["cost_change"] < -0.01) & (rows["cases"] >= LIMIT)]
    falling = falling.sort_values(["worse", "cost_change"], ascending=[False, True], kind="stable")
    falling = falling.assign(flag=["watch" if worse else "none" for worse in falling["worse"]])
    watched = falling.loc[falling["worse"], "department"].tolist()
    shown = falling.head(max(_MOST, len(watched)))
    specs = [("department", "text"), ("cost_change", "change"), ("readmission", "percent1")]
    specs += [("readmission_before", "percent1"), ("complication", "percent1"), ("complication_before", "percent1")]
    heads = columns(report.style, *specs, ("flag", "mark"))  # type: ignore[arg-type]
    red = frozenset((i, "cost_change") for i, worse in enumerate(shown["worse"]) if worse)
    table = Table(shown, heads, report.say("成本与质量", "Cost and quality"), report.style, alarm=red)
    notes = _notes(report, span, before, len(falling) - len(shown))
    text = _text(report, len(falling), watched)
    return Finding(question, table if len(shown) else None, text, notes, alarm=bool(watched))


def _compared(report: Report, span: Span, before: Span) -> pd.DataFrame:
    """One row a department: change of its cost per weight unit, its rates in both spans, and whether they rose."""
    now = report.sql("department_quality", **span.bounds).set_index("department")
    past = report.sql("department_quality", **before.bounds).set_index("department").reindex(now.index)
    return pd.DataFrame({
        "department": report.named("department", now.index),
        "cost_change": (now["per_weight"] / past["per_weight"] - 1).to_numpy(),
        "readmission": _rate(now, "returned", "followed"),
        "readmission_before": _rate(past, "returned", "followed"),
        "complication": _rate(now, "complicated", "observed"),
        "complication_before": _rate(past, "complicated", "observed"),
        "worse": [_worse(now.loc[code], past.loc[code]) for code in now.index],
        "cases": now["cases"].to_numpy(),
    })  # fmt: skip


def _rate(frame: pd.DataFrame, above: str, below: str) -> list[float | None]:
    return (frame[above] / frame[below].where(frame[below] >= LIMIT)).tolist()


def _worse(now: pd.Series, past: pd.Series) -> bool:
    """Readmission or complications risen beyond chance."""
    pairs = (("returned", "followed"), ("complicated", "observed"))
    return any(beyond_chance(now[a], now[b], past[a], past[b]) > 0 for a, b in pairs)


def _text(report: Report, n: int, watched: list[str]) -> str:
    if not n:
        return report.say(
            "没有科室的单位权重成本比上年下降 1% 以上。", "No department's cost per weight unit fell by more than 1 %."
        )
    if not watched:
        return report.say(
            f"{n} 个科室单位权重成本下降，其再入院率与并发症率均未见超出偶然波动的上升。",
            f"Cost per weight unit fell in {plural(n, 'department')}; neither readmissions nor complications rose "
            "beyond chance there.",
        )
    return report.say(
        f"{n} 个科室单位权重成本下降，其中 {len(watched)} 个同时质量变差：{listed(watched, 'zh')}。",
        f"Cost per weight unit fell in {plural(n, 'department')}; in {len(watched)} of them quality fell too: "
        f"{listed(watched, 'en')}.",
    )


def _notes(report: Report, span: Span, before: Span, more: int) -> tuple[str, ...]:
    words, past = span.words(report.language), before.words(report.language)
    basis = report.say(
        f"{words}，对照 {past}；仅列成本下降 1% 以上的科室。质量变差：再入院率或并发症率的上升"
        "超出偶然波动（两比例检验，双侧 5%）。",
        f"{words} against {past}; only departments whose cost fell by more than 1 %. Quality down: readmissions or "
        "complications risen beyond chance (two proportions, two-sided 5 %).",
    )
    rest = report.say(f"另有 {more} 个成本下降的科室未列出。", f"{more} more where cost fell are not listed.")
    return (basis, rest) if more else (basis,)
