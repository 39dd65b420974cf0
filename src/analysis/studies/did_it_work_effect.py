"""Did it work: the effect by every method, on every outcome, and in each pilot."""

from collections.abc import Sequence

from analysis.evaluation.effects_in_units import Effect
from analysis.presentation.disclosure import SMALL, is_small
from analysis.presentation.event_study import estimate_rows
from analysis.presentation.finding import Finding
from analysis.presentation.wording import listed
from analysis.studies.did_it_work import Change
from analysis.studies.did_it_work_methods import by_method, naive, outcomes_known
from analysis.studies.did_it_work_outcomes import OUTCOMES, Outcome
from analysis.studies.did_it_work_words import (
    amount,
    effect_frame,
    effect_kind,
    effect_table,
    name_of,
    p_words,
    pilots,
    window,
    written,
)
from analysis.studies.wide import head
from analysis.vocabulary import label


def verdict(change: Change) -> Finding:
    """The effect on the main outcome by every method; before and after stands last, beside the others only."""
    report, outcome = change.report, change.outcome
    question = report.say("有没有效果？", "Did it work?")
    found = by_method(change)
    rows = effect_frame(list(found.values())).assign(
        method=[label("effect_method", name, report.language) for name in found]
    )
    kind = effect_kind(outcome)
    table = effect_table(report, rows, [kind] * len(rows), report.say("各方法", "Methods"),
                         head(report, "method", "方法", "Method"), strong=0)  # fmt: skip
    ends = [(one.estimate.effect, one.estimate.low, one.estimate.high) for one in found.values()]
    last = frozenset({len(ends) - 1})
    figure = estimate_rows(list(rows["method"]), ends, report.style, kind, main=0, doubtful=last)
    return Finding(question, table, _verdict_text(change, found), _verdict_notes(change), figure)


def _verdict_text(change: Change, found: dict[str, Effect]) -> str:
    report, outcome = change.report, change.outcome
    main, plain = found["did_randomisation"], found["pre_post"]
    one = main.estimate
    told = written(report, outcome, main)
    zh, en = listed(pilots(change), "zh", unit="个科室"), listed(pilots(change), "en", most=5)
    span = window(report, change.windows.after)
    sure_en = "It changed" if one.clear else "No effect is seen on"
    sure_zh, by_zh = ("有效果", "因推行改变") if one.clear else ("看不出效果", "与其他科室之差的变化为")
    alone = amount(report, outcome, plain.estimate.effect)
    return report.say(
        f"{sure_zh}：{span}，{zh}的{outcome.zh}{by_zh} {told}，{p_words(one.p)}；前后直接对比得 {alone}，不可采用。",
        f"{sure_en} the {outcome.en.lower()} of {en} in {span}: {told}, {p_words(one.p)}; before and after alone "
        f"says {alone} and must not be used.",
    )


def _verdict_notes(change: Change) -> tuple[str, ...]:
    report, windows = change.report, change.windows
    before, after = window(report, windows.before), window(report, windows.after)
    prices = change.study.constant_prices
    notes = [
        report.say(
            f"之前：{before}；之后：{after}；按病组与严重程度调整；每个科室先求前后差，再与未推行科室比较。"
            "前提：若未推行，试点会与其他科室同步变化。前后对比为实际收费，未作任何调整。",
            f"Before: {before}; after: {after}. Adjusted for group and severity; each department's own difference is "
            "set against those of departments not yet in it. It rests on one assumption: without the change pilots "
            "would have moved as the others did. Before and after: as charged, nothing adjusted.",
        ),
        report.say(
            "只有少数科室推行时，聚类标准误过小；结论取随机化推断：把其他科室的差异按规模换算后放到试点位置，逐一穷举。",
            "With few departments treated clustered errors are too small; the conclusion rests on randomisation: "
            "differences of the other departments, made alike by size, are put in the pilots' places, one by one.",
        ),
    ]
    if windows.leak:
        leak = window(report, windows.leak)
        notes.append(
            report.say(f"{leak}为准备期，既不算之前也不算之后。", f"{leak}: preparation, neither before nor after.")
        )
    if prices:
        notes.append(report.say(f"{prices.zh}：各月一律按之后各月的价格计价。",
                                f"{prices.en}: every month is valued at the prices of the months after."))  # fmt: skip
    return tuple(notes)


def all_outcomes(change: Change) -> Finding:
    """The effect on every outcome the data hold, before and after beside it; quality stands with money."""
    report = change.report
    question = report.say("哪些指标变了，质量有没有受损？", "What changed, and did quality suffer?")
    names = outcomes_known(change)
    effects = [change.effect(name) for name in names]  # type: ignore[arg-type]
    specs = [OUTCOMES[name] for name in names]  # type: ignore[index]
    plain = [naive(change, outcome).estimate.effect for outcome in specs]
    rows = effect_frame(effects).assign(outcome=[_headed(change, spec) for spec in specs], naive=plain)
    table = effect_table(
        report, rows, [effect_kind(spec) for spec in specs], report.say("各指标", "Outcomes"),
        head(report, "outcome", "指标", "Outcome"),
        head(report, "naive", "前后对比（不可作结论）", "Before and after (no conclusion)", "by_row"),
    )  # fmt: skip
    text = _outcomes_text(change, specs, effects)
    note = report.say(
        f"共 {len(names)} 项指标，未作多重比较校正；看不出变化不等于没有变化，请看区间宽度。"
        "成本由分摊得到：试点少用的成本有一部分会摊到其他科室；全成本下降不等于现金节省。",
        f"{len(names)} outcomes, not corrected for their number; no change seen does not mean none: read the width of "
        "the interval. Cost comes from allocation: part of what pilots no longer use is borne by other departments, "
        "and full cost saved is not cash saved.",
    )
    return Finding(question, table, text, (note,))


def _outcomes_text(change: Change, specs: Sequence[Outcome], effects: Sequence[Effect]) -> str:
    """Which intervals leave zero out, and where no change is seen."""
    report = change.report
    sure = [name_of(report, spec) for spec, one in zip(specs, effects, strict=True) if one.estimate.clear]
    rest = [name_of(report, spec) for spec, one in zip(specs, effects, strict=True) if not one.estimate.clear]
    clear, unclear = (listed(side, report.language, 8) or report.say("无", "none") for side in (sure, rest))
    return report.say(
        f"区间不含零的：{clear}；看不出变化的：{unclear}。",
        f"Intervals without zero: {clear}; no change seen: {unclear}.",
    )


def _headed(change: Change, outcome: Outcome) -> str:
    """Name of an outcome with the unit of its effect."""
    report = change.report
    unit = report.style.unit if outcome.kind == "money" else report.say("天", "days")
    if outcome.scale == "difference":
        return name_of(report, outcome)
    return report.say(f"{outcome.zh}（{unit}）", f"{outcome.en} ({unit})")


def each_pilot(change: Change) -> Finding:
    """Each pilot alone against the others."""
    report, outcome = change.report, change.outcome
    question = report.say("每个试点科室都有效吗？", "Did it work in every pilot?")
    effects = [change.pilot(unit) for unit in change.study.treated]
    rows = effect_frame(effects).assign(department=pilots(change))
    hidden = [is_small(one.cases) for one in effects]
    rows.loc[hidden, ["effect", "low", "high", "share"]] = None
    rows = rows.astype({"cases": object, "p": object})
    rows.loc[hidden, ["p", "cases"]] = [None, SMALL]
    kind = effect_kind(outcome)
    first = head(report, "department", "科室", "Department")
    cases = head(report, "cases", "之后例数", "Cases after", "count")
    table = effect_table(report, rows, [kind] * len(rows), report.say("各试点", "Pilots"), first, cases)
    told = zip(pilots(change), effects, hidden, strict=True)
    sure = [name for name, one, small in told if one.estimate.clear and not small]
    text = report.say(
        f"单独看，区间不含零的试点：{listed(sure, 'zh', unit='个科室') or '无'}。",
        f"Alone, intervals without zero in: {listed(sure, 'en') or 'none'}.",
    )
    note = report.say(
        "一个科室与其他科室相比，p 最小只能是科室数的倒数，区间因此较宽。",
        "One department against the others: p cannot be smaller than one in their number; intervals are wide.",
    )
    return Finding(question, table, text, (note,))
