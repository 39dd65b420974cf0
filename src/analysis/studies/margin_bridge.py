"""Why the margin differs from the year before: volume, case mix, rate, unit cost and denials, which add up exactly.

margin = weight x (income per weight - cost per weight) - denials. One factor after the other takes its new value, in
this order; each step is what that changes, so the steps sum to the whole difference, to the fen.
"""

from collections.abc import Mapping

import pandas as pd

from analysis.presentation.disclosure import HIDDEN, is_small
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, sum_kind
from analysis.presentation.tables import Table
from analysis.presentation.waterfall import waterfall
from analysis.presentation.wording import listed
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import head

#: step -> (zh, en, kind of the factor behind it)
STEPS: dict[str, tuple[str, str, Kind]] = {
    "volume": ("例数", "Cases", "count"),
    "case_mix": ("病例组合（CMI）", "Case mix (CMI)", "number3"),
    "rate": ("单位权重收入", "Income per weight", "money"),
    "unit_cost": ("单位权重成本", "Cost per weight", "money"),
    "denials": ("拒付", "Denials", "money_large"),
}


def bridge_steps(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, int]:
    """Effects in fen, by step; they sum to the difference of the two margins exactly.

    Parameters
    ----------
    before, now : cases, weight (both above 0), income, cost, denied (in the currency).

    Formula: with margin M = income - cost, levels are M0 N1/N0, M0 W1/W0, income1 - cost0 W1/W0, M1, less denials.
    """
    money = {name: (_fen(before[name]), _fen(now[name])) for name in ("income", "cost", "denied")}
    (income0, income1), (cost0, cost1), (denied0, denied1) = money.values()
    weights = now["weight"] / before["weight"]
    levels = [
        income0 - cost0 - denied0,
        round((income0 - cost0) * now["cases"] / before["cases"]) - denied0,
        round((income0 - cost0) * weights) - denied0,
        income1 - round(cost0 * weights) - denied0,
        income1 - cost1 - denied0,
        income1 - cost1 - denied1,
    ]
    return {step: levels[i + 1] - levels[i] for i, step in enumerate(STEPS)}


def margin_bridge(report: Report) -> Finding:
    """From the margin of the same months of the year before to this year's, as a waterfall."""
    question = report.say("盈亏为什么和上年不同？", "Why does the margin differ from the year before?")
    span, past = report.compared
    now = report.sql("margin_parts", **span.bounds).iloc[0]
    if not now["cases"] or not now["weight"]:
        return absent(report, question, COSTS, "DRG income and payment margin")
    before = report.sql("margin_parts", **past.bounds).iloc[0] if past else None
    if before is None or not before["cases"] or not before["weight"]:
        return Finding(question, None, report.say("尚无上年同期可比。", "There is no year before to compare with."))
    steps = {name: fen / 100 for name, fen in bridge_steps(before, now).items()}
    margins = tuple((_fen(s["income"]) - _fen(s["cost"]) - _fen(s["denied"])) / 100 for s in (before, now))
    rows = _rows(report, before, now, steps, margins)
    table = _table(report, rows)
    figure = waterfall(list(rows["step"]), list(rows["effect"]), report.style, sum_kind(rows["effect"]))
    words = span.words(report.language), past.words(report.language) if past else ""
    return Finding(question, table, _text(report, steps, margins), _notes(report, *words), figure, margins[1] < 0)


def _fen(value: float) -> int:
    return round(float(value) * 100)


def _rows(
    report: Report, before: pd.Series, now: pd.Series, steps: Mapping[str, float], margins: tuple[float, ...]
) -> pd.DataFrame:
    """Start, the steps with their factors in both spans, end.

    Cases and case mix are hidden where fewer than ten cases have no margin: their number would follow.
    """
    factors = {
        "volume": [side["cases"] for side in (before, now)],
        "case_mix": [side["weight"] / side["cases"] for side in (before, now)],
        "rate": [side["income"] / side["weight"] for side in (before, now)],
        "unit_cost": [side["cost"] / side["weight"] for side in (before, now)],
        "denials": [side["denied"] for side in (before, now)],
    }
    if any(is_small(side["all_cases"] - side["cases"]) for side in (before, now)):
        factors |= {"volume": [HIDDEN, HIDDEN], "case_mix": [HIDDEN, HIDDEN]}
    rows = [(report.say("上年同期盈亏", "Margin of the year before"), None, None, margins[0])]
    rows += [(report.say(*STEPS[step][:2]), *factors[step], effect) for step, effect in steps.items()]
    rows.append((report.say("本期盈亏", "Margin now"), None, None, margins[1]))
    return pd.DataFrame(rows, columns=["step", "before", "now", "effect"])


def _table(report: Report, rows: pd.DataFrame) -> Table:
    kinds: list[Kind] = ["money_large", *(kind for _, _, kind in STEPS.values()), "money_large"]
    heads = (
        head(report, "step", "因素", "Step"),
        head(report, "before", "上年同期", "Year before", "by_row"),
        head(report, "now", "本期", "Now", "by_row"),
        head(report, "effect", "对盈亏的影响", "Effect on the margin", sum_kind(rows["effect"])),
    )
    ends = frozenset({0, len(rows) - 1})
    sheet = report.say("盈亏变动", "Margin bridge")
    return Table(rows, heads, sheet, report.style, by_row=tuple(kinds), strong=ends)


def _text(report: Report, steps: Mapping[str, float], margins: tuple[float, ...]) -> str:
    money = report.style.money
    largest = sorted(steps, key=lambda step: -abs(steps[step]))[:2]
    words = [f"{report.say(*STEPS[step][:2])} {money(steps[step], signed=True)}" for step in largest if steps[step]]
    change = margins[1] - margins[0]
    zh = (
        f"盈亏由 {money(margins[0], signed=True)} 变为 {money(margins[1], signed=True)}（{money(change, signed=True)}）"
    )
    en = f"The margin went from {money(margins[0], signed=True)} to {money(margins[1], signed=True)}"
    en += f" ({money(change, signed=True)})"
    if words:
        zh, en = f"{zh}；影响最大的是{listed(words, 'zh')}", f"{en}; most of it: {listed(words, 'en')}"
    return report.say(zh + "。", en + ".")


def _notes(report: Report, now: str, before: str) -> tuple[str, ...]:
    return (
        report.say(
            f"{now}，对照 {before}；盈亏 = DRG 收入 − 全成本 − 当期拒付（其他页的成本盈亏未扣拒付），"
            "只计收入与成本完整的出院病例。各因素依次由上年值换为本期值，合计等于总差额，无残差。",
            f"{now} against {before}; margin = DRG income − full cost − denials of these months (the cost margin of "
            "other pages is before denials), cases with income and complete cost. One factor after the other takes its "
            "new value: the steps add up, nothing is left over.",
        ),
    )
