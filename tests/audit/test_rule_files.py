"""Rule files: what is read, and every malformed rule refused with its file, its rule and how to mend it."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.audit.rule_files import read_rules
from analysis.audit.rule_rows import COLUMNS, About, read_rows, write_csv, write_rows
from analysis.audit.rules import Rule
from analysis.errors import InputError

BOTH = {"zh": "中文", "en": "English"}
PAIR: dict[str, Any] = {
    "id": "A3.panel",
    "title": BOTH,
    "template": "pair",
    "items": ["S114"],
    "others": ["@panels"],
    "window": "six_hours",
    "result": "violation",
    "effective_from": "2022-01-01",
    "basis": BOTH,
    "said": {"zh": "{day} {item}", "en": "{day}: {item} beside {other}"},
}
SETS = {"panels": ["S127", "S128"]}
ITEMS = {"S114", "S115", "S127", "S128"}


def _write(folder: Path, *rules: dict[str, Any], name: str = "local", sets: dict[str, list[str]] = SETS) -> None:
    text = yaml.safe_dump({"name": name, "source": "a test", "sets": sets, "rules": list(rules)}, allow_unicode=True)
    (folder / f"{name}.yaml").write_text(text, "utf8")


def _with(**changes: Any) -> dict[str, Any]:
    """The pair rule with other fields; None takes one out."""
    rule = {**deepcopy(PAIR), **changes}
    return {key: value for key, value in rule.items() if value is not None}


def _refused(folder: Path, *names: str, items: set[str] | None = None) -> str:
    with pytest.raises(InputError) as refused:
        read_rules(names or ("local",), folder, items)
    assert refused.value.where and refused.value.mend and refused.value.rows
    return str(refused.value)


@pytest.mark.parametrize("code", ["C", "I2", "K80", "E11.5", "I10.x00", "C4A", "M17100", "Z51.103", "E11.505+I79.2*"])
def test_prefixes_of_diagnoses(tmp_path: Path, code: str):
    _write(tmp_path, _with(where=[{"diagnoses": [code]}]))
    assert read_rules(["local"], tmp_path).rules[0].where[0].diagnoses == [code]


def test_sets_stand_in_for_their_names(tmp_path: Path):
    _write(tmp_path, _with(unless=[{"items": ["@panels", "S001"]}]))
    (rule,) = read_rules(["local"], tmp_path).rules
    assert rule.others == ["S127", "S128"]
    assert rule.unless[0].items == ["S127", "S128", "S001"]


def test_rules_come_by_id_and_date_whatever_the_order(tmp_path: Path):
    earlier = _with(effective_to="2022-06-30")
    later = _with(version="2", effective_from="2022-07-01")
    other = _with(id="A3.another")
    _write(tmp_path, later, other, earlier)
    first = read_rules(["local"], tmp_path).rules
    _write(tmp_path, earlier, later, other)
    assert read_rules(["local"], tmp_path).rules == first
    assert [(rule.id, rule.version) for rule in first] == [("A3.another", "1"), ("A3.panel", "1"), ("A3.panel", "2")]


def test_the_version_in_force_is_that_of_the_day(tmp_path: Path):
    _write(tmp_path, _with(effective_to="2022-06-30"), _with(version="2", effective_from="2022-07-01"))
    rules = read_rules(["local"], tmp_path)
    versions = {day: [r.version for r in rules.in_force(day)] for day in (date(2021, 12, 31), date(2022, 6, 30))}
    assert versions == {date(2021, 12, 31): [], date(2022, 6, 30): ["1"]}
    assert [r.version for r in rules.in_force(date(2022, 7, 1))] == ["2"]
    assert [r.version for r in rules.in_force(date(2022, 6, 1), date(2022, 7, 31))] == ["1", "2"]


def test_a_limit_of_nothing_is_a_limit(tmp_path: Path):
    _write(tmp_path, _with(template="frequency", others=None, limit=0))
    assert read_rules(["local"], tmp_path).rules[0].limit == 0


def test_only_active_rules_and_shadows_run(tmp_path: Path):
    states = ("active", "shadow", "draft", "suspended")
    _write(tmp_path, *(_with(id=f"A3.{state}", status=state) for state in states))
    assert [rule.status for rule in read_rules(["local"], tmp_path).running()] == ["active", "shadow"]


def test_the_text_for_the_run_id_follows_the_file(tmp_path: Path):
    _write(tmp_path, _with())
    before = read_rules(["local"], tmp_path).text
    assert before == read_rules(["local"], tmp_path).text
    _write(tmp_path, _with(window="day"))
    assert read_rules(["local"], tmp_path).text != before


#: What is wrong -> (changes to the rule, what the message must say).
FAULTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown template": ({"template": "pairs"}, ("rule A3.panel", "template", "'pair'")),
    "unknown key": ({"exclusions": []}, ("rule A3.panel", "exclusions")),
    "no template": ({"template": None}, ("rule A3.panel.template", "required")),
    "bad id": ({"id": "panel"}, ("rule panel.id", "'panel' is no rule id")),
    "bad version": ({"version": "1a"}, ("rule A3.panel.version", "1a")),
    "bad ICD pattern": ({"where": [{"diagnoses": ["k80"]}]}, ("rule A3.panel.where.0.diagnoses", "'k80' is no ICD-10")),
    "ICD pattern with a wildcard": ({"where": [{"principal": ["K80%"]}]}, ("'K80%' is no ICD-10",)),
    "ICD in a list of lists": ({"where": [{"every_of": [["I10"], ["1E1"]]}]}, ("'1E1' is no ICD-10",)),
    "the letter O for a zero": ({"where": [{"diagnoses": ["K8O"]}]}, ("'K8O' is no ICD-10",)),
    "bad procedure": ({"where": [{"procedures": ["51.4%"]}]}, ("'51.4%' is no procedure",)),
    "ends before it begins": ({"effective_to": "2021-12-31"}, ("ends before it begins", "2021-12-31")),
    "no such date": ({"effective_from": "2022-02-30"}, ("rule A3.panel.effective_from",)),
    "unknown set": ({"others": ["@panel"]}, ("unknown set", "@panel", "@panels")),
    "unknown set in a condition": ({"where": [{"items": ["@icu"]}]}, ("unknown set", "@icu")),
    "no window": ({"window": None}, ("lacks what its template needs", "window")),
    "no items": ({"items": None}, ("lacks what its template needs", "items or panels")),
    "a limit that a pair has no use for": ({"limit": 3}, ("no use for: limit",)),
    "frequency without limit": ({"template": "frequency", "others": None}, ("lacks", "limit")),
    "indication without indications": ({"template": "indication", "others": None, "window": None}, ("indications",)),
    "stay pattern without pattern": (
        {"template": "stay_pattern", "items": None, "others": None, "window": None},
        ("lacks", "pattern"),
    ),
    "pattern of another template": (
        {"template": "uncoded", "others": None, "window": None, "pattern": "split", "limit": None},
        ("a pattern of another template", "charged, coded"),
    ),
    "split without days": (
        {"template": "stay_pattern", "items": None, "others": None, "window": None, "pattern": "split"},
        ("lacks", "limit"),
    ),
    "coded without procedures": (
        {"template": "uncoded", "others": None, "window": None, "pattern": "coded"},
        ("lacks", "procedures"),
    ),
    "a limit below zero": ({"template": "frequency", "others": None, "limit": -1}, ("a limit below zero", "limit -1")),
    "a window of no days": ({"window": 0}, ("a window without length",)),
    "one language": ({"title": {"zh": "只有中文"}}, ("title", "both languages", "lacking: en")),
    "an empty text": ({"basis": {"zh": "依据", "en": " "}}, ("basis", "lacking: en")),
    "a place nothing fills": ({"said": {"zh": "{item}", "en": "{patient}"}}, ("en: {patient}", "{item}")),
    "a brace left open": ({"said": {"zh": "{item}", "en": "{item"}}, ("said", "{item")),
    "a condition that says nothing": ({"unless": [{}]}, ("says nothing", "unless")),
    "a condition of an empty list": ({"unless": [{"diagnoses": []}]}, ("says nothing", "unless")),
    "of each list one, and a list is empty": ({"unless": [{"every_of": [["I10"], []]}]}, ("says nothing",)),
    "a limit that is no number": ({"template": "frequency", "others": None, "limit": float("nan")}, ("limit nan",)),
    "a limit without end": ({"template": "frequency", "others": None, "limit": float("inf")}, ("limit inf",)),
    "bounds that are no number": ({"where": [{"age": {"min": float("nan")}}]}, ("bounds", "where.age")),
    "no stage": ({"stages": []}, ("never speaks", "before")),
    "items_within without items": ({"unless": [{"items_within": 24}]}, ("says nothing", "unless")),
    "a payer of no list": ({"where": [{"payer": ["employees"]}]}, ("where.payer: employees", "employee")),
    "a level of no list": ({"where": [{"level": ["third"]}]}, ("where.level: third", "tertiary")),
    "bounds the wrong way round": ({"where": [{"age": {"min": 60, "max": 50}}]}, ("bounds", "where.age")),
    "bounds that say nothing": ({"where": [{"age": {}}]}, ("bounds", "where.age")),
    "measured without bounds": ({"where": [{"measured": {"name": "abi", "within": {}}}]}, ("where.measured",)),
    "replaces a rule that is not there": ({"subsumes": ["A3.pane"]}, ("subsumes A3.pane", "A3.panel")),
    "replaces itself": ({"subsumes": ["A3.panel"]}, ("circle", "A3.panel -> A3.panel")),
    "a number as a code": ({"items": [1102000030000]}, ("rule A3.panel.items.0", "string")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_malformed_rule_is_refused(tmp_path: Path, fault: str):
    changes, said = FAULTS[fault]
    _write(tmp_path, _with(id="A1.well"), _with(**changes))
    message = _refused(tmp_path)
    assert "local.yaml" in message
    for part in said:
        assert part in message


def test_the_rule_itself_is_well_formed(tmp_path: Path):
    """What the faults above change is right without the change."""
    _write(tmp_path, _with(id="A1.well"), _with())
    assert len(read_rules(["local"], tmp_path, ITEMS).rules) == 2


def test_versions_in_force_at_once_are_refused(tmp_path: Path):
    _write(tmp_path, _with(effective_to="2022-07-01"), _with(version="2", effective_from="2022-07-01"))
    message = _refused(tmp_path)
    assert "in force at the same time" in message
    assert "rule A3.panel (version 2)" in message
    assert "version 1 from 2022-01-01 to 2022-07-01" in message


def test_an_open_version_overlaps_every_later_one(tmp_path: Path):
    _write(tmp_path, _with(), _with(version="2", effective_from="2030-01-01"))
    assert "(open)" in _refused(tmp_path)


def test_versions_of_two_files_are_held_against_each_other(tmp_path: Path):
    _write(tmp_path, _with())
    _write(tmp_path, _with(version="2"), name="other")
    message = _refused(tmp_path, "local", "other")
    assert "other.yaml" in message and "local.yaml" in message


def test_the_same_version_twice_is_refused(tmp_path: Path):
    _write(tmp_path, _with(effective_to="2022-06-30"), _with(effective_from="2022-07-01"))
    assert "stands there twice" in _refused(tmp_path)


def test_rules_that_replace_one_another_are_refused(tmp_path: Path):
    _write(tmp_path, _with(id="A3.a", subsumes=["A3.b"]), _with(id="A3.b", subsumes=["A3.a"]))
    assert "circle" in _refused(tmp_path)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"items": ["S11A"]}, "S11A"),
        ({"others": ["S999"]}, "S999"),
        ({"unless": [{"items": ["X1"]}]}, "X1"),
    ],
)
def test_an_item_the_hospital_does_not_have_is_refused(tmp_path: Path, changes: dict[str, Any], code: str):
    _write(tmp_path, _with(**changes))
    read_rules(["local"], tmp_path)
    message = _refused(tmp_path, items=ITEMS)
    assert f"item {code}" in message and "rule A3.panel" in message


def test_close_matches_are_named(tmp_path: Path):
    _write(tmp_path, _with(items=["S141"]))
    assert "S114" in _refused(tmp_path, items=ITEMS)


def test_national_codes_are_no_local_items(tmp_path: Path):
    _write(tmp_path, _with(national=True, items=["001102000030000"]))
    assert read_rules(["local"], tmp_path, ITEMS).rules[0].national


def test_an_empty_set_never_becomes_every_item(tmp_path: Path):
    rule = _with(template="execution", items=["@none"], others=None, window=None)
    _write(tmp_path, rule, sets={"none": []})
    assert "empty set" in _refused(tmp_path)


def test_a_missing_file_names_those_that_are_there(tmp_path: Path):
    _write(tmp_path, _with())
    (tmp_path / "national").mkdir()
    with pytest.raises(InputError, match="rule files there: local, national"):
        read_rules(["locl"], tmp_path)


def test_no_yaml_is_refused(tmp_path: Path):
    (tmp_path / "local.yaml").write_text("rules: [", "utf8")
    assert "not a readable YAML" in _refused(tmp_path)


# ── rules as rows ──

ROWS = [
    Rule.model_validate({**PAIR, "others": ["S127"], "national": True, "window": 2, "subsumes": ["A3.sex"]}),
    Rule.model_validate(
        {
            **{key: PAIR[key] for key in ("title", "basis", "said", "result")},
            "id": "A3.sex",
            "version": "3",
            "template": "attribute",
            "items": ["@A3.sex"],
            "national": True,
            "indications": [
                {"sex": "F", "age": {"min": 12, "below": 60}, "level": ["tertiary"], "payer": ["maternity"]}
            ],
            "effective_from": "2022-01-01",
            "effective_to": "2022-12-31",
            "stages": ["before", "after"],
            "nature": "not_compliant",
            "status": "shadow",
        }
    ),
]


def _rows(folder: Path) -> Path:
    write_rows(folder / "rows", About(name="rows", source="it's a test"), ROWS, [("A3.sex", "=X1", 'a, "b"')])
    return folder / "rows"


def test_rows_give_back_the_rules_that_were_written(tmp_path: Path):
    sets, placed = read_rows(_rows(tmp_path))
    assert [p.rule for p in placed] == ROWS
    assert sets == {"A3.sex": ["=X1"]}
    assert placed[1].where.endswith("rules.csv, row 3, rule A3.sex")


def test_a_folder_of_rows_is_read_by_its_name(tmp_path: Path):
    _rows(tmp_path)
    rules = read_rules(["rows"], tmp_path)
    assert [rule.items for rule in rules.rules] == [["S114"], ["=X1"]]
    assert [line.split()[0] for line in rules.text.splitlines()] == [
        "rows/about.yaml",
        "rows/rules.csv",
        "rows/codes.csv",
    ]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("template", "pairs", "template"),
        ("effective_to", "2021-12-31", "ends before it begins"),
        ("window", "fortnight", "window"),
        ("limit", "3", "no use for: limit"),
        ("others", "@gone", "unknown set"),
        ("result", "", "result"),
        ("said_en", "", "said"),
        ("subsumes", "A3.gone", "subsumes A3.gone"),
    ],
)
def test_a_malformed_row_is_refused_with_its_number(tmp_path: Path, column: str, value: str, said: str):
    folder = _rows(tmp_path)
    path = folder / "rules.csv"
    header, first, second = path.read_text("utf8").splitlines()
    cells = first.split(",")
    cells[COLUMNS.index(column)] = value
    path.write_text("\n".join([header, ",".join(cells), second]) + "\n", "utf8")
    message = _refused(tmp_path, "rows")
    assert "rules.csv, row 2, rule A3.panel" in message and said in message


def test_a_folder_without_its_columns_is_refused(tmp_path: Path):
    folder = _rows(tmp_path)
    write_csv(folder / "rules.csv", ("id", "version"), [("A3.panel", "1")])
    assert "columns are missing" in _refused(tmp_path, "rows")


def test_a_row_with_a_cell_too_many_is_refused(tmp_path: Path):
    path = _rows(tmp_path) / "codes.csv"
    path.write_text(path.read_text("utf8") + "A3.sex,X2,b,c\n", "utf8")
    with pytest.raises(InputError, match="more cells than columns"):
        read_rules(["rows"], tmp_path)


def test_a_folder_without_a_file_is_refused(tmp_path: Path):
    (_rows(tmp_path) / "codes.csv").unlink()
    with pytest.raises(InputError, match="rule file not found"):
        read_rules(["rows"], tmp_path)
