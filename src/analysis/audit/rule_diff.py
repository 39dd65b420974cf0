"""What changed between two states of rules: one row a field, in the words of the rule file."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis.audit.rules import Rule
from analysis.errors import InputError

_COLUMNS = ["rule", "version", "field", "before", "after"]


def rule_diff(before: Iterable[Rule], after: Iterable[Rule]) -> pd.DataFrame:
    """Rules of two files compared.

    A version is compared with the same version of the other file; where the other file has another version instead,
    with that one. Of lists of codes only the codes that differ are shown.

    Returns
    -------
    rule, version (`1`, or `1 -> 2`), field (such as indications.1.age.below; `(rule)` where it is new or gone), before,
    after (empty where there is nothing); by rule, version and field.
    """
    old, new = _keyed(before), _keyed(after)
    rows: list[tuple[str, ...]] = []
    for rule_id in sorted({key[0] for key in (*old, *new)}):
        gone = [rule for key, rule in old.items() if key[0] == rule_id and key not in new]
        come = [rule for key, rule in new.items() if key[0] == rule_id and key not in old]
        pairs = [(rule, new[key]) for key, rule in old.items() if key[0] == rule_id and key in new]
        pairs += zip(gone, come, strict=False)
        for one, other in pairs:
            rows += _changes(one, other)
        for rule in gone[len(come) :]:
            rows.append((rule_id, rule.version, "(rule)", rule.title["en"], ""))
        for rule in come[len(gone) :]:
            rows.append((rule_id, rule.version, "(rule)", "", rule.title["en"]))
    return pd.DataFrame(sorted(rows), columns=_COLUMNS)


def version_diff(rules: Iterable[Rule], rule_id: str, before: str, after: str) -> pd.DataFrame:
    """Two versions of one rule compared; columns as of `rule_diff`.

    Raises
    ------
    InputError
        The rule, or a version of it, is not there.
    """
    versions = {rule.version: rule for rule in rules if rule.id == rule_id}
    for version in (before, after):
        if version not in versions:
            known = ", ".join(sorted(versions)) or "none"
            raise InputError("no such version of a rule", where=f"{rule_id}, version {version}", mend=f"there: {known}")
    return pd.DataFrame(sorted(_changes(versions[before], versions[after])), columns=_COLUMNS)


def _keyed(rules: Iterable[Rule]) -> dict[tuple[str, str], Rule]:
    ordered = sorted(rules, key=lambda rule: (rule.id, int(rule.version)))
    return {(rule.id, rule.version): rule for rule in ordered}


def _changes(before: Rule, after: Rule) -> list[tuple[str, ...]]:
    old, new = _flat(before.model_dump(mode="json")), _flat(after.model_dump(mode="json"))
    version = before.version if before.version == after.version else f"{before.version} -> {after.version}"
    rows = []
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name) and name != "version":
            rows.append((before.id, version, name, *_shown(old.get(name), new.get(name))))
    return rows


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Leaves by path; lists of codes are leaves, alternatives count from 1; what says nothing is left out."""
    if isinstance(value, dict):
        return {p: leaf for key, v in value.items() for p, leaf in _flat(v, f"{path}.{key}".strip(".")).items()}
    if isinstance(value, list) and any(isinstance(v, dict | list) for v in value):
        return {p: leaf for n, v in enumerate(value, 1) for p, leaf in _flat(v, f"{path}.{n}").items()}
    return {} if value in (None, [], "") else {path: value}


def _shown(before: Any, after: Any) -> tuple[str, str]:
    if isinstance(before, list) and isinstance(after, list) and set(before) != set(after):
        return _text([v for v in before if v not in after]), _text([v for v in after if v not in before])
    return _text(before), _text(after)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
