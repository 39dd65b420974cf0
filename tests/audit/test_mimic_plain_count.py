"""Intervals over the laboratory of the MIMIC-IV demo, against a count from the source's file, past the import."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis.audit.judging import Span
from analysis.audit.monthly import audit_span
from analysis.audit.rule_files import read_rules
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.sources.importer import import_source

ROOT = Path(__file__).parents[2]
SOURCE = ROOT.parent / "shared/data/mimic-iv-demo"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.real_data,
    pytest.mark.skipif(not SOURCE.is_dir(), reason="the MIMIC-IV demo is not there (data/README.md)"),
]


def plain(items: list[str], hours: float) -> int:
    """Tests that follow another of the same item and patient sooner than so many hours, straight from the file."""
    file = next(SOURCE.glob("*labevents.csv.gz"))
    rows = pd.read_csv(file, usecols=["subject_id", "itemid", "charttime"], parse_dates=["charttime"])
    rows = rows[rows["itemid"].isin([int(item.removeprefix("lab-")) for item in items])]
    since = rows.sort_values("charttime").groupby(["subject_id", "itemid"])["charttime"].diff()
    return int((since < pd.Timedelta(hours=hours)).sum())


def test_breaches_are_those_of_a_plain_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    import_source(ROOT / "parameters/sources/mimic_iv_demo.yaml", tmp_path / "mimic")
    rules = [
        r.model_copy(update={"unless": []})
        for r in read_rules(["retest_mimic_iv_demo"], ROOT / "parameters/rules").rules
    ]
    opened = open_hospital(tmp_path / "mimic")
    with Engine() as engine:
        opened.attach(engine)
        audit_span(engine, opened, Span(datetime(2100, 1, 1), datetime(2210, 1, 1)), rules)
        found = engine.frame("""select f.rule_id, count(*) as n from audit_finding_lines l
            join findings f on f.finding_id = l.finding_id where l.judged and f.outcome = 'hit' group by all""")
        assert engine.value("select count(*) from charges where item_code like 'lab-%'") == 107_727
        assert engine.value("select count(*) from findings where result <> 'suspicious'") == 0
    counts = dict(zip(found["rule_id"], found["n"], strict=True))
    assert {rule.id: counts.get(rule.id, 0) for rule in rules} == {
        rule.id: plain(rule.items, rule.limit) for rule in rules
    }
