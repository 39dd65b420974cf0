"""What changed between two states of rules, worked by hand."""

from typing import Any

import pandas as pd
import pytest

from analysis.audit.rule_diff import rule_diff, version_diff
from analysis.audit.rules import Rule
from analysis.errors import InputError

BOTH = {"zh": "中文", "en": "English"}


def _rule(**changes: Any) -> Rule:
    rule = {
        "id": "A4.stent",
        "title": BOTH,
        "template": "indication",
        "items": ["C103"],
        "indications": [{"age": {"below": 65}}, {"diagnoses": ["I21"]}],
        "result": "violation",
        "effective_from": "2022-01-01",
        "basis": BOTH,
        "said": BOTH,
    }
    return Rule.model_validate({**rule, **changes})


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(frame.itertuples(index=False, name=None))


def test_the_same_rules_do_not_differ():
    assert rule_diff([_rule()], [_rule()]).empty


def test_a_bound_and_a_code_that_changed():
    after = _rule(items=["C104", "C103"], indications=[{"age": {"below": 60}}, {"diagnoses": ["I21"]}])
    assert _rows(rule_diff([_rule()], [after])) == [
        ("A4.stent", "1", "indications.1.age.below", "65", "60"),
        ("A4.stent", "1", "items", "", "C104"),
    ]


def test_an_alternative_that_came_and_a_field_that_went():
    before, after = _rule(nature="fraud"), _rule(unless=[{"items": ["S1", "S2"]}])
    assert _rows(rule_diff([before], [after])) == [
        ("A4.stent", "1", "nature", "fraud", ""),
        ("A4.stent", "1", "unless.1.items", "", "S1, S2"),
    ]


def test_a_rule_that_came_and_one_that_went():
    assert _rows(rule_diff([_rule(id="A4.old")], [_rule(id="A4.young")])) == [
        ("A4.old", "1", "(rule)", "English", ""),
        ("A4.young", "1", "(rule)", "", "English"),
    ]


def test_a_new_version_in_place_of_the_old_one_is_compared_with_it():
    after = _rule(version="2", effective_from="2022-07-01")
    expected = [("A4.stent", "1 -> 2", "effective_from", "2022-01-01", "2022-07-01")]
    assert _rows(rule_diff([_rule()], [after])) == expected


def test_a_version_added_beside_the_old_one_is_new():
    ended, after = _rule(effective_to="2022-06-30"), _rule(version="2", effective_from="2022-07-01")
    assert _rows(rule_diff([_rule()], [after, ended])) == [
        ("A4.stent", "1", "effective_to", "", "2022-06-30"),
        ("A4.stent", "2", "(rule)", "", "English"),
    ]


def test_two_versions_of_a_rule():
    rules = [_rule(), _rule(version="2", result="suspicious")]
    assert _rows(version_diff(rules, "A4.stent", "1", "2")) == [
        ("A4.stent", "1 -> 2", "result", "violation", "suspicious"),
    ]
    with pytest.raises(InputError, match="there: 1, 2"):
        version_diff(rules, "A4.stent", "1", "3")
