"""The table of cost gaps to the peers: which hospital's cases of which DRG are dearer, and by days or by the day."""

import numpy as np
import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Column, Table
from analysis.studies.absent import absent
from analysis.studies.peer_gap import peer_gaps, wide_gaps
from analysis.studies.report import Report

#: column -> zh, en, how it is written, on the page
_HEADS: dict[str, tuple[str, str, Kind, bool]] = {
    "drg": ("病组", "DRG", "text", True),
    "hospital": ("医院", "Hospital", "text", True),
    "cases": ("例数", "Cases", "count", True),
    "own_cost": ("例均成本", "Cost per case", "money", True),
    "peer_cost": ("同行例均", "Peers", "money", True),
    "gap": ("差额", "Gap", "money", True),
    "mix": ("严重程度与年龄", "Severity and age", "money", True),
    "stay": ("住院天数", "Days", "money", True),
    "day_cost": ("日均成本", "Cost of a day", "money", True),
    "ci_low": ("差额下限", "Gap from", "money", True),
    "ci_high": ("差额上限", "Gap to", "money", True),
    "q_value": ("q 值", "q-value", "number3", True),
    "amount_total": ("差额合计", "Gap of all cases", "money", False),
    "peers": ("同行医院", "Peer hospitals", "count", False),
    "peer_cases": ("同行例数", "Cases of peers", "count", False),
    "own_days": ("平均住院日", "Days per case", "number1", False),
    "peer_days": ("同行住院日", "Days of peers", "number1", False),
}


def peer_gap(report: Report, gaps: pd.DataFrame | None = None, most: int = 15) -> Finding:
    """The pairs of DRG and hospital with the dearest gaps to the peers, per case; the workbook has all pairs.

    Parameters
    ----------
    gaps : rows of `peer_gaps`; None computes them from the report's period.
    most : rows on the page, those beyond chance (q < 5 %) with the most money first.
    """
    question = report.say(
        "同组病例，哪家医院比同行贵，贵在哪里？", "Which hospital's cases cost more than its peers', and why?"
    )
    gaps = peer_gaps(report.closed) if gaps is None else gaps
    if gaps.empty:
        return absent(report, question)
    rows = wide_gaps(gaps)
    rows["drg"], rows["hospital"] = (
        report.titled("drg", rows["drg_code"]),
        report.named("hospital", rows["hospital_id"]),
    )
    sure = rows["q_value"] < 0.05
    order = np.lexsort((-rows["amount_total"], ~sure))
    rows, dear = rows.iloc[order].reset_index(drop=True), int((sure & (rows["amount_total"] > 0)).sum())
    heads = tuple(
        Column(name, report.style.with_unit(report.say(zh, en), kind), kind, on_page)
        for name, (zh, en, kind, on_page) in _HEADS.items()
    )
    shown = tuple(range(min(most, dear, len(rows))))
    table = Table(rows, heads, report.say("与同行差额", "Gaps to peers"), report.style, on_page=shown)
    return Finding(question, table, _sentence(report, rows.head(dear), len(rows)), _caveats(report))


def _sentence(report: Report, dear: pd.DataFrame, pairs: int) -> str:
    if dear.empty:
        return report.say(f"{pairs} 组中没有超出偶然的差额。", f"None of {pairs} pairs is dearer beyond chance.")
    total = dear["amount_total"].sum()
    parts = [(dear[name] * dear["cases"]).sum() / total for name in ("mix", "stay", "day_cost")]
    mix, stay, day = (report.style.write(part, "percent0") for part in parts)
    money = report.style.money(total)
    return report.say(
        f"{pairs} 组（病组×医院）中 {len(dear)} 组明显高于同行，合计 {money}："
        f"天数占 {stay}，日均成本占 {day}，严重程度与年龄占 {mix}。",
        f"{len(dear)} of {pairs} pairs of DRG and hospital are dearer beyond chance, {money} in all: "
        f"{stay} of it days, {day} cost of a day, {mix} severity and age.",
    )


def _caveats(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "同行为同病组其他全部医院的全部病例，每例权重相同；区间由本院病例与同行医院（整院）重抽样得出，"
            "q 值按 Benjamini-Hochberg 校正。",
            "Peers: all cases of all other hospitals of the DRG, each case alike; intervals draw the hospital's cases "
            "and whole peer hospitals again, q-values after Benjamini-Hochberg.",
        ),
        report.say(
            "日均成本含手术等固定部分：住得越久，日均越低，少住一天省下的少于日均成本。",
            "The cost of a day is the stay's mean, its operation included: the longer the stay, the cheaper its day, "
            "and a day less saves less than that.",
        ),
        report.say(
            "严重程度与年龄之外的病情差异仍留在天数与日均成本中：差额是提问，不是结论。",
            "What severity and age do not tell of the patients stays in days and cost of a day: a gap asks and does "
            "not judge.",
        ),
    )
