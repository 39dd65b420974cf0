"""Physicians of an overspending DRG compared fairly, and what complications go with in days and in cost."""

import numpy as np
import pandas as pd

from analysis.funnel import LIMIT as FAR
from analysis.funnel import WARNING, spread_among, upper_limit
from analysis.presentation.control_chart import funnel_plot
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.rootcause.between_physicians import between_physicians
from analysis.rootcause.complications import Association, complication_effect
from analysis.rootcause.cost_models import Park
from analysis.rootcause.physicians import LEAST_PHYSICIANS, NAMED_FROM, family_check, physician_effects
from analysis.studies.overspending import Inquiry
from analysis.studies.report import Report
from analysis.studies.wide import head, interval_heads

#: method -> (zh, en): what the figure compares.
_METHODS = {
    "g_formula": ("有并发症与无并发症的同类病例（g-formula）", "A case with one, the same case without (g-formula)"),
    "ipw": ("同上，逆概率加权核对", "The same, checked by inverse-probability weights"),
    "between_physicians": ("医师之间，已校正偶然波动", "Between physicians, chance in their rates taken out"),
    "between_naive": ("医师之间，未校正", "Between physicians, as counted"),
}
#: Why a figure is missing.
_NOTES = {
    "few_events": ("并发症例数不足", "too few complications"),
    "few_clusters": ("医师不足，无区间", "too few physicians for an interval"),
    "no_spread": ("医师间差异不超过偶然", "physicians differ no more than chance"),
    "unbounded": ("医师间差异太小，区间无界", "physicians differ too little to bound it"),
}


def physician_funnel(inquiry: Inquiry) -> Finding:
    """Observed / expected cost by physician at equal admission; a code only where reliability reaches 0.70."""
    report = inquiry.report
    question = report.say("同样的病人，医师之间成本差多少？", "At the same patients, how far do physicians differ?")
    if inquiry.made is None:
        return inquiry.absent(question)
    cases = inquiry.made.sample.cases
    if cases.loc[cases["physician_id"] != "?", "physician_id"].nunique() < LEAST_PHYSICIANS:
        few = report.say(f"不足 {LEAST_PHYSICIANS} 名医师，无从比较。", f"Fewer than {LEAST_PHYSICIANS} physicians.")
        return Finding(question, None, few)
    made = physician_effects(inquiry.made.sample)
    shown = made["named"] & (made["cases"] >= LIMIT)
    table = _physician_table(report, made[shown], made[~shown]) if shown.any() else None
    heads = report.say("病例数", "Cases"), report.say("实际 / 期望", "Observed / expected")
    marks = [code if alarm else "" for code, alarm in zip(made["physician_id"], shown & made["outside"], strict=True)]
    ratios = (made["observed"] / made["expected"]).tolist()
    notes = (*_physician_notes(report), _family_note(report, family_check(inquiry.made.sample)))
    figure = funnel_plot(made["cases"].tolist(), ratios, _bounds(made), marks, heads)
    return Finding(question, table, _physician_text(report, made, shown), notes, figure)


def _bounds(made: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Limits of 95 and 99.8 % at s = sqrt(phi / cases), widened by what physicians differ beyond chance."""
    phi = made.attrs["phi"]
    y = np.log(made["observed"] / made["expected"]).to_numpy()
    tau2 = spread_among(y, np.sqrt(phi / made["cases"].to_numpy(float)))
    x = np.geomspace(made["cases"].min(), max(made["cases"].max(), made["cases"].min() + 1), 60)
    s = np.sqrt(phi / x)
    return x, upper_limit(s, tau2, WARNING), upper_limit(s, tau2, FAR)


def _physician_table(report: Report, named: pd.DataFrame, others: pd.DataFrame) -> Table:
    """Those who may be named, the dearest first, and the others in one row."""
    rows = named.sort_values(["shrunken", "physician_id"], ascending=[False, True], ignore_index=True)
    if len(others):
        name = report.say(f"其余 {len(others)} 名（不具名）", f"{plural(len(others), 'other')} (not named)")
        rows.loc[len(rows), ["physician_id", "cases"]] = [name, others["cases"].sum()]
    heads = (
        head(report, "physician_id", "医师编码", "Physician"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "expected", "期望成本", "Expected", "money"),
        head(report, "observed", "实际成本", "Observed", "money"),
        head(report, "shrunken", "收缩后差额", "Shrunken difference", "money"),
        *interval_heads(report, "money"),
        head(report, "reliability", "可靠度", "Reliability", "percent0"),
    )
    return Table(rows, heads, report.say("医师比较", "Physicians compared"), report.style)


def _physician_text(report: Report, made: pd.DataFrame, shown: pd.Series) -> str:
    spread = report.style.write(made.attrs["tau"], "percent0")
    out = made[shown & made["outside"]].sort_values("shrunken", ascending=False, kind="stable")
    words = [f"{row.physician_id} {report.style.money(row.shrunken, signed=True)}" for row in out.itertuples()]
    zh = f"{len(made)} 名医师，除去病情与偶然，真实差异约 ±{spread}；{int(shown.sum())} 名可具名"
    en = f"{plural(len(made), 'physician')}: beyond patients and chance they differ by about ±{spread}; "
    en += f"{int(shown.sum())} may be named"
    if words:
        zh, en = (
            f"{zh}，超出漏斗图界限的是{listed(words, 'zh')}",
            f"{en}, beyond the funnel's limits: {listed(words, 'en')}",
        )
    elif shown.any():
        zh, en = f"{zh}，无人超出漏斗图界限", f"{en}, none is beyond the funnel's limits"
    return report.say(zh + "。", en + ".")


def _physician_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "期望成本按入院时已知的情况（伽马模型）；住院日与并发症不作校正，因为它们是医师的结果。差额向均值收缩；"
            f"可靠度达 {NAMED_FROM:.2f}、满 {LIMIT} 例且区间不含 0 者方可具名。差异不等于过错，先核对病例。",
            "Expected cost from what is known at admission (gamma model); days and complications are a physician's "
            "outcome and take no part. Differences are drawn to the mean; named from a reliability of "
            f"{NAMED_FROM:.2f} and {LIMIT} cases on, where the interval leaves nought out. A difference is no fault: "
            "look at the cases first.",
        ),
    )


def _family_note(report: Report, park: Park) -> str:
    """Modified Park test: does the gamma family, whose variance goes with the mean squared, fit."""
    low, power, high = (f"{value:.1f}" for value in (park.low, park.power, park.high))
    zh, en = ("相符", "fits") if park.gamma_fits else ("不完全相符", "does not quite fit")
    return report.say(
        f"修正 Park 检验：方差随均值的 {power} 次方变化（{low} 至 {high}），与伽马模型（2 次方）{zh}。",
        f"Modified Park test: the variance goes with the mean to the power {power} ({low} to {high}); the gamma model "
        f"(2) {en}.",
    )


def complications(inquiry: Inquiry) -> Finding:
    """What complications go with, in days and in cost: of a case, and between physicians."""
    report = inquiry.report
    question = report.say(
        "并发症多一个百分点，住院日和成本差多少？", "What does a point more of complications go with?"
    )
    if inquiry.made is None:
        return inquiry.absent(question)
    sample = inquiry.made.sample
    if sample.cases["complication"].isna().all():
        return Finding(question, None, report.say("没有并发症登记。", "Complications are not recorded."))
    found = {}
    for outcome in ("length_of_stay", "cost"):
        made = [*complication_effect(sample, outcome), *between_physicians(sample, outcome)]
        found[outcome] = {one.method: one for one in made}
    rows = pd.DataFrame([_association_row(report, name, found) for name in _METHODS])
    heads = (
        head(report, "what", "比较", "What is compared"),
        head(report, "days", "每百分点天数", "Days a point", "number3"),
        head(report, "days_range", "95% 区间", "95 % interval", "text_right"),
        head(report, "money", "每百分点成本", "Cost a point", "money"),
        head(report, "money_range", "95% 区间", "95 % interval", "text_right"),
        head(report, "share", "占例均成本", "Of a case's cost", "percent1"),
        head(report, "note", "说明", "Note"),
    )
    none = rows["money"].isna().all()
    table = None if none else Table(rows, heads, report.say("并发症", "Complications"), report.style)
    notes = () if none else _complication_notes(report)
    return Finding(question, table, _complication_text(report, found), notes)


def _association_row(report: Report, method: str, found: dict[str, dict[str, Association]]) -> dict[str, object]:
    days, cost = found["length_of_stay"][method], found["cost"][method]
    note = report.say(*_NOTES[cost.note]) if cost.note in _NOTES else cost.note
    return {
        "what": report.say(*_METHODS[method]), "days": days.per_point, "days_range": _range(report, days, "number3"),
        "money": cost.per_point, "money_range": _range(report, cost, "money"),
        "share": cost.per_point / cost.mean if cost.mean else None, "note": note,
    }  # fmt: skip


def _range(report: Report, one: Association, kind: Kind) -> str:
    if is_empty(one.low) or is_empty(one.high) or not np.isfinite([one.low, one.high]).all():
        return ""
    return f"{report.style.write(one.low, kind)} ~ {report.style.write(one.high, kind)}"


def _complication_text(report: Report, found: dict[str, dict[str, Association]]) -> str:
    """A case with a complication against one without, and the slope between physicians where there is one."""
    days, cost = (found[name]["g_formula"] for name in ("length_of_stay", "cost"))
    if is_empty(cost.per_complication):
        return report.say(
            f"{cost.cases} 例中并发症 {cost.events} 例，太少，不作估计。",
            f"{plural(cost.events, 'complication')} in {plural(cost.cases, 'case')}: too few to estimate.",
        )
    rate = report.style.write(cost.events / cost.cases, "percent1")
    money = report.style.money(cost.per_complication)
    zh = f"并发症率 {rate}；一例并发症与住院多 {days.per_complication:.1f} 天、成本多 {money} 相关"
    en = f"{rate} have a complication; one goes with {days.per_complication:.1f} more days and {money} more cost"
    days, cost = (found[name]["between_physicians"] for name in ("length_of_stay", "cost"))
    if not is_empty(cost.per_point) and not is_empty(cost.low):
        share = report.style.write(cost.per_point / cost.mean, "percent1")
        zh += f"；医师之间，并发症率每高一个百分点，全部患者平均多住 {days.per_point:.2f} 天、成本高 {share}"
        en += f"; between physicians a point more goes with {days.per_point:.2f} more days and {share} more cost"
    return report.say(zh + "。", en + ".")


def _complication_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "均为同等入院情况下的关联，不证明因果。前两行：每百分点 = 单例效应的百分之一；后两行：比较医师，"
            "并发症少的医师其他方面往往也更好，故较大，单靠减少并发症得不到这么多。",
            "Associations at equal admission, no proof of cause. First two rows: a point is a hundredth of one "
            "complication. Last two: physicians compared; who avoids complications does other things better too, so "
            "fewer complications alone do not bring that much.",
        ),
    )
