"""What each plan would change: every outcome beside today's, by pairs."""

import pandas as pd

from analysis.pathways.outcomes import interval
from analysis.presentation.finding import Finding
from analysis.presentation.forest import Panel, forest
from analysis.presentation.numbers import MINUS, Kind, Style, is_empty
from analysis.presentation.tables import Table
from analysis.studies.pathway_redesign import TODAY, Redesign
from analysis.studies.pathway_redesign_words import OUTCOMES
from analysis.studies.wide import head, interval_heads

#: In the figure; the table has every outcome.
_PANELS = ("stay", "days_of_patient", "cost_of_patient", "margin_of_patient", "waiting", "beds", "complication",
           "readmission")  # fmt: skip


def shown(redesign: Redesign) -> list[str]:
    """Outcomes that can be told: money where items are priced, a share of beds where their number is not just ample."""
    hidden = {"bed_use"} if "bed" in redesign.ample else set()
    hidden |= set() if redesign.priced else {name for name, words in OUTCOMES.items() if words.money}
    return [name for name in OUTCOMES if name not in hidden]


def signed(style: Style, value: float, kind: Kind) -> str:
    """A difference: shares in points, the rest in their unit, with its sign."""
    kind = "points" if kind.startswith("percent") else kind
    text = style.write(value, kind)
    bare = text.removeprefix("+").removeprefix(MINUS)
    if is_empty(value) or bare == style.write(0.0, kind):
        return bare
    return f"+{bare}" if value > 0 else text


def changes(redesign: Redesign) -> Finding:
    """Every outcome of every plan beside today's, differences by pairs."""
    report, style = redesign.report, redesign.report.style
    question = report.say("每个方案会改变什么？", "What would each plan change?")
    rows, kinds = [], []
    for plan, found in redesign.differences.items():
        for one in found[found["outcome"].isin(shown(redesign))].itertuples():
            words = OUTCOMES[one.outcome]
            apart = [signed(style, value, words.kind) for value in (one.difference, one.ci_low, one.ci_high)]
            name = style.with_unit(getattr(words, report.language), words.kind)
            rows.append((redesign.title(plan), name, one.baseline, one.changed, *apart))
            kinds.append(words.kind)
    frame = pd.DataFrame(rows, columns=["plan", "outcome", "now", "then", "difference", "low", "high"])
    heads = (head(report, "plan", "方案", "Plan"), head(report, "outcome", "结局", "Outcome"),
             head(report, "now", "现状", "Today", "by_row"), head(report, "then", "方案", "With it", "by_row"),
             head(report, "difference", "差值", "Difference", "text_right"),
             *interval_heads(report, "text_right", "low", "high"))  # fmt: skip
    table = Table(frame, redesign.by_plan(heads), report.say("方案效果", "Effects"), style, by_row=tuple(kinds))
    perverse = [plan for plan in redesign.differences if _perverse(redesign, plan)]
    text = " ".join(_plan_text(redesign, plan) for plan in redesign.plans)
    return Finding(question, table, text, redesign.told(*_change_notes(redesign)), _figure(redesign), bool(perverse))


def _figure(redesign: Redesign) -> str:
    report = redesign.report
    panels = []
    for outcome in (name for name in _PANELS if name in shown(redesign)):
        words = OUTCOMES[outcome]
        rows = [_row(redesign, plan, outcome) for plan in redesign.plans]
        kind: Kind = "points" if words.kind.startswith("percent") else words.kind
        heading = report.style.with_unit(getattr(words, report.language), kind)
        heading += report.say("（百分点）", " (points)") if kind == "points" else ""
        panels.append(Panel(heading, kind, words.less, [(r.difference, r.ci_low, r.ci_high) for r in rows]))
    names = [redesign.title(plan) for plan in redesign.plans] if len(redesign.plans) > 1 else [""]
    return forest(names, panels, report.style)


def _row(redesign: Redesign, plan: str, outcome: str) -> pd.Series:
    found = redesign.differences[plan]
    return found[found["outcome"] == outcome].iloc[0]


def harms(redesign: Redesign, plan: str) -> list[str]:
    """Outcomes of quality that a plan makes worse beyond chance: of a patient, as fewer returns are fewer stays."""
    if redesign.differences[plan]["why"].iloc[0]:
        return []
    before, after = (redesign.simulated[one].replications.classes for one in (TODAY, plan))
    worse = []
    for outcome, tally in (("complication", "complications"), ("readmission", "returns")):
        of = [one[tally].sum(axis=1) / one["arrivals"].sum(axis=1) for one in (before, after)]
        if interval(of[1] - of[0]).low > 0:
            worse.append(outcome)
    return worse


def _perverse(redesign: Redesign, plan: str) -> bool:
    """A stay becomes cheaper and a patient does not: the returns cost what the days saved."""
    stay, patient = (_row(redesign, plan, outcome) for outcome in ("cost", "cost_of_patient"))
    saved = stay["ci_high"] < 0 and patient["difference"] > 0.5 * stay["difference"]
    return redesign.priced and bool(saved and _row(redesign, plan, "readmission")["ci_low"] > 0)


def _plan_text(redesign: Redesign, plan: str) -> str:
    report, title = redesign.report, redesign.title(plan)
    if why := redesign.differences[plan]["why"].iloc[0]:
        return report.say(
            f"{title}：队列不断增长（{why}），不给出差值。",
            f"{title}: a queue grows without end ({why}); no difference is told.",
        )
    outcome = "cost_of_patient" if redesign.priced else "days_of_patient"
    days, main = _row(redesign, plan, "stay"), _row(redesign, plan, outcome)
    words, style = OUTCOMES[outcome], report.style
    unit = style.unit if words.money else report.say("天", "days")
    low, high = (signed(style, value, words.kind) for value in (main["ci_low"], main["ci_high"]))
    what, change = getattr(words, report.language), signed(style, main["difference"], words.kind)
    stay = signed(style, days["difference"], "number1")
    text = report.say(
        f"{title}：每次住院 {stay} 天，{what} {change} {unit}（95% {low} 至 {high}）",
        f"{title}: {stay} days a stay; {what.lower()} {change} {unit} (95 % {low} to {high})",
    )
    if not _perverse(redesign, plan):
        return text + report.say("。", ".")
    stay = signed(style, _row(redesign, plan, "cost")["difference"], "money")
    back = signed(style, _row(redesign, plan, "readmission")["difference"], "percent1")
    return text + report.say(
        f"；每次住院的成本看似 {stay} 元，是因为再入院 {back} 把成本摊到了更多次住院上。",
        f"; the cost of a stay seems {stay}, because readmissions ({back}) spread it over more stays.",
    )


def _change_notes(redesign: Redesign) -> tuple[str, ...]:
    report, how = redesign.report, redesign.how
    first = report.say(
        f"{redesign.replications} 次重复、各 {how['days']:.0f} 天，方案与现状用同样的随机数；"
        "区间为成对差值的 95% 区间；每位患者的数字含其再入院。",
        f"{redesign.replications} replications of {how['days']:.0f} days; plans and today have the same random "
        "numbers, intervals are 95 % ones of paired differences. Of a patient: readmissions included.",
    )
    second = report.say(
        f"{how['unpaid_within']:.0f} 天内的再入院不再支付。" if how["unpaid_within"] else "再入院照付。",
        f"Returns within {how['unpaid_within']:.0f} days are not paid again." if how["unpaid_within"]
        else "Returns are paid again.")  # fmt: skip
    third = report.say(
        "方案的效果是假设，其大小见“如果数字不准”。",
        "What a plan does is an assumption; see what follows if it is off.",
    )
    return (first, second, third, *capacity_notes(redesign))


def capacity_notes(redesign: Redesign) -> tuple[str, ...]:
    """That units which a plan adds are not paid for in these figures."""
    plans = [name for name, plan in redesign.plans.items() if any(at.endswith(".units") for at in plan.edits)]
    if not plans:
        return ()
    names = "、".join(redesign.title(name) for name in plans)
    return (redesign.report.say(
        f"{names}改变了资源的数量：新增人员、设备的成本没有计入，须从收益中扣除。",
        f"{names}: the number of units changes; what new staff and machines cost is not in these figures and has to be "
        "taken off."),)  # fmt: skip
