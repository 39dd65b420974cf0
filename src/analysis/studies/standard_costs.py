"""What a case should cost, what it cost and what was paid for it: the cost-payment variance table of the DRGs (B3)."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Chart, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.drgs import drg_margins, part_note, pathway_note
from analysis.studies.report import Report
from analysis.studies.wide import head


def cost_payment_variance(report: Report) -> Finding:
    """Actual, standard and payment of a case of every DRG over the last twelve months, and the variances between them.

    Columns of the table: drg, cases, cost_per_case with its fixed_per_case and variable_per_case, standard_cost and its
    basis, standard_actual (the cost compared with it), to_standard (that - standard cost), payment_per_case,
    contribution_per_case (payment - variable cost), margin_per_case (payment - cost), margin (of all cases), verdict.
    DRGs are those of the committee's page.
    """
    question = report.say("实际成本比标准和支付差多少？", "How far is the cost from standard and payment?")
    rows = drg_margins(report)
    if rows.empty:
        return absent(report, question, COSTS)
    rows["fixed_per_case"] = rows["cost_per_case"] - rows["variable_per_case"]
    rows["to_standard"] = rows["standard_actual"] - rows["standard_cost"]
    rows["drg"] = rows["title"]
    pathway = rows["standard_basis"].eq("pathway") & rows["standard_cost"].notna()
    heads = [
        head(report, "drg", "病组", "DRG"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "cost_per_case", "例均成本", "Cost per case", "money"),
        head(report, "fixed_per_case", "其中固定", "of it fixed", "money"),
        head(report, "variable_per_case", "其中变动", "of it variable", "money"),
        head(report, "standard_cost", "标准成本", "Standard cost", "money"),
        head(report, "basis", "标准依据", "Basis"),
        head(report, "standard_actual", "可比成本", "Compared cost", "money"),
        head(report, "to_standard", "可比成本−标准", "Compared − standard", "money"),
        head(report, "payment_per_case", "例均支付", "Payment per case", "money"),
        head(report, "contribution_per_case", "边际贡献", "Contribution", "money", on_page=False),
        head(report, "margin_per_case", "支付−成本", "Payment − cost", "money"),
        head(report, "margin", "盈亏合计", "Margin of all", sum_kind(rows["margin"])),
        head(report, "verdict", "判定", "Verdict", "mark"),
    ]
    gone = set() if pathway.any() else {"standard_actual"}
    heads = [h for h in heads if h.name not in gone and not rows[h.name].isna().all()]
    alarm = {(i, "margin_per_case") for i, verdict in enumerate(rows["verdict"]) if verdict == "loss"}
    alarm |= {(i, "to_standard") for i, value in enumerate(rows["to_standard"].mask(pathway)) if value > 0}
    sheet = report.say("成本-支付差异", "Cost-payment variance")
    table = Table(rows, tuple(heads), sheet, report.style, alarm=frozenset(alarm),
                  chart=Chart("bar", "drg", ("cost_per_case", "payment_per_case")))  # fmt: skip
    losing = bool((rows["verdict"] == "loss").any())
    return Finding(question, table, _text(report, rows), _notes(report, rows), alarm=losing)


def _text(report: Report, rows: pd.DataFrame) -> str:
    known = rows[rows["to_standard"].notna()]
    if known.empty:
        return report.say(
            f"{len(rows)} 个病组尚无可比的标准成本（需上年至少 10 例正常病例，或设定路径）。",
            f"None of {plural(len(rows), 'DRG')} has a standard cost yet (ten normal cases of the year before, or a "
            "pathway).",
        )
    pathway = known["standard_basis"] == "pathway"
    parts = [_above(report, part, name) for part, name in ((known[~pathway], "history"), (known[pathway], "pathway"))]
    lost = int((rows["verdict"] == "loss").sum())
    if rows["margin_second"].notna().any():
        parts.append(
            report.say(
                f"{len(rows)} 个病组中 {lost} 个两法均亏", f"{lost} of all {len(rows)} are at a loss by two methods"
            )
        )
    text = report.say("；", "; ").join(part for part in parts if part)
    return report.say(f"{text}。", f"{text[0].upper()}{text[1:]}.")


def _above(report: Report, rows: pd.DataFrame, basis: str) -> str:
    """How many DRGs of one basis cost more than their standard, and which most in all; empty where there is none."""
    if rows.empty:
        return ""
    over = rows[rows["to_standard"] > 0].copy()
    over["excess"] = over["to_standard"] * over["cases"]
    over = over.sort_values("excess", ascending=False, kind="stable")
    words = [f"{row.drg} {report.style.money(row.to_standard, signed=True)}" for row in over.head(3).itertuples()]
    zh = f"有{'路径' if basis == 'pathway' else '历史'}标准的 {len(rows)} 个病组中 {len(over)} 个例均成本高于标准"
    en = f"of {plural(len(rows), 'DRG')} with a standard by {basis}, {len(over)} cost more per case"
    if basis == "pathway":
        zh, en = f"{zh}（该标准不含闲置产能）", f"{en} (these norms hold no idle capacity)"
    if words:
        zh, en = f"{zh}，超出总额最大的：{listed(words, 'zh')}", f"{en}, most in all: {listed(words, 'en')}"
    return report.say(zh, en)


def _notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    notes = [
        report.say(
            f"{words}；成本与收入均完整的病例。标准成本：上年正常病例的均值（至少 10 例），或按临床路径计价。"
            "两种成本方法同为负才标红。",
            f"{words}; cases with complete cost and income. Standard cost: mean of the year before's normal cases (ten "
            "at least), or the pathway at this month's prices. Margins are red only where two costing methods agree.",
        )
    ]
    without = int(rows["standard_cost"].isna().sum())
    if without:
        notes.append(
            report.say(
                f"{without} 个病组并非每例都有标准成本，不作比较。",
                f"{plural(without, 'DRG')} not compared: not every case has a standard cost.",
            )
        )
    return (*notes, *pathway_note(report, rows), *part_note(report, rows))
