"""Fund supervision: plain readers find what was planted and nothing else; look-alikes in both worlds mislead."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fund_supervision_rules import APPROVALS, LINES, NET, PLANTED, STAYS

from analysis.demo.generator import generate
from analysis.demo.parameters import DemoParameters, demo_parameters
from analysis.engine import Engine

SCENARIOS = {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A9"}
KNOWN = demo_parameters()
FAMILY = [
    name
    for name, story in KNOWN.stories.all.items()
    if set(getattr(story, "scenarios", [])) & SCENARIOS and name in KNOWN.stories.names
]
OFTEN = {"FM19": 8, "KS19": 8, "GB19": 6, "HB19": 4, "HC39": 6, "FR39": 6, "IU29": 6, "FV29": 5, "IF39": 6, "FR19": 9}
TABLES = (
    "stays", "charges", "orders", "events", "approvals", "measurements", "diagnoses", "items", "item_components",
    "denials", "fund", "outcomes", "procedures", "visits", "reviews",
)  # fmt: skip


def _everyone_does_it() -> DemoParameters:
    """The stories with all physicians of their departments, and more of the groups they are about."""
    practices = {
        name: practice.model_copy(update={"physicians": 1.0}) if name in FAMILY else practice
        for name, practice in KNOWN.stories.practices.items()
    }
    drgs = {code: drg.model_copy(update={"share": OFTEN.get(code, drg.share)}) for code, drg in KNOWN.drgs.items()}
    return replace(KNOWN, stories=KNOWN.stories.model_copy(update={"practices": practices}), drgs=drgs)


def _pair(seed: int, stays: int, first: str, last: str, parameters: DemoParameters = KNOWN) -> Engine:
    engine = Engine()
    for ending, without in (("", ()), ("_without", FAMILY)):
        tables = generate(seed, without, stays_per_year=stays, first=first, last=last, parameters=parameters).tables
        for name in TABLES:
            engine.put(f"{name}{ending}", tables[name])
        engine.create(f"net{ending}", NET.format(e=ending))
    return engine


@pytest.fixture(scope="module")
def pair() -> Iterator[Engine]:
    with _pair(31, 2200, "2022-03", "2022-06", _everyone_does_it()) as engine:
        yield engine


def _found(engine: Engine, select: str, ending: str = "") -> set[str]:
    return set(engine.frame(select.format(e=ending)).iloc[:, 0])


def _planted(engine: Engine, where: str) -> set[str]:
    """Lines that are only there with the stories, or are of another item, in stays that begin and end the same."""
    return _found(
        engine,
        f"""select c.line_id from net c join stays s using (stay_id) join stays_without o using (stay_id)
            left join charges_without w using (line_id)
            where (w.line_id is null or w.item_code <> c.item_code) and s.discharged_at is not distinct from
            o.discharged_at and {where.replace("item_code", "c.item_code").replace("drg_code", "s.drg_code")}""",
    )


@pytest.mark.parametrize("rule", LINES)
def test_a_plain_reader_finds_what_was_planted(pair: Engine, rule: str):
    found, planted = _found(pair, LINES[rule]), _planted(pair, PLANTED[rule])
    added = _found(pair, "select line_id from charges anti join charges_without using (line_id, item_code)")
    assert _found(pair, LINES[rule], "_without") == set()
    assert found <= added
    assert len(planted) >= 3
    measured = ("absorbable stent", "albumin", "angiography in diabetic foot")
    assert len(planted - found) <= (0.12 if rule in measured else 0) * len(planted)


@pytest.mark.parametrize("rule", STAYS)
def test_a_plain_reader_finds_the_stays(pair: Engine, rule: str):
    assert _found(pair, STAYS[rule], "_without") == set()
    found = _found(pair, STAYS[rule])
    assert len(found) == 1 if rule == "panels of one patient" else len(found) >= 3


def test_split_stays_are_those_that_are_not_there_without(pair: Engine):
    second = """select stay_id from stays anti join stays_without using (stay_id)
        where admitted_at >= timestamp '2022-03-02'"""
    assert _found(pair, second) == _found(pair, STAYS["split stay"])


def test_idle_beds_are_five_days_longer(pair: Engine):
    longer = """select s.stay_id from stays s left join stays_without o using (stay_id)
        where coalesce(s.discharged_at, timestamp '2022-07-04') > o.discharged_at + interval 3 day
           or o.discharged_at is null"""
    found = _found(pair, STAYS["idle days"])
    assert found and found <= _found(pair, longer)


def test_one_patient_has_enzymes_for_12_000(pair: Engine):
    money = pair.frame("""
        select physician, count(distinct c.charged_at::date) as days, sum(amount)::double as amount
        from net c join (select stay_id, physician_id as physician from stays) using (stay_id)
        where item_code = 'S114' and c.line_id not in (select line_id from charges_without)
        group by stay_id, physician order by amount desc limit 1""").iloc[0]
    assert money["amount"] == 12_000
    assert money["days"] == 40


def _uses(engine: Engine, ending: str):
    return engine.frame(APPROVALS.format(e=ending)).set_index("line_id").astype({"granted": bool, "unclear": bool})


def test_approvals_lack_only_with_the_story(pair: Engine):
    with_story, without = _uses(pair, ""), _uses(pair, "_without")
    assert (without["granted"] | without["unclear"]).all()
    found = with_story[~with_story["granted"] & ~with_story["unclear"]]
    assert len(found) >= 10
    hurried = without[(without["admission"] == "emergency") & without["granted"] & ~without["before"].astype(bool)]
    assert len(hurried) >= 3  # who asks for approval before every use accuses as many emergencies


#: What misleads -> who ignores it finds (with the stories, without them): the second is innocent.
NAIVE = {
    "reversed charges not netted": """
        select b.line_id from charges{e} a join charges{e} b using (stay_id, item_code, charged_at)
        where a.refund_of is null and b.refund_of is null and a.line_id < b.line_id
          and a.body_side is not distinct from b.body_side and a.quantity = b.quantity""",
    "both sides of the body": """
        select b.line_id from net{e} a join net{e} b using (stay_id, item_code)
        where a.line_id <> b.line_id and a.body_side <> b.body_side
          and b.charged_at - a.charged_at between interval 0 minute and interval 30 minute""",
    "serial tests": """
        select b.line_id from net{e} a join net{e} b using (stay_id, item_code) join items{e} using (item_code)
        where kind = 'laboratory' and a.line_id <> b.line_id
          and b.charged_at - a.charged_at between interval 0 minute and interval 24 hour""",
    "order number not written": "select line_id from net{e} where order_id is null",
    "readmitted the next day": """
        select b.stay_id from stays{e} a join stays{e} b using (patient_id)
        where b.admitted_at::date - a.discharged_at::date between 0 and 2""",
    "imaging again after the operation": """
        select b.line_id from net{e} a join net{e} b using (stay_id, item_code)
        where item_code = 'S205' and b.charged_at - a.charged_at > interval 12 hour""",
    "quiet days before the way home": """
        select stay_id from (select stay_id, charged_at::date as day,
            count(*) filter (kind not in ('bed', 'nursing', 'consultation')) as done
            from net{e} join items{e} using (item_code) group by 1, 2) where done = 0 group by 1""",
    "CTA before a stent": """
        select c.line_id from net{e} c join net{e} a using (stay_id) join stays{e} using (stay_id)
        where c.item_code = 'S207' and a.item_code = 'S208' and drg_code <> 'FR39'""",
    "albumin never measured": """
        select line_id from net{e} where item_code = 'D010'
          and stay_id not in (select stay_id from measurements{e} where name = 'albumin' and value is not null)""",
    "thymalfasin in cancer and severe pneumonia": "select line_id from net{e} where item_code = 'D316'",
    "two antiplatelets after a stent or stroke": """
        select line_id from net{e} join stays{e} using (stay_id) where item_code in ('D102', 'D103') and age < 60""",
    "more than three examinations in stroke": """
        select stay_id from net{e} join items{e} using (item_code) where kind in ('imaging', 'function_test')
        group by 1 having count(distinct item_code) > 3""",
}


@pytest.mark.parametrize("reader", NAIVE)
def test_look_alikes_mislead(pair: Engine, reader: str):
    """Innocents are in both worlds: at least a tenth of what a naive reader finds, even where everyone does wrong."""
    found, innocent = _found(pair, NAIVE[reader]), _found(pair, NAIVE[reader], "_without")
    print(f"NAIVE {reader}: {len(found)} found, {len(innocent & found)} innocent")
    assert len(innocent) >= 2
    assert len(found & innocent) >= 0.8 * len(innocent)
    assert len(found & innocent) >= 0.1 * len(found)


#: What no story of the family touches: tables, columns, and the rows that are compared.
_SAME = {
    "diagnoses": "* exclude (recorded_at)",
    "measurements": "*",
    "procedures": "* exclude (started_at, ended_at, anaesthesia, operator_id, room)",
    "outcomes": "* exclude (satisfaction)",
    "charges": "*",
    "orders": "* exclude (stopped_at)",
    "events": "*",
}


def test_nothing_else_differs(pair: Engine):
    """Of stays that begin and end the same, every line that is there without the stories is there with them, but for
    what absorbable stents, the one patient's panels and angiography beyond the index replace.
    """
    same = """select stay_id from stays s join stays_without o using (stay_id)
        where s.discharged_at = o.discharged_at and s.admitted_at = o.admitted_at"""
    touched = """select stay_id from charges where item_code in ('C103', 'S209') union
        select stay_id from procedures where code = '88.4800'"""
    assert pair.value("select count(*) from (select * from visits_without except all select * from visits)") == 0
    for table, columns in _SAME.items():
        rows = f"where stay_id in ({same}) and stay_id not in ({touched})"
        lost = f"select {columns} from {table}_without {rows} except all select {columns} from {table} {rows}"
        assert pair.value(f"select count(*) from ({lost})") == 0, table


def test_one_story_left_out_leaves_the_others(pair: Engine):
    """Without the negative list only its lines, their orders and what follows in money are gone."""
    other = generate(31, ["negative_list"], stays_per_year=2200, first="2022-03", last="2022-06",
                     parameters=_everyone_does_it()).tables  # fmt: skip
    pair.put("charges_one", other["charges"])
    gone = pair.frame("select item_code, count(*) as n from charges anti join charges_one using (line_id) group by 1")
    assert set(gone["item_code"]) == {"C312", "C506"}
    assert pair.value("select count(*) from charges_one anti join charges using (line_id)") == 0


def test_the_fund_grows_as_its_income_without_the_story(pair: Engine):
    rate = """select left(month, 4) as year, round(1 - sum(expenditure) / sum(income), 3)::double as rate
        from {} where scope = 'regional' group by 1 order by 1"""
    found, without = (pair.frame(rate.format(t)).set_index("year")["rate"] for t in ("fund", "fund_without"))
    assert (found["2020"], found["2023"]) == (pytest.approx(0.15, abs=0.002), pytest.approx(0.07, abs=0.002))
    assert without.tolist() == pytest.approx([0.15] * 4, abs=0.002)


def test_denials_name_what_was_done(pair: Engine):
    """Off-label, duplicate and indication denials name planted lines, over-testing ones planted or repeated tests."""
    named = pair.frame("""
        select reason, w.line_id is null as planted, kind, c.item_code, d.amount <= c.amount as covered
        from denials d join charges c using (line_id) join items using (item_code)
        left join charges_without w on w.line_id = c.line_id and w.item_code = c.item_code""")
    assert named["covered"].all()
    assert named.groupby("reason")["planted"].min().drop("over_testing").all()
    tests = named[named["reason"] == "over_testing"]
    assert tests["kind"].isin(["laboratory", "imaging", "function_test", "pathology"]).all()
    assert 0 < tests["planted"].sum() < len(tests)
    alone = pair.value("""
        select count(*) from denials d join charges c using (line_id) join charges_without using (line_id)
        where reason = 'over_testing' and not exists (
            select 1 from charges r where r.stay_id = c.stay_id and r.item_code = c.item_code
            and r.charged_at < c.charged_at and r.charged_at >= c.charged_at - interval 3 day)""")
    assert alone == 0
    assert pair.value("select count(*) from denials where line_id is null and reason not in ('coding', 'other')") == 0


def test_antiplatelets_cost_500_a_case(pair: Engine):
    """About 2,300 CNY of drugs a case with the habit, 1,800 without it."""
    drugs = """(select stay_id, sum(amount) as drugs from charges{e} join items{e} using (item_code)
        where kind = 'drug' group by 1)"""
    found = pair.frame(f"""
        select avg(f.drugs)::double as with_it, avg(o.drugs)::double as without, count(*) as cases
        from {drugs.format(e="")} f join {drugs.format(e="_without")} o using (stay_id)
        where stay_id in (select stay_id from charges c join stays using (stay_id)
            where item_code = 'D103' and drg_code = 'FV29')""").iloc[0]
    assert found["cases"] >= 8
    assert found["with_it"] - found["without"] == pytest.approx(500, abs=150)
