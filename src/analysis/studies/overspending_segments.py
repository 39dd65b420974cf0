"""The unexpected: a group of cases that cost more than expected and that nobody had asked about."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.rootcause.segments import Condition, clusters_for, find_segments
from analysis.studies.overspending import Inquiry
from analysis.studies.report import Report
from analysis.studies.wide import head, interval_heads
from analysis.vocabulary import codes, label

#: Dimensions of a segment (zh, en).
_DIMENSIONS = {
    "severity": ("严重程度", "severity"),
    "age": ("年龄", "age"),
    "sex": ("性别", "sex"),
    "admission_type": ("入院途径", "admission"),
    "weekend": ("周末入院", "admitted at the weekend"),
    "variant": ("主要手术", "principal procedure"),
    "payer": ("医保类型", "payer"),
    "department": ("科室", "department"),
    "team": ("医疗组", "team"),
    "hospital_id": ("医院", "hospital"),
    "period": ("月份", "month"),
}


def unexpected(inquiry: Inquiry) -> Finding:
    """Segments found on one half of the clusters and measured on the other; mostly there is none."""
    report = inquiry.report
    question = report.say("还有没有谁都没想到的一群病例？", "Is there a group of cases that nobody had asked about?")
    if inquiry.made is None:
        return inquiry.absent(question)
    rows = _segments(inquiry)
    if rows.empty:
        text = report.say(
            "没有找到：其余差异不集中在某一群病例。", "None was found: what is left does not gather in any."
        )
        return Finding(question, None, text, _notes(report))
    rows["what"] = [_said(report, conditions) for conditions in rows["conditions"]]
    heads = (
        head(report, "what", "病例群", "Cases"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "amount_per_case", "例均高出", "Above the others", "money"),
        *interval_heads(report, "money"),
    )
    first = rows.iloc[0]
    money = report.style.money(abs(float(first["amount_per_case"])))
    more = first["amount_per_case"] > 0
    word = "more" if more else "less"
    text = report.say(
        f"{first['what']}的 {int(first['cases'])} 例，例均成本比其余病例{'高' if more else '低'} {money}。",
        f"{int(first['cases']):,} cases ({first['what']}) cost {money} {word} than others.",
    )
    return Finding(
        question, Table(rows, heads, report.say("意外病例群", "Segments"), report.style), text, _notes(report)
    )


def _segments(inquiry: Inquiry) -> pd.DataFrame:
    """Segments of cost beyond the mean of a case's stratum; physicians are compared elsewhere, and fairly."""
    cases = inquiry.made.sample.cases  # type: ignore[union-attr]
    excess = (cases["cost"] - cases.groupby("stratum")["cost"].transform("mean")).to_numpy(float)
    clusters, dimensions = clusters_for(cases, tuple(_DIMENSIONS))
    return find_segments(cases, excess, clusters, dimensions=dimensions)


def _said(report: Report, conditions: tuple[Condition, ...]) -> str:
    """Conditions in words: `年龄 ≥ 70，科室 = 心内科`."""
    words = []
    for one in conditions:
        name = report.say(*_DIMENSIONS[one.dimension])
        sign = {">=": "≥", "<=": "≤"}.get(one.sign, one.sign)
        words.append(f"{name} {sign} {_value(report, one)}")
    return report.say("，", ", ").join(words)


def _value(report: Report, one: Condition) -> str:
    if isinstance(one.value, float):
        return f"{one.value:g}"
    if one.dimension == "weekend":
        return report.say("是", "yes") if one.value == "True" else report.say("否", "no")
    if one.dimension in ("sex", "admission_type", "payer") and one.value in codes(one.dimension):
        return label(one.dimension, one.value, report.language)
    return report.name("department", one.value) if one.dimension == "department" else str(one.value)


def _notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "在一半病例（按医师分，医师少时按患者分）中寻找，在另一半中估计；与同层（严重程度、年龄、术式）均值之差，全部区间同时成立。"
            "只作线索，不与以上原因相加。",
            "Looked for in one half of the cases (by physician; by patient where physicians are few), measured in the "
            "other; against the mean of the same severity, age and procedure; all intervals hold at once. A lead, not "
            "to be added to the causes above.",
        ),
    )
