"""What the demonstration hospital plants, the rules find: every line of it, nothing beside it, its money to the fen.

Planted is what is there with the stories of fund supervision and not without them, in the same hospital (the paired
difference). All physicians do it here and the groups concerned come often, so that there is enough of it; the
look-alikes are in both hospitals.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fund_supervision_rules import APPROVALS, NET

from analysis.audit.compile import compile_rules
from analysis.audit.judging import Span, find_encounters
from analysis.audit.monthly import findings_of
from analysis.audit.rule_files import read_rules
from analysis.demo.generator import generate
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.engine import Engine
from analysis.periods import Period

RULES = read_rules(["demo_local"], Path(__file__).parents[2] / "parameters/rules").rules
KNOWN = demo_parameters()
STORIES = [
    name
    for name, story in KNOWN.stories.all.items()
    if set(getattr(story, "scenarios", [])) & {"A2", "A3", "A4", "A5", "A6", "A7", "A9"} and name in KNOWN.stories.names
]
OFTEN = {"FM19": 14, "KS19": 10, "GB19": 6, "HB19": 4, "HC39": 10, "FR39": 14, "IU29": 8, "FV29": 6, "IF39": 6,
         "FR19": 9, "ES25": 9, "ES23": 9, "IC29": 6, "IC19": 4}  # fmt: skip
TABLES = (
    "stays", "charges", "orders", "approvals", "measurements", "diagnoses", "items", "item_components", "item_codes",
    "item_prices", "procedures", "visits", "hospitals",
)  # fmt: skip
#: Rule -> lines planted for it: items, and where the story is at work.
LINES = {
    "A3.enzyme_panel": "c.item_code = 'S114'",
    "A3.panel_component": "c.item_code in ('S104', 'S105', 'S106', 'S115', 'S125')",
    "A3.ct_and_ultrasound": "c.item_code = 'S205' and s.drg_code in ('HC39', 'HC19')",
    "A3.cta_and_angiography": "c.item_code = 'S207' and s.drg_code = 'FR39'",
    "A4.dual_antiplatelet": "c.item_code = 'D103' and s.drg_code = 'FV29'",
    "A4.thymalfasin": "c.item_code = 'D316'",
    "A4.danhong": "c.item_code = 'D111'",
    "A4.quinolone_under_18": "c.item_code = 'D307'",
    "A4.motherwort_in_men": "c.item_code = 'D615'",
    "A6.never_done": """c.item_code in ('S310', 'S304', 'S308', 'S706')
        and s.drg_code in ('FR39', 'FR19', 'BR25', 'ES23')""",
    "A6.duplicate": "c.item_code in ('S202', 'S204', 'S206', 'S302')",
    "A9.negative_list_film": "c.item_code = 'C312' and s.department = '02'",
    "A9.negative_list_silver": "c.item_code = 'C506' and s.department in ('03', '17')",
}
#: The same where a measurement decides: without it evidence is lacking.
MEASURED = {
    "A4.absorbable_stent": "c.item_code = 'C103'",
    "A4.albumin": "c.item_code = 'D010'",
    "A4.angiography_foot": "c.item_code = 'S209'",
}
#: More than three examinations, some of them planted; the second half of a stay that is whole without.
STAYS = {
    "A5": """select stay_id from net join stays using (stay_id)
        left join (select line_id, item_code as planted from added) using (line_id)
        where item_code in ('S211', 'S212', 'S213', 'S214', 'S218', 'S307', 'S308') and drg_code in ('IU29', 'KS19')
        group by stay_id having count(distinct item_code) > 3 and count(planted) >= 1""",
    "A6.split_stay": "select stay_id from stays anti join stays_without using (stay_id) where admitted_at >= $start_at",
}
#: What a rule says it excludes (docs/audit-rules.md): planted where there is an excuse is no finding.
_EXCUSED = (
    "select stay_id from diagnoses join stays using (stay_id) where regexp_matches(code, '^({codes})') and {where}"
)
EXCUSED = {
    "A3.ct_and_ultrasound": _EXCUSED.format(codes="C|K83.0|K85|T81", where="true"),
    "A5": _EXCUSED.format(codes="C|M80|M84|M46|G95", where="drg_code = 'IU29'")
    + " union "
    + _EXCUSED.format(codes="C|M86|A41|I26|I82", where="drg_code = 'KS19'"),
    "A6.split_stay": "select stay_id from stays where admission_type in ('transfer', 'day')",
}


NOBODY = "select stay_id from stays where false"


def everyone() -> DemoParameters:
    practices = {
        name: practice.model_copy(update={"physicians": 1.0}) if name in STORIES else practice
        for name, practice in KNOWN.stories.practices.items()
    }
    drgs = {code: drg.model_copy(update={"share": OFTEN.get(code, drg.share)}) for code, drg in KNOWN.drgs.items()}
    return replace(KNOWN, stories=KNOWN.stories.model_copy(update={"practices": practices}), drgs=drgs)


def audited(seed: int, stays: int, first: str, last: str) -> Engine:
    """Both hospitals with their findings: found, found_without (one judged line a row); added, net, stays, ..."""
    engine = Engine()
    span = Span(Period(first).start, Period(last).end)
    for ending, without in (("", ()), ("_without", STORIES)):
        tables = generate(seed, without, stays_per_year=stays, first=first, last=last, parameters=everyone()).tables
        with Engine() as judging:
            for name in TABLES:
                judging.put(name, tables[name])
                engine.put(f"{name}{ending}", tables[name])
            plan = compile_rules(judging, RULES)
            find_encounters(judging, span)
            findings_of(judging, span, plan)
            engine.put(f"found{ending}", judging.arrow(FOUND))
        engine.create(f"net{ending}", NET.format(e=ending))
    engine.create(
        "span", "select cast($start_at as timestamp) as start_at, cast($end_at as timestamp) as end_at", **span.values()
    )
    engine.create("added", ADDED)
    return engine


FOUND = """select f.rule_id, f.outcome, f.stay_id, l.line_id, l.concerned as amount
    from audit_finding_lines l join audit_findings f on f.finding_id = l.finding_id where l.judged"""
ADDED = """select c.* from net c left join charges_without w on w.line_id = c.line_id and w.item_code = c.item_code
    where w.line_id is null"""
#: Stays that begin and end the same, and have ended: in others every line is another one.
SAME = """select s.stay_id from stays s join stays_without o using (stay_id), span
    where s.discharged_at = o.discharged_at and s.discharged_at < span.end_at"""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((31, 2200, "2022-03", "2022-06"), id="31"),
        *(pytest.param((s, 5200, "2022-03", "2022-08"), id=str(s), marks=pytest.mark.slow) for s in range(711, 716)),
    ],
)
def pair(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with audited(*request.param) as engine:
        yield engine


def lines(engine: Engine, select: str, **values: object) -> dict[str, object]:
    rows = engine.frame(select, **values)
    return dict(zip(rows.iloc[:, 0], rows.iloc[:, 1], strict=True))


def planted(engine: Engine, where: str, excused: str = NOBODY) -> dict[str, object]:
    of_rule = f"select c.line_id, c.amount from added c join stays s using (stay_id) where {where}"
    return lines(engine, f"{of_rule} and stay_id in ({SAME}) and stay_id not in ({excused})")


def found(engine: Engine, rule: str, outcome: str = "hit") -> dict[str, object]:
    select = f"select line_id, amount from found where rule_id = $rule and outcome = $outcome and stay_id in ({SAME})"
    return lines(engine, select, rule=rule, outcome=outcome)


def told(rule: str, **figures: object) -> None:
    print("PLANTED", rule, *(f"{name}={value}" for name, value in figures.items()))


@pytest.mark.parametrize("rule", LINES)
def test_exactly_the_planted_lines_with_their_money(pair: Engine, rule: str):
    there, hits = planted(pair, LINES[rule], EXCUSED.get(rule, NOBODY)), found(pair, rule)
    excused = len(planted(pair, LINES[rule])) - len(there)
    told(
        rule,
        planted=len(there),
        excused=excused,
        found=len(hits),
        extra=len(hits.keys() - there.keys()),
        money=sum(there.values()),
    )
    if rule == "A3.panel_component":  # an enzyme panel beside the routine panel is the other rule's
        there = {line: money for line, money in there.items() if line not in found(pair, "A3.enzyme_panel")}
    assert hits == there
    assert len(there) >= 1


@pytest.mark.parametrize("rule", MEASURED)
def test_what_a_measurement_decides_is_found_or_lacks_evidence(pair: Engine, rule: str):
    there, hits, lacking = planted(pair, MEASURED[rule]), found(pair, rule), found(pair, rule, "lacking_evidence")
    recall = len(hits.keys() & there.keys()) / len(there)
    told(rule, planted=len(there), found=len(hits), lacking=len(there.keys() & lacking.keys()), recall=f"{recall:.3f}")
    assert hits.items() <= there.items()
    assert there.keys() - hits.keys() <= lacking.keys()


@pytest.mark.parametrize(
    "rule", [*LINES, *MEASURED, "A5.back_pain", "A5.diabetic_foot", "A6.empty_bed", "A6.split_stay", "A7.no_approval"]
)
def test_nothing_is_found_without_the_stories(pair: Engine, rule: str):
    innocent = pair.frame("select line_id from found_without where rule_id = $rule and outcome = 'hit'", rule=rule)
    assert innocent.empty


@pytest.mark.parametrize("rule", LINES | MEASURED)
def test_nothing_is_found_that_was_there_without_the_stories(pair: Engine, rule: str):
    beside = "select line_id from found anti join added using (line_id) where rule_id = $rule and outcome = 'hit'"
    assert pair.frame(beside, rule=rule).empty


@pytest.mark.parametrize("rule", STAYS)
def test_exactly_the_planted_stays(pair: Engine, rule: str):
    ended = "select stay_id from stays, span where discharged_at < end_at"
    start = pair.value("select start_at + interval 1 day from span")
    every = set(pair.frame(f"({STAYS[rule]}) intersect ({ended})", start_at=start)["stay_id"])
    there = every - set(pair.frame(EXCUSED[rule])["stay_id"])
    of_rule = "select distinct stay_id from found where rule_id like $rule || '%' and outcome = 'hit'"
    hits = set(pair.frame(of_rule, rule=rule)["stay_id"])
    told(rule, planted=len(there), excused=len(every - there), found=len(hits))
    assert hits == there


def test_beds_kept_warm_are_stays_that_last_five_days_longer(pair: Engine):
    longer = set(
        pair.frame("""select s.stay_id from stays s left join stays_without o using (stay_id), span
        where coalesce(s.discharged_at >= o.discharged_at + interval 4 day, true) and s.discharged_at < span.end_at""")[
            "stay_id"
        ]
    )
    hits = set(pair.frame("select distinct stay_id from found where rule_id = 'A6.empty_bed'")["stay_id"])
    told("A6.empty_bed", longer=len(longer), found=len(hits))
    assert hits and hits <= longer


def test_uses_without_approval(pair: Engine):
    """Planted: not granted with the stories, granted without them, and nothing about it unclear."""
    uses = [
        pair.frame(APPROVALS.format(e=e)).set_index("line_id").astype({"granted": bool, "unclear": bool})
        for e in ("", "_without")
    ]
    ended = set(
        pair.frame("select line_id from net join stays using (stay_id), span where discharged_at < end_at")["line_id"]
    )
    lacking, without = uses[0][~uses[0]["granted"]], uses[1]
    assert (without["granted"] | without["unclear"]).all()
    there = set(lacking[~lacking["unclear"]].index) & ended
    unclear = set(lacking[lacking["unclear"]].index) & ended
    hits = set(pair.frame("select line_id from found where rule_id = 'A7.no_approval' and outcome = 'hit'")["line_id"])
    open_ = set(
        pair.frame("select line_id from found where rule_id = 'A7.no_approval' and outcome <> 'hit'")["line_id"]
    )
    told("A7.no_approval", planted=len(there), found=len(hits), unclear=len(unclear))
    assert hits == there
    assert open_ == unclear


def test_one_patients_enzymes_are_12000(pair: Engine):
    of_one = """select sum(amount) as money from found where rule_id = 'A3.enzyme_panel' and outcome = 'hit'
        group by stay_id having sum(amount) >= 6000"""
    assert pair.frame(of_one)["money"].tolist() == [12_000]
