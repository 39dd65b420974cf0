"""Which of today and the plans is best, and the figures kept as a study."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.pathways.experiment import best_of
from analysis.pathways.outcomes import interval
from analysis.pathways.selection import Selected
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.pathway_redesign import TODAY, Redesign
from analysis.studies.pathway_redesign_effects import harms, shown
from analysis.studies.pathway_redesign_words import OUTCOMES
from analysis.studies.study_tables import write_study
from analysis.studies.wide import head

#: The least difference worth telling apart, of today's cost of a patient or in days of one.
_WORTH, _WORTH_DAYS = 0.01, 0.1
#: The selection may take so many replications of a plan; where it would need more, the difference looked for grows.
_MOST = 2000


@dataclass(frozen=True)
class Chosen:
    """The best of today and the plans by one outcome, and the difference that was looked for.

    harmful : plan -> outcomes of quality that it makes worse beyond chance; such a plan is no candidate.
    """

    plans: tuple[str, ...]
    harmful: dict[str, list[str]]
    outcome: str
    delta: float
    selected: Selected

    @property
    def best(self) -> str:
        """Today where no candidate comes to rest."""
        return self.plans[self.selected.best] if self.plans else TODAY


@lru_cache(maxsize=8)
def chosen(redesign: Redesign) -> Chosen:
    """The best by margin of a patient, or by days of one where items have no costs.

    No candidates: plans whose queue grows, and plans that make complications or readmissions worse beyond chance.
    """
    harmful = {plan: worse for plan in redesign.plans if (worse := harms(redesign, plan))}
    plans = tuple(plan for plan, one in redesign.simulated.items() if not one.unstable and plan not in harmful)
    outcome, delta = redesign.outcome, _WORTH_DAYS
    if redesign.priced:
        delta = _WORTH * abs(interval(redesign.simulated[TODAY].outcomes["cost_of_patient"]).mean)
    values = [redesign.simulated[plan].outcomes[outcome] for plan in plans]
    spread = max(((a - b).var(ddof=1) for a in values for b in values), default=0.0)
    delta = max(delta, float(np.sqrt(8 * spread / _MOST)))
    if not plans:
        return Chosen(plans, harmful, outcome, delta, Selected(0, (), ()))
    best = best_of(
        [redesign.changed(plan).pathway for plan in plans], redesign.costs, outcome=outcome, delta=delta,
        smaller=OUTCOMES[outcome].less, **redesign.how,
    )  # fmt: skip
    return Chosen(plans, harmful, outcome, delta, best)


def best_plan(redesign: Redesign) -> Finding:
    """The plan chosen by KN among today and all plans."""
    report, found = redesign.report, chosen(redesign)
    question, words = report.say("哪个方案最好？", "Which plan is best?"), OUTCOMES[found.outcome]
    heads = (head(report, "plan", "方案", "Plan"), head(report, "value", words.zh, words.en, words.kind),
             head(report, "taken", "重复次数", "Replications", "count"), head(report, "mark", "", ""))  # fmt: skip
    table = Table(_candidates(redesign, found), heads, report.say("选优", "Selection"), report.style)
    note = report.say(
        "KN 逐次筛选法（Kim、Nelson 2001），不假设方差相等；差别小于上述数额的方案不作区分。",
        "Sequential selection KN (Kim and Nelson 2001), variances need not be equal; plans closer than that are not "
        "told apart.",
    )
    safe = report.say(
        "使并发症或再入院显著增多的方案不作候选，无论账面如何。",
        "A plan that raises complications or readmissions beyond chance is no candidate, whatever it earns.",
    )
    notes = (note, safe, *_books(redesign))
    return Finding(question, table, _best_text(redesign, found), notes, alarm=bool(found.harmful))


def _books(redesign: Redesign) -> tuple[str, ...]:
    """What the closed months book for these cases beside what the model costs today: a margin may change its sign."""
    if not redesign.priced:
        return ()
    report, style = redesign.report, redesign.report.style
    today = interval(redesign.simulated[TODAY].outcomes["cost"]).mean
    booked, model = style.money(redesign.booked), style.money(today)
    told = report.say(
        f"账面全成本每例 {booked}，模型现状每次 {model}：账面分摊全部成本（含闲置能力），"
        "模型只用不含闲置能力的单位成本。看方案之间的差值；这里的盈亏大于 0，账面上不一定大于 0。",
        f"The closed months book {booked} of full cost a case, the model has {model} a stay today: the books share out "
        "all cost, unused capacity included, the model takes unit costs without it. Read differences between plans: a "
        "margin above 0 here need not be above 0 in the books.",
    )
    return (told,)


def _candidates(redesign: Redesign, found: Chosen) -> pd.DataFrame:
    """Every candidate with the replications it took, and who is none and why."""
    report = redesign.report
    chosen_, means = report.say("选定", "chosen"), {}
    for plan, one in redesign.simulated.items():
        means[plan] = interval(one.outcomes[found.outcome]).mean
    rows = [(redesign.title(plan), means[plan], taken or None, chosen_ if plan == found.best else "")
            for plan, taken in zip(found.plans, found.selected.replications, strict=True)]  # fmt: skip
    for plan, worse in found.harmful.items():
        names = _worse(redesign, worse)
        why = report.say(f"不作候选：{names}变差", f"no candidate: {names} worse")
        rows.append((redesign.title(plan), means[plan], None, why))
    return pd.DataFrame(rows, columns=["plan", "value", "taken", "mark"])


def _best_text(redesign: Redesign, found: Chosen) -> str:
    report, words = redesign.report, OUTCOMES[found.outcome]
    if len(found.plans) < 2:
        return report.say("除现状外没有候选方案。", "There is no candidate beside today.")
    days = report.say(f"{found.delta:.1f} 天", f"{found.delta:.1f} days")
    delta = report.style.money(found.delta) if words.money else days
    return report.say(
        f"按{words.zh}，{redesign.title(found.best)}最好（只要领先 {delta} 以上，选对的概率至少 95%）。",
        f"By {words.en.lower()}, {redesign.title(found.best)} is best (right with 95 % wherever it leads by {delta} or "
        "more).",
    )


def _worse(redesign: Redesign, outcomes: list[str]) -> str:
    names = [getattr(OUTCOMES[name], redesign.report.language).lower() for name in outcomes]
    return listed(names, redesign.report.language)


def kept(redesign: Redesign) -> Finding:
    """Write the outcomes as a study, beside the closed months."""
    report, study = redesign.report, f"E3_{redesign.pathway.id}"
    question = report.say("这些结果保存在哪里？", "Where are these figures kept?")
    parts = [found.assign(scenario=plan) for plan, found in redesign.differences.items()]
    rows = pd.concat(parts, ignore_index=True).dropna(subset=["difference"])
    rows = rows[rows["outcome"].isin(shown(redesign))].drop(columns="why")
    made = {"pathway": redesign.pathway.id, "version": redesign.pathway.version, "run_id": report.card["run_id"],
            "months": [period.name for period in redesign.span], "replications": redesign.replications,
            **{name: float(value) for name, value in redesign.how.items()}}  # type: ignore[arg-type]  # fmt: skip
    write_study(report.folder, study, {"scenario_outcomes": rows}, made)
    text = report.say(
        f"研究 {study}：{len(rows)} 行写入 scenario_outcomes。",
        f"Study {study}: {plural(len(rows), 'row')} in scenario_outcomes.",
    )
    return Finding(question, None, text)
