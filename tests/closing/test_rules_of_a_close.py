"""Rules are held against the hospital's own items before a month is closed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.closing.parameters import read_parameters
from analysis.errors import InputError
from analysis.hospital import Hospital
from analysis.settings import SourceCard

RULES = """
name: own
source: a test
rules:
  - id: A9.list
    title: {zh: 负面清单, en: Negative list}
    template: list
    items: [C1]
    result: violation
    effective_from: 2022-01-01
    basis: {zh: 本院, en: own}
    said: {zh: "{item}", en: "{item}"}
"""


def _hospital(folder: Path, code: str) -> Hospital:
    for name, text in {"closing/own": "payment: []\nrules: [own]\n", "rules/own": RULES}.items():
        path = folder / "parameters" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    pq.write_table(pa.table({"item_code": [code]}), folder / "items.parquet")
    card = SourceCard(name="own", name_en="own", closing="own")
    return Hospital(folder, card, frozenset({"items"}))


def test_a_rule_about_an_item_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hospital = _hospital(tmp_path, "C1")
    monkeypatch.chdir(tmp_path)
    parameters = read_parameters(hospital)
    assert [rule.id for rule in parameters.rules.rules] == ["A9.list"]
    assert "own.yaml" in parameters.text


def test_a_rule_about_an_item_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hospital = _hospital(tmp_path, "C2")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="item C1; similar codes: C2"):
        read_parameters(hospital)


def test_a_hospital_without_a_table_of_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hospital = _hospital(tmp_path, "C2")
    (tmp_path / "items.parquet").unlink()
    monkeypatch.chdir(tmp_path)
    assert len(read_parameters(hospital).rules.rules) == 1
