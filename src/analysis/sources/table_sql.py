"""The SELECTs that take one contract table from text to typed rows; column names come from the contract only.

_raw      the spec's rows as text, numbered (_n), with _file and _row
_map      the spec's value maps
_checked  the same rows typed, with _kinds and _reasons (why refused), _rounded (columns that lost decimals), _emptied
          (columns whose value the map does not have, left empty) and _month (tables kept one file a month)
_twins    later rows with the key of an earlier good row
_refused  numbers of the rows that go to quarantine
"""

from analysis.contract import Table
from analysis.sources.casting import cast_sql, rounded_sql
from analysis.sources.rules import Rule
from analysis.sources.spec import TableSpec

REFUSED = "select _n from _checked where len(_kinds) > 0 union all select _n from _twins"

#: The rows imported, for FROM; a condition can follow.
GOOD = "_checked where len(_kinds) = 0 and _n not in (select _n from _twins)"

#: month, n: the months of the rows imported, and how many rows each has.
MONTHS = f"select _month as month, count(*) as n from {GOOD} group by _month order by month"

#: How many values of a column the report names.
SHOWN = 5

#: kind, n: rows refused for each reason, the most frequent first.
REASONS = """
select kind, count(*) as n
from (select unnest(_kinds) as kind from _checked union all select kind from _twins)
group by kind order by n desc, kind"""

#: name, n: values of each column that were rounded in the rows imported.
ROUNDED = f"select name, count(*) as n from (select unnest(_rounded) as name from {GOOD}) group by name order by name"


def raw(table: Table, given: list[str], select: str) -> str:
    """The user's SELECT as text, in the contract's columns; a column it does not give is empty."""
    columns = ", ".join(
        f'nullif(trim(cast("{name}" as varchar)), \'\') as "{name}"'
        if name in given
        else f'cast(null as varchar) as "{name}"'
        for name in table.columns
    )
    trace = "row_number() over () as _n, cast(_file as varchar) as _file, try_cast(_row as bigint) as _row"
    return f"select {trace}, {columns} from (\n{select}\n)"


def checked(table: Table, spec: TableSpec, rules: list[Rule], serials: bool) -> str:
    """Typed values and the reasons against each row; `"text c"`, `"code c"` and `"c"` as in `Rule`."""
    columns = list(table.columns.values())
    texts = ", ".join(f'"{c.name}" as "text {c.name}"' for c in columns)
    codes = ", ".join(f'{_code(c.name, c.name in spec.values)} as "code {c.name}"' for c in columns)
    values = []
    for c in columns:
        text = f'"code {c.name}"'
        values.append(f'{cast_sql(c.type, text, serials, spec.formats.get(c.name, ()))} as "{c.name}"')
    rounded = []
    for c in columns:
        test = rounded_sql(c.type, f'"code {c.name}"')
        if test:
            rounded.append(f"case when {test} then '{c.name}' end")
    kinds = [f"case when {rule.when} then '{rule.kind}' end" for rule in rules]
    reasons = [f"case when {rule.when} then {rule.text} end" for rule in rules]
    month = f"strftime(\"{table.month_of}\", '%Y-%m')" if table.partitioned else "cast(null as varchar)"
    return f"""
    with texts as (select _n, _file, _row, {texts} from _raw),
    codes as (select *, {codes} from texts),
    typed as (select *, {", ".join(values)} from codes)
    select _n, _file, _row, {_names(table)}, {month} as _month,
        {_present(kinds)} as _kinds, {_present(reasons)} as _reasons, {_present(rounded)} as _rounded,
        {_present(_emptied(spec))} as _emptied
    from typed"""


def _emptied(spec: TableSpec) -> list[str]:
    names = [name for name, values in spec.values.items() if values.unmapped == "empty"]
    return [f'case when "text {n}" is not null and "code {n}" is null then \'{n}\' end' for n in names]


def values_refused(column: str) -> str:
    """value, n: the most frequent texts of a column in the rows refused for $kind."""
    return _values(column, "select _n from _checked where list_contains(_kinds, $kind)")


def values_emptied(column: str) -> str:
    """value, n: the most frequent texts of a column that were left empty in the rows imported."""
    return _values(column, f"select _n from {GOOD} and list_contains(_emptied, '{column}')")


def _values(column: str, rows: str) -> str:
    return f"""
    select "{column}" as value, count(*) as n, sum(count(*)) over () as rows, count(*) over () as distinct_values
    from _raw semi join ({rows}) as chosen using (_n)
    group by 1 order by n desc, value limit {SHOWN}"""


def twins(table: Table) -> str:
    """Rows whose key an earlier row has: a duplicate row where all columns agree, else a duplicate key."""
    key = ", ".join(f'"{name}"' for name in table.key)
    names = _names(table)
    return f"""
    with fine as (select * from _checked where len(_kinds) = 0),
    repeated as (select {key} from fine group by {key} having count(*) > 1),
    placed as (
        select _n,
            row_number() over w as place,
            row({names}) is not distinct from first_value(row({names})) over w as same,
            first_value(_file || ' row ' || _row) over w as first
        from fine semi join repeated using ({key})
        window w as (partition by {key} order by _file, _row, {names})
    )
    select _n, first, case when same then 'duplicate row' else 'duplicate key' end as kind
    from placed where place > 1"""


def refused(table: Table) -> str:
    """What goes to quarantine: where the row came from, its reasons, and the text of its columns."""
    names = ", ".join(f'r."{name}"' for name in table.columns)
    key = " || ', ' || ".join(f"'{name} ' || r.\"{name}\"" for name in table.key)
    return f"""
    select r._file as source_file, r._row as source_row,
        coalesce(t.kind || ': ' || {key} || ' stands in ' || t.first, array_to_string(c._reasons, '; ')) as reasons,
        {names}
    from (select * from _raw semi join _refused using (_n)) as r
    join (select _n, _reasons from _checked semi join _refused using (_n)) as c using (_n)
    left join _twins as t using (_n)
    order by all"""


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.columns)


def _code(name: str, mapped: bool) -> str:
    if not mapped:
        return f'"text {name}"'
    exact = f"(select code from _map where column_name = '{name}' and source = \"text {name}\")"
    other = f"(select code from _map where column_name = '{name}' and source is null)"
    return f'case when "text {name}" is not null then coalesce({exact}, {other}) end'


def _present(items: list[str]) -> str:
    listed = ", ".join(items) or "cast(null as varchar)"
    return f"list_filter([{listed}], lambda item: item is not null)"
