"""A value contract told: what is bundled, and what a year under each form of payment brings."""

from collections.abc import Sequence

import pandas as pd
from scipy.stats import beta

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Table
from analysis.presentation.wording import plural
from analysis.studies.report import Report
from analysis.studies.value_contract import Exposure
from analysis.studies.wide import head


def priced(exposure: Exposure) -> Finding:
    """Episodes, readmissions with their interval, what they cost and are paid, and the bundle price."""
    report, rows = exposure.report, exposure.rows
    question = report.say("打包的是什么，现在花多少、付多少？", "What is bundled, what does it cost and pay today?")
    count, again = len(rows), int(rows["readmitted"].sum())
    ends = beta.ppf((0.025, 0.975), again + 0.5, count - again + 0.5)
    per_case = float((rows["cost"].sum() + exposure.episodes.again_cost.sum()) / count)
    frame = pd.DataFrame(_measures(exposure, again, ends, per_case), columns=["measure", "value", "kind"])
    heads = (head(report, "measure", "指标", "Measure"), head(report, "value", "数值", "Value", "by_row"))
    kinds = tuple(frame["kind"])
    table = Table(frame.astype({"value": object}), heads, report.say("打包内容", "Bundle"), report.style, by_row=kinds)
    money, when = report.style.money, exposure.span.words(report.language)
    rate, low, high = (report.style.write(value, "percent1") for value in (again / count, *ends))
    text = report.say(
        f"{when}：{count} 例，再入院 {rate}（95% 区间 {low} 至 {high}），例均成本 "
        f"{money(per_case)}，打包价 {money(exposure.price)}。",
        f"{when}: {plural(count, 'episode')}, readmitted {rate} (95 % interval {low} to {high}), cost "
        f"{money(per_case)} an episode, bundle price {money(exposure.price)}.",
    )
    return Finding(question, table, text, (_assumed(exposure),), alarm=per_case > exposure.price)


def forms(exposure: Exposure) -> Finding:
    """A year under each form: both results with their interval, and how often a loss, a penalty, a reward."""
    report = exposure.report
    question = report.say("各种付费方式下一年的结果会怎样？", "What would a year bring under each form?")
    shown = pd.DataFrame([_form_row(exposure, name, frame) for name, frame in exposure.made.items()])
    heads = (
        head(report, "form", "付费方式", "Form"),
        head(report, "hospital", "医院结果", "Hospital's result", "money_large"),
        head(report, "interval", "95% 的年份", "95 % of years", "text_right"),
        head(report, "loss", "亏损概率", "Loss", "percent1"),
        head(report, "penalty", "受罚概率", "Penalty", "percent0"),
        head(report, "reward", "获奖概率", "Reward", "percent0"),
        head(report, "insurer", "医保支付", "Insurer pays", "money_large"),
    )
    table = Table(shown, heads, report.say("付费方式", "Forms"), report.style)
    return Finding(question, table, _forms_text(report, shown), (_simulated(exposure), *_provisional(report)))


def _measures(exposure: Exposure, again: int, ends: Sequence[float], per_case: float) -> list[tuple[str, object, Kind]]:
    """What stands in the table of `priced`: label with its unit, value, kind."""
    report, count = exposure.report, len(exposure.rows)
    paid = exposure.episodes.mean_payment
    names = ", ".join(report.titled("drg", exposure.contract.drgs))
    rows: list[tuple[str, object, Kind]] = [
        (report.say("病组", "DRGs"), names, "text"),
        (report.say("病例数（已满 30 天）", "Episodes followed for 30 days"), count, "count"),
        (report.say("30 天内非计划再入院", "Unplanned readmissions in 30 days"), again, "count"),
        (report.say("再入院率", "Rate of readmission"), again / count, "percent1"),
        (report.say("95% 区间下限", "95 % interval from"), ends[0], "percent1"),
        (report.say("95% 区间上限", "95 % interval to"), ends[1], "percent1"),
        (report.say("例均成本，含再入院", "Cost of an episode with readmissions"), per_case, "money"),
        (report.say("例均支付，含再入院", "Paid for an episode with readmissions"), paid, "money"),
        (report.say("打包价", "Bundle price"), exposure.price, "money"),
    ]
    return [(report.style.with_unit(name, kind), value, kind) for name, value, kind in rows]


def _forms_text(report: Report, shown: pd.DataFrame) -> str:
    """Today's year, and how often the forms with a clause penalise and reward."""
    today, write = report.style.money(float(shown["hospital"][0])), report.style.write
    zh, en = [f"按现行方式，医院全年盈亏 {today}"], [f"By today's form the hospital's year is {today}"]
    for row in shown[shown["penalty"] + shown["reward"] > 0].itertuples():
        bad, good = write(row.penalty, "percent0"), write(row.reward, "percent0")
        zh.append(f"{row.form}：{bad} 的年份受罚，{good} 的年份获奖")
        en.append(f"{row.form}: penalty in {bad} of years, reward in {good}")
    return report.say("；".join(zh) + "。", "; ".join(en) + ".")


def _simulated(exposure: Exposure) -> str:
    report = exposure.report
    years = f"{len(exposure.years.cases):,}"
    return report.say(
        f"模拟 {years} 年：病例数、真实再入院率、谁再入院、费用都在变；医院结果 = 支付 − 全成本，"
        "全成本的固定部分不会随病例减少而消失。真实率不确定，模拟的平均率略高于实际数出的率，各方式因此略有差别。",
        f"{years} simulated years in which volume, the true rate, who comes back and costs all move. The hospital's "
        "result is payment less full cost, whose fixed part does not go away with the cases. The true rate being "
        "uncertain, its simulated mean is a little above the one counted, and forms differ a little by that alone.",
    )


def _form_row(exposure: Exposure, name: str, frame: pd.DataFrame) -> dict[str, object]:
    report = exposure.report
    low, high = frame["hospital"].quantile([0.025, 0.975])
    return {
        "form": exposure.contract.forms[name].label(report.language), "hospital": frame["hospital"].mean(),
        "interval": report.style.ends(low, high, "money_large"),
        "loss": (frame["hospital"] < 0).mean(), "penalty": (frame["clause"] < 0).mean(),
        "reward": (frame["clause"] > 0).mean(), "insurer": frame["insurer"].mean(),
    }  # fmt: skip


def _assumed(exposure: Exposure) -> str:
    """Where the contract stands and what it assumes."""
    clause, write, name = exposure.contract.clause, exposure.report.style.write, exposure.name
    above, taken, below, added = (
        write(value, "percent0") for value in (clause.penalty_above, clause.penalty, clause.reward_below, clause.reward)
    )
    return exposure.report.say(
        f"合同：parameters/contracts/{name}.yaml；再入院率高于 {above} 扣打包收入的 {taken}，低于 {below} 奖 {added}，"
        "幅度为假设。打包价未另定时取现行例均支付，换付费方式本身不增不减。",
        f"Contract: parameters/contracts/{name}.yaml. Above {above} readmitted {taken} of the bundle income is taken, "
        f"below {below} {added} is added: an assumption. Where no price is set it is today's mean payment, so that the "
        "change of form alone neither adds nor takes.",
    )


def _provisional(report: Report) -> tuple[str, ...]:
    if not report.provisional:
        return ()
    return (report.say("支付为预结，清算后会变。", "Payments are provisional and may change with clearing."),)
