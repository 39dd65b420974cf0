"""What a technique changed: every outcome by the primary method beside the raw difference, then by every method."""

from collections.abc import Sequence

import pandas as pd

from analysis.evaluation.outcome_effects import PRIMARY
from analysis.evaluation.variables import Variable, variable
from analysis.presentation.estimate_panels import Estimates, estimate_panels
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_words import (
    cell_words,
    difference_words,
    estimate_words,
    interval_name,
    kind_of,
    mean_words,
    method_words,
    named,
    notes_of,
    outcomes,
    sides,
)
from analysis.studies.cause_words import lower
from analysis.studies.wide import head

#: The comparison that adjusts for nothing.
NAIVE = "naive"
#: Order in which methods are shown.
_ORDER = (NAIVE, "matching", "matching_replaced", "ipw", "gamma_glm", "g_formula", "aipw_boosted", PRIMARY)


def effects(case: CaseStudy) -> Finding:
    """Means with and without the technique, raw difference and adjusted difference with its interval."""
    report, known = case.report, outcomes(case)
    rows = pd.DataFrame([_main_row(case, name, one) for name, one in known.items()])
    kinds: tuple[Kind, ...] = tuple(kind_of(one) for one in known.values())
    one, other = sides(case)
    heads = (
        head(report, "outcome", "结局", "Outcome"),
        head(report, "cases", "例数", "Cases", "text_right"),
        head(report, "with_it", one, one, "by_row"),
        head(report, "without", f"{other}（调整后）", f"{other} (adjusted)", "by_row"),
        head(report, "naive", "未调整的差异", "Unadjusted difference", "text_right"),
        head(report, "adjusted", "调整后的差异", "Adjusted difference", "text_right"),
    )
    table = Table(rows, heads, case.say("各结局的差异", "Differences of every outcome"), report.style, by_row=kinds)
    note = case.say(
        f"括号内为 {interval_name('zh')}。调整后的差异用{method_words(case, PRIMARY)}；未调整的差异不能当作效果。",
        f"In brackets: {interval_name('en')}. Adjusted by the {lower(method_words(case, PRIMARY))} estimator; the "
        f"unadjusted difference is no effect.",
    )
    return Finding(heading(case, "effects"), table, effects_text(case), (note, *_gap_notes(case)))


def _main_row(case: CaseStudy, name: str, one: Variable) -> dict[str, object]:
    style, means = case.report.style, mean_row(case, name)
    return {
        "outcome": named(one, style), "cases": f"{int(means['treated']):,} / {int(means['control']):,}",
        "with_it": means["with_it"], "without": means["without"],
        "naive": cell_words(one, style, case.estimate(name, NAIVE)),
        "adjusted": cell_words(one, style, case.estimate(name)),
    }  # fmt: skip


def mean_row(case: CaseStudy, outcome: str, method: str = PRIMARY) -> pd.Series:
    """Means of an outcome with and without the technique, and the cases behind them."""
    rows = case.comparison.means
    return rows[(rows["outcome"] == outcome) & (rows["method"] == method)].iloc[0]


def effects_text(case: CaseStudy) -> str:
    """The primary outcome in full, then which of the others are told apart from no difference."""
    report, name = case.report, case.study.outcomes[0]
    means, value = mean_row(case, name), case.estimate(name)
    one, other = sides(case)
    primary, style = case.primary, report.style
    levels = [mean_words(primary, style, means[side]) for side in ("with_it", "without")]
    told = estimate_words(primary, style, value)
    open_zh, open_en = ("；区间含零，不能认定有差异", "; nought is in it, so no difference is shown")
    zero = value[1] <= 0 <= value[2]
    zh = f"{primary.zh}：{one} {levels[0]}，{other}调整后 {levels[1]}，差异 {told}{open_zh if zero else ''}。"
    en = f"{primary.en}: {levels[0]} with {lower(one)}, {levels[1]} without (adjusted), difference {told}"
    en += f"{open_en if zero else ''}."
    return case.say(zh + _others(case, "zh"), f"{en} {_others(case, 'en')}".strip())


def _others(case: CaseStudy, language: str) -> str:
    """Secondary outcomes: those that differ, with their estimate, and those of which nothing is shown."""
    style = case.report.style
    names = case.study.outcomes[1:]
    shown = [name for name in names if differs(case.estimate(name))]
    told = [f"{variable(name).label(case.report.language)} "
    f"{estimate_words(variable(name), style, case.estimate(name))}"
            for name in shown]  # fmt: skip
    silent = [variable(name).label(case.report.language) for name in names if name not in shown]
    if language == "zh":
        text = f"其他结局中有差异的：{'；'.join(told)}。" if told else ""
        return text + (f"未显示差异：{'、'.join(silent)}。" if silent else "")
    parts = [f"Also different: {'; '.join(lower(one) for one in told)}." if told else ""]
    parts.append(
        f"No difference shown in {listed([lower(one) for one in silent], 'en', most=len(silent))}." if silent else ""
    )
    return " ".join(part for part in parts if part)


def differs(estimate: tuple[float, float, float]) -> bool:
    """Whether the interval leaves nought out."""
    return not is_empty(estimate[1]) and not estimate[1] <= 0 <= estimate[2]


def _gap_notes(case: CaseStudy) -> tuple[str, ...]:
    """What the raw difference of the primary outcome would have claimed."""
    report, name = case.report, case.study.outcomes[0]
    raw, adjusted = case.estimate(name, NAIVE)[0], case.estimate(name)[0]
    if is_empty(raw) or is_empty(adjusted) or not raw or not adjusted:
        return ()
    gap = report.style.write(raw / adjusted - 1, "change")
    return (
        case.say(
            f"{case.primary.zh}的未调整差异与调整后相差 {gap}：两组患者本来就不同。",
            f"The unadjusted difference in {lower(case.primary.en)} is {gap} away from the adjusted one: the "
            f"patients of the two sides were not alike.",
        ),
    )


def every_method(case: CaseStudy) -> Finding:
    """All outcomes by all methods as a figure, the primary outcome as a table."""
    report, known = case.report, outcomes(case)
    shown = _merged(case, _methods(case))
    panels = [_panel(case, name, one, shown) for name, one in known.items()]
    figure = estimate_panels([words for words, _ in shown], panels, report.style, frozenset({0}))
    table = _method_table(case, case.study.outcomes[:1], case.say("主要结局：各方法", "Primary outcome by method"))
    question = heading(case, "every_method")
    return Finding(question, table, _methods_text(case), (), figure, alarm=bool(disagreeing(case)))


def appendix(case: CaseStudy) -> Finding:
    """All outcomes by all methods in numbers."""
    table = _method_table(case, case.study.outcomes, case.say("各方法的估计", "Estimates of every method"))
    text = case.say(
        f"{len(case.study.outcomes)} 项结局、{len(table.rows)} 个估计。",
        f"{len(table.rows)} estimates of {len(case.study.outcomes)} outcomes.",
    )
    return Finding(heading(case, "appendix"), table, text)


def _methods(case: CaseStudy) -> list[str]:
    return [method for method in _ORDER if method in set(case.comparison.effects["method"])]


def _method_table(case: CaseStudy, names: Sequence[str], sheet: str) -> Table:
    """Estimates of outcomes by method, the outcome named in the first of its rows."""
    report = case.report
    rows = pd.DataFrame(
        [
            {"name": name, "method": method_words(case, method), "pairs": _pairs(case, name, method)}
            | {"told": cell_words(variable(name), report.style, case.estimate(name, method))}
            for name in names
            for method in _methods(case)
            if not is_empty(case.estimate(name, method)[0])
        ]
    )
    words = [named(variable(name), report.style, difference=True) for name in rows["name"]]
    rows["outcome"] = pd.Series(words).where(~rows["name"].duplicated(), "")
    heads = (
        head(report, "outcome", "结局", "Outcome"),
        head(report, "method", "方法", "Method"),
        head(report, "told", f"差异（{interval_name('zh')}）", f"Difference ({interval_name('en')})", "text_right"),
        head(report, "pairs", "匹配对数", "Pairs", "count"),
    )
    return Table(rows, heads, sheet, report.style)


def _merged(case: CaseStudy, methods: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Rows of the figure: the regression of money and that of the other outcomes share one."""
    regressions = tuple(method for method in methods if method in ("gamma_glm", "g_formula"))
    rows = [(method_words(case, method), (method,)) for method in methods if method not in regressions]
    if regressions:
        rows.insert(-1, (case.say("回归", "Regression"), regressions))
    return rows


def _panel(case: CaseStudy, name: str, one: Variable, rows: list[tuple[str, tuple[str, ...]]]) -> Estimates:
    values = []
    for _, methods in rows:
        found = [case.estimate(name, method) for method in methods]
        values.append(next((value for value in found if not is_empty(value[0])), (None, None, None)))
    return Estimates(named(one, case.report.style, difference=True), kind_of(one, difference=True), values)


def _pairs(case: CaseStudy, outcome: str, method: str) -> int | None:
    rows = case.comparison.effects
    note = rows.loc[(rows["outcome"] == outcome) & (rows["method"] == method), "note"].iloc[0]
    return notes_of(note).get("pairs")


def disagreeing(case: CaseStudy) -> list[str]:
    """Outcomes on which an adjusting method contradicts the primary one: both leave nought out, on opposite sides."""
    found = []
    for name in case.study.outcomes:
        main = case.estimate(name)
        others = [case.estimate(name, method) for method in _ORDER if method not in (NAIVE, PRIMARY)]
        if differs(main) and any(differs(one) and one[0] * main[0] < 0 for one in others):
            found.append(name)
    return found


def spread(case: CaseStudy) -> tuple[float, float]:
    """Lowest and highest estimate of the primary outcome among the adjusting methods."""
    rows = case.comparison.effects
    mine = rows[(rows["outcome"] == case.study.outcomes[0]) & (rows["method"] != NAIVE)]["estimate"].dropna()
    return float(mine.min()), float(mine.max())


def told_apart(case: CaseStudy) -> tuple[int, int]:
    """Adjusting methods whose interval of the primary outcome leaves nought out, and how many there are."""
    found = [case.estimate(case.study.outcomes[0], method) for method in _ORDER if method != NAIVE]
    known = [one for one in found if not is_empty(one[0])]
    return sum(differs(one) for one in known), len(known)


def _methods_text(case: CaseStudy) -> str:
    primary, (apart, adjusting) = case.primary, told_apart(case)
    low, high = (difference_words(primary, case.report.style, end) for end in spread(case))
    zh = f"{adjusting} 种调整方法对{primary.zh}之差的估计在 {low} 至 {high} 之间，其中 {apart} 种的区间不含零"
    en = f"{adjusting} ways of adjusting put the difference in {lower(primary.en)} between {low} and {high}, "
    en += f"{apart} of them with an interval that leaves nought out"
    if against := disagreeing(case):
        names = [variable(name).label(case.report.language) for name in against]
        words = listed(names, case.report.language)
        return case.say(
            f"{zh}；方法之间方向相反的结局：{words}。", f"{en}. Methods point in opposite directions on {words}."
        )
    return case.say(
        f"{zh}；没有结局因方法而方向相反。", f"{en}. On no outcome do two methods point in opposite directions."
    )
