"""One pathway: what it asks for, and in which order its steps were really begun."""

import pandas as pd

from analysis.pathways.model import Pathway
from analysis.pathways.variants import discovered_variants
from analysis.presentation.finding import Finding
from analysis.presentation.pathway_drawing import pathway_drawing
from analysis.presentation.tables import Table
from analysis.studies.absent import absent
from analysis.studies.adherence_book import WITHOUT, Followed
from analysis.studies.pathway_words import day_words
from analysis.studies.wide import head

_NEEDS = {"required": ("必需", "required"), "optional": ("可选", "optional"), "forbidden": ("禁止", "forbidden")}
#: Variants shown.
_MOST = 8


def drawn(followed: Followed) -> Finding:
    """The chosen pathway as a picture, with what it asks for as a table in the workbook."""
    report = followed.report
    question = report.say("路径要求什么？", "What does the pathway ask for?")
    if nothing := followed.nothing(question):
        return nothing
    pathway = followed.library[followed.chosen]
    rows = _asked(followed, pathway)
    heads = (
        head(report, "step", "步骤", "Step"),
        head(report, "need", "要求", "Need"),
        head(report, "day", "住院第几日", "Day of the stay"),
        head(report, "after", "在何之后", "After"),
        head(report, "hours", "几小时内", "Within hours", "count"),
        head(report, "most", "至多次数", "At most", "count"),
    )
    table = Table(rows, heads, report.say("路径要求", "Asked for"), report.style)
    note = report.say(f"依据：{pathway.basis.zh}。", f"Basis: {pathway.basis.en}.")
    figure = pathway_drawing(pathway, report.language)
    return Finding(question, table, _counted(followed, pathway), (note,), figure, listed=False)


def _counted(followed: Followed, pathway: Pathway) -> str:
    """Standard days and how many steps are required, optional and forbidden."""
    needs = [one.need for one in pathway.steps.values()]
    counts = [needs.count(need) for need in _NEEDS]
    name, days = followed.name(pathway.id), f"{pathway.standard.days:g}"
    return followed.report.say(
        f"{name}：标准住院日 {days} 天，必需 {counts[0]} 步、可选 {counts[1]} 步、禁止 {counts[2]} 步。",
        f"{name}: {days} days by the standard; {counts[0]} steps required, {counts[1]} optional, {counts[2]} "
        "forbidden.",
    )


def _asked(followed: Followed, pathway: Pathway) -> pd.DataFrame:
    report, steps = followed.report, pathway.steps.values()
    after = {one: followed.step(pathway.id, one) for one in pathway.steps}
    after["admission"] = report.say("入院", "admission")
    told = {
        "step": [getattr(one, report.language) for one in steps],
        "need": [report.say(*_NEEDS[one.need]) for one in steps],
        "day": [" – ".join(day_words(report, day) for day in one.day) if one.day else "" for one in steps],
        "after": [after[one.after] if one.after else "" for one in steps],
        "hours": [one.within_hours for one in steps],
        "most": [one.most for one in steps],
    }
    return pd.DataFrame(told)


def orders(followed: Followed) -> Finding:
    """In which order the steps of the chosen pathway were begun, most frequent first."""
    report = followed.report
    question = report.say("步骤实际按什么顺序进行？", "In which order were the steps really done?")
    if followed.rows.empty or followed.live is None:
        return absent(report, question, *WITHOUT)
    costs = report.sql("stay_costs", **followed.span.bounds)
    found = discovered_variants(followed.live, costs, _MOST, activities_only=True)
    rows = found[found["pathway"] == followed.chosen].reset_index(drop=True)
    rows["order"] = [_told(followed, variant) for variant in rows["variant"]]
    heads = (
        head(report, "rank", "序", "Rank", "count"),
        head(report, "order", "顺序（同日以“+”相连）", "Order (one day joined by +)"),
        head(report, "cases", "例数", "Stays", "count"),
        head(report, "share", "占比", "Share", "percent0"),
        head(report, "median_days", "住院日中位数", "Median days", "number1"),
        head(report, "mean_cost", "例均成本", "Cost per case", "money"),
    )
    table = Table(rows, heads, report.say("实际顺序", "Orders"), report.style)
    note = report.say(
        "只列检查、手术、康复等诊疗活动，不含用药；重复不另算一种。顺序与住院日、成本的关系是并存，不是因果。",
        "Examinations, operations, rehabilitation and the like, no drugs; repetitions are no order of their own. "
        "Orders go with days and costs; they need not cause them.",
    )
    return Finding(question, table, _orders_text(followed, rows), (note,))


def _orders_text(followed: Followed, rows: pd.DataFrame) -> str:
    of, name = round(rows["cases"].iloc[0] / rows["share"].iloc[0]), followed.name(followed.chosen)
    together, first = f"{rows['share'].sum():.0%}", f"{rows['share'].iloc[0]:.0%}"
    return followed.report.say(
        f"{name} {of:,} 例住院中，前 {len(rows)} 种顺序占 {together}，最常见的一种占 {first}。",
        f"{of:,} stays of {name}: the first {len(rows)} orders cover {together}, the most frequent {first}.",
    )


def _told(followed: Followed, variant: str) -> str:
    """A variant in words: days apart by arrows, steps of a day joined."""
    if not variant:
        return followed.report.say("（无任何步骤）", "(no step at all)")
    days = [day.split(" + ") for day in variant.split(" > ")]
    return " → ".join(" + ".join(followed.step(followed.chosen, step) for step in day) for day in days)
