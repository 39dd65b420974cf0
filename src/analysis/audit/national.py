"""The published workbooks of the national rule library as rules; what cannot become one is listed with its reason."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.audit.national_kinds import FIELDS, NoRuleError, Place, days_in, slug, texts_of
from analysis.audit.national_terms import Terms
from analysis.audit.rule_rows import About, write_csv, write_rows
from analysis.audit.rules import Rule
from analysis.audit.workbooks import Row, Sheet, cell_text, read_workbook, same_name
from analysis.errors import InputError

_LEFT_OUT = ("file", "row", "name", "code", "what", "reason")


class LeftOut(NamedTuple):
    """`what`: no rule, in part (a rule that says less than the row), closing row, no workbook."""

    file: str
    row: int
    name: str
    code: str
    what: str
    reason: str


@dataclass
class NationalRules:
    """Rules by id, the codes of their sets with names, what was left out, and rows read per file."""

    about: About
    rules: dict[str, Rule] = field(default_factory=dict)
    codes: list[tuple[str, str, str]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    later: list[tuple["Place", dict[str, Any]]] = field(default_factory=list)

    def counts(self) -> pd.DataFrame:
        """Columns file, kind, rows (that name something), rules, in_part, no_rule, closing_rows; one row a file."""
        found = Counter((left.file, left.what) for left in self.left_out)
        names = ("in part", "no rule", "closing row")
        rows = [
            (file, kind, rows, self.made[file], *(found[file, what] for what in names))
            for file, (kind, rows) in self.rows.items()
        ]
        return pd.DataFrame(rows, columns=["file", "kind", "rows", "rules", "in_part", "no_rule", "closing_rows"])

    def write(self, out: Path) -> None:
        """Write rules.csv, codes.csv, about.yaml and left_out.csv."""
        write_csv(out / "left_out.csv", _LEFT_OUT, self.left_out)
        write_rows(out, self.about, self.rules.values(), self.codes)


def import_national(folder: Path, terms: Terms) -> NationalRules:
    """Read every workbook of a folder.

    Parameters
    ----------
    folder : the published .xlsx files, under whatever names.
    terms : parameters/national_rules/terms.yaml (`read_terms`).

    Raises
    ------
    InputError
        No such folder, or no workbook of it is recognised.
    """
    paths = sorted(path for path in folder.glob("*.xlsx") if not path.name.startswith("~$"))
    result = NationalRules(About(name=folder.name, source=terms.source))
    for path in paths:
        _read_file(result, path, terms)
    for place, extra in result.later:  # intervals that another file may already say
        if f"national.{place.kind}.{slug(place.row.code)}" not in result.rules:
            _add(result, terms, place, [place.row.code], extra)
    if not result.rules:
        reasons = [f"{left.file}: {left.reason}" for left in result.left_out[:5]]
        mend = (
            "name the folder of the published .xlsx files; parameters/national_rules/terms.yaml says how they are known"
        )
        raise InputError("no rule workbook found", where=str(folder), rows=reasons, mend=mend)
    return result


def _read_file(result: NationalRules, path: Path, terms: Terms) -> None:
    try:
        sheets = read_workbook(path, terms.columns)
    except ValueError as error:
        result.left_out.append(LeftOut(path.name, 0, "", "", "no workbook", str(error)))
        return
    main = next((s for s in sheets if {"word", "limit", "text"} & set(s.fields)), None)
    kind = _kind(main, terms) if main else ""
    if main is None or not kind:
        why = "no heading of a rule workbook in its first rows" if main is None else "of no known kind"
        result.left_out.append(LeftOut(path.name, 0, "", "", "no workbook", why))
        return
    named = [row for row in main.rows if row.text("name")]
    result.rows[path.name] = (kind, len(named))
    for row in main.rows:
        if not row.text("name"):
            first = next(filter(None, map(cell_text, row.cells.values())), "")
            result.left_out.append(LeftOut(path.name, row.number, first[:40], "", "closing row", "total or remark"))
    if kind == "operation":
        _groups(result, terms, path.name, named)
    else:
        for row, codes in _with_codes(result, path.name, main, named, sheets):
            _entry(result, terms, Place(path.name, kind, row), codes)


#: Columns that only one kind has.
_TELLING = {"main_code": "pair", "period": "period", "unit": "frequency"}


def _kind(sheet: Sheet, terms: Terms) -> str:
    if telling := [kind for name, kind in _TELLING.items() if name in sheet.fields]:
        return telling[0]
    said = next((row.text("kind") for row in sheet.rows if row.text("kind")), "")
    return next((k for text in (said, sheet.said) for word, k in terms.recognised.items() if word in text), "")


def _with_codes(
    result: NationalRules, file: str, main: Sheet, named: list[Row], sheets: list[Sheet]
) -> Iterator[tuple[Row, list[str]]]:
    """Rows with their codes: their own, or those that the other sheets give for their name."""
    if "code" in main.fields:
        yield from ((row, [row.code] if row.code else []) for row in named)
        return
    found: dict[str, list[Row]] = {}
    for sheet in sheets:
        for row in sheet.rows if sheet is not main and {"name", "code"} <= set(sheet.fields) else ():
            found.setdefault(same_name(row.text("name")), []).append(row)
    for row in named:
        codes = [other.code for other in found.pop(same_name(row.text("name")), []) if other.code]
        yield row, list(dict.fromkeys(codes))
    for rows in found.values():
        reason = "codes of a name that has no rule"
        left = [LeftOut(file, r.number, r.text("name"), r.code, "no rule", reason) for r in rows]
        result.left_out += left


def _entry(result: NationalRules, terms: Terms, place: Place, codes: list[str]) -> None:
    """One row as a rule, or the reason why not."""
    if not codes:
        _leave(result, place, "no rule", "no code in the workbook")
        return
    try:
        extra = FIELDS[place.kind](terms, place)
    except NoRuleError as reason:
        _leave(result, place, "no rule", str(reason))
        return
    if place.kind == "course":
        _course_remarks(result, terms, place)
    _add(result, terms, place, codes, extra)


def _groups(result: NationalRules, terms: Terms, file: str, rows: list[Row]) -> None:
    """Operations of one group are one rule; a code may belong to several groups."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        place = Place(file, "operation", row)
        if not row.code or not row.text("word"):
            _leave(result, place, "no rule", "no code or no group")
        elif row.code in [other.code for other in groups.setdefault(row.text("word"), [])]:
            _leave(result, place, "no rule", "stands twice in its group")
        else:
            groups[row.text("word")].append(row)
    for group, members in groups.items():
        place = Place(file, "operation", members[0])
        names = {row.code: row.text("name") for row in members}
        mark = hashlib.sha256(group.encode("utf8")).hexdigest()[:8]  # ids are ASCII and outlast the order of rows
        _add(result, terms, place, list(names), {"limit": 1, "id": f"g{mark}"}, names)


def _course_remarks(result: NationalRules, terms: Terms, place: Place) -> None:
    """What a course's text says besides its days: a contradiction, an interval, more than one stay."""
    said, word = days_in(place.row.text("text")), days_in(place.row.text("word"))
    if said and word and max(said) != max(word):
        reason = f"the column says {max(word):g} days, the text {max(said):g}; the longer one is taken"
        _leave(result, place, "in part", reason)
    if max(word or said, default=0) >= terms.long_course:
        _leave(result, place, "in part", "a course over several stays; days are counted within one stay")
    text = place.row.text("text")
    interval = re.search(r"间隔时间不短于(\d+)天", text)
    days = float(interval[1]) if interval else 7.0 if "每周最多支付一次" in text else None
    if days:
        again = Place(place.file, "period", Row(place.row.number, {**place.row.cells, "period": days, "limit": 1}))
        result.later.append((again, {"window": days, "limit": 1}))


def _add(
    result: NationalRules,
    terms: Terms,
    place: Place,
    codes: list[str],
    extra: dict[str, Any],
    names: dict[str, str] | None = None,
) -> None:
    """Make the rule, its set of codes where it has several, and say what its text says beyond it."""
    suffix = extra.pop("id", None) or slug(*(extra.get("others") or []), min(codes))
    rule_id = f"national.{place.kind}.{suffix}"
    if rule_id in result.rules:
        _leave(result, place, "no rule", f"stands twice: {rule_id}")
        return
    if len(codes) > 1:
        result.codes += [(rule_id, code, (names or {}).get(code, place.name)) for code in codes]
        codes = [f"@{rule_id}"]
    doubt = _beyond(result, terms, place)
    result.rules[rule_id] = _rule(rule_id, terms, place, codes, doubt, extra)
    result.made[place.file] += 1


def _rule(rule_id: str, terms: Terms, place: Place, items: list[str], doubt: bool, extra: dict[str, Any]) -> Rule:
    kind = terms.kinds[place.kind]
    return Rule(
        id=rule_id,
        template=kind.template,
        items=items,
        national=True,
        result="suspicious" if doubt else kind.result,
        nature="not_compliant",
        stages=kind.stages,
        status=terms.status,
        effective_from=terms.effective_from,
        region=terms.region,
        said=kind.said,
        **texts_of(kind, place, extra),
        **{key: value for key, value in extra.items() if key not in ("allowed", "word")},
    )


def _beyond(result: NationalRules, terms: Terms, place: Place) -> bool:
    """List what the row's text says beyond the rule; True where it allows what the column forbids."""
    text = place.row.text("text")
    found = [b for b in terms.beyond if place.kind in b.kinds and b.word in text]
    for reason in dict.fromkeys(b.reason for b in found):
        _leave(result, place, "in part", reason)
    return any(b.doubt for b in found)


def _leave(result: NationalRules, place: Place, what: str, reason: str) -> None:
    row = place.row
    result.left_out.append(LeftOut(place.file, row.number, place.name, row.code, what, reason))


def counts_said(rules: NationalRules) -> Iterable[str]:
    """Lines of what was read and made of each file."""
    counts = rules.counts()
    for row in counts.itertuples():
        yield (
            f"{row.file}: {row.rows:,} rows -> {row.rules:,} rules ({row.kind}); "
            f"{row.in_part} in part, {row.no_rule} no rule, {row.closing_rows} closing rows"
        )
    for left in rules.left_out:
        if left.what == "no workbook":
            yield f"{left.file}: left out, {left.reason}"
    yield f"{len(rules.rules):,} rules, {len(rules.codes):,} codes in sets, {len(rules.left_out):,} remarks"
