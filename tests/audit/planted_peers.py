"""The demonstration hospital with physicians and a department that stand out, and the same hospital without them.

Outlying from 2022 on: one physician in each of nine departments and everyone in another use more in every stay, 1.6 or
2.5 times as many drugs, consumables and examinations (charges); one in each of the nine bills components whenever there
is their panel, where all others do it seldom (findings). Look-alikes stay: physicians differ in what they use as ever,
seniors have more severe cases (four times as markedly as usual), departments have dear groups.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.audit.compile import compile_rules
from analysis.audit.judging import Span, find_encounters
from analysis.audit.monthly import findings_of
from analysis.audit.peers import judged_units, peer_alerts
from analysis.audit.rule_files import read_rules
from analysis.audit.shifts import baseline_of
from analysis.demo.generator import generate
from analysis.demo.house_settings import Practice
from analysis.demo.listed import StayEffect
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.engine import Engine, sql_text
from analysis.periods import Period

MONTHS = {"first": "2021-01", "last": "2022-12"}
MONTH = Period("2022-12")
#: The story that bills components of panels, the rule that finds them, the habits planted here.
BILLED, RULE = "panel_components", "A3.panel_component"
CHARGES = {"dear_physicians": 1.6, "dearest_physicians": 2.5, "dear_department": 1.6}
FINDINGS = ("busy_physicians",)
HABITS = (*CHARGES, *FINDINGS)
_PLACES = ["01", "02", "03", "04", "06", "13", "15", "17", "18"]
_DEAREST = ["02", "04", "13", "17"]
_SENIOR = ("副主任医师", "主任医师")
_RULES = [r for r in read_rules(["demo_local"], Path(__file__).parents[2] / "parameters/rules").rules if r.id == RULE]


def hospital() -> DemoParameters:
    known = demo_parameters()
    some = {"title": "", "title_en": "", "scenarios": ["A9"], "from_month": "2022-01"}
    practices = known.stories.practices | {
        "dear_physicians": Practice(**some, departments=sorted({*_PLACES} - {*_DEAREST}), physicians=0.1),
        "dearest_physicians": Practice(**some, departments=_DEAREST, physicians=0.1),
        "dear_department": Practice(**some, departments=["25"], physicians=1.0),
        "busy_physicians": Practice(**some, departments=_PLACES, physicians=0.1),
        BILLED: known.stories.practices[BILLED].model_copy(update={"physicians": 1.0, "managed": 0.0}),
    }
    billed = [row for row in known.story_lines if row.story == BILLED]
    rarely = [row.model_copy(update={"p": row.p * 0.2}) if row in billed else row for row in known.story_lines]
    often = [row.model_copy(update={"story": FINDINGS[0], "condition": "", "p": 1}) for row in billed]
    shocks = known.stories.shocks
    heavy = shocks.physician_practice.model_copy(update={"referral": 4 * shocks.physician_practice.referral})
    return replace(
        known,
        settings=known.settings.model_copy(update={"physicians": 130}),
        stories=known.stories.model_copy(
            update={"practices": practices, "shocks": shocks.model_copy(update={"physician_practice": heavy})}
        ),
        story_lines=[*rarely, *often],
        story_stays=[*known.story_stays, *(StayEffect(story=name, drgs="*", use=use) for name, use in CHARGES.items())],
    )


def closed(seed: int, without: Collection[str], stays: int) -> Engine:
    """Both years as closing gives them to the statistics: case_history and finding_history; cases and findings too."""
    tables = generate(seed, without, stays_per_year=stays, parameters=hospital(), **MONTHS).tables
    engine = Engine()
    for name in ("stays", "charges", "orders", "items", "item_components", "item_codes", "item_prices", "hospitals",
                 "diagnoses", "procedures", "measurements", "approvals", "visits", "physicians"):  # fmt: skip
        engine.put(name, tables[name])
    span = Span(Period(MONTHS["first"]).start, MONTH.end)
    plan = compile_rules(engine, _RULES)
    find_encounters(engine, span)
    findings_of(engine, span, plan)
    engine.create("kinds", sql_text("analysis.closing", "kind_categories"))
    engine.create("cases", _CASES, end_at=MONTH.end)
    engine.create("case_history", "select * from cases")
    engine.create("finding_history", _FOUND)
    engine.create("findings", "select * from finding_history")
    for name in ("charges", "orders", "measurements", "visits"):
        engine.drop(name)
    return engine


_PART = "coalesce(sum(c.amount) filter (k.category = '{part}'), 0) as charge_{part}"
_CASES = f"""select s.stay_id, s.hospital_id, strftime(s.discharged_at, '%Y-%m') as period, s.department,
      s.physician_id, s.drg_code, greatest(date_diff('day', s.admitted_at, s.discharged_at), 1) as length_of_stay,
      sum(c.amount) as charge_total, {
    ", ".join(_PART.format(part=p) for p in ("drug", "consumable", "exam", "service", "other"))
}
    from stays s join charges c using (stay_id) join items i using (item_code) join kinds k using (kind)
    where s.discharged_at < $end_at group by all"""
_FOUND = """select f.stay_id, f.hospital_id, f.outcome, f.amount_at_risk, c.period
    from findings f join cases c using (stay_id)"""


_HITS = """select 'physician' as scope, c.physician_id as subject, count(distinct f.stay_id) as hits
    from finding_history f join cases c using (stay_id)
    where f.outcome = 'hit' and c.period between $first and $last group by all"""


def judged(engine: Engine) -> pd.DataFrame:
    """One row a physician or department with twenty cases: alarm (charges), finding (its alarm), hits (stays)."""
    baseline = baseline_of(MONTH, Period(MONTHS["first"]))
    units = judged_units(engine, baseline, MONTH)[["scope", "subject", "cases", "observed", "alarm"]]
    alerts = peer_alerts(engine, baseline, MONTH)
    busy = alerts.loc[alerts["kind"] == "peer_outlier_findings", ["scope", "subject"]].assign(finding=True)
    units = units.merge(busy, how="left", on=["scope", "subject"])
    hits = engine.frame(_HITS, first=MONTH.shift(-11).name, last=MONTH.name)
    units = units.merge(hits, how="left", on=["scope", "subject"]).fillna({"hits": 0})
    seniors = engine.frame("select physician_id, title from physicians").set_index("physician_id")["title"]
    return units.assign(finding=units["finding"].eq(True), senior=units["subject"].map(seniors).isin(_SENIOR))
