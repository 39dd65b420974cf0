"""Peers and the order of review: where a look is worth its time. Nobody is accused here."""

import numpy as np
import pandas as pd

from analysis.audit.peers import judged_units
from analysis.audit.review_order import review_list
from analysis.funnel import LIMIT, WARNING, upper_limit
from analysis.presentation.control_chart import funnel_plot
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table, columns
from analysis.presentation.wording import listed
from analysis.studies.absent import absent
from analysis.studies.frozen import frozen_on, not_frozen
from analysis.studies.report import Report
from analysis.vocabulary import label

_PARTS = {"drug": "drug", "consumable": "consumable", "exam": "exam", "service": "service", "days": ""}


def peer_funnel(report: Report, scope: str = "physician") -> Finding:
    """Observed / expected charge of twelve months by physician (or department) against funnel limits."""
    question = report.say("同样病例，谁的费用明显高于同行？", "At the same cases, whose charges stand out among peers?")
    baseline = frozen_on(report)
    if not baseline:
        return not_frozen(report, question)
    units = judged_units(report.engine, baseline, report.period)
    units = units[units["scope"] == scope].sort_values("cases", kind="stable", ignore_index=True)
    if len(units) < 3:
        return absent(report, question, "physicians")
    marks = [code if alarm else "" for code, alarm in zip(units["subject"], units["alarm"], strict=True)]
    heads = (report.say("病例数", "Cases"), report.say("实际 / 期望", "Observed / expected"))
    figure = funnel_plot(units["cases"].tolist(), np.exp(units["y"]).tolist(), _bounds(units), marks, heads)
    out = units[units["alarm"]].sort_values("z", ascending=False)
    words = [f"{row.subject} {np.exp(row.y):.2f}" for row in out.itertuples()]
    text = report.say(
        f"{len(units)} 名中 {len(out)} 名超出 99.8% 界限" + (f"：{listed(words, 'zh')}。" if words else "。"),
        f"{len(out)} of {len(units)} beyond the 99.8 % limit" + (f": {listed(words, 'en')}." if words else "."),
    )
    return Finding(question, None, text, _notes(report), figure)


def _bounds(units: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Limits at a case's typical error: s = median(s sqrt(cases)) / sqrt(cases)."""
    x = np.geomspace(units["cases"].min(), units["cases"].max(), 60)
    s = float((units["s"] * np.sqrt(units["cases"])).median()) / np.sqrt(x)
    tau2 = float(units["tau2"].iloc[0])
    return x, upper_limit(s, tau2, WARNING), upper_limit(s, tau2, LIMIT)


def to_review(report: Report, most: int = 15) -> Finding:
    """The month's stays most unlike their DRG: an order of looking, made by an isolation forest."""
    question = report.say("人工抽查先看哪些病历？", "Which records should a reviewer open first?")
    rows = review_list(report.engine, report.hospital, report.period.name)
    if rows.empty:
        return absent(report, question, "charges by category")
    top = rows.head(most)
    shown = pd.DataFrame({
        "stay": top["stay_id"], "department": report.named("department", top["department"]),
        "drg": report.titled("drg", top["drg_code"]),
        "used": top["charge"], "expected": top["charge_expected"],
        "mostly": [_part(report, name) for name in top["mostly"]], "finding_count": top["findings"],
    })  # fmt: skip
    specs = [("stay", "text"), ("department", "text"), ("drg", "text"), ("used", "money"), ("expected", "money")]
    heads = columns(report.style, *specs, ("mostly", "text"), ("finding_count", "count"))  # type: ignore[arg-type]
    table = Table(shown, heads, report.say("抽查次序", "Review order"), report.style)
    with_findings = int(top["findings"].gt(0).sum())
    text = report.say(
        f"{len(rows)} 例中与同病组最不相像的 {len(top)} 例，其中 {with_findings} 例另有规则发现。",
        f"The {len(top)} of {len(rows)} stays least like their DRG; rules found something in {with_findings} of them.",
    )
    note = report.say(
        "孤立森林只排查看次序：不相像不等于有问题，不产生发现，也不计金额。",
        "An isolation forest puts them in order and nothing else: unlike is not wrong; it makes no finding, no money.",
    )
    return Finding(question, table, text, (note,))


def _part(report: Report, name: str) -> str:
    return label("charge_category", _PARTS[name], report.language) if _PARTS[name] else report.say("住院天数", "Days")


def _notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "近 12 个月，按全院同病组均费标化；同行间的正常差异以半年前的 12 个月冻结。只看病例不少于 20 例者；"
            "超出界限须先核对病例与数据，不作定性。",
            "Twelve months, standardised by the hospital's mean of the same DRGs; ordinary variation among peers is "
            "frozen on the twelve months before the half-year. From 20 cases on. Look at cases and data first: it is "
            "no verdict.",
        ),
    )
