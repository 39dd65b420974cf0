"""What makes a rule or a set of rules impossible: each fault with its rule, its place and how to mend it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import groupby, pairwise
from math import inf, isnan
from operator import itemgetter
from typing import Any

from analysis.audit.rules import Bounds, Condition, Rule
from analysis.errors import InputError
from analysis.vocabulary import codes


@dataclass(frozen=True)
class Placed:
    """A rule and where it stands: file and rule id, or file and row."""

    rule: Rule
    where: str


#: Template -> what a rule must have (`a|b`: one of them), what it may have besides.
NEEDS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "pair": (("items|panels", "others|panels", "window"), frozenset()),
    "frequency": (("items", "window", "limit"), frozenset()),
    "retest": (("items", "limit"), frozenset()),
    "count": (("items", "limit"), frozenset()),
    "attribute": (("items", "indications"), frozenset()),
    "secondary_operation": (("items", "limit"), frozenset({"window"})),
    "indication": (("items", "indications"), frozenset()),
    "course": (("items", "limit|others"), frozenset({"window"})),
    "duplicate": ((), frozenset({"items", "window"})),
    "stay_pattern": (("pattern",), frozenset({"limit"})),
    "approval": (("limit",), frozenset({"items"})),
    "execution": ((), frozenset({"items"})),
    "uncoded": (("pattern", "items"), frozenset({"procedures"})),
    "list": (("items",), frozenset()),
}
_FOR_TEMPLATES = ("items", "others", "panels", "procedures", "window", "limit", "pattern", "indications")
_PATTERNS = {"stay_pattern": ("split", "overlapping", "empty_bed"), "uncoded": ("charged", "coded")}
_WORDS = {"payer": "payer", "level": "hospital_level", "admission_type": "admission_type"}
_PLACES = ("item", "other", "count", "limit", "value", "day", "amount")
_GUIDE = "docs/audit-rules.md says what each template needs"


def check_rule(placed: Placed) -> None:
    """Refuse a rule that contradicts itself or lacks what its template needs."""
    rule = placed.rule
    _check_texts(placed)
    if rule.effective_to and rule.effective_to < rule.effective_from:
        _refuse(
            "a rule ends before it begins",
            placed,
            f"effective_from {rule.effective_from}, effective_to {rule.effective_to}",
            "put the first day in effective_from and the last one in effective_to, or leave it out while it goes on",
        )
    _check_needs(placed)
    for name, condition in conditions(rule):
        _check_condition(placed, name, condition)


def check_together(rules: list[Placed]) -> None:
    """Refuse versions of one rule in force at once, and `subsumes` of rules that are not there or run in a circle."""
    ordered = sorted(rules, key=lambda p: (p.rule.id, p.rule.effective_from, p.rule.version))
    for _, versions in groupby(ordered, key=lambda p: p.rule.id):
        known: dict[str, Placed] = {}
        for placed in (group := list(versions)):
            if placed.rule.version in known:
                _refuse("a version of a rule stands there twice", placed, _named(known[placed.rule.version]), _VERSION)
            known[placed.rule.version] = placed
        for earlier, later in pairwise(group):
            end = earlier.rule.effective_to
            if end is None or end >= later.rule.effective_from:
                _refuse("versions of a rule are in force at the same time", later, _named(earlier), _VERSION)
    _check_subsumes(ordered)


def check_items(rules: Iterable[Placed], items: Collection[str]) -> None:
    """Refuse codes that the hospital's items do not have; national ones are met through the crosswalk."""
    known = set(items)
    for placed in rules:
        if placed.rule.national:
            continue
        for code in codes_of(placed.rule):
            if code not in known:
                near = ", ".join(get_close_matches(code, sorted(known), 3, 0.5)) or "none"
                _refuse(
                    "a rule names an item that the hospital does not have",
                    placed,
                    f"item {code}; similar codes: {near}",
                    "correct the code, or take the rule out of this hospital's rule file",
                )


def codes_of(rule: Rule) -> list[str]:
    """Every item code the rule names, in order, each once."""
    named = [*rule.items, *rule.others, *(code for _, condition in conditions(rule) for code in condition.items)]
    return list(dict.fromkeys(named))


def conditions(rule: Rule) -> list[tuple[str, Condition]]:
    """The rule's conditions with the key they stand under."""
    return [(name, c) for name in ("where", "unless", "indications") for c in getattr(rule, name)]


def _check_texts(placed: Placed) -> None:
    for name in ("title", "basis", "said"):
        lacking = [language for language in ("zh", "en") if not getattr(placed.rule, name).get(language, "").strip()]
        if lacking:
            _refuse(f"{name} is not given in both languages", placed, f"lacking: {', '.join(lacking)}", "add it")
    for language, text in placed.rule.said.items():
        unknown = [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in _PLACES]
        if unknown or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
            allowed = ", ".join(f"{{{name}}}" for name in _PLACES)
            _refuse("said has a place that nothing fills", placed, f"{language}: {text}", f"places are {allowed}")


def _check_needs(placed: Placed) -> None:
    rule = placed.rule
    needed, besides = NEEDS[rule.template]
    patterns = _PATTERNS.get(rule.template, ())
    if rule.pattern and rule.pattern not in patterns:
        row = f"template {rule.template}, pattern {rule.pattern}"
        known = ", ".join(patterns) or "none"
        _refuse("a pattern of another template", placed, row, f"patterns of {rule.template}: {known}")
    given = {name for name in _FOR_TEMPLATES if _says(getattr(rule, name))}
    for need in _also_needed(rule, needed):
        if not given & set(need.split("|")):
            what = need.replace("|", " or ")
            _refuse("a rule lacks what its template needs", placed, f"template {rule.template}: {what}", _GUIDE)
    allowed = {name for need in needed for name in need.split("|")} | besides
    if strange := sorted(given - allowed):
        row = f"template {rule.template} has no use for: {', '.join(strange)}"
        _refuse("a rule says what its template does not read", placed, row, _GUIDE)
    if rule.limit is not None and not 0 <= rule.limit < inf:
        _refuse("a limit below zero, or none", placed, f"limit {rule.limit:g}", "write how much is allowed")
    if isinstance(rule.window, float) and not 0 < rule.window < inf:
        _refuse("a window without length or end", placed, f"window {rule.window:g}", "write so many days, day or visit")
    if not rule.stages:
        _refuse("a rule that never speaks", placed, "stages: []", "name before, during or after")


def _says(value: Any) -> bool:
    """Whether a field is given; a limit of 0 is."""
    return value is not None and value is not False and value != []


def _also_needed(rule: Rule, needed: tuple[str, ...]) -> tuple[str, ...]:
    if rule.pattern in ("split", "empty_bed"):
        return (*needed, "limit")
    return (*needed, "procedures") if rule.pattern == "coded" else needed


def _check_condition(placed: Placed, name: str, condition: Condition) -> None:
    if not any(_says(value) for field, value in condition if field != "items_within") or [] in condition.every_of:
        _refuse("a condition that says nothing holds for everyone", placed, name, "say what must hold, or take it out")
    if condition.items_within is not None and not condition.items:
        _refuse("items_within without items", placed, name, "name the items")
    for field, words in _WORDS.items():
        if unknown := [word for word in getattr(condition, field) if word not in codes(words)]:
            row = f"{name}.{field}: {', '.join(unknown)}"
            _refuse("a word that is not in its list", placed, row, f"words: {', '.join(codes(words))}")
    measured = condition.measured.within if condition.measured else None
    for field, bounds in (("age", condition.age), ("age_days", condition.age_days), ("measured", measured)):
        if bounds and _impossible(bounds):
            row = f"{name}.{field}: {bounds.model_dump(exclude_none=True)}"
            _refuse("bounds that nothing, or everything, is within", placed, row, "give min, max, below or above")


def _impossible(bounds: Bounds) -> bool:
    if any(isnan(bound) for _, bound in bounds if bound is not None):
        return True
    low = [bound for bound in (bounds.min, bounds.above) if bound is not None]
    high = [bound for bound in (bounds.max, bounds.below) if bound is not None]
    if not low or not high:
        return not low and not high
    open_ended = bounds.above is not None or bounds.below is not None
    return max(low) > min(high) or (open_ended and max(low) == min(high))


def _check_subsumes(rules: list[Placed]) -> None:
    known = {placed.rule.id for placed in rules}
    for placed in rules:
        if unknown := [other for other in placed.rule.subsumes if other not in known]:
            near = get_close_matches(unknown[0], sorted(known), 3)
            mend = f"rules of these files: {', '.join(near) or ', '.join(sorted(known)[:5])}"
            _refuse("a rule replaces a rule that is not there", placed, f"subsumes {unknown[0]}", mend)
    try:
        TopologicalSorter({p.rule.id: p.rule.subsumes for p in rules}).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        placed = min((p for p in rules if p.rule.id in error.args[1]), key=lambda p: p.rule.id)
        _refuse("rules replace one another in a circle", placed, circle, "take one `subsumes` of the circle out")


_VERSION = "end the earlier version (effective_to) the day before the next one begins, and give each its own number"


def _named(placed: Placed) -> str:
    rule = placed.rule
    return f"version {rule.version} from {rule.effective_from} to {rule.effective_to or '(open)'}, in {placed.where}"


def _refuse(what: str, placed: Placed, row: str, mend: str) -> None:
    raise InputError(what, where=placed.where, rows=[row], mend=mend)


def in_order(rules: Iterable[Placed]) -> list[Placed]:
    """By id, first day and version: the order in which rules are judged, whatever the order of the files."""
    keyed = [((p.rule.id, p.rule.effective_from, int(p.rule.version)), p) for p in rules]
    return [placed for _, placed in sorted(keyed, key=itemgetter(0))]
