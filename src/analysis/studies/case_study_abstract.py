"""Title and structured abstract of a case report; every number comes from the run."""

from analysis.evaluation.outcome_effects import PRIMARY
from analysis.presentation.passages import Passage, Passages
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_doubts import control_estimate
from analysis.studies.case_study_effects import differs, disagreeing, effects_text
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_methods import eligibility
from analysis.studies.case_study_words import method_words, outcomes, sides
from analysis.studies.case_study_worth import budget_text, plane_text
from analysis.studies.cause_words import lower

#: Standardised difference from which regression no longer makes up for it (Rubin 2001, Health Services and Outcomes
#: Research Methodology 2, 169-188).
SERIOUS = 0.25


def abstract(case: CaseStudy) -> Passages:
    """Title, background, methods, results, conclusion."""
    parts = [
        Passage(case.title, ""),
        Passage(case.say("背景", "Background"), case.say(case.study.question.zh, case.study.question.en)),
        Passage(case.say("方法", "Methods"), _methods(case)),
        Passage(case.say("结果", "Results"), _results(case)),
        Passage(case.say("结论", "Conclusion"), conclusion(case)),
    ]
    return Passages(heading(case, "abstract"), tuple(parts))


def _methods(case: CaseStudy) -> str:
    report = case.report
    zh, en = eligibility(case)
    one, other = sides(case)
    return case.say(
        f"{report.title}{case.words('zh')}出院病例，{zh}以{method_words(case, PRIMARY)}估计{one}与{other}相比的差异，"
        f"估计目标 {case.study.estimand}。",
        f"Discharges of {report.title}, {case.words('en')}. {en} {one} against {lower(other)}, adjusted by "
        f"the {lower(method_words(case, PRIMARY))} estimator; estimand {case.study.estimand}.",
    )


def _results(case: CaseStudy) -> str:
    treated, control = case.counts
    one, other = sides(case)
    zh = f"{one} {treated:,} 例，{other} {control:,} 例。"
    en = f"{treated:,} cases with {lower(one)}, {control:,} without. "
    parts = [effects_text(case), *([plane_text(case), budget_text(case)] if case.plane else [])]
    return case.say(zh + "".join(parts), en + " ".join(parts))


def conclusion(case: CaseStudy) -> str:
    """No bolder than the run allows: what is shown, what is not, and what stands in the way."""
    report = case.report
    shown = [
        variable.label(report.language) for name, variable in outcomes(case).items() if differs(case.estimate(name))
    ]
    one = case.study.treatment
    if not shown:
        zh, en = f"未显示{one.zh}改变了任何一项结局。", f"No outcome is shown to change with {lower(one.en)}."
    else:
        zh = f"{one.zh}与以下结局的改变相关：{'、'.join(_directed(case, 'zh'))}。"
        en = f"{one.en} goes with {', '.join(_directed(case, 'en'))}."
    more = _doubts(case)
    return case.say(zh + more[0], f"{en} {more[1]}".strip())


def _directed(case: CaseStudy, language: str) -> list[str]:
    """Outcomes that differ, with the direction."""
    found = []
    for name, one in outcomes(case).items():
        value = case.estimate(name)
        if differs(value):
            less = value[0] < 0
            word = ("较低" if less else "较高") if language == "zh" else ("lower" if less else "higher")
            found.append(f"{one.zh}{word}" if language == "zh" else f"{word} {lower(one.en)}")
    return found


def _doubts(case: CaseStudy) -> tuple[str, str]:
    """What the reader of the conclusion has to know before anything is decided on it."""
    if differs(control_estimate(case)) or disagreeing(case):
        return (
            "但阴性对照或不同方法之间存在矛盾，尚不能据此决策。",
            "But the negative control or other methods speak against it: nothing should be decided on it yet.",
        )
    if case.comparison.balance["smd_weighted"].abs().max() > SERIOUS:
        return (
            f"但加权后两组仍有标准化差异大于 {SERIOUS} 的变量，结论依赖结局模型，尚不能据此决策。",
            f"But after weighting some variable still differs by more than {SERIOUS}: it all leans on the outcome "
            "model, and nothing should be decided on it yet.",
        )
    if case.plane is not None and not case.plane.settled:
        return (
            "成本与效果的象限尚未确定。观察性研究，结论以无未测量混杂为前提。",
            "The quadrant of cost and effect is not settled. Observational: it holds only if nothing unmeasured "
            "is behind it.",
        )
    return (
        "观察性研究，结论以无未测量混杂为前提。",
        "Observational: it holds only if nothing unmeasured is behind it.",
    )
