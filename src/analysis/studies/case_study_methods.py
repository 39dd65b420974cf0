"""How a study was made, in words: every sentence is made from the study's file and from what the run did."""

from pathlib import Path

from analysis.evaluation.outcome_effects import PRIMARY
from analysis.evaluation.study_files import Arm
from analysis.evaluation.variables import variable
from analysis.presentation.passages import Passage, Passages
from analysis.presentation.wording import listed
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_words import (
    design_words,
    interval_name,
    method_words,
    notes_of,
    outcomes,
    sides,
)
from analysis.studies.cause_words import lower
from analysis.vocabulary import Language, label

#: What an arm's codes are (zh, en).
_CODES = {
    "procedures": ("手术操作", "procedure"), "items": ("收费项目", "charged item"),
    "pathways": ("临床路径", "clinical pathway"), "physicians": ("术者人数", "number of surgeons"),
    "admission_types": ("入院途径", "way of admission"),
}  # fmt: skip
#: What the bootstrap draws (zh, en).
_DRAWN = {"surgeon": ("术者", "surgeons"), "patient": ("患者", "patients"), "hospital": ("机构", "facilities")}
#: Steps of the flow that are no exclusions: the population's limits, and the sides at its end.
_LIMITS = {"closed", "drg", "department", "diagnosis", "procedure", "treated", "control"}
#: method -> what it does (zh, en).
_HOW = {
    "matching": ("每例治疗病例与倾向性评分最近的一例对照配对，不重复使用",
                 "each treated case is paired with the nearest control by propensity score, none used twice"),
    "matching_replaced": ("允许同一对照配对多次", "a control may stand in several pairs"),
    "ipw": ("按倾向性评分加权，使对照与所问人群相同", "cases are weighted by propensity so that the sides are alike"),
    "gamma_glm": ("Gamma 分布、对数连接的广义线性模型，按模型预测的有无技术之差",
                  "a generalised linear model with gamma variance and logarithmic link, predicted with and without"),
    "g_formula": ("结局回归后，对同一批病例预测有无技术之差",
                  "the outcome is regressed, then predicted for the same cases with and without"),
    "aipw": ("加权与结局回归合用，两个模型有一个正确即可（主要方法）",
             "weights and outcome regression together, right where either model is right (primary)"),
    "aipw_boosted": ("倾向性评分改由梯度提升树估计，由未见过该病例的树判断",
                     "the propensity comes from boosted trees that never saw the case"),
}  # fmt: skip


def methods(case: CaseStudy) -> Passages:
    """Design, participants, exposure, outcomes, confounders, estimand, estimation, missing values, money, sources."""
    parts = [
        (("设计与场所", "Design and setting"), _design(case)),
        (("研究对象", "Participants"), eligibility(case)),
        (("暴露", "Exposure"), _exposure(case)),
        (("结局", "Outcomes"), _outcomes(case)),
        (("混杂因素", "Confounders"), _confounders(case)),
        (("估计目标", "Estimand"), _estimand(case)),
        (("统计方法", "Statistics"), _statistics(case)),
        (("不确定性", "Uncertainty"), _uncertainty(case)),
        (("缺失与随访", "Missing values and follow-up"), _missing(case)),
        (("经济学评价", "Economic evaluation"), _money(case)),
        (("数据来源", "Sources"), _sources(case)),
    ]
    made = [Passage(case.say(*heads), case.say(*texts)) for heads, texts in parts]
    return Passages(heading(case, "methods"), tuple(made))


def _design(case: CaseStudy) -> tuple[str, str]:
    zh, en = design_words(case.study)
    title = case.report.title
    return (
        f"{zh}。{title}，{case.words('zh')}出院病例，资料取自日常诊疗与结算。",
        f"{en[:1].upper()}{en[1:]}. {title}, discharges of {case.words('en')}, from routine care and settlement data.",
    )


def eligibility(case: CaseStudy) -> tuple[str, str]:
    """Who could be in the study, and in which order cases were left out."""
    report, population = case.report, case.study.population
    limits = [
        ("DRG 病组", "DRGs", report.titled("drg", population.drgs)),
        ("科室", "departments", report.named("department", population.departments)),
        ("主要诊断", "principal diagnoses beginning with", population.diagnoses),
        ("手术操作", "procedures", population.procedures),
    ]
    zh = [f"{name}：{'、'.join(codes)}" for name, _, codes in limits if codes]
    en = [f"{name}: {', '.join(codes)}" for _, name, codes in limits if codes]
    steps = case.cohort.flow[~case.cohort.flow["step"].isin(_LIMITS)]
    out = list(steps[["zh", "en"]].itertuples(index=False, name=None))
    gone = ("；依次排除：" + "、".join(one[0] for one in out) if out else "",
            "; then left out, in this order: " + ", ".join(lower(one[1]) for one in out) if out else "")  # fmt: skip
    return f"{'；'.join(zh) or '全部病例'}{gone[0]}。", f"{'; '.join(en) or 'All cases'}{gone[1]}."


def _exposure(case: CaseStudy) -> tuple[str, str]:
    zh, en = _arm_words(case.study.treatment)
    control = _arm_words(case.study.control) if case.study.control else None
    name = sides(case)[1]
    more_zh = f"；对照：{control[0]}" if control else f"；对照：{name}"
    more_en = f"; compared with {control[1]}" if control else f"; compared with {lower(name)}"
    return f"{zh}{more_zh}。{case.study.basis.zh}", f"{en}{more_en}. {case.study.basis.en}"


def _arm_words(arm: Arm) -> tuple[str, str]:
    """An arm's name with the codes that define it."""
    zh = [f"{_CODES[kind][0]}：{'、'.join(_named(kind, codes, 'zh'))}" for kind, codes in arm.codes.items() if codes]
    en = [f"{_CODES[kind][1]}: {', '.join(_named(kind, codes, 'en'))}" for kind, codes in arm.codes.items() if codes]
    if arm.mdt:
        zh.append(f"住院第 {arm.by_day} 天以内的 MDT 讨论")
        en.append(f"MDT meeting by day {arm.by_day}")
    return f"{arm.zh}（{'；'.join(zh)}）", f"{arm.en} ({'; '.join(en)})"


def _named(kind: str, codes: list[str], language: Language) -> list[str]:
    """Codes as they are, but for those that have words; surgeons are counted, never named."""
    if kind == "physicians":
        return [str(len(codes))]
    return [label("admission_type", code, language).lower() for code in codes] if kind == "admission_types" else codes


def _outcomes(case: CaseStudy) -> tuple[str, str]:
    known = list(outcomes(case).values())
    rest_zh, rest_en = [one.zh for one in known[1:]], [lower(one.en) for one in known[1:]]
    zh = f"主要结局：{known[0].zh}。" + (f"次要结局：{'、'.join(rest_zh)}。" if rest_zh else "")
    en = f"Primary: {lower(known[0].en)}."
    en += f" Secondary: {listed(rest_en, 'en', most=len(rest_en))}." if rest_en else ""
    return zh + "差异＝采用技术减去不采用。", en + " Differences are with less without the technique."


def _confounders(case: CaseStudy) -> tuple[str, str]:
    words = [variable(name) for name in case.study.confounders]
    zh = f"调整{'、'.join(one.zh for one in words)}"
    en = f"Adjusted for {listed([lower(one.en) for one in words], 'en', most=len(words))}"
    if not (despite := case.study.despite):
        return (
            f"{zh}；均在治疗前已知，治疗会改变的变量不调整。",
            f"{en}: all known before treatment; nothing that treatment may change is adjusted for.",
        )
    reasons = [(variable(name), why) for name, why in despite.items()]
    zh += f"；其中{'；'.join(f'{one.zh}：{why.zh}' for one, why in reasons)}"
    en += f"; among these {'; '.join(f'{lower(one.en)}: {why.en}' for one, why in reasons)}"
    return f"{zh.rstrip('。')}。", f"{en.rstrip('.')}."


def _estimand(case: CaseStudy) -> tuple[str, str]:
    one = case.study.treatment
    if case.study.estimand == "ATT":
        return (
            f"ATT：对实际采用{one.zh}且在对照中有相似病例的患者，与假如未采用相比。",
            f"ATT: for patients who had {lower(one.en)} and have controls like them, against not having had it.",
        )
    return (
        f"ATE：对两组中有相似病例的全部患者，人人采用{one.zh}与人人不采用相比。",
        f"ATE: for all patients with somebody alike on the other side, {lower(one.en)} for everybody or for nobody.",
    )


def _statistics(case: CaseStudy) -> tuple[str, str]:
    used = [name for name in _HOW if name in set(case.comparison.effects["method"])]
    zh = [f"{label('effect_method', name, 'zh')}：{_HOW[name][0]}" for name in used]
    en = [f"{lower(label('effect_method', name, 'en'))}: {_HOW[name][1]}" for name in used]
    caliper = f"{case.study.caliper:g}"
    return (
        f"倾向性评分由逻辑回归（及梯度提升树）得出。{'；'.join(zh)}。匹配的卡钳为评分 logit 标准差的 {caliper} 倍。"
        "未调整的差异只作对照，不是效果。",
        f"Propensity scores by logistic regression (and by gradient boosting). {'; '.join(en)[:1].upper()}"
        f"{'; '.join(en)[1:]}. Caliper of matching: {caliper} standard deviations of the logit. The unadjusted "
        f"difference is shown beside them and is no effect.",
    )


def _uncertainty(case: CaseStudy) -> tuple[str, str]:
    drawn = case.comparison.clusters
    words = {"surgeon": ("术者", "surgeons"), "hospital": ("机构", "hospitals"), "patient": ("患者", "patients")}
    by = words[str(drawn["by"])]
    zh = f"{interval_name('zh')}，{case.draws:,} 次自助抽样（抽取{by[0]}，共 {drawn['number']} 个），"
    zh += "每次重新估计评分与结局模型。"
    en = f"{interval_name('en')[:1].upper()}{interval_name('en')[1:]}s from {case.draws:,} bootstrap draws of "
    en += f"{drawn['number']} {by[1]}, propensity and outcome models fitted anew in each."
    return zh + "匹配的区间按配对计算。", en + " Intervals of matching come from its pairs."


def _missing(case: CaseStudy) -> tuple[str, str]:
    counts = unknown(case)
    zh = "混杂因素不明者保留，并以“不明”单独成组；结局不明者只不进入该结局的估计"
    en = "Cases with an unknown confounder stay in and are told apart; an unknown outcome leaves its case out of "
    en += "that outcome only"
    if counts:
        zh += f"（{'、'.join(f'{variable(name).zh} {count} 例' for name, count in counts.items())}）"
        en += f" ({', '.join(f'{lower(variable(name).en)} {count}' for name, count in counts.items())})"
    zh += "。患者随访至出院；再入院只计出院后观察期已满者。"
    return zh, en + ". Followed to discharge; readmission is counted only where its time has passed."


def unknown(case: CaseStudy) -> dict[str, int]:
    """Cases whose outcome is not known, by outcome, those without any left out."""
    rows = case.comparison.effects
    notes = rows[rows["method"] == PRIMARY].set_index("outcome")["note"]
    counts = {name: notes_of(notes[name]).get("unknown", 0) for name in case.study.outcomes}
    return {name: count for name, count in counts.items() if count}


def _money(case: CaseStudy) -> tuple[str, str]:
    report, gain = case.report, variable(case.study.effect)
    if case.plane is None:
        return "未做经济学评价：成本或效果不详。", "None was made: cost or effect is not known."
    method = [label("case_method", report.case_method, language) for language in ("zh", "en")]
    currency = report.style.unit
    return (
        f"医院角度；成本为病例全成本（{method[0]}），按服务发生月的{currency}计，不作价格调整；"
        f"时间范围为一次住院（不足一年，不贴现），再入院的成本不在内；"
        f"效果为{gain.zh}。成本与效果取自同一批抽样（{method_words(case, PRIMARY)}）。",
        f"From the hospital's side; cost is the full cost of the stay ({lower(method[1])}), in {currency} of the "
        f"month of service, prices not adjusted; horizon one stay (less than a year, not discounted), so that "
        f"what a readmission costs is not in it; effect: {lower(gain.en)}. Cost and effect come from the same draws "
        f"({lower(method_words(case, PRIMARY))}).",
    )


def _sources(case: CaseStudy) -> tuple[str, str]:
    months, run, file = len(case.months), case.report.card["run_id"], Path(case.study.file).name
    return (
        f"{months} 个已结账月份的病例、成本与结局表，以及病案首页诊断、手术与路径记录；末月运行编号 {run}。"
        f"研究定义（分析计划）：{file}。",
        f"Closed tables of cases, cost and outcomes of {months} months, diagnoses, procedures and pathway records; "
        f"run of the last month {run}. Definition of the study (plan of the analysis): {file}.",
    )
