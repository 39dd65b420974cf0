"""The published national rules over the demonstration hospital: loaded whole, met through the crosswalk at the day."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis.audit.crosswalk import crosswalk_report
from analysis.audit.judging import Span
from analysis.audit.monthly import audit_span
from analysis.audit.national import import_national
from analysis.audit.national_terms import read_terms
from analysis.audit.rule_files import read_rules
from analysis.audit.rules import Rule
from analysis.demo.generator import write_demo
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.settings import parameters_folder

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "nhsa-rules"
PAIR = "national.pair.001103000010000_001102000030000"
ONCE = "national.frequency.001107000010000"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.real_data,
    pytest.mark.skipif(not PUBLISHED.exists(), reason="the national workbooks are not in ../shared/data/nhsa-rules"),
]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rule, ...]:
    folder = tmp_path_factory.mktemp("rules")
    import_national(PUBLISHED, read_terms(parameters_folder(Path(__file__).parent))).write(folder / "national")
    return read_rules(["national"], folder).rules


@pytest.fixture(scope="module")
def women(rules: tuple[Rule, ...]) -> Rule:
    """The rule on motherwort injection; a common drug, D301, gets one of its codes, so that there is enough to find."""
    return next(r for r in rules if r.id.startswith("national.sex") and r.title["zh"] == "限女性：益母草注射液")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, rules: tuple[Rule, ...], women: Rule) -> Iterator[Engine]:
    """Three months; national codes of a few items, one with a local suffix, one for January alone."""
    folder = tmp_path_factory.mktemp("data") / "demo"
    write_demo(folder, 91, stays_per_year=4000, first="2022-01", last="2022-03")
    hospital = open_hospital(folder)
    codes = [
        ("D301", "national_drug", women.items[-1], date(2000, 1, 1), None),
        ("S127", "national_service", "001103000010000-9", date(2000, 1, 1), None),
        ("S101", "national_service", "001102000030000", date(2000, 1, 1), None),
        ("S008", "national_service", "001107000010000", date(2000, 1, 1), date(2022, 1, 31)),
    ]
    with Engine() as engine:
        hospital.attach(engine)
        own = engine.frame("select * from item_codes")
        engine.put("item_codes", pd.concat([own, pd.DataFrame(codes, columns=own.columns)]))
        audit_span(engine, hospital, Span(datetime(2022, 1, 1), datetime(2022, 4, 1)), rules)
        engine.create(
            "standing",
            """select c.*, s.sex from charges c join stays s using (stay_id)
            where s.discharged_at < timestamp '2022-04-01' and c.refund_of is null
              and c.line_id not in (select refund_of from charges where refund_of is not null)""",
        )
        yield engine


def _hits(engine: Engine, rule: str) -> set[str]:
    """Lines a rule judged (S127 is what contains)."""
    found = engine.frame(
        """select line_id from finding_lines join findings using (finding_id) join charges using (line_id)
        where rule_id = $rule and item_code <> 'S127' and outcome = 'hit'""",
        rule=rule,
    )
    return set(found["line_id"])


def _lines(engine: Engine, where: str) -> set[str]:
    return set(engine.frame(f"select line_id from standing c where {where}")["line_id"])


def test_they_load_whole(rules: tuple[Rule, ...]):
    assert len(rules) == 2321


def test_sex(engine: Engine, women: Rule):
    found = _hits(engine, women.id)
    assert len(found) >= 5
    assert found == _lines(engine, "item_code = 'D301' and sex = 'M'")


def test_a_pair_through_a_local_suffix(engine: Engine):
    found = _hits(engine, PAIR)
    same = "p.stay_id = c.stay_id and p.item_code = 'S127' and p.charged_at::date = c.charged_at::date"
    assert len(found) >= 5
    assert found == _lines(engine, f"item_code = 'S101' and exists (select 1 from standing p where {same})")


def test_a_code_is_met_only_on_its_days(engine: Engine):
    days = engine.frame("select service_date from findings where rule_id = $rule", rule=ONCE)["service_date"]
    assert len(days) and pd.to_datetime(days).max() <= pd.Timestamp("2022-01-31")


def test_shadows_accuse_nobody_of_a_violation(engine: Engine):
    assert engine.value("select count(*) from findings where result = 'violation'") == 0


def test_what_the_national_list_cannot_see(engine: Engine, rules: tuple[Rule, ...]):
    report = crosswalk_report(engine, rules, date(2022, 1, 15)).set_index("code")
    later = crosswalk_report(engine, rules, date(2022, 2, 15)).set_index("code")
    assert "001107000010000" not in report.index and "001107000010000" in later.index
    assert "001103000010000" not in later.index  # known with its suffix
