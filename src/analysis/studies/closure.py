"""Does it tie, what is left out, and how it was made: the pages at the end of every report."""

from importlib.metadata import version

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Column, Table, columns
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import absent, step_name
from analysis.studies.report import Report
from analysis.vocabulary import label

#: Checks that count instead of adding money.
_COUNTS = {"discharges_cases", "bed_days_workload"}


def reconciliation(report: Report) -> Finding:
    """Every closure check of the period, passed or not."""
    question = report.say("数字与总账、结算对得上吗？", "Do the figures tie to the ledger and the settlement?")
    rows = report.sql("closure_checks")
    if rows.empty:
        return absent(report, question)
    rows["state"] = [_state(row) for row in rows.itertuples()]
    kinds: tuple[Kind, ...] = tuple("count" if code in _COUNTS else "money_large" for code in rows["check"])
    names = [_check_name(report, row) for row in rows.itertuples()]
    rows["check"] = [report.style.with_unit(name, kind) for name, kind in zip(names, kinds, strict=True)]
    specs = [("check", "text"), ("parts", "count"), ("expected", "by_row"), ("found", "by_row")]
    specs += [("difference", "money2"), ("state", "mark")]
    heads = columns(report.style, *specs, heads={"state": "passed"})
    table = Table(rows, heads, report.say("勾稽", "Reconciliation"), report.style, by_row=kinds)
    tied, open_ones = int((rows["state"] == "passed").sum()), rows.loc[rows["state"] == "open", "check"].tolist()
    text = report.say(
        f"{tied} 项必须相符的核对全部相符（差额 0.00）。",
        f"{plural(tied, 'check')} must tie, and every one does (difference 0.00).",
    )
    if open_ones:
        text = report.say(
            f"{len(open_ones)} 项核对不符：{listed(open_ones, 'zh')}。",
            f"{plural(len(open_ones), 'check')} open: {listed(open_ones, 'en')}.",
        )
    note = report.say(
        "“仅列示”的核对两侧口径不同，差额供参考。",
        "`Shown only`: the two sides are counted differently; the difference is for information.",
    )
    notes = (note,) if (rows["state"] == "shown").any() else ()
    notes += _unallocated(report)
    return Finding(question, table, text, notes, alarm=bool(open_ones))


def _check_name(report: Report, row) -> str:
    name = label("check", row.check, report.language)
    sides = {"payment": report.say("收入", "income"), "cost": report.say("成本", "cost")}
    side = sides.get(row.side) or label("case_method", row.side, report.language)
    return f"{name} · {side}" if row.side else name


def _unallocated(report: Report) -> tuple[str, ...]:
    """How much cost reached no patient, in the period and in the span the margins are of: shown, never dropped."""
    month = {"first": report.period.name, "last": report.period.name}
    spans = month, report.twelve.bounds
    now, twelve = (report.sql("unallocated_total", **span, case_method=report.case_method).iloc[0] for span in spans)
    if not twelve["amount"]:
        return ()
    money, whole, empty = (report.style.money(v) for v in (now["amount"], twelve["amount"], twelve["no_patients"]))
    zh, en = (report.twelve.words(language) for language in ("zh", "en"))
    return (
        report.say(
            f"未能分配到患者或科室的成本：本期 {money}，已含在核对中，单独列示；"
            f"{zh}共 {whole}，其中无患者病房 {empty}，不在任何病例的盈亏之内。",
            f"Cost that reached no patient or no clinical centre: {money} in the period, part of the checks and shown "
            f"apart; {whole} in {en}, of it {empty} of wards without patients. No margin of cases bears it.",
        ),
    )


def _state(row) -> str:
    if not row.must_tie:
        return "shown"
    return "passed" if row.passed else "open"


def left_out(report: Report) -> Finding:
    """What the data did not allow, and which tables it would need."""
    question = report.say("哪些内容没有计算？", "What is left out, and why?")
    rows = report.sql("left_out")
    if rows.empty:
        return Finding(
            question, None, report.say("数据齐全，没有遗漏。", "The data are complete: nothing is left out.")
        )
    rows["what"] = [step_name(report, what) for what in rows["what"]]
    table = Table(
        rows,
        columns(report.style, ("what", "text"), ("missing", "text")),
        report.say("未计算", "Left out"),
        report.style,
    )
    text = report.say(
        f"{len(rows)} 项内容因缺少数据而未计算。", f"{plural(len(rows), 'item')} not computed for lack of data."
    )
    return Finding(question, table, text)


def methods(report: Report) -> Finding:
    """How the figures were made: method, pack, parameters, run id."""
    question = report.say("这些数字是怎样得出的？", "How were these figures made?")
    pack, hospital = report.card.get("pack", {}), report.card["hospital"]
    basis = label("standard_basis", pack.get("basis"), report.language)
    parameters = f"data={report.folder.name}, period={report.period.name}, hospital={report.hospital}"
    protection = report.say(
        "不足 10 例的分组不列示；不含患者与医师姓名", "groups under 10 hidden; no names of patients or physicians"
    )
    closed = f"{report.periods[0].name} – {report.periods[-1].name} ({len(report.periods)})"
    lines = [
        (report.say("成本", "Cost"), _costing(report)),
        (report.say("支付标准", "Payment standard"), f"{basis}; {pack.get('name', '')}: {pack.get('source', '')}"),
        (report.say("指标定义", "Indicators"), report.say("见 vocabulary.yaml 的公式", "formulas in vocabulary.yaml")),
        (report.say("小样本保护", "Small groups"), protection),
        (report.say("已读取的结账期间", "Closed periods read"), closed),
        (report.say("参数", "Parameters"), f"{parameters}, language={report.language}"),
        (report.say("结账设置", "Closing settings"), str(hospital.get("closing", ""))),
        (report.say("程序版本", "Program"), f"drg-value-workbench {version('drg-value-workbench')}"),
        (report.say("运行编号", "Run id"), report.card["run_id"]),
    ]  # fmt: skip
    rows = pd.DataFrame(lines, columns=["item", "content"])
    heads = (Column("item", report.say("项目", "Item")), Column("content", report.say("内容", "Content")))
    text = report.say(
        f"由结账 {report.card['run_id']} 生成；同样的输入与参数得出同样的数字。",
        f"Made from close {report.card['run_id']}; the same inputs and parameters give the same figures.",
    )
    if report.provisional:
        text += report.say(
            "本期分组与支付为预结，年终清算后可能变动。",
            " Grouping and payment of the period are provisional until year-end clearing.",
        )
    return Finding(question, Table(rows, heads, report.say("方法", "Methods"), report.style), text)


def _costing(report: Report) -> str:
    if report.card.get("settings", {}).get("costing"):
        allocation = label("allocation_method", report.scheme["allocation"], report.language)
        method = label("case_method", report.case_method, report.language)
        return report.say(
            f"科室：{allocation}，按成本项目逐项分摊；病例：{method}，按服务发生月计",
            f"departments: {allocation.lower()} allocation, item by item; cases: {method.lower()}, accrued in the "
            "month of service",
        )
    return report.say("取自来源数据", "the source's own figures")
