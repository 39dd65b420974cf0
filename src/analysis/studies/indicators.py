"""Are we on target? The committee's twelve indicators and the verdict."""

from collections.abc import Sequence

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, difference, is_empty
from analysis.presentation.sparkline import Trend
from analysis.presentation.tables import Column, Table, columns
from analysis.presentation.wording import listed, plural
from analysis.studies.indicator_values import chosen, indicator_spans, judged, kind_of, label_of, peers, trend_rows
from analysis.studies.report import Report
from analysis.vocabulary import label

#: What the committee watches, in order; the first twelve that the hospital's data give are shown.
COMMITTEE = (
    "margin_cost",
    "fund_balance_rate",
    "denial_rate",
    "charge_per_case",
    "cost_per_weight",
    "cmi",
    "mean_stay",
    "drug_share",
    "consumable_share",
    "materials_per_100",
    "self_paid_per_case",
    "satisfaction",
    "cost_index",
    "time_index",
    "cost_per_case",
    "grouping_rate",
    "mortality",
    "discharges",
    "total_weight",
)
TWELVE = 12
#: Judged on the year to date: a single month says little of a quota or of denials that come in lumps.
_CUMULATIVE = {"fund_balance_rate", "denial_rate"}


def committee_indicators(report: Report, wanted: Sequence[str] = COMMITTEE) -> Finding:
    """Twelve indicators against target, last month, the same month last year, the year to date and peers."""
    question = report.say("十二项指标达标了吗？", "Are the twelve indicators on target?")
    frame = indicator_spans(report, "hospital", report.hospital, report.this_year, report.last_year)
    names = chosen(wanted, frame, TWELVE)
    frame = frame.loc[names].rename(columns={"span": "so_far"})
    kinds = [kind_of(name, is_empty(frame.loc[name, "cases"])) for name in names]
    judged_on = {name: "now" if report.period.is_year or name not in _CUMULATIVE else "so_far" for name in names}
    state = {name: judged(name, frame.loc[name, judged_on[name]], frame.loc[name, "target"]) for name in names}
    rows = _rows(report, frame, kinds, state)
    heads, sheet = _columns_with_values(report, rows), report.say("指标", "Indicators")
    missed = frozenset((i, judged_on[name]) for i, name in enumerate(names) if state[name] == "missed")
    table = Table(rows, heads, sheet, report.style, by_row=tuple(kinds), alarm=missed)
    text = _verdict(report, names, state, frame)
    return Finding(question, table, text, _caveats(report, wanted, frame, names), alarm=bool(missed))


def _rows(report: Report, frame: pd.DataFrame, kinds: list[Kind], state: dict[str, str]) -> pd.DataFrame:
    months, known = trend_rows(report, "hospital", report.hospital), peers(report)
    return frame.assign(
        indicator=[label_of(name, kind, report.style) for name, kind in zip(frame.index, kinds, strict=True)],
        state=list(state.values()),
        change=[_change_text(report, frame.loc[n], k) for n, k in zip(frame.index, kinds, strict=True)],
        peer=[known.get(name) for name in frame.index],
        trend=[Trend(months[name].tolist(), state[name] == "missed") for name in frame.index],
    )


def _columns_with_values(report: Report, rows: pd.DataFrame) -> tuple[Column, ...]:
    specs = [("indicator", "text"), ("now", "by_row"), ("target", "by_row"), ("state", "mark"), ("previous", "by_row")]
    specs += [("year_before", "by_row"), ("change", "text_right"), ("so_far", "by_row"), ("peer", "by_row")]
    specs += [("trend", "trend")]
    optional = {"target", "previous", "year_before", "peer"}
    empty = {name for name in optional if rows[name].isna().all()}
    empty |= {"state"} if "target" in empty else set()
    empty |= {"change"} if "year_before" in empty else set()
    empty |= {"so_far", "trend"} if report.period.is_year else set()
    return columns(report.style, *[spec for spec in specs if spec[0] not in empty], heads=report.heads)


def _change_text(report: Report, row: pd.Series, kind: Kind) -> str:
    """The change on the year before as it is read: relative, or in percentage points."""
    value = difference(row["now"], row["year_before"], kind)
    return report.style.write(value, report.style.difference_kind(kind))


def _verdict(report: Report, names: list[str], state: dict[str, str], frame: pd.DataFrame) -> str:
    language = report.language
    missed = [label("indicator", name, language) for name in names if state[name] == "missed"]
    met = sum(value == "met" for value in state.values())
    if not met and not missed:
        text = report.say(f"{len(names)} 项指标均未设目标", f"No targets are set for the {len(names)} indicators")
    elif not missed:
        text = report.say(f"设有目标的 {met} 项指标全部达标", f"All {plural(met, 'indicator')} with a target meet it")
    else:
        which = listed(missed, language, 6)
        text = report.say(
            f"设有目标的 {met + len(missed)} 项指标中 {len(missed)} 项未达标：{which}",
            f"{len(missed)} of {plural(met + len(missed), 'indicator')} with a target miss it: {which}",
        )
    if "margin_cost" not in frame.index:
        return text + report.say("。", ".")
    now, so_far = frame.loc["margin_cost", "now"], frame.loc["margin_cost", "so_far"]
    money, year = report.style.money(now, signed=True), report.style.money(so_far, signed=True)
    if report.period.is_year:
        return text + report.say(f"；全年成本盈亏 {money}。", f"; cost margin of the year {money}.")
    return text + report.say(
        f"；成本盈亏本月 {money}，今年累计 {year}。", f"; cost margin {money} this month, {year} this year."
    )


def _caveats(report: Report, wanted: Sequence[str], frame: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    notes = []
    if "cost_per_weight" in names or "margin_cost" in names:
        notes.append(
            report.say(
                "成本盈亏 = DRG 收入 − 全成本，仅计成本完整的出院病例，未扣拒付；"
                "医保盈亏（按倍率规则调整后的支付标准 − 费用）另列，两者不相加。",
                "Cost margin = DRG income − full cost of discharged cases with complete cost, before denials; the "
                "payment margin (standard after outlier rules − charges) is another figure and never added to it.",
            )
        )
    lacking = [label("indicator", name, report.language) for name in wanted[:TWELVE] if name not in frame.index]
    if lacking:
        which = listed(lacking, report.language, 12)
        notes.append(report.say(f"数据未提供：{which}。", f"Not in the data: {which}."))
    if not report.period.is_year and _CUMULATIVE & set(names):
        which = listed(
            [label("indicator", name, report.language) for name in names if name in _CUMULATIVE], report.language
        )
        notes.append(report.say(f"{which}按今年累计判定达标。", f"{which}: judged on the year to date."))
    if "mortality" in names:
        notes.append(report.say("死亡率未按风险调整。", "Mortality is not adjusted for risk."))
    if not report.this_year.whole:
        notes.append(_incomplete(report))
    return tuple(notes)


def _incomplete(report: Report) -> str:
    words = report.this_year.words(report.language)
    return report.say(f"今年累计只含已结账月份（{words}）。", f"Year to date holds the closed months only ({words}).")
