"""The worked example of docs/source-spec.md runs as it is printed there, and ends as it says."""

import re
import textwrap
from pathlib import Path

import pytest
import yaml
from postgres_server import Server

from analysis.sources.importer import import_source
from analysis.sources.spec import TableSpec

PAGE = (Path(__file__).parents[2] / "docs" / "source-spec.md").read_text("utf8")


def block(after: str, kind: str = "") -> str:
    """The first fenced block of a kind that follows a text of the page."""
    return re.search(rf"```{kind}\n(.*?)```", PAGE[PAGE.index(after) :], re.DOTALL)[1]


def test_the_worked_example(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    postgres.run("create database example")
    postgres.run(
        "create schema his",
        "create table his.sfmx (lsh int, zyh text, jfsj timestamptz, xmbm text, sl numeric, dj numeric, je numeric)",
        "insert into his.sfmx values (1, 'Z001', '2023-06-02 10:00+08', '1', 1, 2, 2), "
        "(2, 'Z002', '2023-06-04 10:00+08', '1', 1, 2, 2), (3, 'Z002', '2023-06-04 11:00+08', '2', 1, 3, 3), "
        "(4, 'Z001', '2023-07-02 10:00+08', '1', 1, 2, 2)",
        database="example",
    )
    (tmp_path / "住院.csv").write_text(block("`住院.csv`:"), "utf8")
    spec = tmp_path / "mine.yaml"
    spec.write_text(block("mine.yaml`:", "yaml"), "utf8")
    monkeypatch.setenv("HOSPITAL_DB_URL", postgres.url("example"))
    report = import_source(spec, tmp_path / "data" / "mine", tmp_path)
    assert block("what was refused and why:").strip("\n") in report.text()


def test_every_list_of_formats_and_values_is_a_spec():
    """The snippets under formats and values are taken by the spec as they are printed."""
    for heading, key in (("### formats", "formats"), ("### values", "values")):
        snippet = textwrap.dedent(block(heading, "yaml"))
        assert getattr(TableSpec.model_validate({"select": "select 1", **yaml.safe_load(snippet)}), key)
