"""How a technique's yearly gain would be shared by the hospital's own rule, and what of it is beyond doubt."""

import pandas as pd

from analysis.evaluation.gain_sharing import share_gain
from analysis.evaluation.incentive_settings import Incentives, Rule
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, sum_kind
from analysis.presentation.tables import Table
from analysis.settings import parameters_folder, read_settings
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_words import level_words
from analysis.studies.report import Report
from analysis.studies.wide import head

#: part -> what it is called (zh, en).
_PARTS = {
    "gain": ("年节约", "Saved a year"),
    "shared": ("分成", "Shared out"),
    "lead": ("其中主诊岗位", "Of it to the role of the lead"),
    "hospital": ("医院留存", "Left to the hospital"),
}


def sharing(case: CaseStudy) -> Finding:
    """The gain of the patients who have the technique now, its parts, and the parts of what is beyond doubt."""
    report, question = case.report, case.say("新技术的节约怎样分？", "How would a technique's gain be shared?")
    rule = technique_rule(report)
    if case.plane is None or rule is None:
        text = case.say("成本不详，或没有技术节约分成规则。", "Cost is not known, or no rule shares a gain.")
        return Finding(question, None, text)
    cases = case.counts[0] * 12 / len(case.months)
    rows = share_gain(case.pairs["cost"].to_numpy(), cases, rule.returned, rule.lead)
    kind: Kind = sum_kind(rows["estimate"])
    shown = rows.assign(part=[case.say(*_PARTS[part]) for part in rows["part"]])
    heads = (
        head(report, "part", "部分", "Part"),
        head(report, "estimate", "估计", "Estimate", kind),
        head(report, "ci_low", f"{level_words('zh')} 下限", f"{level_words('en')} from", kind),
        head(report, "ci_high", f"{level_words('zh')} 上限", f"{level_words('en')} to", kind),
        head(report, "beyond_doubt", "不存疑部分", "Beyond doubt", kind),
    )
    table = Table(shown, heads, case.say("节约分成", "Sharing of the gain"), report.style)
    return Finding(question, table, _text(case, rule, rows.set_index("part"), cases), (_note(case),))


def _text(case: CaseStudy, rule: Rule, parts: pd.DataFrame, cases: float) -> str:
    """The change of a year's cost, what the rule shares of it, and what of that is beyond doubt."""
    money, write = case.report.style.money, case.report.style.write
    share, lead = write(rule.returned, "percent0"), write(rule.lead, "percent0")
    change, shared = (
        money(-float(parts.loc["gain", "estimate"]), signed=True),
        money(float(parts.loc["shared", "estimate"])),
    )
    sure, number = money(float(parts.loc["shared", "beyond_doubt"])), write(cases, "count")
    what = case.study.treatment
    return case.say(
        f"{what.zh}每年 {number} 例，成本变化 {change}；按规则（节约的 {share} 分成，其中 {lead} 归主诊岗位）"
        f"分成 {shared}，不存疑的为 {sure}。",
        f"{number} cases of {what.en} a year change cost by {change}; the rule ({share} of a saving shared, {lead} of "
        f"that to the lead) shares {shared}, of which {sure} is beyond doubt.",
    )


def _note(case: CaseStudy) -> str:
    return case.say(
        "规则见 parameters/incentives；节约取自研究的全成本之差，不是与上年相比，其固定部分只有"
        "腾出的床位与人力另作他用才是现金；不存疑部分按区间较差的一端计。",
        "Rule: parameters/incentives. The saving is the study's difference of full cost, not one against last year; "
        "its fixed part is cash only where freed beds and staff do something else. Beyond doubt is counted at the "
        "worse end of the interval.",
    )


def technique_rule(report: Report) -> Rule | None:
    """The rule of the hospital's incentives file that shares a technique's gain; None where there is none."""
    path = parameters_folder() / "incentives" / f"{report.card['hospital']['closing']}.yaml"
    if not path.is_file():
        return None
    rules = read_settings(path, Incentives).rules.values()
    return next((rule for rule in rules if rule.kind == "technique"), None)
