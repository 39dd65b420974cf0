"""Is money saved at the patients' expense? Readmission, complications, deaths, pathways, self-pay, satisfaction."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.sparkline import Trend
from analysis.presentation.tables import Column, Table, columns
from analysis.presentation.wording import listed, period_words, plural
from analysis.studies.absent import absent
from analysis.studies.indicator_values import chosen, indicator_spans, judged, kind_of, label_of, trend_rows
from analysis.studies.report import Report
from analysis.vocabulary import label

_WATCHED = (
    "readmission_30d",
    "complication_rate",
    "low_risk_mortality",
    "mortality",
    "self_paid_per_case",
    "satisfaction",
    "fee_transparency",
    "policy_knowledge",
)
#: Name of the row on pathways, which is no indicator of the closed tables.
_STEPS = "pathway_steps"


def quality_guard(report: Report) -> Finding:
    """Readmission, complications, deaths, self-pay and satisfaction against target and last year."""
    question = report.say("省钱有没有损害质量？", "Has saving hurt quality?")
    frame = indicator_spans(report, "hospital", report.hospital, report.this_year, report.last_year)
    names = chosen(_WATCHED, frame, len(_WATCHED))
    if not names:
        return absent(report, question, "complications and satisfaction", "readmission")
    frame = frame.loc[names]
    kinds = [kind_of(name, sums=False) for name in names]
    state = [judged(name, frame.loc[name, "span"], frame.loc[name, "target"]) for name in names]
    labels = [label_of(name, kind, report.style) for name, kind in zip(names, kinds, strict=True)]
    steps = _pathway_steps(report)
    if steps is not None:
        frame = pd.concat([frame, steps])
        labels.append(report.say("路径步骤按要求完成", "Pathway steps done as planned"))
        names, kinds, state = [*names, _STEPS], [*kinds, "percent1"], [*state, "none"]
    months = trend_rows(report, "hospital", report.hospital)
    rows = frame.assign(
        indicator=labels,
        state=state,
        trend=[
            Trend(months[n].tolist() if n in months else (), s == "missed") for n, s in zip(names, state, strict=True)
        ],
    ).rename(columns={"span": "so_far"})
    missed = frozenset((i, "so_far") for i, s in enumerate(state) if s == "missed")
    sheet, heads = report.say("质量", "Quality"), _heads(report, rows)
    table = Table(rows, heads, sheet, report.style, by_row=tuple(kinds), alarm=missed)
    return Finding(question, table, _text(report, rows, names, state), _notes(report, names), alarm="missed" in state)


def _heads(report: Report, rows: pd.DataFrame) -> tuple[Column, ...]:
    """Columns of the table; those with nothing in them are left out."""
    specs = [("indicator", "text"), ("now", "by_row"), ("year_before", "by_row"), ("so_far", "by_row")]
    specs += [("before", "by_row"), ("target", "by_row"), ("state", "mark"), ("trend", "trend")]
    gone = {name for name in ("year_before", "before", "target") if rows[name].isna().all()}
    gone |= {"state"} if "target" in gone else set()
    gone |= {"so_far", "trend"} if report.period.is_year else set()
    return columns(report.style, *[spec for spec in specs if spec[0] not in gone], heads=report.heads)


def _pathway_steps(report: Report) -> pd.DataFrame | None:
    """The row on pathways, as indicator_spans gives the others; None where no step was judged in the period."""
    span, before = report.this_year, report.last_year
    past = before.bounds if before else {"first": "", "last": ""}
    rows = report.sql(
        "guard_pathways", **span.bounds, before_first=past["first"], before_last=past["last"],
        year_before=report.year_before(report.period).name,
    )  # fmt: skip
    return None if rows["now"].isna().all() else rows.set_axis([_STEPS])


def _text(report: Report, rows: pd.DataFrame, names: list[str], state: list[str]) -> str:
    missed = [label("indicator", n, report.language) for n, s in zip(names, state, strict=True) if s == "missed"]
    judged_ones = sum(s != "none" for s in state)
    if missed:
        return report.say(
            f"{judged_ones} 项有目标的质量指标中 {len(missed)} 项未达标：{listed(missed, 'zh')}。",
            f"{len(missed)} of {plural(judged_ones, 'quality target')} missed: {listed(missed, 'en')}.",
        )
    if judged_ones:
        return report.say(
            f"{judged_ones} 项有目标的质量指标全部达标。",
            f"All {plural(judged_ones, 'quality indicator')} with a target meet it.",
        )
    first = rows.iloc[0]
    value = report.style.write(first["so_far"], kind_of(names[0], sums=False))
    return report.say(
        f"质量指标未设目标；{first['indicator']} {value}。", f"No targets for quality; {first['indicator']} {value}."
    )


def _notes(report: Report, names: list[str]) -> tuple[str, ...]:
    notes = [
        report.say("判断以今年累计为准，单月病例数少，波动大。", "Judged on the year to date: a month holds few cases.")
    ]
    if report.period.is_year:
        notes = []
    if "readmission_30d" in names and report.followed_up is not None:
        month = period_words(report.followed_up, report.language)
        notes.append(
            report.say(
                f"30 天再入院率的本期为 {month}出院病例：其后 30 天才能确定；计划内再入院不计。",
                f"30-day readmission is that of cases discharged in {month}, the last whose 30 days have passed; "
                "planned ones are not counted.",
            )
        )
    return tuple(notes)
