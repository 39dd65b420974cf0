"""Can the two sides be compared: balance before and after adjustment, and the overlap of their propensity scores."""

import pandas as pd

from analysis.evaluation.balance import NEGLIGIBLE
from analysis.evaluation.variables import variable
from analysis.presentation.comparability_charts import Balance, love_plot, overlap_chart
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_cohort import row_words
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_words import sides
from analysis.studies.cause_words import lower
from analysis.studies.wide import head

#: Stages of the balance table and how they are called (zh, en).
STAGES = {"before": ("调整前", "Before"), "matched": ("匹配后", "Matched"), "weighted": ("加权后", "Weighted")}
_MODELS = {"logistic": ("逻辑回归", "Logistic regression"), "boosted": ("梯度提升树", "Gradient boosting")}


def balance(case: CaseStudy) -> Finding:
    """Standardised differences before adjustment, after matching and after weighting."""
    report, rows = case.report, case.comparison.balance
    words = [row_words(case, row.variable, row.level) for row in rows.itertuples()]
    ways = [Balance(case.say(*name), rows[f"smd_{stage}"].tolist()) for stage, name in STAGES.items()]
    axis = case.say("标准化差异（绝对值）", "Standardised difference (absolute)")
    shown = pd.DataFrame({"variable": words} | {stage: rows[f"smd_{stage}"] for stage in STAGES})
    heads = (head(report, "variable", "变量", "Variable"),
             *(head(report, stage, *name, "number3") for stage, name in STAGES.items()))  # fmt: skip
    table = Table(shown, heads, case.say("调整前后的标准化差异", "Standardised differences"), report.style)
    left = unbalanced(case, "weighted")
    question = heading(case, "balance")
    figure = love_plot(words, ways, NEGLIGIBLE, axis)
    return Finding(question, table, _balance_text(case, left), (), figure, alarm=bool(left), listed=False)


def unbalanced(case: CaseStudy, stage: str) -> list[str]:
    """Variables that differ by more than counts as negligible at a stage, in the report's language."""
    rows = case.comparison.balance
    apart = rows.loc[rows[f"smd_{stage}"].abs() > NEGLIGIBLE, "variable"]
    return list(dict.fromkeys(variable(name).label(case.report.language) for name in apart))


def _balance_text(case: CaseStudy, left: list[str]) -> str:
    report, rows = case.report, case.comparison.balance
    most = {stage: report.style.write(rows[f"smd_{stage}"].abs().max(), "number3") for stage in STAGES}
    limit = f"{NEGLIGIBLE:.1f}"
    zh = f"标准化差异的最大值由调整前的 {most['before']} 变为匹配后 {most['matched']}、加权后 {most['weighted']}；"
    en = f"The largest standardised difference goes from {most['before']} to {most['matched']} after matching and "
    en += f"{most['weighted']} after weighting; "
    if not left:
        return case.say(f"{zh}加权后均不超过 {limit}。", f"{en}after weighting none is above {limit}.")
    return case.say(
        f"{zh}加权后仍超过 {limit} 的有：{listed(left, 'zh', unit='个')}。",
        f"{en}after weighting still above {limit}: {listed([lower(name) for name in left], 'en')}.",
    )


def overlap(case: CaseStudy) -> Finding:
    """Propensity scores of both sides, the range they share, and who has nobody alike."""
    report, made, rows = case.report, case.comparison.propensity, case.comparison.overlap
    main = rows.iloc[0]
    scores = [made.loc[made["treated"] == side, "logistic"].tolist() for side in (1, 0)]
    axis = case.say("倾向性评分（逻辑回归）", "Propensity score (logistic regression)")
    figure = overlap_chart(*scores, (main["low"], main["high"]), sides(case), axis)
    names = ["model", "auc", "treated_outside", "control_outside", "treated", "control", "effective_control"]
    shown = rows[names].assign(model=[case.say(*_MODELS[name]) for name in rows["model"]])
    one, other = sides(case)
    outside = case.say("区间外：", "Outside: ")
    kept = case.say("纳入：", "Kept: ")
    heads = (
        head(report, "model", "倾向性评分模型", "Propensity model"),
        head(report, "auc", "AUC", "AUC", "number3"),
        head(report, "treated_outside", f"{outside}{one}", f"{outside}{one}", "count"),
        head(report, "control_outside", f"{outside}{other}", f"{outside}{lower(other)}", "count"),
        head(report, "treated", f"{kept}{one}", f"{kept}{one}", "count"),
        head(report, "control", f"{kept}{other}", f"{kept}{lower(other)}", "count"),
        head(report, "effective_control", "加权后对照有效例数", "Effective controls, weighted", "number1"),
    )
    table = Table(shown, heads, case.say("倾向性评分的重叠", "Overlap of propensity scores"), report.style)
    question = heading(case, "overlap")
    return Finding(question, table, _overlap_text(case), _overlap_notes(case), figure, alarm=left_out(case) > 0)


def left_out(case: CaseStudy) -> int:
    """Cases that no estimate holds because nobody on the other side is like them."""
    return int((~case.comparison.propensity["kept"]).sum())


def _overlap_text(case: CaseStudy) -> str:
    report, main = case.report, case.comparison.overlap.iloc[0]
    low, high = (report.style.write(main[end], "number3") for end in ("low", "high"))
    lost = left_out(case)
    zh, en = f"两组评分共同的区间为 {low} 至 {high}；", f"The scores of both sides share the range {low} to {high}; "
    if lost:
        zh += f"{lost} 例在对方中没有相似的病例，不进入任何估计，结论不适用于它们。"
        en += f"{plural(lost, 'case')} without anybody alike on the other side "
        en += f"{'is' if lost == 1 else 'are'} in no estimate, and nothing said here holds for them."
        return case.say(zh, en)
    return case.say(zh + "没有因缺乏相似病例而被排除的。", en + "nobody had to be left out for lack of anybody alike.")


def _overlap_notes(case: CaseStudy) -> tuple[str, ...]:
    report, main = case.report, case.comparison.overlap.iloc[0]
    effective, control = main["effective_control"], int(main["control"])
    return (
        case.say(
            f"阴影为共同区间；AUC 越接近一，两组越不相同。加权后 {control:,} 例对照相当于 "
            f"{report.style.write(effective, 'number1')} 例等权病例。",
            f"Shaded: the shared range. The nearer AUC is to one, the less the sides have in common. Weighted, "
            f"{plural(control, 'control')} tell as much as {report.style.write(effective, 'number1')} of equal weight.",
        ),
    )
