"""The limits of a study, made from its run: what it could not measure, whom it lost, and how little some of it "
"rests on."""

from collections.abc import Callable

from analysis.evaluation.balance import NEGLIGIBLE
from analysis.evaluation.variables import variable
from analysis.presentation.passages import Passage, Passages
from analysis.presentation.wording import listed, plural, span_words
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_balance import STAGES, left_out, unbalanced
from analysis.studies.case_study_doubts import control_estimate, e_value_text
from analysis.studies.case_study_effects import differs, disagreeing, mean_row, told_apart
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_methods import unknown
from analysis.studies.case_study_words import design_words, estimate_words, level_words, sides
from analysis.studies.cause_words import lower

Words = tuple[str, str]
#: Part of the cases whose outcome has to be known.
_ENOUGH = 0.9
#: Part of the controls that their weights have to be worth.
_THIN = 0.25
#: Fewer events or cases on a side than this are too few to lean on.
FEW = 10


def limits(case: CaseStudy) -> Passages:
    """Every limit that the run shows, and those that its design always has."""
    found = [(head, text) for head, made in _LIMITS.values() if (text := made(case)) is not None]
    parts = tuple(Passage(case.say(*head), case.say(*text)) for head, text in found)
    return Passages(heading(case, "limits"), parts)


def shown_limits(case: CaseStudy) -> list[str]:
    """Names of the limits that the run shows."""
    return [name for name, (_, made) in _LIMITS.items() if made(case) is not None]


def _design(case: CaseStudy) -> Words:
    zh, en = design_words(case.study)
    text = e_value_text(case)
    return (
        f"{zh}，治疗并非随机分配，未测量的因素可能影响结果。{text}",
        f"{en[:1].upper()}{en[1:]}: treatment was not drawn by lot, and what was not measured may be behind a "
        f"difference. {text}",
    )


def _negative_control(case: CaseStudy) -> Words | None:
    if case.study.negative_control is None:
        return (
            "未设阴性对照，残余混杂无从检验。",
            "No negative control was named, so confounding left over could not be tested.",
        )
    one, estimate = variable(case.study.negative_control), control_estimate(case)
    if not differs(estimate):
        return None
    told = estimate_words(one, case.report.style, estimate)
    return (
        f"技术不可能改变的{one.zh}也有差异：{told}；各项效果须存疑。",
        f"{one.en}, which the technique cannot change, differs too: {told}; every effect is in doubt.",
    )


def _overlap(case: CaseStudy) -> Words | None:
    if not (lost := left_out(case)):
        return None
    return (
        f"{lost} 例没有相似的对照而未进入估计，结论只适用于有相似病例的患者。",
        f"{plural(lost, 'case')} had nobody alike and {'is' if lost == 1 else 'are'} in no estimate: what is said "
        "holds for patients who have.",
    )


def _weights(case: CaseStudy) -> Words | None:
    main = case.comparison.overlap.iloc[0]
    control, effective = int(main["control"]), float(main["effective_control"])
    if effective >= _THIN * control:
        return None
    size = case.report.style.write(effective, "number1")
    return (
        f"加权后 {control} 例对照只相当于 {size} 例等权病例：估计依赖少数权重很大的对照。",
        f"Weighted, {control} controls tell no more than {size} of equal weight: estimates lean on few.",
    )


def _balance(case: CaseStudy) -> Words | None:
    left = {stage: unbalanced(case, stage) for stage in ("matched", "weighted")}
    if not any(left.values()):
        return None
    told = {stage: names for stage, names in left.items() if names}
    zh = [f"{STAGES[stage][0]}{listed(names, 'zh', unit='个')}" for stage, names in told.items()]
    en = [
        f"{STAGES[stage][1].lower()}, {listed([lower(name) for name in names], 'en')}" for stage, names in told.items()
    ]
    return (
        f"标准化差异仍大于 {NEGLIGIBLE:.1f}：{'；'.join(zh)}；由结局模型弥补，匹配没有这样的弥补。",
        f"Standardised differences above {NEGLIGIBLE:.1f} are left ({'; '.join(en)}): the outcome model makes "
        f"up for them, matching has nothing that does.",
    )


def _despite(case: CaseStudy) -> Words | None:
    if not (names := [variable(name) for name in case.study.despite]):
        return None
    return (
        f"调整了治疗可能改变的{'、'.join(one.zh for one in names)}，会掩盖一部分效果。",
        f"Adjusted for {', '.join(lower(one.en) for one in names)}, which treatment may change: a part of the "
        "effect is hidden by it.",
    )


def _small(case: CaseStudy) -> Words | None:
    few = few_events(case)
    if not few:
        return None
    names = [variable(name).label(case.report.language) for name in few]
    return (
        f"{listed(names, 'zh', unit='个')}在至少一组中发生不足 {FEW} 例，区间只是近似，不宜据此下结论。",
        f"Fewer than {FEW} events on a side for {listed([lower(name) for name in names], 'en')}: intervals are "
        "approximate, and nothing should be concluded from them alone.",
    )


def few_events(case: CaseStudy) -> list[str]:
    """Outcomes that happen to so few cases of a side that their interval is only approximate."""
    rows, found = case.cohort.rows, []
    for name in case.study.outcomes:
        if variable(name).kind == "flag":
            known = rows[rows[name].notna()]
            events = [min(one.sum(), len(one) - one.sum()) for _, one in known.groupby("treated")[name]]
            found += [name] if min(events, default=0) < FEW else []
    return found


def _clusters(case: CaseStudy) -> Words | None:
    drawn, one = case.comparison.clusters, sides(case)[0]
    if "surgeon" in case.study.confounders:
        return (
            "术者作为混杂因素与自身相比，结论只适用于这些术者。",
            "Surgeons are compared with themselves: what is said holds for these surgeons.",
        )
    if drawn["by"] != "surgeon":
        return (
            f"采用与不采用{one}的术者几乎不重合且过少，技术与术者无法分开；区间只含患者之间的偶然。",
            f"Too few surgeons with or without {one} to tell the technique from the hands that use it: "
            f"intervals hold chance between patients only.",
        )
    if (effective := float(drawn["effective"])) >= FEW:
        return None
    size = case.report.style.write(effective, "number1")
    return (
        f"采用{one}的术者只有 {drawn['treated']} 名（有效数 {size}），区间已按术者抽样，但仍依赖少数人。",
        f"Only {drawn['treated']} surgeons used {one} (effective number {size}): surgeons were drawn for the "
        f"intervals, yet the result rests on few hands.",
    )


def _unknown(case: CaseStudy) -> Words | None:
    known = {name: int(mean_row(case, name)[["treated", "control"]].sum()) for name in case.study.outcomes}
    gone = {name: count for name, count in unknown(case).items() if count > (1 - _ENOUGH) * (known[name] + count)}
    if not gone:
        return None
    share = case.report.style.write(1 - _ENOUGH, "percent0")
    names = [variable(name).label(case.report.language) for name in gone]
    return (
        f"{listed(names, 'zh', unit='个')}超过 {share} 的病例不明，已知者未必有代表性。",
        f"More than {share} of cases have no known {listed([lower(name) for name in names], 'en')}; those that "
        f"do need not be like the others.",
    )


def _disagree(case: CaseStudy) -> Words | None:
    names = [variable(name).label(case.report.language) for name in disagreeing(case)]
    apart, adjusting = told_apart(case)
    if names:
        return (
            f"对{listed(names, 'zh')}，不同方法方向相反。",
            f"Methods point in opposite directions on {listed(names, 'en')}.",
        )
    if apart in (0, adjusting):
        return None
    return (
        f"{case.primary.zh}之差是否异于零取决于方法：{adjusting} 种调整方法中 {apart} 种的区间不含零。",
        f"Whether {lower(case.primary.en)} differs depends on the method: {apart} of {adjusting} have an interval that "
        "leaves nought out.",
    )


def _quadrant(case: CaseStudy) -> Words | None:
    if case.plane is None or case.plane.settled:
        return None
    share = case.report.style.write(max(case.plane.shares), "percent0")
    return (
        f"最多只有 {share} 的抽样落在同一象限（{level_words('zh')} 才算已定），成本效果比不作为依据。",
        f"At most {share} of the draws lie in one quadrant ({level_words('en')} would settle it): no decision "
        f"should rest on the ratio.",
    )


def _provisional(case: CaseStudy) -> Words | None:
    if not (months := case.provisional):
        return None
    zh, en = (span_words(months[0], months[-1], language) for language in ("zh", "en"))
    return (
        f"{zh}中有 {len(months)} 个月分组与支付为预结，年终清算后可能变动；成本不受影响。",
        f"Grouping and payment of {len(months)} months ({en}) are provisional until year-end clearing; cost is "
        f"not affected.",
    )


def _elsewhere(case: CaseStudy) -> Words:
    one = sides(case)[0]
    return (
        f"结果来自一家医院采用{one}的术者与流程，外推到其他医院前须核对患者构成与成本结构。",
        f"One hospital, its surgeons and its way of doing {one}: before it is taken elsewhere, patients and cost "
        "structure have to be compared.",
    )


#: name -> (word that the limit begins with, what the run shows of it).
_LIMITS: dict[str, tuple[Words, Callable[[CaseStudy], Words | None]]] = {
    "design": (("未测量的混杂", "Unmeasured confounding"), _design),
    "negative_control": (("阴性对照", "Negative control"), _negative_control),
    "overlap": (("重叠", "Overlap"), _overlap),
    "weights": (("权重", "Weights"), _weights),
    "balance": (("残余不平衡", "Imbalance left over"), _balance),
    "despite": (("过度调整", "Adjusted for too much"), _despite),
    "small": (("事件少", "Few events"), _small),
    "clusters": (("术者", "Surgeons"), _clusters),
    "unknown": (("结局缺失", "Outcomes not known"), _unknown),
    "disagree": (("方法不一致", "Methods disagree"), _disagree),
    "quadrant": (("象限未定", "Quadrant not settled"), _quadrant),
    "provisional": (("预结月份", "Provisional months"), _provisional),
    "elsewhere": (("外推", "Elsewhere"), _elsewhere),
}
