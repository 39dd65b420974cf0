"""What a plan means in a year: patients, bed-days and money, cash apart from capacity that is only freed."""

import numpy as np
import pandas as pd

from analysis.pathways.outcomes import Interval, interval
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Table
from analysis.studies.pathway_redesign import TODAY, Redesign
from analysis.studies.pathway_redesign_effects import capacity_notes, signed
from analysis.studies.wide import head, interval_heads

_CASH = ("其中药品与耗材（现金）", "of it drugs and materials (cash)")
_FREED = ("其中床位、人员、设备（腾出的能力）", "of it beds, staff, machines (capacity freed)")


def in_a_year(redesign: Redesign) -> Finding:
    """Patients, bed-days and money of a year, goods apart from capacity that is only freed."""
    report = redesign.report
    question = report.say("一年下来意味着什么？", "What does it mean in a year?")
    a_year = redesign.pathway.arrivals.a_day * 365 if redesign.pathway.arrivals else 0.0
    rows = []
    for plan in (plan for plan in redesign.plans if not redesign.differences[plan]["why"].iloc[0]):
        for name, kind, values in _year_rows(redesign, plan):
            one = interval(values * a_year)
            texts = [signed(report.style, value, kind) for value in (one.mean, one.low, one.high)]
            rows.append((redesign.title(plan), report.style.with_unit(report.say(*name), kind), *texts))
    frame = pd.DataFrame(rows, columns=["plan", "what", "change", "low", "high"])
    heads = (head(report, "plan", "方案", "Plan"), head(report, "what", "一年的变化", "Change in a year"),
             head(report, "change", "差值", "Difference", "text_right"),
             *interval_heads(report, "text_right", "low", "high"))  # fmt: skip
    table = Table(frame, redesign.by_plan(heads), report.say("一年", "A year"), report.style)
    text = report.say(f"每年约 {a_year:.0f} 位患者。", f"Some {a_year:,.0f} patients a year.")
    text += " ".join(_year_text(redesign, plan, a_year) for plan in redesign.plans)
    note = report.say(
        "省下一个床日，现金只少了药品和耗材；床位、人员和设备只是腾出来，直到收治别的患者或关闭床位才省钱。"
        "床日成本中不单列的日常药品未计入现金部分，故现金部分偏低。",
        "A bed-day saved saves cash in drugs and materials only; bed, staff and machines are freed, and save money "
        "once they serve other patients or are closed. Daily drugs within the price of a day are not told apart: the "
        "cash part is a lower bound.",
    )
    return Finding(
        question, table, text, redesign.told(*((note,) if redesign.priced else ()), *capacity_notes(redesign))
    )


def _year_rows(redesign: Redesign, plan: str) -> list[tuple[tuple[str, str], Kind, np.ndarray]]:
    """Name, kind and paired difference of a patient in each replication."""
    before, after = redesign.simulated[TODAY], redesign.simulated[plan]
    days = after.outcomes["days_of_patient"] - before.outcomes["days_of_patient"]
    found: list[tuple[tuple[str, str], Kind, np.ndarray]] = [(("住院床日", "Bed-days"), "count", days)]
    back = after.outcomes["readmission"] - before.outcomes["readmission"]
    found.append((("再入院（人次）", "Readmissions"), "count", back))
    if not redesign.priced:
        return found
    cost = after.outcomes["cost_of_patient"] - before.outcomes["cost_of_patient"]
    margin = after.outcomes["margin_of_patient"] - before.outcomes["margin_of_patient"]
    goods = _goods(redesign, plan) - _goods(redesign, TODAY)
    return [*found, (("收入", "Income"), "money_large", margin + cost), (("成本", "Cost"), "money_large", cost),
            (_CASH, "money_large", goods),
            (_FREED, "money_large", cost - goods),
            (("盈亏", "Margin"), "money_large", margin)]  # fmt: skip


def _goods(redesign: Redesign, plan: str) -> np.ndarray:
    """Drugs and materials of a patient, by replication."""
    one = redesign.simulated[plan]
    places = [i for i, name in enumerate(one.built.categories) if name in ("drug", "consumable")]
    return one.replications.categories[:, places].sum(axis=1) / one.replications.classes.arrivals.sum(axis=1)


def _year_text(redesign: Redesign, plan: str, a_year: float) -> str:
    report, title = redesign.report, redesign.title(plan)
    if redesign.differences[plan]["why"].iloc[0]:
        return ""
    found: dict[str, Interval] = {name[1]: interval(v * a_year) for name, _, v in _year_rows(redesign, plan)}
    days, style = found["Bed-days"].mean, report.style
    zh = f"{title}：床日 {signed(style, days, 'count')}（{abs(days) / 365:.1f} 张床）"
    en = f" {title}: {signed(style, days, 'count')} bed-days ({abs(days) / 365:.1f} beds)"
    if redesign.priced:
        cash, rest = (
            found["of it drugs and materials (cash)"].mean,
            found["of it beds, staff, machines (capacity freed)"].mean,
        )
        zh += f"，现金 {style.money(cash, signed=True)}，能力 {style.money(rest, signed=True)}"
        en += f", cash {style.money(cash, signed=True)}, capacity {style.money(rest, signed=True)}"
    return report.say(zh + "。", en + ".")
