"""What of an overspending DRG's cost could be saved, and who would have to."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.wording import listed
from analysis.studies.cause_words import settings_of
from analysis.studies.overspending import Inquiry
from analysis.studies.overspending_causes import causes_table, named_causes

_MOST = 12


def savings(inquiry: Inquiry) -> Finding:
    """What of the causes can be avoided, and who can."""
    report = inquiry.report
    question = report.say("能省下多少，谁来负责？", "What could be saved, and by whom?")
    if inquiry.made is None:
        return inquiry.absent(question)
    causes = named_causes(inquiry, "item")
    saved = causes[causes["preventable"] > 0].sort_values("preventable", ascending=False, ignore_index=True)
    if saved["preventable"].sum() < settings_of(report).floor:
        return Finding(question, None, report.say("没有值得列出的可避免部分。", "Nothing worth naming is avoidable."))
    table = causes_table(inquiry, saved, report.say("可避免", "Avoidable"), tuple(saved.index[:_MOST]))
    return Finding(question, table, _savings_text(inquiry, saved), _savings_notes(inquiry))


def _savings_text(inquiry: Inquiry, saved: pd.DataFrame) -> str:
    report, money = inquiry.report, inquiry.report.style.money
    total = float(saved["preventable"].sum())
    owners = saved.groupby("owned")["preventable"].sum().sort_values(ascending=False, kind="stable")
    words = [f"{owner} {money(value)}" for owner, value in owners.head(3).items()]
    left = (inquiry.loss - total) / inquiry.cases
    turned = money(abs(left))
    zh = f"可避免 {money(total)}（例均 {money(total / inquiry.cases)}）：{listed(words, 'zh')}；"
    zh += f"{'' if left > 0 else '超出基准的成本多于亏损，'}若全部避免，例均{'仍亏' if left > 0 else '盈余'} {turned}。"
    en = f"{money(total)} is avoidable ({money(total / inquiry.cases)} a case): {listed(words, 'en')}; "
    en += "" if left > 0 else "more is spent beyond the reference than is lost: "
    en += f"all of it avoided, a case would {'still lose' if left > 0 else 'earn'} {turned}."
    return report.say(zh, en)


def _savings_notes(inquiry: Inquiry) -> tuple[str, ...]:
    report = inquiry.report
    return (
        report.say(
            "按项目视角计，一笔钱只计一次；可避免的口径由参数设定，是上限而非预测：省下多少要看实施后的结果。",
            "By the item view, no money twice; what counts as avoidable is set in the parameters and is a bound, no "
            "forecast: what is saved shows afterwards.",
        ),
    )
