"""What of a value contract's clause is chance alone at a hospital's volume, and who carries which risk."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.evaluation.contract_exposure import SOURCES
from analysis.evaluation.value_contract import Clause, Form, by_chance, least_cases
from analysis.presentation.chance_curve import Curve, chance_curves
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.studies.report import Report
from analysis.studies.value_contract import Exposure
from analysis.studies.wide import head

_RATES = (0.03, 0.05, 0.08, 0.10, 0.12, 0.15)
#: A hospital that keeps below the limit by two points: how many cases until chance seldom penalises it.
_BELOW = 0.02
_SOURCES = {
    "volume": ("来多少患者", "How many come"),
    "rate": ("真实再入院率未知", "The true rate is not known"),
    "chance": ("谁会再入院（偶然）", "Who comes back (chance)"),
    "costs": ("费用轻重", "How dear they are"),
    "all": ("全部", "All together"),
}


def chance_alone(exposure: Exposure) -> Finding:
    """What the clause does to a hospital whose true rate is known, at this volume; and the volume it would need."""
    report, contract = exposure.report, exposure.contract
    question = report.say("奖惩中有多少纯属偶然？", "How much of the clause is chance alone?")
    clauses = [form for form in contract.forms.values() if form.clause != "none"]
    if not clauses:
        return Finding(question, None, report.say("合同没有奖惩条款。", "The contract has no outcome clause."))
    form = clauses[0]
    shown = by_chance(contract.clause, form, exposure.cases, _RATES)
    shown = shown.assign(verdict=[_deserved(report, contract.clause, rate) for rate in shown["rate"]])
    heads = (
        head(report, "rate", "真实再入院率", "True rate", "percent0"),
        head(report, "verdict", "应得", "Deserves"),
        head(report, "penalty", "受罚概率", "Penalty", "percent0"),
        head(report, "reward", "获奖概率", "Reward", "percent0"),
        head(report, "expected", "期望（占打包收入）", "Expected, of bundle income", "percent1"),
    )
    table = Table(shown, heads, report.say("偶然", "Chance"), report.style)
    notes = (_exact(report, form.label(report.language)),)
    return Finding(question, table, _chance_text(exposure, form), notes, _curves(exposure, clauses))


def who_carries(exposure: Exposure) -> Finding:
    """Spread of a year's money of hospital and insurer by source, under the first and every other form."""
    report = exposure.report
    question = report.say("谁承担哪种风险？", "Who carries which risk?")
    wide = exposure.risks.pivot(index="source", columns="form", values=["hospital", "insurer"])
    sources = [*SOURCES, "all"]
    shown = pd.DataFrame({"source": [report.say(*_SOURCES[name]) for name in sources]})
    heads = [head(report, "source", "不确定来源", "Source")]
    for name, form in exposure.contract.forms.items():
        shown[name] = wide.loc[sources, ("hospital", name)].to_numpy()
        heads.append(head(report, name, f"医院：{form.zh}", f"Hospital: {form.en}", "money_large"))
    first = next(iter(exposure.contract.forms))
    shown["insurer"] = wide.loc[sources, ("insurer", first)].to_numpy()
    last = list(exposure.contract.forms)[-1]
    shown["insurer_last"] = wide.loc[sources, ("insurer", last)].to_numpy()
    for column, form in (("insurer", exposure.contract.forms[first]), ("insurer_last", exposure.contract.forms[last])):
        heads.append(head(report, column, f"医保：{form.zh}", f"Insurer: {form.en}", "money_large"))
    table = Table(shown, tuple(heads), report.say("风险", "Risk"), report.style, strong=frozenset({len(sources) - 1}))
    return Finding(question, table, _risk_text(exposure, wide), (_alone(report),))


def _curves(exposure: Exposure, clauses: Sequence[Form]) -> str:
    report, clause = exposure.report, exposure.contract.clause
    rates = tuple(np.round(np.linspace(0.01, 0.2, 77), 5))
    curves = []
    for form in clauses:
        rows = by_chance(clause, form, exposure.cases, rates)
        pale = form.clause == "tested"
        tail = report.say("（超出偶然才算）", " (beyond chance only)") if pale else ""
        curves.append(Curve(report.say("受罚", "Penalty") + tail, rows["penalty"].tolist(), True, pale))
        curves.append(Curve(report.say("获奖", "Reward") + tail, rows["reward"].tolist(), False, pale))
    across = report.say("真实再入院率", "True rate of readmission")
    return chance_curves(rates, curves, (clause.reward_below, clause.penalty_above), report.style, across)


def _chance_text(exposure: Exposure, form: Form) -> str:
    """How often a hospital two points below the limit is penalised all the same, and the volume it would need."""
    clause, write = exposure.contract.clause, exposure.report.style.write
    safe = max(clause.penalty_above - _BELOW, clause.penalty_above / 2)
    chance = float(by_chance(clause, form, exposure.cases, (safe,))["penalty"].iloc[0])
    needed = least_cases(clause, safe)
    enough = "5,000+" if needed is None else f"{needed:,}"
    rate, years = write(safe, "percent0"), write(chance, "percent0")
    return exposure.report.say(
        f"每年 {exposure.cases} 例时，真实再入院率 {rate} 的医院仍有 {years} 的年份受罚；"
        f"要使误罚不超过 5%，每年需要 {enough} 例。",
        f"With {exposure.cases} episodes a year a hospital whose true rate is {rate} is penalised in {years} of years "
        f"all the same; for at most 5 % it would take {enough} episodes a year.",
    )


def _deserved(report: Report, clause: Clause, rate: float) -> str:
    if rate > clause.penalty_above:
        return report.say("罚", "penalty")
    return report.say("奖", "reward") if rate < clause.reward_below else report.say("不奖不罚", "neither")


def _exact(report: Report, form: str) -> str:
    return report.say(
        f"{form}；二项分布精确计算，不是模拟：真实率已知、病例数固定，只剩谁恰好再入院。",
        f"{form}; exact binomial, no simulation: the true rate known and the volume fixed, all that is left is who "
        "happens to come back.",
    )


def _risk_text(exposure: Exposure, wide: pd.DataFrame) -> str:
    """How the hospital's spread changes from the first form to the widest, and the insurer's for a given volume."""
    report, forms = exposure.report, list(exposure.contract.forms)
    whole = {name: float(wide.loc["all", ("hospital", name)]) for name in forms}
    first, widest = forms[0], max(forms, key=lambda name: whole[name])
    costs = [float(wide.loc["costs", ("insurer", name)]) for name in (first, forms[-1])]
    title = exposure.contract.forms[widest].label(report.language)

    def money(value: float) -> str:
        return report.style.money(round(value, -3))

    return report.say(
        f"医院全年盈亏的波动（标准差）由现行 {money(whole[first])}变为{title}的 {money(whole[widest])}；"
        f"费用轻重带给医保的波动由 {money(costs[0])}变为 {money(costs[1])}：转由医院承担。",
        f"The spread (standard deviation) of the hospital's year goes from {money(whole[first])} today to "
        f"{money(whole[widest])} ({title}); what dear cases cost the insurer in spread goes from {money(costs[0])} to "
        f"{money(costs[1])}: the hospital carries it.",
    )


def _alone(report: Report) -> str:
    return report.say(
        "一年金额的标准差，每行只让一个来源变动、其余固定在均值；各行平方后不必相加等于全部（奖惩有门槛）。",
        "Standard deviation of a year's money with one source moving and the others at their means; squares need not "
        "add up to all together, the clause has thresholds.",
    )
