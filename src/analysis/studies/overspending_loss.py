"""How much a DRG loses, by which costing method and since when; and what lies between payment and cost."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty, sum_kind
from analysis.presentation.tables import Table
from analysis.presentation.waterfall import waterfall
from analysis.presentation.wording import plural
from analysis.studies.cause_words import kind_of, lower, reference_words, thing_words
from analysis.studies.hidden import is_made, plan_drgs
from analysis.studies.overspending import Inquiry
from analysis.studies.report import SQL, Report
from analysis.studies.verdicts import called
from analysis.studies.wide import head, interval_heads
from analysis.vocabulary import label

#: Why a baseline was taken where none was asked for (zh, en).
_WHY = {
    "standard_cost": ("该病组有路径标准成本", "the DRG has a standard cost by pathway"),
    "peers": ("没有路径标准，与其他医院比较", "no pathway sets a standard; other hospitals do"),
    "peer_physicians": (
        "没有路径标准，也没有其他医院或上年可比：各医师的截尾均值",
        "no pathway, no other hospital, no year before: trimmed mean over physicians",
    ),
    "own_past": ("没有路径标准，也没有其他医院可比", "no pathway sets a standard, no other hospital is there"),
    "standard": ("没有其他基准可用", "there is no other baseline"),
}
#: mark -> what the cases did (zh, en).
_WORDS = {
    "loss": ("亏损", "lost"),
    "unsure": ("成本高于收入", "cost more than their income by"),
    "above": ("成本高于收入", "cost more than their income by"),
    "below": ("盈余", "earned"),
    "surplus": ("盈余", "earned"),
}
#: Steps in the order in which they are told.
_ORDER = ("payment", "mix", "", "drug", "consumable", "exam", "service", "stay", "rest")
#: Place of bundles in it.
_BUNDLES = 2


def verdict(inquiry: Inquiry) -> Finding:
    """Loss, loss of a case, months overspent, margin by every costing method, baseline and why it was taken."""
    report = inquiry.report
    question = report.say("亏了多少，换一种成本方法还亏吗？", "How much is lost, and by every costing method?")
    if inquiry.made is None:
        return inquiry.absent(question)
    _make_methods(report)
    margins = _margins(inquiry)
    rows = pd.DataFrame(_measures(inquiry, margins), columns=["measure", "value", "kind"])
    kinds: tuple[Kind, ...] = tuple(rows["kind"])
    heads = (head(report, "measure", "指标", "Measure"), head(report, "value", "数值", "Value", "by_row"))
    texts = [report.style.with_unit(row.measure, row.kind) for row in rows.itertuples()]
    losing = frozenset((i, "value") for i, row in enumerate(rows.itertuples()) if _is_loss(row))
    sheet = report.say("超支判定", "Verdict")
    table = Table(rows.assign(measure=texts), heads, sheet, report.style, by_row=kinds, alarm=losing)
    agreed = _mark(margins) == "loss"
    return Finding(question, table, _verdict_text(inquiry, margins), _verdict_notes(inquiry), alarm=agreed)


def _is_loss(row: object) -> bool:
    value, kind = row.value, row.kind  # type: ignore[attr-defined]
    return kind in ("money", "money_large") and not isinstance(value, str) and value < 0


def _measures(inquiry: Inquiry, margins: dict[str, float]) -> list[tuple[str, object, Kind]]:
    report, made = inquiry.report, inquiry.made
    assert made is not None
    cases = made.sample.cases
    months = " / ".join(map(str, _months(inquiry)))
    lines: list[tuple[str, object, Kind]] = [
        (report.say("例数", "Cases"), inquiry.cases, "count"),
        (report.say("例均 DRG 收入", "DRG income per case"), float(cases["payment"].mean()), "money"),
        (report.say("例均成本", "Cost per case"), float(cases["cost"].mean()), "money"),
        (report.say("例均盈亏", "Margin per case"), -inquiry.loss / inquiry.cases, "money"),
        (report.say("盈亏合计", "Margin in all"), -inquiry.loss, "money_large"),
        (
            report.say("亏损月数 / 有病例月数", "Months at a loss / with cases"),
            months,
            "text_right",
        ),
    ]
    for name, value in margins.items():
        method = label("case_method", name, report.language)
        lines.append((report.say(f"例均盈亏：{method}", f"Margin per case, {method.lower()}"), value, "money"))
    return lines


def _make_methods(report: Report) -> None:
    """Make the tables that the costs by every method are read from, once a report."""
    plan_drgs(report)
    if not is_made(report, "stay_methods"):
        report.engine.make(SQL, "stay_methods")


def _margins(inquiry: Inquiry) -> dict[str, float]:
    """Margin of a case by every costing method that the months explained hold, the explained one first."""
    report, span = inquiry.report, inquiry.span
    cells = report.sql("method_cells", **span.bounds, periods=len(span.periods))
    sums = cells[cells["drg_code"] == inquiry.drg].groupby("method")[["cases", "margin"]].sum()
    found = (sums["margin"] / sums["cases"]).to_dict()
    assert inquiry.made is not None
    first = {name: found.pop(name) for name in (inquiry.made.method, report.case_method) if name in found}
    return first | found


def _months(inquiry: Inquiry) -> tuple[int, int]:
    """Months at a loss by the method explained, and months with cases, of the last twelve."""
    assert inquiry.made is not None
    bounds = inquiry.report.twelve.bounds
    rows = inquiry.report.sql("drg_months", drg=inquiry.drg, method=inquiry.made.method, **bounds)
    return int((rows["margin"] < 0).sum()), len(rows)


def _verdict_text(inquiry: Inquiry, margins: dict[str, float]) -> str:
    report, loss = inquiry.report, inquiry.loss
    lost, known = _months(inquiry)
    total, one = report.style.money(abs(loss)), report.style.money(abs(loss) / inquiry.cases)
    zh, en = _WORDS[_mark(margins) if loss > 0 else "surplus"]
    zh = f"{inquiry.name}：{inquiry.span.words('zh')} {inquiry.cases} 例{zh} {total}（例均 {one}），"
    zh += f"{known} 个有病例的月份中 {lost} 个月成本高于收入"
    en = f"{inquiry.name}: {plural(inquiry.cases, 'case')} of {inquiry.span.words('en')} {en} {total} ({one} a case); "
    en += f"cost was above income in {lost} of {plural(known, 'month')}"
    more = _agreement(margins)
    return report.say(f"{zh}；{more[0]}。", f"{en}; {more[1]}.")


def _mark(margins: dict[str, float]) -> str:
    """The mark of the DRG by the method explained and the one that has to confirm it."""
    one, *others = margins.values()
    return called(one, others[0] if others else float("nan"))


def _agreement(margins: dict[str, float]) -> tuple[str, str]:
    """How many costing methods call it a loss."""
    negative, count = sum(value < 0 for value in margins.values()), len(margins)
    if count < 2:
        return "只有一种成本方法，尚不称亏损", "one costing method only, so not yet called a loss"
    zh, en = f"{count} 种成本方法中 {negative} 种为亏", f"a loss by {negative} of {count} costing methods"
    if _mark(margins) == "unsure":
        return zh + "，两种主要方法不一，不称亏损", en + ", the two deciding ones differ: not called one"
    return zh, en


def _verdict_notes(inquiry: Inquiry) -> tuple[str, ...]:
    report, made = inquiry.report, inquiry.made
    assert made is not None
    method = label("case_method", made.method, report.language)
    what = reference_words(report, inquiry.baseline)
    why = (
        report.say("按指定", "as asked for")
        if inquiry.asked != "auto"
        else report.say(*_WHY[kind_of(report, inquiry.baseline)])
    )
    months = len(inquiry.span.periods)
    few = report.say("；单月病例少，多月合计", "; months together, as one holds few cases") if months > 1 else ""
    first = report.say(
        f"成本按{method}，病例成本与支付均完整者{few}。比较的基准：{what}（{why}）。",
        f"Cost {method.lower()}, cases with complete cost and payment{few}. Compared with: {lower(what)} ({why}).",
    )
    low, high = inquiry.items[["ci_low", "ci_high"]].iloc[0]
    if is_empty(low):
        return (first,)
    chance = low <= 0 <= high
    money = report.style.money
    second = report.say(
        f"亏损合计的 95% 区间：{money(low)} 至 {money(high)}（聚类自助法）{'，含 0，可能出于偶然' if chance else ''}。",
        f"95 % interval of the loss in all: {money(low)} to {money(high)} (cluster bootstrap)"
        f"{', nought is in it: it may be chance' if chance else ''}.",
    )
    return first, second


def paid_to_cost(inquiry: Inquiry) -> Finding:
    """From what is paid to what the cases cost, by steps that close to the fen."""
    report = inquiry.report
    question = report.say("从支付到成本差在哪里？", "What lies between payment and cost?")
    if inquiry.made is None:
        return inquiry.absent(question)
    steps = _steps(inquiry)
    paid = round(float(inquiry.made.sample.cases["payment"].sum()), 2)
    ends = round(float(inquiry.made.sample.cases["cost"].sum()), 2)
    rows = pd.concat(
        [
            pd.DataFrame({"step": [report.say("实际支付", "Paid")], "total": [paid]}),
            steps,
            pd.DataFrame({"step": [report.say("实际成本", "Actual cost")], "total": [ends]}),
        ],
        ignore_index=True,
    )
    rows["case"] = rows["total"] / inquiry.cases
    kind = sum_kind(rows["total"])
    figure = waterfall(rows["step"].tolist(), rows["total"].tolist(), report.style, kind, rise_is_bad=True)
    heads = (
        head(report, "step", "步骤", "Step"),
        head(report, "case", "例均", "Per case", "money"),
        head(report, "total", "合计", "In all", kind),
        *interval_heads(report, kind, "low", "high"),
    )
    sheet = report.say("支付到成本", "Paid to cost")
    table = Table(rows, heads, sheet, report.style, strong=frozenset({0, len(rows) - 1}))
    return Finding(question, table, _steps_text(inquiry, steps), _steps_notes(inquiry), figure)


def _steps(inquiry: Inquiry) -> pd.DataFrame:
    """Payment, mix and the categories: the rows between the whole and the groups, in a fixed order."""
    tree = inquiry.items
    chosen = tree[((tree["depth"] == 1) & tree["leaf"]) | (tree["depth"] == 2)]
    chosen = chosen[(chosen["amount_total"] != 0) | (chosen["cause"] == "payment")]
    chosen = chosen.assign(place=[_ORDER.index(c) if c in _ORDER else _BUNDLES for c in chosen["cause"]])
    chosen = chosen.sort_values("place", kind="stable", ignore_index=True)
    names = [_step_name(inquiry, row) for row in chosen.itertuples()]
    return pd.DataFrame(
        {"step": names, "total": chosen["amount_total"], "low": chosen["ci_low"], "high": chosen["ci_high"]}
    )


def _step_name(inquiry: Inquiry, row: object) -> str:
    """Payment is told by the direction it goes."""
    report, code = inquiry.report, row.cause  # type: ignore[attr-defined]
    if code != "payment":
        return thing_words(report, code)
    what, above = reference_words(report, inquiry.baseline), row.amount_total >= 0  # type: ignore[attr-defined]
    return report.say(f"{what}{'高' if above else '低'}于支付", f"{what} {'above' if above else 'below'} payment")


def _steps_text(inquiry: Inquiry, steps: pd.DataFrame) -> str:
    report = inquiry.report
    adding = steps[steps["total"] > 0].sort_values("total", ascending=False, kind="stable")
    if adding.empty:
        return report.say("没有一步使成本高于支付。", "No step takes the cost above the payment.")
    first = adding.iloc[0]
    money = report.style.money
    zh = f"成本比支付{'高' if inquiry.loss > 0 else '低'} {money(abs(inquiry.loss))}，加得最多的是{first['step']}（"
    zh += f"{money(first['total'], signed=True)}，例均 {money(first['total'] / inquiry.cases, signed=True)}）。"
    en = f"Cost is {money(abs(inquiry.loss))} {'above' if inquiry.loss > 0 else 'below'} payment; most is added by "
    en += f"{lower(first['step'])} ({money(first['total'], signed=True)}, "
    en += f"{money(first['total'] / inquiry.cases, signed=True)} a case)."
    return report.say(zh, en)


def _steps_notes(inquiry: Inquiry) -> tuple[str, ...]:
    report = inquiry.report
    interval = report.say("", "") if is_empty(inquiry.items["ci_low"].iloc[0]) else report.say(
        "区间为聚类自助法 95% 区间。", " Intervals are 95 % intervals of a cluster bootstrap.")  # fmt: skip
    return (
        report.say(
            f"红色抬高成本，蓝色降低成本；各步相加等于差额，分毫不差。{interval}",
            f"Red raises the cost, blue lowers it; the steps add up to the difference, to the fen.{interval}",
        ),
    )
