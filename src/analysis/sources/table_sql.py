"""The SELECTs that take one contract table from text to typed rows; column names come from the contract only.

_raw      the spec's rows as text, numbered (_n), with _file and _row
_map      the spec's value maps
_checked  the same rows typed, with _kinds and _reasons (why refused) and _rounded (columns that lost decimals)
_twins    later rows with the key of an earlier good row
_good     what is imported
"""

from analysis.contract import Table
from analysis.sources.casting import cast_sql, rounded_sql
from analysis.sources.rules import Rule

GOOD = "select * from _checked where len(_kinds) = 0 and _n not in (select _n from _twins)"

#: kind, n: rows refused for each reason, the most frequent first.
REASONS = """
select kind, count(*) as n
from (select unnest(_kinds) as kind from _checked union all select kind from _twins)
group by kind order by n desc, kind"""

#: name, n: values of each column that were rounded in the rows imported.
ROUNDED = "select name, count(*) as n from (select unnest(_rounded) as name from _good) group by name order by name"


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


def checked(table: Table, mapped: frozenset[str], rules: list[Rule], serials: bool) -> str:
    """Typed values and the reasons against each row; `"text c"`, `"code c"` and `"c"` as in `Rule`."""
    columns = list(table.columns.values())
    texts = ", ".join(f'"{c.name}" as "text {c.name}"' for c in columns)
    codes = ", ".join(f'{_code(c.name, c.name in mapped)} as "code {c.name}"' for c in columns)
    values = []
    for c in columns:
        text = f'"code {c.name}"'
        values.append(f'{cast_sql(c.type, text, serials)} as "{c.name}"')
    rounded = []
    for c in columns:
        test = rounded_sql(c.type, f'"code {c.name}"')
        if test:
            rounded.append(f"case when {test} then '{c.name}' end")
    kinds = [f"case when {rule.when} then '{rule.kind}' end" for rule in rules]
    reasons = [f"case when {rule.when} then {rule.text} end" for rule in rules]
    return f"""
    with texts as (select _n, _file, _row, {texts} from _raw),
    codes as (select *, {codes} from texts),
    typed as (select *, {", ".join(values)} from codes)
    select _n, _file, _row, {_names(table)},
        {_present(kinds)} as _kinds, {_present(reasons)} as _reasons, {_present(rounded)} as _rounded
    from typed"""


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
    from _raw as r join _checked as c using (_n) left join _twins as t using (_n)
    where len(c._kinds) > 0 or t._n is not null
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
