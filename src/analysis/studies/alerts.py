"""Alerts of the month for the analyst: what shifted and why, its control chart, costs near their standard."""

import json
from typing import Any

import pandas as pd

from analysis.audit.near_standard import KIND as NEAR
from analysis.audit.shifts import MEASURES, judged_series, series_of
from analysis.presentation.control_chart import control_chart
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Table, columns
from analysis.presentation.wording import listed
from analysis.studies.absent import absent
from analysis.studies.frozen import frozen_on, not_frozen
from analysis.studies.report import Report

MEASURE_NAMES = {
    "drug_share_shift": ("药占比", "Drug share"),
    "consumable_share_shift": ("耗占比", "Consumable share"),
    "charge_per_case_shift": ("次均费用", "Charge per case"),
}
_IS_MONEY = {measure.kind: measure.is_money for measure in MEASURES}
_KEY = ["kind", "scope", "subject"]


def shift_table(report: Report) -> Finding:
    """Shifts of the month with what moved them."""
    question = report.say("哪些占比或次均费用突变，由何而来？", "Which share or charge shifted, and what moved it?")
    if not frozen_on(report):
        return not_frozen(report, question)
    alerts = report.sql("alerts_of", kind="%_shift").sort_values(["q_value", *_KEY], kind="stable", ignore_index=True)
    if alerts.empty:
        return Finding(
            question, None, report.say("本月无超出控制限的突变。", "Nothing shifted beyond its limits this month.")
        )
    rows = pd.DataFrame({
        "subject": [_series(report, row) for row in alerts.to_dict("records")],
        **{name: alerts[name] for name in ("observed", "expected", "limit", "q_value")},
        "moved_by": [_moved(report, row) for row in alerts.to_dict("records")],
    })  # fmt: skip
    kinds: tuple[Kind, ...] = tuple("money" if _IS_MONEY[kind] else "percent1" for kind in alerts["kind"])
    specs = [
        ("subject", "text"),
        ("observed", "by_row"),
        ("expected", "by_row"),
        ("limit", "by_row"),
    ]
    specs += [("q_value", "number3"), ("moved_by", "text")]
    heads = columns(report.style, *specs)  # type: ignore[arg-type]
    table = Table(rows, heads, report.say("突变", "Shifts"), report.style, by_row=kinds)
    words = rows["subject"].tolist()
    text = report.say(
        f"{len(rows)} 项超出冻结的控制限：{listed(words, 'zh')}。",
        f"{len(rows)} beyond their frozen limits: {listed(words, 'en')}.",
    )
    return Finding(question, table, text, _shift_notes(report))


def shift_chart(report: Report) -> Finding:
    """Control chart of the series that stands furthest out this month (of its limits' width)."""
    question = report.say("最突出的一项是怎样变化的？", "How has the one that stands out moved?")
    baseline = frozen_on(report)
    if not baseline:
        return absent(report, question, "charges by category")
    judged = judged_series(report.engine, baseline, report.period)
    judged = judged[judged["p"].notna()].sort_values(["q", "p", *_KEY], kind="stable")
    if judged.empty:
        return Finding(
            question, None, report.say("各科室均不足 30 例，未作检验。", "Nowhere thirty cases: nothing was tested.")
        )
    row = judged.iloc[0]
    every = series_of(report.engine, baseline, report.period)
    one = every[(every[_KEY] == row[_KEY]).all(axis=1)].set_index("period")["value"] * 100
    months = [period.name for period in (*baseline, report.period)]
    limits = (row["low"] * 100, row["mean"] * 100, row["high"] * 100)
    names = (report.say("控制限", "limits"), report.say("基线均值", "baseline"))
    figure = control_chart(months, one.reindex(months).to_numpy(), limits, names, bool(row["alarm"]))
    subject = _series(report, row.to_dict())
    beyond = report.say("超出", "beyond") if row["alarm"] else report.say("未超出", "within")
    unit = report.say("%", "%") if _IS_MONEY[row["kind"]] else report.say("百分点", "points")
    text = report.say(
        f"{subject}：扣除病组结构后偏离 {(row['new']) * 100:+.1f} {unit}，{beyond}控制限"
        f"（{limits[0]:+.1f} 至 {limits[2]:+.1f}）。",
        f"{subject}: {row['new'] * 100:+.1f} {unit} against its own mix, {beyond} the limits "
        f"({limits[0]:+.1f} to {limits[2]:+.1f}).",
    )
    return Finding(question, None, text, _shift_notes(report), figure, bool(row["alarm"]))


def near_standard(report: Report) -> Finding:
    """DRGs of the month that used up 90 % of their payment standard, and how many stays in house did."""
    question = report.say("哪些病组的成本已接近支付标准？", "Which DRGs are near their payment standard?")
    alerts = report.sql("alerts_of", kind=NEAR)
    if alerts.empty:
        return absent(report, question, "DRG income and payment margin")
    told = pd.DataFrame([json.loads(text) for text in alerts["evidence"]], index=alerts.index)
    rows = alerts.join(told)[alerts["scope"] == "drg"].sort_values(["share", "subject"], ascending=[False, True])
    stays = int((alerts["scope"] == "stay").sum())
    text = report.say(
        f"{len(rows)} 个病组达到标准的 90%；月末在院 {stays} 例的费用已达预计病组标准的 90%，已列科主任。",
        f"{len(rows)} DRGs at 90 % of their standard; at the month's end {stays} stays in house had been charged 90 % "
        "of the standard of their expected DRG.",
    )
    if rows.empty:
        return Finding(question, None, text)
    shown = pd.DataFrame({
        "drg": report.titled("drg", rows["subject"]),
        "department": report.named("department", rows["department"]),
        "head": rows.get("head"), "used": rows["observed"], "standard": rows["expected"],
        "share_of_standard": rows["share"],
    })  # fmt: skip
    specs = [("drg", "text"), ("department", "text"), ("head", "text"), ("used", "money"), ("standard", "money")]
    heads = columns(report.style, *specs, ("share_of_standard", "percent0"))  # type: ignore[arg-type]
    table = Table(shown.reset_index(drop=True), heads, report.say("接近标准", "Near standard"), report.style)
    note = report.say(
        "病组按全成本（无成本核算时按费用），本月不少于 5 例。",
        "DRGs by full cost (by charges where no cost is closed), five cases at least.",
    )
    return Finding(question, table, text, (note,))


def _series(report: Report, row: dict[str, Any]) -> str:
    """Name of a series: whose, and what."""
    measure = MEASURE_NAMES[row["kind"]][report.language == "en"]
    if row["scope"] == "hospital":
        return report.say(f"全院{measure}", f"hospital ({measure.lower()})")
    name = report.name(row["scope"], row["subject"])
    return report.say(f"{name}{measure}", f"{name} ({measure.lower()})")


def _moved(report: Report, row: dict[str, Any]) -> str:
    """Money a case by mix, price and volume; the items and physicians that moved it most."""
    told, style = json.loads(row["evidence"]), report.style
    items = report.names("item")
    parts = [
        f"{zh if report.language == 'zh' else en} {style.money(told[name], signed=True)}"
        for name, zh, en in (("mix", "结构", "mix"), ("price", "价格", "price"), ("volume", "用量", "volume"))
    ]
    named = [f"{items.get(code, code)} {style.money(money, signed=True)}" for code, money in told["items"]]
    people = [f"{code} {style.money(money, signed=True)}" for code, money in told["physicians"]]
    joint = report.say("；", "; ")
    return joint.join([report.say("、", ", ").join(part) for part in (parts, named, people) if part])


def _shift_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "每例的占比（费用取对数）减去基线中同病组的平均；控制限 = 均值 ± 2.66 × 平均移动极差，"
            "每半年以此前 12 至 20 个月冻结；仅检验当月，且全部序列按 "
            "Benjamini-Hochberg 校正（q ≤ 3%），不足 30 例不检验。突变须核查，不等于违规。",
            "A case's share (of charges the logarithm) less its DRG's in the baseline; limits = mean ± 2.66 x mean "
            "moving range, frozen each half-year on the 12 to 20 months before; only this month is tested, with "
            "Benjamini-Hochberg over all series (q ≤ 3 %), from 30 cases on. A shift asks for a look; it is no fault.",
        ),
    )
