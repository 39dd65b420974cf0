"""What could still be behind an effect: an outcome that the technique cannot change, and E-values."""

import pandas as pd

from analysis.evaluation.outcome_effects import PRIMARY
from analysis.evaluation.variables import variable
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_effects import NAIVE, differs
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_words import cell_words, estimate_words, interval_name, method_words
from analysis.studies.cause_words import lower
from analysis.studies.wide import head


def negative_control(case: CaseStudy) -> Finding:
    """The difference in what the technique cannot have changed: raw and adjusted."""
    report, rows = case.report, case.comparison.negative_control
    question = heading(case, "negative_control")
    if rows.empty or case.study.negative_control is None:
        return Finding(question, None, case.say("本研究未设阴性对照。", "The study names no negative control."))
    one = variable(case.study.negative_control)
    chosen = rows[rows["method"].isin([NAIVE, PRIMARY, "ipw", "matching"])]
    shown = pd.DataFrame({
        "method": [method_words(case, method) for method in chosen["method"]],
        "told": [cell_words(one, report.style, values) for values in
                 chosen[["estimate", "ci_low", "ci_high"]].itertuples(index=False, name=None)],
    })  # fmt: skip
    heads = (
        head(report, "method", "方法", "Method"),
        head(report, "told", f"{one.zh}之差（{interval_name('zh')}）",
             f"Difference in {lower(one.en)} ({interval_name('en')})", "text_right"),
    )  # fmt: skip
    table = Table(shown, heads, case.say("阴性对照", "Negative control"), report.style)
    return Finding(question, table, _control_text(case), alarm=differs(control_estimate(case)))


def control_estimate(case: CaseStudy) -> tuple[float, float, float]:
    """The primary method's difference in the negative control; NaN where there is none."""
    rows = case.comparison.negative_control
    row = rows[rows["method"] == PRIMARY] if len(rows) else rows
    return tuple(row[["estimate", "ci_low", "ci_high"]].iloc[0]) if len(row) else (float("nan"),) * 3  # type: ignore[return-value]


def _control_text(case: CaseStudy) -> str:
    report, one = case.report, variable(case.study.negative_control or "")
    told = estimate_words(one, report.style, control_estimate(case))
    zh = f"{one.zh}在治疗之前已定，技术不可能改变它；调整后的差异为 {told}"
    en = f"{one.en}: settled before treatment, so the technique cannot have changed it; adjusted difference {told}"
    if differs(control_estimate(case)):
        zh += "，不含零：两组在未测量的方面仍不同，各项效果须存疑。"
        en += ", which leaves nought out: the sides still differ in something unmeasured, and every effect is in "
        en += "doubt."
        return case.say(zh, en)
    return case.say(
        zh + "，含零：没有发现残余混杂的迹象（不等于没有）。",
        en + ", which holds nought: no sign of confounding left over, which is no proof that there is none.",
    )


def e_values(case: CaseStudy) -> Finding:
    """How strong something unmeasured would have to be to explain each effect away."""
    report, rows = case.report, case.comparison.e_values
    shown = rows.assign(outcome=[variable(name).label(report.language) for name in rows["outcome"]])
    heads = (
        head(report, "outcome", "结局", "Outcome"),
        head(
            report,
            "ratio",
            "相对危险度（均值由标准化差换算）",
            "Risk ratio (means: from the standardised difference)",
            "number3",
        ),
        head(report, "e_value", "E 值：点估计", "E-value of the estimate", "number1"),
        head(report, "e_value_limit", "E 值：区间近端", "E-value of the interval", "number1"),
    )
    table = Table(shown, heads, case.say("E 值", "E-values"), report.style)
    note = case.say(
        "E 值：未测量因素与治疗、与结局的关联（相对危险度）同时至少达到该值，才足以解释掉效果；为一时，"
        "区间本来就含零。",
        "E-value: the association (risk ratio) that something unmeasured would need with treatment and with outcome "
        "alike to explain the effect away; one where the interval holds no difference anyway.",
    )
    return Finding(heading(case, "e_values"), table, e_value_text(case), (note,))


def e_value_text(case: CaseStudy) -> str:
    """The E-value of the primary outcome in a sentence."""
    report, rows = case.report, case.comparison.e_values
    known = rows[(rows["outcome"] == case.study.outcomes[0]) & rows["e_value"].notna()]
    if known.empty:
        return case.say(
            f"{case.primary.zh}没有可计算的 E 值。", f"No E-value can be given for {lower(case.primary.en)}."
        )
    point, limit = (report.style.write(known[name].iloc[0], "number1") for name in ("e_value", "e_value_limit"))
    return case.say(
        f"要解释掉{case.primary.zh}的差异，未测量因素与治疗和结局的相对危险度都须达到 {point}；使区间触及零则须 "
        f"{limit}。",
        f"To explain the difference in {lower(case.primary.en)} away, something unmeasured would have to go with "
        f"treatment and outcome at a risk ratio of {point} each; to move the interval to nought, {limit}.",
    )
