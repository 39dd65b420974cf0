"""The composite score of departments, 60 points for quality and 40 for cost, and whether it tells them apart."""

import numpy as np
import pandas as pd

from analysis.evaluation.incentive_rules import composite_scores
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import plural
from analysis.studies.incentive_year import IncentiveYear, settled
from analysis.studies.report import Report
from analysis.studies.wide import head


def composite(report: Report) -> Finding:
    """Composite score of every department with the interval that chance leaves, best first."""
    question = report.say("质量成本综合评分能区分科室吗？", "Does the composite score tell departments apart?")
    year = settled(report)
    if isinstance(year, str):
        return Finding(question, None, year)
    rows = scored(year)
    mean = float(np.average(rows["score"], weights=rows["cases"]))
    rows["apart"] = (rows["score_low"] > mean) | (rows["score_high"] < mean)
    shown = rows[rows["cases"] >= LIMIT].sort_values(["score", "unit"], ascending=[False, True], ignore_index=True)
    ends = zip(shown["score_low"], shown["score_high"], strict=True)
    shown = shown.assign(
        department=report.named("department", shown["unit"]),
        interval=[report.style.ends(low, high, "count") for low, high in ends],
        told=["✓" if apart else "–" for apart in shown["apart"]],
    )  # fmt: skip
    heads = (
        head(report, "department", "科室", "Department"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "quality", "质量", "Quality", "count"),
        head(report, "cost", "成本", "Cost", "count"),
        head(report, "score", "综合分", "Score", "count"),
        head(report, "interval", "95% 区间", "95 % interval", "text_right"),
        head(report, "told", "与全院可区分", "Told from the hospital"),
    )
    table = Table(shown, heads, report.say("综合评分", "Composite score"), report.style)
    return Finding(question, table, _text(report, year, shown, mean), _notes(report, year))


def scored(year: IncentiveYear) -> pd.DataFrame:
    """Composite score of every department with cases, and its 95 % interval over drawn years.

    Returns
    -------
    unit, cases, quality, cost, score, score_low, score_high.
    """
    sums = year.books.groupby("unit", as_index=False).sum(numeric_only=True)
    drawn = year.drawn.groupby(["subject", "draw"], as_index=False).sum(numeric_only=True)
    again = composite_scores(drawn, year.settings.composite)["score"].groupby(drawn["subject"])
    ends = again.quantile([0.025, 0.975]).unstack().reindex(sums["unit"])
    made = pd.concat([sums[["unit", "cases"]], composite_scores(sums, year.settings.composite)], axis=1)
    made = made.assign(score_low=ends[0.025].to_numpy(), score_high=ends[0.975].to_numpy())
    return made[made["cases"] > 0].reset_index(drop=True)


def _text(report: Report, year: IncentiveYear, shown: pd.DataFrame, mean: float) -> str:
    apart, best, last = int(shown["apart"].sum()), shown.iloc[0], shown.iloc[-1]
    high, low, whole = (report.style.write(value, "count") for value in (best["score"], last["score"], mean))
    return report.say(
        f"{year.year} 年：{best['department']}最高 {high} 分，{last['department']}最低 {low} 分，全院 {whole} 分；"
        f"{len(shown)} 个科室中 {apart} 个与全院可区分。",
        f"{year.year}: {best['department']} highest with {high} points, {last['department']} lowest with {low}, the "
        f"hospital {whole}; {apart} of {plural(len(shown), 'department')} can be told from the hospital.",
    )


def _notes(report: Report, year: IncentiveYear) -> tuple[str, ...]:
    rules, write = year.settings.composite, report.style.write
    good, bad, cheap, dear = (write(value, "percent0") for value in (*rules.outcome_band, *rules.cost_band))
    quality, cost = (write(part, "percent0") for part in (rules.quality, 1 - rules.quality))
    basis = report.say(
        f"综合分 = 质量 {quality} + 成本 {cost}。质量：并发症、30 天再入院、未愈未好转，各按实际比预期"
        f"（同病组、同严重程度的全院均值）{good} 满分、{bad} 零分，加 {rules.prior:g} 例先验；"
        f"成本：全成本比收入 {cheap} 满分、{dear} 零分。",
        f"Score = quality {quality} + cost {cost}. Quality: complications, 30-day readmissions and not recovered, "
        f"observed against expected (mean of the hospital in the same group and severity), full points at {good}, none "
        f"at {bad}, {rules.prior:g} expected events added. Cost: full cost to income, full points at {cheap}, none at "
        f"{dear}.",
    )
    told = report.say(
        f"区间为重抽本年病例，各科均为 95%，未按科室数校正：二十个科室中约有一个仅凭偶然也会显得可区分。"
        f"成本分含分摊的全成本，科室未必可控。不足 {LIMIT} 例的科室不列。",
        "Intervals: the year's cases drawn again, each at 95 %: of twenty departments about one would be told apart by "
        "chance alone. The cost part holds allocated full cost, which a department may not "
        f"control. Departments of fewer than {LIMIT} cases are not listed.",
    )
    return (basis, told)
