"""Words of a change's report: effects with their intervals, names of methods, windows."""

from collections.abc import Sequence

import pandas as pd

from analysis.evaluation.effects_in_units import Effect
from analysis.periods import Period
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import span_words
from analysis.studies.did_it_work import Change
from analysis.studies.did_it_work_outcomes import Outcome
from analysis.studies.report import Report
from analysis.studies.wide import head, interval_heads


def effect_kind(outcome: Outcome) -> Kind:
    """How an effect is written: money or days a case, shares in points."""
    return outcome.kind if outcome.scale == "relative" else "points"


def window(report: Report, months: Sequence[str]) -> str:
    """First to last month in words."""
    return span_words(Period(months[0]), Period(months[-1]), report.language)


def written(report: Report, outcome: Outcome, effect: Effect) -> str:
    """`−3,988 元（−20.0%；95% 区间 −5,000 至 −2,935）`, likewise in English."""
    one, kind = effect.estimate, effect_kind(outcome)
    low, high = report.style.write(one.low, kind), report.style.write(one.high, kind)
    share = report.style.write(effect.share.effect, "change") if effect.share else ""
    middle = amount(report, outcome, one.effect)
    first = f"{share}{report.say('；', '; ')}" if share else ""
    return report.say(
        f"{middle}（{first}95% 区间 {low} 至 {high}）", f"{middle} ({first}95 % interval {low} to {high})"
    )


def amount(report: Report, outcome: Outcome, effect: float) -> str:
    """An effect with its unit: money, days or points."""
    if outcome.kind == "money":
        return report.style.money(effect, signed=True)
    days = report.say(" 天", " days") if outcome.scale == "relative" else ""
    return report.style.write(effect, effect_kind(outcome)) + days


def p_words(p: float) -> str:
    """A p-value to three digits, never 0."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def name_of(report: Report, outcome: Outcome) -> str:
    return report.say(outcome.zh, outcome.en)


def pilots(change: Change) -> list[str]:
    """Names of the departments that began first."""
    return change.report.named("department", change.study.treated)


def effect_frame(effects: Sequence[Effect]) -> pd.DataFrame:
    """One row an effect: effect, low, high, share, p, cases."""
    return pd.DataFrame([
        {"effect": one.estimate.effect, "low": one.estimate.low, "high": one.estimate.high,
         "share": one.share.effect if one.share else None, "p": p_text(one.estimate.p), "cases": one.cases}
        for one in effects
    ])  # fmt: skip


def p_text(p: float) -> str | None:
    """A p-value for a table; empty where the method has none."""
    if p != p:
        return None
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def effect_table(
    report: Report,
    rows: pd.DataFrame,
    kinds: Sequence[Kind],
    sheet: str,
    first: Column,
    *more: Column,
    strong: int = -1,
) -> Table:
    """Effects in rows; `kinds` of every row; `first` names the row, `more` stand behind."""
    with_share = rows["share"].notna().any()
    unit = report.style.with_unit("", kinds[0]) if len(set(kinds)) == 1 else ""
    heads = [
        first,
        head(report, "effect", f"效果{unit}", f"Effect{unit}", "by_row"),
        *interval_heads(report, "by_row", "low", "high"),
        *([head(report, "share", "相对变化", "Relative", "change")] if with_share else []),
        head(report, "p", "p", "p", "text_right"),
        *more,
    ]
    strong_rows = frozenset({strong} if strong >= 0 else ())
    return Table(rows, tuple(heads), sheet, report.style, by_row=tuple(kinds), strong=strong_rows)
