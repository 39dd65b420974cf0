"""What a technique is worth: cost against effect, how probably it pays, and what a year's budget would change."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.evaluation.variables import variable
from analysis.evaluation.worth import QUADRANTS, Plane, acceptability, budget_impact, net_benefit
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, sum_kind
from analysis.presentation.plane import acceptability_chart, plane_chart
from analysis.presentation.tables import Table
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_words import difference_words, interval_name, level_words, unit
from analysis.studies.cause_words import lower
from analysis.studies.wide import head

#: quadrant -> what it means (zh, en).
_MEANS = {
    "NE": ("更贵、更好", "dearer and better"), "SE": ("更省、更好", "cheaper and better"),
    "SW": ("更省、更差", "cheaper and worse"), "NW": ("更贵、更差", "dearer and worse"),
}  # fmt: skip
#: Corners of the figure: upper left, upper right, lower left, lower right.
_CORNERS = ("NW", "NE", "SW", "SE")
#: Points of the curve; thresholds of the table; years over which everybody comes to have the technique.
_POINTS, _SHOWN, _YEARS = 61, 5, 3
_REACH = 3.0


def plane_of(case: CaseStudy) -> Finding:
    """Cost against effect: differences, the quadrant, and a ratio only where one says something."""
    report, found = case.report, case.plane
    question = heading(case, "plane")
    if found is None:
        return _no_worth(case, question)
    shares = dict(zip(QUADRANTS, found.shares, strict=True))
    corners = tuple(f"{case.say(*_MEANS[name])} {report.style.write(shares[name], 'percent0')}" for name in _CORNERS)
    axes = (
        _with_unit(case, gain_words(case)),
        report.style.with_unit(case.say("成本之差", "Difference of cost"), "money"),
    )
    times = 100 if variable(case.study.effect).kind == "flag" else 1
    gains = (case.pairs["effect"] * times).tolist()
    estimate = (found.cost, found.effect * times)
    figure = plane_chart(case.pairs["cost"].tolist(), gains, estimate, report.style, axes, "number1", corners)  # type: ignore[arg-type]
    rows = pd.DataFrame(_plane_rows(case, found), columns=["measure", "value"])
    heads = (head(report, "measure", "指标", "Measure"), head(report, "value", "数值", "Value", "text_right"))
    table = Table(rows, heads, case.say("成本效果平面", "Cost-effectiveness plane"), report.style)
    note = case.say(
        "每个点是一次抽样，名次不变，按上述区间展开为正态；深色点为估计值。",
        "Every dot is one draw, its rank kept, spread as a normal law with the intervals above; dark: the estimate.",
    )
    return Finding(question, table, plane_text(case), (note,), figure)


def gain_words(case: CaseStudy) -> str:
    """The effect turned so that more is better."""
    one = variable(case.study.effect)
    if one.better == "lower":
        return case.say(f"减少的{one.zh}", f"Reduction in {lower(one.en)}")
    return case.say(f"增加的{one.zh}", f"Gain in {lower(one.en)}")


def _with_unit(case: CaseStudy, words: str) -> str:
    of = unit(variable(case.study.effect), case.report.style)
    return case.say(f"{words}（{of}）", f"{words} ({of})") if of else words


def _plane_rows(case: CaseStudy, found: Plane) -> list[tuple[str, str]]:
    report, style, gain = case.report, case.report.style, variable(case.study.effect)
    interval = interval_name(report.language)
    cost = [style.money(end, signed=True) for end in case.cost_estimate]
    effect = [difference_words(gain, style, end) for end in case.gain_estimate]
    shares = [
        (case.say(f"落在“{_MEANS[name][0]}”的抽样", f"Draws {_MEANS[name][1]}"), style.write(share, "percent1"))
        for name, share in zip(QUADRANTS, found.shares, strict=True)
    ]
    return [
        (case.say(f"成本之差（{interval}）", f"Difference of cost ({interval})"), _ranged(case, cost)),
        (f"{gain_words(case)}{case.say('（', ' (')}{interval}{case.say('）', ')')}", _ranged(case, effect)),
        *shares,
        (case.say("增量成本效果比（ICER）", "ICER"), ratio_words(case, found)),
    ]


def _ranged(case: CaseStudy, texts: Sequence[str]) -> str:
    return case.say(f"{texts[0]}（{texts[1]} 至 {texts[2]}）", f"{texts[0]} ({texts[1]} to {texts[2]})")


def ratio_words(case: CaseStudy, found: Plane) -> str:
    """The ratio, as what is paid for an effect or saved by going without it; where it says nothing, that."""
    report, gain = case.report, gain_words(case)
    if found.ratio is None:
        return case.say("不适用（按点估计一方占优）", "not applicable (by the estimates one side dominates)")
    money = report.style.money(found.ratio)
    one = ("一例", "patient") if variable(case.study.effect).kind == "flag" else ("一个单位", "unit")
    if found.quadrant == "SW":
        per = case.say(
            f"每放弃{one[0]}“{gain}”省 {money}", f"{money} saved for each {one[1]} of {lower(gain)} given up"
        )
    else:
        per = case.say(f"每多得{one[0]}“{gain}”花 {money}", f"{money} for each {one[1]} of {lower(gain)}")
    if found.ratio_low is None or found.ratio_high is None:
        return case.say(f"{per}（象限未定，不给区间）", f"{per} (quadrant not settled: no interval)")
    low, high = report.style.money(found.ratio_low), report.style.money(found.ratio_high)
    return case.say(f"{per}（{low} 至 {high}）", f"{per} ({low} to {high})")


def plane_text(case: CaseStudy) -> str:
    """Where the technique stands, and how surely."""
    report, found = case.report, case.plane
    assert found is not None
    share = report.style.write(dict(zip(QUADRANTS, found.shares, strict=True))[found.quadrant], "percent1")
    zh, en = _MEANS[found.quadrant]
    cost = report.style.money(found.cost, signed=True)
    gain = difference_words(variable(case.study.effect), report.style, found.effect)
    _, low, high = case.gain_estimate
    if low <= 0 <= high:
        gain += case.say("（区间含零，效果未见差异）", " (its interval holds nought: no difference of effect is shown)")
    settled = (
        ("象限已定", "the quadrant is settled")
        if found.settled
        else (f"不足 {level_words('zh')}，象限未定", f"short of {level_words('en')}, so the quadrant is not settled")
    )
    return case.say(
        f"按点估计，采用{case.study.treatment.zh}{zh}：每例成本 {cost}，{gain_words(case)} {gain}；{share} "
        f"的抽样落在该象限（{settled[0]}）。",
        f"By the estimates {lower(case.study.treatment.en)} is {en}: {cost} of cost a case, {lower(gain_words(case))} "
        f"{gain}; {share} of the draws lie in that quadrant ({settled[1]}).",
    )


def accept(case: CaseStudy) -> Finding:
    """How probably the technique is worth its money, by what a unit of effect may cost."""
    report = case.report
    question = heading(case, "acceptability")
    if case.plane is None:
        return _no_worth(case, question)
    grid = thresholds(case.plane)
    curve, benefit = acceptability(case.pairs, grid), net_benefit(case.pairs, grid)
    words = case.say(f"每单位“{gain_words(case)}”愿付（{report.style.unit}）",
                       f"Willing to pay for a unit of {lower(gain_words(case))} ({report.style.unit})")  # fmt: skip
    names = (words, case.say("采用更值的概率", "Probability of being worth it"), case.say("前沿", "Frontier"))
    figure = acceptability_chart(grid, curve["probability"], curve["probability_chosen"], report.style, names)  # type: ignore[arg-type]
    rows = curve.merge(benefit, on="threshold").iloc[:: (_POINTS - 1) // (_SHOWN - 1)].reset_index(drop=True)
    heads = (
        head(report, "threshold", "每单位效果愿付", "Willing to pay for a unit", "money"),
        head(report, "probability", "采用更值的概率", "Probability of being worth it", "percent1"),
        head(report, "benefit", "每例净货币获益", "Net monetary benefit a case", "money"),
        head(report, "ci_low", f"{level_words('zh')} 下限", f"{level_words('en')} from", "money"),
        head(report, "ci_high", f"{level_words('zh')} 上限", f"{level_words('en')} to", "money"),
    )
    table = Table(rows, heads, case.say("可接受性与净货币获益", "Acceptability and net benefit"), report.style)
    return Finding(question, table, accept_text(case), (), figure)


def thresholds(found: Plane) -> list[float]:
    """Values of a unit of effect at which the curve is drawn: from nought to a round number above three ratios."""
    effect = max(abs(found.effect), abs(found.effect_high - found.effect_low) / 4, 1e-9)
    top = _REACH * max(abs(found.cost), abs(found.cost_high - found.cost_low) / 4, 1.0) / effect
    size = 10.0 ** math.floor(math.log10(top))
    return np.linspace(0, math.ceil(top / size) * size, _POINTS).tolist()


def accept_text(case: CaseStudy) -> str:
    """The probability where effects are worth nothing, and at the highest value of the curve."""
    report = case.report
    assert case.plane is not None
    curve = acceptability(case.pairs, thresholds(case.plane))
    least, most = (report.style.write(curve["probability"].iloc[at], "percent1") for at in (0, -1))
    money = report.style.money(float(curve["threshold"].iloc[-1]))
    return case.say(
        f"只看成本时，采用{case.study.treatment.zh}更值的概率为 {least}；每单位效果愿付 {money} 时为 {most}。",
        f"By cost alone {lower(case.study.treatment.en)} is worth its money with probability {least}; where a unit of "
        f"effect is worth {money}, with {most}.",
    )


def budget(case: CaseStudy) -> Finding:
    """What a year's cost would change if more and more of the patients alike had the technique."""
    report = case.report
    question = heading(case, "budget")
    if case.plane is None:
        return _no_worth(case, question)
    rows = budget_rows(case)
    kind: Kind = sum_kind(rows["impact"])
    heads = (
        head(report, "year", "年", "Year", "count"),
        head(report, "eligible", "适用患者", "Eligible patients", "count"),
        head(report, "uptake", "采用比例", "Uptake", "percent0"),
        head(report, "cases", "新增采用例数", "More cases with it", "count"),
        head(report, "impact", "成本变化", "Change of cost", kind),
        head(report, "ci_low", f"{level_words('zh')} 下限", f"{level_words('en')} from", kind),
        head(report, "ci_high", f"{level_words('zh')} 上限", f"{level_words('en')} to", kind),
        head(report, "cumulative", "累计", "Cumulative", kind),
    )
    table = Table(rows, heads, case.say("预算影响", "Budget impact"), report.style)
    return Finding(question, table, budget_text(case), (_budget_note(case),))


def _budget_note(case: CaseStudy) -> str:
    return case.say(
        "适用患者只计两组评分共同区间内的病例：区间外没有相似者，估计对他们不成立。假设：每年适用患者数同研究期，"
        "采用比例按年等步升至全部，每例成本之差对尚未采用者同样成立。成本为全成本，含分摊的固定部分，少花的不等于现金："
        "腾出的床位与人力停用或另作他用时才是。不贴现。",
        "Eligible are only cases within the scores that both sides share: beyond them nobody is alike, and the "
        "estimate does not hold. Assumed: as many eligible patients a year as in the months studied, uptake rising to "
        "everybody in equal yearly steps, and the same difference of cost for those who do not have it yet. Cost is "
        "full cost with its allocated fixed part: what is saved is cash only where beds and staff are given up or used "
        "otherwise. Not discounted.",
    )


def budget_rows(case: CaseStudy) -> pd.DataFrame:
    """Years of rising uptake, from the patients and the uptake of the months studied.

    Eligible are the cases whose propensity lies in the range that both sides have: of the others nothing is estimated.
    """
    assert case.plane is not None
    (treated, control), main = case.counts, case.comparison.overlap.iloc[0]
    treated, control = treated - int(main["treated_outside"]), control - int(main["control_outside"])
    now = treated / (treated + control)
    eligible = (treated + control) * 12 / len(case.months)
    uptake = np.linspace(now, 1, _YEARS + 1)[1:].tolist()
    return budget_impact(case.pairs["cost"].to_numpy(), [eligible] * _YEARS, uptake, now)


def budget_text(case: CaseStudy) -> str:
    """The last year's change, when everybody has it."""
    report, last = case.report, budget_rows(case).iloc[-1]
    impact, low, high = (report.style.money(last[name], signed=True) for name in ("impact", "ci_low", "ci_high"))
    cases = report.style.write(last["cases"], "count")
    return case.say(
        f"若全部适用患者采用{case.study.treatment.zh}，每年再多 {cases} 例，年全成本变化 "
        f"{impact}（{interval_name('zh')} {low} 至 {high}）。",
        f"If all eligible patients had {lower(case.study.treatment.en)}, {cases} more a year, full cost a year "
        f"would change by {impact} ({interval_name('en')} {low} to {high}).",
    )


def _no_worth(case: CaseStudy, question: str) -> Finding:
    return Finding(question, None, case.say("成本或效果不详，不作经济学评价。",
                                                   "Cost or effect is not known: no economic "
                                                   "evaluation."))  # fmt: skip
