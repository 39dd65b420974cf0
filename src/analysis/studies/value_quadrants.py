"""Where do the ten heaviest DRGs stand between quality and cost, and which strategy fits?"""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.evaluation.quadrants import UNCLEAR, QuadrantSettings, quadrants
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.quadrant import Axis, Spot, quadrant_chart
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import absent
from analysis.studies.report import Report, Span
from analysis.studies.study_tables import write_study
from analysis.studies.wide import head

_SEED = 11
#: place -> what it is called and the strategy that fits it (zh, en).
_STRATEGY = {
    "better_cheaper": ("质优价低：固化做法并推广", "Better and cheaper: keep and spread"),
    "better_dearer": ("质优价高：保质量、降成本", "Better but dearer: keep quality, cut cost"),
    "worse_cheaper": ("质降价低：停止以质换钱", "Cheaper but worse: stop saving on quality"),
    "worse_dearer": ("质降价高：重做路径", "Worse and dearer: redesign the pathway"),
    "better": ("质量变好，成本难辨：固化做法", "Better, cost not told: keep"),
    "worse": ("质量变差，成本难辨：先查质量", "Worse, cost not told: look into quality first"),
    "cheaper": ("成本低，质量难辨：盯住质量", "Cheaper, quality not told: watch quality"),
    "dearer": ("成本高，质量难辨：先降成本", "Dearer, quality not told: cut cost"),
    UNCLEAR: ("难以区分：不下结论", "Not distinguishable: no verdict"),
}
_CORNERS = ("worse_dearer", "better_dearer", "worse_cheaper", "better_cheaper")


def heaviest(report: Report) -> Finding:
    """The heaviest DRGs by quality and cost, with intervals, and the strategy of each place."""
    question = report.say(
        "权重最大的十个病组，质量与成本各在哪里？", "The ten heaviest DRGs: where between quality and cost?"
    )
    rows = placed(report)
    if rows[["quality", "cost"]].isna().all(axis=None):
        return absent(report, question, "complications and satisfaction", "cost of departments and cases")
    return Finding(question, _table(report, rows), _text(report, rows), _notes(report),
                   _figure(report, rows), alarm=bool(rows["place"].str.startswith("worse").any()))  # fmt: skip


@lru_cache(maxsize=4)
def placed(report: Report) -> pd.DataFrame:
    """The heaviest DRGs of the last twelve months with ten cases: columns of evaluation.quadrants, and weight.

    Quality is empty where the closed months before these hold fewer than ten cases of the DRG.
    """
    settings, before = QuadrantSettings(), reference_span(report)
    now = quadrant_cases(report, report.twelve)
    past = quadrant_cases(report, before) if before else now.head(0)
    sums = now.groupby("group").agg(weight=("weight", "sum"), cases=("weight", "size")).reset_index()
    sums = sums[(sums["cases"] >= LIMIT) & (sums["weight"] > 0)]
    sums = sums.sort_values(["weight", "group"], ascending=[False, True]).head(settings.groups)
    if sums.empty:
        return pd.DataFrame(columns=["group", "quality", "cost", "place"])
    counts = past["group"].value_counts()
    past = past[past["group"].isin(counts.index[counts >= LIMIT])]
    parts = [now[now["group"] == group] for group in sums["group"]]
    return quadrants(pd.concat(parts), past, settings, seed=_SEED).merge(sums[["group", "weight"]], on="group")


def reference_span(report: Report) -> Span | None:
    """What quality stands against: the twelve months (the year) before the last twelve, as far as they are closed."""
    first = report.twelve.periods[0]
    return report.span(first.shift(-1 if first.is_year else -12), first.shift(-1))


def quadrant_cases(report: Report, span: Span) -> pd.DataFrame:
    """Grouped cases of a span as evaluation.quadrants takes them, and their weight."""
    rows = report.sql("value_cases", **span.bounds)
    rows = rows[rows["drg_code"].notna()]
    recovered = rows["cured"].astype("boolean") | rows["improved"].astype("boolean")
    flags = {"cured": rows["cured"], "recovered": recovered, "complication": rows["complication"],
             "readmission": rows["readmitted"]}  # fmt: skip
    made = {name: flag.astype("boolean").astype("Float64").astype(float) for name, flag in flags.items()}
    return pd.DataFrame({
        "group": rows["drg_code"], "severity": rows["severity"], "weight": rows["weight"], **made,
        "cost": rows["cost_total"].where(rows["cost_complete"].astype(bool)), "standard": rows["standard"],
        "consumable": rows["charge_consumable"], "charge": rows["charge_total"],
        "stay": rows["length_of_stay"], "benchmark_days": rows["benchmark_days"],
    })  # fmt: skip


def keep_quadrants(report: Report) -> Path:
    """Write both axes of every heavy DRG as study F1_quadrants_PERIOD; the place stands in the note."""
    rows = placed(report)
    axes = [
        pd.DataFrame({
            "estimand": rows["group"], "method": "bootstrap", "outcome": axis, "estimate": rows[axis],
            "ci_low": rows[f"{axis}_low"], "ci_high": rows[f"{axis}_high"], "note": rows["place"],
        })
        for axis in ("quality", "cost")
    ]  # fmt: skip
    name = f"F1_quadrants_{report.period.name.replace('-', '_')}"
    made_from = {"period": report.period.name, "run_id": report.card["run_id"], "seed": _SEED}
    return write_study(report.folder, name, {"effects": pd.concat(axes, ignore_index=True)}, made_from)


def _table(report: Report, rows: pd.DataFrame) -> Table:
    style = report.style
    shown = rows.assign(
        drg=report.titled("drg", rows["group"]),
        quality_interval=[style.ends(*row, "number1") for row in _pairs(rows, "quality")],
        cost_interval=[style.ends(*row, "change") for row in _pairs(rows, "cost")],
        strategy=[report.say(*_STRATEGY[place]) for place in rows["place"]],
    )
    heads = (
        head(report, "drg", "病组", "DRG"),
        head(report, "cases", "例数", "Cases", "count"),
        head(report, "weight", "总权重", "Weight", "count"),
        head(report, "quality", "质量（分）", "Quality (points)", "number1"),
        head(report, "quality_interval", "95% 区间", "95 % interval", "text_right"),
        head(report, "cost", "成本偏离", "Cost index", "change"),
        head(report, "cost_interval", "95% 区间", "95 % interval", "text_right"),
        head(report, "part_cost", "全成本比标准", "Full cost to standard", "change"),
        head(report, "strategy", "定位与对策", "Place and strategy"),
    )
    worse = frozenset((i, "quality") for i, place in enumerate(rows["place"]) if place.startswith("worse"))
    return Table(shown, heads, report.say("质量成本象限", "Quality and cost"), style, alarm=worse)


def _pairs(rows: pd.DataFrame, axis: str) -> list[tuple[float, float]]:
    return list(zip(rows[f"{axis}_low"], rows[f"{axis}_high"], strict=True))


def _figure(report: Report, rows: pd.DataFrame) -> str:
    known = rows[rows["quality"].notna() & rows["cost"].notna()]
    if known.empty:
        return ""
    spots = [
        Spot(row.group, row.quality, row.cost, (row.quality_low, row.quality_high), (row.cost_low, row.cost_high),
             "_" in row.place, row.place.startswith("worse"))  # type: ignore[union-attr]
        for row in known.itertuples()
    ]  # fmt: skip
    corners = tuple(report.say(*_STRATEGY[place]) for place in _CORNERS)
    x_name = report.say(
        "质量：较上年同严重程度的预期（分，向右为好）", "Quality against the year before (points, right is better)"
    )
    y_name = report.say("成本偏离：较参照（向上为贵）", "Cost index against its references (up is dearer)")
    x, y = Axis(x_name, "number1"), Axis(y_name, "percent0")
    return quadrant_chart(spots, x, y, corners, report.style)  # type: ignore[arg-type]


def _text(report: Report, rows: pd.DataFrame) -> str:
    both = rows[rows["place"].str.contains("_")]
    dearer, cheaper = (rows.loc[rows["place"].str.contains(word), "group"].tolist() for word in ("dearer", "cheaper"))
    worse = rows.loc[rows["place"].str.startswith("worse"), "group"].tolist()
    zh, en = [], []
    if worse:
        zh.append(f"质量变差：{listed(worse, 'zh', 10)}")
        en.append(f"quality is worse in {listed(worse, 'en', 10)}")
    for codes, word_zh, word_en in ((dearer, "成本高于参照", "cost above"), (cheaper, "成本低于参照", "cost below")):
        if codes:
            zh.append(f"{word_zh}：{listed(codes, 'zh', 10)}")
            en.append(f"{word_en} its references in {listed(codes, 'en', 10)}")
    zh.append(f"{len(rows)} 个病组中，{f'{len(both)} 个' if len(both) else '没有一个'}在质量与成本上都能与参照区分")
    en.append(f"of {plural(len(rows), 'DRG')}, {len(both) or 'none'} can be told from both references")
    unknown = int(rows["quality"].isna().sum())
    if unknown:
        zh.append(f"{unknown} 个的质量没有足够的往期病例可比")
        en.append(f"of {unknown} the quality has too few earlier cases to stand against")
    text = "; ".join(en)
    return report.say("；".join(zh) + "。", text[:1].upper() + text[1:] + ".")


def _notes(report: Report) -> tuple[str, ...]:
    before = reference_span(report)
    words = report.twelve.words(report.language)
    past = before.words(report.language) if before else report.say("（尚无）", "(not closed yet)")
    settings = QuadrantSettings()
    weigh = {name: round(weight * 100) for name, weight in {**settings.quality, **settings.cost}.items()}
    basis = report.say(
        f"{words}。质量 = 治愈 {weigh['cured']}%、好转及以上 {weigh['recovered']}%、无并发症 "
        f"{weigh['complication']}%、无 30 天再入院 {weigh['readmission']}%，与本病组 {past}同严重程度病例相比"
        f"（没有地区质量参照）；成本偏离 = 全成本比支付标准 {weigh['cost']}%、耗材占比较上年 {weigh['consumable']}%、"
        f"住院日比地区 {weigh['stay']}%，是加权指数：成本偏离低于零，全成本仍可能高于标准。",
        f"{words}. Quality: cured {weigh['cured']} %, improved or better {weigh['recovered']} %, no complication "
        f"{weigh['complication']} %, no readmission in 30 days {weigh['readmission']} %, against the DRG's cases of "
        f"{past} of the same severity (there is no regional reference). Cost index: full cost to the payment standard "
        f"{weigh['cost']} %, consumable share to the year before {weigh['consumable']} %, stay to the region's "
        f"{weigh['stay']} %. It is a weighted index: below nought, full cost may still exceed the standard.",
    )
    told = report.say(
        "区间为病例自助法；只有偏离超出偶然（全部病组与两个方向合并，误报不超过 5%）才下结论，"
        "空心点不能归入任何象限。严重程度相同的病例仍可能轻重不同；这是前后比较，不是某项措施的效果。",
        "Intervals: bootstrap of cases. A place is told only where the deviation is beyond chance (at most 5 % false "
        "calls over all DRGs and both axes); hollow dots belong to no quadrant. Cases of a severity may still differ; "
        "this compares two years and is not the effect of anything that was done.",
    )
    return (basis, told)
