"""The data-quality checks: generated from the contract's schemas and from checks.yaml, one SELECT each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analysis.contract import Column, Table, contract_tables
from analysis.settings import SourceCard
from analysis.sources.check_catalogue import Group, Severity, Wording, catalogue

_USUAL = 30


@dataclass(frozen=True)
class Check:
    """`rows` (a table or a subquery) can be judged, `bad` is true where one fails, `show` makes the example."""

    id: str
    table: str
    column: str
    group: Group
    severity: Severity
    rows: str
    bad: str
    show: tuple[str, ...]
    zh: str
    en: str
    mend_zh: str
    mend_en: str

    def select(self) -> str:
        """One row: of (rows judged), failing, examples (the first three in the order of their text)."""
        shown = ", ".join(f"'{name} ' || cast(\"{name}\" as varchar)" for name in self.show)
        return f"""
        select count(*) as of, count(*) filter (where bad) as failing,
            min(example, 3) filter (where bad) as examples
        from (
            select coalesce({self.bad}, false) as bad,
                case when {self.bad} then concat_ws(', ', {shown}) end as example
            from {self.rows}
        )"""


def make_checks(card: SourceCard, there: frozenset[str]) -> list[Check]:
    """All checks that the tables `there` allow, in a fixed order."""
    checks: list[Check] = []
    for name, table in contract_tables().items():
        if name in there:
            checks += [*_by_schema(table, there), *_listed(table, there, card)]
    for check_id, single in catalogue().single.items():
        if {single.table, *single.needs} <= there:
            texts = _filled(single)
            checks.append(
                Check(
                    check_id,
                    single.table,
                    single.column,
                    rows=single.rows,
                    bad=single.bad,
                    show=tuple(single.show),
                    **texts,
                )
            )
    return checks


def _filled(wording: Wording, severity: Severity | None = None, **names: tuple[str, str] | str) -> dict[str, Any]:
    """Group, severity and the four texts; a name is (zh, en), or the same in both."""
    pairs = {key: (value, value) if isinstance(value, str) else value for key, value in names.items()}
    words = [{key: pair[i] for key, pair in pairs.items()} for i in (0, 1)]
    return {
        "group": wording.group,
        "severity": severity or wording.severity,
        "zh": wording.zh.format(**words[0]),
        "en": wording.en.format(**words[1]),
        "mend_zh": wording.mend_zh.format(**words[0]),
        "mend_en": wording.mend_en.format(**words[1]),
    }


def _names(thing: Table | Column) -> tuple[str, str]:
    return thing.zh, thing.en


def _by_schema(table: Table, there: frozenset[str]) -> Iterator[Check]:
    """Keys unique, required columns filled, values in their lists, references found."""
    words, name = catalogue().by_schema, table.name
    key = ", ".join(f'"{k}"' for k in table.key)
    labels = tuple(" + ".join(_names(table.columns[k])[i] for k in table.key) for i in (0, 1))
    texts = _filled(words["repeated_key"], table=_names(table), key=labels)
    rows = f"(select {key}, count(*) as copies from {name} group by {key})"
    yield Check(
        f"repeated_key:{name}", name, table.key[0], rows=rows, bad="copies > 1", show=(*table.key, "copies"), **texts
    )
    for column in table.columns.values():
        texts = {"table": _names(table), "column": _names(column)}
        where, show = f"{name}.{column.name}", tuple(dict.fromkeys((*table.key, column.name)))
        if not column.optional:
            filled = _filled(words["empty_required"], **texts)
            yield Check(
                f"empty_required:{where}",
                name,
                column.name,
                rows=name,
                bad=f'"{column.name}" is null',
                show=show,
                **filled,
            )
        known = f'{name} where "{column.name}" is not null'
        if column.values:
            allowed = ", ".join(f"'{code}'" for code in column.allowed())
            filled = _filled(words["outside_list"], **texts)
            bad = f'"{column.name}" not in ({allowed})'
            yield Check(f"outside_list:{where}", name, column.name, rows=known, bad=bad, show=show, **filled)
        if column.references and column.references.split(".")[0] in there:
            yield _orphan(table, column, known, show)


def _orphan(table: Table, column: Column, known: str, show: tuple[str, ...]) -> Check:
    target, code = column.references.split(".")
    scoped = "hospital_id" in table.columns and target != "hospitals" and "hospital_id" in contract_tables()[target].key
    left = f'(hospital_id, "{column.name}")' if scoped else f'"{column.name}"'
    right = f'hospital_id, "{code}"' if scoped else f'"{code}"'
    grave = column.orphans == "quarantine" or table.name in catalogue().orphan_errors
    texts = _filled(
        catalogue().by_schema["orphan"],
        "error" if grave else None,
        table=_names(table),
        column=_names(column),
        target=_names(contract_tables()[target]),
    )
    bad = f"{left} not in (select {right} from {target})"
    return Check(f"orphan:{table.name}.{column.name}", table.name, column.name, rows=known, bad=bad, show=show, **texts)


def _listed(table: Table, there: frozenset[str], card: SourceCard) -> Iterator[Check]:
    """Checks that checks.yaml lists by table and column."""
    book, name, columns = catalogue(), table.name, table.columns
    for first, second in book.time_order.columns.get(name, []):
        texts = _filled(
            book.time_order, table=_names(table), first=_names(columns[first]), second=_names(columns[second])
        )
        days = columns[first].type == "timestamp" and card.date_precision != "second"
        left, right = (f"cast({second} as date)", f"cast({first} as date)") if days else (second, first)
        rows = f"{name} where {first} is not null and {second} is not null"
        show = tuple(dict.fromkeys((*table.key, first, second)))
        yield Check(f"time_order:{name}.{second}", name, second, rows=rows, bad=f"{left} < {right}", show=show, **texts)
    for column in book.negative.columns.get(name, []):
        yield _value_check("negative", book.negative, table, columns[column], f"{column} < 0")
    for column, (low, high) in book.outside_range.columns.get(name, {}).items():
        texts = {"low": f"{low:g}", "high": f"{high:g}"}
        bad = f"{column} not between {low} and {high}"
        yield _value_check("outside_range", book.outside_range, table, columns[column], bad, **texts)
    for column in book.unknown_department.columns.get(name, []) if "departments" in there else []:
        bad = f"(hospital_id, {column}) not in (select hospital_id, department from departments)"
        yield _value_check("unknown_department", book.unknown_department, table, columns[column], bad)
    if name in book.month_gap.tables and card.date_precision != "year":
        yield _month_check("month_gap", book.month_gap, table, _GAP, "absent")
    if name in book.month_drop.tables and card.date_precision != "year":
        yield _month_check("month_drop", book.month_drop, table, _DROP, f"usual >= {_USUAL} and lines < usual / 2")


def _value_check(kind: str, wording: Wording, table: Table, column: Column, bad: str, **names: str) -> Check:
    texts = _filled(wording, table=_names(table), column=_names(column), **names)
    rows = f"{table.name} where {column.name} is not null"
    show = tuple(dict.fromkeys((*table.key, column.name)))
    return Check(f"{kind}:{table.name}.{column.name}", table.name, column.name, rows=rows, bad=bad, show=show, **texts)


#: A month a row, per hospital: is it absent between the first and the last?
_GAP = """(
    with months as (
        select distinct {hospital} as hospital_id, {month} as month from {table} where {column} is not null
    ),
    spans as (select hospital_id, min(month) || '-01' as a, max(month) || '-01' as b from months group by hospital_id),
    grid as (
        select hospital_id, strftime(unnest(generate_series(
            cast(a as timestamp), cast(b as timestamp), interval 1 month)), '%Y-%m') as month
        from spans
    )
    select hospital_id, month, (hospital_id, month) not in (select hospital_id, month from months) as absent from grid
)"""

#: A month a row, per hospital: its rows, and the median of all its months. The first month is often only a lead-in.
_DROP = """(
    select hospital_id, month, lines, median(lines) over (partition by hospital_id) as usual
    from (
        select {hospital} as hospital_id, {month} as month, count(*) as lines
        from {table} where {column} is not null group by all
    )
    qualify month > min(month) over (partition by hospital_id)
)"""


def _month_check(kind: str, wording: Wording, table: Table, rows: str, bad: str) -> Check:
    column = table.month_of or "discharged_at"
    month = column if table.columns[column].type == "month" else f"strftime({column}, '%Y-%m')"
    hospital = "hospital_id" if "hospital_id" in table.columns else "''"
    filled = rows.format(table=table.name, column=column, month=month, hospital=hospital)
    show = ("month",) if hospital == "''" else ("hospital_id", "month")
    show += ("lines", "usual") if kind == "month_drop" else ()
    texts = _filled(wording, table=_names(table))
    return Check(f"{kind}:{table.name}", table.name, column, rows=filled, bad=bad, show=show, **texts)
