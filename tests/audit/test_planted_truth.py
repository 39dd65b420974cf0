"""What the demonstration hospital plants, the rules find: every line of it, nothing beside it, its money to the fen.

Planted is what is there with the stories of fund supervision (and the uncoded exploration) and not without them, in the
same hospital (the paired difference). All physicians do it here and the groups concerned come often, so that there is
enough of it: over five seeds at least 150 cases a rule. The look-alikes are in both hospitals.
"""

from collections.abc import Iterator
from contextlib import ExitStack
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
#: Judged by itself as well: what it finds of an exploration is told by the rule that subsumes it.
GENERAL = "D2.operation_uncoded"
SUPERVISED = [
    name
    for name, story in KNOWN.stories.all.items()
    if set(getattr(story, "scenarios", [])) & {"A2", "A3", "A4", "A5", "A6", "A7", "A9"} and name in KNOWN.stories.names
]
STORIES = [*SUPERVISED, "exploration_uncoded"]
OFTEN = {"FM19": 14, "KS19": 10, "GB19": 6, "HB19": 4, "HC39": 10, "FR39": 14, "IU29": 8, "FV29": 6, "IF39": 6,
         "FR19": 9, "ES25": 16, "ES23": 9, "IC29": 6, "IC19": 4, "HC19": 5}  # fmt: skip
#: Seeds that nothing was developed on, stays a year, months; and how many planted cases each rule needs over them.
FIVE = [(seed, 8000, "2022-03", "2022-08") for seed in range(851, 856)]
ENOUGH = 150
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
    "A6.split_stay": """select stay_id from stays
        where admission_type in ('transfer', 'day') or transferred_from is not null""",
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
    months = {"stays_per_year": stays, "first": first, "last": last, "parameters": everyone()}
    for ending, without in (("", ()), ("_without", STORIES)):
        tables = generate(seed, without, **months).tables
        with Engine() as judging:
            for name in TABLES:
                judging.put(name, tables[name])
                engine.put(f"{name}{ending}", tables[name])
            find_encounters(judging, span)
            for name, rules in (("found", RULES), ("general", [r for r in RULES if r.id == GENERAL])):
                findings_of(judging, span, compile_rules(judging, rules))
                engine.put(f"{name}{ending}", judging.arrow(FOUND))
        engine.create(f"net{ending}", NET.format(e=ending))
        engine.drop(f"charges{ending}")
    engine.put("stays_cold", generate(seed, ["hanging_beds"], **months).tables["stays"])
    engine.create(
        "span", "select cast($start_at as timestamp) as start_at, cast($end_at as timestamp) as end_at", **span.values()
    )
    engine.create("added", ADDED)
    return engine


FOUND = """select f.rule_id, f.outcome, f.stay_id, l.line_id, l.concerned as amount
    from audit_findings f left join audit_finding_lines l on l.finding_id = f.finding_id and l.judged"""
ADDED = """select c.* from net c left join net_without w on w.line_id = c.line_id and w.item_code = c.item_code
    where w.line_id is null"""
#: Stays that begin and end the same, and have ended: in others every line is another one.
SAME = """select s.stay_id from stays s join stays_without o using (stay_id), span
    where s.discharged_at = o.discharged_at and s.discharged_at < span.end_at"""
ENDED = "select stay_id from stays, span where discharged_at < end_at"
#: Days on which a stay is charged nothing but what stands for being there.
QUIET = """select stay_id, cast(charged_at as date) as day from net join items using (item_code) group by all
    having bool_and(kind in ('bed', 'nursing', 'consultation'))"""
#: The quiet days of stays that last longer than without the one story of beds kept warm, from where they would have
#: ended (its five days before the end, where that was before the data began); three of them are allowed.
WARM_DAYS = f"""with longer as (
        select stay_id, cast(coalesce(o.discharged_at, s.discharged_at - interval 5 day) as date) as cold
        from stays s left join stays_cold o using (stay_id), span
        where coalesce(s.discharged_at - s.admitted_at > o.discharged_at - o.admitted_at, true)
          and s.discharged_at < end_at)
    select stay_id, q.day, count(*) over (partition by stay_id) as days
    from ({QUIET}) q join longer using (stay_id) where q.day >= cold"""
WARM = f"""select line_id, amount from net c join ({WARM_DAYS}) d
    on d.stay_id = c.stay_id and d.day = cast(c.charged_at as date) and d.days > 3"""
#: Charged operations that are coded without the story of the uncoded exploration and not with it.
_CODED = """exists (select 1 from procedures{e} p join item_codes k on k.item_code = c.item_code
    where p.stay_id = c.stay_id and k.system = 'icd9cm3_cn' and starts_with(p.code, k.code))"""
UNCODED = f"select line_id, amount from net c where {_CODED.format(e='_without')} and not {_CODED.format(e='')}"
OPERATIONS = """select line_id from net semi join (select item_code from item_codes where system = 'icd9cm3_cn')
    using (item_code)"""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param([(31, 2800, "2022-03", "2022-06")], id="31"),
        pytest.param(FIVE, id="five seeds", marks=pytest.mark.slow),
    ],
)
def pairs(request: pytest.FixtureRequest) -> Iterator[list[Engine]]:
    with ExitStack() as stack:
        yield [stack.enter_context(audited(*hospital)) for hospital in request.param]


#: (which hospital, line or stay) -> its money.
Found = dict[tuple[int, str], object]


def rows_of(pairs: list[Engine], select: str, **values: object) -> Found:
    found: Found = {}
    for k, engine in enumerate(pairs):
        rows = engine.frame(select, **values)
        found |= {(k, row[0]): row[-1] for row in rows.itertuples(index=False)}
    return found


def planted(pairs: list[Engine], where: str, excused: str = NOBODY) -> Found:
    of_rule = f"select c.line_id, c.amount from added c join stays s using (stay_id) where {where}"
    return rows_of(pairs, f"{of_rule} and stay_id in ({SAME}) and stay_id not in ({excused})")


def found(pairs: list[Engine], rule: str, outcome: str = "hit", among: str = SAME, table: str = "found") -> Found:
    of_rule = f"select line_id, amount from {table} where rule_id = $rule and outcome = $outcome"
    return rows_of(pairs, f"{of_rule} and stay_id in ({among})", rule=rule, outcome=outcome)


def told(rule: str, **figures: object) -> None:
    print("PLANTED", rule, *(f"{name}={value}" for name, value in figures.items()))


def enough(pairs: list[Engine]) -> int:
    return ENOUGH if len(pairs) == len(FIVE) else 1


@pytest.mark.parametrize("rule", LINES)
def test_exactly_the_planted_lines_with_their_money(pairs: list[Engine], rule: str):
    there, hits = planted(pairs, LINES[rule], EXCUSED.get(rule, NOBODY)), found(pairs, rule)
    excused = len(planted(pairs, LINES[rule])) - len(there)
    told(rule, planted=len(there), excused=excused, found=len(hits), money=f"{sum(there.values()):,.2f}")
    if rule == "A3.panel_component":  # an enzyme panel beside the routine panel is the other rule's
        other = found(pairs, "A3.enzyme_panel")
        there = {line: money for line, money in there.items() if line not in other}
    assert hits == there
    assert len(there) >= enough(pairs)


@pytest.mark.parametrize("rule", MEASURED)
def test_what_a_measurement_decides_is_found_or_lacks_evidence(pairs: list[Engine], rule: str):
    there, hits, lacking = planted(pairs, MEASURED[rule]), found(pairs, rule), found(pairs, rule, "lacking_evidence")
    recall = len(hits.keys() & there.keys()) / len(there)
    told(rule, planted=len(there), found=len(hits), lacking=len(there.keys() & lacking.keys()), recall=f"{recall:.3f}")
    assert hits.items() <= there.items()
    assert there.keys() - hits.keys() <= lacking.keys()
    assert len(there) >= enough(pairs)


INNOCENT = ["A5.back_pain", "A5.diabetic_foot", "A6.empty_bed", "A6.hours_of_a_day", "A6.overlapping_stays",
            "A6.split_stay", "A7.no_approval", "D2.exploration_uncharged", "D2.exploration_uncoded",
            "D2.operation_uncoded", "D2.stenting_uncharged"]  # fmt: skip


@pytest.mark.parametrize("rule", [*LINES, *MEASURED, *INNOCENT])
def test_nothing_is_found_without_the_stories(pairs: list[Engine], rule: str):
    innocent = "select coalesce(line_id, stay_id) as place from {} where rule_id = $rule and outcome = 'hit'"
    assert not rows_of(pairs, innocent.format("found_without"), rule=rule)
    assert not rows_of(pairs, innocent.format("general_without"), rule=rule)


@pytest.mark.parametrize("rule", LINES | MEASURED)
def test_nothing_is_found_that_was_there_without_the_stories(pairs: list[Engine], rule: str):
    beside = "select line_id from found anti join added using (line_id) where rule_id = $rule and outcome = 'hit'"
    assert not rows_of(pairs, beside, rule=rule)


@pytest.mark.parametrize("rule", STAYS)
def test_exactly_the_planted_stays(pairs: list[Engine], rule: str):
    start = "(select start_at + interval 1 day from span)"
    every = rows_of(pairs, f"({STAYS[rule].replace('$start_at', start)}) intersect ({ENDED})").keys()
    there = every - rows_of(pairs, EXCUSED[rule]).keys()
    of_rule = "select distinct stay_id from found where rule_id like $rule || '%' and outcome = 'hit'"
    hits = rows_of(pairs, of_rule, rule=rule).keys()
    told(rule, planted=len(there), excused=len(every - there), found=len(hits))
    assert hits == there
    assert len(there) >= enough(pairs)


def test_beds_kept_warm_are_found_with_their_days_and_who_waits_two_days_for_the_way_home_is_not(pairs: list[Engine]):
    there, hits = rows_of(pairs, WARM), found(pairs, "A6.empty_bed", among=ENDED)
    every = rows_of(pairs, f"select distinct stay_id from ({WARM_DAYS})").keys()
    stays, whole = (
        rows_of(pairs, f"select distinct stay_id from net where line_id in (select line_id from ({of}))").keys()
        for of in (WARM, "select line_id from found where rule_id = 'A6.empty_bed'")
    )
    waiting = rows_of(pairs, f"select distinct stay_id from ({QUIET}) where stay_id in ({ENDED})").keys() - every
    both = len(hits.keys() & there.keys())
    told("A6.empty_bed", planted=len(stays), excused=len(every - stays), look_alikes=len(waiting), found=len(whole),
         lines=len(hits), money=f"{sum(hits.values()):,.2f}", precision=both / len(hits), recall=both / len(there),
    )  # fmt: skip
    assert hits == there
    assert whole == stays
    assert len(stays) >= enough(pairs)
    assert len(waiting) >= 1


def test_operations_charged_and_not_coded_are_the_planted_ones(pairs: list[Engine]):
    """By the rule of explorations, by the general one where it stands alone, and never twice."""
    there = rows_of(pairs, f"{UNCODED} and stay_id in ({ENDED})")
    named, general = (found(pairs, rule, among=ENDED) for rule in ("D2.exploration_uncoded", GENERAL))
    alone = found(pairs, GENERAL, among=ENDED, table="general")
    told("D2.exploration_uncoded", planted=len(there), operations=len(rows_of(pairs, OPERATIONS)), found=len(named))
    assert named == alone == there
    assert not general
    assert len(there) >= enough(pairs)


_OF_ENDED = f"select line_id from net where stay_id in ({ENDED})"


def test_uses_without_approval(pairs: list[Engine]):
    """Planted: not granted with the stories, granted without them, and nothing about it unclear."""
    answer = "case when granted then 'granted' when unclear then 'unclear' else 'lacking' end as answer"
    uses, without = (
        rows_of(pairs, f"select line_id, {answer} from ({APPROVALS.format(e=e)})") for e in ("", "_without")
    )
    ended = rows_of(pairs, _OF_ENDED).keys()
    there, unclear = (
        {line for line, use in uses.items() if use == one and line in ended} for one in ("lacking", "unclear")
    )
    assert set(without.values()) <= {"granted", "unclear"}
    hits, open_ = (
        rows_of(pairs, f"select line_id from found where rule_id = 'A7.no_approval' and outcome {is_hit} 'hit'").keys()
        for is_hit in ("=", "<>")
    )
    told("A7.no_approval", planted=len(there), found=len(hits), unclear=len(unclear))
    assert hits == there
    assert open_ == unclear
    assert len(there) >= enough(pairs)


def test_one_patients_enzymes_are_12000(pairs: list[Engine]):
    of_one = """select stay_id, sum(amount) as money from found where rule_id = 'A3.enzyme_panel' and outcome = 'hit'
        group by stay_id having sum(amount) >= 6000"""
    assert list(rows_of(pairs, of_one).values()) == [12_000] * len(pairs)
