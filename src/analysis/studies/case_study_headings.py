"""Headings of the sections of a case report, as its notebook has them (zh, en)."""

from analysis.studies.case_study import CaseStudy

HEADINGS = {
    "abstract": ("题目与摘要", "Title and abstract"),
    "methods": ("方法", "Methods"),
    "flow": ("研究对象", "Participants"),
    "baseline": ("基线特征", "Baseline"),
    "balance": ("调整后两组是否可比", "Balance after adjustment"),
    "overlap": ("倾向性评分是否重叠", "Overlap"),
    "effects": ("主要结果", "Main results"),
    "every_method": ("换一种方法结论是否改变", "Does the method matter?"),
    "negative_control": ("阴性对照", "Negative control"),
    "e_values": ("未测量的混杂", "Unmeasured confounding"),
    "plane": ("成本与效果", "Cost and effect"),
    "acceptability": ("值不值", "Is it worth its money?"),
    "budget": ("年度预算影响", "Budget impact"),
    "limits": ("局限", "Limits"),
    "appendix": ("附表：全部估计", "Appendix: all estimates"),
}


def heading(case: CaseStudy, section: str) -> str:
    """Heading of a section in the report's language."""
    return case.report.say(*HEADINGS[section])
