"""Indicators of a subject over spans of periods: pooled, compared, judged against a target."""

from collections.abc import Sequence

import pandas as pd

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.periods import Period
from analysis.presentation.numbers import Kind, Style, is_empty, rounded
from analysis.studies.report import Report, Span
from analysis.vocabulary import vocabulary


def indicator_spans(report: Report, scope: str, subject: str, span: Span, before: Span | None) -> pd.DataFrame:
    """Every indicator of a subject.

    Readmission is shown for the last period whose 30 days have passed.

    Returns
    -------
    Frame indexed by indicator: now, target, previous, year_before, cases (denominator of now), span and before (pooled
    over the two spans; empty where an indicator does not add up), and their numerators and denominators.
    """
    frame = _rows(report, scope, subject, span, before, report.period)
    known = report.followed_up
    if known is not None and "readmission_30d" in frame.index:
        late = _rows(report, scope, subject, span, _until(before, report.year_before(known)), known)
        frame.loc["readmission_30d"] = late.loc["readmission_30d"]
    return frame


def _until(span: Span | None, last: Period) -> Span | None:
    """The span's periods up to `last`: a year not yet followed up is set against the same months of the other."""
    kept = tuple(period for period in span.periods if period <= last) if span else ()
    return Span(kept, span.whole) if span and kept else None


def _rows(report: Report, scope: str, subject: str, span: Span, before: Span | None, period: Period) -> pd.DataFrame:
    past = before.bounds if before else {"first": "", "last": ""}
    rows = report.sql(
        "indicator_spans",
        scope=scope,
        subject=subject,
        **span.bounds,
        before_first=past["first"],
        before_last=past["last"],
        period=period.name,
        previous=period.previous.name,
        year_before=report.year_before(period).name,
    ).set_index("indicator")
    for name in ("span", "before"):
        rows[name] = [_pooled(i, row[f"{name}_numerator"], row[f"{name}_denominator"]) for i, row in rows.iterrows()]
    kept = ["now", "target", "previous", "year_before", "cases", "span", "before"]
    counts = ["span_numerator", "span_denominator", "before_numerator", "before_denominator"]
    return rows[[*kept, *counts]].astype(float)


def _pooled(indicator: str, numerator: float, denominator: float) -> float | None:
    """numerator x scale / denominator; the numerator of a sum; empty for what does not add up."""
    definition = vocabulary().indicators[indicator]
    if not definition.adds or is_empty(numerator):
        return None
    if is_empty(denominator):
        return numerator
    return numerator * definition.scale / denominator if denominator else None


def trend_rows(report: Report, scope: str, subject: str) -> pd.DataFrame:
    """Thirteen months (rows) of every indicator (columns); empty where a month is not closed."""
    periods = [period.name for period in report.trend]
    rows = report.sql("indicator_trend", scope=scope, subject=subject, first=periods[0], last=periods[-1])
    return rows.pivot(index="period", columns="indicator", values="value").reindex(periods)


def judged(indicator: str, value: float, target: float) -> str:
    """`met`, `missed`, or `none` where there is no value, no target or no direction; as precise as it is written."""
    definition = vocabulary().indicators[indicator]
    if is_empty(value) or is_empty(target) or definition.direction == "none":
        return "none"
    above = rounded(value, definition.unit) - rounded(target, definition.unit)
    return "met" if (above >= 0 if definition.direction == "up" else above <= 0) else "missed"


def kind_of(indicator: str, sums: bool) -> Kind:
    """How an indicator is written; sums of money in the large unit."""
    unit = vocabulary().indicators[indicator].unit
    return "money_large" if unit == "money" and sums else unit


def label_of(indicator: str, kind: Kind, style: Style) -> str:
    """Name of an indicator with its currency where it is money."""
    return style.with_unit(vocabulary().indicators[indicator].label(style.language), kind)


def chosen(wanted: Sequence[str], frame: pd.DataFrame, most: int) -> list[str]:
    """The first `most` indicators of the list that have a value."""
    return [name for name in wanted if name in frame.index and not is_empty(frame.loc[name, "now"])][:most]


def peers(report: Report) -> dict[str, float]:
    """Peer values by indicator: of table peer_indicators, else the folder's other hospitals taken together."""
    file = report.data / "peer_indicators.parquet"
    if file.exists():
        with Engine() as engine:
            engine.attach(contract_tables()["peer_indicators"], [file])
            rows = engine.frame(
                """select indicator, max_by(value, year) as peer from peer_indicators where year <= $year
                group by indicator order by indicator""",
                year=report.period.year,
            )
    else:
        rows = report.sql("alliance_peers")
    return dict(zip(rows["indicator"], rows["peer"], strict=True))
