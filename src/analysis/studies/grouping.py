"""How well cases group, and what the outliers cost."""

import pandas as pd

from analysis.presentation.disclosure import HIDDEN, SMALL, hidden_groups, note, protect
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty
from analysis.presentation.tables import Table, column
from analysis.studies.absent import absent
from analysis.studies.indicator_values import indicator_spans
from analysis.studies.report import Report
from analysis.vocabulary import codes, label


def grouping_and_outliers(report: Report) -> Finding:
    """Cases, charges, income and payment margin by outlier class, year to date; the grouping rate against target."""
    question = report.say("入组与倍率病例正常吗？", "Do cases group, and how many are outliers?")
    rows = report.sql("outlier_classes", **report.this_year.bounds).set_index("outlier")
    if rows.empty:
        return absent(report, question)
    rows = rows.reindex([code for code in codes("outlier") if code in rows.index])
    rows["share"] = rows["cases"] / rows["cases"].sum()
    rows["outlier"] = [label("outlier", code, report.language) for code in rows.index]
    total = rows[["cases", "charge", "payment", "margin_payment"]].sum(min_count=1)
    safe = _safe(rows)
    given_away = {name: HIDDEN for name in ("payment", "margin_payment") if _one_hidden(rows, safe, name)}
    safe.loc["total"] = total.to_dict() | {"share": 1.0, "outlier": report.say("合计", "Total")} | given_away
    money = "money_large"
    heads = [
        column("outlier", report.style),
        column("cases", report.style, "count"),
        column("share", report.style, "percent1"),
    ]
    heads += [
        column("charge_total", report.style, money, "cases", "charge"),
        column("payment", report.style, money, "cases"),
    ]
    heads += [column("margin_payment", report.style, money, "cases")]
    if report.by_peers:
        heads = [h for h in heads if h.name != "charge"]
    kept = [h for h in heads if h.name not in rows or not rows[h.name].isna().all()]
    table = Table(
        safe, tuple(kept), report.say("入组与倍率", "Grouping"), report.style, strong=frozenset({len(safe) - 1})
    )
    text, alarm = _text(report, any(hidden_groups(rows["cases"])))
    hidden = bool(safe["cases"].isin([SMALL, HIDDEN]).any())
    notes = () if rows["margin_payment"].isna().all() else (_note(report),)
    return Finding(question, table, text, (*notes, *note(hidden, report.language)), alarm=alarm)


def _safe(rows: pd.DataFrame) -> pd.DataFrame:
    """The classes with small ones hidden; sums of money, to which some classes bring nothing, each by what it holds.

    Ungrouped cases have no income: beside them alone a small class could be worked out from the total.
    """
    safe = protect(rows, "cases", ["share", "charge"])
    for name in ("payment", "margin_payment"):
        behind = rows["cases"].where(rows[name].fillna(0) != 0, 0)
        safe[name] = rows[name].astype(object).mask(hidden_groups(behind), HIDDEN)
    return safe


def _one_hidden(rows: pd.DataFrame, safe: pd.DataFrame, name: str) -> bool:
    """Only one hidden class brings money: the total minus the shown classes would be its money."""
    return int(((rows[name].fillna(0) != 0) & (safe[name] == HIDDEN)).sum()) == 1


def _text(report: Report, hiding: bool) -> tuple[str, bool]:
    """The rates; none where a class is hidden, because rates have other denominators than the table's total."""
    if hiding:
        return report.say(
            "部分类别不足 10 例，各比率不列示。", "Some classes are fewer than ten: rates are not shown."
        ), False
    frame = indicator_spans(report, "hospital", report.hospital, report.this_year, report.last_year)
    write = report.style.write
    parts_zh, parts_en, alarm = [], [], False
    for name in ("grouping_rate", "high_outlier_rate", "low_outlier_rate", "coding_accuracy"):
        ruled = name not in ("high_outlier_rate", "low_outlier_rate") or any(
            report.card.get("pack", {}).get("outliers", {}).values()
        )
        if not ruled or name not in frame.index or is_empty(frame.loc[name, "span"]):
            continue
        value = write(frame.loc[name, "span"], "percent1")
        parts_zh.append(f"{label('indicator', name, 'zh')} {value}")
        parts_en.append(f"{label('indicator', name, 'en').lower()} {value}")
    target = frame["target"].get("grouping_rate")
    if not is_empty(target):
        alarm = frame.loc["grouping_rate", "span"] < target
        parts_zh[0] += f"（目标 {write(target, 'percent1')}）"
        parts_en[0] += f" (target {write(target, 'percent1')})"
    if not parts_zh:
        return report.say("本期没有可列示的比率。", "There is no rate to show."), False
    words = (
        report.say("今年累计：", "Year to date: ") if not report.period.is_year else report.say("全年：", "The year: ")
    )
    return words + report.say("，".join(parts_zh) + "。", ", ".join(parts_en) + "."), bool(alarm)


def _note(report: Report) -> str:
    return report.say(
        "医保盈亏 = 按倍率规则调整后的支付标准 − 费用，不含编码校正。",
        "Payment margin = standard after the outlier rules − charges; coding corrections are not part of it.",
    )
