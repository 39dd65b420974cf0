"""The fund: what was claimed and what of it came, and whether the hospital's quota holds to the end of the year."""

import pandas as pd

from analysis.presentation.bars import paired_bars
from analysis.presentation.finding import Finding
from analysis.presentation.lines import Series, line
from analysis.presentation.numbers import Kind, is_empty
from analysis.presentation.tables import Chart, Column, Table, columns
from analysis.studies.absent import absent
from analysis.studies.report import Report
from analysis.vocabulary import label

#: Months a projection rests on.
_LAST = 3
_STAGES = ("claimed", "payable", "paid", "denied_settlement", "awaiting")


def fund_flow(report: Report) -> Finding:
    """Claimed, payable, paid, denied and awaiting clearing: the month and the year to date beside last year's."""
    question = report.say("申报的钱到了多少？", "How much of what was claimed has come?")
    months = report.sql("fund_months").set_index("period")
    if report.period.name not in months.index or is_empty(months.loc[report.period.name, "claimed"]):
        return absent(report, question, "settlement flow")
    so_far = _sum(months, report.this_year.periods)
    past = _sum(months, report.last_year.periods) if report.last_year else so_far * float("nan")
    rows = pd.DataFrame({
        "stage": [label("indicator", name, report.language) for name in _STAGES],
        "month": [months.loc[report.period.name, name] for name in _STAGES],
        "so_far": [so_far[name] for name in _STAGES],
        "share_of_payable": [None, *(so_far[name] / so_far["payable"] for name in _STAGES[1:])],
        "before": [past[name] for name in _STAGES],
    })  # fmt: skip
    specs = [("stage", "text"), ("month", "money_large"), ("so_far", "money_large"), ("share_of_payable", "percent1")]
    specs += [("before", "money_large")] if report.last_year else []
    chart = Chart("column", "stage", ("so_far",))
    sheet = report.say("结算", "Settlement")
    table = Table(rows, columns(report.style, *specs, heads=report.heads), sheet, report.style, chart=chart)
    names = (report.say("今年累计", "this year"), report.say("去年同期", "last year"))
    figure = paired_bars(
        list(rows["stage"]), list(rows["so_far"]), list(rows["before"]), report.style, "money_large", names
    )
    return Finding(question, table, _flow_text(report, so_far), (_flow_note(report),), figure)


def fund_balance(report: Report) -> Finding:
    """The fund balance rate month by month, year to date and projected to December, against the red line."""
    question = report.say("医保额度守得住吗？", "Does the fund quota hold?")
    months = report.sql("fund_months").set_index("period")
    if report.period.name not in months.index or is_empty(months.loc[report.period.name, "income"]):
        return absent(report, question, "fund balance")
    names = [period.name for period in report.trend]
    rate, so_far = (1 - months["expenditure"] / months["income"]).reindex(names), _running(months, report)
    red_line = months.loc[report.period.name, "red_line"]
    limit = None if is_empty(red_line) else float(red_line)
    main = Series(report.say("当年累计", "year to date"), "percent1", so_far, limit)
    other = Series(report.say("当月", "month"), "percent1", rate.tolist())
    figure = line(names, main, report.style, report.say("红线", "red line"), other)
    text, alarm = _balance_text(report, months, so_far[-1], limit)
    table = _balance_table(report, months.reindex(names).assign(rate=rate, so_far=so_far, month=names))
    return Finding(question, table, text, _balance_notes(report), figure, alarm, listed=False)


def _balance_table(report: Report, rows: pd.DataFrame) -> Table:
    money: Kind = "money_large"
    income, spent = (label("indicator", f"fund_{name}", report.language) for name in ("income", "expenditure"))
    heads = (
        Column("month", report.say("月份", "Month")),
        Column("income", report.style.with_unit(income, money), money),
        Column("expenditure", report.style.with_unit(spent, money), money),
        Column("rate", report.say("结余率", "Balance rate"), "percent1"),
        Column("so_far", report.say("当年累计结余率", "Balance rate, year to date"), "percent1"),
    )
    chart = Chart("line", "month", ("rate", "so_far"))
    return Table(rows, heads, report.say("基金结余", "Fund balance"), report.style, chart=chart)


def _sum(months: pd.DataFrame, periods) -> pd.Series:
    return months.reindex([period.name for period in periods]).sum(min_count=1)


def _running(months: pd.DataFrame, report: Report) -> list[float | None]:
    """Balance rate from January to each month of the trend; empty where a month since January is not closed."""
    values: list[float | None] = []
    for period in report.trend:
        since = _since_january(period.name)
        whole = set(since) <= set(months.index)
        total = months.reindex(since)[["income", "expenditure"]].sum()
        values.append(1 - total["expenditure"] / total["income"] if whole and total["income"] else None)
    return values


def _since_january(name: str) -> list[str]:
    return [name] if len(name) == 4 else [f"{name[:4]}-{month:02d}" for month in range(1, int(name[5:]) + 1)]


def _projections(report: Report, months: pd.DataFrame) -> tuple[float, ...]:
    """Balance rate of the whole year, lowest first: so far, and the rest in two ways that bound it; () where unknown.

    The rest is last year's same months x (last three months / the same three of the year before), or as many months at
    the mean of the last three. (This year's change as a whole would count twice what had changed by last summer.)
    """
    year, month = report.period.year, int(report.period.name[5:]) if not report.period.is_year else 12
    past = [f"{year - 1}-{m:02d}" for m in range(1, 13)]
    now = [f"{year}-{m:02d}" for m in range(1, month + 1)]
    if month == 12 or not set(past + now) <= set(months.index):
        return ()
    so_far, rest = months.loc[now].sum(), months.loc[past[month:]].sum()
    last, same = (months.loc[names[max(month - _LAST, 0) : month]].sum() for names in (now, past))
    ways = rest * last / same, last * (12 - month) / min(month, _LAST)
    years = [so_far + way for way in ways]
    return tuple(sorted(float(1 - year["expenditure"] / year["income"]) for year in years))


def _flow_text(report: Report, so_far: pd.Series) -> str:
    claimed, payable, denied = (
        report.style.money(so_far[name]) for name in ("claimed", "payable", "denied_settlement")
    )
    paid, awaiting, lost = (
        report.style.write(so_far[name] / so_far["payable"], "percent1")
        for name in ("paid", "awaiting", "denied_settlement")
    )
    return report.say(
        f"今年累计申报 {claimed}，应付 {payable}；应付中已拨付 {paid}，待清算 {awaiting}，拒付 {lost}（{denied}）。",
        f"{claimed} claimed this year, {payable} payable, of which {paid} is paid, {awaiting} awaits clearing and "
        f"{lost} ({denied}) is denied.",
    )


def _flow_note(report: Report) -> str:
    return report.say(
        "按结算月统计（医保结算表）；应付与申报之差为按病组付费的调整；应付 = 已拨付 + 拒付 + 待清算。",
        "By month of settlement (the insurer's settlement); payable differs from claimed by DRG payment; payable = "
        "paid + denied + awaiting clearing.",
    )


def _balance_text(report: Report, months: pd.DataFrame, so_far: float | None, limit: float | None) -> tuple[str, bool]:
    rate = 1 - months.loc[report.period.name, "expenditure"] / months.loc[report.period.name, "income"]
    write = report.style.write
    projected = _projections(report, months)
    below = limit is not None and any(value is not None and value < limit for value in (so_far, *projected))
    zh, en = f"当月结余率 {write(rate, 'percent1')}", f"Balance rate {write(rate, 'percent1')} this month"
    if so_far is not None:
        zh, en = f"{zh}，当年累计 {write(so_far, 'percent1')}", f"{en}, {write(so_far, 'percent1')} year to date"
    if projected:
        ends = list(dict.fromkeys(write(value, "percent1") for value in projected))
        zh += f"，按最近三个月推算全年 {' 至 '.join(ends)}"
        en += f", {' to '.join(ends)} projected for the year from the last three months"
    if limit is not None:
        where = write(limit, "percent1")
        zh += f"；{'低于' if below else '高于'}红线 {where}"
        en += f"; {'below' if below else 'above'} the red line of {where}"
    return report.say(zh + "。", en + "."), below


def _balance_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "结余率 =（医院额度 − 支出）/ 额度，与统筹基金结余率口径不同。"
            "全年推算：余下各月取去年同月数、按最近三个月较去年同期的增幅调整，或取最近三个月的均值；列出两者的范围。",
            "Balance rate = (hospital quota − spending) / quota, not the regional fund's. Projection, range of two: "
            "the remaining months as last year's, grown as the last three on the same three of last year, or as the "
            "mean of the last three.",
        ),
    )
