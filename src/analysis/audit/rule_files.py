"""Rule files read, checked and put together: parameters/rules/NAME.yaml, or a folder NAME/ of rows (rule_rows)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.audit.rule_checks import Placed, check_items, check_rule, check_together, in_order
from analysis.audit.rule_rows import FILES, read_rows
from analysis.audit.rules import Condition, Rule, RuleFile
from analysis.errors import InputError
from analysis.files import sha256
from analysis.settings import read_settings, safe_yaml


@dataclass(frozen=True)
class RuleSet:
    """The rules of some files, sets resolved, by id and first day; `text` names the files with their sha256."""

    rules: tuple[Rule, ...]
    text: str

    def running(self) -> tuple[Rule, ...]:
        """Rules that are evaluated: active ones, and shadows, which accuse nobody."""
        return tuple(rule for rule in self.rules if rule.status in ("active", "shadow"))

    def in_force(self, first: date, last: date | None = None) -> tuple[Rule, ...]:
        """Versions in force on a day, or on any day from `first` to `last`, whatever their status."""
        last = last or first
        return tuple(
            r for r in self.rules if r.effective_from <= last and (r.effective_to is None or r.effective_to >= first)
        )


def read_rules(names: Sequence[str], folder: Path, items: Collection[str] | None = None) -> RuleSet:
    """Read rule files and check them together.

    Parameters
    ----------
    names : files of the folder without ending; a folder of that name holds the rules as rows.
    folder : parameters/rules.
    items : the hospital's item codes; without them unknown items are not looked for.

    Raises
    ------
    InputError
        A file is missing or malformed, a template, a set, a word or an item is unknown, a rule lacks what its template
        needs or ends before it begins, versions of a rule overlap: with file, rule (or row) and how to mend it.
    """
    read = [placed for name in names for placed in _read(folder, name)]
    for placed in read:
        check_rule(placed)
    check_together(read)
    if items is not None:
        check_items(read, items)
    rules = tuple(placed.rule for placed in in_order(read))
    files = [file for name in names for file in _files(folder, name)]
    return RuleSet(rules, "\n".join(f"{file.relative_to(folder).as_posix()} {sha256(file)}" for file in files))


def _read(folder: Path, name: str) -> list[Placed]:
    path = folder / f"{name}.yaml"
    if (folder / name).is_dir() and not path.exists():
        sets, rows = read_rows(folder / name)
        return [Placed(_resolved(p.rule, sets, p.where), p.where) for p in rows]
    if not path.is_file():
        there = sorted(p.stem for p in folder.glob("*") if p.is_dir() or p.suffix == ".yaml")
        mend = f"rule files there: {', '.join(there) or 'none'}"
        raise InputError("rule file not found", where=str(path), mend=mend)
    file = _read_yaml(path)
    placed = [Placed(rule, f"{path}, rule {rule.id} (version {rule.version})") for rule in file.rules]
    return [Placed(_resolved(p.rule, file.sets, p.where), p.where) for p in placed]


def _read_yaml(path: Path) -> RuleFile:
    try:
        return read_settings(path, RuleFile)
    except InputError as error:
        if not isinstance(error.__cause__, ValidationError):
            raise
        raise faults(error.__cause__, str(path), safe_yaml(path.read_text("utf8"))) from error.__cause__


def faults(error: ValidationError, where: str, raw: Any) -> InputError:
    """What does not fit the shape of a rule, with the ids of the rules instead of their numbers."""
    rows = [_fault(e, raw) for e in error.errors()[:5]]
    mend = "docs/audit-rules.md says what a rule may hold; templates: " + ", ".join(_templates())
    return InputError(f"{error.error_count()} fault(s) in rules", where=where, rows=rows, mend=mend)


def _fault(error: Mapping[str, Any], raw: Any) -> str:
    loc = list(error["loc"])
    if len(loc) > 1 and loc[0] == "rules" and isinstance(loc[1], int):
        rule = raw["rules"][loc[1]]
        loc[:2] = [f"rule {rule.get('id', f'number {loc[1] + 1}') if isinstance(rule, dict) else loc[1] + 1}"]
    message = error["msg"]
    if error["type"] == "string_pattern_mismatch":
        kind = _PREFIXES.get(next((p for p in reversed(loc) if isinstance(p, str)), ""), "")
        message = f"{error['input']!r} is no {kind}" if kind else f"{error['input']!r}: {message}"
    return f"{'.'.join(str(part) for part in loc)}: {message}"


_ICD = "ICD-10 code prefix such as K80 or E11.5 (a capital letter, then digits)"
_PREFIXES = {
    "diagnoses": _ICD,
    "principal": _ICD,
    "every_of": _ICD,
    "procedures": "procedure code prefix such as 51.41",
    "id": "rule id such as A3.enzyme_panel or national.pair.x1",
}


def _templates() -> tuple[str, ...]:
    return Rule.model_fields["template"].annotation.__args__  # type: ignore[union-attr]


def _files(folder: Path, name: str) -> list[Path]:
    path = folder / f"{name}.yaml"
    return [path] if path.exists() else [folder / name / file for file in FILES]


def _resolved(rule: Rule, sets: Mapping[str, list[str]], where: str) -> Rule:
    """The rule with the codes of its sets in place of their names."""

    def codes(named: list[str]) -> list[str]:
        found: list[str] = []
        for code in named:
            if not code.startswith("@"):
                found.append(code)
            elif sets.get(code[1:]):
                found += sets[code[1:]]
            else:
                what = "an empty set" if code[1:] in sets else "an unknown set"
                known = ", ".join(f"@{name}" for name in sorted(sets)[:20]) or "none"
                raise InputError(f"{what} is named", where=where, rows=[code], mend=f"sets of this file: {known}")
        return list(dict.fromkeys(found))

    def condition(c: Condition) -> Condition:
        return c.model_copy(update={"items": codes(c.items)}) if c.items else c

    lists = {name: [condition(c) for c in getattr(rule, name)] for name in ("where", "unless", "indications")}
    return rule.model_copy(update={"items": codes(rule.items), "others": codes(rule.others), **lists})
