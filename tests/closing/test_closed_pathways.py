"""Pathways in a closed month: what is judged, when months are closed again, and what a bare hospital is told."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from analysis.closed_period import ClosedPeriods, open_period
from analysis.closing import close, fingerprint
from analysis.closing.parameters import read_parameters
from analysis.demo.generator import write_demo
from analysis.engine import Engine, sql_text
from analysis.hospital import open_hospital
from analysis.pathways import adherence, entry, variance
from analysis.pathways.library import read_library
from analysis.pathways.library_rows import judged_text
from analysis.periods import Period

ROOT = Path(__file__).parents[2]
MONTH = Period("2023-02")
GONE = ("charges", "events", "pathway_records")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of a small demonstration hospital, closed; and the same hospital without lines and records."""
    folder = tmp_path_factory.mktemp("pathways")
    shutil.copytree(ROOT / "parameters", folder / "parameters")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_demo(folder / "data/full", 11, stays_per_year=700, first="2023-01", last=MONTH.name)
        shutil.copytree(folder / "data/full", folder / "data/bare")
        (folder / "data/bare/files.json").unlink()  # the change is meant
        for name in GONE:
            shutil.rmtree(folder / "data/bare" / name, ignore_errors=True)
            (folder / f"data/bare/{name}.parquet").unlink(missing_ok=True)
        for name in ("full", "bare"):
            close(folder / "data" / name, [MONTH], folder / "outputs")
    return folder


@pytest.fixture(scope="module")
def month(place: Path) -> ClosedPeriods:
    return open_period(place / "outputs/full" / MONTH.name)


def test_a_closed_month_says_what_was_done_of_every_pathway(place, month):
    """The same rows and alerts as the hospital judged by itself, outside of a close."""
    library = read_library(ROOT / "parameters/pathways")
    with Engine() as engine:
        hospital = open_hospital(place / "data/full")
        hospital.attach(engine)
        adherence.adhere_period(engine, hospital, MONTH, library)
        alone = engine.frame("select pathway, stay_id, step, status from adherence order by all")
        alerts = variance.over_standard_alerts(engine, MONTH.end)
    closed = month.sql("select pathway, stay_id, step, status from adherence order by all")
    assert len(closed) > 150 and closed["status"].nunique() >= 3
    assert closed.equals(alone.astype(closed.dtypes))
    told = month.sql(
        "select subject, observed, evidence from alerts where kind = 'stay_over_standard' order by subject"
    )
    assert len(told) > 5 and told["subject"].tolist() == sorted(alerts["subject"])
    assert {"pathway", "form"} <= set().union(*(json.loads(text) for text in told["evidence"]))
    assert month.card["pathways"] == {name: one.version for name, one in library.items()}


def test_a_hospital_without_lines_and_records_closes_and_says_what_it_lacks(place):
    """No step is held against anybody; only days can be, and they are."""
    bare = open_period(place / "outputs/bare" / MONTH.name)
    assert bare.frame("adherence").empty
    said = dict(bare.sql("select what, missing from left_out").itertuples(index=False))
    assert said["steps of pathways known by their charges"] == "charges"
    assert said["waits, and steps of pathways known by their times"] == "events"
    assert said["who is on which pathway, and reasons of variances"] == "pathway_records"
    over = bare.sql("select evidence from alerts where kind = 'stay_over_standard'")
    assert len(over) > 0 and not any("waiting_step" in json.loads(text) for text in over["evidence"])


def test_a_hospital_that_names_no_pathways_is_not_judged(place, monkeypatch):
    monkeypatch.chdir(place)
    settings = place / "parameters/closing/demo.yaml"
    text = settings.read_text("utf8")
    settings.write_text(yaml.safe_dump(yaml.safe_load(text) | {"pathways": ""}), "utf8")
    try:
        [*_, last] = close(place / "data/full", [MONTH], place / "without")
    finally:
        settings.write_text(text, "utf8")
    without = open_period(place / "without/full" / MONTH.name)
    assert last.state == "closed" and without.frame("adherence").empty and without.card["pathways"] == {}
    assert without.sql("select * from alerts where kind = 'stay_over_standard'").empty


def test_what_is_judged_closes_months_again_and_what_is_simulated_does_not(place, monkeypatch):
    monkeypatch.chdir(place)
    hospital, file = open_hospital(place / "data/full"), place / "parameters/pathways/knee_replacement.yaml"
    whole, before = file.read_text("utf8"), read_parameters(hospital).text
    raw = yaml.safe_load(whole)

    def text_with(**changed: object) -> str:
        file.write_text(yaml.safe_dump(raw | changed, allow_unicode=True, sort_keys=False), "utf8")
        return read_parameters(hospital).text

    try:
        assert text_with(payment=1, arrivals={"a_day": 9}) == before
        assert text_with(standard=raw["standard"] | {"days": 7}) != before
        assert text_with(steps=raw["steps"] | {"ecg": raw["steps"]["ecg"] | {"most": 1}}) != before
        assert text_with(entry={"drg": ["IC29"]}) != before
    finally:
        file.write_text(whole, "utf8")


def test_all_that_judges_is_part_of_what_a_month_is_made_from(place, monkeypatch):
    """Every query that adherence and its alerts run is named; nothing that only simulates is."""
    asked: list[str] = []

    def noted(package: str, name: str) -> str:
        asked.append(f"sql/{name}.sql")
        return sql_text(package, name)

    monkeypatch.setattr("analysis.engine.sql_text", noted)
    monkeypatch.setattr(variance, "sql_text", noted)
    with Engine() as engine:
        hospital = open_hospital(place / "data/full")
        hospital.attach(engine)
        adherence.adhere_period(engine, hospital, MONTH, read_library(ROOT / "parameters/pathways"))
        variance.over_standard_alerts(engine, MONTH.end)
    named = set(fingerprint._PATHWAYS)
    assert {name for name in named if name.startswith("sql/")} == set(asked)
    assert {Path(one.__file__).name for one in (adherence, entry, variance)} <= named
    assert all((Path(adherence.__file__).parent / name).is_file() for name in named)
    assert not named & {"kernel.py", "assembling.py", "outcomes.py", "acts.py"}


def test_the_text_of_a_pathway_says_what_is_asked_for():
    library = read_library(ROOT / "parameters/pathways")
    told = json.loads(judged_text({"knee_replacement": library["knee_replacement"]}))["knee_replacement"]
    assert set(told) == {"version", "entry", "standard", "steps"}
    assert told["steps"]["operation"]["day"] == [2, 5]
