"""Why a DRG overspends, seen by drivers: days waited, complications, practice, coding; and its dearest cases."""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import EMPTY, sum_kind
from analysis.presentation.tables import Table
from analysis.presentation.waterfall import waterfall
from analysis.presentation.wording import listed
from analysis.rootcause.baselines import Baseline
from analysis.rootcause.samples import Sample
from analysis.studies.cause_words import left_out_words, lower, reference_words, thing_words
from analysis.studies.overspending import Inquiry
from analysis.studies.overspending_causes import named_causes
from analysis.studies.wide import head, interval_heads

#: Drivers in the order in which they are told; what stands behind comes by its money.
_ORDER = ("mix", "complication", "infection")
_LAST = ("physician", "coding", "rest")
#: The dearest cases listed at most, and the share of all cases that counts as the tail.
_TAIL, _TAIL_SHARE = 10, 0.05
#: Days of waiting a case that are worth a word.
_LEAST_WAIT = 0.05


def driver_bridge(inquiry: Inquiry) -> Finding:
    """From the reference cost to the actual cost by drivers, with the days waited and their cost."""
    report = inquiry.report
    question = report.say("住院日、等待和并发症各占多少？", "What do days, waiting and complications cost?")
    if inquiry.made is None or inquiry.drivers.empty:
        return inquiry.absent(question)
    drivers = _drivers(inquiry)
    if drivers.empty:
        none = report.say("各动因与基准没有差别。", "No driver differs from the reference.")
        return Finding(question, None, none, left_out_words(report, inquiry.made.notes))
    cost = round(float(inquiry.made.sample.cases["cost"].sum()), 2)
    start = round(cost - float(drivers["amount_total"].sum()), 2)
    labels = [reference_words(report, inquiry.baseline), *drivers["cause"], report.say("实际成本", "Actual cost")]
    kind = sum_kind([start, cost])
    figure = waterfall(labels, [start, *drivers["amount_total"], cost], report.style, kind, rise_is_bad=True)
    size = sum_kind([*drivers["amount_total"], *drivers["worth"]])
    heads = (
        head(report, "cause", "动因", "Driver"),
        head(report, "days", "例均天数", "Days a case", "number1"),
        head(report, "days_before", "基准天数", "Reference", "number1"),
        head(report, "worth", "等待全部成本", "All waiting", size),
        head(report, "amount_per_case", "例均差额", "Gap per case", "money"),
        head(report, "amount_total", "差额", "Gap in all", size),
        *interval_heads(report, size),
        head(report, "preventable", "可避免", "Avoidable", size),
        head(report, "owned", "责任方", "Owner"),
    )
    table = Table(drivers, heads, report.say("动因", "Drivers"), report.style)
    return Finding(question, table, _bridge_text(inquiry, drivers), _bridge_notes(inquiry), figure)


def _drivers(inquiry: Inquiry) -> pd.DataFrame:
    """The drivers between reference and actual cost in the order told, with days of waiting on both sides."""
    rows = named_causes(inquiry, "driver")
    rows = rows[(rows["thing"] != "payment") & (rows["amount_total"].round(2) != 0)]
    place = [_place(code) for code in rows["thing"]]
    rows = rows.assign(place=place).sort_values(["place", "amount_total"], ascending=[True, False], kind="stable")
    made = inquiry.made
    assert made is not None
    now, before = _days(made.sample), _reference_days(made.baseline)
    rows["owned"] = rows["owned"].where(rows["thing"] != "rest", EMPTY)
    codes = rows["thing"].tolist()
    rows["days"] = [now.get(code, np.nan) for code in codes]
    waiting = [code.startswith("stay_") and code != "stay_other" for code in codes]
    rows["worth"] = (rows["days"] * _day_cost(inquiry) * inquiry.cases).where(waiting)
    rows["days_before"] = [before.get(code, np.nan if not before else 0.0) if code in now else np.nan for code in codes]
    return rows.reset_index(drop=True)


def _day_cost(inquiry: Inquiry) -> float:
    """Marginal cost of a day in bed, in currency; NaN where stays do not vary."""
    return float(inquiry.made.detail.drivers.day[0])  # type: ignore[union-attr]


def _place(code: str) -> int:
    if code in _ORDER:
        return _ORDER.index(code)
    return len(_ORDER) + 1 + _LAST.index(code) if code in _LAST else len(_ORDER)


def _days(sample: Sample) -> dict[str, float]:
    """Days waited per case by `stay_<reason>`, and all days beyond waiting as `stay_other`."""
    waits = sample.waits.groupby("reason")["days"].sum() / len(sample.cases)
    days = {f"stay_{reason}": float(value) for reason, value in waits.items()}
    return days | {"stay_other": float(sample.cases["length_of_stay"].mean()) - sum(days.values())}


def _reference_days(baseline: Baseline) -> dict[str, float]:
    """The same of the reference: of its cases, or the days of a pathway, which plans no waiting; empty = not known."""
    if baseline.profile is not None:
        stay = baseline.profile[baseline.profile["category"] == "stay"]
        return {"stay_other": float((stay["use_rate"] * stay["quantity"]).sum())} if len(stay) else {}
    return {} if baseline.sample is None or baseline.robust else _days(baseline.sample)


def _bridge_text(inquiry: Inquiry, drivers: pd.DataFrame) -> str:
    report, money = inquiry.report, inquiry.report.style.money
    stay = drivers[drivers["thing"].str.startswith("stay_")]
    adding = drivers[(drivers["ci_low"] > 0) & (drivers["thing"] != "rest")]
    adding = adding.sort_values("amount_total", ascending=False, kind="stable").head(2)
    words = [f"{row.cause} {money(row.amount_total)}" for row in adding.itertuples()]
    mean = float(inquiry.made.sample.cases["length_of_stay"].mean())  # type: ignore[union-attr]
    waited, day, worth = stay["days"].where(stay["worth"].notna()).sum(), _day_cost(inquiry), stay["worth"].sum()
    zh, en = f"平均住院 {mean:.1f} 天", f"A case stays {mean:.1f} days"
    if waited > _LEAST_WAIT:
        zh += f"，其中等待 {waited:.1f} 天，按每床日边际成本 {money(day)}计共 {money(worth)}"
        en += f", {waited:.1f} of them waiting, worth {money(worth)} at a marginal {money(day)} a day"
    if words:
        zh = f"{zh}；动因中最多的是{listed(words, 'zh')}"
        en = f"{en}; most by driver: {listed([lower(word) for word in words], 'en')}"
    else:
        zh, en = f"{zh}；没有动因明显抬高成本", f"{en}; no driver clearly adds to the cost"
    return report.say(zh + "。", en + ".")


def _bridge_notes(inquiry: Inquiry) -> tuple[str, ...]:
    report = inquiry.report
    return (
        report.say(
            "对同一差额的另一种看法，与按项目的原因不可相加。等待天数按边际床日成本计价；并发症含其延长的住院日，"
            "是在相同严重程度、年龄和术式下的关联，不证明因果。",
            "Another view of the same difference, never to be added to the causes by item. Days waited at the marginal "
            "cost of a day; complications with the days they bring: associations at equal severity, age and procedure, "
            "no proof of cause.",
        ),
        *left_out_words(report, inquiry.made.notes),  # type: ignore[union-attr]
    )


def tail_cases(inquiry: Inquiry) -> Finding:
    """The dearest cases and what drives them; for analysts, who may see stays."""
    report = inquiry.report
    question = report.say("最贵的病例贵在哪里？", "What makes the dearest cases dear?")
    if inquiry.made is None:
        return inquiry.absent(question)
    sample = inquiry.made.sample
    cases = sample.cases.assign(loss=sample.cases["cost"] - sample.cases["payment"])
    if len(cases) < LIMIT:
        return Finding(
            question, None, report.say(f"不足 {LIMIT} 例，不列示。", f"Fewer than {LIMIT} cases: not shown.")
        )
    most = min(_TAIL, _tail_count(len(cases)))
    top = cases.sort_values(["loss", "stay_id"], ascending=[False, True], kind="stable").head(most)
    rows = top.assign(
        what=_driven_by(inquiry, list(top.index)),
        waited=sample.waits.groupby("case")["days"].sum().reindex(top.index),
        ill=[report.say("有", "yes") if value == 1 else "" for value in top["complication"]],
    )
    heads = (
        head(report, "stay_id", "住院号", "Stay"),
        head(report, "severity", "严重程度", "Severity"),
        head(report, "age", "年龄", "Age", "count"),
        head(report, "length_of_stay", "住院天数", "Days", "count"),
        head(report, "waited", "其中等待", "Waited", "number1"),
        head(report, "ill", "并发症", "Complication"),
        head(report, "payment", "支付", "Paid", "money"),
        head(report, "cost", "成本", "Cost", "money"),
        head(report, "loss", "亏损", "Loss", "money"),
        head(report, "what", "高出均值最多", "Most above the mean"),
    )
    table = Table(rows.reset_index(drop=True), heads, report.say("最贵病例", "Dearest cases"), report.style)
    return Finding(question, table, _tail_text(inquiry, cases), _tail_notes(inquiry))


def _driven_by(inquiry: Inquiry, places: list[int]) -> list[str]:
    """For each case the two groups of items that cost most beyond the mean of all cases."""
    report, sample = inquiry.report, inquiry.made.sample  # type: ignore[union-attr]
    spent = sample.elements.groupby(["case", "group"])["cost"].sum().unstack(fill_value=0.0)
    spent = spent.reindex(range(len(sample.cases)), fill_value=0.0)
    beyond = spent - spent.mean()
    told = []
    for place in places:
        most = beyond.loc[place].nlargest(2)
        most = most[most > 0]
        words = [f"{thing_words(report, str(code))} {report.style.write(v, 'money')}" for code, v in most.items()]
        told.append(report.say("；", "; ").join(words))
    return told


def _tail_count(cases: int) -> int:
    """How many cases are the tail."""
    return max(1, round(_TAIL_SHARE * cases))


def _tail_text(inquiry: Inquiry, cases: pd.DataFrame) -> str:
    """How much of the loss the dearest cases hold, and whether the others lose without them."""
    report, money = inquiry.report, inquiry.report.style.money
    losses = cases["loss"].sort_values(ascending=False)
    count = _tail_count(len(losses))
    tail, others = float(losses.iloc[:count].sum()), float(losses.iloc[count:].mean())
    zh = f"亏损最多的 {count} 例（{report.style.write(count / len(losses), 'percent0')}）共亏 {money(tail)}；"
    zh += f"其余 {len(losses) - count} 例例均{'仍亏' if others > 0 else '盈余'} {money(abs(others))}。"
    which = "The case that loses most" if count == 1 else f"The {count} cases that lose most"
    en = f"{which} ({report.style.write(count / len(losses), 'percent0')}) {'loses' if count == 1 else 'lose'} "
    en += f"{money(tail)}; the other {len(losses) - count} {'still lose' if others > 0 else 'earn'} "
    en += f"{money(abs(others))} a case."
    return report.say(zh, en)


def _tail_notes(inquiry: Inquiry) -> tuple[str, ...]:
    return (
        inquiry.report.say(
            "按亏损金额排列；最后一列为比全部病例均值高出最多的两类项目。仅供分析师使用，不外传。",
            "By loss; the last column names the two groups of items furthest above the mean of all cases. For analysts "
            "only, not to be handed on.",
        ),
    )
