"""Thousands of rules as rows: a folder parameters/rules/NAME of CSV files, for lists that others publish.

about.yaml   name and source
rules.csv    one rule a row; sets as @name; the limits of sex, age, ... of a row are one condition of what is allowed
codes.csv    one code of a set a row
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.audit.rule_checks import Placed
from analysis.audit.rules import Rule
from analysis.errors import InputError
from analysis.files import write_text
from analysis.settings import Settings, read_settings

FILES = ("about.yaml", "rules.csv", "codes.csv")
_PLAIN = (
    "id",
    "version",
    "template",
    "pattern",
    "result",
    "nature",
    "status",
    "effective_from",
    "effective_to",
    "region",
)
_LISTS = ("items", "others", "stages", "subsumes")
_TEXTS = ("title", "basis", "said")
_BOUNDS = tuple(f"{kind}_{side}" for kind in ("age", "age_days") for side in ("min", "max", "below", "above"))
_ALLOWED = ("sex", "setting")
_ALLOWED_LISTS = ("payer", "level")
COLUMNS = (
    *_PLAIN,
    "region",
    "national",
    "window",
    "limit",
    *_LISTS,
    *_ALLOWED,
    *_ALLOWED_LISTS,
    *_BOUNDS,
    *(f"{text}_{language}" for text in _TEXTS for language in ("zh", "en")),
)


class About(Settings):
    """about.yaml of a folder of rule rows."""

    name: str
    source: str


def read_rows(folder: Path) -> tuple[dict[str, list[str]], list[Placed]]:
    """Sets and rules of a folder; every rule with its file and row.

    Raises
    ------
    InputError
        A file is missing or has other columns; a row is no rule: with file, row, rule and column.
    """
    read_settings(folder / "about.yaml", About)
    sets: dict[str, list[str]] = {}
    for _, row in _rows(folder / "codes.csv", ("set", "code", "name")):
        sets.setdefault(row["set"], []).append(row["code"])
    path = folder / "rules.csv"
    return sets, [_rule(path, number, row) for number, row in _rows(path, COLUMNS)]


def write_rows(folder: Path, about: About, rules: Iterable[Rule], codes: Iterable[tuple[str, str, str]]) -> None:
    """Write rules (whose `indications` are at most one condition of the columns above) and the codes of their sets."""
    write_csv(folder / "codes.csv", ("set", "code", "name"), codes)
    flat = [_flat(rule) for rule in rules]
    write_csv(folder / "rules.csv", COLUMNS, ([row.get(name, "") for name in COLUMNS] for row in flat))
    text = "".join(f"{key}: {_quoted(value)}\n" for key, value in about.model_dump().items())
    write_text(folder / "about.yaml", text)


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a CSV file whole or not at all."""
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_text(path, "".join(lines))


class _Lines(list[str]):
    """What csv writes to."""

    write = list.append


def _rows(path: Path, columns: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise InputError("rule file not found", where=str(path), mend="write the folder again: workbench rules")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="(too many)", restval="")
            rows = list(enumerate(reader, 2))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            "not a readable CSV file", where=str(path), rows=[str(error)], mend="save it as UTF-8"
        ) from error
    have = reader.fieldnames or []
    if missing := [name for name in columns if name not in have]:
        raise InputError("columns are missing", where=str(path), rows=missing[:5], mend="write the folder again")
    if longer := next((number for number, row in rows if row.get("(too many)")), None):
        raise InputError("a row has more cells than columns", where=f"{path}, row {longer}", mend="quote its commas")
    return rows


def _rule(path: Path, number: int, row: dict[str, str]) -> Placed:
    where = f"{path}, row {number}, rule {row['id']}"
    try:
        return Placed(Rule.model_validate(_nested(row)), where)
    except ValidationError as error:
        first = [f"{'.'.join(map(str, e['loc']))}: {e['msg']} ({e['input']!r})"[:200] for e in error.errors()[:5]]
        mend = "correct the cell; docs/audit-rules.md says what a rule may hold"
        raise InputError("a row is no rule", where=where, rows=first, mend=mend) from error


def _nested(row: dict[str, str]) -> dict[str, Any]:
    """The columns of a row as the keys of a rule."""
    rule: dict[str, Any] = {name: row[name] for name in (*_PLAIN, "region", "national", "window", "limit") if row[name]}
    rule |= {name: row[name].split("|") for name in _LISTS if row[name]}
    rule |= {text: {language: row[f"{text}_{language}"] for language in ("zh", "en")} for text in _TEXTS}
    allowed: dict[str, Any] = {name: row[name] for name in _ALLOWED if row[name]}
    allowed |= {name: row[name].split("|") for name in _ALLOWED_LISTS if row[name]}
    for column in _BOUNDS:
        if row[column]:
            kind, side = column.rsplit("_", 1)
            allowed.setdefault(kind, {})[side] = row[column]
    if allowed:
        rule["indications"] = [allowed]
    return rule


def _flat(rule: Rule) -> dict[str, Any]:
    """A rule as a row; the other way round of `_nested`."""
    row: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(rule, name)) is not None}
    row |= {name: "|".join(getattr(rule, name)) for name in _LISTS}
    row |= {"region": rule.region, "national": str(rule.national).lower()}
    row |= {"window": _number(rule.window), "limit": _number(rule.limit)}
    row |= {f"{text}_{language}": getattr(rule, text)[language] for text in _TEXTS for language in ("zh", "en")}
    for allowed in rule.indications:
        row |= {name: getattr(allowed, name) or "" for name in _ALLOWED}
        row |= {name: "|".join(getattr(allowed, name)) for name in _ALLOWED_LISTS}
        for column in _BOUNDS:
            kind, side = column.rsplit("_", 1)
            row[column] = _number(getattr(getattr(allowed, kind), side)) if getattr(allowed, kind) else ""
    return row


def _number(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
