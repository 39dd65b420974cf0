"""The demonstration hospital's own rules: whole, in two languages, about items it has, and safe where they must be."""

from pathlib import Path

import pytest

from analysis.audit.rule_checks import NEEDS
from analysis.audit.rule_files import RuleSet, read_rules
from analysis.audit.rules import Condition, Rule
from analysis.demo.parameters import demo_parameters
from analysis.settings import parameters_folder

#: Not safe as the documents print them: BRIEF.md A4 and its note.
UNSAFE = ("A4.dual_antiplatelet", "A4.single_ecg", "A4.single_enzyme_panel")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    items = {item.code for item in demo_parameters().items}
    return read_rules(["demo_local"], parameters_folder(Path(__file__).parent) / "rules", items)


def test_every_scenario_and_every_template_is_there(rules: RuleSet):
    assert {rule.id.split(".")[0] for rule in rules.rules} == {"A3", "A4", "A5", "A6", "A7", "A9", "D2"}
    assert {rule.template for rule in rules.rules} == set(NEEDS)


def test_unsafe_rules_run_as_shadows_with_their_exclusions(rules: RuleSet):
    by_id = {rule.id: rule for rule in rules.rules}
    for name in UNSAFE:
        assert by_id[name].status == "shadow"
        assert len(by_id[name].unless) >= 4
    dual = by_id["A4.dual_antiplatelet"]
    excluded = {code for condition in dual.unless for code in condition.diagnoses}
    assert {"I20", "I21", "I25", "I63", "G45", "Z95.5"} <= excluded  # coronary disease, stroke, stent
    assert {"C101", "C102", "C103"} <= {code for condition in dual.unless for code in condition.items}


def test_an_interval_alone_never_is_a_violation(rules: RuleSet):
    assert {rule.result for rule in rules.rules if rule.template == "retest"} == {"suspicious"}


def test_every_basis_says_where_it_comes_from(rules: RuleSet):
    for rule in rules.rules:
        assert any(word in rule.basis["en"] for word in ("hospital", "FACTS.md", "national workbook")), rule.id


def test_some_rule_can_speak_before_during_and_after(rules: RuleSet):
    assert any(rule.stages == ["before", "during", "after"] and rule.status == "active" for rule in rules.rules)


def test_the_guide_names_all_a_rule_may_hold():
    guide = (parameters_folder(Path(__file__).parent).parent / "docs" / "audit-rules.md").read_text("utf8")
    words = {*NEEDS, *Rule.model_fields, *Condition.model_fields} - {"source", "region", "title", "national", "panels"}
    assert [word for word in sorted(words) if f"`{word}" not in guide and f"{word}:" not in guide] == []


def test_fraud_is_told_apart_from_what_is_only_not_compliant(rules: RuleSet):
    natures = {rule.nature for rule in rules.rules if rule.id.startswith("A6.")}
    assert natures == {"fraud", "not_compliant"}
