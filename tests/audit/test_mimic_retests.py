"""Retest intervals over the real laboratory of the MIMIC-IV demo: the engine against one plain query, rule by rule."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from analysis.audit.judging import Span
from analysis.audit.monthly import audit_span
from analysis.audit.rule_files import read_rules
from analysis.audit.rules import Rule
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.settings import parameters_folder
from analysis.sources.importer import import_source

RAW = Path(__file__).parents[3] / "shared" / "data" / "mimic-iv-demo"
FOLDER = parameters_folder(Path(__file__).parent)
RULES = {rule.id: rule for rule in read_rules(["retest_mimic_iv_demo"], FOLDER / "rules").rules}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.real_data,
    pytest.mark.skipif(not RAW.exists(), reason="the MIMIC-IV demo is not in ../shared/data/mimic-iv-demo"),
]

#: Rule -> days of a patient with a test too soon, worked out by the plain query below and looked at.
DAYS = {
    "retest.blood_count": 943,
    "retest.creatinine": 1065,
    "retest.crp": 4,
    "retest.electrolytes": 1097,
    "retest.ferritin": 15,
    "retest.hba1c": 12,
    "retest.lipids": 2,
    "retest.liver": 288,
    "retest.thyroid": 9,
    "retest.tumour_markers": 0,
    "retest.vitamin_b12": 13,
    "retest.vitamin_d": 0,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    out = tmp_path_factory.mktemp("data") / "mimic"
    import_source(FOLDER / "sources" / "mimic_iv_demo.yaml", out)
    hospital = open_hospital(out)
    with Engine() as engine:
        hospital.attach(engine)
        audit_span(engine, hospital, Span(datetime(2100, 1, 1), datetime(2210, 1, 1)), RULES.values())
        yield engine


def _plain(engine: Engine, rule: Rule) -> set[tuple[str, str]]:
    """Stay (or patient) and day of a test sooner than the limit after the patient's last one, serial tests left out."""
    serial = [code for condition in rule.unless for code in condition.items]
    rows = engine.frame(
        """
        with tests as (
          select *, epoch(charged_at) - epoch(lag(charged_at) over
              (partition by patient_id, item_code order by charged_at, line_id)) as seconds
          from charges where list_contains($items, item_code)
        )
        select distinct coalesce(stay_id, patient_id) as subject, strftime(charged_at, '%Y-%m-%d') as day
        from tests t where seconds < $seconds and not exists (
          select 1 from charges v where v.stay_id = t.stay_id and list_contains($serial, v.item_code)
            and abs(epoch(v.charged_at) - epoch(t.charged_at)) <= 24 * 3600)""",
        items=rule.items,
        seconds=(rule.limit or 0) * 3600,
        serial=serial or ["-"],
    )
    return set(rows.itertuples(index=False, name=None))


def test_the_laboratory_is_whole(engine: Engine):
    assert engine.value("select count(*) from charges where item_code like 'lab-%'") == 107_727


@pytest.mark.parametrize("name", RULES)
def test_a_plain_query_finds_the_same_days(engine: Engine, name: str):
    found = engine.frame(
        """select coalesce(stay_id, patient_id) as subject, strftime(service_date, '%Y-%m-%d') as day
        from findings where rule_id = $name and outcome = 'hit'""",
        name=name,
    )
    days = set(found.itertuples(index=False, name=None))
    assert len(days) == len(found) == DAYS[name]
    assert days == _plain(engine, RULES[name])


def test_an_interval_never_is_a_violation_and_costs_nothing_here(engine: Engine):
    """The source has no prices, so nothing is at risk in money."""
    assert engine.value("select count(*) from findings where result <> 'suspicious' or amount_at_risk <> 0") == 0
