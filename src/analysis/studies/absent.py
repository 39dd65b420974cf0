"""What is said where the data do not give a figure: nothing is invented."""

from analysis.presentation.finding import Finding
from analysis.studies.report import Report

#: The step that cost figures need.
COSTS = "cost of departments and cases"
#: Steps of the close as left_out names them, in Chinese.
STEPS_ZH = {
    COSTS: "科室与病例成本",
    "unit cost per visit and bed-day": "诊次成本与床日成本",
    "DRG income and payment margin": "DRG 收入与医保盈亏",
    "charges by category": "费用分类",
    "denials": "拒付",
    "fund balance": "基金结余",
    "settlement flow": "结算流程",
    "diagnoses": "诊断",
    "complications and satisfaction": "并发症与满意度",
    "outpatients": "门诊",
    "transfers between centres": "转科",
    "surveys": "问卷",
    "coding accuracy": "编码准确率",
    "readmission": "再入院",
    "physicians": "医师",
    "standard cost by pathway": "按临床路径的标准成本",
    "steps of pathways known by their charges": "按收费明细判断的路径步骤",
    "waits, and steps of pathways known by their times": "等待时间与按执行时间判断的路径步骤",
    "who is on which pathway, and reasons of variances": "入径登记与变异原因",
    "other allocation methods and scopes": "其他分摊方法与成本口径",
}


def step_name(report: Report, what: str) -> str:
    """Name of a step of the close in the report's language."""
    return STEPS_ZH.get(what, what) if report.language == "zh" else what[:1].upper() + what[1:]


def absent(report: Report, question: str, *steps: str) -> Finding:
    """The finding that a figure cannot be given, with the tables it would need.

    Parameters
    ----------
    steps : names of left_out that explain it; without a match the period simply holds no such rows.
    """
    rows = report.sql("left_out")
    missing = ", ".join(rows.loc[rows["what"].isin(steps), "missing"].unique())
    if missing:
        text = report.say(f"本期未计算：缺少数据表 {missing}。", f"Not computed: the data lack {missing}.")
    else:
        text = report.say("本期没有相应数据。", "The period holds no such data.")
    return Finding(question, None, text)
