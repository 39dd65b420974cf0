"""Is the department better or worse than last year? Its indicators against its own past and beside the hospital's."""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import HIDDEN, LIMIT, is_small, note
from analysis.presentation.finding import Finding
from analysis.presentation.lines import Series, small_lines
from analysis.presentation.numbers import Kind, difference, is_empty
from analysis.presentation.sparkline import Trend
from analysis.presentation.tables import Chart, Column, Table, columns
from analysis.presentation.wording import listed, period_words, plural
from analysis.studies.chance import beyond_chance
from analysis.studies.hidden import PER_CASE, hidden_departments, hidden_months
from analysis.studies.indicator_values import chosen, indicator_spans, kind_of, label_of, trend_rows
from analysis.studies.report import Report
from analysis.vocabulary import label, vocabulary

WATCHED = (
    "discharges",
    "cmi",
    "margin_cost",
    "cost_per_weight",
    "charge_per_case",
    "mean_stay",
    "drug_share",
    "consumable_share",
    "denial_rate",
    "readmission_30d",
    "complication_rate",
    "satisfaction",
)
#: An indicator counts as changed beyond these: relatively, or in shares (points).
_NOTICEABLE = {"change": 0.03, "points": 0.01}
#: Rates of events among cases: changed only where it is more than chance.
_COUNTED = {"readmission_30d", "complication_rate"}
_TREND = ("discharges", "cost_per_weight", "margin_cost", "mean_stay")


def department_indicators(report: Report, department: str) -> Finding:
    """A department's indicators: the month, the span against the year before, and the hospital's value."""
    question = report.say("本科室比去年好了还是差了？", "Is the department better or worse than last year?")
    span, before = report.compared
    frame = indicator_spans(report, "department", department, span, before)
    names = chosen(WATCHED, frame.assign(now=frame["span"]), len(WATCHED))
    if not names or department in hidden_departments(report, span):
        return _too_small(report, question)
    frame, hidden = _safe(report, department, frame.loc[names])
    kinds = [kind_of(name, _sums(name)) for name in names]
    marks = [_direction(name, frame.loc[name], kind) for name, kind in zip(names, kinds, strict=True)]
    whole = indicator_spans(report, "hospital", report.hospital, span, before)["span"].reindex(names)
    rows = frame.assign(
        indicator=[label_of(name, kind, report.style) for name, kind in zip(names, kinds, strict=True)],
        change=[_change(report, frame.loc[n], k) for n, k in zip(names, kinds, strict=True)],
        direction=marks,
        hospital_value=whole.mask([_sums(name) for name in names]),
        trend=[Trend(values) for values in _safe_trends(report, department, names)],
    ).rename(columns={"before": "span_before"})
    rows["now"] = rows["now"].astype(object).mask(hidden, HIDDEN)
    table = Table(rows, _columns(report, rows), report.say("指标", "Indicators"), report.style, by_row=tuple(kinds))
    words = {
        m: [label("indicator", n, report.language) for n, k in zip(names, marks, strict=True) if k == m]
        for m in set(marks)
    }
    caveats = (_basis(report), *note(bool(hidden.any()), report.language))
    return Finding(question, table, _text(report, words), caveats, alarm="worse" in words)


def _safe(report: Report, department: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The indicators without those computed from fewer than ten cases; and which are hidden for the month alone."""
    span, before = report.compared
    frame = frame.copy()
    for name, values in (("span", span), ("before", before)):
        small = (frame[f"{name}_denominator"].map(is_small)) & frame.index.isin(PER_CASE)
        if values is None or department in hidden_departments(report, values):
            small[:] = True
        frame[name] = frame[name].mask(small)
    month = dict.fromkeys(frame.index, report.period.name)
    if report.followed_up is not None and "readmission_30d" in month:
        month["readmission_30d"] = report.followed_up.name
    gone = [hidden_months(report, department, name).get(month[name], False) for name in frame.index]
    return frame, pd.Series(gone, index=frame.index) & frame["now"].notna()


def department_trend(report: Report, department: str) -> Finding:
    """Cases, cost per weight unit, margin and stay of a department over thirteen months."""
    question = report.say("十三个月来怎样变化？", "How has it moved over thirteen months?")
    periods = [period.name for period in report.trend]
    names = list(_TREND)
    values = dict(zip(names, _safe_trends(report, department, names), strict=True))
    series = [
        Series(label("indicator", name, report.language), kind_of(name, _sums(name)), values[name])
        for name in names
        if any(not is_empty(value) for value in values[name])
    ]
    if sum(period in report.periods for period in report.trend) < 3:
        text = report.say("已结账的期间太少，看不出趋势。", "Too few periods are closed to see a trend.")
        return Finding(question, None, text)
    hidden = hidden_months(report, department)
    if not series:
        return Finding(question, None, _no_month(report))
    rows = pd.DataFrame({"month": periods} | {name: values[name] for name in names})
    heads = [Column("month", report.say("月份", "Month"))]
    heads += [Column(n, label_of(n, kind_of(n, _sums(n)), report.style), kind_of(n, _sums(n))) for n in names]
    chart = Chart("line", "month", ("cost_per_weight",))
    table = Table(rows, tuple(heads), report.say("趋势", "Trend"), report.style, chart=chart)
    return Finding(
        question,
        table,
        _trend_text(report, values["cost_per_weight"]),
        _left_out(report, int(hidden.sum())),
        figure=small_lines(periods, series, report.style),
        listed=False,
    )


def _safe_trends(report: Report, department: str, names: list[str]) -> list[list[float | None]]:
    """Thirteen months of each indicator, empty where too few cases stand behind it."""
    wide = trend_rows(report, "department", department)
    return [
        wide[name].mask(hidden_months(report, department, name)).tolist() if name in wide else [None] * len(wide)
        for name in names
    ]


def _no_month(report: Report) -> str:
    return report.say(
        f"各月出院均不足 {LIMIT} 例（或会使这样的月份被倒推），不显示趋势。",
        f"Every month has fewer than {LIMIT} discharges, or would give such a month away: no trend is shown.",
    )


def _left_out(report: Report, months: int) -> tuple[str, ...]:
    if not months:
        return ()
    return (
        report.say(
            f"{months} 个月未显示：出院不足 {LIMIT} 例，或会使这样的月份被倒推。",
            f"{plural(months, 'month')} not shown: fewer than {LIMIT} discharges, or would give such a month away.",
        ),
    )


def _sums(name: str) -> bool:
    return name in {"discharges", "margin_cost"}


def _direction(name: str, row: pd.Series, kind: Kind) -> str:
    """better, worse or same against the year before; none where it cannot be said."""
    wanted, change = vocabulary().indicators[name].direction, difference(row["span"], row["before"], kind)
    if name == "margin_cost" and not is_empty(row["before"]):
        change = (row["span"] - row["before"]) / (abs(row["before"]) or 1)
    if change is None or wanted == "none":
        return "none"
    if name in _COUNTED:
        moved = beyond_chance(*row[["span_numerator", "span_denominator", "before_numerator", "before_denominator"]])
    else:
        moved = int(np.sign(change)) if abs(change) >= _NOTICEABLE[_unit_of_change(kind)] else 0
    return "same" if not moved else "better" if (moved > 0) == (wanted == "up") else "worse"


def _unit_of_change(kind: Kind) -> str:
    return "points" if kind.startswith("percent") else "change"


def _change(report: Report, row: pd.Series, kind: Kind) -> str:
    return report.style.write(difference(row["span"], row["before"], kind), report.style.difference_kind(kind))


def _columns(report: Report, rows: pd.DataFrame) -> tuple[Column, ...]:
    specs = [("indicator", "text"), ("now", "by_row"), ("span", "by_row"), ("span_before", "by_row")]
    specs += [("change", "text_right"), ("direction", "mark"), ("hospital_value", "by_row"), ("trend", "trend")]
    gone = {"span_before", "change", "direction"} if rows["span_before"].isna().all() else set()
    gone |= {"trend", "now"} if report.period.is_year else set()
    return columns(report.style, *[spec for spec in specs if spec[0] not in gone], heads=report.heads)


def _basis(report: Report) -> str:
    span, before = report.compared
    now = span.words(report.language)
    if before is None:
        return report.say(
            f"统计区间：{now}；上年同期尚未结账，不作比较。",
            f"Span: {now}; the year before is not closed, so nothing is compared.",
        )
    past = before.words(report.language)
    return report.say(
        f"比较区间：{now}，对照 {past}；变化不足 3%（占比类 1 个百分点）记为持平，再入院与并发症以超出偶然波动为准。",
        f"Compared: {now} with {past}. The same: changes under 3 % (shares: 1 point), readmissions and complications "
        "within chance.",
    )


def _text(report: Report, words: dict[str, list[str]]) -> str:
    better, worse = words.get("better", []), words.get("worse", [])
    if report.compared[1] is None:
        return report.say("尚无上年同期可比。", "There is no year before to compare with yet.")
    if not better and not worse:
        return report.say("没有指标较上年明显变化。", "No indicator has moved noticeably on the year before.")
    zh = [f"{len(worse)} 项变差（{listed(worse, 'zh', 6)}）"] if worse else []
    zh += [f"{len(better)} 项好转（{listed(better, 'zh', 6)}）"] if better else []
    en = [f"{plural(len(worse), 'indicator')} worse ({listed(worse, 'en', 6)})"] if worse else []
    en += [f"{plural(len(better), 'indicator')} better ({listed(better, 'en', 6)})"] if better else []
    return report.say("与上年同期相比，" + "，".join(zh) + "。", "On the year before: " + "; ".join(en) + ".")


def _trend_text(report: Report, values: list[float | None]) -> str:
    known = [(period, value) for period, value in zip(report.trend, values, strict=True) if not is_empty(value)]
    if len(known) < 3:
        return report.say("病例太少，无法看出趋势。", "Too few cases to see a trend.")
    (period, last), middle = known[-1], sorted(value for _, value in known)[len(known) // 2]
    above, month = last / middle - 1, period_words(period, report.language)
    share, money = report.style.write(abs(above), "percent1"), report.style.money(last)
    if abs(above) < _NOTICEABLE["change"]:
        return report.say(
            f"{month}单位权重成本 {money}，与近 13 个月中位数持平。",
            f"Cost per weight unit was {money} in {month}, at its thirteen-month median.",
        )
    return report.say(
        f"{month}单位权重成本 {money}，比近 13 个月中位数{'高' if above > 0 else '低'} {share}。",
        f"Cost per weight unit was {money} in {month}, {share} {'above' if above > 0 else 'below'} its thirteen-month "
        "median.",
    )


def _too_small(report: Report, question: str) -> Finding:
    text = report.say(
        "区间内出院不足 10 例，或会使这样的科室被倒推，不列示。",
        "Fewer than ten discharges in the span, or they would give such a department away: not shown.",
    )
    return Finding(question, None, text)
